import { assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

Deno.test("DBSIZE counts the keys of the selected database", async (t) => {
  using server = testServer({ a: "1", b: "2" });
  await checkReplies(t, server, [["DBSIZE", 2], ["SELECT 1", "OK"], ["DBSIZE", 0]]);
});

Deno.test("FLUSHDB empties one database, FLUSHALL all of them, now or later", () => {
  for (const option of ["", "ASYNC", "sync"]) {
    using server = testServer({ a: "1" });
    server.send("SELECT 3");
    server.send("SET b 2");
    assertEquals(server.send(`FLUSHDB ${option}`), "OK");
    assertEquals(server.keyspace.databases.map(({ size }) => size).slice(0, 4), [1, 0, 0, 0]);
    server.send("SET b 2");
    assertEquals(server.send(`FLUSHALL ${option}`), "OK");
    assertEquals(server.keyspace.size, 0);
    assertEquals(server.keyspace.lazyFreePending, option === "ASYNC" ? 3 : 0);
  }
});

Deno.test("lazyfree-lazy-user-flush decides when nothing is said", () => {
  using server = testServer({ a: "1" });
  server.settings.setMany([["lazyfree-lazy-user-flush", "yes"]]);
  server.send("FLUSHALL SYNC");
  assertEquals(server.keyspace.lazyFreePending, 0);
  server.send("SET a 1");
  server.send("FLUSHALL");
  assertEquals(server.keyspace.lazyFreePending, 1);
});

Deno.test("FLUSHDB and FLUSHALL refuse other options and remove nothing", async (t) => {
  using server = testServer({ a: "1" });
  await checkReplies(t, server, [
    ["FLUSHDB FOO", "ERR syntax error"],
    ["FLUSHDB ASYNC SYNC", "ERR syntax error"],
    ["FLUSHALL FOO", "ERR syntax error"],
    ["FLUSHALL ASYNC x", "ERR syntax error"],
    ["DBSIZE", 1],
  ]);
});

Deno.test("SWAPDB lets two databases change places under the clients that use them", () => {
  using server = testServer({ k: "from 0" });
  const other = server.connect();
  other.send("SELECT 1");
  assertEquals(server.send("SWAPDB 0 1"), "OK");
  assertEquals(server.send("GET k"), null);
  assertEquals(other.send("GET k"), "from 0");
});

Deno.test("SWAPDB says which index is wrong", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["SWAPDB a 1", "ERR invalid first DB index"],
    ["SWAPDB 0 b", "ERR invalid second DB index"],
    ["SWAPDB 99999999999 0", "ERR invalid first DB index"],
    ["SWAPDB 0 99", "ERR DB index is out of range"],
    ["SWAPDB -1 0", "ERR DB index is out of range"],
    ["SWAPDB 0 0", "OK"],
  ]);
});
