/**
 * B22: timelines and followers on several servers: a timeline is where its key says; a pair of one who follows and one who
 * is followed is where both together say, so that both directions are found in the same place.
 */
import { assert, assertEquals } from "@std/assert";
import type { ChainableCommander, Redis } from "ioredis";
import { type Application, execute, range, type World } from "./application.ts";
import { Connections, shardsOf } from "./b20_sharded_connections.ts";

const TIMELINES = 8;
const FOLLOWERS = 16;
const TIMELINE_SIZE = 1000;

export class ShardedTimelines {
  readonly #world: World;
  readonly #connections: Connections;

  constructor(world: World, connections: Connections) {
    this.#world = world;
    this.#connections = connections;
  }

  #timeline(key: string): Promise<Redis> {
    return this.#connections.sharded("timelines", key, TIMELINES);
  }

  /** The same for both orders of a pair. */
  #pair(user: number, other: number): Promise<Redis> {
    const [low, high] = user < other ? [user, other] : [other, user];
    return this.#connections.sharded("followers", `${low}:${high}`, FOLLOWERS);
  }

  /** @returns false when it was so already */
  async follow(user: number, other: number): Promise<boolean> {
    // Read at once, so that no two have the same: a page of followers goes on behind a time.
    const now = this.#world.now();
    const pair = await this.#pair(user, other);
    const [isNew] = (await execute(
      pair.multi().zadd(`following:${user}`, now, other).zadd(`followers:${other}`, now, user),
    ))!;
    if (isNew !== 1) return false;
    const redis = await this.#connections.get("users");
    await execute(
      redis.multi().hincrby(`user:${user}`, "following", 1).hincrby(`user:${other}`, "followers", 1),
    );
    const profile = await this.#timeline(`profile:${other}`);
    const flat = await profile.zrevrange(`profile:${other}`, 0, TIMELINE_SIZE - 1, "WITHSCORES");
    if (flat.length === 0) return true;
    const home = await this.#timeline(`home:${user}`);
    await execute(
      home.multi()
        .zadd(`home:${user}`, ...range(flat.length).map((i) => flat[i ^ 1]!))
        .zremrangebyrank(`home:${user}`, 0, -TIMELINE_SIZE - 1),
    );
    return true;
  }

  /** Those who follow, from all shards, in the order of the time since when. */
  async followers(user: number, after = "-inf", count = 1000): Promise<[follower: string, since: number][]> {
    const shards = await this.#connections.all("followers", FOLLOWERS);
    const parts = await Promise.all(
      shards.map((redis) =>
        redis.zrangebyscore(`followers:${user}`, after, "inf", "WITHSCORES", "LIMIT", 0, count)
      ),
    );
    const all = parts.flatMap((flat) =>
      range(flat.length / 2).map((i): [string, number] => [flat[2 * i]!, Number(flat[2 * i + 1])])
    );
    return all.sort(([, a], [, b]) => a - b).slice(0, count);
  }

  /** Writes a message to all followers, so many at a time, each server in one round trip. */
  async post(user: number, id: number, atOnce = 1000): Promise<void> {
    const posted = this.#world.now();
    for (const timeline of ["profile:", "home:"]) {
      await (await this.#timeline(`${timeline}${user}`)).zadd(`${timeline}${user}`, posted, id);
    }
    for (let after = "-inf";;) {
      const followers = await this.followers(user, after, atOnce);
      await this.#push(followers.map(([follower]) => `home:${follower}`), posted, id);
      if (followers.length < atOnce) return;
      after = `(${followers.at(-1)![1]}`;
    }
  }

  async #push(keys: readonly string[], posted: number, id: number): Promise<void> {
    const pipelines = new Map<Redis, ChainableCommander>();
    for (const key of keys) {
      const redis = await this.#timeline(key);
      const pipeline = pipelines.get(redis) ?? redis.pipeline();
      pipelines.set(redis, pipeline.zadd(key, posted, id).zremrangebyrank(key, 0, -TIMELINE_SIZE - 1));
    }
    await Promise.all([...pipelines.values()].map(execute));
  }

  async home(user: number): Promise<string[]> {
    const redis = await this.#timeline(`home:${user}`);
    return await redis.zrevrange(`home:${user}`, 0, -1);
  }
}

