/**
 * Numbers and bytes for people. Nothing here knows the page.
 *
 * Texts that come from the server have one character a byte; they are shown as the UTF-8 that they are, or escaped.
 */

const COUNT_UNITS = ["", " k", " M", " G", " T"];
const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** Three digits that mean something. */
function digits(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** How many: `999`, `1.23 M`. */
export function count(value) {
  if (!Number.isFinite(value)) return "–";
  let unit = 0;
  let rest = value;
  while (Math.abs(rest) >= 999.5 && unit < COUNT_UNITS.length - 1) {
    rest /= 1000;
    unit++;
  }
  if (unit === 0) return Number.isInteger(rest) ? String(rest) : digits(rest);
  return digits(rest) + COUNT_UNITS[unit];
}

/** All digits, in groups. */
export function exact(value) {
  return Number.isFinite(value) ? Math.round(value).toLocaleString("en").replaceAll(",", "\u202f") : "–";
}

export function bytes(value) {
  if (!Number.isFinite(value)) return "–";
  let unit = 0;
  let rest = value;
  while (Math.abs(rest) >= 1000 && unit < BYTE_UNITS.length - 1) {
    rest /= 1024;
    unit++;
  }
  return `${unit === 0 ? Math.round(rest) : digits(rest)} ${BYTE_UNITS[unit]}`;
}

export function percent(share) {
  if (!Number.isFinite(share)) return "–";
  const value = share * 100;
  return `${
    value >= 99.95 || value === 0 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
  } %`;
}

/** How long, from microseconds: `12.3 µs`, `4.56 ms`, `1.20 s`. */
export function micros(value) {
  if (!Number.isFinite(value)) return "–";
  if (value < 999.5) return `${digits(value)} µs`;
  if (value < 999_500) return `${digits(value / 1000)} ms`;
  return `${digits(value / 1e6)} s`;
}

/** How long, from seconds, in the two largest units. */
export function seconds(value) {
  if (!Number.isFinite(value) || value < 0) return "–";
  const whole = Math.floor(value);
  const parts = [
    [Math.floor(whole / 86400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([number]) => number > 0);
  if (first < 0) return "0 s";
  return parts.slice(first, first + 2).filter(([number]) => number > 0).map((part) => part.join(" ")).join(
    " ",
  );
}

/** A time of day, or day and time when that is not today. @param at unix ms */
export function moment(at, now = Date.now()) {
  const date = new Date(at);
  const time = date.toLocaleTimeString("en-GB");
  const isToday = date.toDateString() === new Date(now).toDateString();
  return isToday ? time : `${date.toLocaleDateString("en-CA")} ${time}`;
}

const strict = new TextDecoder("utf-8", { fatal: true });

/** The bytes of a text of one character a byte. */
export function toBytes(text) {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** Whether bytes are text that an editor can hold and give back. */
export function isText(text) {
  try {
    // deno-lint-ignore no-control-regex
    return !/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(strict.decode(toBytes(text)));
  } catch {
    return false;
  }
}

/** What is shown for bytes: the text that they are, or an escaped form. */
export function shown(text) {
  if (isText(text)) return strict.decode(toBytes(text));
  return text.replace(/[\\"]|[^\x20-\x7e]/g, (char) => {
    if (char === "\n") return "\\n";
    if (char === "\r") return "\\r";
    if (char === "\t") return "\\t";
    if (char === "\\" || char === '"') return char;
    return `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

/** In one line. */
export function shownInLine(text) {
  return shown(text).replaceAll("\n", "⏎").replaceAll("\t", "⇥");
}

/** What people typed, one character a byte. */
export function fromTyped(text) {
  let out = "";
  for (const byte of new TextEncoder().encode(text)) out += String.fromCharCode(byte);
  return out;
}

/** Words as a command line has them: separated by blanks, in quotes where they hold some. */
export function words(line) {
  const found = line.match(/"(?:[^"\\]|\\.)*"|'[^']*'|\S+/g) ?? [];
  return found.map((word) => {
    if (word.length > 1 && word.startsWith('"') && word.endsWith('"')) {
      return word.slice(1, -1).replace(
        /\\(.)/g,
        (_, char) => char === "n" ? "\n" : char === "t" ? "\t" : char,
      );
    }
    return word.length > 1 && word.startsWith("'") && word.endsWith("'") ? word.slice(1, -1) : word;
  });
}

/** A JSON text laid out, or undefined when it is none, or nothing to lay out. */
export function prettyJson(text) {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return undefined;
  }
}

/** The fields of a line of CLIENT LIST. */
export function clientFields(line) {
  return Object.fromEntries(
    line.split(" ").map((field) => {
      const at = field.indexOf("=");
      return [field.slice(0, at), field.slice(at + 1)];
    }),
  );
}
