import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { latin1Text } from "../sys/bytes.ts";
import { embeddedServer } from "./embedded.ts";
import { type LocalClient, LocalClientClosed } from "./local_client.ts";

async function ask(client: LocalClient, ...args: string[]): Promise<string> {
  return latin1Text(await client.send(args));
}

/** Gives the server its turns until nobody keeps it busy. */
async function untilServed(client: LocalClient): Promise<void> {
  while ((await ask(client, "PING")).startsWith("-BUSY")) await new Promise((done) => setTimeout(done, 0));
}

const SCRIPT = "redis.call('set', KEYS[1], 'new')\nlocal value = redis.call('get', KEYS[1])\nreturn value";

/** A server whose `k` is `old`, a client that debugs and another one; the script stands at its second line. */
async function begin(mode: "YES" | "SYNC") {
  const server = embeddedServer();
  const [client, other] = [server.client(), server.client()];
  await ask(other, "SET", "k", "old");
  assertEquals(await ask(client, "SCRIPT", "DEBUG", mode), "+OK\r\n");
  assertStringIncludes(
    await ask(client, "EVAL", SCRIPT, "1", "k"),
    "+* Stopped at 1, stop reason = step over\r\n",
  );
  assertStringIncludes(await ask(client, "step"), '+<redis> set k new\r\n+<reply> "+OK"\r\n+* Stopped at 2');
  return { client, other };
}

Deno.test("what is debugged on copies is seen by nobody, and others are served", async () => {
  const { client, other } = await begin("YES");
  assertEquals(await ask(other, "GET", "k"), "$3\r\nold\r\n");
  assertEquals(await ask(other, "SET", "k", "newer"), "+OK\r\n");
  assertEquals(await ask(client, "c"), "*1\r\n+<endsession>\r\n$3\r\nnew\r\n");
  assertEquals(await ask(other, "GET", "k"), "$5\r\nnewer\r\n");
});

Deno.test("commands that look at all keys see copies of all of them", async () => {
  const { client, other } = await begin("YES");
  await ask(other, "SET", "l", "v");
  assertStringIncludes(await ask(client, "redis", "dbsize"), "+<reply> 2\r\n");
  assertStringIncludes(await ask(client, "redis", "flushall"), '+<reply> "+OK"\r\n');
  assertStringIncludes(await ask(client, "redis", "dbsize"), "+<reply> 0\r\n");
  assertEquals(await ask(other, "DBSIZE"), ":2\r\n");
});

Deno.test("all types of values are copied, with their time to live, and from the database that was selected", async () => {
  const server = embeddedServer();
  const [client, other] = [server.client(), server.client()];
  await ask(other, "SELECT", "3");
  await ask(other, "RPUSH", "list", "a", "b");
  await ask(other, "HSET", "hash", "f", "v");
  await ask(other, "ZADD", "zset", "1.5", "m");
  await ask(other, "SADD", "set", "1");
  await ask(other, "SET", "text", "x", "PX", "100000");
  await ask(other, "RPUSH", "many", ...Array.from({ length: 5000 }, (_, i) => `item ${i}`));
  await ask(client, "SELECT", "3");
  await ask(client, "SCRIPT", "DEBUG", "YES");
  await ask(client, "EVAL", "return 1", "0");
  const say = async (line: string) => (await ask(client, ...`redis ${line}`.split(" "))).split("\r\n")[2];
  assertEquals(await say("lrange list 0 -1"), '+<reply> ["a","b"]');
  assertEquals(await say("hgetall hash"), '+<reply> ["f","v"]');
  assertEquals(await say("zrange zset 0 -1 WITHSCORES"), '+<reply> ["m","1.5"]');
  assertEquals(await say("smembers set"), '+<reply> ["1"]');
  assertEquals(await say("ttl text"), "+<reply> 100");
  assertEquals(await say("llen many"), "+<reply> 5000");
  assertEquals(await say("move list 4"), "+<reply> 1");
  assertEquals(await say("copy hash hash DB 4"), "+<reply> 1");
  assertEquals(await say("publish channel message"), "+<reply> 0");
  assertEquals(await ask(other, "EXISTS", "list"), ":1\r\n");
  await ask(client, "c");
});

Deno.test("what is debugged on the data keeps everybody waiting, and remains", async () => {
  const { client, other } = await begin("SYNC");
  assertStringIncludes(await ask(other, "GET", "k"), "-BUSY ");
  assertEquals(await ask(client, "c"), "*1\r\n+<endsession>\r\n$3\r\nnew\r\n");
  assertEquals(await ask(other, "GET", "k"), "$3\r\nnew\r\n");
});

Deno.test("the client is closed when the session has ended", async () => {
  for (const mode of ["YES", "SYNC"] as const) {
    const { client } = await begin(mode);
    assertStringIncludes(await ask(client, "abort"), "-ERR script aborted for user request script: ");
    await assertRejects(() => ask(client, "PING"), LocalClientClosed);
  }
});

Deno.test("SCRIPT KILL ends a session that keeps everybody waiting", async () => {
  const { client, other } = await begin("SYNC");
  assertEquals(await ask(other, "SCRIPT", "KILL"), "+OK\r\n");
  await untilServed(other);
  assertEquals(await ask(other, "GET", "k"), "$3\r\nnew\r\n");
  await assertRejects(() => ask(client, "c"), LocalClientClosed);
});

Deno.test("when its client goes, a script on the data runs to its end, one on copies is forgotten", async () => {
  for (const [mode, value] of [["SYNC", "new"], ["YES", "old"]] as const) {
    const { client, other } = await begin(mode);
    client.close();
    await untilServed(other);
    assertEquals(await ask(other, "GET", "k"), `$3\r\n${value}\r\n`);
  }
});

Deno.test("a script in a transaction is debugged on the data, and the transaction is answered as a whole", async () => {
  const client = embeddedServer().client();
  await ask(client, "SCRIPT", "DEBUG", "SYNC");
  await ask(client, "MULTI");
  await ask(client, "SET", "k", "1");
  await ask(client, "EVAL", "return redis.call('incr', 'k')", "0");
  await ask(client, "INCR", "k");
  assertStringIncludes(await ask(client, "EXEC"), "*2\r\n+* Stopped at 1");
  const end = await ask(client, "c");
  assertEquals(end, "*1\r\n+<endsession>\r\n*3\r\n+OK\r\n:2\r\n:3\r\n");
});

Deno.test("a script that does not compile is a session that has ended", async () => {
  const client = embeddedServer().client();
  await ask(client, "SCRIPT", "DEBUG", "YES");
  assertEquals(
    await ask(client, "EVAL", "return )", "0"),
    "*1\r\n+<endsession>\r\n-ERR Error compiling script (new function): user_script:1: unexpected symbol near ')'\r\n",
  );
});
