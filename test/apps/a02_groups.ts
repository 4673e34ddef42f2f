/** A2: articles in groups; the best of a group are computed once a minute. */
import { assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Article, getArticles, type Order, postArticle, vote } from "./a01_voting.ts";
import { type Application, execute, range } from "./application.ts";

const CACHE_SECONDS = 60;

async function regroup(
  redis: Redis,
  article: string,
  add: readonly string[],
  remove: readonly string[] = [],
) {
  const transaction = redis.multi();
  for (const group of add) transaction.sadd(`group:${group}`, article);
  for (const group of remove) transaction.srem(`group:${group}`, article);
  await execute(transaction);
}

async function getGroupArticles(
  redis: Redis,
  group: string,
  page: number,
  by: "score:" | "time:" = "score:",
) {
  const key: Order = `${by}${group}` as Order;
  if (await redis.exists(key) === 0) {
    await execute(
      redis.multi()
        .zinterstore(key, 2, `group:${group}`, by, "AGGREGATE", "MAX")
        .expire(key, CACHE_SECONDS),
    );
  }
  return await getArticles(redis, page, key);
}

function ids(articles: readonly Article[]): string[] {
  return articles.map(({ id }) => id!);
}

export const articleGroups: Application = {
  id: "A2",
  title: "Article groups",
  chapter: 1,
  source: "1.9-1.10",
  errata: ["figure 1.12 names the sets `groups:`, listing 1.9 `group:`, as done here."],

  async run(world) {
    const redis = await world.client("web");
    const articles: string[] = [];
    for (const i of range(world.sized(12, 120))) {
      world.clock.advance(1);
      articles.push(await postArticle(redis, world.now(), `user ${i}`, `article ${i}`));
    }
    const odd = articles.filter((_, i) => i % 2 === 1);
    for (const article of odd) await regroup(redis, article, ["programming", "odd"]);
    await vote(redis, world.now(), "anna", odd[0]!);
    const best = await getGroupArticles(redis, "programming", 1);
    assertEquals(ids(best), [odd[0]!, ...odd.slice(1).reverse()].slice(0, 25));
    for (const id of odd) {
      assertEquals(await redis.zscore("score:programming", id), await redis.zscore("score:", id));
    }
    await regroup(redis, odd[0]!, [], ["programming"]);
    assertEquals(ids(await getGroupArticles(redis, "programming", 1))[0], odd[0], "the minute is not over");
    await world.expire(redis, "score:programming", CACHE_SECONDS);
    assertEquals(ids(await getGroupArticles(redis, "programming", 1))[0], odd.at(-1));
    assertEquals(await getGroupArticles(redis, "nobody", 1), []);
    assertEquals(await redis.exists("score:nobody", "group:nobody"), 0);
  },

  async story(world) {
    const redis = await world.client();
    const articles: string[] = [];
    for (const i of range(5)) {
      articles.push(await postArticle(redis, world.now() + i, "anna", `article ${i}`));
    }
    const GROUPS = ["a", "b", "c"];
    // Each article belongs to exactly one group, whoever moved it last.
    for (const article of articles) await regroup(redis, article, ["a"]);
    return {
      clients: 3,
      async turn(redis) {
        const group = world.random.pick(GROUPS);
        await regroup(redis, world.random.pick(articles), [group], GROUPS.filter((other) => other !== group));
        await getGroupArticles(redis, group, 1);
      },
      async invariants(redis) {
        const members = await Promise.all(GROUPS.map((group) => redis.smembers(`group:${group}`)));
        assertEquals(members.flat().sort(), articles);
        // What is cached never stays for good.
        for (const group of GROUPS) {
          if (await redis.exists(`score:${group}`) === 1) await world.expire(redis, `score:${group}`);
          assertEquals(
            ids(await getGroupArticles(redis, group, 1)).sort(),
            members[GROUPS.indexOf(group)]!.sort(),
          );
        }
      },
    };
  },
};
