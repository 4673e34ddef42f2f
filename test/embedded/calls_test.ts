/** Clients of a server in the same process. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createServer, LocalClientClosed, type Message, MustWaitError, ReplyError } from "../../src/mod.ts";

Deno.test("calls take texts, bytes and numbers, and give values", async () => {
  await using server = await createServer();
  const client = server.client();
  assertEquals(await client.call("SET", "k", "wörd"), "OK");
  assertEquals(await client.call("GET", "k"), "wörd");
  assertEquals(await client.call("GET", "nosuch"), null);
  assertEquals(await client.call("INCRBY", "n", 41), 41);
  assertEquals(await client.call("INCRBY", "big", 2n ** 60n), 2n ** 60n);
  assertEquals(await client.call("HSET", "h", "a", 1, "b", 2), 2);
  assertEquals(await client.call("HGETALL", "h"), new Map([["a", "1"], ["b", "2"]]));
  assertEquals(await client.call("SADD", "s", "x"), 1);
  assertEquals(await client.call("SMEMBERS", "s"), new Set(["x"]));
  assertEquals(await client.call("ZADD", "z", 1.5, "m"), 1);
  assertEquals(await client.call("ZSCORE", "z", "m"), 1.5);
  assertEquals(await client.call("MGET", "k", "nosuch"), ["wörd", null]);
});

Deno.test("what is no argument is refused before anything is sent, and the server goes on", async () => {
  await using server = await createServer();
  const client = server.client();
  // As programs without types call it.
  const call = client.call.bind(client) as (...words: unknown[]) => Promise<unknown>;
  const text = "an argument of SET is a string, a number, a bigint or a Uint8Array, not ";
  for (
    const [arg, kind] of [[undefined, "undefined"], [null, "null"], [true, "of type boolean"], [
      ["a"],
      "an array",
    ]]
  ) {
    await assertRejects(() => call("SET", "k", arg), TypeError, `${text}${kind}`);
  }
  await assertRejects(() => call(), TypeError, "a command is a string, not undefined");
  await assertRejects(() => call(["GET", "k"]), TypeError, "a command is a string, not an array");
  assertThrows(
    () => client.callSync("SET", "k", {} as unknown as string),
    TypeError,
    `${text}of type object`,
  );
  assertEquals([await client.call("GET", "k"), await client.call("DBSIZE")], [null, 0]);
});

Deno.test("a client of version 2 gets flat replies, one of bytes gets bytes", async () => {
  await using server = await createServer();
  const old = server.client({ protocol: 2 });
  await old.call("HSET", "h", "a", 1);
  assertEquals(await old.call("HGETALL", "h"), ["a", "1"]);
  const binary = server.client({ bytes: true });
  await binary.call("SET", Uint8Array.of(0, 255), Uint8Array.of(254, 13, 10));
  assertEquals(await binary.call("GET", Uint8Array.of(0, 255)), Uint8Array.of(254, 13, 10));
});

Deno.test("an error is thrown, inside of EXEC it is a value", async () => {
  await using server = await createServer();
  const client = server.client();
  await client.call("SET", "k", "text");
  const error = await assertRejects(() => client.call("INCR", "k"), ReplyError);
  assertEquals(error.message, "ERR value is not an integer or out of range");
  assertEquals(assertThrows(() => client.callSync("LPUSH", "k", "x"), ReplyError).code, "WRONGTYPE");
  await client.call("MULTI");
  assertEquals(await client.call("INCR", "k"), "QUEUED");
  assertEquals(await client.call("GET", "k"), "QUEUED");
  const [failed, value] = await client.call<[ReplyError, string]>("EXEC");
  assert(failed instanceof ReplyError);
  assertEquals(value, "text");
});

Deno.test("calls that are not waited for are carried out in their order", async () => {
  await using server = await createServer();
  const client = server.client();
  const calls = [client.call("SET", "n", 1), client.call("INCR", "n"), client.call("GET", "n")];
  assertEquals(client.callSync("INCR", "n"), 3);
  assertEquals(await Promise.all(calls), ["OK", 2, "2"]);
});

Deno.test("what can be answered at once is, and what cannot is as if it had not been asked", async () => {
  await using server = await createServer();
  const [client, other] = [server.client(), server.client()];
  client.callSync("RPUSH", "q", "job");
  assertEquals(client.callSync("BLPOP", "q", 0), ["q", "job"]);
  assertThrows(() => client.callSync("BLPOP", "q", 0), MustWaitError, "BLPOP has to wait");
  assertEquals(server.blockedClients, 0);
  assertEquals(other.callSync("RPUSH", "q", "next"), 1);
  assertEquals(client.callSync("LLEN", "q"), 1);
  assertThrows(() => client.callSync("EVAL", "return 1", 0), MustWaitError, "EVAL has to wait");
  await server.loadScripting();
  assertEquals(client.callSync("EVAL", "return redis.call('LLEN', KEYS[1])", 1, "q"), 1);
  const waiting = client.call("BLPOP", "nothing", 0);
  await server.settle();
  assertThrows(() => client.callSync("PING"), MustWaitError, "an earlier command");
  await other.call("RPUSH", "nothing", "x");
  assertEquals(await waiting, ["nothing", "x"]);
  assertEquals(client.callSync("PING"), "PONG");
});

Deno.test("with appendfsync always what was answered at once is on the disk", async () => {
  await using server = await createServer({ appendonly: true, appendfsync: "always" });
  const client = server.client();
  assertEquals(client.callSync("SET", "k", "v"), "OK");
  await using after = await createServer({ disk: server.disk.crash(), appendonly: true });
  assertEquals(await after.client().call("GET", "k"), "v");
});

Deno.test("blocked clients are served, and can be seen to be blocked", async () => {
  await using server = await createServer();
  const [worker, producer] = [server.client(), server.client()];
  const job = worker.call("BLMOVE", "todo", "doing", "LEFT", "RIGHT", 0);
  await server.untilBlocked();
  assertEquals([server.blockedClients, worker.isWaiting], [1, true]);
  await producer.call("RPUSH", "todo", "a");
  assertEquals(await job, "a");
  assertEquals([server.blockedClients, worker.isWaiting], [0, false]);
});

Deno.test("messages come to listeners, pushes to who wants all of them", async () => {
  await using server = await createServer();
  const client = server.client();
  const messages: Message[] = [];
  const pushes: unknown[] = [];
  client.onPush = (push) => pushes.push(push[0]);
  await client.subscribe(["a", "b"], (message) => messages.push(message));
  await client.psubscribe("n*", (message) => messages.push({ ...message, message: "by pattern" }));
  // To itself as well: the number of receivers is the reply.
  assertEquals(await client.call("PUBLISH", "a", "hello"), 1);
  assertEquals(await server.client().call("PUBLISH", "news", "x"), 1);
  await server.settle();
  assertEquals(messages.filter(({ message }) => message !== "by pattern"), [
    { channel: "a", message: "hello" },
    { pattern: "n*", channel: "news", message: "x" },
  ]);
  assertEquals(pushes, ["message", "pmessage"]);
});

Deno.test("a listener that throws is the program's failure: all others get what is theirs", async () => {
  await using server = await createServer();
  const [first, second, publisher] = [server.client(), server.client(), server.client()];
  const failures: string[] = [];
  const caught = (event: ErrorEvent) => {
    event.preventDefault();
    failures.push(event.message);
  };
  globalThis.addEventListener("error", caught);
  try {
    const messages: string[] = [];
    await first.subscribe("news", () => {
      throw new Error("broken listener");
    });
    await first.subscribe("news", ({ message }) => void messages.push(`first ${message}`));
    await second.subscribe("news", ({ message }) => void messages.push(`second ${message}`));
    assertEquals(await publisher.call("PUBLISH", "news", "x"), 2);
    assertEquals([await first.call("PING"), messages], ["PONG", ["first x", "second x"]]);
    assertEquals(failures.map((text) => text.replace("Uncaught ", "")), ["Error: broken listener"]);
  } finally {
    globalThis.removeEventListener("error", caught);
  }
});

Deno.test("a subscriber of version 2 gets its messages too", async () => {
  await using server = await createServer();
  const client = server.client({ protocol: 2 });
  const messages: Message[] = [];
  await client.subscribe("a", (message) => messages.push(message));
  await assertRejects(() => client.call("GET", "k"), ReplyError, "Can't execute 'get'");
  await server.client().call("PUBLISH", "a", "hello");
  await server.settle();
  assertEquals(messages, [{ channel: "a", message: "hello" }]);
});

Deno.test("closing a client rejects what it waits for", async () => {
  await using server = await createServer();
  const client = server.client({ name: "worker" });
  const waiting = client.call("BLPOP", "q", 0);
  await server.untilBlocked();
  assertEquals(await server.client().call("CLIENT", "KILL", "ID", client.id), 1);
  await assertRejects(() => waiting, LocalClientClosed);
  await assertRejects(() => client.call("PING"), LocalClientClosed);
  assertThrows(() => client.callSync("PING"), LocalClientClosed);
  assertEquals([client.closed, server.blockedClients], [true, 0]);
});

Deno.test("clients are clients like others: named, listed, paused", async () => {
  await using server = await createServer();
  const client = server.client({ name: "worker" });
  const list = await client.call<string>("CLIENT", "LIST");
  assertEquals(/ name=worker /.test(list), true);
  await client.call("CLIENT", "PAUSE", 60_000, "WRITE");
  assertThrows(() => client.callSync("SET", "k", "v"), MustWaitError);
  assertEquals(client.callSync("GET", "k"), null);
  const held = client.call("SET", "k", "v");
  await server.client().call("CLIENT", "UNPAUSE");
  assertEquals(await held, "OK");
});

Deno.test("MONITOR is refused: its lines could not be told from answers", async () => {
  await using server = await createServer();
  const client = server.client();
  await assertRejects(() => client.call("MONITOR"), ReplyError, "ERR MONITOR needs a connection");
  assertEquals(await client.call("ECHO", "answer"), "answer");
});
