/** A28: who of a guild has a name that begins with what was typed, found between two members that are put in for a moment. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range, type World } from "./application.ts";

/** In the order of their bytes: what comes before `a`, the letters, what comes after `z`. */
const CHARACTERS = "`abcdefghijklmnopqrstuvwxyz{";
const SHOWN = 10;

function rangeOf(prefix: string): [string, string] {
  const at = CHARACTERS.indexOf(prefix.at(-1) ?? "a");
  const before = CHARACTERS[(at === -1 ? 1 : at) - 1]!;
  return [`${prefix.slice(0, -1)}${before}{`, `${prefix}{`];
}

/** @param between what happens while the two members are there */
async function complete(
  world: World,
  redis: Redis,
  guild: string,
  prefix: string,
  between?: () => Promise<unknown>,
): Promise<string[]> {
  const key = `members:${guild}`;
  const name = world.uuid();
  const [start, end] = rangeOf(prefix).map((bound) => bound + name) as [string, string];
  await redis.zadd(key, 0, start, 0, end);
  await between?.();
  for (;;) {
    await redis.watch(key);
    const [from, to] = await Promise.all([redis.zrank(key, start), redis.zrank(key, end)]);
    assert(from !== null && to !== null, "somebody took the bounds away");
    const last = Math.min(from + SHOWN - 1, to - 2);
    const transaction = redis.multi().zrem(key, start, end);
    // An empty range has no legal last index when it is at the beginning.
    if (last >= from) transaction.zrange(key, from, String(last));
    const replies = await execute(transaction);
    if (replies !== null) return (replies[1] as string[] ?? []).filter((member) => !member.includes("{"));
  }
}

async function join(redis: Redis, guild: string, user: string): Promise<void> {
  await redis.zadd(`members:${guild}`, 0, user);
}

async function leave(redis: Redis, guild: string, user: string): Promise<void> {
  await redis.zrem(`members:${guild}`, user);
}

async function members(redis: Redis, guild: string): Promise<string[]> {
  return (await redis.zrange(`members:${guild}`, 0, "-1")).filter((member) => !member.includes("{"));
}

function nameOf(number: number): string {
  return [...number.toString(36)].map((digit) => CHARACTERS[1 + parseInt(digit, 36) % 26]).join("") + "name";
}

export const addressBook: Application = {
  id: "A28",
  title: "Autocomplete of an address book",
  chapter: 6,
  source: "6.3-6.5",
  errata: [
    "listing 6.4 asks for ZRANGE 0 -1, which is everybody, when nobody matches and the bounds have ranks 0 and 1.",
  ],

  async run(world) {
    const redis = await world.client("web");
    for (const user of ["jeff", "jenny", "jack", "jennifer", "anna", "zoe"]) await join(redis, "g", user);
    assertEquals(await complete(world, redis, "g", "je"), ["jeff", "jennifer", "jenny"]);
    assertEquals(await complete(world, redis, "g", "j"), ["jack", "jeff", "jennifer", "jenny"]);
    assertEquals(await complete(world, redis, "g", "aa"), [], "nobody, before everybody");
    assertEquals(await complete(world, redis, "g", "zz"), []);
    assertEquals(await complete(world, redis, "g", "a"), ["anna"]);
    await leave(redis, "g", "jenny");
    assertEquals(await complete(world, redis, "g", "jen"), ["jennifer"]);
    assertEquals(await redis.zcard("members:g"), 5, "the bounds are gone");
    for (const i of range(world.sized(60, 2000))) await join(redis, "big", nameOf(i));
    assertEquals((await complete(world, redis, "big", "b")).length, SHOWN);

    // Several at once, each among the bounds of the others, one of which dies and leaves its bounds behind.
    const clients = await Promise.all(range(4).map((i) => world.client(`web ${i}`)));
    const dying = await world.client("dying");
    const death = complete(world, dying, "g", "je", () => Promise.resolve(world.kill(dying)));
    assertEquals(await death.catch((error) => error.message), "Connection is closed.");
    await Promise.all(clients.map(async (client) => {
      for (const _ of range(world.sized(4, 40))) {
        assertEquals(await complete(world, client, "g", "je"), ["jeff", "jennifer"]);
      }
    }));
    assertEquals(await members(redis, "g"), ["anna", "jack", "jeff", "jennifer", "zoe"]);
    assertEquals(await redis.zcard("members:g"), 7, "only the dead one's bounds are still there");
  },
  nondeterministic: "the names of bounds that a dead client leaves are drawn by several clients at once",

  story(world) {
    const joined = [new Set<string>(), new Set<string>(), new Set<string>()];
    const unsure = new Set<string>();
    return {
      clients: 3,
      async turn(redis, client, turn) {
        const name = nameOf(world.random.between(0, 500)) + CHARACTERS[client + 1];
        unsure.add(name);
        if (turn % 4 === 3) {
          await leave(redis, "g", name);
          joined[client]!.delete(name);
        } else {
          await join(redis, "g", name);
          joined[client]!.add(name);
        }
        unsure.delete(name);
        for (const found of await complete(world, redis, "g", name.slice(0, 2))) {
          assert(found.startsWith(name.slice(0, 2)), `${found} for ${name.slice(0, 2)}`);
        }
      },
      async invariants(redis) {
        const all = (await members(redis, "g")).filter((name) => !unsure.has(name));
        const expected = joined.flatMap((names) => [...names]).filter((name) => !unsure.has(name));
        assertEquals(all, expected.sort());
      },
    };
  },
};
