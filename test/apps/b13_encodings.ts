/** B13: short lists, hashes and sorted sets, and sets of whole numbers, are kept packed, until they are not short any more. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, range } from "./application.ts";

interface Described {
  readonly encoding: string;
  readonly serializedlength: number;
}

async function describe(redis: Redis, key: string): Promise<Described> {
  const line = String(await redis.call("DEBUG", "OBJECT", key));
  assert(line.startsWith("Value at:0x"), line);
  const fields = new Map(line.split(" ").map((word) => word.split(":") as [string, string]));
  assertEquals(fields.get("refcount"), "1");
  assertEquals(fields.get("encoding"), await redis.object("ENCODING", key));
  return { encoding: fields.get("encoding")!, serializedlength: Number(fields.get("serializedlength")) };
}

/** As long as two settings allow and one more; the smaller one is still packed when it is as small again. */
async function checkLimits(
  redis: Redis,
  key: string,
  entries: number,
  bytes: number,
  add: (i: number, text: string) => Promise<unknown>,
  large: string,
): Promise<void> {
  for (const i of range(entries)) await add(i, "x".repeat(i === 0 ? bytes : 3));
  assertEquals((await describe(redis, key)).encoding, "listpack", `${entries} are the most`);
  await add(entries, "y");
  assertEquals((await describe(redis, key)).encoding, large, `${entries} and one`);
  await redis.del(key);
  await add(0, "a");
  await add(1, "x".repeat(bytes + 1));
  assertEquals((await describe(redis, key)).encoding, large, `${bytes} bytes and one`);
}

export const encodings: Application = {
  id: "B13",
  title: "Short structures",
  chapter: 9,
  source: "9.1-9.4",
  errata: [
    "lists: ziplist and linkedlist have become quicklist, whose long item is kept as it is; the lengths shown are those of 7.0.15.",
  ],

  async run(world) {
    const redis = await world.client("admin");
    await redis.rpush("test", "a", "b", "c", "d");
    assertEquals(await describe(redis, "test"), { encoding: "quicklist", serializedlength: 22 });
    await redis.rpush("test", "e", "f", "g", "h");
    assertEquals(await describe(redis, "test"), { encoding: "quicklist", serializedlength: 34 });
    await redis.rpush("test", "a".repeat(65));
    assertEquals(await describe(redis, "test"), { encoding: "quicklist", serializedlength: 47 });
    assertEquals(await redis.rpop("test"), "a".repeat(65));
    assertEquals(await describe(redis, "test"), { encoding: "quicklist", serializedlength: 34 });

    await redis.sadd("set-object", ...range(500));
    assertEquals(await describe(redis, "set-object"), { encoding: "intset", serializedlength: 1010 });
    await redis.sadd("set-object", ...range(500).map((i) => i + 500));
    assertEquals(await describe(redis, "set-object"), { encoding: "hashtable", serializedlength: 2874 });
    await redis.sadd("large", 1, "1152921504606846975", "-9223372036854775808");
    assertEquals((await describe(redis, "large")).encoding, "intset");
    assertEquals(await redis.sismember("large", "1152921504606846975"), 1, "all 60 bits count");
    assertEquals(await redis.sismember("large", "1152921504606846976"), 0);
    await redis.sadd("large", "01");
    assertEquals((await describe(redis, "large")).encoding, "hashtable", "01 is not how 1 is written");

    const settings = ["hash-max-ziplist", "zset-max-ziplist"];
    for (const setting of settings) {
      const before = [`${setting}-entries`, `${setting}-value`];
      const [[, entries], [, bytes]] = await Promise.all(
        before.map((name) => redis.config("GET", name)),
      ) as [[string, string], [string, string]];
      assertEquals([entries, bytes], [setting.startsWith("hash") ? "512" : "128", "64"], "what is usual");
      const isHash = setting.startsWith("hash");
      const add = isHash
        ? (i: number, text: string) => redis.hset("short", `field${i}`, text)
        : (i: number, text: string) => redis.zadd("short", i, `${i}`.padStart(3, "0") + text.slice(3));
      for (const [most, longest] of [[Number(entries), 64], [20, 40]] as const) {
        await redis.config("SET", before[0]!, most);
        await redis.config("SET", before[1]!, longest);
        await redis.del("short");
        await checkLimits(redis, "short", most, longest, add, isHash ? "hashtable" : "skiplist");
      }
      const shrunk = isHash ? redis.hdel("short", "field1") : redis.zremrangebyrank("short", -1, -1);
      assertEquals(await shrunk, 1);
      assertEquals(
        (await describe(redis, "short")).encoding,
        isHash ? "hashtable" : "skiplist",
        "there is no way back",
      );
      await redis.config("SET", before[0]!, entries);
      await redis.config("SET", before[1]!, bytes);
    }
    await checkMemory(redis, world.sized(20, 300));
    await world.gone(await world.client("somebody"));
  },

  story(world) {
    const sizes = [0, 0];
    return {
      clients: 2,
      async turn(redis, client) {
        // Grows beyond its limits and begins anew.
        const key = `hash ${client}`;
        const size = await redis.hlen(key);
        if (size > 600) await redis.del(key);
        else await redis.hset(key, Object.fromEntries(range(40).map((i) => [`f${size + i}`, world.now()])));
        sizes[client] = await redis.hlen(key);
      },
      async invariants(redis) {
        for (const [client, size] of sizes.entries()) {
          const [there, encoding] = [
            await redis.hlen(`hash ${client}`),
            await redis.object("ENCODING", `hash ${client}`),
          ];
          assertEquals(there % 40, 0, "forty came by part");
          const possible = size > 600 ? [size, 0] : [size, size + 40];
          assert(possible.includes(there), `${size} were acknowledged, ${there} are there`);
          assertEquals(encoding, there === 0 ? null : there > 512 ? "hashtable" : "listpack");
          sizes[client] = there;
        }
      },
    };
  },
};

/** The same members take less memory when they are packed. */
async function checkMemory(redis: Redis, count: number): Promise<void> {
  const fields = (i: number) => Object.fromEntries(range(20).map((j) => [`field ${j}`, `value ${i}.${j}`]));
  for (const i of range(count)) await redis.hset(`packed:${i}`, fields(i));
  await redis.config("SET", "hash-max-listpack-entries", 0);
  for (const i of range(count)) await redis.hset(`unpacked:${i}`, fields(i));
  await redis.config("SET", "hash-max-listpack-entries", 512);
  const bytes = async (name: string) => {
    const all = await Promise.all(range(count).map((i) => redis.memory("USAGE", `${name}:${i}`)));
    return all.reduce<number>((sum, one) => sum + Number(one), 0);
  };
  const [packed, unpacked] = [await bytes("packed"), await bytes("unpacked")];
  assert(packed < unpacked, `${packed} bytes packed, ${unpacked} unpacked`);
}
