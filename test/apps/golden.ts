/**
 * The transcripts of chapters 1 and 3, command by command with the replies that the book shows, sent as they are. Their
 * order within sets and hashes is the book's where that is what its server and ours both say, else it is sorted.
 */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import type { Application, World } from "./application.ts";

type Reply = string | number | null | readonly Reply[];
type Step = readonly [line: string, reply: Reply];

/** The replies to lines of words; `_` in a word stands for a space. */
async function expect(redis: Redis, steps: readonly Step[]): Promise<void> {
  for (const [line, reply] of steps) {
    const [command, ...args] = line.split(" ").map((word) => word.replaceAll("_", " "));
    const got = await redis.call(command!, ...args);
    // The client makes an object of what HGETALL answers.
    const isObject = typeof got === "object" && got !== null && !Array.isArray(got);
    assertEquals(isObject ? Object.entries(got).flat() : got, reply, line);
  }
}

async function sortedReply(redis: Redis, line: string): Promise<string[]> {
  const [command, ...args] = line.split(" ");
  return (await redis.call(command!, ...args) as string[]).sort();
}

async function strings(redis: Redis): Promise<void> {
  await expect(redis, [
    ["set hello world", "OK"],
    ["get hello", "world"],
    ["del hello", 1],
    ["get hello", null],
    ["get key", null],
    ["incrby key 1", 1],
    ["incrby key 15", 16],
    ["decrby key 5", 11],
    ["get key", "11"],
    ["set key 13", "OK"],
    ["incr key", 14],
    ["append new-string-key hello_", 6],
    ["append new-string-key world!", 12],
    ["substr new-string-key 3 7", "lo wo"],
    ["setrange new-string-key 0 H", 12],
    ["setrange new-string-key 6 W", 12],
    ["get new-string-key", "Hello World!"],
    ["setrange new-string-key 11 ,_how_are_you?", 25],
    ["get new-string-key", "Hello World, how are you?"],
    ["setbit another-key 2 1", 0],
    ["setbit another-key 7 1", 0],
    ["get another-key", "!"],
  ]);
}

async function lists(redis: Redis, _world: World, isPatient: boolean): Promise<void> {
  // The book waits a second each time.
  const wait = isPatient ? 1 : 0.02;
  await expect(redis, [
    ["rpush list-key item", 1],
    ["rpush list-key item2", 2],
    ["rpush list-key item", 3],
    ["lrange list-key 0 -1", ["item", "item2", "item"]],
    ["lindex list-key 1", "item2"],
    ["lpop list-key", "item"],
    ["lrange list-key 0 -1", ["item2", "item"]],
    ["del list-key", 1],
    ["rpush list-key last", 1],
    ["lpush list-key first", 2],
    ["rpush list-key new_last", 3],
    ["lrange list-key 0 -1", ["first", "last", "new last"]],
    ["lpop list-key", "first"],
    ["lpop list-key", "last"],
    ["lrange list-key 0 -1", ["new last"]],
    ["rpush list-key a b c", 4],
    ["ltrim list-key 2 -1", "OK"],
    ["lrange list-key 0 -1", ["b", "c"]],
    ["rpush list item1", 1],
    ["rpush list item2", 2],
    ["rpush list2 item3", 1],
    [`brpoplpush list2 list ${wait}`, "item3"],
    [`brpoplpush list2 list ${wait}`, null],
    ["lrange list 0 -1", ["item3", "item1", "item2"]],
    [`brpoplpush list list2 ${wait}`, "item2"],
    [`blpop list list2 ${wait}`, ["list", "item3"]],
    [`blpop list list2 ${wait}`, ["list", "item1"]],
    [`blpop list list2 ${wait}`, ["list2", "item2"]],
    [`blpop list list2 ${wait}`, null],
  ]);
}

async function sets(redis: Redis): Promise<void> {
  await expect(redis, [
    ["sadd set-key item", 1],
    ["sadd set-key item2", 1],
    ["sadd set-key item3", 1],
    ["sadd set-key item", 0],
    ["sismember set-key item4", 0],
    ["sismember set-key item", 1],
    ["srem set-key item2", 1],
    ["srem set-key item2", 0],
    ["del set-key", 1],
    ["sadd set-key a b c", 3],
    ["srem set-key c d", 1],
    ["srem set-key c d", 0],
    ["scard set-key", 2],
    ["smove set-key set-key2 a", 1],
    ["smove set-key set-key2 c", 0],
    ["smembers set-key2", ["a"]],
    ["sadd skey1 a b c d", 4],
    ["sadd skey2 c d e f", 4],
  ]);
  assertEquals(await sortedReply(redis, "sdiff skey1 skey2"), ["a", "b"]);
  assertEquals(await sortedReply(redis, "sinter skey1 skey2"), ["c", "d"]);
  assertEquals(await sortedReply(redis, "sunion skey1 skey2"), ["a", "b", "c", "d", "e", "f"]);
}

