import { assertEquals } from "@std/assert";
import { Rate, Statistics } from "./statistics.ts";

Deno.test("a rate is the mean of its last 16 samples, per second", () => {
  const rate = new Rate(0);
  assertEquals(rate.perSecond, 0);
  rate.sample(50, 100);
  assertEquals(rate.perSecond, 500);
  rate.sample(50, 200);
  assertEquals(rate.perSecond, 250);
  for (let i = 1; i <= 16; i++) rate.sample(50 + i * 10, 200 + i * 100);
  assertEquals(rate.perSecond, 100);
});

Deno.test("a sample without time is none", () => {
  const rate = new Rate(1000);
  rate.sample(50, 1000);
  assertEquals(rate.perSecond, 0);
  rate.sample(100, 1100);
  assertEquals(rate.perSecond, 1000);
});

Deno.test("after the clock was set back the rate goes on from there", () => {
  const rate = new Rate(1_000_000);
  rate.sample(50, 1000);
  assertEquals(rate.perSecond, 0);
  rate.sample(60, 1100);
  assertEquals(rate.perSecond, 100);
});

Deno.test("a counter that was reset makes no negative rate", () => {
  const rate = new Rate(0);
  rate.sample(100, 100);
  rate.sample(0, 200);
  assertEquals(rate.perSecond, 500);
});

Deno.test("errors are counted by their first word", () => {
  const statistics = new Statistics(0);
  for (const text of ["ERR a", "ERR b", "WRONGTYPE c", "NOAUTH"]) statistics.countError(text);
  assertEquals(statistics.errorReplies, 4);
  assertEquals([...statistics.errors], [["ERR", 2], ["WRONGTYPE", 1], ["NOAUTH", 1]]);
});

Deno.test("clients cannot fill the memory with kinds of errors", () => {
  const statistics = new Statistics(0);
  for (let i = 0; i < 1000; i++) statistics.countError(`KIND${i} text`);
  assertEquals(statistics.errorReplies, 1000);
  assertEquals(statistics.errors.size, 128);
  statistics.countError("KIND5 again");
  assertEquals(statistics.errors.get("KIND5"), 2);
});

Deno.test("reset forgets every counter", () => {
  const statistics = new Statistics(0);
  statistics.countError("ERR a");
  statistics.connectionsReceived = statistics.connectionsRejected = statistics.internalErrors = 3;
  statistics.queryBufferLimitDisconnections = statistics.expireCycleMs = 3;
  statistics.reset();
  for (const [name, value] of Object.entries(statistics)) {
    if (typeof value === "number") assertEquals(value, 0, name);
  }
  assertEquals(statistics.errors.size, 0);
});
