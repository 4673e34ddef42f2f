/**
 * Charts of what was measured lately, on canvases: lines over time with a crosshair, and sparklines.
 *
 * Colours are those of the style sheet, read when something is drawn, so both themes are served.
 */
import { h, setText } from "./dom.js";

/** How far back charts go, in ms. */
export const SPAN_MS = 300_000;
/** How far back sparklines go. */
const SPARK_MS = 90_000;
const AXIS_WIDTH = 54;
const AXIS_HEIGHT = 18;
const HEAD = 6;
const TICKS = 4;
/** Labels of the time axis need so much room. */
const TIME_LABEL_WIDTH = 58;
/** A gap in what was measured that lines do not bridge, in ms. */
const GAP_MS = 4000;

const redraws = new Set();

function redrawAll() {
  for (const redraw of redraws) redraw();
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);

/** Makes the canvas as fine as the screen; its size and its context. */
function prepare(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = devicePixelRatio;
  const w = Math.round(width * scale);
  const t = Math.round(height * scale);
  if (canvas.width !== w || canvas.height !== t) {
    canvas.width = w;
    canvas.height = t;
  }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

function watchSize(canvas, draw) {
  let wanted = false;
  const soon = () => {
    if (wanted) return;
    wanted = true;
    requestAnimationFrame(() => {
      wanted = false;
      if (canvas.clientWidth > 0) draw();
    });
  };
  new ResizeObserver(soon).observe(canvas);
  redraws.add(soon);
  return soon;
}

/** Round numbers from 0 to a bit above the largest value; round as bytes are when `isBinary`. */
function linearTicks(largest, smallest, isBinary) {
  const rough = Math.max(largest, smallest) / TICKS;
  const unit = isBinary ? 1024 ** Math.max(0, Math.floor(Math.log2(rough) / 10)) : 1;
  const power = 10 ** Math.floor(Math.log10(rough / unit)) * unit;
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  return Array.from({ length: TICKS + 1 }, (_, i) => i * step).filter((tick, i) =>
    i === 0 || tick - step < largest || i <= 2
  );
}

/** Powers of ten around all values. */
function logarithmicTicks(smallest, largest) {
  const from = Math.floor(Math.log10(Math.max(smallest, 0.1)));
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(largest, 1))));
  return Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
}

/** The runs of points that belong together, of those with a value. */
function runsOf(points, index) {
  const runs = [];
  let last;
  for (const { at, values } of points) {
    const value = values[index];
    if (value === undefined || value === null) {
      last = undefined;
      continue;
    }
    if (last === undefined || at - last > GAP_MS) runs.push([]);
    runs.at(-1).push({ at, value });
    last = at;
  }
  return runs;
}

/** Lines over time. */
export class TimeChart {
  #points = [];
  #hover;
  #soon;

