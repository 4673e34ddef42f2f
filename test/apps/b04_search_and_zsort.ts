/** B4: what a search finds, in the order of a score that is put together from several sorted sets. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { indexDocument } from "./a42_inverted_index.ts";
import { type Application, execute, range, type World } from "./application.ts";
import { search } from "./b01_search.ts";
import type { Page } from "./b03_search_and_sort.ts";

const CACHED_SECONDS = 300;

export type SortedSetOperation = "zinterstore" | "zunionstore";

/** Sets and sorted sets of the index by their names, each with the weight of its scores. */
export type Weights = Readonly<Record<string, number>>;

/** Combines sorted sets of the index into a new one. @returns its name, without the prefix `idx:` */
export async function combineScores(
  world: World,
  redis: Redis,
  operation: SortedSetOperation,
  weights: Weights,
  seconds = 30,
  aggregate: "SUM" | "MIN" | "MAX" = "SUM",
): Promise<string> {
  const result = world.uuid();
  const key = `idx:${result}`;
  const names = Object.keys(weights);
  await execute(
    redis.multi()
      .call(
        operation,
        key,
        names.length,
        ...names.map((name) => `idx:${name}`),
        "WEIGHTS",
        ...Object.values(weights),
        "AGGREGATE",
        aggregate,
      )
      .expire(key, seconds),
  );
  return result;
}

export interface ScoreOptions {
  readonly id?: string | undefined;
  /** What the time of the last change counts. */
  readonly update?: number;
  /** What a vote counts. */
  readonly vote?: number;
  readonly start?: number;
  readonly num?: number;
  readonly descending?: boolean;
}

export async function searchAndScore(
  world: World,
  redis: Redis,
  query: string,
  options: ScoreOptions = {},
): Promise<Page> {
  const { update = 1, vote = 0, start = 0, num = 20, descending = true } = options;
  let id = options.id;
  if (id !== undefined && await redis.expire(`idx:${id}`, CACHED_SECONDS) === 0) id = undefined;
  if (id === undefined) {
    const result = (await search(world, redis, query, CACHED_SECONDS))!;
    const weights = { [result]: 0, "sort:update": update, "sort:votes": vote };
    id = await combineScores(world, redis, "zinterstore", weights, CACHED_SECONDS);
  }
  const [key, last] = [`idx:${id}`, start + num - 1];
  const asking = redis.multi().zcard(key);
  if (descending) asking.zrevrange(key, start, last);
  else asking.zrange(key, start, String(last));
  const [count, documents] = (await execute(asking))!;
  return { count: Number(count), documents: documents as string[], id };
}

async function addDocument(redis: Redis, name: string, text: string, updated: number, votes: number) {
  await indexDocument(redis, name, text);
  await execute(
    redis.multi().zadd("idx:sort:update", updated, name).zadd("idx:sort:votes", votes, name),
  );
}

export const searchAndScoring: Application = {
  id: "B4",
  title: "Search results by weighted scores",
  chapter: 7,
  source: "7.6-7.7",
  errata: ["listing 7.6 asks EXPIRE for the result without its prefix `idx:`, as 7.5 does."],

  async run(world) {
    const redis = await world.client("web");
    await addDocument(redis, "test", "content", 12345, 10);
    await addDocument(redis, "test2", "content", 54321, 1);
    const ask = async (options: ScoreOptions) =>
      (await searchAndScore(world, redis, "content", options)).documents;
    assertEquals(await ask({ update: 1, vote: 0 }), ["test2", "test"]);
    assertEquals(await ask({ update: 0, vote: 1 }), ["test", "test2"]);
    assertEquals(await ask({ update: 0, vote: 1, descending: false }), ["test2", "test"]);
    assertEquals(await ask({ update: -1, vote: 0 }), ["test", "test2"]);
    const page = await searchAndScore(world, redis, "content", { update: 0.5, vote: 10_000 });
    assertEquals(
      await redis.zrange(`idx:${page.id}`, 0, "-1", "WITHSCORES"),
      ["test2", "37160.5", "test", "106172.5"],
    );
    assertEquals(
      await searchAndScore(world, redis, "content", { id: page.id, start: 1 }),
      { ...page, documents: ["test2"] },
    );
    await world.expire(redis, `idx:${page.id}`, CACHED_SECONDS);
    assert((await searchAndScore(world, redis, "content", { id: page.id })).id !== page.id);
    await redis.zadd("idx:sort:votes", "inf", "test");
    const nothing = await searchAndScore(world, redis, "content", { update: 1, vote: 0 });
    assertEquals(
      await redis.zscore(`idx:${nothing.id}`, "test"),
      "0",
      "nothing of something endless makes the sum nothing",
    );
    assertEquals((await ask({ update: 0, vote: 1 }))[0], "test");

    const count = world.sized(60, 1000);
    const votes = range(count).map(() => world.random.between(0, 40));
    for (const i of range(count)) {
      await addDocument(redis, `d${i}`, i % 2 === 0 ? "apple" : "pear", 1000 + i, votes[i]!);
    }
    const score = (i: number) => 1000 + i + votes[i]! * 17.25;
    const expected = range(count).filter((i) => i % 2 === 0).sort((a, b) => score(b) - score(a));
    const { documents } = await searchAndScore(world, redis, "apple", { vote: 17.25, num: count });
    const scores = documents.map((name) => score(Number(name.slice(1))));
    assertEquals(scores, expected.map(score));
  },

  story(world) {
    const added: string[] = [];
    return {
      clients: 3,
      async turn(redis, client, turn) {
        const name = `${client * 10_000 + turn}`;
        await addDocument(redis, name, "apple", Number(name), turn);
        added.push(name);
        const { documents } = await searchAndScore(world, redis, "apple", { num: 10 });
        assertEquals(documents, documents.toSorted((a, b) => Number(b) - Number(a)));
      },
      async invariants(redis) {
        const { count, documents } = await searchAndScore(world, redis, "apple", { num: 100_000 });
        assertEquals(documents.length, count);
        assertEquals(added.filter((name) => !documents.includes(name)), [], "gone");
        const [updates, votes] = [await redis.zcard("idx:sort:update"), await redis.zcard("idx:sort:votes")];
        assertEquals(updates, votes, "both scores are written at once");
      },
    };
  },
};
