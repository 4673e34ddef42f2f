import { assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

const NO_KEY = "ERR no such key";
const SAME = "ERR source and destination objects are the same";
const NO_DATABASE = "ERR DB index is out of range";
const NOT_INT32 = "ERR value is out of range, value must between -2147483648 and 2147483647";
const NOT_INTEGER = "ERR value is not an integer or out of range";

Deno.test("RENAME moves value and time to live, and replaces what the new name held", async (t) => {
  using server = testServer({ a: "1", b: "2" });
  await checkReplies(t, server, [
    ["EXPIRE a 100", 1],
    ["RENAME a b", "OK"],
    ["GET b", "1"],
    ["TTL b", 100],
    ["EXISTS a", 0],
    ["RENAME b b", "OK"],
    ["RENAME nokey b", NO_KEY],
    ["RENAME nokey nokey", NO_KEY],
    ["RENAME b", "ERR wrong number of arguments for 'rename' command"],
  ]);
  assertEquals(server.takeEvents().slice(0, 4), [
    "expire a@0",
    "new b@0",
    "rename_from a@0",
    "rename_to b@0",
  ]);
});

Deno.test("RENAME ends the time to live of the name when the value has none", async (t) => {
  using server = testServer({ a: "1", b: "2" });
  await checkReplies(t, server, [
    ["EXPIRE b 100", 1],
    ["RENAME a b", "OK"],
    ["TTL b", -1],
  ]);
});

Deno.test("RENAME moves values of every size", () => {
  for (const length of [0, 1, 44, 45, 1000, 32_000, 33_000, 100_000]) {
    using server = testServer({ a: "x".repeat(length), b: "y".repeat(40_000) });
    assertEquals(server.send("RENAME a b"), "OK");
    assertEquals(server.send("GET b"), "x".repeat(length));
  }
});

Deno.test("RENAMENX renames only to a name that is free", async (t) => {
  using server = testServer({ a: "1", b: "2" });
  await checkReplies(t, server, [
    ["RENAMENX a b", 0],
    ["RENAMENX a a", 0],
    ["RENAMENX a c", 1],
    ["MGET a b c", [null, "2", "1"]],
    ["RENAMENX nokey c", NO_KEY],
  ]);
});

Deno.test("MOVE takes a key to another database unless its name is taken there", async (t) => {
  using server = testServer({ a: "1", b: "2", c: "3" });
  const other = server.connect();
  other.db = server.keyspace.databases[3]!;
  other.send("SET b there");
  server.events.length = 0;
  await checkReplies(t, server, [
    ["EXPIRE a 100", 1],
    ["MOVE a 3", 1],
    ["MOVE b 3", 0],
    ["MOVE nokey 3", 0],
    ["MGET a b", [null, "2"]],
    ["MOVE b 0", SAME],
    ["MOVE b 16", NO_DATABASE],
    ["MOVE b -1", NO_DATABASE],
    ["MOVE b 4294967296", NOT_INT32],
    ["MOVE b x", NOT_INTEGER],
  ]);
  assertEquals(other.send("MGET a b"), ["1", "there"]);
  assertEquals(other.send("TTL a"), 100);
  assertEquals(server.takeEvents().slice(0, 4), ["expire a@0", "new a@3", "move_from a@0", "move_to a@3"]);
});

Deno.test("COPY copies value, encoding and time to live, within a database or to another", async (t) => {
  using server = testServer({ a: "1", b: "2", raw: "x" });
  await checkReplies(t, server, [
    ["EXPIRE a 100", 1],
    ["APPEND raw y", 2],
    ["COPY a c", 1],
    ["GET c", "1"],
    ["TTL c", 100],
    ["OBJECT ENCODING c", "int"],
    ["OBJECT REFCOUNT c", 1],
    ["COPY raw raw2", 1],
    ["OBJECT ENCODING raw2", "raw"],
    ["COPY a b", 0],
    ["COPY a b REPLACE", 1],
    ["MGET a b", ["1", "1"]],
    ["COPY nokey b REPLACE", 0],
    ["COPY a a DB 2", 1],
    ["COPY a a DB 2", 0],
    ["COPY a a DB 2 REPLACE", 1],
  ]);
  const other = server.connect();
  other.db = server.keyspace.databases[2]!;
  assertEquals(other.send("GET a"), "1");
});

Deno.test("a copy is a value of its own", async (t) => {
  const big = "x".repeat(50_000);
  using server = testServer({ a: "1", big });
  await checkReplies(t, server, [
    ["COPY a b", 1],
    ["APPEND b 2", 2],
    ["COPY big big2", 1],
    ["SETRANGE big2 0 y", 50_000],
    ["MGET a b", ["1", "12"]],
  ]);
  assertEquals(server.send("GET big"), big);
});

Deno.test("COPY reads its options, then compares the keys, then looks for them", async (t) => {
  using server = testServer({ a: "1" });
  await checkReplies(t, server, [
    ["COPY a a", SAME],
    ["COPY nokey nokey DB 0", SAME],
    ["COPY a a FOO", "ERR syntax error"],
    ["COPY a b DB", "ERR syntax error"],
    ["COPY a b DB 16 FOO", NO_DATABASE],
    ["COPY a b FOO DB 16", "ERR syntax error"],
    ["COPY a b DB x", NOT_INTEGER],
    ["COPY a b DB 9223372036854775807", NOT_INT32],
  ]);
});
