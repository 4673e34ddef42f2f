/** A5: shopping carts, which go with the session; and the same with keys that expire by themselves. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";
import { checkSessions, cleanSessions, updateToken } from "./a04_login_cookies.ts";

const KINDS = ["viewed:", "cart:"];
const SESSION_SECONDS = 86_400;

async function addToCart(redis: Redis, session: string, item: string, count: number): Promise<void> {
  if (count <= 0) await redis.hdel(`cart:${session}`, item);
  else await redis.hset(`cart:${session}`, item, count);
}

/** Login and cart of a session that nobody has to clean away. */
async function touchExpiring(redis: Redis, token: string, user: string, item: string, count: number) {
  await execute(
    redis.multi()
      .setex(`login:${token}`, SESSION_SECONDS, user)
      .hset(`cart:${token}`, item, count)
      .expire(`cart:${token}`, SESSION_SECONDS),
  );
}

export const shoppingCart: Application = {
  id: "A5",
  title: "Shopping carts",
  chapter: 2,
  source: "2.4-2.5, exercise 3.7.3",
  errata: ["listing 2.4 calls `conn.hrem`, which is HDEL."],

  async run(world) {
    const redis = await world.client("web");
    await updateToken(redis, world.now(), "anna's", "anna", "pen");
    await addToCart(redis, "anna's", "pen", 3);
    await addToCart(redis, "anna's", "ink", 1);
    await addToCart(redis, "anna's", "ink", 0);
    assertEquals(await redis.hgetall("cart:anna's"), { pen: "3" });
    await addToCart(redis, "anna's", "pen", -1);
    assertEquals(await redis.exists("cart:anna's"), 0, "an empty cart is none");
    for (const i of range(world.sized(30, 300))) {
      world.clock.advance(1);
      await updateToken(redis, world.now(), `s${i}`, `user ${i}`);
      for (const j of range(1 + i % 4)) await addToCart(redis, `s${i}`, `item ${j}`, j + 1);
    }
    await cleanSessions(redis, 10, KINDS);
    assertEquals((await redis.keys("cart:*")).length, 10);
    await checkSessions(redis, KINDS);
    await cleanSessions(redis, 0, KINDS);
    assertEquals(await redis.dbsize(), 0);

    await touchExpiring(redis, "t1", "bert", "pen", 1);
    await touchExpiring(redis, "t2", "carl", "ink", 2);
    await redis.expire("cart:t1", 5);
    await touchExpiring(redis, "t1", "bert", "pen", 2);
    const left = await redis.ttl("cart:t1");
    assert(left > SESSION_SECONDS - 60, `the cart of a session in use is kept, for ${left} s`);
    await world.expire(redis, "login:t2", SESSION_SECONDS);
    await world.expire(redis, "cart:t2", SESSION_SECONDS);
    assertEquals((await redis.keys("*")).sort(), ["cart:t1", "login:t1"]);
  },

  story(world) {
    const carts = new Map<string, number>();
    return {
      clients: 3,
      async turn(redis, client, turn) {
        const session = `session of ${client}`;
        world.clock.advance(1);
        await updateToken(redis, world.now(), session, `user ${client}`);
        await addToCart(redis, session, "item", turn + 1);
        carts.set(session, turn + 1);
      },
      async invariants(redis) {
        await checkSessions(redis, KINDS);
        for (const [session, count] of carts) {
          const kept = Number(await redis.hget(`cart:${session}`, "item"));
          assert(kept === count || kept === count + 1, `${session}: ${count} were put in, there are ${kept}`);
        }
      },
    };
  },
};
