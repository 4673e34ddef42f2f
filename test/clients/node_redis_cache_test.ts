/** The client-side cache of node-redis, unchanged, against redeno: what is cached is never out of date for long. */
import { assert, assertEquals } from "@std/assert";
import { BasicClientSideCache, createClient } from "redis";
import { startRedeno } from "../support/redeno_server.ts";
import type { ServerProcess } from "../support/server_process.ts";

/** Ms after which what should have come long ago is missed. */
const PATIENCE_MS = 60_000;

function caching(server: ServerProcess) {
  assert("port" in server.address);
  const cache = new BasicClientSideCache({ ttl: 0, maxEntries: 0, evictPolicy: "LRU", recordStats: true });
  const client = createClient({
    RESP: 3,
    socket: { host: server.address.hostname, port: server.address.port },
    clientSideCache: cache,
  });
  client.on("error", () => {});
  return { client, cache };
}

function plain(server: ServerProcess) {
  assert("port" in server.address);
  const client = createClient({ socket: { host: server.address.hostname, port: server.address.port } });
  client.on("error", () => {});
  return client;
}

/** Resolves when so many keys were called out of date, or everything was. */
function invalidated(cache: BasicClientSideCache, count: number): Promise<(string | null)[]> {
  const keys: (string | null)[] = [];
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`only ${keys.join()} became invalid`)), PATIENCE_MS);
    cache.on("invalidate", (key: string | Uint8Array | null) => {
      keys.push(key === null ? null : key.toString());
      if (keys.length < count) return;
      clearTimeout(timer);
      resolve(keys);
    });
  });
}

// The client keeps timers and sockets of node:net that outlive `destroy` by a turn of the event loop.
const LOOSE = { sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "the cache of node-redis answers without the server, until the server says otherwise",
  LOOSE,
  async () => {
    await using server = await startRedeno({ listen: "tcp" });
    const { client, cache } = caching(server);
    const writer = plain(server);
    await Promise.all([client.connect(), writer.connect()]);
    try {
      await writer.mSet({ a: "1", b: "2" });
      for (let i = 0; i < 3; i++) assertEquals(await client.mGet(["a", "b"]), ["1", "2"]);
      for (let i = 0; i < 3; i++) assertEquals(await client.get("a"), "1");
      assertEquals([cache.stats().hitCount, cache.stats().missCount], [4, 2]);
      const gone = invalidated(cache, 2);
      await writer.set("a", "3");
      await writer.hSet("h", "f", "v");
      await writer.del("b");
      assertEquals(await gone, ["a", "b"]);
      assertEquals(await client.mGet(["a", "b"]), ["3", null]);
      assertEquals(await client.get("a"), "3");
      assertEquals(cache.stats().missCount, 4);
    } finally {
      client.destroy();
      writer.destroy();
    }
  },
);

Deno.test(
  "the cache of node-redis hears of expiry, of its client's own writes, and of FLUSHALL",
  LOOSE,
  async () => {
    await using server = await startRedeno({ listen: "tcp" });
    const { client, cache } = caching(server);
    await client.connect();
    try {
      await client.set("k", "1");
      assertEquals(await client.get("k"), "1");
      const own = invalidated(cache, 1);
      await client.set("k", "2");
      assertEquals(await own, ["k"]);
      assertEquals(await client.get("k"), "2");
      // On a busy machine a key may be dead before anybody has asked for it: then another one lives longer.
      let key = "";
      const expired = invalidated(cache, 1);
      for (let ms = 300; key === ""; ms *= 2) {
        const name = `lives for ${ms} ms`;
        await client.set(name, "v", { expiration: { type: "PX", value: ms } });
        if (await client.exists(name) === 1) key = name;
      }
      assertEquals(await expired, [key]);
      assertEquals(await client.get(key), null);
      const all = invalidated(cache, 1);
      await client.flushAll();
      assertEquals(await all, [null]);
      assertEquals(await client.get("k"), null);
    } finally {
      client.destroy();
    }
  },
);
