/** B10: who follows whom, and what comes with it: the other one's messages among the own. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range, type World } from "./application.ts";
import { createUser } from "./b08_users_and_statuses.ts";

export const TIMELINE_SIZE = 1000;

export interface FollowOptions {
  /** How many messages a home timeline has at most. Default: 1000. */
  readonly size?: number;
}

/** @returns false when it was so already */
export async function follow(
  world: World,
  redis: Redis,
  user: number,
  other: number,
  { size = TIMELINE_SIZE }: FollowOptions = {},
): Promise<boolean> {
  if (await redis.zscore(`following:${user}`, other) !== null) return false;
  const now = world.now();
  const [following, followers, statuses] = (await execute(
    redis.multi()
      .zadd(`following:${user}`, now, other)
      .zadd(`followers:${other}`, now, user)
      .zrevrange(`profile:${other}`, 0, size - 1, "WITHSCORES"),
  ))!;
  // What ZADD answers is how many are new: 0 when another client was faster.
  const transaction = redis.multi()
    .hincrby(`user:${user}`, "following", Number(following))
    .hincrby(`user:${other}`, "followers", Number(followers));
  const flat = statuses as string[];
  if (flat.length > 0) {
    transaction.zadd(`home:${user}`, ...range(flat.length).map((i) => flat[i ^ 1]!));
    transaction.zremrangebyrank(`home:${user}`, 0, -size - 1);
  }
  await execute(transaction);
  return true;
}

/** @returns false when it was not so */
export async function unfollow(
  redis: Redis,
  user: number,
  other: number,
  { size = TIMELINE_SIZE }: FollowOptions = {},
): Promise<boolean> {
  if (await redis.zscore(`following:${user}`, other) === null) return false;
  const [following, followers, statuses] = (await execute(
    redis.multi()
      .zrem(`following:${user}`, other)
      .zrem(`followers:${other}`, user)
      .zrevrange(`profile:${other}`, 0, size - 1),
  ))!;
  const transaction = redis.multi()
    .hincrby(`user:${user}`, "following", -Number(following))
    .hincrby(`user:${other}`, "followers", -Number(followers));
  if ((statuses as string[]).length > 0) transaction.zrem(`home:${user}`, ...statuses as string[]);
  await execute(transaction);
  return true;
}

export async function usersWithPosts(
  world: World,
  redis: Redis,
  users: number,
  posts: number,
): Promise<number[]> {
  const ids: number[] = [];
  for (const i of range(users)) {
    const id = (await createUser(world, redis, `user${i}`, `User ${i}`))!;
    for (const post of range(posts)) await redis.zadd(`profile:${id}`, 1000 * post + i, `${id}.${post}`);
    ids.push(id);
  }
  return ids;
}

/** Both sides agree on who follows whom. @param missing how many counts may be wrong, for each was cut by a death */
export async function checkFollowing(redis: Redis, users: readonly number[], missing = 0): Promise<void> {
  let wrong = 0;
  for (const user of users) {
    const following = await redis.zrange(`following:${user}`, 0, "-1");
    for (const other of following) {
      assertEquals(
        await redis.zscore(`followers:${other}`, user),
        await redis.zscore(`following:${user}`, other),
        `${user} follows ${other}`,
      );
    }
    const [counted, followers] = await redis.hmget(`user:${user}`, "following", "followers");
    wrong += Math.abs(Number(counted) - following.length);
    wrong += Math.abs(Number(followers) - await redis.zcard(`followers:${user}`));
  }
  assert(wrong <= missing, `${wrong} are not counted`);
}

export const following: Application = {
  id: "B10",
  title: "Following",
  chapter: 8,
  source: "8.4-8.5",

  async run(world) {
    const redis = await world.client("web");
    const [one, two, three] = await usersWithPosts(world, redis, 3, 5) as [number, number, number];
    const size = 7;
    assertEquals(await follow(world, redis, one, two, { size }), true);
    assertEquals(await follow(world, redis, one, two, { size }), false);
    assertEquals(await redis.zcard("following:1"), 1);
    assertEquals(await redis.hget("user:1", "following"), "1");
    assertEquals(await redis.hget("user:2", "followers"), "1");
    assertEquals(await redis.zrange("home:1", 0, "-1"), range(5).map((i) => `2.${i}`));
    await follow(world, redis, one, three, { size });
    assertEquals(
      await redis.zrange("home:1", 0, "-1"),
      ["3.1", "2.2", "3.2", "2.3", "3.3", "2.4", "3.4"],
      "the newest seven of both",
    );
    assertEquals(await unfollow(redis, one, two, { size }), true);
    assertEquals(await unfollow(redis, one, two, { size }), false);
    assertEquals(await redis.zrange("home:1", 0, "-1"), ["3.1", "3.2", "3.3", "3.4"]);
    assertEquals(await redis.exists("followers:2"), 0, "a set without members is no key");
    assertEquals(await redis.hget("user:2", "followers"), "0");
    await checkFollowing(redis, [one, two, three]);

    await redis.flushdb();
    const users = await usersWithPosts(world, redis, world.sized(6, 30), world.sized(10, 300));
    const clients = await Promise.all(range(4).map((i) => world.client(`web ${i}`)));
    await Promise.all(clients.map(async (client, i) => {
      for (const turn of range(world.sized(20, 300))) {
        // Two clients each want the same at the same time.
        const [user, other] = [users[turn % users.length]!, users[(turn * 7 + 1 + (i >> 1)) % users.length]!];
        if (user === other) continue;
        if (turn % 4 === 3) await unfollow(client, user, other);
        else await follow(world, client, user, other);
      }
      if (i === 3) world.kill(client);
    }));
    await checkFollowing(redis, users);
  },
  nondeterministic: "who is faster, with following or with unfollowing, is a matter of chance",

  async story(world) {
    const users = await usersWithPosts(world, await world.client(), 5, 20);
    // What was acknowledged, by who follows; while it is being changed nobody knows.
    const known = users.map(() => new Map<number, boolean>());
    let cut = 0;
    return {
      clients: 3,
      async turn(redis, client) {
        // What one client follows is its own business, so that at most one count of each client is cut.
        const user = users[client]!;
        const other = world.random.pick(users);
        if (user === other) return;
        known[client]!.delete(other);
        cut++;
        const isOver = await unfollow(redis, user, other, { size: 50 });
        if (!isOver) assert(await follow(world, redis, user, other, { size: 50 }));
        cut--;
        known[client]!.set(other, !isOver);
      },
      async invariants(redis) {
        await checkFollowing(redis, users, 2 * cut);
        for (const [client, others] of known.entries()) {
          for (const [other, isFollowed] of others) {
            const since = await redis.zscore(`following:${users[client]}`, other);
            assertEquals(since !== null, isFollowed, `${users[client]} follows ${other}`);
          }
        }
        for (const user of users) assert(await redis.zcard(`home:${user}`) <= 50);
      },
    };
  },
};
