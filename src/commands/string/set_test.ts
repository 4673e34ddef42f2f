import { assertEquals } from "@std/assert";
import { Type } from "../../store/memory/entry.ts";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

const SYNTAX = "ERR syntax error";
const NOT_INTEGER = "ERR value is not an integer or out of range";
const INVALID_EXPIRE = "ERR invalid expire time in 'set' command";
const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

Deno.test("SET replaces whatever the key held, its time to live included", async (t) => {
  using server = testServer({ k: "old", l: "x" });
  server.pretendType("l", Type.list);
  await checkReplies(t, server, [
    ["EXPIRE k 100", 1],
    ["SET k new", "OK"],
    ["TTL k", -1],
    ["SET l new", "OK"],
    ["GET l", "new"],
    ["SET k", "ERR wrong number of arguments for 'set' command"],
  ]);
});

Deno.test("SET NX and XX ask whether the key is there", async (t) => {
  using server = testServer({ k: "v" });
  await checkReplies(t, server, [
    ["SET k w NX", null],
    ["SET nokey w XX", null],
    ["SET k w xx", "OK"],
    ["SET new w nx", "OK"],
    ["SET k w NX XX", SYNTAX],
    ["SET k w NX NX", null],
    ["MGET k new nokey", ["w", "w", null]],
  ]);
});

Deno.test("SET GET gives the old string, also when nothing is set", async (t) => {
  using server = testServer({ k: "v", l: "x" });
  server.pretendType("l", Type.list);
  await checkReplies(t, server, [
    ["SET k w GET", "v"],
    ["SET k x NX GET", "w"],
    ["GET k", "w"],
    ["SET new v NX GET", null],
    ["GET new", "v"],
    ["SET nokey v XX GET", null],
    ["EXISTS nokey", 0],
    ["SET l v GET", WRONG_TYPE],
    ["SET l v GET EX 0", INVALID_EXPIRE],
  ]);
});

Deno.test("SET takes one time to live, in any of four units", async (t) => {
  using server = testServer();
  const now = server.clock.now();
  await checkReplies(t, server, [
    ["SET k v EX 100", "OK"],
    ["PTTL k", 100_000],
    ["SET k v px 1500", "OK"],
    ["PTTL k", 1500],
    ["SET k v EXAT 4000000000", "OK"],
    ["PTTL k", 4_000_000_000_000 - now],
    ["SET k v PXAT 4000000000001", "OK"],
    ["PTTL k", 4_000_000_000_001 - now],
    ["SET k v EX 10 EX 20", "OK"],
    ["TTL k", 20],
    ["SET k v KEEPTTL", "OK"],
    ["TTL k", 20],
    ["SET k v PXAT 9223372036854775807", "OK"],
    ["PEXPIRETIME k", 9223372036854775807n],
  ]);
});

Deno.test("SET refuses times that are none, too large, or two", async (t) => {
  using server = testServer({ k: "v" });
  await checkReplies(t, server, [
    ["SET k w EX 0", INVALID_EXPIRE],
    ["SET k w PX -1", INVALID_EXPIRE],
    ["SET k w EX abc", NOT_INTEGER],
    ["SET k w EX 9223372036854775807", INVALID_EXPIRE],
    ["SET k w EX 9223372036854775", INVALID_EXPIRE],
    ["SET k w PX 9223372036854775807", INVALID_EXPIRE],
    ["SET k w EX", SYNTAX],
    ["SET k w EX 10 PX 10", SYNTAX],
    ["SET k w EX 10 EXAT 10", SYNTAX],
    ["SET k w KEEPTTL EX 10", SYNTAX],
    ["SET k w EX 10 KEEPTTL", SYNTAX],
    ["SET k w PERSIST", SYNTAX],
    ["GET k", "v"],
    ["TTL k", -1],
  ]);
});

Deno.test("SET with a unix time that is past sets a key that dies when it is met", () => {
  using server = testServer();
  assertEquals(server.send("SET k v EXAT 1"), "OK");
  assertEquals(server.send("GET k"), null);
  assertEquals(server.takeEvents(), ["new k@0", "set k@0", "expire k@0", "expired k@0", "keymiss k@0"]);
});

Deno.test("SETEX and PSETEX set a string and its time to live", async (t) => {
  using server = testServer({ l: "x" });
  server.pretendType("l", Type.list);
  await checkReplies(t, server, [
    ["SETEX k 10 v", "OK"],
    ["PTTL k", 10_000],
    ["PSETEX l 10 v", "OK"],
    ["PTTL l", 10],
    ["SETEX k 0 w", "ERR invalid expire time in 'setex' command"],
    ["PSETEX k -1 w", "ERR invalid expire time in 'psetex' command"],
    ["SETEX k 9223372036854775807 w", "ERR invalid expire time in 'setex' command"],
    ["SETEX k x w", NOT_INTEGER],
    ["SETEX k 10", "ERR wrong number of arguments for 'setex' command"],
    ["GET k", "v"],
  ]);
});

Deno.test("SETNX sets only a key that is not there", async (t) => {
  using server = testServer({ k: "v" });
  await checkReplies(t, server, [
    ["SETNX k w", 0],
    ["SETNX new w", 1],
    ["MGET k new", ["v", "w"]],
  ]);
});

Deno.test("GETSET gives the old string and ends the time to live", async (t) => {
  using server = testServer({ k: "v", l: "x" });
  server.pretendType("l", Type.list);
  await checkReplies(t, server, [
    ["EXPIRE k 100", 1],
    ["GETSET k w", "v"],
    ["TTL k", -1],
    ["GETSET new w", null],
    ["GET new", "w"],
    ["GETSET l w", WRONG_TYPE],
  ]);
});

Deno.test("setting publishes set, and expire when there is a time to live", () => {
  using server = testServer({ k: "v" });
  for (const line of ["SET k w", "SET k w EX 10", "SETEX k 10 v", "SETNX n v", "GETSET k v"]) {
    server.send(line);
  }
  assertEquals(server.takeEvents(), [
    "set k@0",
    "set k@0",
    "expire k@0",
    "set k@0",
    "expire k@0",
    "new n@0",
    "set n@0",
    "set k@0",
  ]);
});
