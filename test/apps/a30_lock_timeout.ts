/** A30: a lock that opens itself when its holder has died. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { acquireLock, CriticalSection, releaseLock, retried } from "./a29_lock.ts";
import { type Application, range, type World } from "./application.ts";

const ACQUIRE_MS_MAX = 60_000;

/** In two commands: whoever finds a lock without a time to live, because its holder died between the two, gives it one. */
async function acquireInTwo(
  world: World,
  redis: Redis,
  lock: string,
  seconds: number,
  withinMs = ACQUIRE_MS_MAX,
): Promise<string | undefined> {
  const [key, holder] = [`lock:${lock}`, world.uuid()];
  const acquired = await retried(withinMs, async () => {
    if (await redis.setnx(key, holder) === 1) {
      await redis.expire(key, seconds);
      return true;
    }
    if (await redis.ttl(key) === -1) await redis.expire(key, seconds);
    return false;
  });
  return acquired ? holder : undefined;
}

/** In one command. @param ms how long it is held at most */
export async function acquireFor(
  world: World,
  redis: Redis,
  lock: string,
  ms: number,
  withinMs = ACQUIRE_MS_MAX,
): Promise<string | undefined> {
  const holder = world.uuid();
  const acquired = await retried(
    withinMs,
    async () => await redis.set(`lock:${lock}`, holder, "PX", ms, "NX") === "OK",
  );
  return acquired ? holder : undefined;
}

export const lockTimeout: Application = {
  id: "A30",
  title: "Lock with a timeout",
  chapter: 6,
  source: "6.11",
  errata: ["listing 6.11 leaves out the prefix `lock:` that the release adds; the companion has it."],
  nondeterministic: "names of holders are drawn by several clients at once",

  async run(world) {
    const redis = await world.client("web");
    for (const acquire of [acquireInTwo, acquireFor]) {
      const time = acquire === acquireInTwo ? 60 : 60_000;
      const holder = (await acquire(world, redis, "x", time))!;
      const left = await redis.pttl("lock:x");
      assert(left > 30_000 && left <= 60_000, `${left} ms are left`);
      assertEquals(await acquire(world, redis, "x", time, 5), undefined);
      assertEquals(await releaseLock(redis, "x", holder), true);
      const dying = await world.client("holder");
      const lost = (await acquire(world, dying, "x", time))!;
      await world.gone(dying);
      assertEquals(await acquire(world, redis, "x", time, 5), undefined, "the dead one holds it still");
      await world.expire(redis, "lock:x", 60);
      const next = (await acquire(world, redis, "x", time))!;
      assertEquals(await releaseLock(redis, "x", lost), false, "it is another's by now");
      assertEquals(await releaseLock(redis, "x", next), true);
    }
    const dying = await world.client("dies between SETNX and EXPIRE");
    await acquireLock(world, dying, "x");
    await world.gone(dying);
    assertEquals(await redis.ttl("lock:x"), -1);
    assertEquals(await acquireInTwo(world, redis, "x", 60, 5), undefined);
    assert(await redis.ttl("lock:x") > 30, "who waits repairs it");
    await world.expire(redis, "lock:x", 60);

    const section = new CriticalSection();
    await Promise.all(
      range(5).map(async (i) => {
        let client = await world.client(`web ${i}`);
        for (const turn of range(world.sized(6, 40))) {
          const mine = await acquireFor(world, client, "market", 60_000);
          assert(mine !== undefined, "nobody let go of the lock");
          await section.enter(client, "count");
          if (turn % 4 !== i) {
            assertEquals(await releaseLock(client, "market", mine), true);
            continue;
          }
          // It dies with the lock in its hand, and its time runs out.
          world.kill(client);
          client = await world.client(`web ${i} again`);
          await world.expire(client, "lock:market", 60);
        }
      }),
    );
    assertEquals(await redis.get("count"), String(5 * world.sized(6, 40)));
  },

  story(world) {
    const section = new CriticalSection();
    let begun = 0;
    return {
      clients: 4,
      async turn(redis) {
        const mine = await acquireFor(world, redis, "x", 60_000);
        assert(mine !== undefined, "nobody let go of the lock");
        begun++;
        await section.enter(redis, "count");
        assertEquals(await releaseLock(redis, "x", mine), true);
      },
      async invariants(redis) {
        if (await redis.exists("lock:x") === 1) await world.expire(redis, "lock:x", 60);
        const count = Number(await redis.get("count"));
        assert(
          count >= section.entered && count <= begun,
          `${section.entered} to ${begun}, counted ${count}`,
        );
      },
    };
  },
};
