/**
 * B6: an ad server: ads are found by place, rated by what a thousand views are worth and by the words of the page, and
 * learn from views, clicks and actions.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { tokenize } from "./a42_inverted_index.ts";
import { type Application, execute, range, type World } from "./application.ts";
import { combineScores } from "./b04_search_and_zsort.ts";

const RESULT_SECONDS = 300;
const TARGETING_SECONDS = 900;
const UPDATE_EVERY_VIEWS = 100;

/** Paid by the view, by the click, or by what is done after a click. */
export type AdType = "cpm" | "cpc" | "cpa";

export interface Target {
  readonly target: number;
  readonly ad: string;
}

/** What a thousand views are worth. @param clicks or actions */
export function ecpm(type: AdType, views: number, clicks: number, value: number): number {
  return type === "cpm" ? value : 1000 * value * clicks / views;
}

class AdServer {
  readonly #world: World;
  readonly #redis: Redis;
  /** Clicks or actions in a thousand views, by type, as far as is known here. */
  readonly #average = new Map<AdType, number>();

  constructor(world: World, redis: Redis) {
    this.#world = world;
    this.#redis = redis;
  }

  async index(
    ad: string,
    places: readonly string[],
    content: string,
    type: AdType,
    value: number,
  ): Promise<void> {
    const words = [...tokenize(content)];
    const transaction = this.#redis.multi();
    for (const place of places) transaction.sadd(`idx:req:${place}`, ad);
    for (const word of words) transaction.zadd(`idx:${word}`, 0, ad);
    transaction.hset("type:", ad, type);
    transaction.zadd("idx:ad:value:", ecpm(type, 1000, this.#average.get(type) ?? 1, value), ad);
    transaction.zadd("ad:base_value:", value, ad);
    transaction.sadd(`terms:${ad}`, ...words);
    await execute(transaction);
  }

  /** The best ad for a page, and the number of this view; undefined where there is none. */
  async target(places: readonly string[], content: string): Promise<Target | undefined> {
    const redis = this.#redis;
    const words = [...tokenize(content)];
    const matched = this.#world.uuid();
    const required = places.map((place) => `idx:req:${place}`);
    await execute(
      redis.multi().sunionstore(`idx:${matched}`, ...required).expire(`idx:${matched}`, RESULT_SECONDS),
    );
    const scores = (
      operation: "zinterstore" | "zunionstore",
      weights: Record<string, number>,
      by?: "MIN" | "MAX",
    ) => combineScores(this.#world, redis, operation, weights, RESULT_SECONDS, by);
    const base = await scores("zinterstore", { [matched]: 0, "ad:value:": 1 });
    const bonuses: Record<string, number> = {};
    for (const word of words) bonuses[await scores("zinterstore", { [matched]: 0, [word]: 1 })] = 1;
    // The words' bonus is half of the least and half of the most that one of them gives.
    const best = words.length === 0 ? base : await scores("zunionstore", {
      [base]: 1,
      [await scores("zunionstore", bonuses, "MIN")]: 0.5,
      [await scores("zunionstore", bonuses, "MAX")]: 0.5,
    });
    const [target, ads] = (await execute(
      redis.multi().incr("ads:served:").zrevrange(`idx:${best}`, 0, 0),
    ))!;
    const [ad] = ads as string[];
    if (ad === undefined) return undefined;
    await this.#recordView(Number(target), ad, words);
    return { target: Number(target), ad };
  }

  async #recordView(target: number, ad: string, words: readonly string[]): Promise<void> {
    const redis = this.#redis;
    const terms = await redis.smembers(`terms:${ad}`);
    const matched = terms.filter((term) => words.includes(term));
    const type = await redis.hget("type:", ad);
    const transaction = redis.multi();
    if (matched.length > 0) {
      transaction.sadd(`terms:matched:${target}`, ...matched);
      transaction.expire(`terms:matched:${target}`, TARGETING_SECONDS);
    }
    transaction.incr(`type:${type}:views:`);
    for (const word of matched) transaction.zincrby(`views:${ad}`, 1, word);
    transaction.zincrby(`views:${ad}`, 1, "");
    const views = Number((await execute(transaction))!.at(-1));
    if (views % UPDATE_EVERY_VIEWS === 0) await this.#update(ad);
  }

  /** @param isAction whether it is what an ad of type cpa is paid for */
  async recordClick({ target, ad }: Target, isAction = false): Promise<void> {
    const redis = this.#redis;
    const matchedKey = `terms:matched:${target}`;
    const type = await redis.hget("type:", ad);
    // An action comes later than a click: its words must still be there.
    if (type === "cpa") await redis.expire(matchedKey, TARGETING_SECONDS);
    const matched = await redis.smembers(matchedKey);
    const counts = isAction ? "actions" : "clicks";
    const transaction = redis.multi().incr(`type:${type}:${counts}:`);
    for (const word of [...matched, ""]) transaction.zincrby(`${counts}:${ad}`, 1, word);
    await execute(transaction);
    await this.#update(ad);
  }

  /** Rates an ad and each of its words by what has happened. */
  async #update(ad: string): Promise<void> {
    const redis = this.#redis;
    const [type, base, words] = await Promise.all([
      redis.hget("type:", ad) as Promise<AdType>,
      redis.zscore("ad:base_value:", ad).then(Number),
      redis.smembers(`terms:${ad}`),
    ]);
    const which = type === "cpa" ? "actions" : "clicks";
    const [allViews, allClicks] = await redis.mget(`type:${type}:views:`, `type:${type}:${which}:`);
    this.#average.set(type, 1000 * Number(allClicks ?? 1) / Number(allViews ?? 1));
    if (type === "cpm") return;
    const counts = async (word: string) => {
      const both = await Promise.all([
        redis.zscore(`views:${ad}`, word),
        redis.zscore(`${which}:${ad}`, word),
      ]);
      return both.map(Number) as [number, number];
    };
    const [views, clicks] = await counts("");
    const worth = clicks < 1
      ? Number(await redis.zscore("idx:ad:value:", ad))
      : ecpm(type, views || 1, clicks, base);
    if (clicks >= 1) await redis.zadd("idx:ad:value:", worth, ad);
    for (const word of words) {
      const [wordViews, wordClicks] = await counts(word);
      if (wordClicks < 1) continue;
      await redis.zadd(`idx:${word}`, ecpm(type, wordViews || 1, wordClicks, base) - worth, ad);
    }
  }
}

/** What is counted by ad is what is counted by type. */
async function checkCounts(redis: Redis, ads: readonly string[], type: AdType): Promise<void> {
  for (const counts of ["views", "clicks"]) {
    let sum = 0;
    for (const ad of ads) sum += Number(await redis.zscore(`${counts}:${ad}`, ""));
    assertEquals(sum, Number(await redis.get(`type:${type}:${counts}:`)), counts);
  }
}

const CONTENT = "this is some random content, look at how it is indexed.";

export const adServer: Application = {
  id: "B6",
  title: "Ad server",
  chapter: 7,
  source: "7.9-7.16",
  errata: [
    "listing 7.15 formats `type:cpa:actions:`, which takes no type; 7.16 reads the counters without their last colon.",
  ],

  async run(world) {
    const redis = await world.client("ads");
    const server = new AdServer(world, redis);
    assertAlmostEquals(ecpm("cpc", 1, 0.002, 0.25), 0.5);
    assertAlmostEquals(ecpm("cpa", 1, 0.002 * 0.1, 3), 0.6);
    assertEquals(await server.target(["USA"], CONTENT), undefined, "there is no ad yet");
    await server.index("1", ["USA", "CA"], CONTENT, "cpc", 0.25);
    await server.index("2", ["USA", "VA"], `${CONTENT} wooooo`, "cpc", 0.125);
    let last: Target | undefined;
    for (const _ of range(100)) {
      last = await server.target(["USA"], CONTENT);
      assertEquals(last?.ad, "1", "the more valuable one");
    }
    assertEquals(last?.target, 101);
    assertEquals((await server.target(["VA"], "wooooo"))?.ad, "2");
    assertEquals(await server.target(["GB"], CONTENT), undefined);
    assertEquals((await server.target(["VA"], "the"))?.ad, "2", "a page without words");
    assertEquals(await redis.zrange("idx:ad:value:", 0, "-1", "WITHSCORES"), ["2", "0.125", "1", "0.25"]);
    assertEquals(await redis.zscore("views:1", ""), "100");
    assertEquals(await redis.zscore("views:1", "random"), "100");
    const left = await redis.ttl(`terms:matched:${last!.target}`);
    assert(left > TARGETING_SECONDS / 2 && left <= TARGETING_SECONDS, `${left} s are left`);
    await server.recordClick(last!);
    assertEquals(await redis.zscore("idx:ad:value:", "1"), "2.5");
    assertEquals(await redis.zscore("idx:random", "1"), "0", "this word is worth what the ad is");
    assertEquals(await redis.zrange("clicks:1", 0, "-1"), ["", "content", "indexed", "look", "random"]);
    await world.expire(redis, `terms:matched:${last!.target}`, TARGETING_SECONDS);
    await server.recordClick(last!);
    assertEquals(await redis.zscore("clicks:1", "random"), "1", "which words they were is forgotten");
    await server.index("3", ["NZ"], "kiwi bird", "cpa", 3);
    const kiwi = (await server.target(["NZ"], "bird"))!;
    await server.recordClick(kiwi);
    assertEquals(await redis.zscore("idx:ad:value:", "3"), "3", "a click is not what it is paid for");
    await server.recordClick(kiwi, true);
    assertEquals(await redis.zscore("idx:ad:value:", "3"), "3000");
    assertEquals(await redis.get("type:cpa:actions:"), "1");

    const clients = await Promise.all(range(4).map((i) => world.client(`ads ${i}`)));
    await Promise.all(clients.map(async (client, i) => {
      const own = new AdServer(world, client);
      for (const turn of range(world.sized(10, 150))) {
        const target = (await own.target(["USA"], `${CONTENT} ${turn % 2 === 0 ? "wooooo" : ""}`))!;
        if (turn % 5 === i) await own.recordClick(target);
      }
      if (i === 3) world.kill(client);
    }));
    await checkCounts(redis, ["1", "2"], "cpc");
  },
  nondeterministic: "which ad is worth most while several clients click is a matter of chance",

  async story(world) {
    const ads = range(4).map((i) => `ad ${i}`);
    const first = new AdServer(world, await world.client());
    for (const [i, ad] of ads.entries()) {
      await first.index(ad, ["USA"], `${CONTENT} word${"abcd"[i]}`, "cpc", 0.1 * i);
    }
    let [viewed, clicked] = [0, 0];
    return {
      clients: 3,
      async turn(redis, _client, turn) {
        const server = new AdServer(world, redis);
        const target = await server.target(
          ["USA"],
          `random ${world.random.pick(["worda", "wordb", "wordc"])}`,
        );
        assert(target !== undefined);
        viewed++;
        if (turn % 3 !== 0) return;
        await server.recordClick(target);
        clicked++;
      },
      async invariants(redis) {
        await checkCounts(redis, ads, "cpc");
        const [views, clicks, served] = await redis.mget(
          "type:cpc:views:",
          "type:cpc:clicks:",
          "ads:served:",
        );
        assert(Number(views) >= viewed, `${viewed} views were acknowledged, ${views} are counted`);
        assert(Number(clicks) >= clicked, `${clicked} clicks were acknowledged, ${clicks} are counted`);
        assert(Number(served) >= Number(views), `${served} served, ${views} viewed`);
        for (const key of await redis.keys("terms:matched:*")) assert(await redis.ttl(key) > 0, key);
      },
    };
  },
};
