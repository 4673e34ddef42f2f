/**
 * Default tracking: what it costs to read keys as a client that caches, and to change keys that are cached. One client reads
 * keys in batches, another one sets the same keys; each batch is timed until its last reply has come.
 */
import { keyName } from "./loader.ts";
import type { PubSubOptions } from "./pubsub.ts";
import { batch, command, PipelinedConnection } from "./pipelined_connection.ts";
import { comparison } from "./comparison.ts";
import { inTurns, portOf, type Rival } from "./rivals.ts";
import { median } from "./table.ts";

const KEYS = 100_000;
const BATCH = 1000;
const PASSES = 5;
const QUICK_KEYS = 10_000;

/** Microseconds a request. */
interface Sample {
  readonly plainGet: number;
  readonly plainSet: number;
  readonly trackingGet: number;
  readonly trackedSet: number;
  /** The client that caches sets the keys itself. */
  readonly ownSet: number;
}

/** Measures, and gives the report as Markdown. */
export async function tracking({ rounds, quick }: PubSubOptions): Promise<string> {
  const keys = quick ? QUICK_KEYS : KEYS;
  const results = await inTurns(rounds, (rival) => measure(rival, keys));
  const figure = (what: string, of: (sample: Sample) => number) => ({
    what,
    of,
    show: (value: number) => `${value.toFixed(2)} us`,
  });
  return [
    `Default tracking: ${keys} keys, batches of ${BATCH} requests, one client at a time, time until the last reply has come, ` +
    `medians of ${rounds} round${rounds === 1 ? "" : "s"}.`,
    "",
    comparison(results, [
      figure("GET", ({ plainGet }) => plainGet),
      figure("GET of a client that caches", ({ trackingGet }) => trackingGet),
      figure("SET", ({ plainSet }) => plainSet),
      figure("SET of keys that a client caches", ({ trackedSet }) => trackedSet),
      figure("SET by the client that caches", ({ ownSet }) => ownSet),
    ]),
  ].join("\n");
}

async function measure(rival: Rival, keys: number): Promise<Sample> {
  console.error(`tracking: ${rival.name}`);
  await using server = await rival.start();
  using writer = await PipelinedConnection.open(portOf(server));
  using reader = await PipelinedConnection.open(portOf(server));
  const requests = (of: (key: string) => string) =>
    Array.from(
      { length: keys / BATCH },
      (_, i) => batch(Array.from({ length: BATCH }, (_, j) => of(keyName(i * BATCH + j)))),
    );
  const gets = requests((key) => command("GET", key));
  const sets = requests((key) => command("SET", key, "xxx"));
  for (const set of sets) await writer.milliseconds(set);
  await pairs(reader, gets, writer, sets, 1);
  const plain = await pairs(reader, gets, writer, sets);
  await reader.milliseconds(batch([command("HELLO", "3"), command("CLIENT", "TRACKING", "ON")]));
  await pairs(reader, gets, writer, sets, 1);
  const tracked = await pairs(reader, gets, writer, sets);
  const own = await pairs(reader, gets, reader, sets);
  return {
    plainGet: plain.get,
    plainSet: plain.set,
    trackingGet: tracked.get,
    trackedSet: tracked.set,
    ownSet: own.set,
  };
}

/** Reads and sets each batch of keys, several times; microseconds a request. */
async function pairs(
  reader: PipelinedConnection,
  gets: readonly Uint8Array[],
  writer: PipelinedConnection,
  sets: readonly Uint8Array[],
  passes = PASSES,
): Promise<{ get: number; set: number }> {
  const [getMs, setMs]: [number[], number[]] = [[], []];
  for (let pass = 0; pass < passes; pass++) {
    for (const [i, get] of gets.entries()) {
      getMs.push(await reader.milliseconds(get));
      setMs.push(await writer.milliseconds(sets[i]!));
    }
  }
  return { get: median(getMs) / BATCH * 1000, set: median(setMs) / BATCH * 1000 };
}
