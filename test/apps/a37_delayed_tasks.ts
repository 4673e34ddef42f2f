/** A37: tasks that are to be done later; pollers move them to their queue when their time has come. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { releaseLock } from "./a29_lock.ts";
import { acquireFor } from "./a30_lock_timeout.ts";
import { type Application, execute, range, type World } from "./application.ts";

const LOCK_MS = 60_000;
const POLL_SECONDS = 0.01;

type Task = [id: string, queue: string, name: string, args: readonly unknown[]];

/** @returns the task's name */
async function executeLater(
  world: World,
  redis: Redis,
  queue: string,
  name: string,
  delay: number,
): Promise<string> {
  const task: Task = [world.uuid(), queue, name, []];
  if (delay > 0) await redis.zadd("delayed:", world.now() + delay, JSON.stringify(task));
  else await redis.rpush(`queue:${queue}`, JSON.stringify(task));
  return task[0];
}

/**
 * One look at the first task. The book removes and pushes it in two commands; in a transaction no death in between loses it.
 * @returns whether a task was moved
 */
async function poll(world: World, redis: Redis): Promise<boolean> {
  const [item, due] = await redis.zrange("delayed:", 0, "0", "WITHSCORES");
  if (item === undefined || Number(due) > world.now()) return false;
  const [id, queue] = JSON.parse(item) as Task;
  const lock = await acquireFor(world, redis, id, LOCK_MS, 0);
  if (lock === undefined) return false;
  const isThere = await redis.zscore("delayed:", item) !== null;
  if (isThere) await execute(redis.multi().zrem("delayed:", item).rpush(`queue:${queue}`, item));
  await releaseLock(redis, id, lock);
  return isThere;
}

async function queued(redis: Redis, queue: string): Promise<Task[]> {
  return (await redis.lrange(`queue:${queue}`, 0, -1)).map((text) => JSON.parse(text));
}

export const delayedTasks: Application = {
  id: "A37",
  title: "Delayed tasks",
  chapter: 6,
  source: "6.22-6.23",

  async run(world) {
    const pollers = [await world.client("poller 0"), await world.client("poller 1")];
    const redis = pollers[0]!;
    const forSeconds = async (seconds: number) => {
      for (const _ of range(Math.round(seconds / POLL_SECONDS))) {
        world.clock.advance(POLL_SECONDS);
        // Nothing is due in most polls: then they are as quick as a look.
        while ((await Promise.all(pollers.map((poller) => poll(world, poller)))).some(Boolean));
      }
    };
    const names: string[] = [];
    for (const delay of [0, 0.5, 0, 1.5]) names.push(await executeLater(world, redis, "tq", "testfn", delay));
    assertEquals((await queued(redis, "tq")).map(([id]) => id), [names[0]!, names[2]!]);
    await forSeconds(0.49);
    assertEquals(await redis.llen("queue:tq"), 2, "not before its time");
    await forSeconds(0.02);
    assertEquals(await redis.llen("queue:tq"), 3);
    await forSeconds(1.49);
    assertEquals((await queued(redis, "tq")).map(([id]) => id), [names[0]!, names[2]!, names[1]!, names[3]!]);
    assertEquals(await redis.exists("delayed:"), 0);

    const count = world.sized(40, 400);
    const many: string[] = [];
    for (const i of range(count)) {
      many.push(await executeLater(world, redis, "many", "f", 0.1 + i % 10 / 100));
    }
    const dying = await world.client("dying poller");
    pollers.push(dying);
    world.clock.advance(0.2);
    const first = pollers.map((poller) => poll(world, poller).catch(() => false));
    world.kill(dying);
    pollers.pop();
    await Promise.all(first);
    await forSeconds(0.05);
    for (const key of await redis.keys("lock:*")) await world.expire(redis, key, LOCK_MS / 1000);
    await forSeconds(0.02);
    const moved = (await queued(redis, "many")).map(([id]) => id);
    assertEquals(moved.sort(), many.sort(), "each is moved once");
  },
  nondeterministic: "tasks of the same time are moved by several pollers in an order of chance",

  story(world) {
    const tasks: string[] = [];
    return {
      clients: 4,
      async turn(redis, client) {
        world.clock.advance(POLL_SECONDS);
        if (client < 2) {
          tasks.push(await executeLater(world, redis, "tq", "f", world.random.between(0, 5) / 50));
        } else await poll(world, redis);
      },
      async invariants(redis) {
        const delayed = (await redis.zrange("delayed:", 0, "-1")).map((text): Task => JSON.parse(text));
        const all = [...delayed, ...await queued(redis, "tq")].map(([id]) => id);
        assertEquals(new Set(all).size, all.length, "a task is there twice");
        for (const task of tasks) assert(all.includes(task), "a task that was acknowledged is gone");
        for (const key of await redis.keys("lock:*")) await world.expire(redis, key, LOCK_MS / 1000);
      },
    };
  },
};
