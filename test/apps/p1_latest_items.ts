/** P1: the newest few thousand items in a list; who goes further back reads the database. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

const KEPT = 5000;

async function add(redis: Redis, ...ids: number[]): Promise<void> {
  await execute(redis.multi().lpush("latest.comments", ...ids).ltrim("latest.comments", 0, KEPT - 1));
}

/** @param readOlder what the list does not reach comes from there */
async function latest(
  redis: Redis,
  from: number,
  count: number,
  readOlder: (from: number, count: number) => number[],
) {
  const ids = (await redis.lrange("latest.comments", from, from + count - 1)).map(Number);
  return ids.length === count ? ids : [...ids, ...readOlder(from + ids.length, count - ids.length)];
}

export const latestItems: Application = {
  id: "P1",
  title: "Latest items",
  source: "LPUSH, LTRIM, LRANGE",

  async run(world) {
    const redis = await world.client("web");
    const total = KEPT + world.sized(300, 20_000);
    for (let id = 0; id < total; id += 100) await add(redis, ...range(100).map((i) => id + i));
    assertEquals(await redis.llen("latest.comments"), KEPT);
    let asked = 0;
    const readOlder = (
      from: number,
      count: number,
    ) => (asked++, range(count).map((i) => total - 1 - from - i));
    for (const from of [0, 10, KEPT - 10]) {
      assertEquals(await latest(redis, from, 10, readOlder), range(10).map((i) => total - 1 - from - i));
    }
    assertEquals(asked, 0);
    assertEquals(await latest(redis, KEPT - 4, 10, readOlder), range(10).map((i) => total - KEPT + 3 - i));
    assertEquals(asked, 1, "what is older comes from the database");
  },

  story() {
    let [done, begun] = [0, 0];
    return {
      clients: 1,
      async turn(redis) {
        begun += 3;
        await add(redis, begun - 2, begun - 1, begun);
        done = begun;
      },
      async invariants(redis) {
        const ids = (await redis.lrange("latest.comments", 0, -1)).map(Number);
        const newest = ids[0] ?? 0;
        assert(newest === done || newest === begun, `${done} was acknowledged, ${newest} is the newest`);
        assert(ids.length <= KEPT);
        assertEquals(ids, ids.toSorted((a, b) => b - a));
        assertEquals(ids.length % 3, 0, "three came by half");
      },
    };
  },
};
