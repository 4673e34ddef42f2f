import { assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

const message = (channel: string, text: string) =>
  `*3\r\n$7\r\nmessage\r\n$${channel.length}\r\n${channel}\r\n$${text.length}\r\n${text}\r\n`;

Deno.test("SUBSCRIBE confirms each channel with the number of subscriptions", () => {
  using server = testServer();
  assertEquals(
    server.raw("SUBSCRIBE a b a"),
    "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n" +
      "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:2\r\n",
  );
  assertEquals(server.raw("PSUBSCRIBE p*"), "*3\r\n$10\r\npsubscribe\r\n$2\r\np*\r\n:3\r\n");
  assertEquals(server.raw("SSUBSCRIBE s"), "*3\r\n$10\r\nssubscribe\r\n$1\r\ns\r\n:1\r\n");
});

Deno.test("UNSUBSCRIBE, PUNSUBSCRIBE and SUNSUBSCRIBE without names end all subscriptions of their kind", () => {
  using server = testServer();
  server.raw("SUBSCRIBE a b");
  server.raw("PSUBSCRIBE p*");
  server.raw("SSUBSCRIBE s");
  assertEquals(
    server.raw("UNSUBSCRIBE"),
    "*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:2\r\n*3\r\n$11\r\nunsubscribe\r\n$1\r\nb\r\n:1\r\n",
  );
  assertEquals(server.raw("UNSUBSCRIBE"), "*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:1\r\n");
  assertEquals(server.raw("PUNSUBSCRIBE"), "*3\r\n$12\r\npunsubscribe\r\n$2\r\np*\r\n:0\r\n");
  assertEquals(server.client.kind, "pubsub");
  assertEquals(server.raw("SUNSUBSCRIBE"), "*3\r\n$12\r\nsunsubscribe\r\n$1\r\ns\r\n:0\r\n");
  assertEquals(server.client.kind, "normal");
});

Deno.test("a message goes to those who listen to the channel, then to those whose pattern matches", () => {
  using server = testServer();
  const [one, two, three] = [server.connect(), server.connect(), server.connect()];
  one.raw("SUBSCRIBE news");
  two.raw("HELLO 3");
  two.raw("SUBSCRIBE news");
  two.raw("PSUBSCRIBE n*");
  three.raw("PSUBSCRIBE other*");
  assertEquals(server.send("PUBLISH news hello"), 3);
  assertEquals(one.takeReply(), message("news", "hello"));
  assertEquals(
    two.takeReply(),
    ">3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n" +
      ">4\r\n$8\r\npmessage\r\n$2\r\nn*\r\n$4\r\nnews\r\n$5\r\nhello\r\n",
  );
  assertEquals(three.takeReply(), "");
});

Deno.test("SPUBLISH reaches shard channels only", () => {
  using server = testServer();
  const [one, two] = [server.connect(), server.connect()];
  one.raw("SUBSCRIBE a");
  one.raw("PSUBSCRIBE *");
  two.raw("SSUBSCRIBE a");
  assertEquals(server.send("SPUBLISH a x"), 1);
  assertEquals(server.send("PUBLISH a y"), 2);
  assertEquals(two.takeReply(), "*3\r\n$8\r\nsmessage\r\n$1\r\na\r\n$1\r\nx\r\n");
});

Deno.test("a client of RESP2 that listens may only listen, PING, RESET and QUIT", () => {
  using server = testServer({ k: "v" });
  server.raw("SUBSCRIBE a");
  assertEquals(
    server.send("GET k"),
    "ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context",
  );
  assertEquals(server.send("PING"), ["pong", ""]);
  assertEquals(server.send("RESET"), "RESET");
  assertEquals(server.send("GET k"), "v");
  assertEquals(server.send("PUBSUB NUMSUB a"), ["a", 0]);
});

Deno.test("a client that wants no replies is told messages and confirmations all the same", () => {
  using server = testServer();
  const listener = server.connect();
  listener.raw("HELLO 3");
  assertEquals(listener.raw("CLIENT REPLY OFF"), "");
  assertEquals(listener.raw("SUBSCRIBE a"), ">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n");
  server.send("PUBLISH a x");
  assertEquals(listener.raw("PING"), ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n");
  assertEquals(listener.raw("PUBLISH a y"), ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\ny\r\n");
});

Deno.test("a message that a script sends to its own caller stays when the script fails", () => {
  using server = testServer();
  server.raw("HELLO 3");
  server.raw("SUBSCRIBE a");
  const answer = server.raw([
    "EVAL",
    "redis.call('publish', 'a', 'x') return redis.error_reply('ERR no')",
    "0",
  ]);
  assertEquals(answer, ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n-ERR no\r\n");
  const thrown = server.raw(["EVAL", "redis.call('publish', 'a', 'x') redis.call('none')", "0"]);
  assertEquals(thrown.startsWith(">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n-"), true);
});

Deno.test("SSUBSCRIBE is no part of a transaction", () => {
  using server = testServer();
  server.send("MULTI");
  server.send("SSUBSCRIBE a");
  assertEquals(
    server.raw("EXEC"),
    "*1\r\n-ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client\r\n",
  );
});

Deno.test("PUBSUB tells who listens to what", async (t) => {
  using server = testServer();
  server.connect().raw("SUBSCRIBE a b abc");
  server.connect().raw("SUBSCRIBE a");
  server.connect().raw("PSUBSCRIBE a* b*");
  server.connect().raw("PSUBSCRIBE a*");
  server.connect().raw("SSUBSCRIBE s");
  await checkReplies(t, server, [
    ["PUBSUB CHANNELS a*", ["a", "abc"]],
    ["PUBSUB CHANNELS none", []],
    ["PUBSUB NUMSUB a b none", ["a", 2, "b", 1, "none", 0]],
    ["PUBSUB NUMPAT", 2],
    ["PUBSUB SHARDCHANNELS", ["s"]],
    ["PUBSUB SHARDNUMSUB s a", ["s", 1, "a", 0]],
    [
      "PUBSUB CHANNELS a b",
      "ERR unknown subcommand or wrong number of arguments for 'CHANNELS'. Try PUBSUB HELP.",
    ],
  ]);
  assertEquals((server.send("PUBSUB HELP") as string[]).at(-1), "    Prints this help.");
});
