/** B8: users with a login of their own, and the short messages that they write. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { releaseLock } from "./a29_lock.ts";
import { acquireFor } from "./a30_lock_timeout.ts";
import { type Application, execute, range, type World } from "./application.ts";

const LOCK_MS = 60_000;

/** Nobody else can have the login meanwhile, in whatever case. @returns the user's number, or undefined when it is taken */
export async function createUser(
  world: World,
  redis: Redis,
  login: string,
  name: string,
): Promise<number | undefined> {
  const key = login.toLowerCase();
  const lock = await acquireFor(world, redis, `user:${key}`, LOCK_MS);
  assert(lock !== undefined, "nobody let go of the login");
  if (await redis.hexists("users:", key) === 1) {
    await releaseLock(redis, `user:${key}`, lock);
    return undefined;
  }
  const id = await redis.incr("user:id:");
  const user = { login, id, name, followers: 0, following: 0, posts: 0, signup: world.now() };
  await execute(redis.multi().hset("users:", key, id).hset(`user:${id}`, user));
  await releaseLock(redis, `user:${key}`, lock);
  return id;
}

/** @returns the message's number, or undefined when there is no such user */
export async function createStatus(
  world: World,
  redis: Redis,
  user: number,
  message: string,
  more: Readonly<Record<string, string | number>> = {},
): Promise<number | undefined> {
  const [login, id] = (await execute(
    redis.multi().hget(`user:${user}`, "login").incr("status:id:"),
  ))!;
  if (login === null) return undefined;
  const status = { ...more, message, posted: world.now(), id: Number(id), uid: user, login: String(login) };
  await execute(redis.multi().hset(`status:${id}`, status).hincrby(`user:${user}`, "posts", 1));
  return Number(id);
}

/** Every login leads to a user of its own who has it. @returns how many users there are */
export async function checkUsers(redis: Redis): Promise<number> {
  const users = Object.entries(await redis.hgetall("users:"));
  assertEquals(new Set(users.map(([, id]) => id)).size, users.length, "two logins lead to one user");
  for (const [login, id] of users) {
    assertEquals((await redis.hget(`user:${id}`, "login"))?.toLowerCase(), login);
  }
  return users.length;
}

/** Each user's messages are counted. */
export async function checkPosts(redis: Redis): Promise<void> {
  const counts = new Map<string, number>();
  for (const key of (await redis.keys("status:*")).filter((one) => one !== "status:id:")) {
    const uid = (await redis.hget(key, "uid"))!;
    counts.set(uid, (counts.get(uid) ?? 0) + 1);
  }
  for (const id of Object.values(await redis.hgetall("users:"))) {
    assertEquals(Number(await redis.hget(`user:${id}`, "posts")), counts.get(id) ?? 0, `posts of ${id}`);
  }
}

export const usersAndStatuses: Application = {
  id: "B8",
  title: "Users and statuses",
  chapter: 8,
  source: "8.1-8.2",
  nondeterministic: "which of several clients gets a login, and which number, is a matter of chance",

  async run(world) {
    const redis = await world.client("web");
    assertEquals(await createUser(world, redis, "TestUser", "Test User"), 1);
    assertEquals(await createUser(world, redis, "TestUser", "Test User2"), undefined);
    assertEquals(await createUser(world, redis, "testuser", "Test User2"), undefined);
    assertEquals(await redis.hgetall("user:1"), {
      login: "TestUser",
      id: "1",
      name: "Test User",
      followers: "0",
      following: "0",
      posts: "0",
      signup: String(world.now()),
    });
    assertEquals(await createStatus(world, redis, 1, "This is a new status message"), 1);
    assertEquals(await redis.hget("user:1", "posts"), "1");
    assertEquals(await createStatus(world, redis, 2, "of nobody"), undefined);
    assertEquals(await createStatus(world, redis, 1, "hi", { reply_to: 1 }), 3, "a number was drawn in vain");
    assertEquals(await redis.hget("status:3", "reply_to"), "1");

    const clients = await Promise.all(range(4).map((i) => world.client(`web ${i}`)));
    const logins = range(world.sized(8, 80)).map((i) => `User${i}`);
    const created = await Promise.all(clients.map(async (client, i) => {
      const own: number[] = [];
      for (const [at, login] of logins.entries()) {
        const id = await createUser(world, client, i % 2 === 0 ? login : login.toUpperCase(), login);
        if (id === undefined) continue;
        own.push(id);
        for (const post of range(at % 3)) await createStatus(world, client, id, `message ${post}`);
      }
      return own;
    }));
    assertEquals(created.flat().length, logins.length, "each login goes to one client");
    assertEquals(await checkUsers(redis), logins.length + 1);
    await checkPosts(redis);
    const dying = await world.client("dying");
    await acquireFor(world, dying, "user:late", LOCK_MS);
    await world.gone(dying);
    await world.expire(redis, "lock:user:late", LOCK_MS / 1000);
    assert(await createUser(world, redis, "Late", "") !== undefined);
  },

  story(world) {
    const created = new Set<string>();
    let posted = 0;
    return {
      clients: 4,
      async turn(redis, client, turn) {
        const login = `User${turn % 5 + 10 * (client >> 1)}`;
        const id = await createUser(world, redis, login, `of ${client}`) ??
          Number(await redis.hget("users:", login.toLowerCase()));
        created.add(login);
        await createStatus(world, redis, id, `${client}: ${turn}`);
        posted++;
      },
      async invariants(redis) {
        for (const key of await redis.keys("lock:user:*")) await world.expire(redis, key, LOCK_MS / 1000);
        assert(await checkUsers(redis) >= created.size);
        await checkPosts(redis);
        for (const login of created) assertEquals(await redis.hexists("users:", login.toLowerCase()), 1);
        const there = (await redis.keys("status:*")).length - 1;
        assert(there >= posted, `${posted} messages were acknowledged, ${there} are there`);
      },
    };
  },
};
