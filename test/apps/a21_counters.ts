/** A21: hits by the second, five seconds, minute, ... day; a cleaner forgets old samples. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

const PRECISIONS = [1, 5, 60, 300, 3600, 18_000, 86_400];
const SAMPLES = 120;

async function count(redis: Redis, now: number, name: string, by = 1): Promise<void> {
  const transaction = redis.multi();
  for (const precision of PRECISIONS) {
    const slice = Math.floor(now / precision) * precision;
    transaction.zadd("known:", 0, `${precision}:${name}`).hincrby(
      `count:${precision}:${name}`,
      String(slice),
      by,
    );
  }
  await execute(transaction);
}

/** Time slices and hits, the oldest first. */
async function getCounter(redis: Redis, name: string, precision: number): Promise<[number, number][]> {
  const all = await redis.hgetall(`count:${precision}:${name}`);
  return Object.entries(all).map(([slice, hits]): [number, number] => [Number(slice), Number(hits)])
    .sort(([a], [b]) => a - b);
}

/** One walk over all counters. @param pass 0, 1, 2, ...: coarse counters are looked at less often */
async function clean(redis: Redis, now: number, pass: number): Promise<void> {
  let index = 0;
  while (index < await redis.zcard("known:")) {
    const [counter] = await redis.zrange("known:", index, String(index));
    index++;
    if (counter === undefined) return;
    const precision = Number(counter.split(":")[0]);
    if (pass % (Math.floor(precision / 60) || 1) !== 0) continue;
    const key = `count:${counter}`;
    const slices = (await redis.hkeys(key)).map(Number);
    const old = slices.filter((slice) => slice <= now - SAMPLES * precision);
    if (old.length === 0) continue;
    await redis.hdel(key, ...old.map(String));
    if (old.length < slices.length) continue;
    await redis.watch(key);
    if (await redis.hlen(key) > 0) await redis.unwatch();
    else if (await execute(redis.multi().zrem("known:", counter)) !== null) index--;
  }
}

async function sumOf(redis: Redis, name: string, precision: number): Promise<number> {
  return (await getCounter(redis, name, precision)).reduce((sum, [, hits]) => sum + hits, 0);
}

export const counters: Application = {
  id: "A21",
  title: "Counters of seven precisions, and their cleaner",
  chapter: 5,
  source: "5.3-5.5",
  errata: ["the text keeps 120 samples, as is done here; the companion keeps 100."],

  async run(world) {
    const redis = await world.client("web");
    const begin = world.now();
    const seconds = world.sized(200, 1500);
    for (const i of range(seconds)) {
      await count(redis, world.now(), "hits", 1 + i % 3);
      world.clock.advance(1);
    }
    await count(redis, world.now(), "mails", -2);
    const total = range(seconds).reduce((sum, i) => sum + 1 + i % 3, 0);
    for (const precision of PRECISIONS) assertEquals(await sumOf(redis, "hits", precision), total);
    assertEquals((await getCounter(redis, "hits", 1)).slice(0, 2), [[begin, 1], [begin + 1, 2]]);
    assertEquals(await sumOf(redis, "mails", 1), -2);
    const names = PRECISIONS.flatMap((precision) => [`${precision}:hits`, `${precision}:mails`]);
    assertEquals(
      await redis.zrange("known:", 0, "-1"),
      names.sort(),
      "equal scores are in order of their names",
    );

    await clean(redis, world.now(), 0);
    const kept = await getCounter(redis, "hits", 1);
    assertEquals(kept.length, SAMPLES - 1);
    assertEquals(kept[0]![0], world.now() - SAMPLES + 1);
    assertEquals(await sumOf(redis, "hits", 86_400), total);
    world.clock.advance(700);
    await clean(redis, world.now(), 1);
    assertEquals(await redis.hlen("count:1:hits"), 0);
    assertEquals(await redis.zscore("known:", "1:hits"), null, "a counter without samples is forgotten");
    assertEquals(await redis.zscore("known:", "300:hits"), "0");
    world.clock.advance(200 * 86_400);
    const [cleaner, web] = [await world.client("cleaner"), await world.client("web 2")];
    await Promise.all([
      clean(cleaner, world.now(), 0),
      (async () => {
        for (const _ of range(world.sized(5, 50))) await count(web, world.now(), "hits");
      })(),
    ]);
    for (const precision of PRECISIONS) {
      assertEquals(await sumOf(redis, "hits", precision), world.sized(5, 50));
    }
    await clean(cleaner, world.now(), 0);
    assertEquals(await redis.zcard("known:"), PRECISIONS.length, "what was counted meanwhile is still known");
    assertEquals(await redis.dbsize(), PRECISIONS.length + 1);
  },

  story(world) {
    let done = 0;
    let begun = 0;
    return {
      clients: 4,
      async turn(redis, client, turn) {
        if (client === 0) return void await clean(redis, world.now(), turn);
        world.clock.advance(1);
        begun++;
        await count(redis, world.now(), `hits${turn % 3}`);
        done++;
      },
      async invariants(redis) {
        const known = new Set(await redis.zrange("known:", 0, "-1"));
        for (const key of await redis.keys("count:*")) assert(known.has(key.slice(6)), `${key} is not known`);
        let hits = 0;
        for (const i of range(3)) hits += await sumOf(redis, `hits${i}`, 86_400);
        assert(hits >= done && hits <= begun, `${done} of ${begun} were acknowledged, ${hits} are counted`);
      },
    };
  },
};
