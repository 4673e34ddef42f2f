import { assertEquals } from "@std/assert";
import { Args } from "../args.ts";
import { clippedArguments, SlowLog } from "./slow_log.ts";

function entry(microseconds: number) {
  return { at: 1_700_000_000, microseconds, args: ["GET", "k"], address: "127.0.0.1:1", name: "" };
}

Deno.test("the newest entries come first, their numbers go on when the log is emptied", () => {
  const log = new SlowLog();
  log.capacity = 3;
  for (let i = 0; i < 5; i++) log.add(entry(i));
  assertEquals(log.latest().map(({ id, microseconds }) => [id, microseconds]), [[4, 4], [3, 3], [2, 2]]);
  assertEquals(log.latest(2).map(({ id }) => id), [4, 3]);
  assertEquals(log.latest(0), []);
  assertEquals(log.latest(99).length, 3);
  log.reset();
  assertEquals([log.length, log.total], [0, 5]);
  log.add(entry(9));
  assertEquals(log.latest().map(({ id }) => id), [5]);
});

Deno.test("a smaller capacity forgets the oldest entries at once", () => {
  const log = new SlowLog();
  log.capacity = 4;
  for (let i = 0; i < 4; i++) log.add(entry(i));
  log.capacity = 1;
  assertEquals(log.latest().map(({ id }) => id), [3]);
  log.capacity = 0;
  log.add(entry(1));
  assertEquals(log.length, 0);
});

Deno.test("what is wanted takes at least the threshold, 0 means all, below 0 nothing is", () => {
  const log = new SlowLog();
  log.capacity = 1;
  const wanted = (threshold: number) => {
    log.threshold = threshold;
    return [0, 9, 10, 11].map((microseconds) => log.wants(microseconds));
  };
  assertEquals(wanted(10), [false, false, true, true]);
  assertEquals(wanted(0), [true, true, true, true]);
  assertEquals(wanted(-1), [false, false, false, false]);
  log.capacity = 0;
  assertEquals(wanted(0), [false, false, false, false]);
});

Deno.test("32 arguments are kept whole, of more the first 31 and how many there were", () => {
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i));
  assertEquals(clippedArguments(Args.of(...numbers(32))), numbers(32));
  assertEquals(clippedArguments(Args.of(...numbers(33))), [...numbers(31), "... (2 more arguments)"]);
});

Deno.test("128 bytes of an argument are kept whole, of more the first 128 and how many there were", () => {
  const [whole, more] = ["x".repeat(128), "x".repeat(131)];
  assertEquals(clippedArguments(Args.of("SET", whole, more)), ["SET", whole, `${whole}... (3 more bytes)`]);
  assertEquals(clippedArguments(Args.of(new Uint8Array([0, 255]))), ["\x00\xff"]);
});

Deno.test("secrets are not kept", () => {
  assertEquals(clippedArguments(Args.of("AUTH", "u", "p"), (i) => i > 0), [
    "AUTH",
    "(redacted)",
    "(redacted)",
  ]);
});
