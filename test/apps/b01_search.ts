/** B1: queries of words, synonyms and unwanted words, answered by the algebra of sets into keys that live for a while. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { indexDocument, tokenize } from "./a42_inverted_index.ts";
import { type Application, execute, range, type World } from "./application.ts";

const RESULT_SECONDS = 300;

export interface Query {
  /** One document must have a word of each group. */
  readonly groups: readonly (readonly string[])[];
  readonly unwanted: readonly string[];
}

/** `a +b c -d`: a or b, and c, and not d. Words that say nothing are left out. */
export function parseQuery(text: string): Query {
  const groups: string[][] = [];
  const unwanted: string[] = [];
  for (const [, sign, raw] of text.toLowerCase().matchAll(/([+-]?)([a-z']{2,})/g)) {
    const [word] = tokenize(raw!);
    if (word === undefined) continue;
    if (sign === "-") unwanted.push(word);
    else if (sign === "+" && groups.length > 0) groups.at(-1)!.push(word);
    else groups.push([word]);
  }
  return { groups, unwanted };
}

export type SetOperation = "sinterstore" | "sunionstore" | "sdiffstore";

/** Combines sets of the index into a new one. @returns its name, without the prefix `idx:` */
export async function combine(
  world: World,
  redis: Redis,
  operation: SetOperation,
  names: readonly string[],
  seconds = RESULT_SECONDS,
): Promise<string> {
  const result = world.uuid();
  const key = `idx:${result}`;
  await execute(redis.multi()[operation](key, ...names.map((name) => `idx:${name}`)).expire(key, seconds));
  return result;
}

/** @returns the name of the set of documents found, or undefined when the query says nothing */
export async function search(
  world: World,
  redis: Redis,
  text: string,
  seconds = RESULT_SECONDS,
): Promise<string | undefined> {
  const { groups, unwanted } = parseQuery(text);
  const wanted: string[] = [];
  for (const group of groups) {
    wanted.push(group.length === 1 ? group[0]! : await combine(world, redis, "sunionstore", group, seconds));
  }
  if (wanted.length === 0) return undefined;
  const both = wanted.length === 1 ? wanted[0]! : await combine(world, redis, "sinterstore", wanted, seconds);
  // A word's own set is no result: it has no time to live, and whoever asks may change it.
  return await combine(world, redis, "sdiffstore", [both, ...unwanted], seconds);
}

export async function found(world: World, redis: Redis, text: string): Promise<string[]> {
  const result = await search(world, redis, text);
  return result === undefined ? [] : (await redis.smembers(`idx:${result}`)).sort();
}

/** Whether a query finds a text, without a server. */
export function matches(text: string, query: Query): boolean {
  const words = tokenize(text);
  return query.groups.length > 0 && query.groups.every((group) => group.some((word) => words.has(word))) &&
    !query.unwanted.some((word) => words.has(word));
}

const VOCABULARY = ["red", "green", "blue", "black", "white", "brown", "grey", "pink", "gold", "silver"];
/** Keys of results, unlike those of words. */
const RESULTS = "idx:????????-*";

function randomText(world: World): string {
  return range(4).map(() => world.random.pick(VOCABULARY)).join(" ");
}

function randomQuery(world: World): string {
  const signs = ["", "", "+", "-"];
  return range(4).map(() => world.random.pick(signs) + world.random.pick(VOCABULARY)).join(" ");
}

export const searching: Application = {
  id: "B1",
  title: "Search with synonyms and unwanted words",
  chapter: 7,
  source: "7.2-7.4",

  async run(world) {
    const redis = await world.client("web");
    assertEquals(parseQuery("connect +connection +disconnect +disconnection chat -proxy -proxies"), {
      groups: [["connect", "connection", "disconnect", "disconnection"], ["chat"]],
      unwanted: ["proxy", "proxies"],
    });
    assertEquals(parseQuery("the of -and"), { groups: [], unwanted: [] });
    await indexDocument(redis, "A", "lord of the rings");
    await indexDocument(redis, "B", "lord of the dance");
    assertEquals(await found(world, redis, "lord"), ["A", "B"]);
    assertEquals(await found(world, redis, "lord -dance"), ["A"]);
    assertEquals(await found(world, redis, "rings +dance"), ["A", "B"]);
    assertEquals(await found(world, redis, "rings dance"), []);
    assertEquals(await found(world, redis, "nowhere"), [], "a missing set is an empty one");
    assertEquals(await search(world, redis, "the of"), undefined);
    const result = (await search(world, redis, "lord"))!;
    await world.expire(redis, `idx:${result}`, RESULT_SECONDS);

    const texts = new Map(range(world.sized(40, 400)).map((i) => [`d${i}`, randomText(world)]));
    for (const [document, text] of texts) await indexDocument(redis, document, text);
    const clients = await Promise.all(range(4).map((i) => world.client(`web ${i}`)));
    const dying = await world.client("dying");
    const lost = found(world, dying, "red +green blue").catch((error) => error.message);
    world.kill(dying);
    const queries = range(world.sized(40, 400)).map(() => randomQuery(world));
    await Promise.all(clients.map(async (client, i) => {
      for (const query of queries.filter((_, at) => at % clients.length === i)) {
        const expected = [...texts].filter(([, text]) => matches(text, parseQuery(query)));
        assertEquals(await found(world, client, query), expected.map(([document]) => document).sort(), query);
      }
    }));
    assertEquals(await lost, "Connection is closed.");
    for (const key of await redis.keys(RESULTS)) {
      assert(await redis.ttl(key) > 0, `${key} is there for good`);
      await redis.del(key);
    }
  },

  story(world) {
    const texts = new Map<string, string>();
    const indexed = new Set<string>();
    return {
      clients: 4,
      async turn(redis, client, turn) {
        if (client >= 2) return void await found(world, redis, randomQuery(world));
        const document = `${client}.${turn}`;
        texts.set(document, randomText(world));
        await indexDocument(redis, document, texts.get(document)!);
        indexed.add(document);
      },
      async invariants(redis) {
        for (const key of await redis.keys(RESULTS)) {
          assert(await redis.ttl(key) > 0, `${key} stays for good`);
        }
        for (const query of range(10).map(() => randomQuery(world))) {
          const there = await found(world, redis, query);
          const all = [...texts].filter(([, text]) => matches(text, parseQuery(query))).map(([name]) => name);
          for (const name of there) assert(all.includes(name), `${query} finds ${name}: ${texts.get(name)}`);
          const missing = all.filter((name) => indexed.has(name) && !there.includes(name));
          assertEquals(missing, [], query);
        }
      },
    };
  },
};
