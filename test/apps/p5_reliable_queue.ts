/**
 * P5: a queue that loses nothing when workers die: a job moves to its worker's own list, and leaves it when it is done; what a
 * dead worker has left there goes back to the queue.
 */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

const QUEUE = "jobs";
const WORKERS = ["worker-1", "worker-2", "worker-3"];

function listOf(worker: string): string {
  return `processing:${worker}`;
}

async function take(redis: Redis, worker: string, seconds: number): Promise<string | null> {
  return await redis.blmove(QUEUE, listOf(worker), "LEFT", "RIGHT", seconds);
}

/** What is done, and that it is done, in one transaction: a second time changes nothing. */
async function finish(redis: Redis, worker: string, job: string): Promise<void> {
  await execute(redis.multi().lrem(listOf(worker), 1, job).sadd("done", job));
}

/** @returns how many jobs went back to the queue, each to its front */
async function takeBack(redis: Redis, worker: string): Promise<number> {
  let count = 0;
  while (await redis.lmove(listOf(worker), QUEUE, "RIGHT", "LEFT") !== null) count++;
  return count;
}

/** All jobs, seen in one moment: every one is in one place. */
async function whereabouts(redis: Redis, workers: readonly string[]): Promise<string[]> {
  const looking = redis.multi().smembers("done").lrange(QUEUE, 0, -1);
  for (const worker of workers) looking.lrange(listOf(worker), 0, -1);
  const all = (await execute(looking) as string[][]).flat();
  assertEquals(new Set(all).size, all.length, "a job is in two places");
  return all;
}

export const reliableQueue: Application = {
  id: "P5",
  title: "Reliable queue",
  source: "BLMOVE, LMOVE, LREM",

  async run(world) {
    const redis = await world.client("producer");
    const count = world.sized(60, 1500);
    for (let at = 0; at < count; at += 20) await redis.rpush(QUEUE, ...range(20).map((i) => `job ${at + i}`));
    let deaths = 0;
    await Promise.all(
      WORKERS.map(async (worker, i) => {
        let client = await world.client(worker);
        for (let turn = 0;; turn++) {
          const job = await take(client, worker, 0.02);
          if (job === null) return;
          if (turn % 5 !== i) {
            await finish(client, worker, job);
            continue;
          }
          // It dies with the job in its hands, or with the answer to its last command under way.
          const last = turn % 2 === 0 ? finish(client, worker, job).catch(() => {}) : undefined;
          await world.gone(client);
          await last;
          deaths++;
          client = await world.client(worker);
          assertEquals((await whereabouts(client, WORKERS)).length, count);
          await takeBack(client, worker);
        }
      }),
    );
    for (const worker of WORKERS) await takeBack(redis, worker);
    for (let job = await take(redis, "last", 0.01); job !== null; job = await take(redis, "last", 0.01)) {
      await finish(redis, "last", job);
    }
    assert(deaths > 5, `${deaths} workers have died`);
    assertEquals(await redis.scard("done"), count, "every job is done");
    assertEquals(await redis.keys("*"), ["done"]);

    // The same list as source and target goes round.
    await redis.rpush("round", "a", "b", "c");
    assertEquals(await redis.rpoplpush("round", "round"), "c");
    assertEquals(await redis.brpoplpush("round", "round", 1), "b");
    assertEquals(await redis.lrange("round", 0, -1), ["b", "c", "a"]);
  },

  story() {
    const sent: string[] = [];
    return {
      clients: 4,
      async turn(redis, client, turn) {
        if (client === 0) {
          await redis.rpush(QUEUE, `job ${turn}`);
          sent.push(`job ${turn}`);
          return;
        }
        const worker = WORKERS[client - 1]!;
        await takeBack(redis, worker);
        const job = await take(redis, worker, 0.02);
        if (job !== null) await finish(redis, worker, job);
      },
      async invariants(redis) {
        const all = new Set(await whereabouts(redis, WORKERS));
        assertEquals(sent.filter((job) => !all.has(job)), [], "a job that was acknowledged is gone");
      },
    };
  },
};
