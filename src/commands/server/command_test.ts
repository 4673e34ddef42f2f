import { assert, assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";
import type { Plain } from "../../../test/support/resp_value.ts";

/** The first key specification of GET and others, as redis-server 7.0.15 writes it. */
const KEY_AT_1 =
  "$12\r\nbegin_search\r\n*4\r\n$4\r\ntype\r\n$5\r\nindex\r\n$4\r\nspec\r\n*2\r\n$5\r\nindex\r\n:1\r\n" +
  "$9\r\nfind_keys\r\n*4\r\n$4\r\ntype\r\n$5\r\nrange\r\n$4\r\nspec\r\n*6\r\n" +
  "$7\r\nlastkey\r\n:0\r\n$7\r\nkeystep\r\n:1\r\n$5\r\nlimit\r\n:0\r\n";

function names(reply: Plain): string[] {
  assert(Array.isArray(reply));
  return reply.map(String);
}

Deno.test("COMMAND INFO writes what the reference writes, byte by byte", () => {
  using server = testServer();
  assertEquals(
    server.raw("COMMAND INFO get client|id nosuch get|x"),
    "*4\r\n*10\r\n$3\r\nget\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n:1\r\n*3\r\n+@read\r\n+@string\r\n+@fast\r\n" +
      `*0\r\n*1\r\n*6\r\n$5\r\nflags\r\n*2\r\n+RO\r\n+access\r\n${KEY_AT_1}*0\r\n` +
      "*10\r\n$9\r\nclient|id\r\n:2\r\n*3\r\n+noscript\r\n+loading\r\n+stale\r\n:0\r\n:0\r\n:0\r\n" +
      "*2\r\n+@slow\r\n+@connection\r\n*0\r\n*0\r\n*0\r\n" +
      "$-1\r\n$-1\r\n",
  );
});

Deno.test("COMMAND INFO has sets and maps in protocol 3", () => {
  using server = testServer();
  server.client.protocol = 3;
  const inMaps = KEY_AT_1.replaceAll("*4", "%2").replaceAll("*2", "%1").replaceAll("*6", "%3");
  assertEquals(
    server.raw("COMMAND INFO GET"),
    "*1\r\n*10\r\n$3\r\nget\r\n:2\r\n~2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n:1\r\n~3\r\n+@read\r\n+@string\r\n+@fast\r\n" +
      `~0\r\n~1\r\n%3\r\n$5\r\nflags\r\n~2\r\n+RO\r\n+access\r\n${inMaps}~0\r\n`,
  );
});

Deno.test("first key, last key and step follow from the key specifications", () => {
  using server = testServer();
  const places = (name: string): Plain[] => {
    const [entry] = server.send(`COMMAND INFO ${name}`) as Plain[][];
    return entry!.slice(3, 6);
  };
  assertEquals(places("get"), [1, 1, 1]);
  assertEquals(places("mset"), [1, -1, 2]);
  assertEquals(places("del"), [1, -1, 1]);
  assertEquals(places("rename"), [1, 2, 1]);
  assertEquals(places("memory|usage"), [2, 2, 1]);
  assertEquals(places("ping"), [0, 0, 0]);
});

Deno.test("COMMAND, COMMAND INFO, COUNT, LIST and DOCS tell of the same commands", () => {
  using server = testServer();
  const all = server.send("COMMAND") as Plain[][];
  assertEquals(server.send("COMMAND INFO"), all);
  assertEquals(server.send("COMMAND COUNT"), all.length);
  const tops = names(server.send("COMMAND LIST")).filter((name) => !name.includes("|"));
  assertEquals(tops, all.map(([name]) => name as string));
  const docs = server.send("COMMAND DOCS") as Plain[];
  assertEquals(docs.filter((_, i) => i % 2 === 0).map(String), tops);
});

Deno.test("COMMAND LIST filters by pattern in any case, by category, by module", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["COMMAND LIST FILTERBY PATTERN MEMORY|*s", ["memory|malloc-stats", "memory|stats"]],
    ["COMMAND LIST FILTERBY MODULE json", []],
    ["COMMAND LIST FILTERBY ACLCAT nosuch", []],
    ["COMMAND LIST FILTERBY ACLCAT Keyspace x", "ERR syntax error"],
    ["COMMAND LIST FILTERBY PATTERN", "ERR syntax error"],
    ["COMMAND LIST FILTERBY FOO a", "ERR syntax error"],
    ["COMMAND LIST FOO", "ERR syntax error"],
  ]);
  const dangerous = names(server.send("COMMAND LIST FILTERBY ACLCAT DANGEROUS"));
  assert(dangerous.includes("flushall") && dangerous.includes("client|kill"));
  assert(!dangerous.includes("get") && !dangerous.includes("client|id"));
});

