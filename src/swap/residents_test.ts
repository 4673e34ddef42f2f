import { assert, assertEquals } from "@std/assert";
import { Random } from "../sys/random.ts";
import { Residents } from "./residents.ts";

Deno.test("what was added and not removed is drawn, each about as often", () => {
  const seed = 5;
  const random = new Random(seed);
  const residents = new Residents();
  const model = new Set<number>();
  for (let step = 0; step < 30_000; step++) {
    // Blocks are given out again and again: few refs, of several segments.
    const ref = (random.below(3) << 21) | (random.below(500) << 1) | 0x80000000;
    if (random.below(5) < 2) {
      residents.remove(ref | 0);
      model.delete(ref | 0);
    } else {
      residents.add(ref | 0);
      model.add(ref | 0);
    }
    assertEquals(residents.size, model.size);
  }
  const drawn = new Map<number, number>();
  const draws = 100 * model.size;
  for (let i = 0; i < draws; i++) {
    const ref = residents.sample((bound) => random.below(bound));
    drawn.set(ref, (drawn.get(ref) ?? 0) + 1);
  }
  assertEquals(new Set(drawn.keys()), model);
  for (const count of drawn.values()) assert(count > 50 && count < 170, `${count}`);
  for (const ref of model) residents.remove(ref);
  assertEquals(residents.sample((bound) => random.below(bound)), 0);
});

Deno.test("a block is not taken for one that was given back and began 8 bytes before it", () => {
  const residents = new Residents();
  residents.add(4);
  residents.remove(4);
  residents.add(5);
  assertEquals(residents.sample(() => 0), 5);
  residents.add(7);
  residents.remove(5);
  residents.add(4);
  assertEquals([0, 1, 1].map((position) => residents.sample(() => position)).sort(), [4, 7, 7]);
});

Deno.test("what was crossed out takes no room for long", () => {
  const residents = new Residents();
  for (let i = 1; i < 200_000; i++) {
    residents.add(2 * i);
    if (i > 100) residents.remove(2 * (i - 100));
  }
  assertEquals(residents.size, 100);
  // A few areas have marks of 2 KiB each, some are kept, and a chunk or two of the list takes 64 KiB each.
  assert(residents.bytes <= (128 + 80 * 2.1) * 1024, `${residents.bytes}`);
});

Deno.test("when none is left nothing is kept of those that were there", () => {
  const residents = new Residents();
  for (let i = 1; i <= 100_000; i++) residents.add(100 * i);
  for (let i = 1; i <= 100_000; i++) residents.setBusy(100 * i);
  for (let i = 1; i <= 100_000; i++) residents.remove(100 * i);
  assertEquals(residents.size, 0);
  // What is kept for the next ones: areas of 2 KiB, and a chunk or two of the list.
  assert(residents.bytes <= (128 + 64 * 2.1) * 1024, `${residents.bytes}`);
});
