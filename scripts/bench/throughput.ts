/**
 * Requests a second, with redis-benchmark: every test of its own suite that both servers can do, at pipeline depths
 * 1, 16 and 64, 50 connections, 1,000,000 random keys.
 *
 * Each round starts both servers afresh and lets them do each test one after the other, the other one first in
 * every second round. The table shows medians over the rounds.
 */
import type { ServerProcess } from "../../test/support/server_process.ts";
import { loadKeys } from "./loader.ts";
import { redisBenchmark } from "./redis_benchmark.ts";
import { cpuSeconds, portOf, residentBytes, type RivalName, RIVALS } from "./rivals.ts";
import { isLoss, markdownTable, median, megabytes, short, times } from "./table.ts";

interface BenchmarkTest {
  /** As redis-benchmark's option -t calls it. */
  readonly name: string;
  /** One command of the kind; a server that answers it with an error is not measured. */
  readonly probe: readonly string[];
  /** Part of the usual number of requests, for tests that are slow by nature. */
  readonly share?: number;
  /** What is in the server before: nothing, what the test before left, or all keys that may be asked for. */
  readonly before?: "leftovers" | "all keys";
}

const TESTS: readonly BenchmarkTest[] = [
  { name: "ping_inline", probe: ["PING"] },
  { name: "ping_mbulk", probe: ["PING"] },
  { name: "set", probe: ["SET", "probe", "x"] },
  { name: "get", probe: ["GET", "probe"], before: "all keys" },
  { name: "incr", probe: ["INCR", "probe:counter"] },
  { name: "lpush", probe: ["LPUSH", "probe:list", "x"] },
  { name: "rpush", probe: ["RPUSH", "probe:list", "x"] },
  { name: "lpop", probe: ["LPOP", "probe:list"], before: "leftovers" },
  { name: "rpop", probe: ["RPOP", "probe:list"], before: "leftovers" },
  { name: "sadd", probe: ["SADD", "probe:set", "x"] },
  { name: "hset", probe: ["HSET", "probe:hash", "f", "v"] },
  { name: "spop", probe: ["SPOP", "probe:set"], before: "leftovers" },
  { name: "zadd", probe: ["ZADD", "probe:zset", "1", "x"] },
  { name: "zpopmin", probe: ["ZPOPMIN", "probe:zset"], before: "leftovers" },
  { name: "lrange_100", probe: ["LRANGE", "probe:list", "0", "-1"], share: 0.1 },
  { name: "lrange_300", probe: ["LRANGE", "probe:list", "0", "-1"], share: 0.03 },
  { name: "lrange_500", probe: ["LRANGE", "probe:list", "0", "-1"], share: 0.02 },
  { name: "lrange_600", probe: ["LRANGE", "probe:list", "0", "-1"], share: 0.02 },
  { name: "mset", probe: ["MSET", "probe", "x"], share: 0.2 },
];

const CLIENTS = 50;
const RANDOM_KEYS = 1_000_000;
/** Requests at a pipeline depth: some seconds of work each. */
const REQUESTS: Readonly<Record<number, number>> = { 1: 300_000, 16: 3_000_000, 64: 5_000_000 };
const QUICK_SHARE = 0.02;

export interface ThroughputOptions {
  readonly rounds: number;
  readonly quick: boolean;
  /** Names of tests; all that both servers can do when undefined. */
  readonly tests?: readonly string[];
  readonly pipelines: readonly number[];
}

interface Sample {
  readonly requestsASecond: number;
  readonly cpuSecondsAMillion: number;
}

type Samples = Map<string, Record<RivalName, Sample[]>>;

/** Measures, and gives the report as Markdown. */
export async function throughput(options: ThroughputOptions): Promise<string> {
  const samples: Samples = new Map();
  const memory: Record<RivalName, number[]> = { "redis-server": [], redeno: [] };
  let left: readonly string[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const order = round % 2 === 0 ? RIVALS : RIVALS.toReversed();
    await using first = await order[0]!.start();
    await using second = await order[1]!.start();
    const servers = [[order[0]!.name, first], [order[1]!.name, second]] as const;
    const { tests, leftOut } = await possibleTests(options.tests, [first, second]);
    left = leftOut;
    for (const test of tests) {
      for (const pipeline of options.pipelines) {
        console.error(`round ${round + 1} of ${options.rounds}: ${test.name}, P=${pipeline}`);
        for (const [name, server] of servers) {
          const key = `${test.name} ${pipeline}`;
          const both = samples.get(key) ?? { "redis-server": [], redeno: [] };
          samples.set(key, both);
          both[name].push(await runTest(test, server, pipeline, options.quick));
        }
      }
    }
    for (const [name, server] of servers) memory[name].push(await residentBytes(server.pid));
  }
  return report(samples, memory, left, options);
}

