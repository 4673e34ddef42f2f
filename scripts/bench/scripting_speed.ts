/**
 * Requests a second of short scripts, with redis-benchmark: one after the other on both servers, the other one first in
 * every second round. Each script is measured as EVAL and as EVALSHA; INCR without a script is the yardstick.
 */
import { formatReply, type RespClient } from "../../test/support/resp_client.ts";
import type { ServerProcess } from "../../test/support/server_process.ts";
import { bulk, keyName, loadCommands, loadKeys } from "./loader.ts";
import { redisBenchmark } from "./redis_benchmark.ts";
import { cpuSeconds, portOf, type RivalName, RIVALS } from "./rivals.ts";
import { markdownTable, median, short, times } from "./table.ts";

const CLIENTS = 50;
const RANDOM_KEYS = 100_000;
const PIPELINES = [1, 16];
/** Requests at a pipeline depth, of the cheapest scripts. */
const REQUESTS: Readonly<Record<number, number>> = { 1: 200_000, 16: 1_000_000 };
const QUICK_SHARE = 0.005;
const RANDOM_KEY = "key:__rand_int__";
/** There are as many hashes as keys that are asked for. */
const RANDOM_HASH = "hash:__rand_int__";
const HASH_FIELDS = 8;

interface MeasuredScript {
  readonly name: string;
  /** Without double quotes and line ends, which redis-benchmark repeats in its output as they are. */
  readonly source: string;
  readonly key?: string;
  readonly args?: readonly string[];
  /** Part of the usual number of requests, for scripts that take longer. */
  readonly share?: number;
}

export const INCR_SCRIPT = "return redis.call('incr',KEYS[1])";

const SCRIPTS: readonly MeasuredScript[] = [
  { name: "redis.call('incr')", source: INCR_SCRIPT },
  { name: "return 1", source: "return 1" },
  {
    name: "conditional decrement",
    source: "local left = tonumber(redis.call('get', KEYS[1]) or 0) " +
      "if left >= tonumber(ARGV[1]) then return redis.call('decrby', KEYS[1], ARGV[1]) end return -1",
    args: ["1"],
  },
  {
    name: "HGETALL, sum of 8 fields",
    source: "local sum, all = 0, redis.call('hgetall', KEYS[1]) " +
      "for i = 2, #all, 2 do sum = sum + all[i] end return sum",
    key: RANDOM_HASH,
    share: 0.5,
  },
  {
    name: "cjson round trip",
    source: "local order = {id = KEYS[1], price = 12.5, tags = {'red', 'large', 'new'}, paid = true} " +
      "return cjson.decode(cjson.encode(order)).tags[3]",
    share: 0.5,
  },
  {
    name: "cmsgpack round trip",
    source: "local order = {id = KEYS[1], price = 12.5, tags = {'red', 'large', 'new'}, paid = true} " +
      "return cmsgpack.unpack(cmsgpack.pack(order)).tags[3]",
    share: 0.5,
  },
  {
    name: "loop, sum of 1..1000",
    source: "local sum = 0 for i = 1, 1000 do sum = sum + i end return sum",
    share: 0.1,
  },
  {
    name: "gsub and format",
    source:
      "local name = string.gsub(KEYS[1], '%d+', function(digits) return '<' .. tonumber(digits) .. '>' end) " +
      "return string.format('%s:%05d:%.2f', string.upper(name), #name, 2.5)",
    share: 0.5,
  },
  {
    name: "table.sort of 100",
    source: "local t, x = {}, 42 for i = 1, 100 do x = (x * 1103 + 12345) % 65536 t[i] = x end " +
      "table.sort(t) return t[1]",
    share: 0.1,
  },
];

interface Measured {
  readonly name: string;
  readonly command: readonly string[];
  readonly share: number;
}

interface Sample {
  readonly requestsASecond: number;
  readonly cpuSecondsAMillion: number;
}

type Samples = Map<string, Record<RivalName, Sample[]>>;

/** Measures, and gives the report as Markdown. */
export async function scriptSpeed(options: { rounds: number; quick: boolean }): Promise<string> {
  const samples: Samples = new Map();
  for (let round = 0; round < options.rounds; round++) {
    const order = round % 2 === 0 ? RIVALS : RIVALS.toReversed();
    await using first = await order[0]!.start();
    await using second = await order[1]!.start();
    const servers = [[order[0]!.name, first], [order[1]!.name, second]] as const;
    const commands = await prepare(servers.map(([, server]) => server));
    for (const measured of commands) {
      for (const pipeline of PIPELINES) {
        console.error(`round ${round + 1} of ${options.rounds}: ${measured.name}, P=${pipeline}`);
        for (const [name, server] of servers) {
          const key = `${pipeline} ${measured.name}`;
          const both = samples.get(key) ?? { "redis-server": [], redeno: [] };
          samples.set(key, both);
          both[name].push(await measure(measured, server, pipeline, options.quick));
        }
      }
    }
  }
  return report(samples, options);
}

