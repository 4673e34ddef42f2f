import { assertEquals } from "@std/assert";
import { Type } from "../../store/memory/entry.ts";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

Deno.test("LCS gives the longest common subsequence, its length, or where it stands", async (t) => {
  using server = testServer({ a: "ohmytext", b: "mynewtext", n: "5" });
  await checkReplies(t, server, [
    ["LCS a b", "mytext"],
    ["LCS a b LEN", 6],
    ["LCS a b IDX", ["matches", [[[4, 7], [5, 8]], [[2, 3], [0, 1]]], "len", 6]],
    ["LCS a b IDX MINMATCHLEN 4", ["matches", [[[4, 7], [5, 8]]], "len", 6]],
    ["LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN", ["matches", [[[4, 7], [5, 8], 4]], "len", 6]],
    ["LCS a b IDX MINMATCHLEN -1 MINMATCHLEN 9", ["matches", [], "len", 6]],
    ["LCS a b WITHMATCHLEN", "mytext"],
    ["LCS n n", "5"],
    ["LCS a nokey", ""],
    ["LCS a nokey IDX", ["matches", [], "len", 0]],
    ["LCS nokey nokey LEN", 0],
  ]);
});

Deno.test("LCS looks at the keys, then reads its options", async (t) => {
  using server = testServer({ a: "x", b: "y", l: "x" });
  server.pretendType("l", Type.list);
  await checkReplies(t, server, [
    ["LCS l a FOO", "ERR The specified keys must contain string values"],
    ["LCS a l", "ERR The specified keys must contain string values"],
    ["LCS a b FOO", "ERR syntax error"],
    ["LCS a b MINMATCHLEN", "ERR syntax error"],
    ["LCS a b MINMATCHLEN x", "ERR value is not an integer or out of range"],
    ["LCS a b LEN IDX", "ERR If you want both the length and indexes, please just use IDX."],
    ["LCS a", "ERR wrong number of arguments for 'lcs' command"],
  ]);
});

Deno.test("LCS refuses strings whose table would be larger than proto-max-bulk-len", async (t) => {
  using server = testServer({ a: "x".repeat(999), b: "x".repeat(999), c: "x".repeat(1000) });
  server.settings.setMany([["proto-max-bulk-len", "4000000"]]);
  await checkReplies(t, server, [
    ["LCS a b LEN", 999],
    [
      "LCS a c LEN",
      "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len",
    ],
  ]);
});

Deno.test("LCS IDX answers a map in protocol 3", () => {
  using server = testServer({ a: "x", b: "x" });
  server.client.protocol = 3;
  assertEquals(
    server.raw("LCS a b IDX"),
    "%2\r\n$7\r\nmatches\r\n*1\r\n*2\r\n*2\r\n:0\r\n:0\r\n*2\r\n:0\r\n:0\r\n$3\r\nlen\r\n:1\r\n",
  );
});
