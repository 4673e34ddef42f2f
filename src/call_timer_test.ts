import { assertEquals } from "@std/assert";
import { testServer } from "../test/support/test_server.ts";
import { Args } from "./args.ts";
import { CallTimer } from "./call_timer.ts";
import { Command } from "./command_table.ts";
import { defineCommand, type Flag } from "./command.ts";
import { Slice, utf8 } from "./sys/bytes.ts";

function command(name: string, ...flags: Flag[]): Command {
  return new Command(defineCommand({
    name,
    group: "string",
    since: "1.0.0",
    summary: "Does something",
    complexity: "O(N)",
    syntax: "",
    arity: -1,
    flags,
    categories: [],
    run: () => {},
  }));
}

/** A timer over a clock that is moved by hand; the reports as `name(args) calls microseconds`. */
function setUp() {
  const context = testServer().client;
  const reports: string[] = [];
  const clock = { now: 0, readings: 0 };
  const timer = new CallTimer({
    micros() {
      clock.readings++;
      return clock.now;
    },
    slowCall({ command, args, calls, microseconds, wasWaiting }) {
      const asked = args?.from(0).map((slice) => slice.text().slice(0, 8)).join(" ") ?? "?";
      reports.push(
        `${command.name}(${asked}) ${calls} ${microseconds}${wasWaiting === true ? " waited" : ""}`,
      );
    },
  });
  timer.reportedFrom = 10_000;
  const run = (which: Command, took: number, args: string[] = [which.name], replied = 5) => {
    const began = timer.start(which);
    clock.now += took;
    timer.stop(which, began, context, Args.of(...args), replied);
  };
  timer.begin();
  return { timer, clock, reports, run, context };
}

const get = command("GET", "fast");
const set = command("SET", "fast");
const keys = command("KEYS");

Deno.test("a call that takes as long as the threshold is reported with its arguments, a shorter one is not", () => {
  const { run, reports } = setUp();
  run(keys, 9999, ["keys", "a"]);
  run(keys, 10_000, ["keys", "b"]);
  assertEquals(reports, ["keys(keys b) 1 10000"]);
});

Deno.test("a cheap call that takes long is told from its neighbours by what it has, answers or changes", () => {
  const { run, reports, clock, context, timer } = setUp();
  const cheap = (n: number) => {
    for (let i = 0; i < n; i++) run(get, 1, ["get", "k"]);
  };
  cheap(10);
  run(get, 20_000, ["get", "large"], 1_000_000);
  cheap(10);
  run(set, 20_000, ["set", "long", "v".repeat(5000)]);
  cheap(10);
  run(set, 20_000, ["set", ...Array.from({ length: 20 }, (_, i) => `f${i}`)]);
  const { db } = context;
  cheap(10);
  const began = timer.start(set);
  clock.now += 20_000;
  db.setString(new Slice(utf8("big")), new Slice(new Uint8Array(100_000)));
  timer.stop(set, began, context, Args.of("set", "grows"), 5);
  cheap(10);
  timer.end();
  assertEquals(
    reports.map((report) => report.split(")")[0]!.slice(0, 9)),
    [
      "get(get l",
      "set(set l",
      "set(set f",
      "set(set g",
    ].map((report) => report.slice(0, 9)),
  );
  // What ran before the large answer shares its reading; of another command there is none to share.
  assertEquals(reports.map((report) => report.split(") ")[1]), ["1 20010", "1 20000", "1 20000", "1 20000"]);
});

Deno.test("what runs before a call that takes long is credited with what its command usually takes", () => {
  const { run, timer } = setUp();
  const cheap = command("CHEAP", "fast");
  for (let i = 0; i < 10; i++) run(cheap, 2);
  timer.end();
  for (let i = 0; i < 10; i++) run(cheap, 2);
  run(cheap, 20_000, ["cheap", "v".repeat(5000)]);
  assertEquals([cheap.calls, cheap.microseconds, timer.calls], [21, 20_040, 21]);
  const most = cheap.latency!.percentile(95);
  assertEquals([most > 1.9 && most < 2.1, cheap.latency!.percentile(100) > 19_000], [true, true]);
});

Deno.test("calls that share a reading and took long together are reported together, with the last one's arguments", () => {
  const { run, reports, timer, clock } = setUp();
  for (let i = 0; i < 20; i++) run(get, i === 7 ? 30_000 : 1, ["get", `k${i}`]);
  assertEquals(clock.readings, 1);
  timer.end();
  assertEquals(reports, ["get(get k19) 20 30019"]);
});

Deno.test("when each call is timed by itself the clock is read for each", () => {
  const { run, reports, timer } = setUp();
  timer.timesEachCall = true;
  timer.reportedFrom = 5;
  for (const took of [1, 7, 2, 5]) run(get, took, ["get", String(took)]);
  assertEquals(reports, ["get(get 7) 1 7", "get(get 5) 1 5"]);
});

Deno.test("arguments that became another request's are not shown", () => {
  const { run, reports, timer } = setUp();
  run(get, 50_000);
  timer.forgetArguments();
  timer.end();
  assertEquals(reports, ["get(?) 1 50000"]);
});

Deno.test("what runs inside of a command is reported for itself, and counts for the one around it", () => {
  const { run, reports, timer, context } = setUp();
  const script = command("EVAL");
  const began = timer.start(script);
  run(keys, 12_000, ["keys", "inner"]);
  run(get, 3, ["get", "inner"]);
  timer.stop(script, began, context, Args.of("eval", "s"), 5);
  assertEquals(reports, ["keys(keys inner) 1 12000", "eval(eval s) 1 12003"]);
  assertEquals([script.calls, keys.name, timer.calls], [1, "keys", 3]);
});

Deno.test("the times of calls are counted in histograms only while that is wanted", () => {
  const { run, timer } = setUp();
  const counted = command("COUNTED");
  timer.tracksLatency = false;
  run(counted, 5);
  assertEquals([counted.calls, counted.microseconds, counted.latency], [1, 5, undefined]);
  timer.tracksLatency = true;
  run(counted, 5);
  assertEquals([counted.calls, counted.latency!.total], [2, 1]);
});

Deno.test("a call that waits is counted when it begins to, and timed when it is served", () => {
  const { timer, clock, reports, context } = setUp();
  const blpop = command("BLPOP", "blocking", "write");
  const waiting = Object.create(context, {
    client: { value: Object.create(context.client, { waiting: { value: {} } }) },
  });
  const began = timer.start(blpop);
  clock.now += 3;
  timer.stop(blpop, began, waiting, Args.of("blpop", "list", "0"), 0);
  assertEquals([blpop.calls, blpop.microseconds, blpop.latency], [1, 3, undefined]);
  clock.now += 1e9;
  const served = timer.serve();
  clock.now += 15_000;
  timer.served(blpop, served, waiting);
  assertEquals([blpop.calls, blpop.microseconds, blpop.latency!.total], [1, 15_003, 1]);
  assertEquals(reports, ["blpop(blpop list 0) 1 15000 waited"]);
});

Deno.test("a call that is suspended is reported when it has ended, with what was asked", () => {
  const { timer, clock, reports, context, run } = setUp();
  const script = command("EVAL");
  const began = timer.start(script);
  clock.now += 5000;
  const args = Args.of("eval", "slow");
  const ended = timer.suspend(script, began, context, args);
  args.clear();
  timer.begin();
  run(get, 1);
  timer.end();
  clock.now += 6000;
  ended();
  assertEquals(reports, ["eval(eval slow) 1 11001"]);
});
