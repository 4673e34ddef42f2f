/**
 * B11: a message goes to all who follow its author: to the first ones at once, to the others by tasks that workers take
 * from a queue; deleting, filling up timelines, lists of people, and what a user who is gone has left.
 */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { releaseLock } from "./a29_lock.ts";
import { acquireFor } from "./a30_lock_timeout.ts";
import { type Application, execute, range, type World } from "./application.ts";
import { checkPosts, createStatus, createUser } from "./b08_users_and_statuses.ts";
import { statusMessages } from "./b09_timelines.ts";
import { follow, TIMELINE_SIZE } from "./b10_following.ts";

const QUEUE = "queue:default";
const LOCK_MS = 60_000;
/** To so many a message goes at a time. */
const AT_ONCE = 1000;

/** A task, such as the book's workers take. */
type Task = [id: string, queue: string, name: string, args: readonly unknown[]];

export class Publisher {
  readonly #world: World;
  readonly #redis: Redis;
  readonly #atOnce: number;

  constructor(world: World, redis: Redis, atOnce = AT_ONCE) {
    this.#world = world;
    this.#redis = redis;
    this.#atOnce = atOnce;
  }

  /** @returns the message's number, or undefined when there is no such user */
  async post(user: number, message: string): Promise<number | undefined> {
    const id = await createStatus(this.#world, this.#redis, user, message);
    if (id === undefined) return undefined;
    const posted = Number(await this.#redis.hget(`status:${id}`, "posted"));
    await execute(
      this.#redis.multi().zadd(`profile:${user}`, posted, id).zadd(`home:${user}`, posted, id),
    );
    for (const list of ["followers:", "list:out:"]) await this.#syndicate(user, id, posted, "-inf", list);
    return id;
  }

  /** To those whose score is larger than `after`; what is left to do becomes a task. */
  async #syndicate(user: number, id: number, posted: number, after: string, list: string): Promise<void> {
    const redis = this.#redis;
    const flat = await redis.zrangebyscore(
      `${list}${user}`,
      after,
      "inf",
      "WITHSCORES",
      "LIMIT",
      0,
      this.#atOnce,
    );
    const timeline = list === "followers:" ? "home:" : "list:statuses:";
    const pushing = redis.multi();
    for (let i = 0; i < flat.length; i += 2) {
      pushing.zadd(`${timeline}${flat[i]}`, posted, id);
      pushing.zremrangebyrank(`${timeline}${flat[i]}`, 0, -TIMELINE_SIZE - 1);
    }
    if (flat.length === 2 * this.#atOnce) {
      const task: Task = [
        this.#world.uuid(),
        "default",
        "syndicate_status",
        [user, id, posted, `(${flat.at(-1)}`, list],
      ];
      pushing.rpush(QUEUE, JSON.stringify(task));
    }
    if (flat.length > 0) await execute(pushing);
  }

  /** Does one task, if there is any. It is kept apart while it is done, so that a death loses nothing. */
  async work(worker: string): Promise<boolean> {
    const text = await this.#redis.lmove(QUEUE, `doing:${worker}`, "LEFT", "RIGHT");
    if (text === null) return false;
    const [, , name, args] = JSON.parse(text) as Task;
    assertEquals(name, "syndicate_status");
    await this.#syndicate(...args as [number, number, number, string, string]);
    await this.#redis.lrem(`doing:${worker}`, 1, text);
    return true;
  }

  /** @returns false when it is not the user's, or gone */
  async delete(user: number, id: number): Promise<boolean> {
    const [redis, key] = [this.#redis, `status:${id}`];
    const lock = await acquireFor(this.#world, redis, key, LOCK_MS);
    if (lock === undefined) return false;
    const isOwn = await redis.hget(key, "uid") === String(user);
    if (isOwn) {
      await execute(
        redis.multi()
          .del(key)
          .zrem(`profile:${user}`, id)
          .zrem(`home:${user}`, id)
          .hincrby(`user:${user}`, "posts", -1),
      );
    }
    await releaseLock(redis, key, lock);
    return isOwn;
  }
}

/** Fills a timeline with what those who are followed have written: after unfollowing, it may be short. */
async function refill(
  redis: Redis,
  following: string,
  timeline: string,
  size = TIMELINE_SIZE,
): Promise<void> {
  if (await redis.zcard(timeline) >= size) return;
  const others = await redis.zrange(following, 0, "-1");
  const reading = redis.multi();
  for (const other of others) reading.zrevrange(`profile:${other}`, 0, size - 1, "WITHSCORES");
  const pages = (await execute(reading)) as string[][];
  const transaction = redis.multi();
  for (const flat of pages.filter((page) => page.length > 0)) {
    transaction.zadd(timeline, ...range(flat.length).map((i) => flat[i ^ 1]!));
  }
  await execute(transaction.zremrangebyrank(timeline, 0, -size - 1));
}

/** A list of people has a number, members and a timeline, as a user has whom they follow. */
async function addToList(world: World, redis: Redis, list: number, member: number): Promise<void> {
  await execute(
    redis.multi()
      .zadd(`list:in:${list}`, world.now(), member)
      .zadd(`list:out:${member}`, world.now(), list),
  );
}

/** Takes messages that are no more out of a timeline. @returns how many there were */
async function purge(redis: Redis, timeline: string): Promise<number> {
  const ids = await redis.zrange(timeline, 0, "-1");
  const asking = redis.multi();
  for (const id of ids) asking.exists(`status:${id}`);
  const there = (await execute(asking))!;
  const gone = ids.filter((_, i) => there[i] === 0);
  if (gone.length > 0) await redis.zrem(timeline, ...gone);
  return gone.length;
}

async function community(world: World, redis: Redis, users: number): Promise<number[]> {
  const ids: number[] = [];
  for (const i of range(users)) {
    world.clock.advance(0.001);
    ids.push((await createUser(world, redis, `user${i}`, `User ${i}`))!);
  }
  return ids;
}

export const posting: Application = {
  id: "B11",
  title: "Posting to all followers",
  chapter: 8,
  source: "8.6-8.8 and exercises",
  nondeterministic: "names of tasks are drawn by several clients at once",

  async run(world) {
    const redis = await world.client("web");
    const [author, ...others] = await community(world, redis, world.sized(24, 240)) as [number, ...number[]];
    const publisher = new Publisher(world, redis, 10);
    for (const user of others) {
      world.clock.advance(0.001);
      await follow(world, redis, user, author);
    }
    const id = (await publisher.post(author, "this is some message content"))!;
    assertEquals(await publisher.post(10_000, "of nobody"), undefined);
    const reached = async () => {
      const all = await Promise.all(others.map((user) => redis.zscore(`home:${user}`, id)));
      return all.filter((score) => score !== null).length;
    };
    assertEquals(await reached(), 10, "the first ones at once");
    assertEquals(await redis.llen(QUEUE), 1);
    while (await publisher.work("0"));
    assertEquals(await reached(), others.length);
    assertEquals((await statusMessages(redis, others.at(-1)!))[0]?.message, "this is some message content");
    assertEquals(await publisher.delete(others[0]!, id), false, "not one's own");
    assertEquals(await publisher.delete(author, id), true);
    assertEquals(await publisher.delete(author, id), false);
    assertEquals(await redis.hget(`user:${author}`, "posts"), "0");
    assertEquals(await statusMessages(redis, others[0]!), [], "it is left out");
    assertEquals(await redis.zcard(`home:${others[0]}`), 1, "but its number is still there");
    for (const user of others) assertEquals(await purge(redis, `home:${user}`), 1);

    const list = await redis.incr("list:id:");
    for (const user of others.slice(0, 3)) await addToList(world, redis, list, user);
    for (const user of others.slice(0, 5)) await publisher.post(user, `of ${user}`);
    while (await publisher.work("0"));
    const listed = await statusMessages(redis, list, "list:statuses:");
    assertEquals(listed.map(({ uid }) => Number(uid)).sort((a, b) => a - b), others.slice(0, 3));
    await redis.del(`list:statuses:${list}`);
    await refill(redis, `list:in:${list}`, `list:statuses:${list}`);
    assertEquals(await redis.zcard(`list:statuses:${list}`), 3);

    // Several authors and several workers at once, one of which dies with a task in its hand.
    const authors = await Promise.all(range(3).map((i) => world.client(`author ${i}`)));
    const workers = await Promise.all(range(3).map((i) => world.client(`worker ${i}`)));
    let isOver = false;
    const working = workers.map(async (client, i) => {
      const own = new Publisher(world, client, 10);
      while (!isOver) {
        if (!await own.work(String(i))) await new Promise((resolve) => setTimeout(resolve, 1));
      }
    });
    const posted = await Promise.all(authors.map(async (client) => {
      const own = new Publisher(world, client, 10);
      const ids: number[] = [];
      for (const turn of range(world.sized(4, 30))) ids.push((await own.post(author, `message ${turn}`))!);
      return ids;
    }));
    world.kill(workers[0]!);
    assertEquals(await working[0]!.catch((error) => error.message), "Connection is closed.");
    isOver = true;
    await Promise.all(working.slice(1));
    while (await redis.lmove("doing:0", QUEUE, "RIGHT", "LEFT") !== null);
    while (await publisher.work("0"));
    for (const user of others) {
      const home = new Set(await redis.zrange(`home:${user}`, 0, "-1"));
      assertEquals(posted.flat().filter((one) => !home.has(String(one))), [], `${user} does not hear of`);
    }
    await checkPosts(redis);
  },

  async story(world) {
    const first = await world.client();
    const [author, ...others] = await community(world, first, 12) as [number, ...number[]];
    for (const user of others) {
      world.clock.advance(0.001);
      await follow(world, first, user, author);
    }
    const posted = new Set<number>();
    const deleted = new Set<number>();
    return {
      clients: 4,
      async turn(redis, client, turn) {
        world.clock.advance(0.001);
        const publisher = new Publisher(world, redis, 3);
        if (client >= 2) return void await publisher.work(String(client));
        const id = (await publisher.post(author, `${client}: ${turn}`))!;
        posted.add(id);
        if (turn % 4 !== 3) return;
        posted.delete(id);
        await publisher.delete(author, id);
        deleted.add(id);
      },
      async invariants(redis) {
        const publisher = new Publisher(world, redis, 3);
        for (const worker of ["2", "3"]) while (await redis.lmove(`doing:${worker}`, QUEUE, "RIGHT", "LEFT"));
        while (await publisher.work("2"));
        for (const key of await redis.keys("lock:status:*")) await world.expire(redis, key, LOCK_MS / 1000);
        const profile = new Set(await redis.zrange(`profile:${author}`, 0, "-1"));
        for (const user of others) {
          const home = new Set(await redis.zrange(`home:${user}`, 0, "-1"));
          for (const id of posted) {
            assert(profile.has(String(id)) && home.has(String(id)), `${id} of ${user}`);
          }
        }
        for (const id of deleted) assertEquals(await redis.exists(`status:${id}`), 0);
        await checkPosts(redis);
      },
    };
  },
};
