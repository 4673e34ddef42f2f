/**
 * How long GET and SET wait, and how much memory it takes, while a BGSAVE is under way and one client overwrites random
 * keys 10,000 times a second. Two other clients ask once a millisecond each, whether or not the one before was answered,
 * so that a pause is counted by all who would have waited. The same without a BGSAVE, just before, is what to compare with.
 */
import type { RespClient } from "../../test/support/resp_client.ts";
import type { ServerProcess } from "../../test/support/server_process.ts";
import { ask, infoFields, numberOf, pause } from "./asking.ts";
import { comparison, type Figure, type PersistenceOptions } from "./comparison.ts";
import { keyName, loadKeys } from "./loader.ts";
import { inTurns, portOf, residentBytes, type Rival } from "./rivals.ts";
import { percentile, short } from "./table.ts";
import type { Writes, WritesDone } from "./write_worker.ts";

const KEYS_TIMES = 5;
const VALUE_BYTES = 3;
const WRITES_A_SECOND = 10_000;
const SETTLE_MS = 1000;
const QUIET_MS = 4000;
const PROBE_MS = 1;
const POLL_MS = 50;

/** Waiting times in milliseconds. */
interface Waits {
  readonly get: number[];
  readonly set: number[];
}

interface Sample {
  readonly quiet: Waits;
  readonly saving: Waits;
  /** Seconds from BGSAVE until it was done. */
  readonly seconds: number;
  /** Bytes that the save took for itself, as a part of the data's. */
  readonly extraShare: number;
  readonly writesASecond: number;
}

/** Measures, and gives the report as Markdown. */
export async function pauses(options: PersistenceOptions): Promise<string> {
  const keys = options.keys * KEYS_TIMES;
  const results = await inTurns(options.rounds, (rival) => {
    console.error(`${rival.name}: BGSAVE of ${short(keys)} keys`);
    return saveUnderLoad(rival, keys);
  }, options.rivals);
  return [
    `BGSAVE of ${short(keys)} keys with values of ${VALUE_BYTES} bytes at ${
      short(WRITES_A_SECOND)
    } writes a second, ` +
    `medians of ${options.rounds} round${options.rounds === 1 ? "" : "s"}:`,
    "",
    comparison(results, FIGURES),
    "",
    "Memory: the larger one of what INFO calls copied on write (its peak) and what the resident memory of the server grew by.",
  ].join("\n");
}

function milliseconds(value: number): string {
  return `${value.toFixed(2)} ms`;
}

function waitFigures(phase: "quiet" | "saving"): Figure<Sample>[] {
  const figures: Figure<Sample>[] = [];
  const when = phase === "quiet" ? "before" : "during BGSAVE";
  for (const command of ["get", "set"] as const) {
    for (const [name, percent] of [["p50", 50], ["p99.9", 99.9], ["max", 100]] as const) {
      figures.push({
        what: `${command.toUpperCase()} ${name} ${when}`,
        of: (sample) => percentile(sample[phase][command], percent),
        show: milliseconds,
      });
    }
  }
  return figures;
}

const FIGURES: readonly Figure<Sample>[] = [
  ...waitFigures("quiet"),
  ...waitFigures("saving"),
  { what: "BGSAVE takes", of: ({ seconds }) => seconds, show: (value) => `${value.toFixed(2)} s` },
  {
    what: "extra memory, of the data's",
    of: ({ extraShare }) => extraShare,
    show: (value) => `${(value * 100).toFixed(1)}%`,
  },
  {
    what: "writes a second meanwhile",
    of: ({ writesASecond }) => writesASecond,
    show: short,
    better: "more",
  },
];

async function saveUnderLoad(rival: Rival, keys: number): Promise<Sample> {
  await using server = await rival.start();
  await pause(SETTLE_MS);
  const empty = await residentBytes(server.pid);
  await loadKeys({
    port: portOf(server),
    keys,
    pipeline: 500,
    ahead: 1,
    valueBytes: VALUE_BYTES,
    expireSeconds: 0,
  });
  await pause(SETTLE_MS);
  const data = await residentBytes(server.pid) - empty;
  const writer = new Writer();
  try {
    writer.start({ port: portOf(server), keys, perSecond: WRITES_A_SECOND, valueBytes: VALUE_BYTES });
    await pause(SETTLE_MS);
    const quiet = await probe(server, keys, pause(QUIET_MS));
    const save = bgsave(server);
    const saving = await probe(server, keys, save);
    const { seconds, extra } = await save;
    const { writes, seconds: writing } = await writer.stop();
    return { quiet, saving, seconds, extraShare: extra / data, writesASecond: writes / writing };
  } finally {
    writer.terminate();
  }
}

async function bgsave(server: ServerProcess): Promise<{ seconds: number; extra: number }> {
  using client = await server.connect();
  const residentBefore = await residentBytes(server.pid);
  let resident = residentBefore;
  let copied = 0;
  const started = performance.now();
  await ask(client, "BGSAVE");
  while (true) {
    resident = Math.max(resident, await residentBytes(server.pid));
    const fields = await infoFields(client, "persistence");
    copied = Math.max(copied, numberOf(fields, "current_cow_peak"));
    if (numberOf(fields, "rdb_bgsave_in_progress") === 0) {
      const status = fields.get("rdb_last_bgsave_status");
      if (status !== "ok") throw new Error(`${server.name}: BGSAVE ended with ${status}\n${server.log()}`);
      copied = Math.max(copied, numberOf(fields, "rdb_last_cow_size"));
      const seconds = (performance.now() - started) / 1000;
      return { seconds, extra: Math.max(copied, resident - residentBefore) };
    }
    await pause(POLL_MS);
  }
}

async function probe(server: ServerProcess, keys: number, end: Promise<unknown>): Promise<Waits> {
  using getter = await server.connect();
  using setter = await server.connect();
  const waits: Waits = { get: [], set: [] };
  const underWay: Promise<void>[] = [];
  let goesOn = true;
  // A failure of what is waited for is told by whoever awaits it.
  end.catch(() => {}).finally(() => goesOn = false);
  const time = async (client: RespClient, args: readonly string[], into: number[]) => {
    const sent = performance.now();
    const { value } = await client.send(args);
    into.push(performance.now() - sent);
    if (value.kind === "error") throw new Error(`${args[0]} was answered ${value.text}`);
  };
  for (let turn = 0; goesOn; turn++) {
    underWay.push(time(getter, ["GET", keyName((turn * 7919) % keys)], waits.get));
    underWay.push(time(setter, ["SET", keyName((turn * 6101) % keys), "x".repeat(VALUE_BYTES)], waits.set));
    await pause(PROBE_MS);
  }
  await Promise.all(underWay);
  return waits;
}

/** The client that writes, in a thread of its own. */
class Writer {
  readonly #worker = new Worker(new URL("./write_worker.ts", import.meta.url), { type: "module" });
  readonly #done = Promise.withResolvers<WritesDone>();

  start(writes: Writes): void {
    this.#worker.onmessage = ({ data }: MessageEvent<WritesDone | string>) => {
      if (typeof data === "string") this.#done.reject(new Error(data));
      else this.#done.resolve(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#done.reject(new Error(event.message));
    };
    // Until it is asked for, an error waits.
    this.#done.promise.catch(() => {});
    this.#worker.postMessage(writes);
  }

  stop(): Promise<WritesDone> {
    this.#worker.postMessage("stop");
    return this.#done.promise;
  }

  terminate(): void {
    this.#worker.terminate();
  }
}