async function hashes(redis: Redis): Promise<void> {
  await expect(redis, [
    ["hset hash-key sub-key1 value1", 1],
    ["hset hash-key sub-key2 value2", 1],
    ["hset hash-key sub-key1 value1", 0],
    ["hgetall hash-key", ["sub-key1", "value1", "sub-key2", "value2"]],
    ["hdel hash-key sub-key2", 1],
    ["hdel hash-key sub-key2", 0],
    ["hget hash-key sub-key1", "value1"],
    ["hgetall hash-key", ["sub-key1", "value1"]],
    ["del hash-key", 1],
    ["hmset hash-key k1 v1 k2 v2 k3 v3", "OK"],
    ["hmget hash-key k2 k3", ["v2", "v3"]],
    ["hlen hash-key", 3],
    ["hdel hash-key k1 k3", 2],
    [`hmset hash-key2 short hello long ${"1".repeat(1000)}`, "OK"],
    ["hexists hash-key2 num", 0],
    ["hincrby hash-key2 num 1", 1],
    ["hexists hash-key2 num", 1],
  ]);
  assertEquals(await sortedReply(redis, "hkeys hash-key2"), ["long", "num", "short"]);
}

async function sortedSets(redis: Redis): Promise<void> {
  await expect(redis, [
    ["zadd zset-key 728 member1", 1],
    ["zadd zset-key 982 member0", 1],
    ["zadd zset-key 982 member0", 0],
    ["zrange zset-key 0 -1 withscores", ["member1", "728", "member0", "982"]],
    ["zrangebyscore zset-key 0 800 withscores", ["member1", "728"]],
    ["zrem zset-key member1", 1],
    ["zrem zset-key member1", 0],
    ["zrange zset-key 0 -1 withscores", ["member0", "982"]],
    ["del zset-key", 1],
    ["zadd zset-key 3 a 2 b 1 c", 3],
    ["zcard zset-key", 3],
    ["zincrby zset-key 3 c", "4"],
    ["zscore zset-key b", "2"],
    ["zrank zset-key c", 2],
    ["zcount zset-key 0 3", 2],
    ["zrem zset-key b", 1],
    ["zrange zset-key 0 -1 withscores", ["a", "3", "c", "4"]],
    ["zadd zset-1 1 a 2 b 3 c", 3],
    ["zadd zset-2 4 b 1 c 0 d", 3],
    ["zinterstore zset-i 2 zset-1 zset-2", 2],
    ["zrange zset-i 0 -1 withscores", ["c", "4", "b", "6"]],
    ["zunionstore zset-u 2 zset-1 zset-2 aggregate min", 4],
    ["zrange zset-u 0 -1 withscores", ["d", "0", "a", "1", "c", "1", "b", "2"]],
    ["sadd set-1 a d", 2],
    ["zunionstore zset-u2 3 zset-1 zset-2 set-1", 4],
    ["zrange zset-u2 0 -1 withscores", ["d", "1", "a", "2", "c", "4", "b", "6"]],
  ]);
}

async function sortAndExpiry(redis: Redis, world: World, isPatient: boolean): Promise<void> {
  await expect(redis, [
    ["rpush sort-input 23 15 110 7", 4],
    ["sort sort-input", ["7", "15", "23", "110"]],
    ["sort sort-input alpha", ["110", "15", "23", "7"]],
    ["hset d-7 field 5", 1],
    ["hset d-15 field 1", 1],
    ["hset d-23 field 9", 1],
    ["hset d-110 field 3", 1],
    ["sort sort-input by d-*->field", ["15", "110", "7", "23"]],
    ["sort sort-input by d-*->field get d-*->field", ["1", "3", "5", "9"]],
    ["set key value", "OK"],
    [`expire key ${isPatient ? 2 : 60}`, 1],
  ]);
  if (isPatient) await new Promise((resolve) => setTimeout(resolve, 2000));
  else await world.expire(redis, "key", 60);
  await expect(redis, [
    ["get key", null],
    ["set key value2", "OK"],
    ["expire key 100", 1],
  ]);
  const left = await redis.ttl("key");
  assert(left > 50 && left <= 100, `${left} s are left`);
}

const CHAPTERS = [strings, lists, sets, hashes, sortedSets, sortAndExpiry];

export const golden: Application = {
  id: "T",
  title: "The transcripts of chapters 1 and 3",
  chapter: 3,
  source: "1.1-1.5, 3.1-3.15",
  errata: [
    "INCR of an empty string counts from 0 in the text, which was so until Redis 2.6; 7.0.15 and redeno answer an error.",
    "TTL of a missing key is -1 in the book, -2 since Redis 2.8.",
    "the index of chapter 3 writes HVALUES for HVALS.",
  ],

  async run(world) {
    const redis = await world.client("cli");
    for (const transcript of CHAPTERS) await transcript(redis, world, world.scale === "full");
    await redis.set("empty", "");
    assertEquals(
      await redis.incr("empty").catch((error) => error.message),
      "ERR value is not an integer or out of range",
    );
    assertEquals(await redis.ttl("nosuch"), -2);
  },

  story(world) {
    let done = 0;
    return {
      clients: 1,
      async turn(redis, _client, turn) {
        const keys = (await redis.keys("*")).filter((key) => key !== "transcripts done");
        if (keys.length > 0) await redis.del(...keys);
        await CHAPTERS[turn % CHAPTERS.length]!(redis, world, false);
        await redis.incr("transcripts done");
        done++;
      },
      async invariants(redis) {
        const kept = Number(await redis.get("transcripts done"));
        assert(kept === done || kept === done + 1, `${done} were acknowledged, ${kept} are there`);
        done = kept;
        // Of each transcript a part is there, whose values are those of its lines.
        for (const key of await redis.keys("zset-u2")) assertEquals(await redis.zcard(key), 4);
        for (const key of await redis.keys("another-key")) {
          assert(["!", " "].includes((await redis.get(key))!));
        }
      },
    };
  },
};
