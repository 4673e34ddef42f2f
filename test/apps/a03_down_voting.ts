/** A3: votes up and down, and users who change their mind. */
import { assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { postArticle, VOTE_SCORE } from "./a01_voting.ts";
import { type Application, execute, range } from "./application.ts";

type Direction = "up" | "down";

function key(article: string, direction: Direction): string {
  return `${direction}:${article.split(":")[1]}`;
}

/** A vote counts once; it can be turned round. @returns by how much the score has moved */
async function voteTo(redis: Redis, user: string, article: string, to: Direction): Promise<number> {
  const from = to === "up" ? "down" : "up";
  const sign = to === "up" ? 1 : -1;
  for (;;) {
    await redis.watch(key(article, "up"), key(article, "down"));
    const [had, opposed] = await Promise.all([
      redis.sismember(key(article, to), user),
      redis.sismember(key(article, from), user),
    ]);
    if (had === 1) {
      await redis.unwatch();
      return 0;
    }
    const moved = sign * VOTE_SCORE * (opposed === 1 ? 2 : 1);
    const transaction = opposed === 1
      ? redis.multi().smove(key(article, from), key(article, to), user)
      : redis.multi().sadd(key(article, to), user);
    if (await execute(transaction.zincrby("score:", moved, article)) !== null) return moved;
  }
}

async function check(redis: Redis, article: string): Promise<void> {
  const [up, down] = [await redis.smembers(key(article, "up")), await redis.smembers(key(article, "down"))];
  assertEquals(up.filter((user) => down.includes(user)), [], "who voted both ways");
  const time = Number(await redis.zscore("time:", article));
  const score = Number(await redis.zscore("score:", article));
  assertEquals(score, time + (1 + up.length - down.length) * VOTE_SCORE);
}

export const downVoting: Application = {
  id: "A3",
  title: "Down-voting and switching a vote",
  chapter: 1,
  source: "exercise 1.3",

  async run(world) {
    const redis = await world.client("web");
    const article = await postArticle(redis, world.now(), "anna", "A title");
    assertEquals(await redis.smove(key(article, "up"), key(article, "down"), "bert"), 0, "nobody is moved");
    assertEquals(await voteTo(redis, "bert", article, "up"), VOTE_SCORE);
    assertEquals(await voteTo(redis, "bert", article, "up"), 0);
    assertEquals(await voteTo(redis, "bert", article, "down"), -2 * VOTE_SCORE);
    assertEquals(await redis.smembers(key(article, "down")), ["bert"]);
    assertEquals(await redis.exists(key(article, "up")), 0, "the last one has left");
    await check(redis, article);
    const voters = await Promise.all(range(5).map((i) => world.client(`voter ${i}`)));
    await Promise.all(voters.map(async (voter, i) => {
      for (const j of range(world.sized(6, 60))) {
        await voteTo(voter, `user ${(i + j) % 7}`, article, (i * j) % 3 === 0 ? "down" : "up");
      }
    }));
    await check(redis, article);
    for (const i of range(7)) await voteTo(redis, `user ${i}`, article, i % 2 === 0 ? "up" : "down");
    await check(redis, article);
  },

  async story(world) {
    const article = await postArticle(await world.client(), world.now(), "anna", "A title");
    return {
      clients: 3,
      async turn(redis) {
        await voteTo(redis, `user ${world.random.between(0, 9)}`, article, world.random.pick(["up", "down"]));
      },
      invariants: (redis) => check(redis, article),
    };
  },
};
