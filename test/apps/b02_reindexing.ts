/** B2: a document that changes: the words it had are kept, so that those it has no more are taken from the index. */
import { assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { tokenize } from "./a42_inverted_index.ts";
import { type Application, execute, range, type World } from "./application.ts";

/** Indexes it anew, whoever else does so at the same time; an empty text takes it out. */
async function reindex(redis: Redis, document: string, text: string): Promise<void> {
  const key = `words:${document}`;
  const words = [...tokenize(text)];
  for (;;) {
    await redis.watch(key);
    const before: string[] = JSON.parse(await redis.get(key) ?? "[]");
    const transaction = redis.multi();
    for (const word of before.filter((one) => !words.includes(one))) {
      transaction.srem(`idx:${word}`, document);
    }
    for (const word of words) transaction.sadd(`idx:${word}`, document);
    if (words.length > 0) transaction.set(key, JSON.stringify(words));
    else transaction.del(key);
    if (await execute(transaction) !== null) return;
  }
}

/** The words of a document by the index are those that are kept. */
async function checkIndex(redis: Redis): Promise<Map<string, string[]>> {
  const indexed = new Map<string, string[]>();
  for (const key of (await redis.keys("idx:*")).sort()) {
    for (const document of await redis.smembers(key)) {
      indexed.set(document, [...indexed.get(document) ?? [], key.slice("idx:".length)]);
    }
  }
  const kept = await redis.keys("words:*");
  assertEquals([...indexed.keys()].sort(), kept.map((key) => key.slice("words:".length)).sort());
  for (const [document, words] of indexed) {
    assertEquals(words, JSON.parse((await redis.get(`words:${document}`))!).sort(), document);
  }
  return indexed;
}

const VOCABULARY = range(12).map((i) => `word${"abcdefghijkl"[i]}`);

function randomText(world: World): string {
  return range(world.random.between(0, 6)).map(() => world.random.pick(VOCABULARY)).join(" ");
}

export const reindexing: Application = {
  id: "B2",
  title: "Documents that change, in the index",
  chapter: 7,
  source: "section 7.1.1, exercise",

  async run(world) {
    const redis = await world.client("web");
    await reindex(redis, "A", "lord of the rings");
    await reindex(redis, "A", "lord of the dance");
    assertEquals((await redis.keys("idx:*")).sort(), ["idx:dance", "idx:lord"]);
    assertEquals(await redis.get("words:A"), '["lord","dance"]');
    await reindex(redis, "A", "the");
    assertEquals(await redis.dbsize(), 0, "nothing is left of it");

    const clients = await Promise.all(range(4).map((i) => world.client(`web ${i}`)));
    const [documents, turns] = [3, world.sized(10, 100)];
    await Promise.all(clients.map(async (client, i) => {
      for (const turn of range(turns)) {
        await reindex(client, `d${(i + turn) % documents}`, randomText(world));
        if (i !== 3 || turn !== turns >> 1) continue;
        // It dies when it has queued half of a change.
        await client.watch("words:d0");
        await client.multi({ pipeline: false });
        await client.del("words:d0");
        world.kill(client);
        client = await world.client("web again");
      }
    }));
    await checkIndex(redis);
    for (const i of range(documents)) await reindex(redis, `d${i}`, `${VOCABULARY[i]} ${VOCABULARY[i + 1]}`);
    assertEquals((await checkIndex(redis)).get("d1"), [VOCABULARY[1]!, VOCABULARY[2]!]);
    assertEquals((await redis.keys("idx:*")).length, documents + 1);
  },

  story(world) {
    const last = new Map<string, string>();
    const tried = new Map<string, string>();
    return {
      clients: 4,
      async turn(redis, client, turn) {
        // One of its own, and one that all want.
        const own = `own ${client}`;
        tried.set(own, randomText(world));
        await reindex(redis, own, tried.get(own)!);
        last.set(own, tried.get(own)!);
        await reindex(redis, `shared ${turn % 2}`, randomText(world));
      },
      async invariants(redis) {
        const indexed = await checkIndex(redis);
        for (const [document, text] of last) {
          const possible = [text, tried.get(document)!].map((one) => [...tokenize(one)].sort().join());
          const there = (indexed.get(document) ?? []).join();
          assertEquals(possible.includes(there), true, `${document}: ${there}, not ${possible}`);
        }
      },
    };
  },
};
