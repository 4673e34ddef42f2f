/**
 * What SET costs while somebody listens to what it does: keyspace notifications, clients that cache, MONITOR. Each is
 * measured on both servers in turns, and compared with SET while nobody listens, of the same server in the same round.
 */
import { Listeners } from "./pubsub_listeners.ts";
import type { PubSubOptions } from "./pubsub.ts";
import { command } from "./pipelined_connection.ts";
import { redisBenchmark } from "./redis_benchmark.ts";
import { cpuSeconds, type Results, type Rival, RIVALS } from "./rivals.ts";
import { markdownTable, median, short, times } from "./table.ts";

const CLIENTS = 50;
const RANDOM_KEYS = 100_000;
const PIPELINE = 16;
const REQUESTS = 1_000_000;
const QUICK_SHARE = 0.05;
const SET = ["SET", "key:__rand_int__", "xxx"];

interface Case {
  readonly name: string;
  readonly args?: readonly string[];
  /** What a client that listens sends, and how it is answered. */
  readonly listens?: readonly [greeting: string, answer: string];
}

const subscription = (kind: string, name: string) =>
  [
    command(kind, name),
    `*3\r\n$${kind.length}\r\n${kind}\r\n$${name.length}\r\n${name}\r\n:1\r\n`,
  ] as const;
const NOTIFY = ["--notify-keyspace-events", "KEA"];
const HELLO = command("HELLO", "3");
/** What HELLO answers is at least this long; numbers of clients differ. */
const HELLO_BYTES_MIN = 100;

export const NOTIFICATIONS: readonly Case[] = [
  { name: "nobody listens" },
  { name: "notify-keyspace-events KEA, no subscriber", args: NOTIFY },
  {
    name: "KEA, a subscriber of another channel",
    args: NOTIFY,
    listens: subscription("SUBSCRIBE", "other"),
  },
  {
    name: "KEA, a subscriber of `__keyevent@0__:set`",
    args: NOTIFY,
    listens: subscription("SUBSCRIBE", "__keyevent@0__:set"),
  },
  {
    name: "KEA, a subscriber of the pattern `__key*__:*`",
    args: NOTIFY,
    listens: subscription("PSUBSCRIBE", "__key*__:*"),
  },
];

export const BROADCASTS: readonly Case[] = [
  { name: "nobody listens" },
  {
    name: "a client tracks what it reads, and reads nothing",
    listens: [`${HELLO}${command("CLIENT", "TRACKING", "ON")}`, "x".repeat(HELLO_BYTES_MIN)],
  },
  {
    name: "a client tracks another prefix",
    listens: [
      `${HELLO}${command("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "other")}`,
      "x".repeat(HELLO_BYTES_MIN),
    ],
  },
  {
    name: "a client tracks the prefix of all keys",
    listens: [
      `${HELLO}${command("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "key:")}`,
      "x".repeat(HELLO_BYTES_MIN),
    ],
  },
];

export const MONITORS: readonly Case[] = [
  { name: "nobody listens" },
  { name: "one client of MONITOR", listens: [command("MONITOR"), "+OK\r\n"] },
];

interface Sample {
  readonly requestsASecond: number;
  readonly cpuMicros: number;
}

/** Measures, and gives the report as Markdown. */
export async function whileListening(
  title: string,
  cases: readonly Case[],
  { rounds, quick }: PubSubOptions,
): Promise<string> {
  const samples = cases.map((): Results<Sample> => ({ "redis-server": [], redeno: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const [i, measured] of cases.entries()) {
      for (const rival of round % 2 === 0 ? RIVALS : RIVALS.toReversed()) {
        console.error(`round ${round + 1} of ${rounds}: ${measured.name}, ${rival.name}`);
        samples[i]![rival.name].push(await measure(rival, measured, quick));
      }
    }
  }
  return report(title, cases, samples, rounds);
}

async function measure(rival: Rival, { args, listens }: Case, quick: boolean): Promise<Sample> {
  await using server = await rival.start(args);
  using _listeners = listens === undefined ? undefined : await Listeners.start(server, 1, ...listens);
  const requests = Math.ceil(REQUESTS * (quick ? QUICK_SHARE : 1));
  const run = (count: number) =>
    redisBenchmark(server, {
      test: SET,
      pipeline: PIPELINE,
      requests: count,
      clients: CLIENTS,
      randomKeys: RANDOM_KEYS,
    });
  await run(Math.ceil(requests / 5));
  const before = await cpuSeconds(server.pid);
  const requestsASecond = await run(requests);
  const cpu = await cpuSeconds(server.pid) - before;
  return { requestsASecond, cpuMicros: cpu / requests * 1e6 };
}

function report(
  title: string,
  cases: readonly Case[],
  samples: readonly Results<Sample>[],
  rounds: number,
): string {
  const middle = (i: number, rival: Rival["name"], field: keyof Sample) =>
    median(samples[i]![rival].map((sample) => sample[field]));
  const rows = cases.map(({ name }, i) => {
    const speeds = [middle(i, "redis-server", "requestsASecond"), middle(i, "redeno", "requestsASecond")];
    const cpus = [middle(i, "redis-server", "cpuMicros"), middle(i, "redeno", "cpuMicros")];
    // What listening adds, not the whole of SET.
    const added = [
      cpus[0]! - middle(0, "redis-server", "cpuMicros"),
      cpus[1]! - middle(0, "redeno", "cpuMicros"),
    ];
    return [
      ...[name, short(speeds[0]!), short(speeds[1]!), times(speeds[1]! / speeds[0]!)],
      ...[cpus[0]!.toFixed(2), cpus[1]!.toFixed(2), times(cpus[1]! / cpus[0]!)],
      ...(i === 0 ? ["", ""] : [added[0]!.toFixed(2), added[1]!.toFixed(2)]),
    ];
  });
  const head = [
    ...[
      title,
      "redis-server req/s",
      "redeno req/s",
      "ratio",
      "redis-server CPU us",
      "redeno CPU us",
      "ratio",
    ],
    ...["redis-server added us", "redeno added us"],
  ];
  return [
    `SET of ${
      short(RANDOM_KEYS)
    } random keys with redis-benchmark, P=${PIPELINE}, ${CLIENTS} connections, medians of ` +
    `${rounds} round${
      rounds === 1 ? "" : "s"
    }. Added: CPU time of the server for a SET beyond that while nobody listens.`,
    "",
    markdownTable(head, rows),
  ].join("\n");
}
