/** A29: a lock that one client holds at a time, and that only its holder can open. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range, type World } from "./application.ts";

const RETRY_MS = 1;
const ACQUIRE_MS_MAX = 60_000;

/** @returns the name under which it is held, or undefined when others held it all the time */
export async function acquireLock(
  world: World,
  redis: Redis,
  lock: string,
  withinMs = ACQUIRE_MS_MAX,
): Promise<string | undefined> {
  const holder = world.uuid();
  return await retried(withinMs, async () => await redis.setnx(`lock:${lock}`, holder) === 1)
    ? holder
    : undefined;
}

/** @returns false when somebody else holds it by now, or nobody */
export async function releaseLock(redis: Redis, lock: string, holder: string): Promise<boolean> {
  const key = `lock:${lock}`;
  for (;;) {
    await redis.watch(key);
    if (await redis.get(key) !== holder) {
      await redis.unwatch();
      return false;
    }
    if (await execute(redis.multi().del(key)) !== null) return true;
  }
}

/** Tries again and again, in real time. */
export async function retried(withinMs: number, attempt: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  do {
    if (await attempt()) return true;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  } while (performance.now() < deadline);
  return false;
}

/** What only one may do at a time, because it reads and writes in two steps. It fails when there are two at it. */
export class CriticalSection {
  #inside = 0;
  entered = 0;

  async enter(redis: Redis, counter: string): Promise<void> {
    assertEquals(++this.#inside, 1, "the lock has two holders");
    try {
      const count = Number(await redis.get(counter));
      await redis.set(counter, count + 1);
      this.entered++;
    } finally {
      this.#inside--;
    }
  }
}

export const lock: Application = {
  id: "A29",
  title: "Lock",
  chapter: 6,
  source: "6.8, 6.10",
  nondeterministic: "names of holders are drawn by several clients at once",

  async run(world) {
    const redis = await world.client("web");
    const holder = (await acquireLock(world, redis, "x"))!;
    assertEquals(await redis.get("lock:x"), holder);
    assertEquals(await acquireLock(world, redis, "x", 5), undefined);
    assertEquals(await releaseLock(redis, "x", world.uuid()), false, "only its holder opens it");
    assertEquals(await redis.get("lock:x"), holder);
    assertEquals(await releaseLock(redis, "x", holder), true);
    assertEquals(await releaseLock(redis, "x", holder), false);
    assertEquals(await redis.exists("lock:x"), 0);

    const section = new CriticalSection();
    const clients = await Promise.all(range(5).map((i) => world.client(`web ${i}`)));
    const [times, deaths] = [world.sized(10, 150), [3]];
    await Promise.all(clients.map(async (client, i) => {
      for (const _ of range(times)) {
        const mine = await acquireLock(world, client, "market");
        assert(mine !== undefined, "nobody let go of the lock");
        await section.enter(client, "count");
        assertEquals(await releaseLock(client, "market", mine), true);
        // Somebody dies while others hold the lock, and another one comes in its place.
        if (deaths.includes(i)) {
          world.kill(client);
          client = await world.client(`web ${i} again`);
        }
      }
    }));
    assertEquals(section.entered, 5 * times);
    assertEquals(await redis.get("count"), String(5 * times), "no update was lost");
    const waiting = await world.client("waiting");
    const last = (await acquireLock(world, redis, "x"))!;
    const attempt = acquireLock(world, waiting, "x").catch(() => "died");
    await world.gone(waiting);
    assertEquals(await attempt, "died");
    assertEquals(await redis.get("lock:x"), last, "who died while it waited holds nothing");
  },

  story(world) {
    const section = new CriticalSection();
    const interested = new Map<number, string>();
    let begun = 0;
    return {
      clients: 4,
      async turn(redis, client) {
        const mine = world.uuid();
        interested.set(client, mine);
        if (!await retried(ACQUIRE_MS_MAX, async () => await redis.setnx("lock:x", mine) === 1)) return;
        begun++;
        await section.enter(redis, "count");
        await releaseLock(redis, "x", mine);
        interested.delete(client);
      },
      async invariants(redis) {
        const held = await redis.get("lock:x");
        assert(held === null || [...interested.values()].includes(held), "the lock is held by nobody");
        const count = Number(await redis.get("count"));
        assert(
          count >= section.entered && count <= begun,
          `${section.entered} to ${begun}, counted ${count}`,
        );
        // A lock without a time to live stays for good when its holder dies: A30 is the answer.
        if (held !== null) assertEquals(await releaseLock(redis, "x", held), true);
        interested.clear();
      },
    };
  },
};
