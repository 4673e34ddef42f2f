import { assert, assertEquals } from "@std/assert";
import { Arena } from "../memory/arena.ts";
import { RdbType, readSortedSet } from "../rdb/collection_rdb.ts";
import { Encoding } from "../memory/entry.ts";
import { Keyspace } from "../keyspace.ts";
import { RdbReader, RdbWriter } from "../rdb/rdb_codec.ts";
import { SortedSet } from "./sorted_set.ts";
import { SortedSetBuilder } from "./sorted_set_builder.ts";
import { SortedSetRange } from "./sorted_set_range.ts";
import { latin1, Slice } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";

const HASH_KEY = { k0: 1, k1: 2 };

function slice(text: string): Slice {
  return new Slice(latin1(text));
}

function add(set: SortedSet, member: string, score: number): void {
  assertEquals(set.find(slice(member)), 0);
  set.add(slice(member), score);
}

function elements(set: SortedSet): [string, number][] {
  const all: [string, number][] = [];
  set.walk(0, set.size, false, (member, score) => void all.push([member.text(), score]));
  return all;
}

function filled(arena: Arena, size: number): SortedSet {
  const set = new SortedSet(arena, HASH_KEY);
  for (let i = 0; i < size; i++) add(set, `member:${(i * 7919) % size}`, ((i * 104729) % size) / 2);
  return set;
}

Deno.test("a sorted set finds members, scores and ranks", () => {
  const set = new SortedSet(new Arena(), HASH_KEY);
  add(set, "b", 2);
  add(set, "a", 2);
  add(set, "z", -0);
  assertEquals(elements(set), [["z", -0], ["a", 2], ["b", 2]]);
  assertEquals([set.rankOf(slice("b")), set.rankOf(slice("none"))], [2, -1]);
  assertEquals([set.scoreOf(slice("a")), set.scoreOf(slice("none"))], [2, NaN]);
  set.setScore(set.find(slice("a")), 5);
  set.remove(set.find(slice("b")));
  assertEquals(elements(set), [["z", -0], ["a", 5]]);
});

Deno.test("members that are collected first come out as if they had been added one by one", () => {
  const seed = 1 + Math.floor(Math.random() * 1e9);
  const random = new Random(seed);
  const scores: readonly [what: string, score: (i: number) => number][] = [
    ["ascending", (i) => i],
    ["descending", (i) => -i],
    ["all equal", () => 1],
    ["few", () => random.below(5) - 2],
    ["many", () => random.uint32() / 1000],
    ["special", () => [Infinity, -Infinity, 0, -0, 5e-324, -1][random.below(6)]!],
  ];
  for (const [what, score] of scores) {
    for (const size of [1, 2, 100, 3000]) {
      const arena = new Arena();
      const expected = new SortedSet(arena, HASH_KEY);
      const collected = SortedSet.collecting(arena, HASH_KEY);
      for (let i = 0; i < size; i++) {
        const member = `${random.below(100)}:${i}`;
        const first = score(i);
        add(expected, member, first);
        add(collected, member, first);
        if (random.below(4) > 0) continue;
        const second = score(i);
        for (const set of [expected, collected]) set.setScore(set.find(slice(member)), second);
      }
      collected.order();
      assertEquals(elements(collected), elements(expected), `${what}, seed ${seed}`);
      add(collected, "later", 0);
      add(expected, "later", 0);
      assertEquals(collected.rankOf(slice("later")), expected.rankOf(slice("later")));
      collected.release();
      expected.release();
      assertEquals(arena.usedBytes, 0);
    }
  }
});

Deno.test("what was collected can be given up without being put in order", () => {
  const arena = new Arena();
  const set = SortedSet.collecting(arena, HASH_KEY);
  for (let i = 0; i < 5000; i++) add(set, `m${i}`, -i);
  set.release();
  assertEquals(arena.usedBytes, 0);
});

Deno.test("a selection is cut to its limit from the end that it begins at", () => {
  const set = new SortedSet(new Arena(), HASH_KEY);
  for (let i = 0; i < 100; i++) add(set, `m${i}`, i);
  const range = new SortedSetRange();
  range.min.score = 10;
  range.max.score = 20;
  range.max.exclusive = true;
  const into = { rank: 0, count: 0 };
  assertEquals(set.select(range, false, 2, 3, into), { rank: 12, count: 3 });
  assertEquals(set.select(range, true, 2, 3, into), { rank: 17, count: 3 });
  assertEquals(set.select(range, true, 9, Infinity, into), { rank: 10, count: 1 });
  assertEquals(set.select(range, false, Infinity, Infinity, into).count, 0);
});

Deno.test("memory is what the arena has given, and releasing gives it back in steps", () => {
  const empty = new Arena();
  const objects = new SortedSet(empty, HASH_KEY).memory - empty.usedBytes;
  const arena = new Arena();
  const set = filled(arena, 20_000);
  assertEquals(set.memory - objects, arena.usedBytes);
  set.removeRange(100, 15_000);
  assertEquals(set.size, 5000);
  assertEquals(set.memory - objects, arena.usedBytes);
  let steps = 1;
  while (set.releaseSome()) steps++;
  assert(steps > 3, `${steps} steps`);
  assertEquals(arena.usedBytes, 0);
});

Deno.test("a member with a short name takes less than 70 bytes in all", () => {
  const arena = new Arena();
  const set = filled(arena, 100_000);
  assert(set.memory / set.size < 70, `${set.memory / set.size} bytes`);
});

Deno.test("a copy has a life of its own", () => {
  const arena = new Arena();
  const set = filled(arena, 3000);
  const before = elements(set);
  const copy = set.copy();
  assertEquals(elements(copy), before);
  copy.removeRange(0, 2999);
  assertEquals(elements(set), before);
  set.release();
  assertEquals(elements(copy).length, 1);
  copy.release();
  assertEquals(arena.usedBytes, 0);
});

Deno.test("what is dumped is read again, in the encoding that the limits ask for", () => {
  const keyspace = new Keyspace({ databases: 1, random: new Random(1), now: 0 });
  for (const [size, encoding] of [[128, Encoding.listpack], [129, Encoding.skiplist]] as const) {
    const set = filled(keyspace.arena, size);
    const writer = new RdbWriter();
    assertEquals(set.dump(writer), RdbType.zset2);
    const builder = new SortedSetBuilder(keyspace);
    const count = readSortedSet(RdbType.zset2, new RdbReader(writer.toBytes()), builder);
    assertEquals(count, size);
    assertEquals(elements(builder.ordered()), elements(set));
    assertEquals(builder.value().encoding, encoding);
  }
});

Deno.test("a long member, even a single one, needs the large encoding", () => {
  const keyspace = new Keyspace({ databases: 1, random: new Random(1), now: 0 });
  for (const [length, encoding] of [[64, Encoding.listpack], [65, Encoding.skiplist]] as const) {
    const builder = new SortedSetBuilder(keyspace);
    assert(builder.member(slice("x".repeat(length)), 1));
    assert(!builder.member(slice("x".repeat(length)), 2), "it is there already");
    assertEquals(builder.value().encoding, encoding);
  }
});
