import { assert, assertEquals } from "@std/assert";
import { Type } from "../../store/memory/entry.ts";
import { checkReplies, type TestServer, testServer } from "../../../test/support/test_server.ts";

function serverWith(count: number): TestServer {
  return testServer(Object.fromEntries(Array.from({ length: count }, (_, i) => [`key:${i}`, "v"])));
}

/** All keys that a whole walk shows. */
function walk(server: TestServer, options = ""): string[] {
  const seen: string[] = [];
  let cursor = "0";
  do {
    const [next, keys] = server.send(`SCAN ${cursor} ${options}`) as [string, string[]];
    seen.push(...keys);
    cursor = next;
  } while (cursor !== "0");
  return seen;
}

function keysOf(server: TestServer, pattern: string): string[] {
  return (server.send(`KEYS ${pattern}`) as string[]).sort();
}

Deno.test("KEYS lists the keys that match", () => {
  using server = testServer({ one: "1", two: "2", three: "3", "": "empty" });
  assertEquals(keysOf(server, "*"), ["", "one", "three", "two"]);
  assertEquals(keysOf(server, "t*"), ["three", "two"]);
  assertEquals(keysOf(server, "?n[a-e]"), ["one"]);
  assertEquals(keysOf(server, "x*"), []);
  // The reference's matcher lets nothing but an empty pattern match the empty key.
  assertEquals(keysOf(server, "**"), ["one", "three", "two"]);
});

Deno.test("KEYS answers more keys than a reply buffer holds", () => {
  using server = serverWith(5000);
  assertEquals(keysOf(server, "*").length, 5000);
  assertEquals(keysOf(server, "key:49?"), Array.from({ length: 10 }, (_, i) => `key:49${i}`));
});

Deno.test("KEYS shows no dead key, SCAN removes the dead ones that it meets", () => {
  using server = testServer({ a: "1", b: "2" });
  server.send("PEXPIRE a 10");
  server.clock.advance(11);
  const db = server.keyspace.databases[0]!;
  assertEquals(server.send("KEYS *"), ["b"]);
  assertEquals(db.size, 2);
  assertEquals(walk(server, "MATCH x*"), []);
  assertEquals(db.size, 2);
  assertEquals(walk(server), ["b"]);
  assertEquals(db.size, 1);
});

Deno.test("a walk of SCAN shows every key", () => {
  using server = serverWith(3000);
  const all = Array.from({ length: 3000 }, (_, i) => `key:${i}`).sort();
  assertEquals(walk(server).sort(), all);
  assertEquals(walk(server, "COUNT 1").sort(), all);
  assertEquals(walk(server, "COUNT 9223372036854775807").sort(), all);
});

Deno.test("SCAN COUNT says about how many keys one call shows", () => {
  using server = serverWith(3000);
  const [cursor, keys] = server.send("SCAN 0 COUNT 100") as [string, string[]];
  assert(keys.length >= 100 && keys.length < 130, `${keys.length}`);
  assert(cursor !== "0");
});

Deno.test("SCAN MATCH and TYPE choose among the keys", () => {
  using server = testServer({ one: "1", two: "2", three: "3", l: "x" });
  server.pretendType("l", Type.list);
  assertEquals(walk(server, "MATCH t*").sort(), ["three", "two"]);
  assertEquals(walk(server, "TYPE string").sort(), ["one", "three", "two"]);
  assertEquals(walk(server, "type LIST"), ["l"]);
  assertEquals(walk(server, "TYPE list MATCH t*"), []);
  assertEquals(walk(server, "MATCH x MATCH o*"), ["one"]);
  // A type that nobody knows is the type of no key.
  assertEquals(walk(server, "TYPE foo"), []);
  assertEquals(walk(server, 'TYPE ""'), []);
});

Deno.test("SCAN reads its cursor, then its options", async (t) => {
  using server = testServer();
  const nothing = ["0", []];
  await checkReplies(t, server, [
    ["SCAN a FOO", "ERR invalid cursor"],
    ["SCAN 1a", "ERR invalid cursor"],
    ['SCAN " 0"', "ERR invalid cursor"],
    ["SCAN 0x0", "ERR invalid cursor"],
    ["SCAN -", "ERR invalid cursor"],
    ["SCAN 18446744073709551616", "ERR invalid cursor"],
    ["SCAN 0 COUNT", "ERR syntax error"],
    ["SCAN 0 COUNT 0", "ERR syntax error"],
    ["SCAN 0 COUNT -1", "ERR syntax error"],
    ["SCAN 0 COUNT a", "ERR value is not an integer or out of range"],
    ["SCAN 0 FOO bar", "ERR syntax error"],
    ["SCAN", "ERR wrong number of arguments for 'scan' command"],
    ['SCAN ""', nothing],
    ["SCAN +0", nothing],
    ["SCAN -0", nothing],
    ["SCAN 00", nothing],
  ]);
});

Deno.test("SCAN takes any number of 64 bits for a cursor", () => {
  using server = serverWith(100);
  for (const cursor of ["-1", "+1", "4294967295", "18446744073709551615", "123456789012345"]) {
    const reply = server.send(`SCAN ${cursor}`);
    assert(Array.isArray(reply) && reply.length === 2, `${cursor}: ${reply}`);
  }
});

Deno.test("RANDOMKEY names a key that lives", () => {
  using server = testServer({ a: "1", b: "2", c: "3" });
  server.send("PEXPIRE c 10");
  server.clock.advance(11);
  const seen = new Set(Array.from({ length: 50 }, () => server.send("RANDOMKEY")));
  assertEquals([...seen].sort(), ["a", "b"]);
  server.send("DEL a b");
  assertEquals(server.send("RANDOMKEY"), null);
});
