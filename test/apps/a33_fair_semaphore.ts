/** A33: a semaphore whose places go in the order of a counter, whatever the clocks of those who ask. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range, type World } from "./application.ts";

export interface Limits {
  readonly limit: number;
  readonly seconds: number;
}

/** First half: forgets whose time has run out, and draws a number. */
async function drawNumber(
  redis: Redis,
  semaphore: string,
  { seconds }: Limits,
  now: number,
): Promise<number> {
  const owner = `${semaphore}:owner`;
  const replies = (await execute(
    redis.multi()
      .zremrangebyscore(semaphore, "-inf", now - seconds)
      .zinterstore(owner, 2, owner, semaphore, "WEIGHTS", 1, 0)
      .incr(`${semaphore}:counter`),
  ))!;
  return Number(replies.at(-1));
}

/** Second half: stands in line with the number, and looks at which place. */
async function standInLine(
  redis: Redis,
  semaphore: string,
  limits: Limits,
  number: number,
  holder: string,
  now: number,
) {
  const owner = `${semaphore}:owner`;
  const replies = (await execute(
    redis.multi().zadd(semaphore, now, holder).zadd(owner, number, holder).zrank(owner, holder),
  ))!;
  if (Number(replies.at(-1)) < limits.limit) return holder;
  await releaseFair(redis, semaphore, holder);
  return undefined;
}

/** @param between what happens to come between the two halves */
export async function acquireFair(
  world: World,
  redis: Redis,
  semaphore: string,
  limits: Limits,
  between?: () => Promise<unknown>,
  now = world.now(),
): Promise<string | undefined> {
  const holder = world.uuid();
  const number = await drawNumber(redis, semaphore, limits, now);
  await between?.();
  return await standInLine(redis, semaphore, limits, number, holder, now);
}

/** @returns false when its time had run out */
export async function releaseFair(redis: Redis, semaphore: string, holder: string): Promise<boolean> {
  const [count] = (await execute(redis.multi().zrem(semaphore, holder).zrem(`${semaphore}:owner`, holder)))!;
  return count === 1;
}

/** @returns false when its time had run out, and the place is another's */
export async function refresh(
  redis: Redis,
  semaphore: string,
  holder: string,
  now: number,
): Promise<boolean> {
  if (await redis.zadd(semaphore, now, holder) === 0) return true;
  await releaseFair(redis, semaphore, holder);
  return false;
}

/** Both sets tell the same, and no number was drawn twice. */
export async function checkFair(redis: Redis, semaphore: string): Promise<string[]> {
  const owners = await redis.zrange(`${semaphore}:owner`, 0, "-1", "WITHSCORES");
  const holders = owners.filter((_, i) => i % 2 === 0);
  const numbers = owners.filter((_, i) => i % 2 === 1).map(Number);
  assertEquals(new Set(numbers).size, numbers.length, "a number was drawn twice");
  assert(
    (numbers.at(-1) ?? 0) <= Number(await redis.get(`${semaphore}:counter`)),
    "a number was never drawn",
  );
  // Whose time has run out leaves the first set at once, and the second when the next one comes.
  for (const holder of await redis.zrange(semaphore, 0, "-1")) assert(holders.includes(holder), holder);
  return holders;
}

export const fairSemaphore: Application = {
  id: "A33",
  title: "Fair semaphore",
  chapter: 6,
  source: "6.14-6.16",

  async run(world) {
    const redis = await world.client("web");
    const limits = { limit: 3, seconds: 1 };
    const holders: string[] = [];
    for (const _ of range(3)) holders.push((await acquireFair(world, redis, "sem", limits))!);
    assertEquals(await acquireFair(world, redis, "sem", limits), undefined, "the fourth of three");
    assertEquals(
      await acquireFair(world, redis, "sem", limits, undefined, world.now() - 0.5),
      undefined,
      "a slow clock is of no use",
    );
    assertEquals(await checkFair(redis, "sem"), holders);
    world.clock.advance(0.6);
    assertEquals(await refresh(redis, "sem", holders[0]!, world.now()), true);
    world.clock.advance(0.6);
    const next = [
      await acquireFair(world, redis, "sem", limits),
      await acquireFair(world, redis, "sem", limits),
    ];
    assert(next.every((holder) => holder !== undefined), "two of three have timed out");
    assertEquals(await acquireFair(world, redis, "sem", limits), undefined);
    assertEquals(
      await checkFair(redis, "sem"),
      [holders[0]!, ...next as string[]],
      "in the order of the numbers",
    );
    assertEquals(await refresh(redis, "sem", holders[1]!, world.now()), false);
    assertEquals(await releaseFair(redis, "sem", holders[1]!), false);
    assertEquals(await redis.zcard("sem"), 3, "who came too late has left nothing");
    assertEquals(await redis.get("sem:counter"), "8");
    world.clock.advance(1.5);
    assert(await acquireFair(world, redis, "sem", limits) !== undefined);
    assertEquals((await checkFair(redis, "sem")).length, 1);

    const clients = await Promise.all(range(5).map((i) => world.client(`web ${i}`)));
    await Promise.all(clients.map(async (client) => {
      for (const _ of range(world.sized(8, 80))) {
        const holder = await acquireFair(world, client, "busy", { limit: 2, seconds: 10 });
        if (holder !== undefined) assertEquals(await releaseFair(client, "busy", holder), true);
      }
    }));
    assertEquals(await redis.get("busy:counter"), String(5 * world.sized(8, 80)));
    assertEquals(await redis.exists("busy", "busy:owner"), 0);
  },

  story(world) {
    const limits = { limit: 3, seconds: 10 };
    const acquired = new Set<string>();
    let drawn = 0;
    return {
      clients: 5,
      async turn(redis) {
        const holder = await acquireFair(world, redis, "sem", limits);
        drawn++;
        if (holder === undefined) return;
        acquired.add(holder);
        await refresh(redis, "sem", holder, world.now());
        acquired.delete(holder);
        await releaseFair(redis, "sem", holder);
      },
      async invariants(redis) {
        const holders = await checkFair(redis, "sem");
        assert(Number(await redis.get("sem:counter")) >= drawn, "a number will be drawn twice");
        for (const holder of acquired) assert(holders.includes(holder), "a place that was given is gone");
        world.clock.advance(limits.seconds);
        const next: string[] = [];
        for (const _ of range(3)) next.push((await acquireFair(world, redis, "sem", limits))!);
        assertEquals(await acquireFair(world, redis, "sem", limits), undefined);
        drawn += 4;
        assertEquals(await checkFair(redis, "sem"), next);
        for (const holder of next) assertEquals(await releaseFair(redis, "sem", holder), true);
        acquired.clear();
      },
    };
  },
};
