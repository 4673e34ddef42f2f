/** A20: how often each message was logged in this hour, and in the hour before. */
import { assert, assertEquals } from "@std/assert";
import type { ChainableCommander, Redis } from "ioredis";
import { logRecent } from "./a19_recent_log.ts";
import { type Application, execute, range } from "./application.ts";

const HOUR = 3600;

/**
 * One transaction on a key that begins anew each hour, repeated until nobody has touched its start: the key of the hour before is
 * `key:last`, its start `key:pstart`.
 * @param queue what there is to do with the key
 */
export async function hourly(
  redis: Redis,
  now: number,
  key: string,
  queue: (transaction: ChainableCommander) => ChainableCommander,
): Promise<unknown[]> {
  const hour = String(Math.floor(now / HOUR) * HOUR);
  const start = `${key}:start`;
  for (;;) {
    await redis.watch(start);
    const existing = await redis.get(start);
    const transaction = redis.multi();
    if (existing !== null && Number(existing) < Number(hour)) {
      transaction.rename(key, `${key}:last`).rename(start, `${key}:pstart`).set(start, hour);
    } else if (existing === null) {
      transaction.set(start, hour);
    }
    const replies = await execute(queue(transaction));
    if (replies !== null) return replies;
  }
}

async function logCommon(redis: Redis, now: number, name: string, text: string): Promise<void> {
  const key = `common:${name}:info`;
  await hourly(redis, now, key, (transaction) => logRecent(transaction.zincrby(key, 1, text), name, text));
}

async function counted(redis: Redis, key: string): Promise<number> {
  const flat = await redis.zrange(key, 0, "-1", "WITHSCORES");
  return flat.filter((_, i) => i % 2 === 1).reduce((sum, score) => sum + Number(score), 0);
}

export const commonLog: Application = {
  id: "A20",
  title: "Common log messages, hour by hour",
  chapter: 5,
  source: "5.2",
  errata: [
    "listings 5.2 and 5.6 never set the start key the first time; its companion does, and so is done here.",
  ],

  async run(world) {
    const redis = await world.client("app");
    const key = "common:app:info";
    const hour = Math.floor(world.now() / HOUR) * HOUR;
    for (const i of range(world.sized(30, 300))) {
      await logCommon(redis, world.now(), "app", `message ${i % 7 % 4}`);
    }
    assertEquals(await redis.get(`${key}:start`), String(hour));
    assertEquals(await redis.exists(`${key}:last`, `${key}:pstart`), 0);
    const first = await redis.zrange(key, 0, "-1", "WITHSCORES");
    assertEquals(await counted(redis, key), world.sized(30, 300));
    const clients = await Promise.all(range(4).map((i) => world.client(`app ${i}`)));
    for (const later of [1, 2, 3]) {
      world.clock.advance(HOUR);
      await Promise.all(clients.map(async (client) => {
        for (const i of range(world.sized(5, 50))) {
          await logCommon(client, world.now(), "app", `hour ${later} ${i % 3}`);
        }
      }));
      assertEquals(await redis.get(`${key}:start`), String(hour + later * HOUR));
      assertEquals(await redis.get(`${key}:pstart`), String(hour + (later - 1) * HOUR));
      assertEquals(await counted(redis, key), 4 * world.sized(5, 50));
      const last = await redis.zrange(`${key}:last`, 0, "-1", "WITHSCORES");
      if (later === 1) assertEquals(last, first);
      else assertEquals(last[0], `hour ${later - 1} 2`);
    }
    assertEquals((await redis.keys("*")).sort(), [
      ...["", ":last", ":pstart", ":start"].map((end) => key + end),
      "recent:app:info",
    ]);
    await redis.del("recent:app:info"); // Its order is a matter of chance.
  },

  story(world) {
    const done = [0, 0, 0];
    return {
      clients: 3,
      async turn(redis, client) {
        await logCommon(redis, world.now(), `app${client}`, "message");
        done[client]!++;
        if (world.random.oneIn(50)) world.clock.advance(HOUR);
      },
      async invariants(redis) {
        for (const [client, count] of done.entries()) {
          const key = `common:app${client}:info`;
          assertEquals(await redis.exists(key), await redis.exists(`${key}:start`));
          assertEquals(await redis.exists(`${key}:last`), await redis.exists(`${key}:pstart`));
          if (await redis.exists(`${key}:last`) === 1) continue;
          const kept = await counted(redis, key);
          assert(kept >= count && kept <= count + 3, `${count} were acknowledged, ${kept} are counted`);
        }
      },
    };
  },
};
