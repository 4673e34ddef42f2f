/** B25: the lock as two scripts, which need no WATCH: one round trip to take it and one to give it back. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { CriticalSection, retried } from "./a29_lock.ts";
import { type Application, range, roundTrips, type World } from "./application.ts";
import { Script } from "./b23_script_loader.ts";

const ACQUIRE = new Script(`
if redis.call('exists', KEYS[1]) == 0 then
  return redis.call('setex', KEYS[1], unpack(ARGV))
end
`);
const RELEASE = new Script(`
if redis.call('get', KEYS[1]) == ARGV[1] then
  return redis.call('del', KEYS[1])
end
`);
const ACQUIRE_MS_MAX = 60_000;
const SECONDS = 60;

/** @returns whether it is held by this holder now */
export async function tryToLock(
  redis: Redis,
  lock: string,
  holder: string,
  seconds = SECONDS,
): Promise<boolean> {
  return await ACQUIRE.call(redis, [`lock:${lock}`], [seconds, holder]) === "OK";
}

/** @returns false when somebody else holds it by now, or nobody */
export async function unlock(redis: Redis, lock: string, holder: string): Promise<boolean> {
  return await RELEASE.call(redis, [`lock:${lock}`], [holder]) === 1;
}

/** @returns the name under which it is held */
async function lock(world: World, redis: Redis, name: string, seconds = SECONDS): Promise<string> {
  const holder = world.uuid();
  assert(await retried(ACQUIRE_MS_MAX, () => tryToLock(redis, name, holder, seconds)), "nobody let go of it");
  return holder;
}

export const scriptedLock: Application = {
  id: "B25",
  title: "Lock by scripts",
  chapter: 11,
  source: "11.4-11.6",
  errata: ["listing 11.4 takes no TTL for None; since 2.8 it is -1, and -2 when the key is missing."],
  nondeterministic: "names of holders are drawn by several clients at once",

  async run(world) {
    const redis = await world.client("web");
    const holder = world.uuid();
    assertEquals(await tryToLock(redis, "x", holder), true);
    assertEquals(await redis.get("lock:x"), holder);
    const left = await redis.ttl("lock:x");
    assert(left > SECONDS / 2 && left <= SECONDS, `${left} s are left`);
    assertEquals(await tryToLock(redis, "x", world.uuid()), false);
    assertEquals(await unlock(redis, "x", world.uuid()), false, "only its holder opens it");
    await redis.script("FLUSH");
    await tryToLock(redis, "other", holder);
    assertEquals(await roundTrips(redis, () => unlock(redis, "x", holder)), 2, "by its digest, then whole");
    assertEquals(await unlock(redis, "x", holder), false);
    assertEquals(await roundTrips(redis, () => tryToLock(redis, "x", holder)), 1);
    assertEquals(await unlock(redis, "other", holder), true);
    await world.expire(redis, "lock:x", SECONDS);
    assertEquals(await tryToLock(redis, "x", "next"), true, "its time had run out");
    assertEquals(await unlock(redis, "x", holder), false);
    assertEquals(await unlock(redis, "x", "next"), true);

    const section = new CriticalSection();
    const times = world.sized(15, 250);
    await Promise.all(
      range(6).map(async (i) => {
        let client = await world.client(`web ${i}`);
        for (const turn of range(times)) {
          const mine = await lock(world, client, "market");
          await section.enter(client, "count");
          if (i !== 2 || turn !== times >> 1) {
            assertEquals(await unlock(client, "market", mine), true);
            continue;
          }
          // It dies with the lock in its hand, and its time runs out.
          world.kill(client);
          client = await world.client(`web ${i} again`);
          await world.expire(client, "lock:market", SECONDS);
        }
      }),
    );
    assertEquals(section.entered, 6 * times);
    assertEquals(await redis.get("count"), String(6 * times), "no update was lost");
    assertEquals(await redis.exists("lock:market"), 0);
  },

  story(world) {
    const section = new CriticalSection();
    let begun = 0;
    return {
      clients: 4,
      async turn(redis) {
        const mine = await lock(world, redis, "x");
        begun++;
        await section.enter(redis, "count");
        assertEquals(await unlock(redis, "x", mine), true);
      },
      async invariants(redis) {
        if (await redis.exists("lock:x") === 1) await world.expire(redis, "lock:x", SECONDS);
        const count = Number(await redis.get("count"));
        assert(
          count >= section.entered && count <= begun,
          `${section.entered} to ${begun}, counted ${count}`,
        );
      },
    };
  },
};
