import { assert, assertEquals } from "@std/assert";
import { checkReplies, type TestServer, testServer } from "../../../test/support/test_server.ts";

const SWITCHING =
  "Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.";
const SHARED = 2147483647;

function chooseLfu(server: TestServer): void {
  server.settings.setMany([["maxmemory-policy", "allkeys-lfu"]]);
  server.keyspace.access.lfu = true;
  server.keyspace.access.refresh();
}

Deno.test("OBJECT ENCODING names the encoding", async (t) => {
  using server = testServer({ i: "12", e: "abc", r: "x".repeat(45) });
  await checkReplies(t, server, [
    ["OBJECT ENCODING i", "int"],
    ["OBJECT encoding e", "embstr"],
    ["OBJECT ENCODING r", "raw"],
    ["OBJECT ENCODING nokey", null],
    ["OBJECT ENCODING", "ERR wrong number of arguments for 'object|encoding' command"],
    ["OBJECT ENCODING a b", "ERR wrong number of arguments for 'object|encoding' command"],
    ["OBJECT FOO a", "ERR unknown subcommand 'FOO'. Try OBJECT HELP."],
    ["OBJECT", "ERR wrong number of arguments for 'object' command"],
  ]);
  assertEquals(server.takeEvents(), []);
});

Deno.test("OBJECT IDLETIME counts the seconds since the last use, under every policy but LFU", () => {
  using server = testServer({ k: "v" });
  server.clock.advance(42_000);
  assertEquals(server.send("OBJECT IDLETIME k"), 42);
  assertEquals(server.send("OBJECT IDLETIME nokey"), null);
  chooseLfu(server);
  assertEquals(
    server.send("OBJECT IDLETIME k"),
    `ERR An LFU maxmemory policy is selected, idle time not tracked. ${SWITCHING}`,
  );
});

Deno.test("OBJECT FREQ tells the counter of uses under an LFU policy", () => {
  using server = testServer();
  server.send("SET k v");
  assertEquals(
    server.send("OBJECT FREQ k"),
    `ERR An LFU maxmemory policy is not selected, access frequency not tracked. ${SWITCHING}`,
  );
  assertEquals(server.send("OBJECT FREQ nokey"), null);
  chooseLfu(server);
  server.send("SET new v");
  assertEquals(server.send("OBJECT FREQ new"), 5);
  for (let i = 0; i < 1000; i++) server.send("GET new");
  const used = server.send("OBJECT FREQ new") as number;
  assert(used > 10 && used < 30, `${used}`);
  server.clock.advance(2 * 60_000);
  assertEquals(server.send("OBJECT FREQ new"), used - 2);
});

Deno.test("OBJECT REFCOUNT tells that small integers are shared, where they may be", async (t) => {
  using server = testServer({ zero: "0", small: "9999", large: "10000", negative: "-1", text: "abc" });
  await checkReplies(t, server, [
    ["OBJECT REFCOUNT zero", SHARED],
    ["OBJECT REFCOUNT small", SHARED],
    ["OBJECT REFCOUNT large", 1],
    ["OBJECT REFCOUNT negative", 1],
    ["OBJECT REFCOUNT text", 1],
    ["OBJECT REFCOUNT nokey", null],
  ]);
  server.settings.setMany([["maxmemory", "1000000"], ["maxmemory-policy", "allkeys-lru"]]);
  assertEquals(server.send("OBJECT REFCOUNT small"), 1);
});

Deno.test("OBJECT HELP names every subcommand", () => {
  using server = testServer();
  const lines = server.send("OBJECT HELP") as string[];
  for (const name of ["ENCODING", "FREQ", "IDLETIME", "REFCOUNT", "HELP"]) {
    assert(lines.some((line) => line.startsWith(name)), name);
  }
  assertEquals(
    server.send("OBJECT HELP me"),
    "ERR wrong number of arguments for 'object|help' command",
  );
});
