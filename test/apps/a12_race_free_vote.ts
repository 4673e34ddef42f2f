/** A12: the vote of A1 without its race: SADD and the counting are one transaction. */
import { assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { postArticle, VOTE_SCORE, votedKey, WEEK } from "./a01_voting.ts";
import { type Application, execute, range } from "./application.ts";

async function vote(redis: Redis, now: number, user: string, article: string): Promise<boolean> {
  const posted = Number(await redis.zscore("time:", article));
  if (posted < now - WEEK) return false;
  const voted = votedKey(article);
  for (;;) {
    await redis.watch(voted);
    if (await redis.sismember(voted, user) === 1) {
      await redis.unwatch();
      return false;
    }
    const done = await execute(
      redis.multi()
        .sadd(voted, user)
        .expire(voted, Math.floor(posted + WEEK - now))
        .zincrby("score:", VOTE_SCORE, article)
        .hincrby(article, "votes", 1),
    );
    if (done !== null) return true;
  }
}

async function check(redis: Redis, article: string): Promise<void> {
  const { time, votes } = await redis.hgetall(article);
  assertEquals(await redis.scard(votedKey(article)), Number(votes));
  assertEquals(Number(await redis.zscore("score:", article)), Number(time) + Number(votes) * VOTE_SCORE);
}

export const raceFreeVote: Application = {
  id: "A12",
  title: "Voting without a race",
  chapter: 3,
  source: "exercise 3.7.2",

  async run(world) {
    const redis = await world.client("web");
    const article = await postArticle(redis, world.now(), "anna", "A title");
    const clients = await Promise.all(range(6).map((i) => world.client(`voter ${i}`)));
    for (const i of range(world.sized(8, 80))) {
      const counted = await Promise.all(
        clients.map((client) => vote(client, world.now(), `user ${i}`, article)),
      );
      assertEquals(counted.filter(Boolean).length, 1, "of six at once exactly one counts");
    }
    await check(redis, article);
    assertEquals(await redis.hget(article, "votes"), String(1 + world.sized(8, 80)));
    world.kill(clients[0]!);
    world.clock.advance(WEEK + 1);
    assertEquals(await vote(redis, world.now(), "late", article), false);
  },

  async story(world) {
    const article = await postArticle(await world.client(), world.now(), "anna", "A title");
    const voted: string[] = [];
    return {
      clients: 4,
      async turn(redis, client, turn) {
        if (await vote(redis, world.now(), `${client}.${turn}`, article)) voted.push(`${client}.${turn}`);
      },
      async invariants(redis) {
        await check(redis, article);
        const members = new Set(await redis.smembers(votedKey(article)));
        assertEquals(voted.filter((user) => !members.has(user)), []);
      },
    };
  },
};
