/** B29: one long list in many short ones that are kept packed; both ends are pushed to and popped from by scripts. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, range } from "./application.ts";
import { Script } from "./b23_script_loader.ts";

export type End = "l" | "r";

/** So many items go into a call. */
const CHUNK = 64;
/** The length of a short list. */
export const SHARD_SIZE = 512;

/**
 * KEYS: what the names of the short lists begin with, and the keys of the first and the last one's numbers. A short list
 * gets one item less than it may have: one of a blocking pop is to find room.
 */
const PUSH = new Script(`
local isLeft = ARGV[1] == 'lpush'
local atEnd = isLeft and KEYS[2] or KEYS[3]
local shard = redis.call('get', atEnd) or '0'
local at = 3
while 1 do
  local room = tonumber(ARGV[2]) - 1 - redis.call('llen', KEYS[1] .. shard)
  local to = math.min(at + room - 1, #ARGV)
  if to >= at then
    redis.call(ARGV[1], KEYS[1] .. shard, unpack(ARGV, at, to))
    at = to + 1
  end
  if at > #ARGV then return #ARGV - 2 end
  shard = redis.call(isLeft and 'decr' or 'incr', atEnd)
end
`);
/** A short list that is empty is left behind when the next pop finds it so. */
const POP = new Script(`
local isLeft = ARGV[1] == 'lpop'
local atEnd, other = KEYS[isLeft and 2 or 3], KEYS[isLeft and 3 or 2]
local shard = redis.call('get', atEnd) or '0'
local item = redis.call(ARGV[1], KEYS[1] .. shard)
while not item do
  if tonumber(shard) == tonumber(redis.call('get', other) or '0') then return nil end
  shard = redis.call(isLeft and 'incr' or 'decr', atEnd)
  item = redis.call(ARGV[1], KEYS[1] .. shard)
end
return item
`);
/** The short lists between the first and the last one are full. */
const LENGTH = new Script(`
local first, last = tonumber(redis.call('get', KEYS[2]) or '0'), tonumber(redis.call('get', KEYS[3]) or '0')
local length = redis.call('llen', KEYS[1] .. first)
if first == last then return length end
return length + redis.call('llen', KEYS[1] .. last) + (last - first - 1) * (ARGV[1] - 1)
`);

export function keysOf(list: string): string[] {
  return [`${list}:`, `${list}:first`, `${list}:last`];
}

/** @returns how many were pushed */
export async function push(
  redis: Redis,
  end: End,
  list: string,
  items: readonly (string | number)[],
  size = SHARD_SIZE,
): Promise<number> {
  let pushed = 0;
  for (let at = 0; at < items.length; at += CHUNK) {
    pushed += Number(
      await PUSH.call(redis, keysOf(list), [`${end}push`, size, ...items.slice(at, at + CHUNK)]),
    );
  }
  return pushed;
}

export async function pop(redis: Redis, end: End, list: string): Promise<string | null> {
  return await POP.call(redis, keysOf(list), [`${end}pop`]) as string | null;
}

export async function length(redis: Redis, list: string, size = SHARD_SIZE): Promise<number> {
  return Number(await LENGTH.call(redis, keysOf(list), [size]));
}

/** All items in order, and that no short list is longer than it may be. */
async function itemsOf(redis: Redis, list: string, size: number): Promise<string[]> {
  const [first, last] = (await redis.mget(`${list}:first`, `${list}:last`)).map(Number) as [number, number];
  assert(first <= last, `from ${first} to ${last}`);
  const all: string[] = [];
  for (let shard = first; shard <= last; shard++) {
    const items = await redis.lrange(`${list}:${shard}`, 0, -1);
    assert(items.length < size, `${items.length} items in ${shard}`);
    all.push(...items);
  }
  const keys = (await redis.keys(`${list}:*`)).filter((key) => /:-?\d+$/.test(key));
  for (const key of keys) {
    const shard = Number(key.split(":").at(-1));
    assert(shard >= first && shard <= last, `${key} is beyond both ends`);
  }
  return all;
}

