import { assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

Deno.test("LPUSH and RPUSH add elements one by one and create the list", async (t) => {
  using server = testServer({ s: "x" });
  await checkReplies(t, server, [
    ["RPUSH l a b", 2],
    ["LPUSH l c d", 4],
    ["LRANGE l 0 -1", ["d", "c", "a", "b"]],
    ["TYPE l", "list"],
    ["OBJECT ENCODING l", "quicklist"],
    ["RPUSH s a", WRONG_TYPE],
    ["LPUSH l", "ERR wrong number of arguments for 'lpush' command"],
  ]);
  assertEquals(server.takeEvents(), ["new l@0", "rpush l@0", "lpush l@0"]);
});

Deno.test("LPUSHX and RPUSHX add to a list that is there", async (t) => {
  using server = testServer({ s: "x" });
  await checkReplies(t, server, [
    ["LPUSHX l a", 0],
    ["RPUSHX l a", 0],
    ["EXISTS l", 0],
    ["RPUSH l m", 1],
    ["LPUSHX l a b", 3],
    ["RPUSHX l z", 4],
    ["LRANGE l 0 -1", ["b", "a", "m", "z"]],
    ["LPUSHX s a", WRONG_TYPE],
  ]);
});

Deno.test("every element pushed counts as a change", () => {
  using server = testServer();
  server.send("RPUSH l a b c");
  assertEquals(server.keyspace.dirty, 3);
  server.send(["RPUSH", "l", "d".repeat(9000), "e"]);
  assertEquals(server.keyspace.dirty, 5);
  server.send("LPUSH l f g");
  assertEquals(server.keyspace.dirty, 7);
});

Deno.test("a list that gets its second node keeps its time to live", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["RPUSH l a", 1],
    ["EXPIRE l 100", 1],
    [["RPUSH", "l", "x".repeat(9000)], 2],
    [["LPUSH", "l", "y".repeat(9000)], 3],
    ["TTL l", 100],
    ["LPOP l", "y".repeat(9000)],
    ["LPOP l", "a"],
    ["RPOP l", "x".repeat(9000)],
    ["EXISTS l", 0],
  ]);
});
