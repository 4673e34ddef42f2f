/** P2: the best hundred players, the rank of anybody, and who stands around them. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

const BOARD = "leaderboard";

async function around(redis: Redis, player: string, each: number): Promise<string[]> {
  const rank = await redis.zrevrank(BOARD, player);
  if (rank === null) return [];
  return await redis.zrevrange(BOARD, Math.max(0, rank - each), rank + each);
}

export const leaderboard: Application = {
  id: "P2",
  title: "Leaderboard",
  source: "ZADD, ZREVRANGE, ZREVRANK",

  async run(world) {
    const redis = await world.client("game");
    const players = world.sized(500, 50_000);
    // 7919 is prime to all sizes, so every player has a score of its own.
    const score = (player: number) => player * 7919 % players;
    for (let at = 0; at < players; at += 500) {
      await redis.zadd(BOARD, ...range(500).flatMap((i) => [score(at + i), `player ${at + i}`]));
    }
    const order = range(players).sort((a, b) => score(b) - score(a)).map((player) => `player ${player}`);
    assertEquals(await redis.zrevrange(BOARD, 0, 99), order.slice(0, 100));
    for (const _ of range(world.sized(20, 300))) {
      const rank = world.random.between(0, players - 1);
      assertEquals(await redis.zrevrank(BOARD, order[rank]!), rank);
      assertEquals(await around(redis, order[rank]!, 3), order.slice(Math.max(0, rank - 3), rank + 4));
    }
    assertEquals(await redis.zincrby(BOARD, players, "player 1"), String(score(1) + players));
    assertEquals(await redis.zrevrange(BOARD, 0, 0, "WITHSCORES"), ["player 1", String(score(1) + players)]);
    assertEquals(await around(redis, "nobody", 3), []);
  },

  story(world) {
    const points = new Map<string, number>();
    return {
      clients: 3,
      async turn(redis, client) {
        const player = `player ${client}.${world.random.between(0, 20)}`;
        await execute(redis.multi().zincrby(BOARD, 1, player).incr("points"));
        points.set(player, (points.get(player) ?? 0) + 1);
      },
      async invariants(redis) {
        const flat = await redis.zrange(BOARD, 0, "-1", "WITHSCORES");
        let sum = 0;
        for (let i = 1; i < flat.length; i += 2) sum += Number(flat[i]);
        assertEquals(sum, Number(await redis.get("points")), "points and scores belong together");
        for (const [player, count] of points) {
          const kept = Number(await redis.zscore(BOARD, player));
          assert(kept >= count && kept <= count + 3, `${player} has made ${count}, has ${kept}`);
        }
      },
    };
  },
};
