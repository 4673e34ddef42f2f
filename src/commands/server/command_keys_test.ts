import { assertEquals } from "@std/assert";
import { Args } from "../../args.ts";
import { defineCommand, key, keys, type KeySpec } from "../../command.ts";
import { Command } from "../../command_table.ts";
import { findKeys } from "./command_keys.ts";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

/** The keys that a command with these specifications finds behind two foreign arguments. */
function found(specs: readonly KeySpec[], ...request: string[]): string[] {
  const command = new Command(defineCommand({
    name: "SAMPLE",
    group: "generic",
    since: "1.0.0",
    summary: "Serves a test",
    complexity: "O(1)",
    syntax: "",
    arity: -1,
    flags: [],
    categories: [],
    keys: specs,
  }));
  const args = Args.of("COMMAND", "GETKEYS", ...request);
  return findKeys(command, args, 2).map(({ at }) => args.text(at));
}

Deno.test("keys stand at a place, or from a place to the end", () => {
  assertEquals(found([key(1, "RO")], "sample", "a", "b"), ["a"]);
  assertEquals(found([key(1, "RW"), key(2, "OW")], "sample", "a", "b"), ["a", "b"]);
  assertEquals(found([keys(1, 1, "RO")], "sample", "a", "b", "c"), ["a", "b", "c"]);
  assertEquals(found([keys(1, 2, "RO")], "sample", "a", "1", "b"), ["a", "b"]);
  assertEquals(found([key(3, "RO")], "sample", "a"), []);
});

Deno.test("the last places can be excepted, and the rest be halved", () => {
  const butLast: KeySpec = { flags: ["RO"], begin: { index: 1 }, find: { lastKey: -2, step: 1, limit: 0 } };
  assertEquals(found([butLast], "sample", "a", "b", "timeout"), ["a", "b"]);
  const firstHalf: KeySpec = { flags: ["RO"], begin: { index: 2 }, find: { lastKey: -1, step: 1, limit: 2 } };
  assertEquals(found([firstHalf], "sample", "x", "a", "b", "1", "2"), ["a", "b"]);
});

Deno.test("a number says how many keys follow", () => {
  const counted: KeySpec = { flags: ["RO"], begin: { index: 2 }, find: { keynum: 0, firstKey: 1, step: 1 } };
  assertEquals(found([counted], "sample", "script", "2", "a", "b", "x"), ["a", "b"]);
  assertEquals(found([counted], "sample", "script", "0", "x"), []);
  assertEquals(found([counted], "sample", "script", "many", "x"), []);
  assertEquals(found([counted], "sample", "script", "3", "a", "b"), []);
  assertEquals(found([counted], "sample", "script", "99999999999999999999", "a"), []);
});

Deno.test("keys follow a keyword, looked for from either end", () => {
  const forwards: KeySpec = {
    flags: ["RO"],
    begin: { keyword: "STREAMS", startFrom: 1 },
    find: { lastKey: -1, step: 1, limit: 2 },
  };
  assertEquals(found([forwards], "sample", "COUNT", "2", "streams", "a", "b", "0", "0"), ["a", "b"]);
  assertEquals(found([forwards], "sample", "a", "b"), []);
  const backwards: KeySpec = {
    flags: ["RO"],
    begin: { keyword: "KEYS", startFrom: -2 },
    find: { lastKey: -1, step: 1, limit: 0 },
  };
  assertEquals(found([backwards], "sample", "x", "KEYS", "a", "b"), ["a", "b"]);
  assertEquals(found([backwards], "sample", "x", "KEYS"), []);
});

Deno.test("a number of keys is read up to what is no digit, and must fit the request", async (t) => {
  using server = testServer();
  const misfit = "ERR Invalid arguments specified for command";
  await checkReplies(t, server, [
    ["COMMAND GETKEYS LMPOP '1 ' k LEFT", ["k"]],
    ["COMMAND GETKEYS ZINTER 1.0 k", ["k"]],
    ["COMMAND GETKEYS ZINTER +1 k", ["k"]],
    ["COMMAND GETKEYS ZUNIONSTORE to 2 a b", ["to", "a", "b"]],
    ["COMMAND GETKEYS ZUNIONSTORE to 2.0 a b", ["a", "b", "to"]],
    ["COMMAND GETKEYS ZINTER x k", misfit],
    ["COMMAND GETKEYS ZINTER 0 k", misfit],
    ["COMMAND GETKEYS ZINTER 2 k", misfit],
    ["COMMAND GETKEYS ZDIFFSTORE to 7 k", misfit],
  ]);
});
