/** The first view: what the server does now, and what it did while this page looked. */
import { PartsBar, Sparkline, TimeChart } from "./charts.js";
import { get } from "./api.js";
import { h, panel, setShown, setText } from "./dom.js";
import { bytes, count, exact, micros, moment, percent, seconds, shownInLine } from "./format.js";
import { Samples } from "./samples.js";

const SAMPLE_EVERY_MS = 5000;
const ARENA_BYTES_MIN = 1 << 20;
export const TYPE_COLORS = { string: "c1", list: "c2", set: "c3", zset: "c4", hash: "c5", stream: "c6" };

/** A number with a name, and how it went. */
class Tile {
  constructor(name, color) {
    this.value = h("div", { class: "value" }, "–");
    this.note = h("div", { class: "note" }, "\u00a0");
    this.spark = new Sparkline(color);
    this.element = h("div", { class: "tile" }, h("h2", {}, name), this.value, this.note, this.spark.element);
  }

  update(value, note, points) {
    setText(this.value, value);
    setText(this.note, note);
    this.spark.update(points);
  }
}

/** A list of names and texts. */
class Facts {
  #rows = new Map();

  constructor() {
    this.element = h("dl", { class: "facts" });
  }

  update(facts) {
    for (const [name, text, kind = ""] of facts) {
      let row = this.#rows.get(name);
      if (row === undefined) {
        row = { term: h("dt", {}, name), value: h("dd", {}) };
        this.#rows.set(name, row);
        this.element.append(row.term, row.value);
      }
      const isShown = text !== undefined;
      setShown(row.term, isShown);
      setShown(row.value, isShown);
      setText(row.value, text ?? "");
      row.value.className = kind;
    }
  }
}

export class Overview {
  name = "Overview";
  id = "overview";
  #sampledAt = 0;
  #sampling = false;
  #samples = new Samples();

  /** @param goTo opens a key: database and name */
  constructor(goTo) {
    this.goTo = goTo;
    this.tiles = {
      ops: new Tile("Commands", "c1"),
      latency: new Tile("Latency p99", "c4"),
      hits: new Tile("Hit rate", "c3"),
      memory: new Tile("Memory", "c2"),
      clients: new Tile("Clients", "c5"),
      cpu: new Tile("Processor", "c6"),
    };
    this.throughput = new TimeChart({
      label: "Commands per second",
      series: [{ name: "commands/s", color: "c1" }],
      format: count,
      smallest: 4,
      isFilled: true,
    });
    this.latency = new TimeChart({
      label: "Time a command takes in the server",
      series: [{ name: "p50", color: "c3" }, { name: "p99", color: "c4" }, { name: "p99.9", color: "c2" }],
      format: micros,
      isLogarithmic: true,
    });
    this.network = new TimeChart({
      label: "Bytes per second",
      series: [{ name: "in", color: "c3" }, { name: "out", color: "c1" }],
      format: (value) => `${bytes(value)}/s`,
      axisFormat: bytes,
      smallest: 1024,
      isBinary: true,
    });
    this.lookups = new TimeChart({
      label: "Keys looked up per second",
      series: [{ name: "found", color: "c3" }, { name: "missing", color: "c2" }],
      format: count,
      smallest: 4,
    });
    this.memory = new PartsBar("Memory of the process");
    this.memoryFacts = new Facts();
    this.swap = new PartsBar("Pages of the swap file");
    this.swapFacts = new Facts();
    this.types = new PartsBar("Keys by type", true);
    this.sizes = h("div", { class: "histogram", role: "img", "aria-label": "Keys by size" });
    this.largest = h("ol", { class: "largest" });
    this.databases = h("ul", { class: "databases" });
    this.sampleNote = h("span", { class: "note" });
    this.swapNote = h("p", { class: "note", hidden: true });
    this.facts = new Facts();
    this.element = this.#layOut();
  }

