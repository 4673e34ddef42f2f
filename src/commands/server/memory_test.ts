import { assert, assertEquals } from "@std/assert";
import type { MemoryReport } from "../../context.ts";
import { checkReplies, type TestServer, testServer } from "../../../test/support/test_server.ts";
import { diagnose } from "./memory_doctor.ts";
import { parseMemory } from "./memory_text.ts";

const MIB = 1 << 20;
const report: MemoryReport = {
  used: 100 * MIB,
  peak: 100 * MIB,
  startup: 10 * MIB,
  rss: 120 * MIB,
  rssStartup: 0,
  systemTotal: 1000 * MIB,
  dataset: 80 * MIB,
  arenaUsed: 78 * MIB,
  arenaPages: 80 * MIB,
  arenaReserved: 96 * MIB,
  largeValues: 2 * MIB,
  clientBuffers: 0,
  notCounted: 0,
  heapUsed: 10 * MIB,
  databases: [{ id: 0, keys: 8192, expires: 0 }, { id: 3, keys: 2048, expires: 65536 }],
};

function measuredServer(): TestServer {
  const server = testServer({ k: "v" });
  Object.assign(server, { memory: () => report });
  return server;
}

Deno.test("MEMORY USAGE grows with key and value, and does not touch the key", async (t) => {
  using server = testServer({ small: "v", large: "v".repeat(1000), huge: "v".repeat(100_000) });
  const sizes = ["small", "large", "huge"].map((key) => Number(server.send(`MEMORY USAGE ${key}`)));
  assert(sizes[0]! > 6 && sizes[0]! < 100, String(sizes));
  assert(sizes[1]! > 1000 && sizes[1]! < 1500, String(sizes));
  assert(sizes[2]! > 100_000 && sizes[2]! < 110_000, String(sizes));
  server.clock.advance(10_000);
  await checkReplies(t, server, [
    ["MEMORY USAGE small SAMPLES 0", sizes[0]!],
    ["OBJECT IDLETIME small", 10],
    ["MEMORY USAGE nokey", null],
    ["MEMORY USAGE small SAMPLES -1", "ERR syntax error"],
    ["MEMORY USAGE small SAMPLES", "ERR syntax error"],
    ["MEMORY USAGE small SAMPLES a", "ERR value is not an integer or out of range"],
    ["MEMORY USAGE small FOO 3", "ERR syntax error"],
  ]);
});

Deno.test("MEMORY STATS is a map whose databases are maps", () => {
  using server = measuredServer();
  const flat = server.send("MEMORY STATS");
  assert(Array.isArray(flat) && flat.length % 2 === 0);
  const fields = new Map(flat.flatMap((item, i) => i % 2 === 0 ? [[item, flat[i + 1]] as const] : []));
  assertEquals(fields.get("total.allocated"), 100 * MIB);
  assertEquals(fields.get("overhead.total"), 20 * MIB);
  assertEquals(fields.get("keys.bytes-per-key"), 90 * MIB);
  assertEquals(fields.get("fragmentation"), "1.2");
  assertEquals(fields.get("db.3"), [
    "overhead.hashtable.main",
    2048,
    "overhead.hashtable.expires",
    65536,
    "overhead.hashtable.slot-to-keys",
    0,
  ]);
  server.client.protocol = 3;
  const bytes = server.raw("MEMORY STATS");
  assertEquals(bytes.slice(0, 5), `%${fields.size}\r\n`);
  assert(bytes.includes("$13\r\nfragmentation\r\n,1.2\r\n"));
});

Deno.test("MEMORY DOCTOR names what is wrong, and only that", () => {
  const words = (changes: Partial<MemoryReport>) => diagnose({ ...report, ...changes }, 1000, 10);
  assert(words({ dataset: MIB }).startsWith("There is too little data"));
  assert(words({}).startsWith("Nothing remarkable: 1000 keys in 80.0 MiB"));
  const little = {
    used: 16 * MIB,
    peak: 16 * MIB,
    dataset: 15 * MIB,
    arenaUsed: 15 * MIB,
    arenaPages: 16 * MIB,
  };
  const program = { rss: 120 * MIB, rssStartup: 76 * MIB, heapUsed: 18 * MIB };
  assert(words({ ...little, ...program }).startsWith("Nothing remarkable"), "the program is no finding");
  for (
    const [changes, word] of [
      [{ peak: 160 * MIB }, "Peak"],
      [{ rss: 200 * MIB }, "Resident size"],
      [{ rss: 280 * MIB, rssStartup: 75 * MIB }, "Resident size"],
      [{ arenaPages: 120 * MIB }, "Fragmentation"],
      [{ clientBuffers: 3 * MIB }, "Client buffers"],
      [{ heapUsed: 110 * MIB }, "Heap"],
    ] as const
  ) {
    const lines = words(changes).trimEnd().split("\n");
    assertEquals(lines.length, 1, word);
    assert(lines[0]!.startsWith(` * ${word}: `), lines[0]);
  }
});

Deno.test("MEMORY DOCTOR and MALLOC-STATS are texts", () => {
  using server = measuredServer();
  assert(String(server.send("MEMORY DOCTOR")).endsWith("\n"));
  assert(String(server.send("MEMORY MALLOC-STATS")).startsWith(`Arena: ${78 * MIB} bytes in blocks`));
});

Deno.test("MEMORY PURGE frees what waits", () => {
  using server = testServer({ a: "1", b: "2" });
  server.send("FLUSHALL ASYNC");
  assertEquals(server.keyspace.lazyFreePending, 2);
  assertEquals(server.send("MEMORY PURGE"), "OK");
  assertEquals(server.keyspace.lazyFreePending, 0);
});

Deno.test("MEMORY PURGE gives memory without use back to the system", () => {
  using server = testServer();
  const { arena } = server.keyspace;
  const before = arena.reservedBytes;
  for (const ref of Array.from({ length: 6 }, () => arena.allocate(10 << 20))) arena.free(ref);
  assert(arena.reservedBytes > before);
  assertEquals(server.send("MEMORY PURGE"), "OK");
  assertEquals(arena.reservedBytes, before);
});

Deno.test("MEMORY knows its subcommands", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["MEMORY", "ERR wrong number of arguments for 'memory' command"],
    ["MEMORY FOO", "ERR unknown subcommand 'FOO'. Try MEMORY HELP."],
    ["MEMORY STATS x", "ERR wrong number of arguments for 'memory|stats' command"],
    ["MEMORY HELP x", "ERR wrong number of arguments for 'memory|help' command"],
  ]);
});

Deno.test("amounts of memory know the units of the configuration", () => {
  const amounts = ["100", "100B", "2k", "2KB", "1m", "1mb", "1G", "1gb"].map(parseMemory);
  assertEquals(amounts, [100, 100, 2000, 2048, 1e6, MIB, 1e9, 2 ** 30]);
  for (const text of ["", "a", "-1", "1x", "1.5k", "1 k"]) assertEquals(parseMemory(text), undefined, text);
});
