import { assert, assertEquals } from "@std/assert";
import { Random } from "../sys/random.ts";
import { drawPageMap } from "./page_map_picture.ts";
import { PageMap } from "./page_map.ts";

function newMap(limit: number, seed = 1): PageMap {
  const random = new Random(seed);
  return new PageMap(limit, (bound) => random.below(bound));
}

Deno.test("pages are taken in sequence, and given back pages lower the end", () => {
  const map = newMap(0);
  assertEquals([map.allocate(3), map.allocate(40), map.allocate(1)], [0, 3, 43]);
  assertEquals([map.used, map.extent], [44, 44]);
  map.free(3, 40);
  assertEquals([map.used, map.extent, map.isTaken(2), map.isTaken(3), map.isTaken(43)], [
    4,
    44,
    true,
    false,
    true,
  ]);
  assertEquals(map.holes(), { count: 1, longest: 40 });
  map.free(43, 1);
  assertEquals([map.used, map.extent], [3, 3]);
  map.free(0, 3);
  assertEquals([map.used, map.extent], [0, 0]);
});

Deno.test("a full map says no until there is a hole that is large enough", () => {
  const map = newMap(100);
  assertEquals(map.allocate(101), -1);
  for (let i = 0; i < 10; i++) assertEquals(map.allocate(10), i * 10);
  assertEquals(map.allocate(1), -1);
  map.free(20, 10);
  assertEquals(map.allocate(11), -1);
  assertEquals(map.allocate(4), 20);
  assertEquals(map.allocate(7), -1);
  assertEquals(map.allocate(6), 24);
  assertEquals(map.used, 100);
});

for (const limit of [0, 3000, 100_000]) {
  Deno.test(`random pages, at most ${limit}, are as in a model`, () => {
    const seed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 32));
    console.log(`seed ${seed}`);
    const random = new Random(seed);
    const map = newMap(limit, seed);
    const taken: { page: number; count: number }[] = [];
    const model = new Set<number>();
    let refused = 0;
    for (let step = 0; step < 20_000; step++) {
      // Mostly growing, then mostly shrinking.
      const grows = random.below(100) < (step % 8000 < 4000 ? 65 : 40);
      if (grows || taken.length === 0) {
        const count = 1 + random.below(random.below(4) === 0 ? 200 : 9);
        const page = map.allocate(count);
        if (page < 0) {
          refused++;
          continue;
        }
        if (limit > 0) assert(page + count <= limit);
        for (let i = page; i < page + count; i++) {
          assert(!model.has(i), `page ${i} is given out twice`);
          model.add(i);
        }
        taken.push({ page, count });
      } else {
        const at = random.below(taken.length);
        const { page, count } = taken[at]!;
        taken[at] = taken.at(-1)!;
        taken.pop();
        map.free(page, count);
        for (let i = page; i < page + count; i++) model.delete(i);
      }
      if (step % 1000 !== 0) continue;
      assertEquals(map.used, model.size);
      assertEquals(map.extent, model.size === 0 ? 0 : Math.max(...model) + 1);
      for (let i = 0; i < map.extent; i++) assertEquals(map.isTaken(i), model.has(i));
      const shares = map.occupancy(10);
      const average = shares.reduce((sum, share) => sum + share, 0) / 10;
      assert(map.extent < 100 || Math.abs(average - map.used / map.extent) < 0.01);
    }
    assertEquals(refused > 0, limit === 3000);
    for (const { page, count } of taken) map.free(page, count);
    assertEquals([map.used, map.extent], [0, 0]);
  });
}

Deno.test("a file that is written over and over stays near to what it holds", () => {
  const random = new Random(11);
  const map = newMap(0);
  const values = Array.from({ length: 5000 }, () => {
    const count = 1 + random.below(20);
    return { page: map.allocate(count), count };
  });
  for (let i = 0; i < 100_000; i++) {
    const value = values[random.below(values.length)]!;
    map.free(value.page, value.count);
    value.count = 1 + random.below(20);
    value.page = map.allocate(value.count);
  }
  assert(map.extent < map.used * 1.5, `${map.used} pages are used, and the file ends at ${map.extent}`);
});

Deno.test("the picture shows full and empty parts", () => {
  const map = newMap(0);
  assertEquals(
    drawPageMap(map, 32, 0),
    "0 values in 0 pages of 32 bytes; the file ends at page 0 and is 0% full\n0 holes, the longest of 0 pages\n",
  );
  const half = map.allocate(64);
  map.allocate(64);
  map.free(half, 64);
  map.allocate(1);
  assertEquals(
    drawPageMap(map, 32, 2).split("\n").slice(1, 5),
    [
      "1 holes, the longest of 64 pages",
      "each block stands for 1 pages",
      `|${" ".repeat(64)}|`,
      `|${"█".repeat(64)}|`,
    ],
  );
});