  #layOut() {
    this.swapPanel = h(
      "div",
      { hidden: true },
      h("h3", {}, "Swap file"),
      this.swap.element,
      this.swapFacts.element,
    );
    this.keyParts = h(
      "div",
      {},
      this.types.element,
      this.swapNote,
      h("div", { class: "two" }, [
        h("div", {}, h("h3", {}, "By size"), this.sizes),
        h("div", {}, h("h3", {}, "Largest seen"), this.largest),
      ]),
      h("h3", {}, "Databases"),
      this.databases,
    );
    this.noKeys = h("p", { class: "empty", hidden: true }, "There are no keys.");
    const chart = (title, each) => panel(title, { aside: each.legend }, each.element);
    return h(
      "div",
      { class: "overview" },
      h("div", { class: "tiles" }, Object.values(this.tiles).map(({ element }) => element)),
      chart("Commands per second", this.throughput),
      chart("Latency", this.latency),
      h(
        "div",
        { class: "stack" },
        panel("Memory", {}, this.memory.element, this.memoryFacts.element, this.swapPanel),
        panel("Data and server", {}, this.facts.element),
      ),
      panel("Keys", { aside: this.sampleNote }, this.keyParts, this.noKeys),
      chart("Key lookups per second", this.lookups),
      chart("Network", this.network),
    );
  }

  show() {
    this.#sampledAt = 0;
  }

  /** @param history the points of the page, the latest last @param server what does not move */
  tick(history, server) {
    const last = history.at(-1);
    if (last === undefined) return;
    this.#fillTiles(history, last);
    const points = (...names) =>
      history.map((point) => ({ at: point.at, values: names.map((name) => point[name]) }));
    this.throughput.update(points("ops"));
    this.latency.update(points("p50", "p99", "p999"));
    this.network.update(points("bytesIn", "bytesOut"));
    this.lookups.update(points("hits", "misses"));
    this.#fillMemory(last.info);
    this.#fillFacts(last, server);
    void this.#sample();
  }

  #fillTiles(history, last) {
    const { info } = last;
    const points = (name) => history.map((point) => ({ at: point.at, value: point[name] }));
    const { ops, latency, hits, memory, clients, cpu } = this.tiles;
    const rate = (value) => value === null ? "–" : `${count(value)}/s`;
    ops.update(rate(last.ops), `${exact(info.total_commands_processed)} in all`, points("ops"));
    latency.update(
      last.p99 === null ? "–" : micros(last.p99),
      last.p50 === null ? "no calls" : `half within ${micros(last.p50)}`,
      points("p99"),
    );
    const all = info.keyspace_hits + info.keyspace_misses;
    hits.update(
      last.hitRate === null ? "–" : percent(last.hitRate),
      all === 0 ? "no lookups yet" : `${percent(info.keyspace_hits / all)} since the start`,
      points("hitRate"),
    );
    memory.update(
      bytes(info.used_memory),
      info.maxmemory > 0
        ? `of ${bytes(info.maxmemory)}, ${info.maxmemory_policy}`
        : `peak ${bytes(info.used_memory_peak)}`,
      points("memory"),
    );
    clients.update(
      count(info.connected_clients),
      info.blocked_clients > 0 ? `${count(info.blocked_clients)} wait` : `of ${exact(info.maxclients)}`,
      points("clients"),
    );
    cpu.update(
      last.cpu === null ? "–" : percent(last.cpu),
      `${seconds(info.used_cpu_user + info.used_cpu_sys)} in all`,
      points("cpu"),
    );
  }

  #fillMemory(info) {
    const dataset = info.used_memory_dataset;
    const heap = info.used_memory_js_heap;
    const overhead = Math.max(0, info.used_memory - info.used_memory_startup - dataset);
    const holes = Math.max(0, info.allocator_active - info.allocator_allocated);
    const rest = Math.max(0, info.used_memory_rss - dataset - overhead - heap - holes);
    const part = (name, color, size) => ({ name, color, size, text: bytes(size) });
    this.memory.update([
      part("keys and values", "c1", dataset),
      part("tables and clients", "c3", overhead),
      part("engine's heap", "c4", heap),
      part("holes in pages", "c2", holes),
      part("program", "c6", rest),
    ]);
    // Of a few pages that hold little, ratios tell nothing.
    const isTelling = info.allocator_active > ARENA_BYTES_MIN;
    const arena = info.allocator_allocated / info.allocator_active;
    const fragmentation = info.allocator_active / info.allocator_allocated;
    this.memoryFacts.update([
      ["Process", bytes(info.used_memory_rss)],
      ["Peak in use", bytes(info.used_memory_peak)],
      ["Arena, pages", bytes(info.allocator_active)],
      ["Arena, reserved", bytes(info.allocator_reserved)],
      ["Pages filled", isTelling ? percent(arena) : undefined],
      ["Fragmentation", isTelling ? fragmentation.toFixed(2) : undefined],
      ["Buffers of clients", bytes(info.mem_clients_normal)],
      ["Large values", info.used_memory_large_values > 0 ? bytes(info.used_memory_large_values) : undefined],
      [
        "Waits to be freed",
        info.lazyfree_pending_objects > 0 ? exact(info.lazyfree_pending_objects) : undefined,
      ],
    ]);
    setShown(this.swapPanel, info.vm_enabled === 1);
    if (info.vm_enabled === 1) this.#fillSwap(info);
  }

  #fillSwap(info) {
    const size = info.vm_conf_page_size;
    const used = info.vm_stats_used_pages;
    const part = (name, color, pages) => ({
      name,
      color,
      size: pages,
      text: bytes(pages * size),
      detail: `${exact(pages)} pages`,
    });
    this.swap.update([
      part("used", "c2", used),
      part("free", "c6", info.vm_stats_file_pages - used),
    ]);
    this.swapFacts.update([
      ["Values in it", exact(info.vm_stats_swapped_objects)],
      ["Written, read", `${exact(info.vm_stats_swappout_count)}, ${exact(info.vm_stats_swappin_count)}`],
      ["Read p99", info.vm_stats_swappin_count > 0 ? micros(info.vm_stats_load_usec_p99) : undefined],
      ["Memory for values", bytes(info.vm_conf_max_memory)],
    ]);
  }

  #fillFacts({ info, now }, server) {
    const status = (text) => text === "ok" ? "good" : "bad";
    const isSaving = info.rdb_bgsave_in_progress === 1;
    this.facts.update([
      [
        "Saved",
        isSaving ? `being saved, ${info.current_fork_perc} %` : moment(info.rdb_last_save_time * 1000, now),
      ],
      ["Changes since", exact(info.rdb_changes_since_last_save)],
      ["Last snapshot", info.rdb_last_bgsave_status, status(info.rdb_last_bgsave_status)],
      ["Append-only file", info.aof_enabled === 1 ? bytes(info.aof_current_size) : "off"],
      [
        "Its last write",
        info.aof_enabled === 1 ? info.aof_last_write_status : undefined,
        status(info.aof_last_write_status),
      ],
      ["Expired keys", exact(info.expired_keys)],
      ["Evicted keys", exact(info.evicted_keys)],
      ["Error replies", exact(info.total_error_replies)],
      ["Connections", exact(info.total_connections_received)],
      ["Pub/Sub", `${exact(info.pubsub_channels)} channels, ${exact(info.pubsub_patterns)} patterns`],
      ["Runs since", `${seconds((now - server.startedAt) / 1000)}`],
      ["Version", `${server.version}, as Redis ${server.redisVersion}`],
      ["Runtime", `${server.runtime}, process ${server.pid}`],
    ]);
  }

  /** Looks at some keys, every few seconds. */
  async #sample() {
    const now = performance.now();
    if (this.#sampling || (this.#sampledAt !== 0 && now - this.#sampledAt < SAMPLE_EVERY_MS)) return;
    this.#sampling = true;
    this.#sampledAt = now;
    try {
      this.#fillKeys(this.#samples.add(await get("keyspace"), now));
    } catch {
      // The header says what is wrong.
    } finally {
      this.#sampling = false;
    }
  }

  #fillKeys({ keys, sampled, isWhole, swapped, types, sizes, largest }) {
    setShown(this.keyParts, keys > 0);
    setShown(this.noKeys, keys === 0);
    const ofSample = `${exact(keys)} keys, estimated from ${exact(sampled)}`;
    setText(this.sampleNote, keys === 0 ? "" : isWhole ? `${exact(keys)} keys` : ofSample);
    const scale = sampled === 0 ? 0 : keys / sampled;
    const about = isWhole ? "" : "≈ ";
    setShown(this.swapNote, swapped > 0);
    setText(this.swapNote, `${about}${count(Math.round(swapped * scale))} of them are in the swap file.`);
    const order = Object.keys(TYPE_COLORS);
    this.types.update(
      Object.entries(types).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)).map(([type, share]) => ({
        name: type,
        color: TYPE_COLORS[type] ?? "c6",
        size: share.keys,
        text: about + count(Math.round(share.keys * scale)),
        detail: `${about}${bytes(share.bytes * scale)}${
          share.expiring > 0 ? `, ${percent(share.expiring / share.keys)} expire` : ""
        }`,
      })),
    );
    this.#fillSizes(sizes, sampled, about, scale);
    this.#fillLargest(largest);
  }

  #fillSizes(sizes, sampled, about, scale) {
    const from = sizes.findIndex((number) => number > 0);
    const shown = sizes.slice(from);
    const most = Math.max(...shown);
    while (this.sizes.children.length > shown.length) this.sizes.lastElementChild.remove();
    shown.forEach((number, i) => {
      let row = this.sizes.children[i];
      if (row === undefined) {
        row = h(
          "div",
          { class: "bin" },
          h("span", {}),
          h("i", {}, h("b", {})),
          h("span", { class: "number" }),
        );
        this.sizes.append(row);
      }
      setText(row.children[0], `≤ ${bytes(2 ** (from + i))}`);
      const bar = row.children[1].firstElementChild;
      setShown(bar, number > 0);
      bar.style.width = `${number / most * 100}%`;
      setText(row.children[2], number === 0 ? "" : about + count(Math.round(number * scale)));
    });
    this.sizes.setAttribute(
      "aria-label",
      `Keys by size: ${
        shown.map((number, i) => `up to ${bytes(2 ** (from + i))} ${percent(number / sampled)}`).join(", ")
      }`,
    );
  }

  #fillLargest(largest) {
    const wanted = largest.slice(0, 6);
    const id = JSON.stringify(wanted);
    if (this.largest.dataset.id === id) return;
    this.largest.dataset.id = id;
    this.largest.replaceChildren(...wanted.map(({ database, key, isClipped, type, bytes: size }) =>
      h(
        "li",
        {},
        h(
          "button",
          {
            type: "button",
            class: "link",
            title: shownInLine(key.slice(0, 300)),
            disabled: isClipped === true,
            onclick: () => this.goTo(database, key),
          },
          shownInLine(key.slice(0, 300)),
        ),
        h("span", { class: `type ${TYPE_COLORS[type] ?? "c6"}` }, type),
        h("span", { class: "number" }, bytes(size)),
      )
    ));
  }

  /** @param databases id, keys, keys that expire */
  fillDatabases(databases) {
    const id = JSON.stringify(databases);
    if (this.databases.dataset.id === id) return;
    this.databases.dataset.id = id;
    this.databases.replaceChildren(
      ...databases.map(([database, keys, expiring]) =>
        h(
          "li",
          {},
          h("b", {}, `db${database}`),
          ` ${exact(keys)} keys`,
          expiring > 0 ? `, ${exact(expiring)} expire` : "",
        )
      ),
    );
  }
}
