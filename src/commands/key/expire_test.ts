import { assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

Deno.test("EXPIRE and its kin set when a key dies, in any of four units", async (t) => {
  using server = testServer({ k: "v" });
  const now = server.clock.now();
  await checkReplies(t, server, [
    ["EXPIRE k 100", 1],
    ["PTTL k", 100_000],
    ["PEXPIRE k 1500", 1],
    ["PTTL k", 1500],
    ["EXPIREAT k 4000000000", 1],
    ["PTTL k", 4_000_000_000_000 - now],
    ["PEXPIREAT k 4000000000001", 1],
    ["PEXPIRETIME k", 4_000_000_000_001],
    ["EXPIRE nokey 100", 0],
  ]);
});

Deno.test("a key is there until its time has passed, and gone after it", () => {
  using server = testServer({ k: "v" });
  server.send("PEXPIRE k 100");
  server.clock.advance(100);
  assertEquals(server.send("GET k"), "v");
  assertEquals(server.send("PTTL k"), 0);
  server.clock.advance(1);
  assertEquals(server.send("GET k"), null);
  assertEquals(server.send("TTL k"), -2);
  assertEquals(server.takeEvents(), ["expire k@0", "expired k@0", "keymiss k@0", "keymiss k@0"]);
});

Deno.test("a time that is past deletes the key at once", async (t) => {
  using server = testServer({ a: "1", b: "2", c: "3", d: "4" });
  await checkReplies(t, server, [
    ["EXPIRE a 0", 1],
    ["EXPIRE b -1", 1],
    ["PEXPIRE c -9223372036854775808", 1],
    ["EXPIREAT d 1", 1],
    ["EXISTS a b c d", 0],
  ]);
  assertEquals(server.takeEvents().slice(0, 4), ["del a@0", "del b@0", "del c@0", "del d@0"]);
});

Deno.test("NX, XX, GT and LT compare with the time that there is; none counts as for ever", async (t) => {
  using server = testServer({ k: "v" });
  await checkReplies(t, server, [
    ["EXPIRE k 10 XX", 0],
    ["EXPIRE k 10 GT", 0],
    ["EXPIRE k 10 LT", 1],
    ["EXPIRE k 10 NX", 0],
    ["EXPIRE k 10 GT", 0],
    ["EXPIRE k 10 LT", 0],
    ["EXPIRE k 11 gt", 1],
    ["EXPIRE k 9 XX LT", 1],
    ["EXPIRE k 10 XX", 1],
    ["EXPIRE k -1 GT", 0],
    ["PERSIST k", 1],
    ["EXPIRE k 10 NX NX", 1],
    ["TTL k", 10],
  ]);
});

Deno.test("conditions that exclude each other are refused before the time is read", async (t) => {
  using server = testServer({ k: "v" });
  const exists = "ERR NX and XX, GT or LT options at the same time are not compatible";
  const compares = "ERR GT and LT options at the same time are not compatible";
  await checkReplies(t, server, [
    ["EXPIRE k abc NX XX", exists],
    ["EXPIRE k 1 NX GT", exists],
    ["EXPIRE k 1 NX LT", exists],
    ["EXPIRE k 1 GT LT", compares],
    ["EXPIRE k 1 GT XX LT", compares],
    ["EXPIRE k abc FOO", "ERR Unsupported option FOO"],
    ["EXPIRE k abc", "ERR value is not an integer or out of range"],
    ["EXPIRE k", "ERR wrong number of arguments for 'expire' command"],
  ]);
});

Deno.test("times beyond 64 bits of milliseconds are refused, whether or not the key is there", async (t) => {
  using server = testServer({ k: "v" });
  const invalid = (command: string) => `ERR invalid expire time in '${command}' command`;
  await checkReplies(t, server, [
    ["EXPIRE k 9223372036854775807", invalid("expire")],
    ["EXPIRE nokey 9223372036854775", invalid("expire")],
    ["EXPIRE k -9223372036854775808", invalid("expire")],
    ["PEXPIRE k 9223372036854775807", invalid("pexpire")],
    ["EXPIREAT k 9223372036854776", invalid("expireat")],
    ["EXPIREAT k 9223372036854775", 1],
    ["PEXPIREAT k 9223372036854775807", 1],
    ["PEXPIREAT k 9223372036854775806 GT", 0],
    ["PEXPIREAT k 9223372036854775806 LT", 1],
    ["PEXPIRETIME k", 9223372036854775806n],
  ]);
});

Deno.test("PERSIST ends a time to live", async (t) => {
  using server = testServer({ k: "v" });
  await checkReplies(t, server, [
    ["PERSIST k", 0],
    ["PERSIST nokey", 0],
    ["EXPIRE k 10", 1],
    ["PERSIST k", 1],
    ["TTL k", -1],
    ["GET k", "v"],
  ]);
  assertEquals(server.takeEvents(), ["expire k@0", "persist k@0"]);
});
