import { Type } from "../../store/memory/entry.ts";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

Deno.test("GETRANGE counts negative offsets from the end", async (t) => {
  using server = testServer({ k: "This is a string" });
  await checkReplies(t, server, [
    ["GETRANGE k 0 3", "This"],
    ["GETRANGE k -3 -1", "ing"],
    ["GETRANGE k 0 -1", "This is a string"],
    ["GETRANGE k 10 100", "string"],
    ["GETRANGE k 5 3", ""],
    ["GETRANGE k 100 200", ""],
    ["GETRANGE nokey 0 -1", ""],
  ]);
});

Deno.test("GETRANGE takes an end before the string for its first byte", async (t) => {
  using server = testServer({ k: "This is a string", empty: "" });
  await checkReplies(t, server, [
    ["GETRANGE k 0 -100", "T"],
    ["GETRANGE k -100 -100", "T"],
    ["GETRANGE k -99 -100", ""],
    ["GETRANGE k -9223372036854775808 -9223372036854775807", "T"],
    ["GETRANGE k -9223372036854775807 -9223372036854775808", ""],
    ["GETRANGE k -9223372036854775808 9223372036854775807", "This is a string"],
    ["GETRANGE empty 0 -1", ""],
    ["GETRANGE empty -1 -1", ""],
  ]);
});

Deno.test("GETRANGE reads its offsets, then looks at the key", async (t) => {
  using server = testServer({ k: "v", l: "x" });
  server.pretendType("l", Type.list);
  await checkReplies(t, server, [
    ["GETRANGE l one 2", "ERR value is not an integer or out of range"],
    ["GETRANGE l 0 1.0", "ERR value is not an integer or out of range"],
    ["GETRANGE l 0 1", WRONG_TYPE],
    ["GETRANGE k 0", "ERR wrong number of arguments for 'getrange' command"],
  ]);
});

Deno.test("SUBSTR is GETRANGE under its old name", async (t) => {
  using server = testServer({ k: "This is a string" });
  await checkReplies(t, server, [
    ["SUBSTR k -3 -1", "ing"],
    ["SUBSTR k 0", "ERR wrong number of arguments for 'substr' command"],
  ]);
});

Deno.test("STRLEN counts bytes", async (t) => {
  using server = testServer({ k: "abc", n: "-100", l: "x" });
  server.pretendType("l", Type.list);
  await checkReplies(t, server, [
    ["STRLEN k", 3],
    ["STRLEN n", 4],
    ["STRLEN nokey", 0],
    ["STRLEN l", WRONG_TYPE],
    [["SET", "u", "é"], "OK"],
    ["STRLEN u", 2],
  ]);
});
