/** P4: a list of news, sorted by weights that are in keys of their own, with titles that are in others. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

async function publish(redis: Redis, id: number, weight: number, title: string): Promise<void> {
  await execute(
    redis.multi().rpush("news", id).set(`weight_${id}`, weight).set(`news_title_${id}`, title),
  );
}

async function top(redis: Redis, from: number, count: number): Promise<string[]> {
  const limit = ["LIMIT", from, count];
  return await redis.call(
    "SORT",
    "news",
    "BY",
    "weight_*",
    ...limit,
    "GET",
    "news_title_*",
    "GET",
    "#",
    "DESC",
  ) as string[];
}

export const sortedNews: Application = {
  id: "P4",
  title: "News sorted by weight",
  source: "SORT BY GET LIMIT DESC",

  async run(world) {
    const redis = await world.client("web");
    const count = world.sized(60, 2000);
    for (const id of range(count)) await publish(redis, id, id * 37 % count, `title ${id}`);
    const order = range(count).sort((a, b) => b * 37 % count - a * 37 % count);
    const expected = (from: number) =>
      order.slice(from, from + 10).flatMap((id) => [`title ${id}`, String(id)]);
    assertEquals(await top(redis, 0, 10), expected(0));
    assertEquals(await top(redis, 20, 10), expected(20));
    assertEquals(await top(redis, count, 10), []);
    await redis.set(`weight_${order.at(-1)!}`, count + 0.5);
    assertEquals((await top(redis, 0, 1))[1], String(order.at(-1)));
    await redis.del(`news_title_${order[0]!}`);
    assertEquals(await top(redis, 1, 1), [null, String(order[0])] as unknown[], "a title that is gone");
    assertEquals(await redis.sort("news", "BY", "weight_*", "DESC", "STORE", "sorted"), count);
    assertEquals((await redis.lrange("sorted", 0, 1)).map(Number), [order.at(-1)!, order[0]!]);
  },

  story() {
    const done: number[] = [];
    return {
      clients: 2,
      async turn(redis, client, turn) {
        const id = 2 * turn + client;
        await publish(redis, id, 100_000 - id, `title ${id}`);
        done.push(id);
        assert((await top(redis, 0, 1)).length === 2);
      },
      async invariants(redis) {
        const all = await top(redis, 0, 1_000_000);
        const ids = range(all.length / 2).map((i) => Number(all[2 * i + 1]));
        assertEquals(ids, ids.toSorted((a, b) => a - b));
        assertEquals(
          range(ids.length).map((i) => all[2 * i]),
          ids.map((id) => `title ${id}`),
          "news are there whole",
        );
        const there = new Set(ids);
        assertEquals(done.filter((id) => !there.has(id)), []);
      },
    };
  },
};
