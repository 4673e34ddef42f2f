/** A8: which items are looked at most; counts fade, and only pages of the most popular items are cached. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { updateToken } from "./a04_login_cookies.ts";
import { cachedPage } from "./a06_page_cache.ts";
import { type Application, execute, range } from "./application.ts";

const CACHED_RANK_MAX = 10_000;

/** Views count downwards, so that the most popular item has rank 0. */
async function view(redis: Redis, now: number, token: string, item: string): Promise<void> {
  await updateToken(redis, now, token, "anna", item);
  await redis.zincrby("viewed:", -1, item);
}

/** Forgets all but the most popular items, and halves their counts. */
async function rescale(redis: Redis, keep: number): Promise<void> {
  await execute(
    redis.multi().zremrangebyrank("viewed:", keep, -1).zinterstore("viewed:", 1, "viewed:", "WEIGHTS", 0.5),
  );
}

async function mayBeCached(redis: Redis, request: string): Promise<boolean> {
  const item = /item=(\d+)/.exec(request)?.[1];
  if (item === undefined) return false;
  const rank = await redis.zrank("viewed:", item);
  return rank !== null && rank < CACHED_RANK_MAX;
}

async function total(redis: Redis): Promise<number> {
  const flat = await redis.zrange("viewed:", 0, "-1", "WITHSCORES");
  return -flat.filter((_, i) => i % 2 === 1).reduce((sum, score) => sum + Number(score), 0);
}

export const pageAnalytics: Application = {
  id: "A8",
  title: "Page analytics",
  chapter: 2,
  source: "2.9-2.11",

  async run(world) {
    const redis = await world.client("web");
    const [items, keep] = [world.sized(30, 300), world.sized(20, 200)];
    for (const i of range(items)) {
      world.clock.advance(1);
      await view(redis, world.now(), "t", String(i));
      if (i % 3 === 0) await redis.zincrby("viewed:", -i, String(i));
    }
    const busiest = String(items - 3);
    assertEquals(await redis.zrank("viewed:", busiest), 0);
    assertEquals(await redis.zscore("viewed:", busiest), String(-(items - 2)));
    const sum = await total(redis);
    await rescale(redis, items);
    assertAlmostEquals(await total(redis), sum / 2);
    assertEquals(await redis.zscore("viewed:", busiest), String(-(items - 2) / 2));
    await rescale(redis, keep);
    assertEquals(await redis.zcard("viewed:"), keep);
    assertEquals(await redis.zcard("viewed:t"), 25, "what a token has viewed is another key");

    let made = 0;
    const page = (request: string) => cachedPage(redis, request, () => `page ${++made}`, mayBeCached);
    assertEquals([await page(`/?item=${busiest}`), await page(`/?item=${busiest}`)], ["page 1", "page 1"]);
    assertEquals([await page("/"), await page("/")], ["page 2", "page 3"]);
    assertEquals([await page("/?item=99999"), await page("/?item=99999")], ["page 4", "page 5"]);
    const unpopular = range(CACHED_RANK_MAX).flatMap((i) => [-1000, `other ${i}`]);
    await redis.zadd("viewed:", ...unpopular);
    assertEquals(
      await mayBeCached(redis, `/?item=${busiest}`),
      false,
      "ten thousand others are more popular",
    );
  },

  story(world) {
    let counted = 0;
    let interrupted = 0;
    return {
      clients: 3,
      async turn(redis, client) {
        const item = String(world.random.between(0, 20));
        interrupted++;
        await view(redis, world.now(), `${client}`, item);
        interrupted--;
        counted++;
      },
      async invariants(redis) {
        const sum = await total(redis);
        assert(sum >= counted && sum <= counted + interrupted, `${counted} views, counted ${sum}`);
        await rescale(redis, 1000);
        assertAlmostEquals(await total(redis), sum / 2);
        await redis.del("viewed:");
        [counted, interrupted] = [0, 0];
      },
    };
  },
};
