/** A42: which documents a word is in. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

const STOP_WORDS = new Set(
  ("able about across after all almost also am among an and any are as at be because been but by can cannot could " +
    "dear did do does either else ever every for from get got had has have he her hers him his how however if in " +
    "into is it its just least let like likely may me might most must my neither no nor not of off often on only or " +
    "other our own rather said say says she should since so some than that the their them then there these they " +
    "this tis to too twas us wants was we were what when where which while who whom why will with would yet you your")
    .split(" "),
);

export function tokenize(text: string): Set<string> {
  const words = [...text.toLowerCase().matchAll(/[a-z']{2,}/g)].map(([word]) => word.replace(/^'+|'+$/g, ""));
  return new Set(words.filter((word) => word.length >= 2 && !STOP_WORDS.has(word)));
}

/** All words in one transaction. @returns how many words there are */
export async function indexDocument(redis: Redis, document: string, text: string): Promise<number> {
  const words = tokenize(text);
  const transaction = redis.multi();
  for (const word of words) transaction.sadd(`idx:${word}`, document);
  await execute(transaction);
  return words.size;
}

async function documents(redis: Redis, word: string): Promise<string[]> {
  return (await redis.smembers(`idx:${word}`)).sort();
}

const WORDS = range(200).map((i) =>
  `word${"abcdefghijklmnopqrst"[i % 20]}${"abcdefghij"[Math.floor(i / 20)]}`
);

export const invertedIndex: Application = {
  id: "A42",
  title: "Inverted index",
  chapter: 7,
  source: "7.1",

  async run(world) {
    const redis = await world.client("index");
    assertEquals(await indexDocument(redis, "A", "lord of the rings"), 2);
    assertEquals(await indexDocument(redis, "B", "Lord of the 'Dance'"), 2);
    assertEquals((await redis.keys("*")).sort(), ["idx:dance", "idx:lord", "idx:rings"]);
    assertEquals(await documents(redis, "lord"), ["A", "B"]);
    assertEquals(await documents(redis, "rings"), ["A"]);
    assertEquals(await documents(redis, "dance"), ["B"]);
    assertEquals(await documents(redis, "of"), []);
    assertEquals((await redis.sinter("idx:lord", "idx:dance")).sort(), ["B"]);
    assertEquals((await redis.sdiff("idx:lord", "idx:dance")).sort(), ["A"]);
    for (const i of range(world.sized(30, 500))) {
      const text = range(40).map(() => world.random.pick(WORDS));
      assertEquals(await indexDocument(redis, `doc ${i}`, text.join(" ")), new Set(text).size);
      for (const word of new Set(text.slice(0, 3))) {
        assertEquals(await redis.sismember(`idx:${word}`, `doc ${i}`), 1);
      }
    }
  },

  story(world) {
    const texts = new Map<string, string>();
    const indexed: string[] = [];
    return {
      clients: 3,
      async turn(redis, client, turn) {
        const document = `${client}.${turn}`;
        texts.set(document, range(15).map(() => world.random.pick(WORDS)).join(" "));
        await indexDocument(redis, document, texts.get(document)!);
        indexed.push(document);
      },
      async invariants(redis) {
        const found = new Map<string, Set<string>>();
        for (const key of await redis.keys("idx:*")) {
          found.set(key.slice(4), new Set(await redis.smembers(key)));
        }
        for (const [document, text] of texts) {
          const words = [...tokenize(text)];
          const count = words.filter((word) => found.get(word)?.has(document)).length;
          assert(count === words.length || count === 0, `${document} is there by half`);
          if (indexed.includes(document)) assertEquals(count, words.length, `${document} was acknowledged`);
        }
      },
    };
  },
};
