/** A34: the fair semaphore without its race: who draws first and looks second would come in as one too many. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { releaseLock } from "./a29_lock.ts";
import { acquireFor } from "./a30_lock_timeout.ts";
import { acquireFair, checkFair, type Limits, releaseFair } from "./a33_fair_semaphore.ts";
import { type Application, range, type World } from "./application.ts";

async function acquireLocked(
  world: World,
  redis: Redis,
  semaphore: string,
  limits: Limits,
  between?: () => Promise<unknown>,
): Promise<string | undefined> {
  const lock = await acquireFor(world, redis, semaphore, 60_000);
  assert(lock !== undefined, "nobody let go of the lock");
  const holder = await acquireFair(world, redis, semaphore, limits, between);
  await releaseLock(redis, semaphore, lock);
  return holder;
}

export const lockedSemaphore: Application = {
  id: "A34",
  title: "Fair semaphore with a lock",
  chapter: 6,
  source: "6.17",
  nondeterministic: "who of several clients comes first is a matter of chance",

  async run(world) {
    const [a, b] = [await world.client("a"), await world.client("b")];
    const limits = { limit: 1, seconds: 10 };
    let second: string | undefined;
    const first = await acquireFair(world, a, "race", limits, async () => {
      second = await acquireFair(world, b, "race", limits);
    });
    assert(first !== undefined && second !== undefined, "without the lock both come in: this is the race");

    let later: Promise<string | undefined> | undefined;
    const only = await acquireLocked(world, a, "sem", limits, async () => {
      later = acquireLocked(world, b, "sem", limits);
      await a.ping();
    });
    assert(only !== undefined);
    assertEquals(await later, undefined, "with it the second is refused");
    assertEquals(await checkFair(a, "sem"), [only]);
    assertEquals(await a.exists("lock:sem"), 0);

    const three = { limit: 3, seconds: 10 };
    const crowd = await Promise.all(
      range(5).map(async (i) => acquireLocked(world, await world.client(`crowd ${i}`), "busy", three)),
    );
    const inTime = crowd.filter((holder) => holder !== undefined);
    assertEquals(inTime.length, 3);
    for (const holder of inTime) assertEquals(await releaseFair(a, "busy", holder), true);
    let inside = 0;
    await Promise.all(
      range(6).map(async (i) => {
        let client = await world.client(`web ${i}`);
        for (const turn of range(world.sized(6, 60))) {
          const holder = await acquireLocked(world, client, "busy", three);
          if (holder === undefined) continue;
          assert(++inside <= 3, `${inside} are inside`);
          await client.ping();
          inside--;
          if (turn % 5 === 4) {
            // Dies inside; somebody else gives its place back.
            world.kill(client);
            client = await world.client(`web ${i} again`);
          }
          await releaseFair(client, "busy", holder);
        }
      }),
    );
    assertEquals(await checkFair(a, "busy"), []);
  },

  story(world) {
    const limits = { limit: 2, seconds: 10 };
    const acquired = new Set<string>();
    let drawn = 0;
    return {
      clients: 4,
      async turn(redis) {
        const holder = await acquireLocked(world, redis, "sem", limits);
        drawn++;
        if (holder === undefined) return;
        acquired.add(holder);
        assert(acquired.size <= 2, `${acquired.size} hold one of two places`);
        await redis.ping();
        acquired.delete(holder);
        await releaseFair(redis, "sem", holder);
      },
      async invariants(redis) {
        const holders = await checkFair(redis, "sem");
        assert(acquired.size <= 2);
        assert(Number(await redis.get("sem:counter")) >= drawn, "a number will be drawn twice");
        for (const holder of acquired) {
          assert(holders.slice(0, 2).includes(holder), "a place that was given is gone");
        }
        if (await redis.exists("lock:sem") === 1) await world.expire(redis, "lock:sem", 60);
        world.clock.advance(limits.seconds);
        acquired.clear();
      },
    };
  },
};
