/** B27: completion by one script: the two members that mark the place come and go within it, and nobody ever sees them. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, range, type World } from "./application.ts";
import { Script } from "./b23_script_loader.ts";

const COMPLETE = new Script(`
redis.call('zadd', KEYS[1], 0, ARGV[1], 0, ARGV[2])
local first = redis.call('zrank', KEYS[1], ARGV[1])
local last = math.min(first + 9, redis.call('zrank', KEYS[1], ARGV[2]) - 2)
redis.call('zrem', KEYS[1], unpack(ARGV))
if last < 0 then return {} end
return redis.call('zrange', KEYS[1], first, last)
`);
/** In the order of their bytes: what comes before `a`, the letters, what comes after `z`. */
const CHARACTERS = "`abcdefghijklmnopqrstuvwxyz{";

function rangeOf(prefix: string): [string, string] {
  const before = CHARACTERS[CHARACTERS.indexOf(prefix.at(-1)!) - 1]!;
  return [`${prefix.slice(0, -1)}${before}{`, `${prefix}{`];
}

async function complete(world: World, redis: Redis, guild: string, prefix: string): Promise<string[]> {
  const name = world.uuid();
  const bounds = rangeOf(prefix).map((bound) => bound + name);
  return await COMPLETE.call(redis, [`members:${guild}`], bounds) as string[];
}

const SENTENCE = "these are some words that we will be autocompleting on";

function randomName(world: World): string {
  return range(world.random.between(2, 6)).map(() => world.random.pick([..."abcde"])).join("");
}

export const scriptedAutocomplete: Application = {
  id: "B27",
  title: "Autocomplete by a script",
  chapter: 11,
  source: "11.10-11.11",

  async run(world) {
    const redis = await world.client("web");
    for (const word of SENTENCE.split(" ")) await redis.zadd("members:test", 0, word);
    assertEquals(await complete(world, redis, "test", "th"), ["that", "these"]);
    assertEquals(await complete(world, redis, "test", "w"), ["we", "will", "words"]);
    assertEquals(await complete(world, redis, "test", "autocompleting"), ["autocompleting"]);
    assertEquals(await complete(world, redis, "test", "a"), ["are", "autocompleting"]);
    assertEquals(await complete(world, redis, "test", "aa"), [], "nobody, before everybody");
    assertEquals(await complete(world, redis, "test", "zz"), []);
    assertEquals(await complete(world, redis, "nosuch", "a"), []);
    assertEquals(await redis.exists("members:nosuch"), 0);
    assertEquals(await redis.zcard("members:test"), 10, "no bounds are left");

    const names = [...new Set(range(world.sized(100, 2000)).map(() => randomName(world)))].sort();
    await redis.zadd("members:big", ...names.flatMap((name) => [0, name]));
    const clients = await Promise.all(range(5).map((i) => world.client(`web ${i}`)));
    await Promise.all(clients.map(async (client, i) => {
      for (const turn of range(world.sized(30, 600))) {
        const prefix = names[turn * 7 % names.length]!.slice(0, 1 + turn % 3);
        const expected = names.filter((name) => name.startsWith(prefix)).slice(0, 10);
        assertEquals(await complete(world, client, "big", prefix), expected, prefix);
      }
      if (i !== 0) return;
      const last = complete(world, client, "big", "a").catch(() => {});
      world.kill(client);
      await last;
    }));
    assertEquals(
      await redis.zrange("members:big", 0, "-1"),
      names,
      "nobody's bounds are left, not even the dead one's",
    );
  },

  story(world) {
    const joined = range(3).map(() => new Set<string>());
    const unsure = new Set<string>();
    return {
      clients: 3,
      async turn(redis, client) {
        const name = randomName(world) + "xyz"[client];
        unsure.add(name);
        await redis.zadd("members:g", 0, name);
        joined[client]!.add(name);
        unsure.delete(name);
        const prefix = name.slice(0, 2);
        for (const found of await complete(world, redis, "g", prefix)) {
          assert(found.startsWith(prefix), found);
        }
      },
      async invariants(redis) {
        const all = await redis.zrange("members:g", 0, "-1");
        assert(all.every((name) => !name.includes("{")), "bounds are left");
        const expected = joined.flatMap((names) => [...names]);
        assertEquals(
          all.filter((name) => !unsure.has(name)),
          expected.filter((name) => !unsure.has(name)).sort(),
        );
      },
    };
  },
};
