import { assert, assertEquals } from "@std/assert";
import { Arena } from "../store/memory/arena.ts";
import { latin1, Slice } from "../sys/bytes.ts";
import { Random } from "../sys/random.ts";
import { CachingTable } from "./caching_table.ts";

const slice = (text: string) => new Slice(latin1(text));

function take(table: CachingTable, key: string): number[] {
  const holders: number[] = [];
  const count = table.take(slice(key), holders);
  return holders.slice(0, count);
}

Deno.test("a key is taken with all clients that hold it, each once, and then is not there", () => {
  const table = new CachingTable(new Arena(), new Random(1));
  for (const client of [7, 3, 7, 2 ** 47 + 12345, 3]) table.add(slice("k"), client);
  table.add(slice("other"), 7);
  assertEquals([table.size, table.items], [2, 4]);
  assertEquals(take(table, "k"), [7, 3, 2 ** 47 + 12345]);
  assertEquals(take(table, "k"), []);
  assertEquals([table.size, table.items], [1, 1]);
});

Deno.test("a key may be held by very many clients", () => {
  const table = new CachingTable(new Arena(), new Random(1));
  for (let round = 0; round < 2; round++) {
    for (let client = 1; client <= 1000; client++) table.add(slice("k"), client);
  }
  assertEquals([table.size, table.items], [1, 1000]);
  assertEquals(take(table, "k"), Array.from({ length: 1000 }, (_, i) => i + 1));
  assertEquals([table.size, table.items], [0, 0]);
});

Deno.test("keys may be empty, long, or too long to exist", () => {
  const table = new CachingTable(new Arena(), new Random(1));
  const lengths = [0, 1, 100, 32_750, 32_760, 100_000, 1 << 20];
  for (const length of lengths) table.add(slice("x".repeat(length)), length + 1);
  for (const length of lengths) assertEquals(take(table, "x".repeat(length)), [length + 1]);
  table.add(slice("x".repeat(17 << 20)), 1);
  assertEquals([table.size, table.items], [0, 0]);
});

Deno.test("all memory is given back", () => {
  const arena = new Arena();
  const table = new CachingTable(arena, new Random(1));
  const before = arena.usedBytes;
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 5000; i++) {
      for (let client = 0; client <= i % 20; client++) table.add(slice(`key:${i}`), client);
    }
    if (round === 0) { for (let i = 0; i < 5000; i++) take(table, `key:${i}`); }
    else table.clear();
    assertEquals([table.size, table.items], [0, 0]);
    for (let step = 0; step < 10; step++) table.releaseSome();
    assertEquals(arena.usedBytes, before);
  }
});

Deno.test("the table agrees with a map of sets, whatever happens", () => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  const table = new CachingTable(new Arena(), new Random(seed ^ 1));
  const model = new Map<string, Set<number>>();
  for (let step = 0; step < 30_000; step++) {
    const key = `key:${random.below(500)}`;
    if (random.below(4) > 0) {
      const client = random.below(40) + 1;
      table.add(slice(key), client);
      if (!model.has(key)) model.set(key, new Set());
      model.get(key)!.add(client);
    } else {
      assertEquals(take(table, key), [...model.get(key) ?? []]);
      model.delete(key);
    }
  }
  assertEquals(table.size, model.size);
  assertEquals(table.items, [...model.values()].reduce((sum, { size }) => sum + size, 0));
  const drawn = new Set<string>();
  for (let i = 0; i < 20_000; i++) drawn.add(new Slice(table.randomKey()!).text());
  assert(drawn.size > model.size / 2, "random keys are keys of the table, and many different ones");
  for (const key of drawn) assert(model.has(key));
});
