/** A22: minimum, maximum, count, sum and sum of squares of values in one sorted set. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, range, type World } from "./application.ts";
import { hourly } from "./a20_common_log.ts";

/** @returns count, sum and sum of squares so far */
export async function updateStats(
  world: World,
  redis: Redis,
  context: string,
  type: string,
  value: number,
): Promise<number[]> {
  const key = `stats:${context}:${type}`;
  const [low, high] = [world.uuid(), world.uuid()];
  const replies = await hourly(redis, world.now(), key, (transaction) =>
    transaction
      .zadd(low, value, "min")
      .zadd(high, value, "max")
      .zunionstore(key, 2, key, low, "AGGREGATE", "MIN")
      .zunionstore(key, 2, key, high, "AGGREGATE", "MAX")
      .del(low, high)
      .zincrby(key, 1, "count")
      .zincrby(key, value, "sum")
      .zincrby(key, value * value, "sumsq"));
  return replies.slice(-3).map(Number);
}

export async function getStats(redis: Redis, context: string, type: string): Promise<Record<string, number>> {
  const flat = await redis.zrange(`stats:${context}:${type}`, 0, "-1", "WITHSCORES");
  const stats: Record<string, number> = {};
  for (let i = 0; i < flat.length; i += 2) stats[flat[i]!] = Number(flat[i + 1]);
  const { count = 0, sum = 0, sumsq = 0 } = stats;
  return {
    ...stats,
    average: sum / count,
    stddev: Math.sqrt((sumsq - sum ** 2 / count) / ((count - 1) || 1)),
  };
}

export const statistics: Application = {
  id: "A22",
  title: "Statistics in sorted sets",
  chapter: 5,
  source: "5.6-5.7",

  async run(world) {
    const redis = await world.client("web");
    assertEquals(await updateStats(world, redis, "page", "time", 0.25), [1, 0.25, 0.0625]);
    const values = [0.25, ...range(world.sized(50, 1000)).map(() => world.random.between(-400, 4000) / 64)];
    for (const value of values.slice(1)) await updateStats(world, redis, "page", "time", value);
    const stats = await getStats(redis, "page", "time");
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    assertEquals([stats.min, stats.max, stats.count], [
      Math.min(...values),
      Math.max(...values),
      values.length,
    ]);
    assertAlmostEquals(stats.average!, mean, 1e-9);
    assertAlmostEquals(stats.stddev!, Math.sqrt(squares / (values.length - 1)), 1e-6);
    world.clock.advance(3600);
    await updateStats(world, redis, "page", "time", 7);
    assertEquals((await getStats(redis, "page", "time")).max, 7);
    assertEquals((await getStats(redis, "page", "time:last")).count, values.length);
    const clients = await Promise.all(range(4).map((i) => world.client(`web ${i}`)));
    await Promise.all(clients.map(async (client, i) => {
      for (const j of range(world.sized(10, 100))) await updateStats(world, client, "page", "hits", i + j);
    }));
    const { count, min, max } = await getStats(redis, "page", "hits");
    assertEquals([count, min, max], [4 * world.sized(10, 100), 0, 3 + world.sized(10, 100) - 1]);
    assertEquals((await redis.keys("*")).length, 6, "nothing temporary is left");
  },

  story(world) {
    let [done, begun] = [0, 0];
    return {
      clients: 3,
      async turn(redis) {
        begun++;
        await updateStats(world, redis, "page", "time", world.random.pick([3, 5]));
        done++;
      },
      async invariants(redis) {
        const { count = 0, sum = 0, sumsq = 0, min = 3, max = 5 } = await getStats(redis, "page", "time");
        assert(
          count >= done && count <= begun,
          `${done} of ${begun} were acknowledged, ${count} are counted`,
        );
        // True of any number of threes and fives.
        assertEquals(sumsq, 8 * sum - 15 * count, "count, sum and sum of squares belong together");
        assert([3, 5].includes(min) && [3, 5].includes(max));
        for (const key of await redis.keys("*")) assert(key.startsWith("stats:"), `${key} was temporary`);
      },
    };
  },
};
