import { assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

// Which commands touch watched keys, and what else ends a transaction, is compared with the reference in test/compat.

Deno.test("MULTI queues, EXEC carries out, and errors do not stop it", async (t) => {
  using server = testServer({ s: "abc" });
  await checkReplies(t, server, [
    ["MULTI", "OK"],
    ["SET k 1", "QUEUED"],
    ["INCR s", "QUEUED"],
    ["INCR k", "QUEUED"],
  ]);
  assertEquals(server.connect().send("GET k"), null, "nothing has happened yet");
  assertEquals(
    server.raw("EXEC"),
    "*3\r\n+OK\r\n-ERR value is not an integer or out of range\r\n:2\r\n",
  );
  assertEquals(server.send("EXEC"), "ERR EXEC without MULTI");
});

Deno.test("what cannot be queued makes EXEC refuse all, and DISCARD forgets it", async (t) => {
  using server = testServer({ k: "1" });
  await checkReplies(t, server, [
    ["MULTI", "OK"],
    ["INCR k", "QUEUED"],
    ["GET", "ERR wrong number of arguments for 'get' command"],
    ["INCR k", "QUEUED"],
    ["EXEC", "EXECABORT Transaction discarded because of previous errors."],
    ["MULTI", "OK"],
    ["SHUTDOWN", "ERR Command not allowed inside a transaction"],
    ["DISCARD", "OK"],
    ["MULTI", "OK"],
    ["GET k", "QUEUED"],
    ["EXEC", ["1"]],
    ["DISCARD", "ERR DISCARD without MULTI"],
  ]);
});

Deno.test("EXEC does nothing when a watched key was changed by somebody else, or by the client itself", () => {
  using server = testServer({ k: "1" });
  const other = server.connect();
  for (const changer of [other, server.client]) {
    server.send("WATCH k");
    changer.send("INCR k");
    server.send("MULTI");
    server.send("SET k lost");
    assertEquals(server.raw("EXEC"), "*-1\r\n");
  }
  assertEquals(server.send("GET k"), "3");
  server.send("WATCH k");
  other.send("INCR k");
  server.send("UNWATCH");
  server.send("MULTI");
  assertEquals(server.send("EXEC"), []);
});

Deno.test("nothing is listened to when nobody watches: after EXEC, DISCARD, UNWATCH and RESET", () => {
  using server = testServer();
  const { watches } = server.keyspace;
  for (const end of [["MULTI", "EXEC"], ["MULTI", "DISCARD"], ["UNWATCH"], ["RESET"], ["MULTI", "EXEC x"]]) {
    server.send("WATCH a b c");
    assertEquals(watches.isEmpty, false);
    for (const line of end) server.send(line);
    assertEquals(watches.isEmpty, true, end.join(" "));
  }
  server.send("WATCH a");
  server.send("SET a 1");
  assertEquals(watches.isEmpty, true, "who is touched needs no more watching");
});

Deno.test("a watched key that dies before EXEC stops it although nobody has removed it", () => {
  using server = testServer();
  server.send("SET k v PX 100");
  server.send("WATCH k");
  server.clock.advance(200);
  server.send("MULTI");
  assertEquals(server.send("EXEC"), null);
  server.send("WATCH k");
  server.send("MULTI");
  assertEquals(server.send("EXEC"), [], "it was dead already");
});

Deno.test("commands inside of EXEC are counted and timed, and EXEC for them all", () => {
  using server = testServer();
  const counted = (name: string) => {
    const { calls, rejectedCalls, failedCalls } = server.commands.get(name)!;
    return [calls, rejectedCalls, failedCalls];
  };
  for (const line of ["SET k abc", "MULTI", "INCR k", "GET k", "GET k", "EXEC", "MULTI", "FOO", "EXEC"]) {
    server.send(line);
  }
  assertEquals(["incr", "get", "exec", "multi"].map(counted), [[1, 0, 1], [2, 0, 0], [2, 0, 1], [2, 0, 0]]);
  assertEquals(server.dispatcher.commandsProcessed, 1 + 2 + 3 + 2);
});

Deno.test("a transaction that has failed keeps no more requests", () => {
  using server = testServer();
  server.send("MULTI");
  server.send("PING");
  server.send("FOO");
  server.send("PING");
  assertEquals(server.client.transaction?.commands.length, 1);
});
