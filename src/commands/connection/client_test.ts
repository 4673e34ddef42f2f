import { assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

const BAD_NAME = "ERR Client names cannot contain spaces, newlines or special characters.";

Deno.test("CLIENT SETNAME names a connection, CLIENT GETNAME tells the name", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["CLIENT GETNAME", null],
    ["CLIENT SETNAME worker~!", "OK"],
    ["CLIENT GETNAME", "worker~!"],
    ["CLIENT SETNAME 'a b'", BAD_NAME],
    [["CLIENT", "SETNAME", "a\nb"], BAD_NAME],
    [["CLIENT", "SETNAME", "ü"], BAD_NAME],
    [["CLIENT", "SETNAME", "\x7f"], BAD_NAME],
    ["CLIENT GETNAME", "worker~!"],
    ["CLIENT SETNAME ''", "OK"],
    ["CLIENT GETNAME", null],
  ]);
});

Deno.test("CLIENT SETINFO takes name and version of the library", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["CLIENT SETINFO LIB-NAME lib", "OK"],
    ["CLIENT SETINFO lib-ver 1.2", "OK"],
    ["CLIENT SETINFO Lib-Ver 'a b'", "ERR Lib-Ver cannot contain spaces, newlines or special characters."],
    ["CLIENT SETINFO FOO a", "ERR Unrecognized option 'FOO'"],
    ["CLIENT SETINFO LIB-NAME", "ERR wrong number of arguments for 'client|setinfo' command"],
  ]);
  assertEquals([server.client.libraryName, server.client.libraryVersion], ["lib", "1.2"]);
});

Deno.test("CLIENT ID, INFO and LIST tell who is there", async (t) => {
  using server = testServer();
  server.connect();
  await checkReplies(t, server, [
    ["CLIENT ID", 1],
    ["CLIENT INFO", "id=1\n"],
    ["CLIENT LIST", "id=1\nid=2\n"],
    ["CLIENT LIST TYPE NORMAL", "id=1\nid=2\n"],
    ["CLIENT LIST TYPE pubsub", ""],
    ["CLIENT LIST TYPE slave", ""],
    ["CLIENT LIST TYPE foo", "ERR Unknown client type 'foo'"],
    ["CLIENT LIST TYPE constructor", "ERR Unknown client type 'constructor'"],
    ["CLIENT LIST TYPE", "ERR syntax error"],
    ["CLIENT LIST ID 2 9 1", "id=2\nid=1\n"],
    ["CLIENT LIST ID 1 a", "ERR Invalid client ID"],
    ["CLIENT LIST ID", "ERR syntax error"],
    ["CLIENT LIST FOO bar", "ERR syntax error"],
  ]);
  server.client.protocol = 3;
  assertEquals(server.raw("CLIENT INFO"), "=9\r\ntxt:id=1\n\r\n");
});

Deno.test("CLIENT KILL with filters spares the caller, unless told otherwise", async (t) => {
  using server = testServer();
  server.connect();
  server.connect();
  await checkReplies(t, server, [
    ["CLIENT KILL ID 2", 1],
    ["CLIENT KILL ID 2", 0],
    ["CLIENT KILL TYPE normal", 1],
    ["CLIENT KILL TYPE normal", 0],
    ["CLIENT KILL ID 1 ADDR 127.0.0.1:1 SKIPME no", 0],
    ["CLIENT KILL ID 1 LADDR 127.0.0.1:6379 USER default SKIPME no", 1],
  ]);
  assertEquals(server.clients.size, 0);
});

Deno.test("CLIENT KILL of an address closes all that come from there", () => {
  using server = testServer();
  server.connect();
  assertEquals(server.send("CLIENT KILL 1.2.3.4:5"), "ERR No such client");
  assertEquals(server.send("CLIENT KILL 127.0.0.1:50000"), "OK");
  assertEquals(server.clients.size, 0);
});

Deno.test("CLIENT KILL refuses what it does not know, and kills nobody", async (t) => {
  using server = testServer();
  server.connect();
  await checkReplies(t, server, [
    ["CLIENT KILL ID a", "ERR client-id should be greater than 0"],
    ["CLIENT KILL ID 0", "ERR client-id should be greater than 0"],
    ["CLIENT KILL ID 2 ID", "ERR syntax error"],
    ["CLIENT KILL ID 2 SKIPME maybe", "ERR syntax error"],
    ["CLIENT KILL ID 2 MAXAGE 3", "ERR syntax error"],
    ["CLIENT KILL ID 2 TYPE foo", "ERR Unknown client type 'foo'"],
    ["CLIENT KILL ID 2 USER foo", "ERR No such user 'foo'"],
  ]);
  assertEquals(server.clients.size, 2);
});

