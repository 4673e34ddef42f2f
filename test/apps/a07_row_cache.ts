/** A7: rows of a database, copied here by a daemon as often as each of them wants it. */
import { assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

const POLL_SECONDS = 0.05;

/** @param delay seconds between two copies; 0 ends the copying */
async function schedule(redis: Redis, now: number, row: string, delay: number): Promise<void> {
  await execute(redis.multi().zadd("delay:", delay, row).zadd("schedule:", now, row));
}

/** One look at the schedule. @returns whether there was something to do */
async function copyNext(redis: Redis, now: number, read: (row: string) => object): Promise<boolean> {
  await redis.watch("delay:");
  const [row, due] = await redis.zrange("schedule:", 0, "0", "WITHSCORES");
  if (row === undefined || Number(due) > now) {
    await redis.unwatch();
    return false;
  }
  const delay = Number(await redis.zscore("delay:", row));
  const transaction = redis.multi();
  if (delay <= 0) transaction.zrem("delay:", row).zrem("schedule:", row).del(`inv:${row}`);
  else transaction.zadd("schedule:", now + delay, row).set(`inv:${row}`, JSON.stringify(read(row)));
  await execute(transaction);
  return true;
}

export const rowCache: Application = {
  id: "A7",
  title: "Row cache",
  chapter: 2,
  source: "2.7-2.8",
  errata: [
    "listing 2.8 forgets a row that is scheduled again between the daemon's look and its removal; here the daemon watches.",
  ],

  async run(world) {
    const redis = await world.client("daemon");
    let copies = 0;
    const read = (
      row: string,
    ) => (copies++, { id: row, qty: copies, description: "Lorem ipsum dolor sit amet" });
    const forSeconds = async (seconds: number) => {
      for (const _ of range(Math.round(seconds / POLL_SECONDS))) {
        while (await copyNext(redis, world.now(), read));
        world.clock.advance(POLL_SECONDS);
      }
    };
    await schedule(redis, world.now(), "itemX", 1);
    assertEquals(await redis.get("inv:itemX"), null);
    await forSeconds(0.5);
    const first = await redis.get("inv:itemX");
    assertEquals(first, `{"id":"itemX","qty":1,"description":"Lorem ipsum dolor sit amet"}`);
    await forSeconds(1);
    assertEquals(JSON.parse((await redis.get("inv:itemX"))!).qty, 2, "copied again after its second");
    for (const i of range(world.sized(5, 50))) {
      await schedule(redis, world.now(), `row ${i}`, 0.1 * (i % 5 + 1));
    }
    await forSeconds(2);
    assertEquals(await redis.zcard("schedule:"), world.sized(6, 51));
    assertEquals(await redis.dbsize(), world.sized(6, 51) + 2);
    for (const i of range(world.sized(5, 50))) await schedule(redis, world.now(), `row ${i}`, 0);
    await schedule(redis, world.now(), "itemX", -1);
    await forSeconds(1);
    assertEquals(await redis.dbsize(), 0);
  },

  story(world) {
    const delays = new Map<string, number>();
    return {
      clients: 3,
      async turn(redis, client, turn) {
        world.clock.advance(POLL_SECONDS);
        if (client === 0) {
          await copyNext(redis, world.now(), (row) => ({ row, at: world.now() }));
        } else {
          const [row, delay] = [`row ${client}.${world.random.between(0, 8)}`, turn % 4 === 0 ? 0 : 0.1];
          delays.delete(row); // If this is not acknowledged, either may hold.
          await schedule(redis, world.now(), row, delay);
          delays.set(row, delay);
        }
      },
      async invariants(redis) {
        const rows = (await redis.zrange("schedule:", 0, "-1")).sort();
        assertEquals((await redis.zrange("delay:", 0, "-1")).sort(), rows);
        for (const [row, delay] of delays) {
          if (delay > 0) {
            assertEquals(Number(await redis.zscore("delay:", row)), delay, `${row} is forgotten`);
          }
        }
        for (const key of await redis.keys("inv:*")) {
          assertEquals(rows.includes(key.slice(4)), true, `${key} is copied no more, and is there`);
          assertEquals(JSON.parse((await redis.get(key))!).row, key.slice(4));
        }
      },
    };
  },
};