export const shardedList: Application = {
  id: "B29",
  title: "A long list in short ones, by scripts",
  chapter: 11,
  source: "11.14-11.15 and exercise",
  errata: [
    "listing 11.14 asks CONFIG GET for the length within a script, which 7.0.15 and redeno refuse: it is an argument here.",
    "listing 11.15 compares a length to '0', which is never equal: a list is left behind one pop later, as here; its caption says pushing.",
  ],

  async run(world) {
    const redis = await world.client("web");
    const refused = await redis.eval("return redis.call('config', 'get', 'list-max-ziplist-size')", 0).catch((
      error,
    ) => error.message);
    assert(String(refused).includes("not allowed from script"), String(refused));
    const count = world.sized(300, 1000);
    const size = world.sized(32, SHARD_SIZE);
    assertEquals(await push(redis, "l", "test", range(count), size), count);
    assertEquals(await push(redis, "r", "test", range(count).map((i) => -1 - i), size), count);
    assertEquals(await length(redis, "test", size), 2 * count);
    assertEquals(
      await itemsOf(redis, "test", size),
      [...range(count).reverse(), ...range(count).map((i) => -1 - i)].map(String),
    );
    assert(Number(await redis.get("test:first")) < 0, "numbers go below zero");
    assertEquals(await pop(redis, "l", "test"), String(count - 1));
    assertEquals(await pop(redis, "r", "test"), String(-count));
    for (const i of range(count - 1)) assertEquals(await pop(redis, "l", "test"), String(count - 2 - i));
    assertEquals(await length(redis, "test", size), count - 1);
    for (const i of range(count - 1)) assertEquals(await pop(redis, "l", "test"), String(-1 - i));
    assertEquals([await pop(redis, "l", "test"), await pop(redis, "r", "test")], [null, null]);
    assertEquals(await length(redis, "test", size), 0);
    assertEquals((await redis.keys("test:*")).sort(), ["test:first", "test:last"]);
    await push(redis, "r", "test", ["again"], size);
    assertEquals(await pop(redis, "l", "test"), "again");

    // Pushed to and popped from both ends at once; what a dying client has pushed or popped is there wholly or not.
    const clients = await Promise.all(range(4).map((i) => world.client(`web ${i}`)));
    const popped: string[][] = clients.map(() => []);
    const each = world.sized(40, 800);
    await Promise.all(clients.map(async (client, i) => {
      const end = i % 2 === 0 ? "l" : "r";
      for (const turn of range(each)) {
        await push(client, end, "busy", [`${i}.${turn}.a`, `${i}.${turn}.b`, `${i}.${turn}.c`], 16);
        const item = await pop(client, turn % 3 === 0 ? "l" : end, "busy");
        if (item !== null) popped[i]!.push(item);
      }
      if (i === 3) world.kill(client);
    }));
    const left = await itemsOf(redis, "busy", 16);
    const all = [...popped.flat(), ...left];
    assertEquals(all.length, 3 * 4 * each);
    assertEquals(new Set(all).size, all.length, "each is there once");
  },
  nondeterministic: "who of several clients pushes first is a matter of chance",

  story() {
    const pushed = new Set<string>();
    const popped = new Set<string>();
    let popping = 0;
    return {
      clients: 4,
      async turn(redis, client, turn) {
        const end = client % 2 === 0 ? "l" : "r";
        const items = range(5).map((i) => `${client}.${turn}.${i}`);
        await push(redis, end, "queue", items, 16);
        for (const item of items) pushed.add(item);
        for (const _ of range(3)) {
          popping++;
          const item = await pop(redis, end, "queue");
          popping--;
          if (item !== null) popped.add(item);
        }
      },
      async invariants(redis) {
        const there = await itemsOf(redis, "queue", 16);
        assertEquals(await length(redis, "queue", 16), there.length);
        assertEquals(new Set(there).size, there.length);
        for (const item of there) assert(!popped.has(item), `${item} was popped, and is there`);
        const all = new Set([...there, ...popped]);
        const missing = [...pushed].filter((item) => !all.has(item));
        assert(missing.length <= popping, `${popping} were popping, ${missing.length} are gone`);
      },
    };
  },
};
