/** A32: at most so many at a time, by the clocks of those who ask. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range, type World } from "./application.ts";

const TIMEOUT_SECONDS = 10;

/** @param now by the clock of who asks @returns the name under which a place is held, or undefined when there is none */
async function acquire(
  world: World,
  redis: Redis,
  semaphore: string,
  limit: number,
  now = world.now(),
): Promise<string | undefined> {
  const holder = world.uuid();
  const [, , rank] = (await execute(
    redis.multi()
      .zremrangebyscore(semaphore, "-inf", now - TIMEOUT_SECONDS)
      .zadd(semaphore, now, holder)
      .zrank(semaphore, holder),
  ))!;
  if (Number(rank) < limit) return holder;
  await redis.zrem(semaphore, holder);
  return undefined;
}

/** @returns false when its time had run out */
async function release(redis: Redis, semaphore: string, holder: string): Promise<boolean> {
  return await redis.zrem(semaphore, holder) === 1;
}

export const semaphore: Application = {
  id: "A32",
  title: "Counting semaphore",
  chapter: 6,
  source: "6.12-6.13",

  async run(world) {
    const redis = await world.client("web");
    const holders: string[] = [];
    for (const _ of range(5)) {
      world.clock.advance(0.1);
      holders.push((await acquire(world, redis, "sem", 5))!);
    }
    world.clock.advance(0.1);
    assertEquals(await acquire(world, redis, "sem", 5), undefined, "the sixth of five");
    assertEquals(await redis.zrange("sem", 0, "-1"), holders);
    assertEquals(await release(redis, "sem", holders[2]!), true);
    assertEquals(await release(redis, "sem", holders[2]!), false);
    const next = await acquire(world, redis, "sem", 5);
    assert(next !== undefined);
    // This is what makes it unfair: who is behind the time of the others steals a place.
    const thief = await acquire(world, redis, "sem", 5, world.now() - 5);
    assert(thief !== undefined);
    assertEquals(await redis.zcard("sem"), 6);
    await release(redis, "sem", thief);
    world.clock.advance(TIMEOUT_SECONDS);
    for (const _ of range(5)) {
      assert(await acquire(world, redis, "sem", 5) !== undefined, "all time has run out");
    }
    assertEquals(await release(redis, "sem", next), false);

    let inside = 0;
    await redis.del("sem");
    const clients = await Promise.all(range(6).map((i) => world.client(`web ${i}`)));
    // They ask one after the other, since who asks later with an earlier time is the thief of above.
    let turn: Promise<unknown> = Promise.resolve();
    const inTurn = (client: Redis) => {
      const asking = turn.then(() => (world.clock.advance(0.001), acquire(world, client, "few", 3)));
      turn = asking;
      return asking;
    };
    const all = await Promise.all(clients.map(async (client) => {
      let acquired = 0;
      for (const _ of range(world.sized(10, 100))) {
        const holder = await inTurn(client);
        if (holder === undefined) continue;
        acquired++;
        assert(++inside <= 3, `${inside} are inside`);
        await client.ping();
        inside--;
        await release(client, "few", holder);
      }
      return acquired;
    }));
    assert(all.reduce((sum, count) => sum + count) >= 3, "nobody was ever let in");
    assertEquals(await redis.exists("few"), 0);
  },

  story(world) {
    const acquired = new Set<string>();
    let asked = 0;
    return {
      clients: 5,
      async turn(redis) {
        world.clock.advance(0.001);
        const holder = await acquire(world, redis, "sem", 3);
        await redis.incr("asked");
        asked++;
        if (holder === undefined) return;
        acquired.add(holder);
        await redis.zscore("sem", holder);
        acquired.delete(holder); // From here on it may be released or not.
        await release(redis, "sem", holder);
      },
      async invariants(redis) {
        const there = new Set(await redis.zrange("sem", 0, "-1"));
        assert(Number(await redis.get("asked")) >= asked, "what was acknowledged is gone");
        for (const holder of acquired) assert(there.has(holder), "a place that was given is gone");
        // The dead ones' places come back in time.
        world.clock.advance(TIMEOUT_SECONDS);
        const next: string[] = [];
        for (const _ of range(3)) next.push((await acquire(world, redis, "sem", 3))!);
        assertEquals(await acquire(world, redis, "sem", 3, world.now() + 0.001), undefined);
        for (const holder of next) assertEquals(await release(redis, "sem", holder), true);
        acquired.clear();
      },
    };
  },
};
