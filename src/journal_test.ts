import { assertEquals } from "@std/assert";
import { parseRequests } from "../test/support/requests.ts";
import { testServer } from "../test/support/test_server.ts";
import { latin1 } from "../test/support/split_args.ts";
import { Args } from "./args.ts";
import { Journal } from "./journal.ts";

/** A server whose journal is open, and what it recorded since the last call, a line an effect. */
function recording() {
  const server = testServer();
  const { journal } = server;
  journal.open(server.keyspace.dirty);
  server.keyspace.listeners.expired = (database, key) => journal.also(database, "DEL", key);
  return {
    server,
    taken(): string[] {
      const lines = effects(latin1(journal.bytes()));
      journal.clear();
      return lines;
    },
  };
}

function effects(text: string): string[] {
  return parseRequests(text).map((words) => words.join(" "));
}

Deno.test("a command that changed something is recorded as it was sent, and no other", () => {
  const { server, taken } = recording();
  for (const line of ["set key1 Hello", "append key1 ' World!'", "get key1", "del key1", "del no_such_key"]) {
    server.send(line);
  }
  assertEquals(taken(), ["SELECT 0", "set key1 Hello", "append key1  World!", "del key1"]);
  server.send("LPUSH key1 a");
  server.send("SET key1 b NX");
  server.send("INCR key1");
  assertEquals(taken(), ["LPUSH key1 a"]);
});

Deno.test("arguments are recorded in other words, for the command that said so only", () => {
  const { server, taken } = recording();
  const now = server.clock.now();
  server.send("xadd k * f v");
  server.send("XADD k 5-* f v");
  server.send("XADD k MAXLEN ~ 9 LIMIT 3 * f v");
  server.send("XADD k NOMKSTREAM MINID ~ 1 LIMIT 3 99999999999999-07 f v");
  server.send("SET a b");
  assertEquals(taken(), [
    "SELECT 0",
    `xadd k ${now}-0 f v`,
    `XADD k MAXLEN = 2 LIMIT 3 ${now}-1 f v`,
    `XADD k NOMKSTREAM MINID = ${now}-0 LIMIT 3 99999999999999-07 f v`,
    "SET a b",
  ]);
  for (const line of ["MULTI", "XADD l * f v", "XADD l 0-1 f v", "XADD l * f v", "EXEC"]) server.send(line);
  assertEquals(taken(), ["MULTI", `XADD l ${now}-0 f v`, `XADD l ${now}-1 f v`, "EXEC"]);
});

Deno.test("SELECT is recorded when the database is another one than that of the last effect", () => {
  const { server, taken } = recording();
  for (const line of ["SET a 1", "SELECT 3", "SELECT 0", "SET a 2", "SELECT 3", "SET a 3", "SET a 4"]) {
    server.send(line);
  }
  assertEquals(taken(), ["SELECT 0", "SET a 1", "SET a 2", "SELECT 3", "SET a 3", "SET a 4"]);
  server.journal.forgetDatabase();
  server.send("SET a 5");
  assertEquals(taken(), ["SELECT 3", "SET a 5"]);
});

Deno.test("the effects of a transaction stand between MULTI and EXEC, unless there is only one", () => {
  const { server, taken } = recording();
  for (const line of ["MULTI", "SET a 1", "GET a", "SELECT 2", "SET b 2", "EXEC"]) server.send(line);
  assertEquals(taken(), ["SELECT 0", "MULTI", "SET a 1", "SELECT 2", "SET b 2", "EXEC"]);
  for (const line of ["MULTI", "GET a", "SET a 1", "EXEC"]) server.send(line);
  assertEquals(taken(), ["SET a 1"]);
  for (const line of ["MULTI", "GET a", "EXEC", "MULTI", "SET a 1", "DISCARD"]) server.send(line);
  assertEquals(taken(), []);
});

Deno.test("a key that died of age is recorded before the command that met it", () => {
  const { server, taken } = recording();
  server.send("PSETEX a 10 v");
  taken();
  server.clock.advance(20);
  server.send("GET a");
  assertEquals(taken(), ["DEL a"]);
  server.send("PSETEX a 10 v");
  taken();
  server.clock.advance(20);
  server.send("APPEND a w");
  assertEquals(taken(), ["MULTI", "DEL a", "APPEND a w", "EXEC"]);
});

Deno.test("what is said in place of a command is recorded instead of it, but only of that one", () => {
  const journal = new Journal();
  journal.instead({ id: 0 }, "SET", "a", 1);
  assertEquals(journal.length, 0);
  journal.open(7);
  journal.beginUnit(7);
  journal.instead({ id: 0 }, "SET", "a", 1.5);
  journal.instead({ id: 0 }, "PEXPIREAT", "a", 5n);
  journal.endUnit();
  assertEquals(effects(latin1(journal.bytes())), ["SELECT 0", "MULTI", "SET a 1.5", "PEXPIREAT a 5", "EXEC"]);
  journal.close();
  assertEquals([journal.length, journal.isOpen], [0, false]);
});

Deno.test("a command that takes the count of changes back is not recorded, one that wants to be is", () => {
  const journal = new Journal();
  journal.open(7);
  const args = Args.of("SAVE");
  journal.beginUnit(7);
  journal.ran(0, 0, args);
  journal.endUnit();
  assertEquals(journal.length, 0);
  journal.beginUnit(0);
  journal.inAnyCase();
  journal.ran(0, 0, args);
  journal.ran(0, 0, args);
  journal.endUnit();
  assertEquals(effects(latin1(journal.bytes())), ["SELECT 0", "SAVE"]);
});

Deno.test("effects that stand apart are not made a transaction", () => {
  const { server, taken } = recording();
  for (const key of ["a", "b"]) server.send(["PSETEX", key, "10", "v"]);
  taken();
  server.clock.advance(20);
  server.send("SCAN 0");
  assertEquals(taken().sort(), ["DEL a", "DEL b"]);
});

Deno.test("long words and many of them", () => {
  const { server, taken } = recording();
  const long = "x".repeat(200_000);
  server.send(["SET", "a", long]);
  server.send(["RPUSH", "l", ...Array.from({ length: 1000 }, (_, i) => `${i}`)]);
  const [, set, push] = taken();
  assertEquals(set, `SET a ${long}`);
  assertEquals(push?.split(" ").length, 1002);
});
