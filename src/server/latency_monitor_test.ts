import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ManualClock } from "../sys/clock.ts";
import { LatencyMonitor } from "./latency_monitor.ts";

function setUp(threshold: number) {
  const clock = new ManualClock(1_700_000_000_000);
  const monitor = new LatencyMonitor(() => clock.now());
  monitor.threshold = threshold;
  return { clock, monitor };
}

Deno.test("what takes less than the threshold is not kept, and nothing while there is none", () => {
  const { monitor } = setUp(10);
  monitor.took("command", 9.99);
  assertEquals([...monitor.events()], []);
  monitor.took("command", 10);
  assertEquals(monitor.event("command")!.samples, [{ at: 1_700_000_000, ms: 10 }]);
  monitor.threshold = Infinity;
  monitor.took("expire-cycle", 1e6);
  assertEquals(monitor.event("expire-cycle"), undefined);
});

Deno.test("of each second the worst is kept, of all the time the worst is remembered", () => {
  const { clock, monitor } = setUp(1);
  for (const ms of [20.9, 5, 30, 7]) monitor.took("command", ms);
  clock.advance(1000);
  monitor.took("command", 3);
  const { samples, maxMs } = monitor.event("command")!;
  assertEquals(samples.map(({ at, ms }) => [at - 1_700_000_000, ms]), [[0, 30], [1, 3]]);
  assertEquals(maxMs, 30);
});

Deno.test("160 samples are kept, the oldest are forgotten", () => {
  const { clock, monitor } = setUp(1);
  for (let i = 0; i < 170; i++) {
    monitor.took("cron", i === 0 ? 500 : 10 + i);
    clock.advance(1000);
  }
  const { samples, maxMs } = monitor.event("cron")!;
  assertEquals([samples.length, samples[0]!.ms, samples.at(-1)!.ms, maxMs], [160, 20, 179, 500]);
});

Deno.test("one event or all are forgotten, and it is told how many there were", () => {
  const { monitor } = setUp(1);
  for (const event of ["command", "cron", "aof-write"] as const) monitor.took(event, 5);
  assertEquals([monitor.reset("command"), monitor.reset("command"), monitor.reset("nothing")], [1, 0, 0]);
  assertEquals([monitor.reset(), monitor.reset()], [2, 0]);
});

Deno.test("the advice says what took long, and what helps against that", () => {
  const { clock, monitor } = setUp(Infinity);
  assertStringIncludes(monitor.advise(), "CONFIG SET latency-monitor-threshold");
  monitor.threshold = 10;
  assertStringIncludes(monitor.advise(), "Nothing took as long");
  monitor.took("expire-cycle", 40);
  clock.advance(10_000);
  monitor.took("expire-cycle", 60);
  clock.advance(10_000);
  const advice = monitor.advise();
  assertStringIncludes(
    advice,
    "1. expire-cycle: 2 times (mean 50 ms, mean deviation 10 ms, about every 10.00 s)",
  );
  assertStringIncludes(advice, "The worst ever: 60 ms.");
  assertStringIncludes(advice, "active-expire-effort");
  assert(!advice.includes("SLOWLOG"), "of what did not happen nothing is said");
});
