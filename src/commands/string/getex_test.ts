import { assertEquals } from "@std/assert";
import { Type } from "../../store/memory/entry.ts";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

const SYNTAX = "ERR syntax error";
const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

Deno.test("GETEX gives the string and changes how long the key lives", async (t) => {
  using server = testServer({ k: "v" });
  await checkReplies(t, server, [
    ["GETEX k", "v"],
    ["TTL k", -1],
    ["GETEX k EX 100", "v"],
    ["PTTL k", 100_000],
    ["GETEX k", "v"],
    ["PTTL k", 100_000],
    ["GETEX k PXAT 4000000000000", "v"],
    ["PEXPIRETIME k", 4_000_000_000_000],
    ["GETEX k PERSIST", "v"],
    ["TTL k", -1],
    ["GETEX nokey EX 10", null],
  ]);
  assertEquals(server.takeEvents(), ["expire k@0", "expire k@0", "persist k@0", "keymiss nokey@0"]);
});

Deno.test("GETEX with a unix time that is past deletes the key", () => {
  using server = testServer({ k: "v" });
  assertEquals(server.send("GETEX k EXAT 1"), "v");
  assertEquals(server.send("EXISTS k"), 0);
  assertEquals(server.takeEvents(), ["del k@0", "keymiss k@0"]);
});

Deno.test("GETEX reads its options, then looks for the key, then reads the time", async (t) => {
  using server = testServer({ k: "v", l: "x" });
  server.pretendType("l", Type.list);
  await checkReplies(t, server, [
    ["GETEX nokey FOO", SYNTAX],
    ["GETEX nokey EX 0", null],
    ["GETEX l EX 0", WRONG_TYPE],
    ["GETEX k EX 0", "ERR invalid expire time in 'getex' command"],
    ["GETEX k EX abc", "ERR value is not an integer or out of range"],
    ["GETEX k EX", SYNTAX],
    ["GETEX k EX 10 PERSIST", SYNTAX],
    ["GETEX k PERSIST EX 10", SYNTAX],
    ["GETEX k EX 10 PX 10", SYNTAX],
    ["GETEX k KEEPTTL", SYNTAX],
    ["GETEX k PERSIST PERSIST", "v"],
    ["GETEX k EX 10 EX 20", "v"],
    ["TTL k", 20],
  ]);
});

Deno.test("GETDEL gives the string and deletes the key", async (t) => {
  using server = testServer({ k: "v", l: "x" });
  server.pretendType("l", Type.list);
  await checkReplies(t, server, [
    ["GETDEL k", "v"],
    ["GETDEL k", null],
    ["GETDEL l", WRONG_TYPE],
    ["EXISTS l", 1],
  ]);
  assertEquals(server.takeEvents(), ["del k@0", "keymiss k@0"]);
});