  /**
   * @param options `label`, `series` of `{ name, color }`, `format` of a value; `isLogarithmic`; `smallest` end of the scale;
   * `axisFormat` of its marks; `isBinary`: whether they are round as bytes are; `isFilled`: whether the area below is tinted
   */
  constructor(options) {
    this.options = options;
    this.canvas = h("canvas", { role: "img", "aria-label": options.label });
    this.values = options.series.map(() => h("b", {}, "–"));
    this.tip = h("div", { class: "tip", hidden: true });
    const legend = options.series.map(({ name, color }, i) =>
      h("span", { class: `key ${color}` }, `${name} `, this.values[i])
    );
    this.legend = h("div", { class: "legend" }, legend);
    this.element = h("div", { class: "chart" }, this.canvas, this.tip);
    this.#soon = watchSize(this.canvas, () => this.#draw());
    this.canvas.addEventListener("pointermove", (event) => this.#point(event.offsetX));
    this.canvas.addEventListener("pointerleave", () => this.#point(undefined));
  }

  /** @param points the oldest first, each `{ at, values }`, one value a series, null where there is none */
  update(points) {
    this.#points = points;
    const last = points.at(-1)?.values ?? [];
    const { series, format, label } = this.options;
    const texts = series.map((_, i) => last[i] === undefined || last[i] === null ? "–" : format(last[i]));
    texts.forEach((text, i) => setText(this.values[i], text));
    this.canvas.setAttribute(
      "aria-label",
      `${label}: ${series.map(({ name }, i) => `${name} ${texts[i]}`).join(", ")}`,
    );
    this.#soon();
  }

  #point(x) {
    this.#hover = x;
    this.#soon();
  }

  #draw() {
    const { context, width, height } = prepare(this.canvas);
    const style = getComputedStyle(this.canvas);
    const color = (name) => style.getPropertyValue(`--${name}`);
    const bottom = height - AXIS_HEIGHT;
    const right = width - 8;
    const end = this.#points.at(-1)?.at ?? performance.now();
    const xOf = (at) => right - (end - at) / SPAN_MS * (right - AXIS_WIDTH);
    const scale = this.#scale(bottom);
    context.font = `11px ${style.fontFamily}`;
    context.lineWidth = 1;
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const tick of scale.ticks) {
      const y = Math.round(scale.yOf(tick)) + 0.5;
      context.strokeStyle = color("grid");
      context.beginPath();
      context.moveTo(AXIS_WIDTH, y);
      context.lineTo(right, y);
      context.stroke();
      context.fillStyle = color("muted");
      const { format, axisFormat = format } = this.options;
      // Zeros at the end say nothing on an axis.
      const text = axisFormat(tick).replace(/(\.\d*?)0+(?!\d)/, "$1").replace(/\.(?!\d)/, "");
      context.fillText(text, AXIS_WIDTH - 8, y);
    }
    context.textBaseline = "alphabetic";
    const isTight = (right - AXIS_WIDTH) / 5 < TIME_LABEL_WIDTH;
    for (let minute = 0; minute < 5; minute += isTight ? 2 : 1) {
      context.textAlign = minute === 0 ? "right" : "center";
      const text = minute === 0 ? "now" : `−${minute} min`;
      context.fillText(text, xOf(end - minute * 60_000), height - 3);
    }
    context.save();
    context.beginPath();
    context.rect(AXIS_WIDTH, 0, right - AXIS_WIDTH + 2, bottom + 1);
    context.clip();
    this.options.series.forEach((series, i) =>
      this.#line(context, i, color(series.color), xOf, scale.yOf, bottom)
    );
    context.restore();
    this.#crosshair(context, xOf, scale.yOf, bottom, color);
  }

  #scale(bottom) {
    const { isLogarithmic, isBinary, smallest = 1 } = this.options;
    let low = Infinity;
    let high = 0;
    for (const { values } of this.#points) {
      for (const value of values) {
        if (value === null || value === undefined) continue;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    if (!isLogarithmic) {
      const ticks = linearTicks(high, smallest, isBinary);
      const top = ticks.at(-1);
      return { ticks, yOf: (value) => bottom - value / top * (bottom - HEAD) };
    }
    const ticks = logarithmicTicks(low === Infinity ? 1 : low, high);
    const from = Math.log10(ticks[0]);
    const to = Math.log10(ticks.at(-1));
    return {
      ticks,
      yOf: (value) => bottom - (Math.log10(Math.max(value, ticks[0])) - from) / (to - from) * (bottom - HEAD),
    };
  }

  #line(context, index, color, xOf, yOf, bottom) {
    for (const run of runsOf(this.#points, index)) {
      context.beginPath();
      for (const { at, value } of run) context.lineTo(xOf(at), yOf(value));
      context.strokeStyle = color;
      context.lineWidth = 1.75;
      context.lineJoin = "round";
      context.stroke();
      if (run.length === 1) {
        context.fillStyle = color;
        context.fillRect(xOf(run[0].at) - 1, yOf(run[0].value) - 1, 2.5, 2.5);
      }
      if (!this.options.isFilled) continue;
      context.lineTo(xOf(run.at(-1).at), bottom);
      context.lineTo(xOf(run[0].at), bottom);
      context.globalAlpha = 0.12;
      context.fillStyle = color;
      context.fill();
      context.globalAlpha = 1;
    }
  }

  #crosshair(context, xOf, yOf, bottom, color) {
    const point = this.#hover === undefined || this.#points.length === 0
      ? undefined
      : this.#points.reduce((best, each) =>
        Math.abs(xOf(each.at) - this.#hover) < Math.abs(xOf(best.at) - this.#hover) ? each : best
      );
    this.tip.hidden = point === undefined;
    if (point === undefined) return;
    const x = Math.round(xOf(point.at)) + 0.5;
    context.strokeStyle = color("muted");
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, HEAD);
    context.lineTo(x, bottom);
    context.stroke();
    const { series, format } = this.options;
    const ago = Math.round((this.#points.at(-1).at - point.at) / 1000);
    const rows = series.map(({ name, color: of }, i) => {
      const value = point.values[i];
      if (value !== null && value !== undefined) {
        context.fillStyle = color(of);
        context.beginPath();
        context.arc(x, yOf(value), 3.5, 0, 7);
        context.fill();
      }
      return h("div", { class: `key ${of}` }, `${name} `, h("b", {}, value === null ? "–" : format(value)));
    });
    this.tip.replaceChildren(h("div", { class: "when" }, ago === 0 ? "now" : `${ago} s ago`), ...rows);
    const { clientWidth } = this.canvas;
    const onLeft = x > clientWidth / 2;
    this.tip.style.left = onLeft ? "auto" : `${x + 10}px`;
    this.tip.style.right = onLeft ? `${clientWidth - x + 10}px` : "auto";
  }
}

