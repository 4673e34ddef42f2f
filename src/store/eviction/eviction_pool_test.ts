import { assertEquals } from "@std/assert";
import { EvictionPool } from "./eviction_pool.ts";
import { Random } from "../../sys/random.ts";

function drained(pool: EvictionPool): [database: number, ref: number, score: number][] {
  const taken: [number, number, number][] = [];
  while (pool.take()) taken.push([pool.database, pool.ref, pool.score]);
  return taken;
}

Deno.test("the best candidate is taken first, and 16 are kept", () => {
  const pool = new EvictionPool();
  const random = new Random(7);
  const scores = Array.from({ length: 100 }, () => random.below(1_000_000));
  scores.forEach((score, i) => pool.offer(0, i + 1, score));
  assertEquals(pool.size, 16);
  assertEquals(drained(pool).map(([, , score]) => score), scores.sort((a, b) => b - a).slice(0, 16));
  assertEquals(pool.take(), false);
});

Deno.test("a block that is seen again stands in the pool once, with the score that it has now", () => {
  const pool = new EvictionPool();
  for (const [ref, score] of [[1, 10], [2, 20], [3, 30], [2, 40], [3, 5]] as const) pool.offer(0, ref, score);
  pool.offer(1, 2, 7);
  assertEquals(drained(pool), [[0, 2, 40], [0, 1, 10], [1, 2, 7], [0, 3, 5]]);
});

Deno.test("what is in the pool ages", () => {
  const pool = new EvictionPool();
  pool.offer(0, 1, 10);
  pool.age(5);
  pool.offer(0, 2, 12);
  assertEquals(drained(pool), [[0, 1, 15], [0, 2, 12]]);
  pool.offer(0, 3, 1);
  pool.clear();
  assertEquals(drained(pool), []);
});
