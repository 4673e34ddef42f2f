/** Data of all types and encodings, made by random commands, and ways to tell whether two servers have the same. */
import { assertEquals } from "@std/assert";
import { groups } from "../fuzz/grammar.ts";
import type { Random } from "../fuzz/random.ts";
import { randomSequence } from "../fuzz/sequence.ts";
import { ask, untilTrue } from "../process/program.ts";
import { formatReply, type RespClient, type RespValue } from "../support/resp_client.ts";
import { escapeBytes, latin1 } from "../support/split_args.ts";

const GROUPS = ["string", "generic", "hash", "list", "set", "sorted-set", "bitmap", "sorting"];
const PIPELINE = 200;
/** Keys with less time to live get rid of it, so that none dies while it is looked at. */
const LIFETIME_MS_MIN = 3_600_000;

/** Carries out random commands, of which some are wrong. */
export async function writeRandom(client: RespClient, random: Random, count: number): Promise<void> {
  const grammar = GROUPS.flatMap((name) => groups[name]!);
  for (let left = count; left > 0; left -= PIPELINE) {
    await client.send(["SELECT", String(random.between(0, 3))]);
    const sequence = randomSequence(random.uint32(), Math.min(left, PIPELINE), grammar, [Uint8Array.of(0)]);
    await client.pipeline(sequence.map(({ args }) => args).filter((args) => !isUntold(args.map(latin1))));
  }
}

/** A BITFIELD that fails may make its string longer all the same, which is recorded by neither server. */
function isUntold([name, ...words]: readonly string[]): boolean {
  return name!.toLowerCase() === "bitfield" && words.some((word) => word.toLowerCase() === "fail");
}

/** Values that random commands do not come to: large ones, and one of each encoding. */
export async function writeLarge(client: RespClient, random: Random): Promise<void> {
  const name = (what: string) => `${what}:${random.between(0, 2)}`;
  const text = (length: number) => String.fromCharCode(random.between(97, 122)).repeat(length);
  const items = (count: number, make: (i: number) => string[]) =>
    Array.from({ length: count }, (_, i) => make(i)).flat();
  const many = random.between(200, 700);
  const lines: (string | Uint8Array)[][] = [
    ["SELECT", String(random.between(0, 15))],
    ["SET", name("compressible"), text(random.between(20, 70_000))],
    ["SET", name("incompressible"), random.bytes(random.between(20, 40_000))],
    ["SET", name("int"), String(random.between(-100_000, 100_000))],
    ["SET", name("large int"), "9223372036854775807"],
    ["SET", name("float"), "3.0e10"],
    ["SET", random.bytes(random.between(1, 30)), "binary key", "PX", String(10 * LIFETIME_MS_MIN)],
    ["RPUSH", name("quicklist"), ...items(many, (i) => [text(i % 100), String(i)])],
    ["RPUSH", name("plain"), text(9000), "small", text(70_000)],
    ["HSET", name("hashtable"), ...items(many, (i) => [`field:${i}`, text(i % 70)])],
    ["HSET", name("listpack"), ...items(random.between(1, 100), (i) => [`f${i}`, String(i * i * i)])],
    ["SADD", name("intset"), ...items(random.between(1, 500), (i) => [String(i * 40_000 - 70_000)])],
    ["SADD", name("set"), ...items(many, (i) => [`member:${i}`])],
    [
      "ZADD",
      name("skiplist"),
      ...items(many, (i) => [String(i / 7), `member:${i}`]),
      "inf",
      "top",
      "-inf",
      "bottom",
    ],
    ["ZADD", name("zset listpack"), ...items(random.between(1, 120), (i) => [String(i * 1000), `m${i}`])],
    ["EXPIRE", name("quicklist"), "100000"],
    ["EXPIRE", name("skiplist"), "200000"],
  ];
  lines.push(...streamLines(name("stream"), random), ...streamLines(name("long stream"), random, many));
  for (const { value } of await client.pipeline(lines)) {
    // What lies there of another type stays.
    if (value.kind === "error" && !value.text.startsWith("WRONGTYPE")) throw new Error(value.text);
  }
}

/**
 * Makes a stream anew, with groups, consumers and what is pending. What is pending is there, since a rewritten append-only
 * file could not keep it otherwise, and nobody asks for it again, which no server records.
 */
function streamLines(key: string, random: Random, count: number = random.between(0, 30)): string[][] {
  const id = (i: number) => `${1_600_000_000_000 + 1000 * Math.floor(i / 3)}-${i}`;
  const entries = Array.from({ length: count }, (_, i) => {
    const own = random.between(0, 9) === 0 ? ["another", "field"] : [];
    return ["XADD", key, id(i), "name", `value ${i}`, "number", String(i * i), ...own];
  });
  const deleted = Array.from({ length: count >> 3 }, () => id(random.between(0, count - 1)));
  const some = () => String(random.between(1, 2 + (count >> 2)));
  const read = (consumer: string, ...options: string[]) => [
    ...["XREADGROUP", "GROUP", "group", consumer, "COUNT", some(), ...options, "STREAMS", key, ">"],
  ];
  return [
    ["DEL", key],
    ["XGROUP", "CREATE", key, "$", "$", "MKSTREAM"],
    ...entries,
    ...(deleted.length > 0 ? [["XDEL", key, ...deleted]] : []),
    ["XTRIM", key, "MAXLEN", random.pick(["~", "="]), String(count - (count >> 3))],
    ["XGROUP", "CREATE", key, "group", "0"],
    ["XGROUP", "CREATE", key, "other", id(count >> 1), "ENTRIESREAD", "7"],
    read("alice"),
    read("bob"),
    read("alice", "NOACK"),
    read("long name ".repeat(5)),
    ["XACK", key, "group", ...Array.from({ length: 5 }, () => id(random.between(0, count)))],
    [
      "XCLAIM",
      key,
      "group",
      "77",
      "0",
      id(count >> 2),
      id((count >> 2) + 1),
      "TIME",
      "1000",
      "RETRYCOUNT",
      "5",
    ],
    ["XGROUP", "CREATECONSUMER", key, "other", "nobody"],
    ["XAUTOCLAIM", key, "group", "dave", "0", id(count >> 3), "COUNT", "3", "JUSTID"],
  ];
}

