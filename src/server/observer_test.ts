import { assertEquals } from "@std/assert";
import { testServer } from "../../test/support/test_server.ts";
import { Args } from "../args.ts";

function setUp() {
  const server = testServer();
  const { observation, dispatcher: { timer }, client: context } = server;
  observation.slowLog.capacity = 10;
  const report = (name: string, microseconds: number, more: object = {}) => {
    const command = server.commands.getFull(name)!;
    observation.slowCall({ context, command, args: Args.of(name, "k"), calls: 1, microseconds, ...more });
  };
  const kept = () => observation.slowLog.latest().map(({ args, microseconds }) => [...args, microseconds]);
  return { server, observation, timer, report, kept };
}

Deno.test("the dispatcher reports from the smaller of the two thresholds on", () => {
  const { observation, timer } = setUp();
  const reportedFrom = (slowerThan: number, latencyMs: number) => {
    observation.setThresholds(slowerThan, latencyMs);
    return [timer.reportedFrom, timer.timesEachCall];
  };
  assertEquals(reportedFrom(10_000, 0), [10_000, false]);
  assertEquals(reportedFrom(10_000, 5), [5000, false]);
  assertEquals(reportedFrom(-1, 100), [100_000, false]);
  assertEquals(reportedFrom(-1, 0), [Infinity, false]);
  assertEquals(reportedFrom(999, 0), [999, true]);
  assertEquals(reportedFrom(0, 0), [0, true]);
});

Deno.test("a report is for the slow log, the latency monitor, or both", () => {
  const { observation, report, kept } = setUp();
  observation.setThresholds(10_000, 5);
  report("keys", 7000);
  assertEquals([kept(), observation.latency.event("command")!.maxMs], [[], 7]);
  report("keys", 12_000.6);
  assertEquals([kept(), observation.latency.event("command")!.maxMs], [[["keys", "k", 12_001]], 12]);
  report("get", 8000);
  report("blpop", 9000, { wasWaiting: true });
  const events = [...observation.latency.events()].map(({ name, maxMs }) => [name, maxMs]);
  assertEquals(events, [["command", 12], ["fast-command", 8], ["command-unblocking", 9]]);
});

Deno.test("EXEC is no entry of the slow log, but an event", () => {
  const { observation, report, kept } = setUp();
  observation.setThresholds(10_000, 5);
  report("exec", 20_000);
  assertEquals([kept(), observation.latency.event("command")!.maxMs], [[], 20]);
});

Deno.test("an entry says when its arguments are not known, and when several calls share it", () => {
  const { observation, report, kept } = setUp();
  observation.setThresholds(10_000, 0);
  report("get", 10_000, { args: undefined });
  report("get", 10_000, { calls: 16 });
  assertEquals(kept(), [
    ["get", "... (16 calls that were timed together)", 10_000],
    ["get", "... (arguments not kept)", 10_000],
  ]);
});

Deno.test("what is watched is timed only while the latency monitor is on", () => {
  const { server, observation } = setUp();
  observation.watch("cron", () => server.clock.advance(30));
  assertEquals([...observation.latency.events()], []);
  observation.setThresholds(-1, 20);
  observation.watch("cron", () => server.clock.advance(30));
  observation.watch("cron", () => server.clock.advance(19));
  assertEquals(observation.latency.event("cron")!.samples.map(({ ms }) => ms), [30]);
});
