/** B9: a page of a timeline, with the messages that are still there. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range, type World } from "./application.ts";
import { checkPosts, createStatus, createUser } from "./b08_users_and_statuses.ts";

const PAGE_SIZE = 30;

export type Status = Readonly<Record<string, string>>;

/** @param timeline "home:" or "profile:" @param page from 1 on */
export async function statusMessages(
  redis: Redis,
  user: number,
  timeline = "home:",
  page = 1,
  count = PAGE_SIZE,
): Promise<Status[]> {
  const ids = await redis.zrevrange(`${timeline}${user}`, (page - 1) * count, page * count - 1);
  if (ids.length === 0) return [];
  const reading = redis.multi();
  for (const id of ids) reading.hgetall(`status:${id}`);
  const statuses = (await execute(reading)) as Status[];
  return statuses.filter((status) => Object.keys(status).length > 0);
}

/** Writes a message and puts it on its author's own pages. */
async function post(world: World, redis: Redis, user: number, message: string): Promise<number> {
  const id = (await createStatus(world, redis, user, message))!;
  const posted = Number(await redis.hget(`status:${id}`, "posted"));
  await execute(redis.multi().zadd(`home:${user}`, posted, id).zadd(`profile:${user}`, posted, id));
  return id;
}

export const timelines: Application = {
  id: "B9",
  title: "Timelines, page by page",
  chapter: 8,
  source: "8.3",

  async run(world) {
    const redis = await world.client("web");
    const user = (await createUser(world, redis, "TestUser", "Test User"))!;
    assertEquals(await statusMessages(redis, user), []);
    const ids: number[] = [];
    for (const i of range(world.sized(70, 1000))) {
      world.clock.advance(1);
      ids.push(await post(world, redis, user, `message ${i}`));
    }
    const messages = ids.map((_, i) => `message ${i}`).reverse();
    const seen: string[] = [];
    for (let page = 1; seen.length < messages.length; page++) {
      const statuses = await statusMessages(redis, user, "home:", page);
      assertEquals(statuses.length, Math.min(PAGE_SIZE, messages.length - seen.length));
      seen.push(...statuses.map(({ message }) => message!));
    }
    assertEquals(seen, messages);
    assertEquals(await statusMessages(redis, user, "home:", 1000), [], "beyond the end");
    await redis.del(`status:${ids.at(-2)}`);
    const first = await statusMessages(redis, user, "profile:");
    assertEquals(first.length, PAGE_SIZE - 1, "who was deleted is left out");
    assertEquals(first.slice(0, 2).map(({ message }) => message), [messages[0]!, messages[2]!]);

    const dying = await world.client("dying");
    const lost = statusMessages(dying, user).catch((error) => error.message);
    world.kill(dying);
    const readers = await Promise.all(range(4).map((i) => world.client(`web ${i}`)));
    await Promise.all(readers.map(async (reader) => {
      for (const _ of range(world.sized(5, 100))) {
        assertEquals((await statusMessages(reader, user)).length, 29);
      }
    }));
    assertEquals(await lost, "Connection is closed.");
  },

  async story(world) {
    const user = (await createUser(world, await world.client(), "TestUser", "Test User"))!;
    const posted: number[] = [];
    return {
      clients: 3,
      async turn(redis, client, turn) {
        world.clock.advance(0.01);
        if (client < 2) return void posted.push(await post(world, redis, user, `${client}: ${turn}`));
        const times = (await statusMessages(redis, user)).map((status) => Number(status.posted));
        assert(times.every((time, i) => i === 0 || time <= times[i - 1]!), "the newest come first");
      },
      async invariants(redis) {
        const [home, profile] = [await redis.zrange(`home:${user}`, 0, "-1"), `profile:${user}`];
        assertEquals(home, await redis.zrange(profile, 0, "-1"));
        assertEquals(posted.filter((id) => !home.includes(String(id))), [], "gone");
        for (const id of home) assertEquals(await redis.hget(`status:${id}`, "id"), id);
        await checkPosts(redis);
      },
    };
  },
};
