/** P3: counters that expire or are reset, unique visitors by day, and items that go when their time has come. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

const LIMIT = 10;
const WINDOW_SECONDS = 60;
const DAY = 86_400;

/** @returns whether a user may do it once more in this minute */
async function mayCall(redis: Redis, now: number, user: string): Promise<boolean> {
  const key = `calls:${user}:${Math.floor(now / WINDOW_SECONDS)}`;
  const [count] = (await execute(redis.multi().incr(key).expire(key, WINDOW_SECONDS)))!;
  return Number(count) <= LIMIT;
}

async function visit(redis: Redis, now: number, page: string, user: string): Promise<void> {
  await redis.sadd(`visitors:${page}:${Math.floor(now / DAY)}`, user);
}

async function visitors(redis: Redis, now: number, page: string): Promise<number> {
  return await redis.scard(`visitors:${page}:${Math.floor(now / DAY)}`);
}

/** Items whose time has come, which are removed. */
async function takeExpired(redis: Redis, now: number): Promise<string[]> {
  const [expired] = (await execute(
    redis.multi().zrangebyscore("items", "-inf", now).zremrangebyscore("items", "-inf", now),
  ))!;
  return expired as string[];
}

export const patternCounters: Application = {
  id: "P3",
  title: "Counters, unique visitors, items that expire",
  source: "INCR, EXPIRE, GETSET, SADD, SCARD, ZREMRANGEBYSCORE",

  async run(world) {
    const redis = await world.client("web");
    const clients = await Promise.all(range(4).map((i) => world.client(`web ${i}`)));
    const calls = range(4 * LIMIT).map((i) => mayCall(clients[i % 4]!, world.now(), "anna"));
    assertEquals((await Promise.all(calls)).filter(Boolean).length, LIMIT, "ten of forty at once");
    assertEquals(await mayCall(redis, world.now(), "bert"), true);
    await world.expire(redis, `calls:anna:${Math.floor(world.now() / WINDOW_SECONDS)}`, WINDOW_SECONDS);
    world.clock.advance(WINDOW_SECONDS);
    assertEquals(await mayCall(redis, world.now(), "anna"), true);

    // Who resets a counter loses no hit, because reading and resetting is one command.
    let read = 0;
    const hits = world.sized(200, 4000);
    await Promise.all(clients.map(async (client, i) => {
      for (const _ of range(hits / 4)) {
        if (i === 0) read += Number(await client.getset("hits", "0"));
        else await client.incr("hits");
      }
    }));
    assertEquals(read + Number(await redis.getset("hits", "0")), 3 * hits / 4);

    for (const day of range(3)) {
      for (const i of range(world.sized(60, 2000))) {
        await visit(redis, world.now(), "home", `user ${i % (20 + day)}`);
      }
      assertEquals(await visitors(redis, world.now(), "home"), 20 + day);
      world.clock.advance(DAY);
    }
    assertEquals(await visitors(redis, world.now(), "home"), 0);
    const days = range(3).map((day) => `visitors:home:${Math.floor(world.now() / DAY) - 3 + day}`);
    assertEquals((await redis.sunion(...days)).length, 22);

    for (const i of range(10)) await redis.zadd("items", world.now() + i, `item ${i}`);
    assertEquals(await takeExpired(redis, world.now() + 3), range(4).map((i) => `item ${i}`));
    assertEquals(await takeExpired(redis, world.now() + 3), []);
    assertEquals(await redis.zcard("items"), 6);
  },

  story() {
    let [done, begun, read, resetting] = [0, 0, 0, 0];
    return {
      clients: 3,
      async turn(redis, client, turn) {
        if (client === 0) {
          if (turn % 10 !== 9) return void await redis.get("hits");
          resetting++;
          read += Number(await redis.getset("hits", "0"));
          resetting--;
          return;
        }
        begun++;
        await redis.multi().incr("hits").incr("all hits").exec();
        done++;
      },
      async invariants(redis) {
        const all = Number(await redis.get("all hits"));
        assert(all >= done && all <= begun, `${done} to ${begun} hits, ${all} were counted`);
        const known = read + Number(await redis.get("hits"));
        // Whoever dies between the reset and its answer has lost what it reset.
        if (resetting === 0) assertEquals(known, all, "a hit was lost in a reset");
        else assert(known <= all);
      },
    };
  },
};
