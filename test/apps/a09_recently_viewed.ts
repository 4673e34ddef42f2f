/** A9: what a visitor looked at last, as a list. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

const MAX = 25;

async function view(redis: Redis, token: string, item: string): Promise<void> {
  const key = `viewed:${token}`;
  await execute(redis.multi().lrem(key, 0, item).rpush(key, item).ltrim(key, -MAX, -1));
}

export const recentlyViewed: Application = {
  id: "A9",
  title: "Recently viewed items as a list",
  chapter: 3,
  source: "exercise 3.2",

  async run(world) {
    const redis = await world.client("web");
    for (const i of range(world.sized(60, 600))) await view(redis, "t", `item ${i % 40}`);
    const viewed = await redis.lrange("viewed:t", 0, -1);
    assertEquals(viewed, range(MAX).map((i) => `item ${(world.sized(60, 600) - MAX + i) % 40}`));
    await view(redis, "t", viewed[3]!);
    assertEquals(await redis.lindex("viewed:t", -1), viewed[3]);
    assertEquals(await redis.llen("viewed:t"), MAX, "an item is there once");
  },

  story(world) {
    const last = new Map<number, string>();
    const next = new Map<number, string>();
    return {
      clients: 3,
      async turn(redis, client) {
        const item = `item ${world.random.between(0, 40)}`;
        next.set(client, item);
        await view(redis, String(client), item);
        last.set(client, item);
      },
      async invariants(redis) {
        for (const [client, item] of last) {
          const viewed = await redis.lrange(`viewed:${client}`, 0, -1);
          assert(viewed.length <= MAX && new Set(viewed).size === viewed.length, `${viewed}`);
          assert(
            [item, next.get(client)].includes(viewed.at(-1)!),
            `${item} was viewed last, not ${viewed.at(-1)}`,
          );
        }
      },
    };
  },
};
