import { assert, assertEquals, assertThrows } from "@std/assert";
import { ManualClock, systemClock } from "./clock.ts";

Deno.test("the system clock gives the wall clock's milliseconds", () => {
  const before = Date.now();
  const now = systemClock.now();
  assert(Number.isInteger(now) && now >= before && now <= Date.now());
});

Deno.test("microseconds stay within the wall clock's millisecond", () => {
  for (let i = 0; i < 1000; i++) {
    const before = Date.now();
    const micros = systemClock.micros();
    const after = Date.now();
    assert(Number.isInteger(micros));
    assert(micros >= before * 1000 && micros < (after + 1) * 1000, `${before} ${micros} ${after}`);
  }
});

Deno.test("microseconds are finer than milliseconds", () => {
  const fractions = new Set<number>();
  for (let i = 0; i < 1000; i++) fractions.add(systemClock.micros() % 1000);
  assert(fractions.size > 2);
});

Deno.test("the monotonic clock does not go back", () => {
  let last = systemClock.monotonicMs();
  for (let i = 0; i < 1000; i++) {
    const next = systemClock.monotonicMs();
    assert(next >= last);
    last = next;
  }
});

Deno.test("a manual clock stands still until it is advanced", () => {
  const clock = new ManualClock(5_000);
  assertEquals([clock.now(), clock.micros(), clock.monotonicMs()], [5_000, 5_000_000, 0]);
  clock.advance(1.25);
  assertEquals([clock.now(), clock.micros(), clock.monotonicMs()], [5_001, 5_001_250, 1.25]);
});

Deno.test("setting the wall clock lets no time pass", () => {
  const clock = new ManualClock();
  clock.advance(10);
  clock.setWallClock(1_000);
  assertEquals([clock.now(), clock.monotonicMs()], [1_000, 10]);
});

Deno.test("a manual clock refuses to go back", () => {
  assertThrows(() => new ManualClock().advance(-1), RangeError);
  assertThrows(() => new ManualClock().advance(NaN), RangeError);
});
