/**
 * How long a client waits while another one fills the server: PING and GET, one each millisecond whether or not the
 * one before was answered (so that a pause is counted by all who would have waited), during pipelined SETs of new keys.
 */
import type { ServerProcess } from "../../test/support/server_process.ts";
import { keyName, type Load } from "./loader.ts";
import { inTurns, portOf, type Rival } from "./rivals.ts";
import { isLoss, markdownTable, median, percentile, short, times } from "./table.ts";

const KEYS = 5_000_000;
const QUICK_KEYS = 300_000;
const EVERY_MS = 1;
const PERCENTILES: readonly [string, number][] = [["p50", 50], ["p99", 99], ["p99.9", 99.9], ["max", 100]];

/** Waiting times in milliseconds. */
interface Waits {
  readonly ping: number[];
  readonly get: number[];
  readonly seconds: number;
}

/** Measures, and gives the report as Markdown. */
export async function latency(options: { rounds: number; quick: boolean }): Promise<string> {
  const keys = options.quick ? QUICK_KEYS : KEYS;
  const results = await inTurns(options.rounds, (rival) => {
    console.error(`${rival.name}: loading ${short(keys)} keys`);
    return waitsUnderLoad(rival, keys);
  });
  const rows: string[][] = [];
  const losses: string[] = [];
  for (const command of ["ping", "get"] as const) {
    for (const [name, percent] of PERCENTILES) {
      const of = (rival: Rival["name"]) =>
        median(results[rival].map((waits) => percentile(waits[command], percent)));
      const [real, ours] = [of("redis-server"), of("redeno")];
      rows.push([`${command.toUpperCase()} ${name}`, real.toFixed(3), ours.toFixed(3), times(ours / real)]);
      if (isLoss(ours / real)) {
        losses.push(`- ${command.toUpperCase()} ${name}: ${times(ours / real)} the waiting time`);
      }
    }
  }
  const seconds = (rival: Rival["name"]) => median(results[rival].map((waits) => waits.seconds)).toFixed(1);
  return [
    `Milliseconds that a client waits while ${short(keys)} keys are loaded, medians of ${options.rounds} ` +
    `round${options.rounds === 1 ? "" : "s"}${options.quick ? ", quick (too short to be believed)" : ""}.`,
    "",
    markdownTable(["wait", "redis-server ms", "redeno ms", "ratio"], rows),
    "",
    `Loading took redis-server ${seconds("redis-server")} s, redeno ${seconds("redeno")} s.`,
    "",
    "Where we lose:",
    ...(losses.length > 0 ? losses : ["- nowhere in this run"]),
  ].join("\n");
}

async function waitsUnderLoad(rival: Rival, keys: number): Promise<Waits> {
  await using server = await rival.start();
  const load: Load = { port: portOf(server), keys, pipeline: 64, ahead: 1, valueBytes: 3, expireSeconds: 0 };
  const started = performance.now();
  let loading = true;
  const loaded = loadInWorker(load).finally(() => loading = false);
  const waits = await measure(server, keys, () => loading);
  await loaded;
  return { ...waits, seconds: (performance.now() - started) / 1000 };
}

async function measure(
  server: ServerProcess,
  keys: number,
  goesOn: () => boolean,
): Promise<Omit<Waits, "seconds">> {
  using client = await server.connect();
  const waits = { ping: [] as number[], get: [] as number[] };
  const underWay: Promise<void>[] = [];
  for (let turn = 0; goesOn(); turn++) {
    const command = turn % 2 === 0 ? "ping" : "get";
    const args = command === "ping" ? ["PING"] : ["GET", keyName((turn * 7919) % keys)];
    const sent = performance.now();
    underWay.push(client.send(args).then(() => void waits[command].push(performance.now() - sent)));
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  await Promise.all(underWay);
  return waits;
}

async function loadInWorker(load: Load): Promise<void> {
  const worker = new Worker(new URL("./load_worker.ts", import.meta.url), { type: "module" });
  try {
    const problem = await new Promise<string>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      worker.postMessage(load);
    });
    if (problem) throw new Error(problem);
  } finally {
    worker.terminate();
  }
}
