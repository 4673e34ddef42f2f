import { assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

// Ranges, offsets and errors are compared with the reference in test/compat.

Deno.test("SETBIT grows a string with zeros and gives what the bit was; GETBIT reads it", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["GETBIT k 7", 0],
    ["SETBIT k 7 1", 0],
    ["SETBIT k 7 1", 1],
    ["GETBIT k 7", 1],
    ["SETBIT k 100 0", 0],
    ["STRLEN k", 13],
    ["SETBIT k 7 0", 1],
    ["GETBIT k 100000", 0],
  ]);
});

Deno.test("a bit that stays as it is changes nothing, and is no event", () => {
  using server = testServer({ n: "12" });
  const { keyspace } = server;
  const before = keyspace.dirty;
  assertEquals(server.send("SETBIT n 0 0"), 0);
  assertEquals([keyspace.dirty - before, server.takeEvents()], [0, []]);
  assertEquals(server.send("OBJECT ENCODING n"), "raw", "but what was a number is a string of bytes now");
  assertEquals(server.send("SETBIT n 0 1"), 0);
  assertEquals([keyspace.dirty - before, server.takeEvents()], [1, ["setbit n@0"]]);
});

Deno.test("BITCOUNT and BITPOS look at ranges of bytes and of bits", async (t) => {
  using server = testServer({ k: "foobar" });
  await checkReplies(t, server, [
    ["BITCOUNT k", 26],
    ["BITCOUNT k 1 1", 6],
    ["BITCOUNT k 5 30 BIT", 17],
    ["BITPOS k 1", 1],
    ["BITPOS k 0 2 -1 BYTE", 16],
    ["BITPOS k 1 7 15 BIT", 9],
    ["BITPOS none 0", 0],
    ["BITPOS none 1", -1],
  ]);
  server.send(["SET", "ones", Uint8Array.of(255, 255)]);
  await checkReplies(t, server, [
    ["BITPOS ones 0", 16],
    ["BITPOS ones 0 0 -1", -1],
  ]);
});

Deno.test("BITOP stores a string of bytes without a time to live, or removes the key", async (t) => {
  using server = testServer({ a: "foobar", b: "abcdef", d: "x" });
  await checkReplies(t, server, [
    ["EXPIRE d 100", 1],
    ["BITOP AND d a b", 6],
    ["GET d", "`bc`ab"],
    ["TTL d", -1],
    ["OBJECT ENCODING d", "raw"],
    ["BITOP OR a a none", 6],
    ["GET a", "foobar"],
    ["BITOP XOR d none", 0],
    ["EXISTS d", 0],
    ["BITOP NOT d a b", "ERR BITOP NOT must be called with a single source key."],
  ]);
  const events = server.takeEvents().filter((event) => /^(set|del) /.test(event));
  assertEquals(events, ["set d@0", "set a@0", "del d@0"]);
});

Deno.test("a long result of BITOP is one change, and a string like any other", () => {
  using server = testServer();
  server.send("SETRANGE a 200000 x");
  server.send("SET d v EX 100");
  const before = server.keyspace.dirty;
  assertEquals(server.send("BITOP NOT d a"), 200_001);
  assertEquals(server.keyspace.dirty - before, 1);
  assertEquals(server.send("TTL d"), -1);
  assertEquals(server.send("APPEND d tail"), 200_005);
  assertEquals(server.send("GETRANGE d 200000 -1"), "\x87tail");
  assertEquals(server.send("BITCOUNT d 0 199999"), 1_600_000);
  assertEquals(server.send("COPY d e"), 1);
  assertEquals(server.send("STRLEN e"), 200_005);
});

Deno.test("BITFIELD reads, sets and increments; what does not fit wraps, stays at the limit, or fails", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["BITFIELD k SET u8 #1 200 INCRBY u8 #1 100 GET u8 #1", [0, 44, 44]],
    ["BITFIELD k OVERFLOW SAT INCRBY i5 100 30 INCRBY i5 100 -60", [15, -16]],
    ["BITFIELD k OVERFLOW FAIL INCRBY u2 0 4", [null]],
    ["BITFIELD k SET i64 #9 -9223372036854775808 GET i64 #9", [0, -9223372036854775808n]],
    ["BITFIELD_RO k GET u8 8", [44]],
    ["BITFIELD_RO k SET u8 8 1", "ERR BITFIELD_RO only supports the GET subcommand"],
    ["BITFIELD none", []],
    ["EXISTS none", 0],
  ]);
});

Deno.test("BITFIELD is one event, and as many changes as values were written", () => {
  using server = testServer();
  const { keyspace } = server;
  const changes = (line: string) => {
    const before = keyspace.dirty;
    server.send(line);
    return [keyspace.dirty - before, ...server.takeEvents()];
  };
  assertEquals(changes("BITFIELD k OVERFLOW FAIL SET u4 0 99"), [0, "new k@0"]);
  assertEquals(server.send("STRLEN k"), 1, "it has grown all the same");
  assertEquals(changes("BITFIELD k SET u8 0 1 SET u8 8 2 GET u8 0"), [2, "setbit k@0"]);
  assertEquals(changes("BITFIELD k SET u8 0 1"), [0]);
  assertEquals(changes("BITFIELD k GET u8 0"), [0]);
});
