/** The tests that people write of what they build on Redis: with time that passes when they say so. */
import { assertEquals } from "@std/assert";
import { Redis } from "ioredis";
import { RateLimiterRedis } from "rate-limiter-flexible";
import { createServer, type EmbeddedClient } from "../../src/mod.ts";

// The client keeps timers that outlive `disconnect` by a turn of the event loop.
const LOOSE = { sanitizeOps: false, sanitizeResources: false };

const RELEASE =
  "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

/** A lock that is lost when its owner takes too long. */
class Lock {
  readonly #client: EmbeddedClient;
  readonly #owner: string;

  constructor(client: EmbeddedClient, owner: string) {
    this.#client = client;
    this.#owner = owner;
  }

  async take(ms: number): Promise<boolean> {
    return await this.#client.call("SET", "lock", this.#owner, "NX", "PX", ms) === "OK";
  }

  async release(): Promise<boolean> {
    return await this.#client.call("EVAL", RELEASE, 1, "lock", this.#owner) === 1;
  }
}

Deno.test("a lock that expired is another's, and its first owner cannot release it", async () => {
  await using server = await createServer({ clock: "manual" });
  const [a, b] = [new Lock(server.client(), "a"), new Lock(server.client(), "b")];
  assertEquals(await a.take(30_000), true);
  assertEquals(await b.take(30_000), false);
  await server.advance(30_001);
  assertEquals(await b.take(30_000), true);
  assertEquals(await a.release(), false);
  assertEquals(await b.release(), true);
});

/** At most so many calls in a window that slides. */
async function isAllowed(
  client: EmbeddedClient,
  who: string,
  most: number,
  windowMs: number,
): Promise<boolean> {
  const script = `
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
    if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
    redis.call('ZADD', KEYS[1], now, now .. ':' .. redis.call('INCR', KEYS[1] .. ':calls'))
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    return 1`;
  return await client.call("EVAL", script, 1, `calls:${who}`, most, windowMs) === 1;
}

Deno.test("a limiter with a sliding window lets calls through again as the old ones grow old", async () => {
  await using server = await createServer({ clock: "manual" });
  const client = server.client();
  const results = [];
  for (let second = 0; second < 14; second++) {
    results.push(await isAllowed(client, "ada", 5, 10_000));
    await server.advance(1000);
  }
  assertEquals(results.map(Number).join(""), "11111000001111");
  await server.advance(60_000);
  assertEquals(await client.call("EXISTS", "calls:ada"), 0);
});

Deno.test("rate-limiter-flexible counts anew when its window is over", LOOSE, async () => {
  await using server = await createServer({ clock: "manual" });
  const redis = new Redis({ ...server.ioredis() });
  const limiter = new RateLimiterRedis({ storeClient: redis, points: 2, duration: 60 });
  const consume = () =>
    limiter.consume("ada").then(() => "yes", (refusal) => `in ${refusal.msBeforeNext} ms`);
  assertEquals([await consume(), await consume()], ["yes", "yes"]);
  await server.advance(20_000);
  assertEquals(await consume(), "in 40000 ms");
  await server.advance(40_001);
  assertEquals(await consume(), "yes");
  redis.disconnect();
});

/** A queue: jobs wait, are taken by workers, and come back when a worker is lost. */
class Queue {
  readonly #client: EmbeddedClient;

  constructor(client: EmbeddedClient) {
    this.#client = client;
  }

  async add(job: string, delayMs = 0): Promise<void> {
    if (delayMs === 0) return void await this.#client.call("LPUSH", "jobs:wait", job);
    const [seconds, micros] = await this.#client.call<[string, string]>("TIME");
    const due = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000) + delayMs;
    await this.#client.call("ZADD", "jobs:delayed", due, job);
  }

  /** Moves what is due, and what is lost: done by each worker before it waits. */
  async #promote(): Promise<void> {
    const script = `
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      for _, job in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
        redis.call('ZREM', KEYS[1], job)
        redis.call('LPUSH', KEYS[2], job)
      end
      for _, job in ipairs(redis.call('LRANGE', KEYS[3], 0, -1)) do
        if redis.call('EXISTS', 'jobs:lease:' .. job) == 0 then
          redis.call('LREM', KEYS[3], 1, job)
          redis.call('LPUSH', KEYS[2], job)
        end
      end`;
    await this.#client.call("EVAL", script, 3, "jobs:delayed", "jobs:wait", "jobs:active");
  }

  async take(leaseMs: number, seconds: number): Promise<string | null> {
    await this.#promote();
    const job = await this.#client.call<string | null>(
      ...["BLMOVE", "jobs:wait", "jobs:active", "RIGHT", "LEFT", seconds] as const,
    );
    if (job !== null) await this.#client.call("SET", `jobs:lease:${job}`, 1, "PX", leaseMs);
    return job;
  }

  async done(job: string): Promise<void> {
    await this.#client.call("LREM", "jobs:active", 1, job);
    await this.#client.call("DEL", `jobs:lease:${job}`);
  }
}

Deno.test("a queue gives jobs in order, delayed ones when they are due, lost ones again", async () => {
  await using server = await createServer({ clock: "manual" });
  const [producer, worker, other] = [server.client(), server.client(), server.client()].map((c) =>
    new Queue(c)
  );
  await producer!.add("first");
  await producer!.add("second");
  await producer!.add("later", 60_000);
  assertEquals(await worker!.take(30_000, 5), "first");
  await worker!.done("first");
  assertEquals(await worker!.take(30_000, 5), "second"); // And the worker is lost.
  const nothing = other!.take(30_000, 5);
  await server.advance(5000);
  assertEquals(await nothing, null);
  await server.advance(26_000);
  assertEquals(await other!.take(30_000, 5), "second");
  await other!.done("second");
  await server.advance(60_000);
  assertEquals(await other!.take(30_000, 5), "later");
});

Deno.test("what gives up after three errors does, and what tries again gets through", async () => {
  await using server = await createServer({ clock: "manual" });
  const client = server.client();
  const tryThrice = async () => {
    for (let attempt = 1;; attempt++) {
      try {
        return await client.call("INCR", "visits");
      } catch (error) {
        if (attempt === 3) return (error as Error).message;
      }
    }
  };
  const fault = server.faults.reply("INCR", "LOADING Redis is loading the dataset in memory", { times: 2 });
  assertEquals([await tryThrice(), fault.hits], [1, 2]);
  server.faults.reply("INCR", "LOADING Redis is loading the dataset in memory");
  assertEquals(await tryThrice(), "LOADING Redis is loading the dataset in memory");
});
