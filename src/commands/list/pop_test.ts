import { assertEquals } from "@std/assert";
import { checkReplies, type TestServer, testServer } from "../../../test/support/test_server.ts";

const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

/** What was done, without the looks at keys that are not there. */
function eventsOf(server: TestServer): string[] {
  return server.takeEvents().filter((event) => !event.startsWith("keymiss"));
}

Deno.test("LPOP and RPOP take elements, and the key with the last one", async (t) => {
  using server = testServer({ s: "x" });
  await checkReplies(t, server, [
    ["RPUSH l a b 3 d e", 5],
    ["LPOP l", "a"],
    ["RPOP l", "e"],
    ["LPOP l 2", ["b", "3"]],
    ["RPOP l 0", []],
    ["RPOP l 9", ["d"]],
    ["EXISTS l", 0],
    ["LPOP l", null],
    ["LPOP l 0", null],
    ["LPOP l -1", "ERR value is out of range, must be positive"],
    ["LPOP l x", "ERR value is out of range, must be positive"],
    ["LPOP l 1 2", "ERR wrong number of arguments for 'lpop' command"],
    ["RPOP s", WRONG_TYPE],
  ]);
  assertEquals(eventsOf(server).slice(2), [
    "lpop l@0",
    "rpop l@0",
    "lpop l@0",
    "rpop l@0",
    "del l@0",
  ]);
});

Deno.test("RPOP with a count gives the last element first", () => {
  using server = testServer();
  server.send("RPUSH l a b c d");
  assertEquals(server.send("RPOP l 3"), ["d", "c", "b"]);
});

Deno.test("LPOP without a list answers with the null that was asked for", () => {
  using server = testServer();
  assertEquals(server.raw("LPOP l"), "$-1\r\n");
  assertEquals(server.raw("LPOP l 1"), "*-1\r\n");
});

Deno.test("LMPOP takes from the first list that is not empty", async (t) => {
  using server = testServer({ s: "x" });
  await checkReplies(t, server, [
    ["RPUSH a 1 2 3", 3],
    ["RPUSH b 4", 1],
    ["LMPOP 3 none a b LEFT", ["a", ["1"]]],
    ["LMPOP 2 a b right count 9", ["a", ["3", "2"]]],
    ["EXISTS a", 0],
    ["LMPOP 1 a LEFT", null],
    ["LMPOP 2 a s LEFT", WRONG_TYPE],
    ["LMPOP 0 a LEFT", "ERR numkeys should be greater than 0"],
    ["LMPOP x a LEFT", "ERR numkeys should be greater than 0"],
    ["LMPOP 2 a LEFT", "ERR syntax error"],
    ["LMPOP 1 a MIDDLE", "ERR syntax error"],
    ["LMPOP 1 a LEFT COUNT", "ERR syntax error"],
    ["LMPOP 1 a LEFT COUNT 0", "ERR count should be greater than 0"],
    ["LMPOP 1 a LEFT COUNT 1 COUNT 1", "ERR syntax error"],
  ]);
});

Deno.test("every element taken counts as a change", () => {
  using server = testServer();
  server.send("RPUSH l a b c d");
  server.keyspace.dirty = 0;
  server.send("LPOP l");
  assertEquals(server.keyspace.dirty, 1);
  server.send("LPOP l 9");
  assertEquals(server.keyspace.dirty, 4);
});