export const shardedTimelines: Application = {
  id: "B22",
  title: "Timelines and followers on several servers",
  chapter: 10,
  source: "10.10-10.15",

  async run(world) {
    const redis = await world.client("configuration");
    const connections = new Connections(world, redis);
    const other = await world.anotherServer();
    await connections.configure("users", {});
    for (const shard of range(TIMELINES)) await connections.configure(`timelines:${shard}`, { db: shard });
    for (const shard of range(FOLLOWERS)) {
      await connections.configure(`followers:${shard}`, { db: shard, path: other.path });
    }
    const timelines = new ShardedTimelines(world, connections);
    const tick = () => world.clock.advance(0.001);
    tick();
    await timelines.post(1, 1);
    for (const user of range(9)) {
      tick();
      assertEquals(await timelines.follow(user + 2, 1), true);
      assertEquals(await timelines.follow(user + 2, 1), false);
    }
    assertEquals((await timelines.followers(1)).map(([user]) => user), range(9).map((i) => String(i + 2)));
    for (const user of range(9)) assertEquals(await timelines.home(user + 2), ["1"]);
    tick();
    await timelines.post(1, 2, 4);
    for (const user of range(9)) assertEquals(await timelines.home(user + 2), ["2", "1"]);
    assertEquals(await redis.hgetall("user:1"), { followers: "9" });
    const keys = await Promise.all(
      (await connections.all("followers", FOLLOWERS)).map((shard) => shard.dbsize()),
    );
    assert(keys.filter((count) => count > 0).length > 3, `spread as ${keys}`);

    // Followers come while messages are posted: nobody misses those that come later.
    const users = range(world.sized(10, 100)).map((i) => 100 + i);
    const webs = range(3).map(() => new ShardedTimelines(world, connections));
    await Promise.all(webs.map(async (web, i) => {
      for (const user of users.filter((one) => one % 3 === i)) {
        tick();
        await web.follow(user, 50);
        if (user % 4 === 0) await web.post(50, user, 3);
      }
    }));
    const dying = await world.client("dying");
    const lost = dying.zadd("home:50", 1, 1).catch((error) => error.message);
    world.kill(dying);
    assertEquals(await lost, "Connection is closed.");
    tick();
    await timelines.post(50, 7, 3);
    for (const user of users) assertEquals((await timelines.home(user))[0], "7", `of ${user}`);
    assertEquals(await redis.hget("user:50", "followers"), String(users.length));
  },
  nondeterministic:
    "who follows before a message and who after it is a matter of chance; a path is another one",

  story(world) {
    const shards = shardsOf(world, { timelines: TIMELINES, followers: FOLLOWERS });
    const open = async (redis: Redis) => {
      const connections = await shards(redis);
      await connections.configure("users", {});
      return new ShardedTimelines(world, connections);
    };
    const followed = new Set<number>();
    const posted: number[] = [];
    let cut = 0;
    return {
      clients: 3,
      async turn(redis, client, turn) {
        const timelines = await open(redis);
        world.clock.advance(0.001);
        if (client === 0) {
          await timelines.post(1, turn, 4);
          posted.push(turn);
          return;
        }
        const user = 10 * turn + client + 10;
        if (turn >= 12) return void await timelines.home(user);
        cut++;
        await timelines.follow(user, 1);
        cut--;
        followed.add(user);
      },
      async invariants(redis) {
        const timelines = await open(redis);
        const followers = new Set((await timelines.followers(1)).map(([user]) => Number(user)));
        for (const user of followed) assert(followers.has(user), `${user} does not follow any more`);
        const counted = Number(await redis.hget("user:1", "followers"));
        assert(
          counted <= followers.size && counted >= followers.size - cut,
          `${counted} of ${followers.size}`,
        );
        const home = new Set(await timelines.home(1));
        assertEquals(posted.filter((id) => !home.has(String(id))), [], "gone from the author's own");
      },
    };
  },
};
