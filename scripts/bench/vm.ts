/**
 * Virtual memory: what keys take in memory when their values are in the swap file, with `vm-max-memory 0`; what it costs
 * traffic that follows a power law, with the hot keys in memory; and how long hot keys take while others load cold ones.
 *
 * redis-server has had no virtual memory since 2.6, so it is measured for its memory alone; throughput is compared with
 * redeno without virtual memory.
 */
import type { ServerProcess } from "../../test/support/server_process.ts";
import { startRedeno } from "../../test/support/redeno_server.ts";
import { infoFields, numberOf, pause } from "./asking.ts";
import { bulk, keyName, loadCommands, loadKeys } from "./loader.ts";
import { command, PipelinedConnection } from "./pipelined_connection.ts";
import { shareOf } from "./power_law.ts";
import { inTurns, portOf, residentBytes, RIVALS } from "./rivals.ts";
import { markdownTable, median, megabytes, percentile, short, times } from "./table.ts";
import { readInThread, type Reads } from "./vm_worker.ts";

export const VM_PARTS: readonly string[] = ["memory", "traffic", "pauses", "off"];

interface Shape {
  readonly what: string;
  readonly keys: number;
  readonly valueBytes: number;
  /** Elements of a list, in the place of a string. */
  readonly items?: number;
  readonly pageBytes: number;
  /** What the 2.x version took, in MB, with and without virtual memory. */
  readonly told?: string;
  readonly most: string;
}

const MILLION = 1_000_000;
const SHAPES: readonly Shape[] = [
  {
    what: "4096-byte values",
    keys: 300_000,
    valueBytes: 4096,
    pageBytes: 1024,
    told: "73 / 1300 MB",
    most: "60 MB",
  },
  {
    what: "256-byte values",
    keys: MILLION,
    valueBytes: 256,
    pageBytes: 32,
    told: "160 / 430 MB",
    most: "80 MB",
  },
  {
    what: "4096-byte values",
    keys: MILLION,
    valueBytes: 4096,
    pageBytes: 1024,
    told: "160 MB",
    most: "80 MB",
  },
  {
    what: "lists of 100 items",
    keys: MILLION,
    valueBytes: 2,
    items: 100,
    pageBytes: 32,
    told: "160 MB",
    most: "80 MB",
  },
];
const LARGE: Shape = { what: "1 KB values", keys: 10 * MILLION, valueBytes: 1024, pageBytes: 64, most: "-" };

const TRAFFIC_KEYS = 500_000;
const TRAFFIC_VALUE_BYTES = 1024;
/** Nearly all requests go to few keys. */
const EXPONENT = -1.5;
const HOT_KEYS = 50_000;
const CONNECTIONS = 20;
const PIPELINE = 16;
const WARM_MS = 8000;
const MEASURE_MS = 10_000;

export interface VmOptions {
  readonly rounds: number;
  readonly parts: readonly string[];
  /** The most keys of a shape, and of the traffic. */
  readonly keys: number | undefined;
  readonly large: boolean;
  /** Which rows of the table of memory, from 1 on; all of them when undefined. */
  readonly shapes: readonly number[] | undefined;
}

export async function vm(options: VmOptions): Promise<string> {
  const report: string[] = [];
  if (options.parts.includes("memory")) report.push(await memory(options));
  if (options.parts.includes("traffic")) report.push(await traffic(options));
  if (options.parts.includes("pauses")) report.push(await pauses(options));
  if (options.parts.includes("off")) report.push(await off(options));
  return report.join("\n\n");
}

/** The swap file, which holds all values, lies in the server's temporary folder, and goes with it. */
function vmArgs(pageBytes: number, maxMemory: number): string[] {
  return [
    ...["--vm-enabled", "yes", "--vm-swap-file", "bench.swap"],
    ...["--vm-pages", "0", "--vm-page-size", String(pageBytes), "--vm-max-memory", String(maxMemory)],
  ];
}

async function startWithVm(pageBytes: number, maxMemory: number): Promise<ServerProcess> {
  return await startRedeno({ args: vmArgs(pageBytes, maxMemory), listen: "tcp", startMs: 60_000 });
}

/** Waits until no more values leave memory. */
async function untilSwapped(server: ServerProcess): Promise<ReadonlyMap<string, string>> {
  using client = await server.connect();
  let before = -1;
  for (;;) {
    await pause(1500);
    const fields = await infoFields(client, "vm");
    const swapped = numberOf(fields, "vm_stats_swapped_objects");
    if (swapped === before) return fields;
    before = swapped;
  }
}

