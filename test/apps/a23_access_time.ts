/** A23: how long pages took, and the hundred slowest of them. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range, type World } from "./application.ts";
import { getStats, updateStats } from "./a22_statistics.ts";

const SLOWEST = 100;

/** Serves a page, and keeps how long it took by the clock of the world. */
async function timed(world: World, redis: Redis, page: string, serve: () => void): Promise<void> {
  const began = world.now();
  serve();
  const [count, sum] = await updateStats(world, redis, page, "AccessTime", world.now() - began);
  await execute(
    redis.multi()
      .zadd("slowest:AccessTime", sum! / count!, page)
      .zremrangebyrank("slowest:AccessTime", 0, -1 - SLOWEST),
  );
}

export const accessTime: Application = {
  id: "A23",
  title: "Access times and the slowest pages",
  chapter: 5,
  source: "5.8",

  async run(world) {
    const redis = await world.client("web");
    const pages = world.sized(110, 250);
    for (const i of range(2 * pages)) {
      const page = i % pages;
      await timed(world, redis, `/page/${page}`, () => world.clock.advance(0.25 + page / 64));
    }
    assertEquals(await redis.zcard("slowest:AccessTime"), SLOWEST);
    const slowest = await redis.zrevrange("slowest:AccessTime", 0, -1);
    assertEquals(slowest, range(SLOWEST).map((i) => `/page/${pages - 1 - i}`));
    const { count, average } = await getStats(redis, `/page/${pages - 1}`, "AccessTime");
    assertEquals(count, 2);
    assert(Math.abs(average! - 0.25 - (pages - 1) / 64) < 0.002, `${average}`);
  },

  story(world) {
    const served = new Map<string, number>();
    return {
      clients: 3,
      async turn(redis, client, turn) {
        const page = `/${client}/${turn % 10}`;
        await timed(world, redis, page, () => world.clock.advance(0.25));
        served.set(page, (served.get(page) ?? 0) + 1);
      },
      async invariants(redis) {
        for (const page of await redis.zrange("slowest:AccessTime", 0, "-1")) {
          const { count = 0 } = await getStats(redis, page, "AccessTime");
          assert(count > 0, `${page} is slow, and was never served`);
        }
        for (const [page, times] of served) {
          const { count = 0 } = await getStats(redis, page, "AccessTime");
          assert(
            count >= times && count <= times + 3,
            `${page} was served ${times} times, ${count} are counted`,
          );
          assert(
            await redis.zscore("slowest:AccessTime", page) !== null,
            `${page} is not among the slowest 100 of 30`,
          );
        }
      },
    };
  },
};
