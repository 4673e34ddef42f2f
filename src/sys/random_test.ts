import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { Random } from "./random.ts";

function draw(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.uint32());
}

Deno.test("the same seed gives the same sequence, another seed another", () => {
  assertEquals(draw(new Random(42), 20), draw(new Random(42), 20));
  assertNotEquals(draw(new Random(42), 20), draw(new Random(43), 20));
  assertEquals(new Random(42).seed, 42);
  assertEquals(new Random(42).hexId(), new Random(42).hexId());
});

Deno.test("without a seed every generator is its own", () => {
  assertNotEquals(draw(new Random(), 4), draw(new Random(), 4));
  assertNotEquals(new Random().hexId(), new Random().hexId());
  assertEquals(new Random().seed, undefined);
});

Deno.test("every bit is set about half of the time", () => {
  const random = new Random(1);
  const counts = new Array<number>(32).fill(0);
  for (let i = 0; i < 4000; i++) {
    const word = random.uint32();
    for (let bit = 0; bit < 32; bit++) counts[bit]! += (word >>> bit) & 1;
  }
  // 6 standard deviations.
  for (const count of counts) assert(Math.abs(count - 2000) < 190, counts.join());
});

Deno.test("below(n) reaches every value evenly and never n", () => {
  const random = new Random(7);
  for (const n of [1, 2, 3, 7, 10]) {
    const counts = new Array<number>(n).fill(0);
    for (let i = 0; i < n * 1000; i++) counts[random.below(n)]!++;
    for (const count of counts) assert(Math.abs(count - 1000) < 190, `${n}: ${counts.join()}`);
  }
  for (const n of [0x80000001, 0x100000000, 0x100000001, Number.MAX_SAFE_INTEGER]) {
    let high = 0;
    for (let i = 0; i < 1000; i++) {
      const drawn = random.below(n);
      assert(Number.isSafeInteger(drawn) && drawn >= 0 && drawn < n);
      if (drawn >= n / 2) high++;
    }
    assert(Math.abs(high - 500) < 95, `${n}: ${high}`);
  }
});

Deno.test("below refuses what no integer is below", () => {
  for (const n of [0, -1, 1.5, NaN, 2 ** 53]) assertThrows(() => new Random(1).below(n), RangeError);
});

Deno.test("float stays in [0, 1) and fills both halves", () => {
  const random = new Random(3);
  let high = 0;
  for (let i = 0; i < 1000; i++) {
    const drawn = random.float();
    assert(drawn >= 0 && drawn < 1);
    if (drawn >= 0.5) high++;
  }
  assert(Math.abs(high - 500) < 95, String(high));
});

Deno.test("bytes and secrets have the asked length", () => {
  for (const length of [0, 1, 3, 4, 5, 100, 70_000]) {
    assertEquals(new Random(5).bytes(length).length, length);
    assertEquals(new Random().secret(length).length, length);
  }
  assert(new Set(new Random(5).bytes(5000)).size === 256);
  assert(new Random().secret(70_000).subarray(65_536).some((byte) => byte !== 0));
});

Deno.test("identifiers are lower-case hexadecimal of the asked length", () => {
  assertMatch(new Random().hexId(), /^[0-9a-f]{40}$/);
  assertMatch(new Random(9).hexId(7), /^[0-9a-f]{7}$/);
});