// ---- memory -------------------------------------------------------------------------------------------------

async function memory(options: VmOptions): Promise<string> {
  const rows: string[][] = [];
  const all = options.large ? [...SHAPES, LARGE] : SHAPES;
  for (const [i, shape] of all.entries()) {
    if (options.shapes?.includes(i + 1) === false) continue;
    const keys = Math.min(shape.keys, options.keys ?? Infinity);
    console.error(`${short(keys)} keys, ${shape.what}`);
    const { bytes, swapped, seconds } = await swappedBytes({ ...shape, keys });
    rows.push([
      `${short(keys)} keys, ${shape.what}`,
      megabytes(bytes),
      (bytes / keys).toFixed(1),
      `${(swapped * 100 / keys).toFixed(1)}%`,
      short(keys / seconds),
      keys < shape.keys ? "-" : shape.most,
      shape.told ?? "-",
    ]);
  }
  return [
    "RSS over the empty server with `vm-max-memory 0`; keys of 16 bytes. Fewer keys than asked for are not to be compared.",
    "",
    markdownTable(
      [
        "values in the swap file",
        "RSS",
        "bytes a key",
        "swapped",
        "keys/s",
        "at most",
        "Redis 2.x with / without",
      ],
      rows,
    ),
  ].join("\n");
}

async function swappedBytes(shape: Shape): Promise<{ bytes: number; swapped: number; seconds: number }> {
  await using server = await startWithVm(shape.pageBytes, 0);
  await pause(1000);
  const empty = await residentBytes(server.pid);
  const began = performance.now();
  await load(server, shape);
  const seconds = (performance.now() - began) / 1000;
  const fields = await untilSwapped(server);
  const bytes = await residentBytes(server.pid) - empty;
  return { bytes, swapped: numberOf(fields, "vm_stats_swapped_objects"), seconds };
}

async function load(server: ServerProcess, { keys, valueBytes, items }: Shape): Promise<void> {
  const common = { port: portOf(server), keys, pipeline: valueBytes > 1000 ? 100 : 200, ahead: 1 };
  if (items === undefined) return await loadKeys({ ...common, valueBytes, expireSeconds: 0 });
  const item = bulk("x".repeat(valueBytes)).repeat(items);
  const reply = `:${items}\r\n`;
  const head = `*${items + 2}\r\n$5\r\nRPUSH\r\n$16\r\n`;
  const encoder = new TextEncoder();
  await loadCommands(common, reply.length, (from, count) => {
    let text = "";
    for (let i = from; i < from + count; i++) text += `${head}${keyName(i)}\r\n${item}`;
    return encoder.encode(text);
  });
}

// ---- traffic ------------------------------------------------------------------------------------------------

/** Bytes of memory with which the hot keys and all keys' names fit. */
function hotMemory(keys: number, hot: number): number {
  return keys * 60 + hot * (TRAFFIC_VALUE_BYTES + 64);
}

async function traffic(options: VmOptions): Promise<string> {
  const keys = Math.min(TRAFFIC_KEYS, options.keys ?? Infinity);
  const hot = Math.floor(keys * HOT_KEYS / TRAFFIC_KEYS);
  const results: { off: number[]; on: number[]; loads: number[] } = { off: [], on: [], loads: [] };
  for (let round = 0; round < options.rounds; round++) {
    const order = round % 2 === 0 ? (["off", "on"] as const) : (["on", "off"] as const);
    for (const which of order) {
      console.error(`traffic, virtual memory ${which}`);
      await using server = which === "on"
        ? await startWithVm(128, hotMemory(keys, hot))
        : await startRedeno({ listen: "tcp" });
      await load(server, { what: "", keys, valueBytes: TRAFFIC_VALUE_BYTES, pageBytes: 128, most: "" });
      const reads: Reads = {
        port: portOf(server),
        connections: CONNECTIONS,
        pipeline: PIPELINE,
        firstKey: 0,
        keys,
        exponent: EXPONENT,
      };
      await readInThread(reads, WARM_MS);
      using client = await server.connect();
      const before = which === "on" ? numberOf(await infoFields(client, "vm"), "vm_stats_swappin_count") : 0;
      const { requests, seconds } = await readInThread(reads, MEASURE_MS);
      results[which].push(requests / seconds);
      if (which === "off") continue;
      const after = numberOf(await infoFields(client, "vm"), "vm_stats_swappin_count");
      results.loads.push((after - before) / requests);
    }
  }
  const [without, withVm] = [median(results.off), median(results.on)];
  return [
    `GET of ${short(keys)} keys of ${TRAFFIC_VALUE_BYTES} bytes by a power law with exponent ${EXPONENT}: ` +
    `${(shareOf(hot, keys, EXPONENT) * 100).toFixed(2)}% go to the first ${
      short(hot)
    } keys, for which there is memory. ` +
    `${CONNECTIONS} connections, ${PIPELINE} requests at once.`,
    "",
    markdownTable(["", "requests/s"], [
      ["without virtual memory", short(without)],
      ["with it", short(withVm)],
      ["ratio (0.9x at least)", times(withVm / without)],
      ["requests that load a value", `${(median(results.loads) * 100).toFixed(3)}%`],
    ]),
  ].join("\n");
}