/** Fills both servers, makes sure that they agree about what the scripts return, and gives what is to be measured. */
async function prepare(servers: readonly ServerProcess[]): Promise<Measured[]> {
  const measured: Measured[] = [{ name: "INCR", command: ["INCR", RANDOM_KEY], share: 1 }];
  for (const server of servers) await fill(portOf(server));
  using first = await servers[0]!.connect();
  using second = await servers[1]!.connect();
  for (const { name, source, key = RANDOM_KEY, args = [], share = 1 } of SCRIPTS) {
    const rest = ["1", key, ...args];
    const shas = [
      await reply(first, ["SCRIPT", "LOAD", source]),
      await reply(second, ["SCRIPT", "LOAD", source]),
    ];
    const sha = JSON.parse(shas[0]!) as string;
    const some = ["EVALSHA", sha, ...rest].map((arg) => arg.replace("__rand_int__", keyName(7).slice(-12)));
    const replies = [await reply(first, some), await reply(second, some)];
    if (replies[0] !== replies[1]) throw new Error(`${name}: ${replies.join(" on one, on the other ")}`);
    measured.push({ name: `EVAL ${name}`, command: ["EVAL", source, ...rest], share });
    measured.push({ name: `EVALSHA ${name}`, command: ["EVALSHA", sha, ...rest], share });
  }
  return measured;
}

async function reply(client: RespClient, args: readonly string[]): Promise<string> {
  const { value } = await client.send(args);
  if (value.kind === "error") throw new Error(`${args.join(" ")}: ${value.text}`);
  return formatReply(value);
}

/** Counters and hashes, one of each for every random number. */
async function fill(port: number): Promise<void> {
  await loadKeys({ port, keys: RANDOM_KEYS, pipeline: 1000, ahead: 1, valueBytes: 0, expireSeconds: 0 });
  const fields = Array.from({ length: HASH_FIELDS }, (_, i) => bulk(`field:${i}`) + bulk(String(i * 10)))
    .join("");
  const head = `*${2 + 2 * HASH_FIELDS}\r\n${bulk("HSET")}`;
  const encoder = new TextEncoder();
  await loadCommands(
    { port, keys: RANDOM_KEYS, pipeline: 1000, ahead: 1 },
    ":8\r\n".length,
    (from, count) => {
      let text = "";
      for (let i = from; i < from + count; i++) {
        text += head + bulk(keyName(i).replace("key", "hash")) +
          fields;
      }
      return encoder.encode(text);
    },
  );
}

async function measure(
  { command, share }: Measured,
  server: ServerProcess,
  pipeline: number,
  quick: boolean,
): Promise<Sample> {
  const requests = Math.ceil(REQUESTS[pipeline]! * share * (quick ? QUICK_SHARE : 1));
  const before = await cpuSeconds(server.pid);
  const requestsASecond = await redisBenchmark(server, {
    test: command,
    pipeline,
    requests,
    clients: CLIENTS,
    randomKeys: RANDOM_KEYS,
  });
  const cpu = await cpuSeconds(server.pid) - before;
  return { requestsASecond, cpuSecondsAMillion: cpu / requests * 1e6 };
}

function report(samples: Samples, { rounds }: { rounds: number }): string {
  const rows: string[][] = [];
  for (const [key, both] of samples) {
    const [pipeline, name] = [key.slice(0, key.indexOf(" ")), key.slice(key.indexOf(" ") + 1)];
    const speed = (rival: RivalName) => median(both[rival].map(({ requestsASecond }) => requestsASecond));
    const cpu = (rival: RivalName) => median(both[rival].map(({ cpuSecondsAMillion }) => cpuSecondsAMillion));
    rows.push([
      ...[name, pipeline, short(speed("redis-server")), short(speed("redeno"))],
      times(speed("redeno") / speed("redis-server")),
      ...[
        cpu("redis-server").toFixed(2),
        cpu("redeno").toFixed(2),
        times(cpu("redeno") / cpu("redis-server")),
      ],
    ]);
  }
  const head = [
    ...["command", "P", "redis-server req/s", "redeno req/s", "ratio"],
    ...["redis-server CPU s/M", "redeno CPU s/M", "ratio"],
  ];
  return [
    `redis-benchmark, medians of ${rounds} round${rounds === 1 ? "" : "s"}, ${CLIENTS} connections, ` +
    `${short(RANDOM_KEYS)} random keys. CPU s/M: CPU seconds of the server for a million requests.`,
    "",
    markdownTable(head, rows),
  ].join("\n");
}
