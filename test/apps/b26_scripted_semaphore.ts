/** B26: at most so many at a time, by scripts: who asks when it is full leaves nothing behind, and nobody is pushed out. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, range, type World } from "./application.ts";
import { Script } from "./b23_script_loader.ts";

const ACQUIRE = new Script(`
redis.call('zremrangebyscore', KEYS[1], '-inf', ARGV[1])
if redis.call('zcard', KEYS[1]) < tonumber(ARGV[2]) then
  redis.call('zadd', KEYS[1], ARGV[3], ARGV[4])
  return ARGV[4]
end
`);
/** A score is true, and so is 0, which is how many members are new. */
const REFRESH = new Script(`
if redis.call('zscore', KEYS[1], ARGV[1]) then
  return redis.call('zadd', KEYS[1], ARGV[2], ARGV[1])
end
`);
const TIMEOUT_SECONDS = 10;

/** @returns the name under which a place is held, or undefined when there is none */
async function acquire(world: World, redis: Redis, name: string, limit: number): Promise<string | undefined> {
  const now = world.now();
  const holder = await ACQUIRE.call(redis, [name], [now - TIMEOUT_SECONDS, limit, now, world.uuid()]);
  return holder === null ? undefined : String(holder);
}

/** @returns false when the place was lost */
async function refresh(world: World, redis: Redis, name: string, holder: string): Promise<boolean> {
  return await REFRESH.call(redis, [name], [holder, world.now()]) !== null;
}

async function release(redis: Redis, name: string, holder: string): Promise<boolean> {
  return await redis.zrem(name, holder) === 1;
}

export const scriptedSemaphore: Application = {
  id: "B26",
  title: "Semaphore by scripts",
  chapter: 11,
  source: "11.7-11.9",

  async run(world) {
    const redis = await world.client("web");
    const holders: string[] = [];
    for (const _ of range(5)) holders.push((await acquire(world, redis, "sem", 5))!);
    assertEquals((await redis.zrange("sem", 0, "-1")).sort(), holders.toSorted());
    assertEquals(await acquire(world, redis, "sem", 5), undefined, "the sixth of five");
    assertEquals(await redis.zcard("sem"), 5, "who asked in vain has left nothing");
    assertEquals(await release(redis, "sem", holders[0]!), true);
    const next = (await acquire(world, redis, "sem", 5))!;
    world.clock.advance(TIMEOUT_SECONDS - 1);
    assertEquals(await refresh(world, redis, "sem", next), true);
    world.clock.advance(2);
    const late = (await acquire(world, redis, "sem", 5))!;
    assertEquals(
      (await redis.zrange("sem", 0, "-1")).sort(),
      [late, next].sort(),
      "only who refreshed is still in",
    );
    assertEquals(await refresh(world, redis, "sem", holders[1]!), false, "lost, and not to be had back");
    assertEquals(await release(redis, "sem", holders[1]!), false);
    for (const holder of [late, next]) assertEquals(await release(redis, "sem", holder), true);
    assertEquals(await redis.exists("sem"), 0);

    let [inside, most] = [0, 0];
    const clients = await Promise.all(range(6).map((i) => world.client(`web ${i}`)));
    const acquired = await Promise.all(clients.map(async (client) => {
      let count = 0;
      for (const _ of range(world.sized(15, 250))) {
        const holder = await acquire(world, client, "few", 3);
        if (holder === undefined) continue;
        count++;
        most = Math.max(most, ++inside);
        assert(await refresh(world, client, "few", holder));
        inside--;
        assertEquals(await release(client, "few", holder), true);
      }
      return count;
    }));
    assert(most <= 3, `${most} of three were inside`);
    assert(acquired.reduce((sum, count) => sum + count) >= 3, "nobody was ever let in");
    const dying = await world.client("dying");
    assert(await acquire(world, dying, "few", 1) !== undefined);
    await world.gone(dying);
    assertEquals(await acquire(world, redis, "few", 1), undefined, "the dead one's place is taken");
    world.clock.advance(TIMEOUT_SECONDS);
    const last = (await acquire(world, redis, "few", 1))!;
    assert(await release(redis, "few", last));
    assertEquals(await redis.dbsize(), 0);
  },

  story(world) {
    const held = new Set<string>();
    return {
      clients: 5,
      async turn(redis) {
        world.clock.advance(0.001);
        const holder = await acquire(world, redis, "sem", 3);
        await redis.incr("asked");
        if (holder === undefined) return;
        held.add(holder);
        await refresh(world, redis, "sem", holder);
        held.delete(holder); // From here on it may be released or not.
        await release(redis, "sem", holder);
      },
      async invariants(redis) {
        const there = await redis.zrange("sem", 0, "-1");
        assert(there.length <= 3, `${there.length} hold one of three places`);
        for (const holder of held) assert(there.includes(holder), "a place that was given is gone");
        world.clock.advance(TIMEOUT_SECONDS);
        const next: string[] = [];
        for (const _ of range(3)) next.push((await acquire(world, redis, "sem", 3))!);
        assertEquals(await acquire(world, redis, "sem", 3), undefined);
        for (const holder of next) assertEquals(await release(redis, "sem", holder), true);
        held.clear();
      },
    };
  },
};
