/** ioredis, unchanged, against redeno. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Redis, type RedisOptions } from "ioredis";
import { startRedeno } from "../support/redeno_server.ts";
import type { ServerProcess } from "../support/server_process.ts";

type Options = Pick<RedisOptions, "retryStrategy" | "password" | "connectionName" | "db">;

/** Runs `body` with a connected client, and closes it whatever happens. */
async function withClient(
  server: ServerProcess,
  body: (redis: Redis) => Promise<void>,
  options: Options = {},
): Promise<void> {
  assert("port" in server.address);
  const redis = new Redis({ host: server.address.hostname, port: server.address.port, ...options });
  // Errors of single commands reject their promises; a lost connection is what some tests are about.
  redis.on("error", () => {});
  try {
    await body(redis);
  } finally {
    redis.disconnect();
  }
}

async function withServer(
  body: (redis: Redis, server: ServerProcess) => Promise<void>,
  options?: Options,
): Promise<void> {
  await using server = await startRedeno({ listen: "tcp" });
  await withClient(server, (redis) => body(redis, server), options);
}

// The client keeps timers and sockets of node:net that outlive `disconnect` by a turn of the event loop.
const LOOSE = { sanitizeOps: false, sanitizeResources: false };

Deno.test("ioredis connects, asks INFO and is ready", LOOSE, async () => {
  await withServer(async (redis) => {
    assertEquals(await redis.ping(), "PONG");
    assertEquals(redis.status, "ready");
    assertStringIncludes(await redis.info("server"), "redis_version:7.0.15");
    assertEquals(await redis.set("k", "v"), "OK");
    assertEquals(await redis.get("k"), "v");
    assertEquals(await redis.get("nosuch"), null);
  });
});

Deno.test("ioredis gets its pipeline answered in order, errors in their place", LOOSE, async () => {
  await withServer(async (redis) => {
    const pipeline = redis.pipeline();
    for (let i = 0; i < 1000; i++) pipeline.set(`key:${i}`, i).incr(`key:${i}`);
    pipeline.set("text", "abc").incr("text").get("text");
    const results = await pipeline.exec();
    assertEquals(results?.length, 2003);
    assertEquals(results?.slice(0, 4), [[null, "OK"], [null, 1], [null, "OK"], [null, 2]]);
    assertStringIncludes(String(results?.[2001]?.[0]), "ERR value is not an integer or out of range");
    assertEquals(results?.[2002], [null, "abc"]);
  });
});

Deno.test("ioredis sends and gets binary keys and values", LOOSE, async () => {
  await withServer(async (redis) => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    await redis.set(bytes, bytes);
    assertEquals([...(await redis.getBuffer(bytes))!], [...bytes]);
    assertEquals(await redis.strlen(bytes), 256);
    const large = Buffer.alloc(3_000_000, 7);
    await redis.set("large", large);
    assert(large.equals((await redis.getBuffer("large"))!));
  });
});

Deno.test("ioredis uses commands of many keys", LOOSE, async () => {
  await withServer(async (redis) => {
    await redis.mset({ a: "1", b: "2", c: "3" });
    assertEquals(await redis.mget("a", "b", "nosuch", "c"), ["1", "2", null, "3"]);
    assertEquals(await redis.exists("a", "b", "nosuch"), 2);
    assertEquals((await redis.keys("*")).sort(), ["a", "b", "c"]);
    const scanned: string[] = [];
    for await (const keys of redis.scanStream({ match: "*", count: 1 })) scanned.push(...keys);
    assertEquals(scanned.sort(), ["a", "b", "c"]);
    assertEquals(await redis.del("a", "b", "nosuch"), 2);
    assertEquals(await redis.dbsize(), 1);
  });
});

Deno.test("ioredis sees errors as Redis words them", LOOSE, async () => {
  await withServer(async (redis) => {
    await assertRejects(() => redis.call("NOSUCH", "a"), Error, "ERR unknown command 'NOSUCH'");
    await assertRejects(() => redis.call("GET"), Error, "ERR wrong number of arguments for 'get' command");
    await redis.set("text", "abc");
    await assertRejects(() => redis.incr("text"), Error, "ERR value is not an integer or out of range");
  });
});

Deno.test("ioredis comes back after CLIENT KILL, and selects its database again", LOOSE, async () => {
  await withServer(async (redis, server) => {
    await redis.select(3);
    await redis.set("k", "in 3");
    const id = await redis.client("ID");
    const closed = new Promise((resolve) => redis.once("close", resolve));
    const ready = new Promise((resolve) => redis.once("ready", resolve));
    using killer = await server.connect();
    const { value } = await killer.send(["CLIENT", "KILL", "ID", String(id)]);
    assertEquals(value, { kind: "integer", value: 1n });
    await closed;
    await ready;
    assertEquals(await redis.get("k"), "in 3");
    assert(await redis.client("ID") !== id);
  }, { retryStrategy: () => 1 });
});

Deno.test("ioredis logs in, names itself and switches databases", LOOSE, async () => {
  await using server = await startRedeno({ listen: "tcp", args: ["--requirepass", "secret"] });
  await withClient(server, async (redis) => {
    assertEquals(await redis.client("GETNAME"), "worker");
    assertStringIncludes(String(await redis.client("INFO")), "db=2");
  }, { password: "secret", connectionName: "worker", db: 2 });
});

Deno.test(
  "ioredis listens to channels, patterns and keyspace events, and goes on when it comes back",
  LOOSE,
  async () => {
    await withServer(async (redis, server) => {
      await withClient(server, async (listener) => {
        const heard: string[] = [];
        let awaited: { count: number; resolve(): void } | undefined;
        const hears = (count: number) =>
          new Promise<void>((resolve) => {
            awaited = { count, resolve };
            if (heard.length >= count) resolve();
          });
        const note = (text: string) => {
          heard.push(text);
          if (awaited !== undefined && heard.length >= awaited.count) awaited.resolve();
        };
        listener.on("message", (channel, text) => note(`${channel} ${text}`));
        listener.on("pmessage", (pattern, channel, text) => note(`${pattern} ${channel} ${text}`));
        assertEquals(await listener.subscribe("news", "other"), 2);
        assertEquals(await listener.psubscribe("n*", "__keyevent@0__:*"), 4);
        assertEquals(await redis.publish("news", "one"), 2);
        await redis.config("SET", "notify-keyspace-events", "E$");
        await redis.set("k", "v");
        await hears(3);
        assertEquals(heard, ["news one", "n* news one", "__keyevent@0__:* __keyevent@0__:set k"]);
        const ready = new Promise((resolve) => listener.once("ready", resolve));
        assertEquals(await redis.call("CLIENT", "KILL", "TYPE", "pubsub"), 1);
        await ready;
        while (await redis.publish("other", "two") === 0);
        await hears(4);
        assertEquals(heard[3], "other two");
        assertEquals(await listener.unsubscribe("news", "other"), 2);
      }, { retryStrategy: () => 1 });
    });
  },
);
