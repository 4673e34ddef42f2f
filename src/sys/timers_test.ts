import { assertEquals } from "@std/assert";
import { ManualTimers, newSystemTimers } from "./timers.ts";

function timersWith(
  log: string[],
): { timers: ManualTimers; add(name: string, ms: number, mayBeLate?: boolean): void } {
  const timers = new ManualTimers((ms) => log.push(`slept ${ms}`));
  return { timers, add: (name, ms, mayBeLate) => void timers.after(ms, () => log.push(name), mayBeLate) };
}

function fireAll(timers: ManualTimers): void {
  while (timers.fire() !== undefined);
}

Deno.test("timers of one's own come in the order in which they are due, those of one moment as they were set", () => {
  const log: string[] = [];
  const { timers, add } = timersWith(log);
  add("c", 30);
  add("a", 10);
  add("b", 10);
  assertEquals(timers.next(), 10);
  timers.advance(9);
  fireAll(timers);
  assertEquals(log, []);
  timers.advance(1);
  fireAll(timers);
  assertEquals(log, ["a", "b"]);
  timers.advance(1000);
  assertEquals(timers.next(), 0);
  fireAll(timers);
  assertEquals(log, ["a", "b", "c"]);
  assertEquals(timers.next(), Infinity);
});

Deno.test("a timer that was cancelled does not come, and to cancel it again or later does nothing", () => {
  const log: string[] = [];
  const { timers, add } = timersWith(log);
  const cancelled = timers.after(5, () => log.push("cancelled"));
  add("other", 5);
  cancelled.cancel();
  timers.advance(5);
  fireAll(timers);
  cancelled.cancel();
  assertEquals(log, ["other"]);
});

Deno.test("a timer that sets itself again comes at the times between", () => {
  const { timers } = timersWith([]);
  let count = 0;
  const again = () =>
    void timers.after(10, () => {
      count++;
      again();
    });
  again();
  for (let i = 0; i < 3; i++) {
    timers.advance(timers.next());
    fireAll(timers);
  }
  assertEquals(count, 3);
});

Deno.test("only timers that may be late are, and not for longer than asked", () => {
  const log: string[] = [];
  const { timers, add } = timersWith(log);
  add("cron", 100, true);
  assertEquals(timers.next(500), 500);
  add("exact", 250);
  assertEquals(timers.next(500), 250);
  assertEquals(timers.next(20), 100);
  timers.advance(250);
  assertEquals(timers.fire(), "may be late");
  assertEquals(timers.fire(), "exact");
  assertEquals(timers.fire(), undefined);
  assertEquals(log, ["cron", "exact"]);
});

Deno.test("who sleeps lets time pass on the clock beside the timers", () => {
  const log: string[] = [];
  timersWith(log).timers.sleep(7);
  assertEquals(log, ["slept 7"]);
});

Deno.test("the runtime's timers come, or not when they are cancelled", async () => {
  const log: string[] = [];
  const timers = newSystemTimers(true);
  timers.after(0, () => log.push("cancelled")).cancel();
  await new Promise<void>((resolve) => timers.after(1, resolve));
  assertEquals(log, []);
});
