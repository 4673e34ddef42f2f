/** Commands that work on whole collections: how long each takes, to the last byte of its reply. */
import { Random } from "../../src/sys/random.ts";
import { comparison } from "./comparison.ts";
import { batch, command, PipelinedConnection } from "./pipelined_connection.ts";
import { portOf, type RivalName, RIVALS } from "./rivals.ts";
import { median } from "./table.ts";

const SET_MEMBERS = 10_000;
const LIST_ELEMENTS = 100_000;
const CALLS = 31;
const WARM_UP_CALLS = 20;
const SEED = 20_240_229;

const COMMANDS: readonly (readonly [what: string, command: readonly string[]])[] = [
  ["SUNIONSTORE of two sets of 10,000", ["SUNIONSTORE", "result", "set:1", "set:2"]],
  ["ZUNIONSTORE of two sorted sets of 10,000", ["ZUNIONSTORE", "result", "2", "zset:1", "zset:2"]],
  ["ZINTERSTORE of two sorted sets of 10,000", ["ZINTERSTORE", "result", "2", "zset:1", "zset:2"]],
  ["SORT of a list of 100,000", ["SORT", "list"]],
  ["SORT of a list of 100,000, stored", ["SORT", "list", "STORE", "result"]],
];

/** Median milliseconds of a call, by command. */
type Sample = ReadonlyMap<string, number>;

/** Measures, and gives the report as Markdown: each call on both servers, one after the other. */
export async function wholeCollections(rounds: number): Promise<string> {
  const results: Record<RivalName, Sample[]> = { "redis-server": [], redeno: [] };
  for (let round = 0; round < rounds; round++) {
    console.error(`round ${round + 1} of ${rounds}: whole collections`);
    const order = round % 2 === 0 ? RIVALS : RIVALS.toReversed();
    await using first = await order[0]!.start();
    await using second = await order[1]!.start();
    using one = await PipelinedConnection.open(portOf(first));
    using other = await PipelinedConnection.open(portOf(second));
    await fill(one);
    await fill(other);
    const samples = [new Map<string, number>(), new Map<string, number>()];
    for (const [what, args] of COMMANDS) {
      const calls = await timed([one, other], batch([command(...args)]));
      samples.forEach((sample, i) => sample.set(what, median(calls[i]!)));
    }
    samples.forEach((sample, i) => results[order[i]!.name].push(sample));
  }
  return [
    `Milliseconds of a command on whole collections, medians of ${CALLS} calls by turns after ${WARM_UP_CALLS} others.`,
    "",
    comparison(
      results,
      COMMANDS.map(([what]) => ({
        what,
        of: (sample) => sample.get(what)!,
        show: (milliseconds) => milliseconds.toFixed(2),
      })),
    ),
  ].join("\n");
}

async function timed(connections: readonly PipelinedConnection[], request: Uint8Array): Promise<number[][]> {
  const calls = connections.map((): number[] => []);
  for (let call = -WARM_UP_CALLS; call < CALLS; call++) {
    for (const i of call % 2 === 0 ? [0, 1] : [1, 0]) {
      const milliseconds = await connections[i]!.milliseconds(request);
      if (call >= 0) calls[i]!.push(milliseconds);
    }
  }
  return calls;
}

/** Two sets that share half of their members, two sorted sets of the same members, and a list of numbers. */
async function fill(connection: PipelinedConnection): Promise<void> {
  const random = new Random(SEED);
  const score = () => String(random.below(1_000_000));
  const names = (from: number) => Array.from({ length: SET_MEMBERS }, (_, i) => `member:${from + i}`);
  await connection.milliseconds(batch([
    command("SADD", "set:1", ...names(0)),
    command("SADD", "set:2", ...names(SET_MEMBERS / 2)),
    ...["zset:1", "zset:2"].map((key) =>
      command("ZADD", key, ...names(0).flatMap((member) => [score(), member]))
    ),
    command("RPUSH", "list", ...Array.from({ length: LIST_ELEMENTS }, score)),
  ]));
}
