/** A4: who is logged in, who was here last, and what they looked at; old sessions are cleaned away. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

const VIEWED_MAX = 25;
const CLEANED_AT_ONCE = 100;

/** @returns the user, or null when nobody is logged in with this token */
export function checkToken(redis: Redis, token: string): Promise<string | null> {
  return redis.hget("login:", token);
}

export async function updateToken(redis: Redis, now: number, token: string, user: string, item?: string) {
  const transaction = redis.multi().hset("login:", token, user).zadd("recent:", now, token);
  if (item !== undefined) {
    transaction.zadd(`viewed:${token}`, now, item).zremrangebyrank(`viewed:${token}`, 0, -1 - VIEWED_MAX);
  }
  await execute(transaction);
}

/**
 * Removes the oldest sessions, a batch at a time, until `limit` are left.
 * @param kinds keys that a session has, without the token
 * @returns how many sessions went
 */
export async function cleanSessions(redis: Redis, limit: number, kinds: readonly string[] = ["viewed:"]) {
  let cleaned = 0;
  for (;;) {
    const excess = await redis.zcard("recent:") - limit;
    if (excess <= 0) return cleaned;
    const tokens = await redis.zrange("recent:", 0, String(Math.min(excess, CLEANED_AT_ONCE) - 1));
    await execute(
      redis.multi()
        .del(...tokens.flatMap((token) => kinds.map((kind) => kind + token)))
        .hdel("login:", ...tokens)
        .zrem("recent:", ...tokens),
    );
    cleaned += tokens.length;
  }
}

/** Sessions are there wholly or not at all. */
export async function checkSessions(redis: Redis, kinds: readonly string[] = ["viewed:"]): Promise<string[]> {
  const tokens = await redis.zrange("recent:", 0, "-1");
  assertEquals((await redis.hkeys("login:")).sort(), tokens.toSorted());
  for (const kind of kinds) {
    for (const key of await redis.keys(`${kind}?*`)) {
      assert(tokens.includes(key.slice(kind.length)), `${key} belongs to nobody`);
    }
  }
  for (const token of tokens) assert(await redis.zcard(`viewed:${token}`) <= VIEWED_MAX);
  return tokens;
}

export const loginCookies: Application = {
  id: "A4",
  title: "Login cookies",
  chapter: 2,
  source: "2.1-2.3",

  async run(world) {
    const redis = await world.client("web");
    const token = world.uuid();
    assertEquals(await checkToken(redis, token), null);
    await updateToken(redis, world.now(), token, "anna", "item 0");
    assertEquals(await checkToken(redis, token), "anna");
    for (const i of range(40)) {
      world.clock.advance(1);
      await updateToken(redis, world.now(), token, "anna", `item ${i}`);
    }
    const viewed = await redis.zrevrange(`viewed:${token}`, 0, -1);
    assertEquals(viewed, range(VIEWED_MAX).map((i) => `item ${39 - i}`));

    const count = world.sized(150, 1800);
    const clients = await Promise.all(range(3).map((i) => world.client(`web ${i}`)));
    await Promise.all(clients.map(async (client, c) => {
      for (const i of range(count / 3)) {
        await updateToken(client, world.now() + i, `token ${c}.${i}`, `user ${i % 50}`, `item ${i}`);
      }
    }));
    assertEquals(await redis.zcard("recent:"), count + 1);
    assertEquals(await cleanSessions(redis, 20), count - 19);
    assertEquals((await checkSessions(redis)).length, 20);
    assertEquals(await checkToken(redis, token), null, "the oldest session is gone");
    assertEquals(await redis.keys("viewed:*").then((keys) => keys.length), 20);
    await cleanSessions(redis, 0);
    assertEquals(await redis.exists("login:", "recent:", `viewed:${token}`), 0);
    assertEquals(await redis.dbsize(), 0);
  },

  story(world) {
    let [newest, newestAt] = ["", 0];
    return {
      clients: 4,
      async turn(redis, client, turn) {
        if (client === 0) return void await cleanSessions(redis, 30);
        world.clock.advance(1);
        const [token, now] = [`${client}.${turn}`, world.now()];
        await updateToken(redis, now, token, `user ${client}`, `item ${turn % 40}`);
        if (now > newestAt) [newest, newestAt] = [token, now];
      },
      async invariants(redis) {
        const tokens = await checkSessions(redis);
        assert(newest === "" || tokens.includes(newest), "the newest session is gone");
        await cleanSessions(redis, 30);
        assert((await checkSessions(redis)).length <= 30);
      },
    };
  },
};