Deno.test("CLIENT PAUSE holds back all commands or the writing ones, CLIENT UNPAUSE ends it", () => {
  using server = testServer();
  for (const [line, mode] of [["CLIENT PAUSE 100 write", "write"], ["CLIENT PAUSE 100", "all"]] as const) {
    assertEquals(server.send(line), "OK");
    assertEquals(server.clients.pauseMode, mode);
    assertEquals(server.send("CLIENT UNPAUSE"), "OK");
    assertEquals(server.clients.pauseMode, undefined);
  }
});

Deno.test("CLIENT PAUSE refuses wrong times and modes", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["CLIENT PAUSE a", "ERR timeout is not an integer or out of range"],
    ["CLIENT PAUSE -1", "ERR timeout is negative"],
    ["CLIENT PAUSE 1 FOO", "ERR CLIENT PAUSE mode must be WRITE or ALL"],
    [
      "CLIENT PAUSE 1 WRITE x",
      "ERR unknown subcommand or wrong number of arguments for 'PAUSE'. Try CLIENT HELP.",
    ],
  ]);
  assertEquals(server.clients.pauseMode, undefined);
});

Deno.test("CLIENT UNBLOCK finds nobody, and checks what it is told", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["CLIENT UNBLOCK 1", 0],
    ["CLIENT UNBLOCK 1 error", 0],
    ["CLIENT UNBLOCK a", "ERR value is not an integer or out of range"],
    ["CLIENT UNBLOCK a FOO", "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR"],
    [
      "CLIENT UNBLOCK 1 ERROR x",
      "ERR unknown subcommand or wrong number of arguments for 'UNBLOCK'. Try CLIENT HELP.",
    ],
  ]);
});

Deno.test("CLIENT REPLY SKIP passes over one reply, OFF over all until ON", () => {
  using server = testServer();
  const lines = [
    ["CLIENT REPLY SKIP", ""],
    ["PING", ""],
    ["PING", "+PONG\r\n"],
    ["CLIENT REPLY SKIP", ""],
    ["CLIENT REPLY SKIP", ""],
    ["PING", ""],
    ["PING", "+PONG\r\n"],
    ["CLIENT REPLY OFF", ""],
    ["NOSUCH", ""],
    ["CLIENT REPLY SKIP", ""],
    ["PING", ""],
    ["CLIENT REPLY FOO", ""],
    ["CLIENT REPLY ON", "+OK\r\n"],
    ["CLIENT REPLY FOO", "-ERR syntax error\r\n"],
    ["CLIENT REPLY SKIP", ""],
    ["CLIENT REPLY ON", "+OK\r\n"],
    ["PING", "+PONG\r\n"],
  ] as const;
  for (const [line, bytes] of lines) assertEquals(server.raw(line), bytes, line);
});

Deno.test("CLIENT NO-EVICT is on or off", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["CLIENT NO-EVICT on", "OK"],
    ["CLIENT NO-EVICT maybe", "ERR syntax error"],
  ]);
  assertEquals(server.client.noEvict, true);
  server.send("CLIENT NO-EVICT off");
  assertEquals(server.client.noEvict, false);
});

Deno.test("under CLIENT NO-TOUCH reads leave the idle time alone, TOUCH does not", async (t) => {
  using server = testServer({ k: "v" });
  server.clock.advance(10_000);
  await checkReplies(t, server, [
    ["CLIENT NO-TOUCH maybe", "ERR syntax error"],
    ["CLIENT NO-TOUCH ON", "OK"],
    ["GET k", "v"],
    ["OBJECT IDLETIME k", 10],
    ["TOUCH k", 1],
    ["OBJECT IDLETIME k", 0],
  ]);
  server.clock.advance(10_000);
  await checkReplies(t, server, [
    ["GET k", "v"],
    ["OBJECT IDLETIME k", 10],
    ["CLIENT NO-TOUCH OFF", "OK"],
    ["GET k", "v"],
    ["OBJECT IDLETIME k", 0],
  ]);
});

Deno.test("CLIENT HELP names every subcommand", () => {
  using server = testServer();
  const lines = server.send("CLIENT HELP");
  const text = Array.isArray(lines) ? lines.join("\n") : "";
  for (const { spec } of server.commands.get("client")!.subcommands) {
    assertEquals(new RegExp(`^${spec.name}\\b`, "m").test(text), true, spec.name);
  }
});
