import { assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";
const NOT_AN_INTEGER = "ERR value is not an integer or out of range";

Deno.test("LLEN, LINDEX and LRANGE look at a list", async (t) => {
  using server = testServer({ s: "x" });
  await checkReplies(t, server, [
    ["RPUSH l a b c d", 4],
    ["LLEN l", 4],
    ["LLEN none", 0],
    ["LLEN s", WRONG_TYPE],
    ["LINDEX l 0", "a"],
    ["LINDEX l -1", "d"],
    ["LINDEX l 4", null],
    ["LINDEX l -5", null],
    ["LINDEX l x", NOT_AN_INTEGER],
    ["LINDEX none x", null],
    ["LINDEX s x", WRONG_TYPE],
    ["LRANGE l 1 2", ["b", "c"]],
    ["LRANGE l -100 100", ["a", "b", "c", "d"]],
    ["LRANGE l 3 2", []],
    ["LRANGE l 9 12", []],
    ["LRANGE l 0 -9", []],
    ["LRANGE none 0 -1", []],
    ["LRANGE s 0 x", NOT_AN_INTEGER],
    ["LRANGE s 0 1", WRONG_TYPE],
  ]);
});

Deno.test("every element of a list of many nodes is found by its index", () => {
  using server = testServer();
  const elements = Array.from({ length: 5000 }, (_, i) => `element number ${i}`);
  server.send(["RPUSH", "l", ...elements]);
  for (let i = 0; i < elements.length; i += 97) {
    assertEquals(server.send(`LINDEX l ${i}`), elements[i]!);
    assertEquals(server.send(`LINDEX l ${i - elements.length}`), elements[i]!);
  }
  assertEquals(server.send("LRANGE l 2400 2599"), elements.slice(2400, 2600));
});

Deno.test("LPOS tells where equal elements are", async (t) => {
  using server = testServer({ s: "x" });
  await checkReplies(t, server, [
    ["RPUSH l a b c 1 b b", 6],
    ["LPOS l b", 1],
    ["LPOS l 1", 3],
    ["LPOS l z", null],
    ["LPOS l b RANK 2", 4],
    ["LPOS l b RANK -1", 5],
    ["LPOS l b COUNT 0", [1, 4, 5]],
    ["LPOS l b COUNT 2", [1, 4]],
    ["LPOS l b RANK -2 COUNT 0", [4, 1]],
    ["LPOS l b COUNT 0 MAXLEN 5", [1, 4]],
    ["LPOS l b RANK -1 MAXLEN 2 COUNT 0", [5, 4]],
    ["LPOS l z COUNT 0", []],
    ["LPOS none z", null],
    ["LPOS none z COUNT 1", []],
    ["LPOS l b RANK -9223372036854775808", 5],
    ["LPOS l b RANK -9223372036854775807", null],
    ["LPOS l b COUNT -1", "ERR COUNT can't be negative"],
    ["LPOS l b MAXLEN x", "ERR MAXLEN can't be negative"],
    ["LPOS l b RANK x", NOT_AN_INTEGER],
    ["LPOS l b RANK", "ERR syntax error"],
    ["LPOS s b", WRONG_TYPE],
    [
      "LPOS l b RANK 0",
      "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
    ],
  ]);
});