async function possibleTests(
  wanted: readonly string[] | undefined,
  servers: readonly ServerProcess[],
): Promise<{ tests: BenchmarkTest[]; leftOut: string[] }> {
  const unknown = wanted?.filter((name) => !TESTS.some((test) => test.name === name)) ?? [];
  if (unknown.length > 0) {
    throw new Error(`no test "${unknown[0]}"; there are ${TESTS.map(({ name }) => name).join(", ")}`);
  }
  const tests = TESTS.filter(({ name }) => !wanted || wanted.includes(name));
  const leftOut = new Set<string>();
  for (const server of servers) {
    using client = await server.connect();
    for (const test of tests) {
      const { value } = await client.send(test.probe);
      if (value.kind === "error") leftOut.add(test.name);
    }
    await client.flushAll();
  }
  return { tests: tests.filter(({ name }) => !leftOut.has(name)), leftOut: [...leftOut] };
}

async function runTest(
  test: BenchmarkTest,
  server: ServerProcess,
  pipeline: number,
  quick: boolean,
): Promise<Sample> {
  const port = portOf(server);
  if (test.before !== "leftovers") {
    using client = await server.connect();
    await client.flushAll();
  }
  if (test.before === "all keys") {
    await loadKeys({ port, keys: RANDOM_KEYS, pipeline: 1000, ahead: 1, valueBytes: 3, expireSeconds: 0 });
  }
  const usual = REQUESTS[pipeline] ?? 1_000_000;
  const requests = Math.ceil(usual * (test.share ?? 1) * (quick ? QUICK_SHARE : 1));
  const before = await cpuSeconds(server.pid);
  const requestsASecond = await redisBenchmark(server, {
    test: test.name,
    pipeline,
    requests,
    clients: CLIENTS,
    randomKeys: RANDOM_KEYS,
  });
  const cpu = await cpuSeconds(server.pid) - before;
  return { requestsASecond, cpuSecondsAMillion: cpu / requests * 1e6 };
}

function report(
  samples: Samples,
  memory: Record<RivalName, number[]>,
  leftOut: readonly string[],
  options: ThroughputOptions,
): string {
  const rows: string[][] = [];
  const losses: { ratio: number; text: string }[] = [];
  for (const [key, both] of samples) {
    const [name, pipeline] = key.split(" ") as [string, string];
    const speed = (rival: RivalName) => median(both[rival].map(({ requestsASecond }) => requestsASecond));
    const cpu = (rival: RivalName) => median(both[rival].map(({ cpuSecondsAMillion }) => cpuSecondsAMillion));
    const ratio = speed("redeno") / speed("redis-server");
    const cpuRatio = cpu("redeno") / cpu("redis-server");
    rows.push([
      ...[name.toUpperCase(), pipeline, short(speed("redis-server")), short(speed("redeno")), times(ratio)],
      ...[cpu("redis-server").toFixed(2), cpu("redeno").toFixed(2), times(cpuRatio)],
    ]);
    if (isLoss(1 / ratio)) {
      losses.push({
        ratio,
        text: `${name.toUpperCase()} at P=${pipeline}: ${times(ratio)} the requests a second`,
      });
    }
    if (isLoss(cpuRatio)) {
      losses.push({
        ratio: 1 / cpuRatio,
        text: `${name.toUpperCase()} at P=${pipeline}: ${times(cpuRatio)} the CPU a request`,
      });
    }
  }
  const head = [
    "test",
    "P",
    "redis-server req/s",
    "redeno req/s",
    "ratio",
    "redis-server CPU s/M",
    "redeno CPU s/M",
    "ratio",
  ];
  const rss = (rival: RivalName) => megabytes(median(memory[rival]));
  const where = losses.toSorted((a, b) => a.ratio - b.ratio).map(({ text }) => `- ${text}`);
  return [
    `Medians of ${options.rounds} round${options.rounds === 1 ? "" : "s"}, ${CLIENTS} connections, ` +
    `${short(RANDOM_KEYS)} random keys${options.quick ? ", quick (too short to be believed)" : ""}. ` +
    "CPU s/M: CPU seconds of the server for a million requests.",
    "",
    markdownTable(head, rows),
    "",
    `RSS at the end: redis-server ${rss("redis-server")}, redeno ${rss("redeno")}.`,
    ...(leftOut.length > 0 ? [`Not measured, one of the two cannot do it: ${leftOut.join(", ")}.`] : []),
    "",
    "Where we lose:",
    ...(where.length > 0 ? where : ["- nowhere in this run"]),
  ].join("\n");
}
