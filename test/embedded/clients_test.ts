/** Clients of others, in the same process: over a connection without a socket where they take one, else over port 0. */
import { assertEquals, assertRejects } from "@std/assert";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { createServer } from "../../src/mod.ts";

// These clients keep timers that outlive `disconnect` by a turn of the event loop.
const LOOSE = { sanitizeOps: false, sanitizeResources: false };

Deno.test("ioredis talks to a server without a socket", LOOSE, async () => {
  await using server = await createServer();
  const redis = new Redis({ ...server.ioredis() });
  assertEquals(await redis.set("k", "v"), "OK");
  assertEquals(await redis.get("k"), "v");
  const pipeline = redis.pipeline();
  for (let i = 0; i < 5000; i++) pipeline.set(`key:${i}`, "x".repeat(100));
  assertEquals((await pipeline.exec())?.length, 5000);
  const large = "y".repeat(3_000_000);
  await redis.set("large", large);
  assertEquals((await redis.get("large"))?.length, large.length);
  assertEquals(await redis.getBuffer("large").then((bytes) => bytes?.length), large.length);
  assertEquals(await server.client().call("DBSIZE"), 5002);
  await redis.quit();
});

Deno.test("ioredis blocks until time passes, and gets messages", LOOSE, async () => {
  await using server = await createServer({ clock: "manual" });
  const redis = new Redis({ ...server.ioredis() });
  const pop = redis.blpop("q", 30);
  await server.untilBlocked();
  await server.advance(30_000);
  assertEquals(await pop, null);
  const subscriber = redis.duplicate();
  const message = new Promise((resolve) => subscriber.on("message", (...all: string[]) => resolve(all)));
  await subscriber.subscribe("news");
  await redis.publish("news", "hello");
  assertEquals(await message, ["news", "hello"]);
  redis.disconnect();
  subscriber.disconnect();
});

Deno.test("ioredis connects again after a cut, and sends again what has no reply", LOOSE, async () => {
  await using server = await createServer();
  const redis = new Redis({ ...server.ioredis(), retryStrategy: () => 1 });
  redis.on("error", () => {});
  let closes = 0;
  redis.on("close", () => closes++);
  await redis.set("k", "v");
  const cut = server.faults.disconnect("GET", { times: 1 });
  assertEquals(await redis.get("k"), "v");
  assertEquals([closes, cut.hits], [1, 1]);
  // A reply that is lost: the command is carried out twice, as over a real network.
  server.faults.disconnect("INCR", { times: 1, carriedOut: true });
  assertEquals(await redis.incr("n"), 2);
  redis.disconnect();
});

Deno.test("ioredis asks for a password, and sees errors on demand", LOOSE, async () => {
  await using server = await createServer({ requirepass: "secret" });
  const redis = new Redis({ ...server.ioredis(), password: "secret" });
  server.faults.reply("SET", "READONLY You can't write against a read only replica.", { times: 1 });
  await assertRejects(() => redis.set("k", "v"), Error, "READONLY");
  assertEquals(await redis.set("k", "v"), "OK");
  redis.disconnect();
});

Deno.test("a stream that is closed is a client that is gone", LOOSE, async () => {
  await using server = await createServer();
  const stream = await server.connect();
  const replies: string[] = [];
  stream.on("data", (chunk: Uint8Array) => replies.push(new TextDecoder().decode(chunk)));
  stream.write("PING\r\n");
  await server.settle();
  assertEquals(replies, ["+PONG\r\n"]);
  const closed = new Promise((resolve) => stream.on("close", resolve));
  stream.end("BLPOP q 0\r\n");
  await closed;
  await server.settle();
  assertEquals(server.blockedClients, 0);
});

Deno.test("a stream ends when the server ends the connection", LOOSE, async () => {
  await using server = await createServer();
  const stream = await server.connect();
  const closed = new Promise((resolve) => stream.on("close", resolve));
  stream.resume();
  stream.write("QUIT\r\n");
  await closed;
});

Deno.test("a connection too many is refused with the words of a socket", LOOSE, async () => {
  await using server = await createServer({ maxclients: 1 });
  const first = await server.connect();
  const second = await server.connect();
  let said = "";
  second.on("data", (chunk: Uint8Array) => said += new TextDecoder().decode(chunk));
  await new Promise((resolve) => second.on("close", resolve));
  assertEquals(said, "-ERR max number of clients reached\r\n");
  first.destroy();
});

Deno.test("node-redis takes no stream, but port 0", LOOSE, async () => {
  await using server = await createServer({ port: 0, clock: "manual" });
  const redis = createClient({ url: server.url });
  await redis.connect();
  await redis.set("k", "v", { PX: 1000 });
  const pop = redis.blPop("q", 5);
  await server.untilBlocked();
  await server.advance(5000);
  assertEquals(await pop, null);
  assertEquals(await redis.get("k"), null);
  redis.destroy();
});