/** Lets no key die from here on, and takes away what would not stay what it is. */
export async function settleData(client: RespClient): Promise<void> {
  for (const database of await databases(client)) {
    await client.send(["SELECT", database]);
    await removeNegativeZeros(client);
    const keys = await keysOf(client);
    const lives = await client.pipeline(keys.map((key) => ["PTTL", key]));
    const brief = keys.filter((_, i) => {
      const { value } = lives[i]!;
      return value.kind === "integer" && value.value >= 0 && value.value < LIFETIME_MS_MIN;
    });
    await client.pipeline(brief.map((key) => ["PERSIST", key]));
    await untilTrue(
      "the end of dead keys",
      async () => (await keysOf(client)).length === Number(await ask(client, "DBSIZE")),
    );
  }
}

/** A score of -0 is 0 in a listpack; which sorted sets are listpacks is for the next server to say. */
async function removeNegativeZeros(client: RespClient): Promise<void> {
  const keys = await keysOf(client);
  const replies = await client.pipeline(keys.map((key) => ["ZRANGE", key, "0", "-1", "WITHSCORES"]));
  for (const [i, { value }] of replies.entries()) {
    if (value.kind !== "array") continue;
    for (let j = 0; j < value.items.length; j += 2) {
      const [member, score] = [value.items[j]!, value.items[j + 1]!];
      if (member.kind !== "bulk" || score.kind !== "bulk" || latin1(score.bytes) !== "-0") continue;
      await client.send(["ZREM", keys[i]!, member.bytes]);
    }
  }
}

async function databases(client: RespClient): Promise<string[]> {
  return [...String(await ask(client, "INFO keyspace")).matchAll(/^db(\d+):/gm)].map((match) => match[1]!);
}

async function keysOf(client: RespClient): Promise<Uint8Array[]> {
  const { value } = await client.send(["KEYS", "*"]);
  if (value.kind !== "array") throw new Error("KEYS answered no array");
  return value.items.map((item) => {
    if (item.kind !== "bulk") throw new Error("KEYS answered something else than texts");
    return item.bytes;
  });
}

/** A signature of all data, and what that leaves out. */
export async function digest(client: RespClient): Promise<string> {
  const parts = [String(await ask(client, "DEBUG DIGEST"))];
  for (const database of await databases(client)) {
    await client.send(["SELECT", database]);
    const keys = await keysOf(client);
    const types = await client.pipeline(keys.map((key) => ["TYPE", key]));
    const streams = keys.filter((_, i) => formatReply(types[i]!.value) === "stream");
    const told = await client.pipeline(streams.map((key) => ["XINFO", "STREAM", key, "FULL", "COUNT", "0"]));
    for (const [i, { value }] of told.entries()) {
      if (value.kind !== "array") throw new Error(formatReply(value));
      parts.push(`${database} ${escapeBytes(streams[i]!)} ${aboutStream(value)}`);
    }
  }
  return parts.sort().join("\n");
}

/**
 * How its nodes are filled is each server's; when a consumer was seen is not recorded, and how much a group has read is not in the
 * increments of an append-only file.
 */
const NOT_KEPT = ["radix-tree-keys", "radix-tree-nodes", "seen-time", "entries", "entries-read", "lag"];

/** What XINFO says of a stream and its groups, in one line. */
function aboutStream(value: RespValue): string {
  if (value.kind !== "array") return formatReply(value);
  const { items } = value;
  const parts: string[] = [];
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!;
    if (item.kind === "bulk" && NOT_KEPT.includes(latin1(item.bytes))) i++;
    else parts.push(aboutStream(item));
  }
  return `[${parts.join(" ")}]`;
}

/** Every key of every database, with the signature of its value and the time at which it dies. */
export async function shape(client: RespClient): Promise<string> {
  const parts: string[] = [];
  for (const database of await databases(client)) {
    await client.send(["SELECT", database]);
    const keys = (await keysOf(client)).sort((a, b) => escapeBytes(a) < escapeBytes(b) ? -1 : 1);
    const asked = keys.flatMap((
      key,
    ) => [["DEBUG", "DIGEST-VALUE", key], ["PEXPIRETIME", key], ["TYPE", key]]);
    const told = (await client.pipeline(asked)).map(({ value }) => formatReply(value));
    parts.push(
      ...keys.map((key, i) => `${database} ${escapeBytes(key)} ${told.slice(3 * i, 3 * i + 3).join(" ")}`),
    );
  }
  return parts.join("\n");
}

/** What a server has must be what another one had. @param comparesTimes whether times to live are compared as well */
export async function expectSame(
  client: RespClient,
  expected: { readonly digest: string; readonly shape: string },
  what: string,
  comparesTimes = true,
): Promise<void> {
  const found = await digest(client);
  // Key by key only to tell times to live, and what differs.
  if (found !== expected.digest || comparesTimes) assertEquals(await shape(client), expected.shape, what);
  assertEquals(found, expected.digest, what);
}