// ---- pauses -------------------------------------------------------------------------------------------------

const BESIDE: readonly { readonly what: string; readonly withVm: boolean; readonly reads: boolean }[] = [
  { what: "nobody else, without virtual memory", withVm: false, reads: false },
  { what: "others that read the same keys, without it", withVm: false, reads: true },
  { what: "nobody else", withVm: true, reads: false },
  { what: "others that load cold keys", withVm: true, reads: true },
];

async function pauses(options: VmOptions): Promise<string> {
  const keys = Math.min(TRAFFIC_KEYS, options.keys ?? Infinity);
  const rows: string[][] = [];
  for (const withVm of [false, true]) {
    await using server = withVm
      ? await startWithVm(128, hotMemory(keys, keys / 100))
      : await startRedeno({ listen: "tcp" });
    await load(server, { what: "", keys, valueBytes: TRAFFIC_VALUE_BYTES, pageBytes: 128, most: "" });
    if (withVm) await untilSwapped(server);
    for (const { what, reads } of BESIDE.filter((each) => each.withVm === withVm)) {
      console.error(`a hot key; ${what}`);
      rows.push([what, ...await timesOfHotKey(portOf(server), keys, reads)]);
    }
  }
  return [
    "A client that reads a hot key, ms a request (p99.9 below 5 ms), and 4 connections beside it with 4 requests at once.",
    "",
    markdownTable(["beside it", "their GET/s", "requests", "p50", "p99", "p99.9", "longest"], rows),
  ].join("\n");
}

async function timesOfHotKey(port: number, keys: number, othersRead: boolean): Promise<string[]> {
  const took: number[] = [];
  const ask = async (until: number) => {
    using connection = await PipelinedConnection.open(port);
    const request = new TextEncoder().encode(command("GET", keyName(0)));
    while (performance.now() < until) took.push(await connection.milliseconds(request));
  };
  let theirs = 0;
  if (othersRead) {
    const reads = { port, connections: 4, pipeline: 4, firstKey: 1000, keys: keys - 1000, exponent: 0 };
    const { requests, seconds } = await readInThread(reads, MEASURE_MS, ask);
    theirs = requests / seconds;
  } else {
    await ask(performance.now() + MEASURE_MS / 2);
  }
  const at = (percent: number) => percentile(took, percent).toFixed(2);
  return [short(theirs), short(took.length), at(50), at(99), at(99.9), at(100)];
}

// ---- off ----------------------------------------------------------------------------------------------------

/** What a redis-server of today takes for the same keys: there is nothing to swap to. */
async function off(options: VmOptions): Promise<string> {
  const rows: string[][] = [];
  for (const shape of SHAPES) {
    const keys = Math.min(shape.keys, options.keys ?? Infinity);
    console.error(`${short(keys)} keys, ${shape.what}, all in memory`);
    const results = await inTurns(1, async (rival) => {
      await using server = await rival.start();
      await pause(500);
      const empty = await residentBytes(server.pid);
      await load(server, { ...shape, keys });
      await pause(500);
      return await residentBytes(server.pid) - empty;
    });
    rows.push([
      `${short(keys)} keys, ${shape.what}`,
      ...RIVALS.map(({ name }) => megabytes(median(results[name]))),
    ]);
  }
  return [
    "RSS over the empty server, all values in memory.",
    "",
    markdownTable(["", ...RIVALS.map(({ name }) => name)], rows),
  ].join("\n");
}
