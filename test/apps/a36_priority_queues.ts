/** A36: several queues, looked at in the order of their priority. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, range } from "./application.ts";

const PRIORITIES = ["high", "medium", "low"];
/** What was put off comes before the rest of its priority. */
const QUEUES = PRIORITIES.flatMap((priority) => [`queue:${priority}-delayed`, `queue:${priority}`]);

async function take(redis: Redis, seconds: number): Promise<[string, string] | null> {
  return await redis.blpop(...QUEUES, seconds);
}

export const priorityQueues: Application = {
  id: "A36",
  title: "Queues with priorities",
  chapter: 6,
  source: "6.21",

  async run(world) {
    const redis = await world.client("web");
    const worker = await world.client("worker");
    for (const i of range(world.sized(30, 300))) {
      await redis.rpush(QUEUES[world.random.between(0, 5)]!, String(i));
    }
    const order: [string, string][] = [];
    for (const _ of range(world.sized(30, 300))) order.push((await take(worker, 30))!);
    const places = order.map(([queue]) => QUEUES.indexOf(queue));
    assertEquals(places, places.toSorted((a, b) => a - b), "never the lower before the higher");
    for (const queue of QUEUES) {
      const numbers = order.filter(([name]) => name === queue).map(([, number]) => Number(number));
      assertEquals(numbers, numbers.toSorted((a, b) => a - b));
    }
    assertEquals(await take(worker, 0.01), null);

    // Several queues are filled at once while it waits: it gets what came first. Priority is for who does not wait.
    const served = take(worker, 30);
    await world.until("it to wait", async () => /^blocked_clients:1\r/m.test(await redis.info("clients")));
    await redis.multi().rpush("queue:low", "l").rpush("queue:high", "h").rpush("queue:medium", "m").exec();
    assertEquals(await served, ["queue:low", "l"]);
    assertEquals(await take(worker, 30), ["queue:high", "h"]);
    const others = await Promise.all(range(3).map((i) => world.client(`worker ${i}`)));
    assertEquals(await take(others[0]!, 30), ["queue:medium", "m"]);
    const waiting: Promise<[string, string] | null>[] = [];
    for (const [i, other] of others.entries()) {
      waiting.push(take(other, 30));
      const blocked = new RegExp(`^blocked_clients:${i + 1}\r`, "m");
      await world.until("it to wait", async () => blocked.test(await redis.info("clients")));
    }
    for (const i of range(3)) await redis.rpush("queue:low", String(i));
    const all = await Promise.all(waiting);
    assertEquals(all, range(3).map((i) => ["queue:low", String(i)]), "who waits longest is served first");
    assertEquals(await redis.dbsize(), 0);
  },

  story(world) {
    const sent = new Set<string>();
    const taken = new Set<string>();
    let taking = 0;
    return {
      clients: 4,
      async turn(redis, client, turn) {
        if (client < 2) {
          // More than is taken, so that much is waiting when the server dies.
          const jobs = range(5).map((i) => `${client}.${turn}.${i}`);
          await redis.rpush(world.random.pick(QUEUES), ...jobs);
          for (const job of jobs) sent.add(job);
          return;
        }
        taking++;
        const job = await take(redis, 0.02);
        taking--;
        if (job !== null) taken.add(job[1]);
      },
      async invariants(redis) {
        const waiting = (await Promise.all(QUEUES.map((queue) => redis.lrange(queue, 0, -1)))).flat();
        assertEquals(waiting.filter((job) => taken.has(job)), [], "what was done is there again");
        const missing = [...sent].filter((job) => !taken.has(job) && !waiting.includes(job));
        assert(missing.length <= taking, `${taking} were taking, ${missing.length} are gone`);
      },
    };
  },
};
