/** B3: what a search finds, sorted by a field of the documents' hashes, page by page from a result that is kept. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { indexDocument } from "./a42_inverted_index.ts";
import { type Application, execute, range, type World } from "./application.ts";
import { search } from "./b01_search.ts";

const CACHED_SECONDS = 300;
const NUMERIC = new Set(["updated", "id", "created"]);

export interface Page {
  /** How many were found in all. */
  readonly count: number;
  readonly documents: readonly string[];
  /** The name of the result, to ask for other pages of it. */
  readonly id: string;
}

export interface PageOptions {
  readonly id?: string | undefined;
  /** The name of a field; the largest come first with a minus before it. */
  readonly sort?: string;
  readonly start?: number;
  readonly num?: number;
  readonly seconds?: number;
}

export async function searchAndSort(
  world: World,
  redis: Redis,
  query: string,
  options: PageOptions = {},
): Promise<Page> {
  const { sort = "-updated", start = 0, num = 20, seconds = CACHED_SECONDS } = options;
  const field = sort.replace(/^-/, "");
  let id = options.id;
  if (id !== undefined && await redis.expire(`idx:${id}`, seconds) === 0) id = undefined;
  id ??= (await search(world, redis, query, seconds))!;
  const how = [
    ...(NUMERIC.has(field) ? [] : ["ALPHA"]),
    ...(sort.startsWith("-") ? ["DESC"] : []),
  ];
  const [count, documents] = (await execute(
    redis.multi()
      .scard(`idx:${id}`)
      .call("SORT", `idx:${id}`, "BY", `kb:doc:*->${field}`, "LIMIT", start, num, ...how),
  ))!;
  return { count: Number(count), documents: documents as string[], id };
}

/** A document, in the index and with a hash to sort by. */
export async function addDocument(
  redis: Redis,
  name: string,
  text: string,
  fields: Readonly<Record<string, string | number>>,
): Promise<void> {
  await redis.hset(`kb:doc:${name}`, fields);
  await indexDocument(redis, name, text);
}

export const searchAndSorting: Application = {
  id: "B3",
  title: "Search results sorted by a field",
  chapter: 7,
  source: "7.5",
  errata: [
    "listing 7.5 asks EXPIRE for the result without its prefix `idx:`, so that none is ever found again.",
  ],

  async run(world) {
    const redis = await world.client("web");
    const text = "this is some random content, look at how it is indexed.";
    await addDocument(redis, "test", text, { updated: 12345, id: 10, title: "b" });
    await addDocument(redis, "test2", text, { updated: 54321, id: 1, title: "a" });
    const page = await searchAndSort(world, redis, "content");
    assertEquals([page.count, page.documents], [2, ["test2", "test"]]);
    assertEquals((await searchAndSort(world, redis, "content", { sort: "-id" })).documents, [
      "test",
      "test2",
    ]);
    assertEquals((await searchAndSort(world, redis, "content", { sort: "id" })).documents, ["test2", "test"]);
    assertEquals((await searchAndSort(world, redis, "content", { sort: "title" })).documents, [
      "test2",
      "test",
    ]);
    assertEquals((await searchAndSort(world, redis, "content", { sort: "-title" })).documents, [
      "test",
      "test2",
    ]);
    const again = await searchAndSort(world, redis, "content", { id: page.id, start: 1, num: 1 });
    assertEquals(again, { count: 2, documents: ["test"], id: page.id }, "the result is still there");
    await world.expire(redis, `idx:${page.id}`, CACHED_SECONDS);
    const anew = await searchAndSort(world, redis, "content", { id: page.id });
    assert(anew.id !== page.id && anew.count === 2, "it is searched again when its time has run out");
    await redis.hset("kb:doc:test3", { title: "c" });
    await indexDocument(redis, "test3", "content");
    assertEquals(
      (await searchAndSort(world, redis, "content", { sort: "updated" })).documents,
      ["test3", "test", "test2"],
      "who has no such field counts as 0",
    );

    const count = world.sized(60, 1000);
    const updated = world.random.shuffled(range(count));
    for (const i of range(count)) {
      await addDocument(redis, `d${i}`, i % 3 === 0 ? "apple" : "pear", { updated: updated[i]! });
    }
    const expected = range(count).filter((i) => i % 3 === 0).sort((a, b) => updated[b]! - updated[a]!);
    const all: string[] = [];
    let id: string | undefined;
    for (let start = 0; start < expected.length; start += 15) {
      const next = await searchAndSort(world, redis, "apple", { id, start, num: 15 });
      assertEquals(next.count, expected.length);
      assert(id === undefined || next.id === id);
      id = next.id;
      all.push(...next.documents);
    }
    assertEquals(all, expected.map((i) => `d${i}`));
  },

  story(world) {
    const added: string[] = [];
    return {
      clients: 3,
      async turn(redis, client, turn) {
        const name = `${client * 10_000 + turn}`;
        await addDocument(redis, name, "apple pie", { updated: name });
        added.push(name);
        const { documents } = await searchAndSort(world, redis, "apple", { num: 10 });
        assertEquals(documents, documents.toSorted((a, b) => Number(b) - Number(a)));
      },
      async invariants(redis) {
        const { count, documents } = await searchAndSort(world, redis, "apple pie", {
          sort: "id",
          num: 100_000,
        });
        assertEquals(documents.length, count);
        for (const name of documents) assertEquals(await redis.hget(`kb:doc:${name}`, "updated"), name);
        assertEquals(added.filter((name) => !documents.includes(name)), [], "gone");
      },
    };
  },
};
