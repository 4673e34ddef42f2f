/** A35: a queue of e-mails that several workers take from, first in, first out. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, range } from "./application.ts";

const QUEUE = "queue:email";

export interface Job {
  readonly producer: number;
  readonly number: number;
  readonly text: string;
}

async function send(redis: Redis, job: Job): Promise<void> {
  await redis.rpush(QUEUE, JSON.stringify(job));
}

/** @param seconds how long to wait when there is nothing */
async function take(redis: Redis, seconds: number): Promise<Job | undefined> {
  const popped = await redis.blpop(QUEUE, seconds);
  if (popped === null) return undefined;
  assertEquals(popped[0], QUEUE);
  return JSON.parse(popped[1]);
}

/** Jobs of one producer come in the order in which it has sent them. */
export function assertInOrder(jobs: readonly Job[]): void {
  for (const producer of new Set(jobs.map((job) => job.producer))) {
    const numbers = jobs.filter((job) => job.producer === producer).map(({ number }) => number);
    assertEquals(numbers, numbers.toSorted((a, b) => a - b));
  }
}

export const fifoQueue: Application = {
  id: "A35",
  title: "First in, first out",
  chapter: 6,
  source: "6.18-6.20",

  async run(world) {
    const [producers, each] = [2, world.sized(60, 1000)];
    const senders = await Promise.all(range(producers).map((i) => world.client(`shop ${i}`)));
    const workers = await Promise.all(range(4).map((i) => world.client(`worker ${i}`)));
    const done: Job[][] = workers.map(() => []);
    let left = producers * each;
    const working = workers.map(async (worker, i) => {
      while (left > 0) {
        const job = await take(worker, 30);
        assert(job !== undefined);
        if (job.number < 0) return; // Sent when all is done, so that nobody waits on.
        done[i]!.push(job);
        left--;
      }
    });
    await Promise.all(senders.map(async (sender, producer) => {
      for (const number of range(each)) {
        await send(sender, { producer, number, text: `mail ${number} "\u00fc"` });
      }
    }));
    await world.until("all to be sent", () => left === 0);
    for (const _ of workers) await send(senders[0]!, { producer: 0, number: -1, text: "" });
    await Promise.all(working);
    for (const jobs of done) assertInOrder(jobs);
    const all = done.flat().map(({ producer, number }) => producer * each + number);
    assertEquals(all.sort((a, b) => a - b), range(producers * each), "each is done once");

    // Who died while it waited takes nothing with it.
    const redis = senders[0]!;
    await redis.del(QUEUE);
    const dying = await world.client("dying");
    const waited = take(dying, 30).catch((error) => error.message);
    await world.until("it to wait", async () => /^blocked_clients:1\r/m.test(await redis.info("clients")));
    await world.gone(dying);
    await send(redis, { producer: 1, number: 7, text: "" });
    assertEquals(await redis.llen(QUEUE), 1);
    assertEquals((await take(workers[0]!, 30))?.number, 7);
    assertEquals(await waited, "Connection is closed.");
    assertEquals(await take(redis, 0.01), undefined, "nothing came in time");
    assertEquals(await redis.dbsize(), 0);
  },

  story() {
    const sent = new Set<string>();
    const taken: Job[] = [];
    let taking = 0;
    const name = ({ producer, number }: Job) => `${producer}.${number}`;
    return {
      clients: 5,
      async turn(redis, client, turn) {
        if (client < 3) {
          const job = { producer: client, number: turn, text: "x".repeat(turn % 100) };
          await send(redis, job);
          sent.add(name(job));
          return;
        }
        taking++;
        const job = await take(redis, 0.02);
        taking--;
        if (job !== undefined) taken.push(job);
      },
      async invariants(redis) {
        const waiting = (await redis.lrange(QUEUE, 0, -1)).map((text): Job => JSON.parse(text));
        assertInOrder(waiting);
        const there = new Set([...waiting, ...taken].map(name));
        assertEquals(there.size, waiting.length + taken.length, "a job is there twice");
        const missing = [...sent].filter((job) => !there.has(job));
        // Who takes with BLPOP and dies before it has the answer loses one.
        assert(missing.length <= taking, `${taking} were taking, ${missing.length} are gone: ${missing}`);
      },
    };
  },
};
