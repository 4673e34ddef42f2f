import { assertEquals } from "@std/assert";
import { checkReplies, type TestServer, testServer } from "../../../test/support/test_server.ts";

const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";
const NOT_AN_INTEGER = "ERR value is not an integer or out of range";

/** What was done, without the looks at keys that are not there. */
function eventsOf(server: TestServer): string[] {
  return server.takeEvents().filter((event) => !event.startsWith("keymiss"));
}

Deno.test("LSET replaces an element", async (t) => {
  using server = testServer({ s: "x" });
  await checkReplies(t, server, [
    ["RPUSH l a b c", 3],
    ["LSET l 1 longer", "OK"],
    ["LSET l -1 5", "OK"],
    ["LRANGE l 0 -1", ["a", "longer", "5"]],
    ["LSET l 3 x", "ERR index out of range"],
    ["LSET l -4 x", "ERR index out of range"],
    ["LSET l x x", NOT_AN_INTEGER],
    ["LSET none x x", "ERR no such key"],
    ["LSET s x x", WRONG_TYPE],
  ]);
});

Deno.test("LINSERT adds beside the first equal element", async (t) => {
  using server = testServer({ s: "x" });
  await checkReplies(t, server, [
    ["RPUSH l a b a", 3],
    ["LINSERT l BEFORE a 0", 4],
    ["LINSERT l after a 1", 5],
    ["LRANGE l 0 -1", ["0", "a", "1", "b", "a"]],
    ["LINSERT l AFTER z 1", -1],
    ["LINSERT none AFTER z 1", 0],
    ["LINSERT s AFTER z 1", WRONG_TYPE],
    ["LINSERT s BESIDE z 1", "ERR syntax error"],
  ]);
});

Deno.test("LREM removes the first, the last, or all equal elements", async (t) => {
  using server = testServer({ s: "x" });
  await checkReplies(t, server, [
    ["RPUSH l a b a c a 1 a", 7],
    ["LREM l 1 a", 1],
    ["LREM l -2 a", 2],
    ["LRANGE l 0 -1", ["b", "a", "c", "1"]],
    ["LREM l 0 1", 1],
    ["LREM l 0 z", 0],
    ["LREM l 5 a", 1],
    ["LREM l 0 b", 1],
    ["LREM l 0 c", 1],
    ["EXISTS l", 0],
    ["LREM none 0 c", 0],
    ["LREM s x c", NOT_AN_INTEGER],
    ["LREM s 0 c", WRONG_TYPE],
  ]);
  assertEquals(eventsOf(server).slice(-2), ["lrem l@0", "del l@0"]);
});

Deno.test("LTRIM keeps a range, and removes the key when nothing is in it", async (t) => {
  using server = testServer({ s: "x" });
  await checkReplies(t, server, [
    ["RPUSH l a b c d e", 5],
    ["LTRIM l 1 -2", "OK"],
    ["LRANGE l 0 -1", ["b", "c", "d"]],
    ["LTRIM l 0 9", "OK"],
    ["LLEN l", 3],
    ["LTRIM l 5 9", "OK"],
    ["EXISTS l", 0],
    ["LTRIM none 0 1", "OK"],
    ["LTRIM none a 1", NOT_AN_INTEGER],
    ["LTRIM s 0 1", WRONG_TYPE],
  ]);
  assertEquals(eventsOf(server).slice(2), ["ltrim l@0", "ltrim l@0", "ltrim l@0", "del l@0"]);
});

Deno.test("as many changes are counted as elements came or went", () => {
  using server = testServer();
  server.send("RPUSH l a b c d e f g h");
  const lines: [string, number][] = [
    ["LTRIM l 0 9", 0],
    ["LTRIM l 1 -2", 2],
    ["LINSERT l BEFORE b x", 1],
    ["LINSERT l BEFORE none x", 0],
    ["LSET l 0 x", 1],
    ["LREM l 0 none", 0],
    ["LREM l 0 x", 1],
    ["LTRIM l 9 0", 6],
  ];
  for (const [line, changes] of lines) {
    server.keyspace.dirty = 0;
    server.send(line);
    assertEquals(server.keyspace.dirty, changes, line);
  }
});

Deno.test("a large element stands alone, and the list around it stays in order", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["DEBUG QUICKLIST-PACKED-THRESHOLD 5b", "OK"],
    ["RPUSH l a b c", 3],
    ["LSET l 1 large1", "OK"],
    ["LRANGE l 0 -1", ["a", "large1", "c"]],
    ["LINSERT l AFTER c large2", 4],
    ["LINSERT l BEFORE large2 x", 5],
    ["LPOS l large2", 4],
    ["LSET l 1 b", "OK"],
    ["LREM l 0 large2", 1],
    ["LRANGE l 0 -1", ["a", "b", "c", "x"]],
  ]);
});
