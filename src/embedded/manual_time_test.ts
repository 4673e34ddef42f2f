import { assertEquals, assertThrows } from "@std/assert";
import { ManualTime } from "./manual_time.ts";

const START = 1_000_000;
const host = { settled: () => Promise.resolve(), settledAfterCron: () => undefined };

Deno.test("timers come at their own time, in order, with those that they set", async () => {
  const time = new ManualTime(START);
  const log: [string, number][] = [];
  const note = (name: string) => log.push([name, time.clock.now() - START]);
  time.timers.after(20, () => note("later"));
  time.timers.after(10, () => {
    note("first");
    time.timers.after(5, () => note("set by the first"));
    time.timers.after(100, () => note("too late"));
  });
  await time.advance(30, host);
  assertEquals(log, [["first", 10], ["set by the first", 15], ["later", 20]]);
  assertEquals(time.clock.now() - START, 30);
  assertEquals(time.clock.monotonicMs(), 30);
});

Deno.test("what a timer has caused is done before time passes on", async () => {
  const time = new ManualTime(START);
  const seen: number[] = [];
  time.timers.after(1, () => void Promise.resolve().then(() => seen.push(time.clock.now() - START)));
  await time.advance(10, { ...host, settled: () => new Promise((done) => setTimeout(done, 0)) });
  assertEquals(seen, [1]);
});

Deno.test("one advance follows the other", async () => {
  const time = new ManualTime(START);
  const log: number[] = [];
  for (const ms of [5, 15]) time.timers.after(ms, () => log.push(time.clock.now() - START));
  await Promise.all([time.advance(10, host), time.advance(10, host)]);
  assertEquals(log, [5, 15]);
  assertEquals(time.clock.now() - START, 20);
});

Deno.test("a year passes with ten thousand rounds of the cron", async () => {
  const time = new ManualTime(START);
  let rounds = 0;
  const again = () =>
    void time.timers.after(100, () => {
      rounds++;
      again();
    }, true);
  again();
  await time.advance(365 * 86_400_000, host);
  assertEquals(rounds, 10_000);
  await time.advance(1000, host);
  assertEquals(rounds, 10_010);
});

Deno.test("an advance that fails does not stop the next one", async () => {
  const time = new ManualTime(START);
  time.timers.after(1, () => {
    throw new Error("a bug");
  });
  const failed = await time.advance(2, host).catch((error: Error) => error.message);
  assertEquals(failed, "a bug");
  await time.advance(2, host);
  assertEquals(time.clock.now() - START, 3);
});

Deno.test("who sleeps lets time pass", () => {
  const time = new ManualTime(START);
  time.timers.sleep(50);
  assertEquals(time.clock.now() - START, 50);
});

Deno.test("time does not go back, nor for ever", () => {
  const time = new ManualTime(START);
  for (const ms of [-1, NaN, Infinity]) assertThrows(() => time.advance(ms, host), RangeError);
});
