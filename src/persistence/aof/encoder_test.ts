import { assert, assertEquals } from "@std/assert";
import { startRealServer, whyNoRealServer } from "../../../test/support/real_server.ts";
import type { RespClient } from "../../../test/support/resp_client.ts";
import { type TestServer, testServer } from "../../../test/support/test_server.ts";
import { escapeBytes } from "../../../test/support/split_args.ts";
import type { Args } from "../../args.ts";
import { showAll } from "../../store/snapshot.ts";
import { STREAM_DUMPS } from "../../store/stream/stream_rdb_cases.ts";
import { latin1, latin1Text } from "../../sys/bytes.ts";
import { MemoryDisk } from "../../sys/memory_disk.ts";
import { AofEncoder, type AofEncoderOptions } from "./encoder.ts";
import { AofLoader } from "./loader.ts";

/** The data set of a server as commands. */
function encoded({ keyspace }: TestServer, options: AofEncoderOptions = {}): string {
  const encoder = new AofEncoder(keyspace, options);
  encoder.beginFile();
  showAll(keyspace, encoder);
  encoder.end();
  return latin1Text(encoder.take());
}

/** The commands of a file, each as its words. */
function commandsOf(content: string): string[][] {
  const disk = new MemoryDisk();
  disk.put("f", latin1(content));
  const commands: string[][] = [];
  const replay = (args: Args) => commands.push(Array.from({ length: args.count }, (_, i) => args.text(i)));
  const loader = new AofLoader(disk.open("f", "read"), {
    name: "f",
    isLast: true,
    loadTruncated: false,
    replay,
  });
  assert(loader.step(() => true));
  return commands;
}

function range(count: number, word: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => word(i)).join(" ");
}

function restoreLine(key: string, dump: string): string {
  return `RESTORE ${key} 0 "${escapeBytes(Uint8Array.from(atob(dump), (char) => char.charCodeAt(0)))}"`;
}

/** Every type in every encoding, around the bounds of what one command takes. The same commands suit both servers. */
const DATA: readonly string[] = [
  "SET string text",
  "SET number 12345",
  "SET negative -9223372036854775808",
  "SET empty ''",
  'SET binary "\\x00\\xff\\r\\n"',
  `SET long ${"x".repeat(1000)}`,
  `SET large ${"x".repeat(100_000)}`,
  "SET 'key with spaces' v",
  "SET dies x",
  "PEXPIREAT dies 9999999999999",
  "SET later x",
  "PEXPIREAT later 9007199254740993",
  "RPUSH list a 1 -5 '' 99999999999999999999",
  `RPUSH list64 ${range(64, (i) => `e${i}`)}`,
  `RPUSH list65 ${range(65, (i) => `e${i}`)}`,
  `RPUSH quicklist ${range(300, (i) => `element-${i}-${"x".repeat(i)}`)}`,
  `RPUSH big ${"x".repeat(20_000)} y ${"z".repeat(9000)}`,
  "EXPIREAT list 9999999999",
  "SADD intset 3 1 2 -70000 9223372036854775807",
  `SADD intset130 ${range(130, (i) => `${i * 3}`)}`,
  "SADD set a b c",
  `SADD set65 ${range(65, (i) => `m${i}`)}`,
  "HSET hash a 1 b '' '' c",
  `HSET hash64 ${range(64, (i) => `f${i} ${i}`)}`,
  `HSET hash65 ${range(65, (i) => `f${i} ${i}`)}`,
  `HSET dict a ${"x".repeat(65)} b 2`,
  `HSET dict200 ${range(200, (i) => `f${i} v${i}`)}`,
  "PEXPIREAT dict200 9999999999999",
  "ZADD zset 1 a 0.1 b 1e100 c inf d -inf e -0 f 3.3 g 1234567890123456789 h 1e-7 i 1e20 j 5e-324 k 1e16 l 1e17 m",
  `ZADD zset65 ${range(65, (i) => `${i}.5 m${i}`)}`,
  `ZADD skiplist 1 ${
    "x".repeat(65)
  } -0 zero 0.1 a 1e100 b inf c -inf d 123456789012345678 e -1.5 f 9007199254740993 g`,
  `ZADD skiplist200 ${range(200, (i) => `${i / 8} m${i}`)}`,
  ...STREAM_DUMPS.map((dump, i) => restoreLine(`stream${i}`, dump)),
  ...Array.from({ length: 250 }, (_, i) => `XADD nodes ${i}-1 field ${i} '' 'a b'`),
  "PEXPIREAT nodes 9999999999999",
];

/** What the reference orders by the hash of its process, by key. */
const UNORDERED = ["set", "set65", "dict", "dict200", "skiplist", "skiplist200"];

/** The file's text for each key, the order of what has none made the same. */
function byKey(content: string): Map<string, string[][]> {
  const keys = new Map<string, string[][]>();
  for (const command of commandsOf(content)) {
    const key = command[0] === "SELECT" ? "" : command[command[0] === "XGROUP" ? 2 : 1]!;
    keys.set(key, [...keys.get(key) ?? [], command]);
  }
  for (const key of UNORDERED) {
    keys.set(key, (keys.get(key) ?? []).map((command) => [key, String(command.length)]));
  }
  return keys;
}