Deno.test("COMMAND GETKEYS finds the keys of a request", async (t) => {
  using server = testServer();
  const wrongCount = "ERR Invalid number of arguments specified for command";
  await checkReplies(t, server, [
    ["COMMAND GETKEYS GET a", ["a"]],
    ["COMMAND GETKEYS mset a 1 b 2", ["a", "b"]],
    ["COMMAND GETKEYS DEL a b c", ["a", "b", "c"]],
    ["COMMAND GETKEYS RENAME a b", ["a", "b"]],
    ["COMMAND GETKEYS OBJECT freq b", ["b"]],
    ["COMMAND GETKEYS MEMORY USAGE k SAMPLES 5", ["k"]],
    ["COMMAND GETKEYS GET a b", wrongCount],
    ["COMMAND GETKEYS MEMORY USAGE", wrongCount],
    ["COMMAND GETKEYS foo a", "ERR Invalid command specified"],
    ["COMMAND GETKEYS OBJECT FOO b", "ERR Invalid command specified"],
    ["COMMAND GETKEYS CLIENT ID", "ERR The command has no key arguments"],
    ["COMMAND GETKEYS PING", "ERR wrong number of arguments for 'command|getkeys' command"],
  ]);
});

Deno.test("COMMAND GETKEYSANDFLAGS tells what is done to the keys, by the arguments where it depends on them", () => {
  using server = testServer();
  assertEquals(server.send("COMMAND GETKEYSANDFLAGS GET a"), [["a", ["RO", "access"]]]);
  assertEquals(server.send("COMMAND GETKEYSANDFLAGS SET a b"), [["a", ["OW", "update"]]]);
  assertEquals(server.send("COMMAND GETKEYSANDFLAGS SET a b GET"), [["a", ["RW", "access", "update"]]]);
  server.client.protocol = 3;
  assertEquals(
    server.raw("COMMAND GETKEYSANDFLAGS SET a b"),
    "*1\r\n*2\r\n$1\r\na\r\n~2\r\n+OW\r\n+update\r\n",
  );
});

Deno.test("COMMAND DOCS describes commands, subcommands and arguments", () => {
  using server = testServer();
  const [name, fields] = server.send("COMMAND DOCS get nosuch") as [string, Plain[]];
  assertEquals(name, "get");
  assertEquals(fields.filter((_, i) => i % 2 === 0), [
    "summary",
    "since",
    "group",
    "complexity",
    "arguments",
  ]);
  assertEquals(fields.at(-1), [["name", "key", "type", "key", "key_spec_index", 0]]);
  const old = (server.send("COMMAND DOCS substr") as Plain[][])[1]!;
  assertEquals(old.slice(8, 14), [
    "doc_flags",
    ["deprecated"],
    "deprecated_since",
    "2.0.0",
    "replaced_by",
    "`GETRANGE`",
  ]);
  const debug = (server.send("COMMAND DOCS debug") as Plain[][])[1]!;
  assertEquals(debug.slice(8, 10), ["doc_flags", ["syscmd"]]);
  const config = (server.send("COMMAND DOCS config") as Plain[][])[1]!;
  assertEquals(config.at(-2), "subcommands");
  assertEquals((config.at(-1) as Plain[])[0], "config|get");
});

Deno.test("COMMAND HELP names every subcommand", () => {
  using server = testServer();
  const lines = names(server.send("COMMAND HELP"));
  for (const { spec } of server.commands.get("command")!.subcommands) {
    assert(lines.some((line) => line.split(" ")[0] === spec.name), spec.name);
  }
});