/** A small line without axes. */
export class Sparkline {
  #values = [];
  #soon;

  constructor(color) {
    this.color = color;
    this.element = h("canvas", { class: "spark", "aria-hidden": "true" });
    this.#soon = watchSize(this.element, () => this.#draw());
  }

  /** @param points each `{ at, value }`, the oldest first; value null where there is none */
  update(points) {
    this.#values = points;
    this.#soon();
  }

  #draw() {
    const { context, width, height } = prepare(this.element);
    const points = this.#values;
    if (points.length < 2) return;
    const end = points.at(-1).at;
    const span = SPARK_MS;
    const shown = points.filter(({ at, value }) => end - at <= span && value !== null);
    if (shown.length < 2) return;
    const high = Math.max(...shown.map(({ value }) => value), 1e-9);
    const low = Math.min(0, ...shown.map(({ value }) => value));
    const yOf = (value) => height - 2 - (value - low) / (high - low) * (height - 5);
    const xOf = (at) => width - (end - at) / span * width;
    context.beginPath();
    for (const { at, value } of shown) context.lineTo(xOf(at), yOf(value));
    context.strokeStyle = getComputedStyle(this.element).getPropertyValue(`--${this.color}`);
    context.lineWidth = 1.5;
    context.lineJoin = "round";
    context.stroke();
    context.lineTo(width, height);
    context.lineTo(xOf(shown[0].at), height);
    context.globalAlpha = 0.1;
    context.fillStyle = context.strokeStyle;
    context.fill();
    context.globalAlpha = 1;
  }
}

/** A bar of parts of a whole, with their names and numbers below. */
export class PartsBar {
  #parts = new Map();

  /** @param isList whether each name has a line of its own */
  constructor(label, isList = false) {
    this.bar = h("div", { class: "parts", role: "img", "aria-label": label });
    this.list = h("ul", { class: isList ? "parts-list rows" : "parts-list" });
    this.element = h("div", {}, this.bar, this.list);
    this.label = label;
  }

  /** @param parts each `{ name, color, size, text, detail }` */
  update(parts) {
    const whole = parts.reduce((sum, { size }) => sum + size, 0);
    const names = new Set(parts.map(({ name }) => name));
    for (const [name, { piece, row }] of this.#parts) {
      if (names.has(name)) continue;
      piece.remove();
      row.remove();
      this.#parts.delete(name);
    }
    for (const { name, color, size, text, detail = "" } of parts) {
      let part = this.#parts.get(name);
      if (part === undefined) {
        const value = h("b", {});
        const more = h("small", {});
        part = {
          piece: h("span", { class: color }),
          row: h("li", { class: `key ${color}` }, h("span", {}, name), value, more),
          value,
          more,
        };
        this.#parts.set(name, part);
        this.bar.append(part.piece);
        this.list.append(part.row);
      }
      part.piece.style.flexGrow = String(whole === 0 ? 0 : size / whole * 1000);
      part.piece.title = `${name} ${text}`;
      setText(part.value, text);
      setText(part.more, detail);
    }
    this.bar.setAttribute(
      "aria-label",
      `${this.label}: ${parts.map(({ name, text }) => `${name} ${text}`).join(", ")}`,
    );
  }
}
