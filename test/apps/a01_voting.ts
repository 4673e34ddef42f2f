/** A1: articles that users post and vote for; a page of them by score or by age. */
import { assert, assertEquals, assertExists } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range, roundTrips } from "./application.ts";

export const WEEK = 7 * 86_400;
/** What one vote is worth: 200 of them keep an article on top for a day. */
export const VOTE_SCORE = 432;
const PAGE = 25;

export type Order = "score:" | "time:" | `score:${string}`;
export type Article = Readonly<Record<string, string>>;

/** @returns the article's key, such as `article:1` */
export async function postArticle(redis: Redis, now: number, user: string, title: string): Promise<string> {
  const id = await redis.incr("article:");
  const article = `article:${id}`;
  await execute(
    redis.multi()
      .sadd(`voted:${id}`, user)
      .expire(`voted:${id}`, WEEK)
      .hset(article, { title, link: `https://example.com/${id}`, poster: user, time: now, votes: 1 })
      .zadd("score:", now + VOTE_SCORE, article)
      .zadd("time:", now, article),
  );
  return article;
}

/** @returns whether the vote counted: it is the user's first one, and the article is not older than a week */
export async function vote(redis: Redis, now: number, user: string, article: string): Promise<boolean> {
  const posted = await redis.zscore("time:", article);
  if (posted === null || Number(posted) < now - WEEK) return false;
  if (await redis.sadd(votedKey(article), user) === 0) return false;
  await execute(redis.multi().zincrby("score:", VOTE_SCORE, article).hincrby(article, "votes", 1));
  return true;
}

/** One page, a round trip an article. @param page from 1 on */
export async function getArticles(redis: Redis, page: number, order: Order = "score:"): Promise<Article[]> {
  const articles: Article[] = [];
  for (const key of await pageOf(redis, page, order)) {
    articles.push({ ...await redis.hgetall(key), id: key });
  }
  return articles;
}

/** The same in two round trips. */
export async function getArticlesAtOnce(
  redis: Redis,
  page: number,
  order: Order = "score:",
): Promise<Article[]> {
  const keys = await pageOf(redis, page, order);
  const pipeline = redis.pipeline();
  for (const key of keys) pipeline.hgetall(key);
  const found = await execute(pipeline);
  return keys.map((key, i) => ({ ...(found?.[i] as Record<string, string>), id: key }));
}

export function votedKey(article: string): string {
  return `voted:${article.split(":")[1]}`;
}

function pageOf(redis: Redis, page: number, order: Order): Promise<string[]> {
  return redis.zrevrange(order, (page - 1) * PAGE, page * PAGE - 1);
}

export const articleVoting: Application = {
  id: "A1",
  title: "Article voting",
  chapter: 1,
  source: "1.6-1.8",
  errata: ["the text sorts by ZREVRANGEBYSCORE, listing 1.8 by ZREVRANGE, as done here."],

  async run(world) {
    const redis = await world.client("web");
    const first = await postArticle(redis, world.now(), "anna", "A title");
    assertEquals(first, "article:1");
    const kept = await redis.ttl("voted:1");
    assert(kept > WEEK - 60 && kept <= WEEK, `voted:1 is kept for ${kept} s`);
    assertEquals(await vote(redis, world.now(), "anna", first), false, "who posted has voted");
    assertEquals(await vote(redis, world.now(), "bert", first), true);
    const before = [await redis.hget(first, "votes"), await redis.zscore("score:", first)];
    assertEquals(before, ["2", String(world.now() + 2 * VOTE_SCORE)]);
    assertEquals(await vote(redis, world.now(), "bert", first), false);
    assertEquals([await redis.hget(first, "votes"), await redis.zscore("score:", first)], before);

    for (const i of range(world.sized(40, 200))) {
      world.clock.advance(1);
      await postArticle(redis, world.now(), `user ${i}`, `article ${i}`);
    }
    const voters = await Promise.all(range(4).map((i) => world.client(`voter ${i}`)));
    await Promise.all(voters.map(async (voter, i) => {
      for (const j of range(world.sized(10, 100))) {
        await vote(voter, world.now(), `voter ${i}`, `article:${1 + (i * 7 + j) % 40}`);
      }
    }));
    await checkScores(redis, 0);

    const byScore = await getArticles(redis, 1);
    assertEquals(byScore.length, PAGE);
    const scores = byScore.map(({ time, votes }) => Number(time) + Number(votes) * VOTE_SCORE);
    assertEquals(scores, scores.toSorted((a, b) => b - a));
    const ages = (await getArticles(redis, 2, "time:")).map(({ time }) => Number(time));
    assertEquals(ages, ages.toSorted((a, b) => b - a));
    assertEquals(await getArticlesAtOnce(redis, 1), byScore);
    assertEquals(await roundTrips(redis, () => getArticles(redis, 1)), 1 + PAGE);
    assertEquals(await roundTrips(redis, () => getArticlesAtOnce(redis, 1)), 2);

    world.clock.advance(WEEK + 1000);
    assertEquals(await vote(redis, world.now(), "carl", first), false, "the week is over");
    assertEquals(await redis.sismember("voted:1", "carl"), 0);
    await world.expire(redis, "voted:2", WEEK);
  },

  async story(world) {
    const articles = [await postArticle(await world.client(), world.now(), "anna", "the first")];
    const votes: [string, string][] = [];
    return {
      clients: 4,
      async turn(redis, client, turn) {
        if (turn % 5 === 4) {
          articles.push(await postArticle(redis, world.now(), `poster ${client}`, "another"));
        }
        const article = world.random.pick(articles);
        if (await vote(redis, world.now(), `${client}.${turn}`, article)) {
          votes.push([article, `${client}.${turn}`]);
        }
      },
      async invariants(redis) {
        for (const article of articles) assertEquals(await redis.hlen(article), 5, `${article} is not whole`);
        for (const [article, user] of votes) assertEquals(await redis.sismember(votedKey(article), user), 1);
        // A client that dies between SADD and MULTI leaves a vote that is not counted: no more than one a client and kill.
        await checkScores(redis, 4 * 3);
      },
    };
  },
};

/** Score, votes and voters of every article belong together. @param uncounted so many votes may have been interrupted */
async function checkScores(redis: Redis, uncounted: number): Promise<void> {
  let missing = 0;
  for (const article of await redis.zrange("time:", 0, "-1")) {
    const { time, votes } = await redis.hgetall(article);
    assertExists(time, `${article} is in time: only`);
    assertEquals(
      Number(await redis.zscore("score:", article)),
      Number(time) + Number(votes) * VOTE_SCORE,
      article,
    );
    missing += await redis.scard(votedKey(article)) - Number(votes);
  }
  assert(missing >= 0 && missing <= uncounted, `${missing} votes were not counted`);
}
