/** B5: strings as scores, in the order of their first bytes: names are sorted and completed without a trace in the set. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, range, type World } from "./application.ts";

/** So many bytes of a string fit into the 52 bits of a double that count whole numbers, with one value more for "no byte". */
const BYTES = 6;
const BASE = 257;
const encoder = new TextEncoder();

/** A string's first bytes as a number below 2^50; `filler` stands for the bytes that it does not have. */
function scoreOf(text: string, filler = -1, isLonger = encoder.encode(text).length > BYTES): number {
  const bytes = encoder.encode(text);
  let score = 0;
  for (const i of range(BYTES)) score = score * BASE + (bytes[i] ?? filler) + 1;
  return score * 2 + (isLonger ? 1 : 0);
}

/** How many characters of a small alphabet fit: the second exercise. */
function lettersOf(alphabet: string): number {
  return Math.floor(52 / Math.log2(alphabet.length + 1));
}

function scoreOfLetters(text: string, alphabet: string): number {
  let score = 0;
  for (const i of range(lettersOf(alphabet))) {
    score = score * (alphabet.length + 1) + alphabet.indexOf(text[i] ?? "\0") + 1;
  }
  return score * 2 + (text.length > lettersOf(alphabet) ? 1 : 0);
}

async function add(redis: Redis, name: string): Promise<void> {
  await redis.zadd("names:", scoreOf(name), name);
}

/** Who begins with a prefix of up to six bytes; no member is put in to mark the place. */
async function complete(redis: Redis, prefix: string, count: number): Promise<string[]> {
  const [from, to] = [scoreOf(prefix, -1, false), scoreOf(prefix, 255, true)];
  return await redis.zrangebyscore("names:", from, to, "LIMIT", 0, count);
}

const GOLDEN: readonly (readonly [string, string])[] = [
  ["", "0"],
  ["a", "219746359039172"],
  ["hello", "236336186421298"],
  ["hello\0", "236336186421300"],
  ["robber", "258846192872708"],
  ["robbers", "258846192872709"],
  ["robbery", "258846192872709"],
];

function randomName(world: World): string {
  return range(world.random.between(1, 9)).map(() => world.random.pick([..."abcxyz"])).join("");
}

export const stringScores: Application = {
  id: "B5",
  title: "Strings as scores",
  chapter: 7,
  source: "7.8 and its exercises",

  async run(world) {
    const redis = await world.client("web");
    for (const [text, score] of GOLDEN) {
      assertEquals(String(scoreOf(text)), score, text);
      await redis.zadd("golden", scoreOf(text), text);
      assertEquals(await redis.zscore("golden", text), score, "to the last digit");
    }
    assertEquals(
      (await redis.zrange("golden", 0, "-1")).join(),
      ["", "a", "hello", "hello\0", "robber", "robbers", "robbery"].join(),
    );
    const letters = "abcdefghijklmnopqrstuvwxyz";
    assertEquals(lettersOf(letters), 10);
    for (const word of ["zebra", "zebu", "apple", "applesauce", "applesauces", "b"]) {
      await redis.zadd("letters", scoreOfLetters(word, letters), word);
    }
    assertEquals(
      await redis.zrange("letters", 0, "-1"),
      ["apple", "applesauce", "applesauces", "b", "zebra", "zebu"],
    );

    const names = [...new Set(range(world.sized(200, 3000)).map(() => randomName(world)))];
    const clients = await Promise.all(range(4).map((i) => world.client(`web ${i}`)));
    const dying = await world.client("dying");
    const lost = complete(dying, "a", 10).catch(() => []);
    world.kill(dying);
    await Promise.all(clients.map(async (client, i) => {
      for (const name of names.filter((_, at) => at % clients.length === i)) {
        await add(client, name);
        const prefix = name.slice(0, 3);
        for (const other of await complete(client, prefix, 5)) assert(other.startsWith(prefix), other);
      }
    }));
    await lost;
    assertEquals(await redis.zcard("names:"), names.length, "nothing was put in to complete");
    for (const prefix of ["a", "ab", "zzz", "xyzxyz", "q"]) {
      const expected = names.filter((name) => name.startsWith(prefix));
      assertEquals((await complete(redis, prefix, -1)).toSorted(), expected.toSorted(), prefix);
    }
    const order = (await redis.zrange("names:", 0, "-1")).map((name) => name.slice(0, BYTES));
    assertEquals(order, order.toSorted());
  },

  story(world) {
    const added = new Set<string>();
    return {
      clients: 3,
      async turn(redis) {
        const name = randomName(world);
        await add(redis, name);
        added.add(name);
        await complete(redis, name.slice(0, 2), 10);
      },
      async invariants(redis) {
        const flat = await redis.zrange("names:", 0, "-1", "WITHSCORES");
        const scores = new Map(range(flat.length / 2).map((i) => [flat[2 * i]!, flat[2 * i + 1]!]));
        for (const name of added) assert(scores.has(name), `${name} is gone`);
        for (const [name, score] of scores) assertEquals(score, String(scoreOf(name)), name);
      },
    };
  },
};
