import { assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

Deno.test("CONFIG GET gives pairs of name and value, a map in protocol 3", () => {
  using server = testServer();
  const asked: (readonly string[])[] = [];
  server.settings.getMatching = (patterns?: readonly string[]) => {
    asked.push(patterns ?? []);
    return [["maxmemory", "0"], ["logfile", "\xff"]];
  };
  assertEquals(
    server.raw("CONFIG GET max* LOG*"),
    "*4\r\n$9\r\nmaxmemory\r\n$1\r\n0\r\n$7\r\nlogfile\r\n$1\r\n\xff\r\n",
  );
  assertEquals(asked, [["max*", "LOG*"]]);
  server.client.protocol = 3;
  assertEquals(server.raw("CONFIG GET x").slice(0, 4), "%2\r\n");
});

Deno.test("CONFIG SET hands all pairs over at once and repeats what is wrong with them", () => {
  using server = testServer();
  assertEquals(server.send("CONFIG SET maxmemory 5 databases 3"), "OK");
  assertEquals([server.settings.get("maxmemory"), server.settings.get("databases")], ["5", "3"]);
  assertEquals(server.send("CONFIG SET maxmemory 5 port"), "ERR syntax error");
  const failing = (_pairs: readonly (readonly [string, string])[]): string => "ERR CONFIG SET failed";
  Object.assign(server.settings, { setMany: failing });
  assertEquals(server.send("CONFIG SET maxmemory 5"), "ERR CONFIG SET failed");
});

Deno.test("CONFIG REWRITE answers OK or what went wrong", () => {
  using server = testServer();
  Object.assign(server, { rewriteConfig: () => "ERR The server is running without a config file" });
  assertEquals(server.send("CONFIG REWRITE"), "ERR The server is running without a config file");
  Object.assign(server, { rewriteConfig: () => undefined });
  assertEquals(server.send("CONFIG REWRITE"), "OK");
});

Deno.test("CONFIG RESETSTAT clears the counters", () => {
  using server = testServer({ k: "v" });
  server.send("GET k");
  assertEquals(server.keyspace.hits, 1);
  assertEquals(server.send("CONFIG RESETSTAT"), "OK");
  assertEquals(server.keyspace.hits, 0);
});

Deno.test("CONFIG wants a subcommand that it knows, with its arguments", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["CONFIG", "ERR wrong number of arguments for 'config' command"],
    ["CONFIG FOO", "ERR unknown subcommand 'FOO'. Try CONFIG HELP."],
    ["CONFIG GET", "ERR wrong number of arguments for 'config|get' command"],
    ["CONFIG SET a", "ERR wrong number of arguments for 'config|set' command"],
    ["CONFIG HELP x", "ERR wrong number of arguments for 'config|help' command"],
  ]);
});

Deno.test("CONFIG HELP begins with the usage and ends with itself", () => {
  using server = testServer();
  const lines = server.send("CONFIG HELP");
  const list = Array.isArray(lines) ? lines : [];
  assertEquals(list[0], "CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
  assertEquals(list.slice(-2), ["HELP", "    Prints this help."]);
});
