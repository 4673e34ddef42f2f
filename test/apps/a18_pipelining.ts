/** A18: the same update with a round trip a command and with one for all, over TCP and over a Unix socket. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { checkSessions } from "./a04_login_cookies.ts";
import { type Application, execute, range, roundTrips } from "./application.ts";

async function update(redis: Redis, now: number, token: string, user: string, item: string): Promise<void> {
  await redis.hset("login:", token, user);
  await redis.zadd("recent:", now, token);
  await redis.zadd(`viewed:${token}`, now, item);
  await redis.zremrangebyrank(`viewed:${token}`, 0, -26);
  await redis.zincrby("viewed:", -1, item);
}

async function updateAtOnce(
  redis: Redis,
  now: number,
  token: string,
  user: string,
  item: string,
): Promise<void> {
  await execute(
    redis.pipeline()
      .hset("login:", token, user)
      .zadd("recent:", now, token)
      .zadd(`viewed:${token}`, now, item)
      .zremrangebyrank(`viewed:${token}`, 0, -26)
      .zincrby("viewed:", -1, item),
  );
}

export const pipelining: Application = {
  id: "A18",
  title: "Pipelining, over TCP and a Unix socket",
  chapter: 4,
  source: "4.7-4.9, table 4.4",
  errata: ["table 4.4 is headed `update_table()`, and measures update_token()."],

  async run(world) {
    assert(world.port !== undefined);
    const places = [await world.client("tcp", { port: world.port }), await world.client("unix")];
    for (const [place, redis] of places.entries()) {
      for (const [way, work] of [update, updateAtOnce].entries()) {
        const token = `token ${place}.${way}`;
        for (const i of range(world.sized(30, 1000))) {
          await work(redis, world.now() + i, token, "anna", `item ${i % 50}`);
        }
        const trips = await roundTrips(
          redis,
          () => work(redis, world.now() + 5000, token, "anna", "the last"),
        );
        assertEquals(trips, work === update ? 5 : 1);
      }
    }
    const redis = places[0]!;
    const views = await Promise.all(
      range(4).map((i) => redis.zrange(`viewed:token ${i >> 1}.${i % 2}`, 0, "-1")),
    );
    for (const items of views) assertEquals(items, views[0], "both ways do the same");
    assertEquals(await redis.zscore("viewed:", "the last"), "-4");
    assertEquals((await checkSessions(redis)).length, 4);
    // Many requests under way at once, each with a promise of its own.
    const many = range(world.sized(500, 20_000)).map((i) => redis.incrby("sum", i));
    const sums = await Promise.all(many);
    assertEquals(sums.at(-1), many.length * (many.length - 1) / 2);
    assertEquals(sums, sums.toSorted((a, b) => a - b), "answers come in the order of the requests");
  },

  story(world) {
    const done = [0, 0, 0];
    return {
      clients: 3,
      async turn(redis, client) {
        await updateAtOnce(redis, world.now(), `${client}`, "anna", `item of ${client}`);
        done[client]!++;
      },
      async invariants(redis) {
        await checkSessions(redis);
        for (const [client, count] of done.entries()) {
          const views = -Number(await redis.zscore("viewed:", `item of ${client}`));
          assert(views >= count && views <= count + 3, `${count} were acknowledged, ${views} are counted`);
        }
      },
    };
  },
};
