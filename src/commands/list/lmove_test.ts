import { assertEquals } from "@std/assert";
import { checkReplies, type TestServer, testServer } from "../../../test/support/test_server.ts";

const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

/** What was done, without the looks at keys that are not there. */
function eventsOf(server: TestServer): string[] {
  return server.takeEvents().filter((event) => !event.startsWith("keymiss"));
}

Deno.test("LMOVE moves an element between the ends of two lists", async (t) => {
  using server = testServer({ s: "x" });
  await checkReplies(t, server, [
    ["RPUSH a 1 2", 2],
    ["LMOVE a b LEFT RIGHT", "1"],
    ["LMOVE a b right left", "2"],
    ["EXISTS a", 0],
    ["LRANGE b 0 -1", ["2", "1"]],
    ["LMOVE a b LEFT LEFT", null],
    ["LMOVE a s LEFT LEFT", null],
    ["LMOVE b s LEFT LEFT", WRONG_TYPE],
    ["LMOVE s b LEFT LEFT", WRONG_TYPE],
    ["LMOVE b b LEFT MIDDLE", "ERR syntax error"],
    ["LLEN b", 2],
  ]);
  assertEquals(eventsOf(server).slice(2), [
    "new b@0",
    "rpush b@0",
    "lpop a@0",
    "lpush b@0",
    "rpop a@0",
    "del a@0",
  ]);
});

Deno.test("RPOPLPUSH turns a list round, a list of one element too", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["RPUSH l a b c", 3],
    ["RPOPLPUSH l l", "c"],
    ["LRANGE l 0 -1", ["c", "a", "b"]],
    ["RPUSH one x", 1],
    ["RPOPLPUSH one one", "x"],
    ["LRANGE one 0 -1", ["x"]],
    ["RPOPLPUSH none one", null],
  ]);
  assertEquals(eventsOf(server).slice(-2), ["lpush one@0", "rpop one@0"]);
});

Deno.test("moving an element counts as one change", () => {
  using server = testServer();
  server.send("RPUSH l a b");
  for (
    const line of ["LMOVE l l LEFT RIGHT", "LMOVE l m LEFT LEFT", "LMOVE l m LEFT LEFT", "RPOPLPUSH m m"]
  ) {
    server.keyspace.dirty = 0;
    server.send(line);
    assertEquals(server.keyspace.dirty, 1, line);
  }
});

Deno.test("elements of any size move whole, between lists of one node and of many", () => {
  using server = testServer();
  const sizes = [1, 100, 5000, 9000, 40_000, 100_000];
  server.send(["RPUSH", "l", ...sizes.map((size) => "x".repeat(size))]);
  for (let i = 0; i < 2 * sizes.length; i++) server.send("LMOVE l l RIGHT LEFT");
  for (const size of sizes) assertEquals(String(server.send("LMOVE l m LEFT RIGHT")).length, size);
  const moved = server.send("LRANGE m 0 -1") as string[];
  assertEquals(moved.map((element) => element.length), sizes);
});
