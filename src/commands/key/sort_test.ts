import { assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";
const NOT_NUMBERS = "ERR One or more scores can't be converted into double";

Deno.test("SORT and SORT_RO put numbers or texts in order", async (t) => {
  using server = testServer({ s: "x" });
  await checkReplies(t, server, [
    ["RPUSH l 3 10 1.5 -2 1e2", 5],
    ["SORT l", ["-2", "1.5", "3", "10", "1e2"]],
    ["SORT l DESC", ["1e2", "10", "3", "1.5", "-2"]],
    ["SORT_RO l ALPHA", ["-2", "1.5", "10", "1e2", "3"]],
    ["SORT l LIMIT 1 2", ["1.5", "3"]],
    ["SORT l LIMIT -1 2", ["-2", "1.5"]],
    ["SORT l LIMIT 3 -1", ["10", "1e2"]],
    ["SORT l LIMIT 9 1", []],
    ["SORT none", []],
    ["SORT s", WRONG_TYPE],
    ["SORT s NOSUCH", "ERR syntax error"],
    ["SORT l LIMIT 1 x", "ERR value is not an integer or out of range"],
    ["SORT l LIMIT 1", "ERR syntax error"],
    ["SORT_RO l STORE d", "ERR syntax error"],
    ["RPUSH l x", 6],
    ["SORT l", NOT_NUMBERS],
    ["SADD members 3 1 2", 3],
    ["SORT members DESC", ["3", "2", "1"]],
  ]);
});

Deno.test("BY and GET follow patterns to strings and fields of hashes", async (t) => {
  using server = testServer({ w_1: "30", w_2: "20", w_3: "10" });
  await checkReplies(t, server, [
    ["RPUSH l 1 2 3 4", 4],
    ["HSET h_1 name one", 1],
    ["HSET h_2 name two", 1],
    ["SORT l BY w_*", ["4", "3", "2", "1"]],
    ["SORT l BY w_* GET # GET w_* GET h_*->name LIMIT 2 2", ["2", "20", "two", "1", "30", "one"]],
    ["SORT l BY h_*->name ALPHA DESC", ["2", "1", "3", "4"]],
    ["SORT l BY nosort LIMIT 1 2", ["2", "3"]],
    ["SORT l GET nothing", [null, null, null, null]],
    ["SORT l BY l*->", ["1", "2", "3", "4"]],
    ["SORT l BY h_*->name", NOT_NUMBERS],
  ]);
});

Deno.test("SORT of a sorted set goes by rank when it is told not to sort", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["ZADD z 3 30 1 20 2 10", 3],
    ["SORT z", ["10", "20", "30"]],
    ["SORT z BY nosort", ["20", "10", "30"]],
    ["SORT z BY nosort DESC LIMIT 0 2", ["30", "10"]],
  ]);
});

Deno.test("SORT with STORE makes a list of the result, or removes what was there", async (t) => {
  using server = testServer({ d: "x", w_1: "one" });
  server.keyspace.dirty = 0;
  await checkReplies(t, server, [
    ["RPUSH l 2 1", 2],
    ["EXPIRE d 100", 1],
    ["SORT l STORE d", 2],
    ["LRANGE d 0 -1", ["1", "2"]],
    ["TTL d", -1],
    ["SORT l GET w_* STORE d", 2],
    ["LRANGE d 0 -1", ["one", ""]],
    ["SORT none STORE d", 0],
    ["EXISTS d", 0],
    ["SADD members b a c", 3],
    ["SORT members BY nosort STORE d", 3],
    ["LRANGE d 0 -1", ["a", "b", "c"]],
    ["COMMAND GETKEYS SORT l GET store STORE x STORE y", ["l", "y"]],
  ]);
  const events = server.takeEvents().filter((event) =>
    event.includes("sortstore") || event.startsWith("del")
  );
  assertEquals(events, ["sortstore d@0", "sortstore d@0", "del d@0", "sortstore d@0"]);
});

Deno.test("a sorted set that SORT has looked at is still the same sorted set", async (t) => {
  using server = testServer();
  server.send("ZADD z 1 a 2 b 3 c");
  await checkReplies(t, server, [
    ["SORT z ALPHA", ["a", "b", "c"]],
    ["OBJECT ENCODING z", "skiplist"],
    ["ZSCORE z b", "2"],
    ["ZADD z 5 a 6 b", 0],
    ["ZRANGE z 0 -1", ["c", "a", "b"]],
  ]);
});
