/** B21: an index in several parts: each is asked for as much as a page needs, and what they answer is put in order here. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { indexDocument } from "./a42_inverted_index.ts";
import { type Application, execute, range, type World } from "./application.ts";
import { addDocument, searchAndSort } from "./b03_search_and_sort.ts";
import { searchAndScore } from "./b04_search_and_zsort.ts";
import { Connections, shardsOf } from "./b20_sharded_connections.ts";

const SHARDS = 2;

interface Found {
  readonly document: string;
  /** What it is sorted by. */
  readonly value: string;
}

interface Results {
  readonly count: number;
  readonly found: readonly Found[];
}

/** Of one part: the first ones with what they are sorted by. */
async function searchWithValues(
  world: World,
  redis: Redis,
  query: string,
  sort: string,
  num: number,
): Promise<Results> {
  const { count, documents } = await searchAndSort(world, redis, query, { sort, num });
  const reading = redis.pipeline();
  for (const document of documents) reading.hget(`kb:doc:${document}`, sort.replace(/^-/, ""));
  const values = (await execute(reading))!;
  return { count, found: documents.map((document, i) => ({ document, value: String(values[i] ?? "") })) };
}

async function searchWithScores(
  world: World,
  redis: Redis,
  query: string,
  vote: number,
  num: number,
): Promise<Results> {
  const { count, id } = await searchAndScore(world, redis, query, { vote, num });
  const flat = await redis.zrevrange(`idx:${id}`, 0, num - 1, "WITHSCORES");
  return {
    count,
    found: range(flat.length / 2).map((i) => ({ document: flat[2 * i]!, value: flat[2 * i + 1]! })),
  };
}

/** A page of all parts' results. @param ask for the first `start + num` of one part */
async function merged(
  shards: readonly Redis[],
  start: number,
  num: number,
  descending: boolean,
  ask: (redis: Redis, num: number) => Promise<Results>,
): Promise<{ count: number; documents: string[] }> {
  const all = await Promise.all(shards.map((redis) => ask(redis, start + num)));
  const sign = descending ? -1 : 1;
  const found = all.flatMap((one) => one.found).sort((a, b) =>
    sign * (Number(a.value) - Number(b.value) || (a.document < b.document ? -1 : 1))
  );
  return {
    count: all.reduce((sum, { count }) => sum + count, 0),
    documents: found.slice(start, start + num).map(({ document }) => document),
  };
}

export const shardedSearch: Application = {
  id: "B21",
  title: "Search in an index of several parts",
  chapter: 10,
  source: "10.5-10.9",
  errata: ["listing 10.8 forgets the prefix `idx:`; listing 10.9 writes `reversed=` for `reverse=`."],

  async run(world) {
    const connections = new Connections(world, await world.client("configuration"));
    const other = await world.anotherServer();
    await connections.configure("search:0", {});
    await connections.configure("search:1", { path: other.path });
    const shards = await connections.all("search", SHARDS);
    const shardOf = (document: string) => connections.sharded("search", document, SHARDS);
    const texts = ["hello world doing", "this is doing with world"];
    for (const i of range(50)) {
      await addDocument(await shardOf(`d${i}`), `d${i}`, texts[i % 2]!, {
        updated: 1000 + i * 7 % 50,
        id: i,
      });
    }
    const page = (query: string, sort: string, start: number, num: number) =>
      merged(
        shards,
        start,
        num,
        sort.startsWith("-"),
        (redis, many) => searchWithValues(world, redis, query, sort, many),
      );
    assertEquals((await page("world doing", "-updated", 0, 5)).count, 50);
    assertEquals((await page("hello doing", "-updated", 0, 5)).count, 25);
    for (const sort of ["updated", "-updated", "id", "-id"]) {
      const key = (i: number) => sort.endsWith("id") ? i : 1000 + i * 7 % 50;
      const order = range(50).sort((a, b) => (sort.startsWith("-") ? -1 : 1) * (key(a) - key(b)));
      for (const start of [0, 5, 40, 48]) {
        const { documents } = await page("world", sort, start, 5);
        assertEquals(documents, order.slice(start, start + 5).map((i) => `d${i}`), `${sort} from ${start}`);
      }
    }
    const count = world.sized(60, 600);
    for (const i of range(count)) {
      const redis = await shardOf(`p${i}`);
      await indexDocument(redis, `p${i}`, "pear");
      await execute(
        redis.multi().zadd("idx:sort:update", i, `p${i}`).zadd("idx:sort:votes", i % 10, `p${i}`),
      );
    }
    const score = (i: number) => i + 20.5 * (i % 10);
    const order = range(count).sort((a, b) => score(b) - score(a));
    const clients = await Promise.all(range(3).map(() => connections.all("search", SHARDS)));
    const dying = await world.client("dying");
    const lost = searchAndScore(world, dying, "pear").catch((error) => error.message);
    world.kill(dying);
    await Promise.all(clients.map(async (own, i) => {
      for (let start = i * 10; start < count; start += 30) {
        const ask = (redis: Redis, num: number) => searchWithScores(world, redis, "pear", 20.5, num);
        const { documents } = await merged(own, start, 10, true, ask);
        const scores = documents.map((document) => score(Number(document.slice(1))));
        assertEquals(scores, order.slice(start, start + 10).map(score), `from ${start}`);
      }
    }));
    assertEquals(await lost, "Connection is closed.");
    await shards[0]!.del("config:redis:search:1"); // The path is another one on each run.
    for (const key of await shards[0]!.keys("idx:????????-*")) {
      assert(await shards[0]!.ttl(key) > 0);
      await shards[0]!.del(key);
    }
  },

  story(world) {
    const shards = shardsOf(world, { search: SHARDS });
    const added: string[] = [];
    // A SORT by keys of other names and a prefix that the client puts before names do not go together.
    const ask = (redis: Redis, num: number) => searchWithScores(world, redis, "apple", 0, num);
    return {
      clients: 3,
      async turn(redis, client, turn) {
        const connections = await shards(redis);
        const document = String(client * 10_000 + turn);
        const shard = await connections.sharded("search", document, SHARDS);
        await execute(
          shard.multi().zadd("idx:sort:update", document, document).zadd("idx:sort:votes", 0, document),
        );
        await indexDocument(shard, document, "apple");
        added.push(document);
        const { documents } = await merged(await connections.all("search", SHARDS), 0, 10, true, ask);
        assertEquals(documents, documents.toSorted((a, b) => Number(b) - Number(a)));
      },
      async invariants(redis) {
        const all = await (await shards(redis)).all("search", SHARDS);
        const { count, documents } = await merged(all, 0, 100_000, true, ask);
        assertEquals(documents.length, count);
        assertEquals(added.filter((document) => !documents.includes(document)), [], "gone");
      },
    };
  },
};