/** The elements of the keys without order, sorted: what {@link byKey} leaves out. */
function elements(content: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [name, key, ...words] of commandsOf(content)) {
    if (!UNORDERED.includes(key!)) continue;
    const size = name === "SADD" ? 1 : 2;
    const items = words.length === 1 ? [words[0]!] : [];
    for (let i = 0; words.length > 1 && i < words.length; i += size) {
      items.push(words.slice(i, i + size).join(" "));
    }
    found.set(key!, [...found.get(key!) ?? [], ...items].sort());
  }
  return found;
}

function filled(): TestServer {
  const server = testServer();
  for (const line of DATA) server.send(line);
  return server;
}

async function rewrittenBy(client: RespClient, directory: string): Promise<string> {
  await client.send(["BGREWRITEAOF"]);
  for (;;) {
    const { value } = await client.send(["INFO", "persistence"]);
    const text = JSON.stringify(value, (_, part) => part instanceof Uint8Array ? latin1Text(part) : part);
    if (text.includes("aof_rewrite_in_progress:0") && text.includes("aof_rewrite_scheduled:0")) break;
  }
  const folder = `${directory}/appendonlydir`;
  const base = /file (\S+) seq \d+ type b/.exec(
    Deno.readTextFileSync(`${folder}/appendonly.aof.manifest`),
  )![1]!;
  return latin1Text(Deno.readFileSync(`${folder}/${base}`));
}

Deno.test({
  name: "The data set is written byte for byte as redis-server writes it",
  ignore: whyNoRealServer() !== undefined,
  async fn(t) {
    await using real = await startRealServer({
      args: ["--appendonly", "yes", "--aof-use-rdb-preamble", "no"],
    });
    using client = await real.connect();
    for (const line of DATA) {
      const { value } = await client.send(line);
      assert(value.kind !== "error", line);
    }
    const theirs = await rewrittenBy(client, real.directory);
    using server = filled();
    const ours = encoded(server);
    assertEquals(ours.length, theirs.length);
    const expected = byKey(theirs);
    for (const [key, commands] of byKey(ours)) {
      await t.step(key || "SELECT", () => assertEquals(commands, expected.get(key)));
    }
    assertEquals(elements(ours), elements(theirs));
  },
});

Deno.test("What is written, carried out again, gives the same data", () => {
  using server = filled();
  // A score of -0 is 0 in a listpack, which the set is again while it has few members; so it is in the reference.
  server.send("ZREM skiplist zero");
  const again = testServer();
  for (const command of commandsOf(encoded(server))) {
    const reply = again.send(command.map((word) => latin1(word)));
    assert(
      typeof reply !== "string" || !/^(ERR|WRONGTYPE)/.test(reply),
      `${command[0]} ${command[1]}: ${reply}`,
    );
  }
  assertEquals(again.send("DEBUG DIGEST"), server.send("DEBUG DIGEST"));
  again[Symbol.dispose]();
});

Deno.test("Databases are told apart, and an entry that comes between others keeps its own", () => {
  using server = testServer();
  server.send("SET a 1");
  server.client.send("SELECT 3");
  server.send("SET b 2");
  const [first, fourth] = [server.keyspace.databases[0]!, server.keyspace.databases[3]!];
  const encoder = new AofEncoder(server.keyspace);
  const [a] = [...refs(first)];
  const [b] = [...refs(fourth)];
  encoder.beginFile();
  encoder.database(0, 1, 0);
  encoder.entry(3, b!);
  encoder.entry(0, a!);
  encoder.end();
  assertEquals(commandsOf(latin1Text(encoder.take())), [
    ["SELECT", "0"],
    ["SELECT", "3"],
    ["SET", "b", "2"],
    ["SELECT", "0"],
    ["SET", "a", "1"],
  ]);
});

function refs(
  { entrySet }: { entrySet: { dict: { forEach(visit: (ref: number) => void): void } } },
): number[] {
  const found: number[] = [];
  entrySet.dict.forEach((ref) => found.push(ref));
  return found;
}

Deno.test("A timestamp stands before everything else", () => {
  using server = testServer({ a: "1" });
  const bytes =
    "#TS:1700000000\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n";
  assertEquals(encoded(server, { timestamp: 1_700_000_000 }), bytes);
});

Deno.test("An empty data set is an empty file", () => {
  using server = testServer();
  assertEquals(encoded(server), "");
});

Deno.test("Bytes that are taken on the way are the file all the same, and buffers are used again", () => {
  using server = filled();
  const encoder = new AofEncoder(server.keyspace);
  let content = "";
  const buffers = new Set<ArrayBufferLike>();
  function drain(): void {
    const bytes = encoder.take();
    content += latin1Text(bytes);
    buffers.add(bytes.buffer);
    bytes.fill(0);
    encoder.recycle(bytes);
  }
  encoder.beginFile();
  showAll(server.keyspace, {
    database: (id, keys, expires) => encoder.database(id, keys, expires),
    entry(id, ref) {
      encoder.entry(id, ref);
      if (encoder.length > 1000) drain();
      assert(encoder.length <= 1000);
    },
  });
  drain();
  assertEquals(content, encoded(server));
  assert(buffers.size <= 2, `${buffers.size} buffers`);
});
