import { assertEquals } from "@std/assert";
import { Type } from "../../store/memory/entry.ts";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";
const TOO_LONG = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";

Deno.test("APPEND adds to a string or creates it", async (t) => {
  using server = testServer({ k: "Hello", n: "12", l: "x" });
  server.pretendType("l", Type.list);
  await checkReplies(t, server, [
    ['APPEND k " World"', 11],
    ["GET k", "Hello World"],
    ["OBJECT ENCODING k", "raw"],
    ["APPEND n 3", 3],
    ["GET n", "123"],
    ["OBJECT ENCODING n", "raw"],
    ["APPEND new 12", 2],
    ["OBJECT ENCODING new", "int"],
    ['APPEND new2 ""', 0],
    ["EXISTS new2", 1],
    ["APPEND l x", WRONG_TYPE],
  ]);
});

Deno.test("APPEND keeps the time to live", async (t) => {
  using server = testServer({ k: "v" });
  await checkReplies(t, server, [
    ["EXPIRE k 100", 1],
    ["APPEND k w", 2],
    [["APPEND", "k", "x".repeat(1000)], 1002],
    ["TTL k", 100],
  ]);
});

Deno.test("a string of a megabyte can be built of pieces of a kilobyte", () => {
  using server = testServer();
  for (let i = 0; i < 1024; i++) server.send(["APPEND", "k", String.fromCharCode(97 + i % 26).repeat(1024)]);
  assertEquals(server.send("STRLEN k"), 1 << 20);
  assertEquals(server.send("GETRANGE k 1022 1025"), "aabb");
  assertEquals(server.send("GETRANGE k -2 -1"), "jj");
});

Deno.test("APPEND and SETRANGE refuse more than proto-max-bulk-len", async (t) => {
  using server = testServer({ k: "12345678" });
  server.settings.setMany([["proto-max-bulk-len", "10"]]);
  await checkReplies(t, server, [
    ["APPEND k 90", 10],
    ["APPEND k 1", TOO_LONG],
    ["SETRANGE k 9 xy", TOO_LONG],
    ["SETRANGE k 9 x", 10],
    ["SETRANGE nokey 10 x", TOO_LONG],
    ['SETRANGE nokey 10 ""', 0],
    ["SETRANGE k 9223372036854775807 x", TOO_LONG],
    ["GET k", "123456789x"],
  ]);
});

Deno.test("SETRANGE overwrites and lengthens, with zeros in between", async (t) => {
  using server = testServer({ k: "Hello World", l: "x" });
  server.pretendType("l", Type.list);
  await checkReplies(t, server, [
    ["SETRANGE k 6 Redis", 11],
    ["GET k", "Hello Redis"],
    ["SETRANGE k 13 !", 14],
    ["GET k", "Hello Redis\0\0!"],
    ["SETRANGE new 2 x", 3],
    ["GET new", "\0\0x"],
    ["OBJECT ENCODING new", "raw"],
    ['SETRANGE k 100 ""', 14],
    ['SETRANGE nokey 0 ""', 0],
    ["EXISTS nokey", 0],
  ]);
});

Deno.test("SETRANGE reads the offset, then looks at the key", async (t) => {
  using server = testServer({ k: "v", l: "x" });
  server.pretendType("l", Type.list);
  await checkReplies(t, server, [
    ["SETRANGE l abc x", "ERR value is not an integer or out of range"],
    ["SETRANGE l -1 x", "ERR offset is out of range"],
    ["SETRANGE l 0 x", WRONG_TYPE],
    ['SETRANGE l 0 ""', WRONG_TYPE],
    ["SETRANGE l 999999999 x", WRONG_TYPE],
    ["SETRANGE k 0", "ERR wrong number of arguments for 'setrange' command"],
  ]);
});

Deno.test("changing a part publishes append or setrange, changing nothing does not", () => {
  using server = testServer({ k: "v" });
  for (const line of ["APPEND k x", "APPEND n x", "SETRANGE k 0 w", 'SETRANGE k 0 ""']) server.send(line);
  assertEquals(server.takeEvents(), ["append k@0", "new n@0", "append n@0", "setrange k@0"]);
});
