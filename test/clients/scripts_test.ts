/**
 * Libraries that are made of scripts, unchanged, against redeno: locks of redlock, limits of rate-limiter-flexible.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Redis } from "ioredis";
import { RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import Redlock from "redlock";
import { startRedeno } from "../support/redeno_server.ts";
import type { ServerProcess } from "../support/server_process.ts";

interface Lock {
  extend(ms: number): Promise<Lock>;
  unlock(): Promise<void>;
}

interface LockManager {
  lock(resource: string | readonly string[], ms: number): Promise<Lock>;
  on(event: string, callback: () => void): void;
}

function addressOf(server: ServerProcess): { host: string; port: number } {
  assert("port" in server.address);
  return { host: server.address.hostname, port: server.address.port };
}

async function withRedis(body: (redis: Redis) => Promise<void>): Promise<void> {
  await using server = await startRedeno({ listen: "tcp" });
  const redis = new Redis({ ...addressOf(server), maxRetriesPerRequest: null });
  redis.on("error", () => {});
  try {
    await body(redis);
  } finally {
    redis.disconnect();
  }
}

// The libraries keep timers and sockets of node:net that outlive their closing by a turn of the event loop.
const LOOSE = { sanitizeOps: false, sanitizeResources: false };

Deno.test("redlock: one owner at a time, for several keys, extended and given up", LOOSE, async () => {
  await withRedis(async (redis) => {
    const locks = new (Redlock as unknown as new (clients: unknown[], options: object) => LockManager)(
      [redis],
      { retryCount: 0 },
    );
    locks.on("clientError", () => {});
    const lock = await locks.lock("locks:a", 60_000);
    await assertRejects(() => locks.lock("locks:a", 60_000));
    await assertRejects(() => locks.lock(["locks:b", "locks:a"], 60_000));
    assertEquals(await redis.exists("locks:b"), 0, "all keys or none");
    const longer = await lock.extend(600_000);
    assert(await redis.pttl("locks:a") > 300_000);
    await longer.unlock();
    assertEquals(await redis.exists("locks:a"), 0);
    await assertRejects(() => longer.unlock(), "the lock is gone");
    const both = await locks.lock(["locks:a", "locks:b"], 60_000);
    assertEquals(await redis.exists("locks:a", "locks:b"), 2);
    await both.unlock();
  });
});

Deno.test("rate-limiter-flexible: so many points in so much time, then no more", LOOSE, async () => {
  await withRedis(async (redis) => {
    const limiter = new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: "limit",
      points: 5,
      duration: 100,
    });
    const left: number[] = [];
    for (let i = 0; i < 5; i++) left.push((await limiter.consume("user")).remainingPoints);
    assertEquals(left, [4, 3, 2, 1, 0]);
    const refusal = await limiter.consume("user").catch((error: unknown) => error);
    assert(refusal instanceof RateLimiterRes);
    assertEquals(refusal.consumedPoints, 6);
    assert(refusal.msBeforeNext > 50_000 && refusal.msBeforeNext <= 100_000);
    assertEquals((await limiter.consume("other", 3)).remainingPoints, 2);
    const parallel = await Promise.allSettled(Array.from({ length: 20 }, () => limiter.consume("many")));
    assertEquals(parallel.filter(({ status }) => status === "fulfilled").length, 5);
    assertEquals((await limiter.get("many"))?.consumedPoints, 20);
    await limiter.delete("user");
    assertEquals((await limiter.consume("user")).remainingPoints, 4);
  });
});
