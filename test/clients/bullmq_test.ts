/** BullMQ's queues, workers and events, unchanged: the same on redeno and on redis-server. See bullmq_world.ts. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DelayedError, Queue, QueueEvents, RateLimitError, UnrecoverableError, Worker } from "bullmq";
import { createClient } from "redis";
import { type AnyJob, bullTest, record, until } from "./bullmq_world.ts";

bullTest(
  "a job is added, done, and its events, progress, log and result are there to be seen",
  async (world) => {
    const queue = world.queue("letters");
    const events = await world.events("letters");
    const seen = record(
      events,
      ["added", "waiting", "active", "progress", "completed", "drained"],
      (name, event) => name === "drained" ? name : `${name} ${event.jobId}`,
    );
    const progress: unknown[] = [];
    events.on("progress", ({ data }) => void progress.push(data));
    const job = await queue.add("write", {
      to: "Ada",
      text: "zażółć \u{1F600}\0",
      n: [1.5, null, { deep: true }],
    });
    assertEquals(job.id, "1");
    assertEquals(await queue.getWaitingCount(), 1);
    world.worker("letters", async (job) => {
      await job.log("first line");
      await job.log("second line");
      await job.updateProgress(50);
      await job.updateProgress({ step: "last", of: 2 });
      await job.updateData({ ...job.data, seen: true });
      return { sent: job.data.to, length: job.data.text.length };
    });
    assertEquals(await job.waitUntilFinished(events, 15_000), { sent: "Ada", length: 10 });
    await until("the last event", () => seen.includes("drained"));
    assertEquals(seen, [
      "added 1",
      "waiting 1",
      "active 1",
      "progress 1",
      "progress 1",
      "completed 1",
      "drained",
    ]);
    assertEquals(progress, [50, { step: "last", of: 2 }]);
    const done = await queue.getJob("1");
    assertEquals(done?.data, {
      to: "Ada",
      text: "zażółć \u{1F600}\0",
      n: [1.5, null, { deep: true }],
      seen: true,
    });
    assertEquals(await done?.getState(), "completed");
    assertEquals(await queue.getJobLogs("1"), { logs: ["first line", "second line"], count: 2 });
    assertEquals((await queue.getJobLogs("1", 0, 0, false)).logs, ["second line"]);
    await assertRejects(
      () => queue.add("big", { text: "x".repeat(100) }, { sizeLimit: 50 }),
      Error,
      "exceeds",
    );
  },
);

bullTest("the library warns when keys may be evicted, and else of nothing", async (world) => {
  await world.redis().config("SET", "maxmemory-policy", "allkeys-lru");
  await world.queue("warned").waitUntilReady();
  assertEquals(world.warnings.splice(0), [
    'IMPORTANT! Eviction policy is allkeys-lru. It should be "noeviction"',
  ]);
});

bullTest("hundreds of jobs are done by workers side by side, each once", async (world) => {
  const queue = world.queue("many");
  const events = await world.events("many");
  const done: number[] = [];
  const completed = record(events, ["completed"]);
  for (let i = 0; i < 3; i++) {
    world.worker("many", (job) => {
      done.push(job.data.n);
      return Promise.resolve(job.data.n * 2);
    }, { concurrency: 10 });
  }
  const jobs = Array.from({ length: 300 }, (_, n) => ({ name: "job", data: { n } }));
  await queue.addBulk(jobs.slice(0, 200));
  await Promise.all(jobs.slice(200).map(({ name, data }) => queue.add(name, data)));
  await until("all events", () => completed.length === 300);
  assertEquals(done.toSorted((a, b) => a - b), jobs.map(({ data }) => data.n));
  assertEquals(await queue.getJobCounts("completed", "waiting", "active", "failed"), {
    completed: 300,
    waiting: 0,
    active: 0,
    failed: 0,
  });
  const some = await queue.getJobs(["completed"], 10, 19, true);
  assertEquals(some.length, 10);
  assertEquals(some.map((job) => job.returnvalue), some.map((job) => job.data.n * 2));
  assertEquals((await queue.getWorkers()).length, 3);
  assertEquals((await queue.getQueueEvents()).length, 1);
  assertEquals(await queue.trimEvents(10) > 0, true);
  await queue.clean(0, 0, "completed");
  assertEquals(await queue.getCompletedCount(), 0);
});

bullTest("delayed jobs wait for their time, or are promoted, or get another time", async (world) => {
  const queue = world.queue("later");
  const events = await world.events("later");
  const delayed = record(events, ["delayed"]);
  const started = new Map<string, number>();
  const before = Date.now();
  const soon = await queue.add("soon", {}, { delay: 150 });
  const promoted = await queue.add("promoted", {}, { delay: 1_000_000 });
  const changed = await queue.add("changed", {}, { delay: 1_000_000 });
  assertEquals(await promoted.getState(), "delayed");
  assertEquals((await queue.getDelayed()).map(({ id }) => id), ["1", "2", "3"]);
  world.worker("later", (job) => Promise.resolve(void started.set(job.id!, Date.now())));
  await promoted.promote();
  await promoted.waitUntilFinished(events, 15_000);
  await changed.changeDelay(120);
  await Promise.all([soon, changed].map((job) => job.waitUntilFinished(events, 15_000)));
  assert(started.get("1")! - before >= 150, "the first was started before its time");
  assert(started.get("3")! - before >= 120, "the third was started before its time");
  assertEquals(delayed, ["delayed 1", "delayed 2", "delayed 3", "delayed 3"]);
  assertEquals(await queue.getDelayedCount(), 0);
  await assertRejects(() => promoted.promote(), Error, "Job 2 is not in the delayed state. promote");
});

bullTest("a job that says it wants to wait is delayed by its worker", async (world) => {
  const queue = world.queue("steps");
  const events = await world.events("steps");
  world.worker("steps", async (job, token) => {
    if (job.data.step === 2) return "done";
    await job.updateData({ step: job.data.step + 1 });
    await job.moveToDelayed(Date.now() + 20, token);
    throw new DelayedError();
  });
  const job = await queue.add("walk", { step: 0 });
  assertEquals(await job.waitUntilFinished(events, 15_000), "done");
  assertEquals((await queue.getJob(job.id!))?.attemptsMade, 1);
  assertEquals((await queue.getJob(job.id!))?.attemptsStarted, 3);
});

bullTest(
  "jobs with priorities are done in their order, others before them, the last first if wished",
  async (world) => {
    const queue = world.queue("ranked");
    await queue.pause();
    for (
      const [name, priority] of [["c1", 3], ["a1", 1], ["b1", 2], ["a2", 1], ["z", 2_000_000], [
        "c2",
        3,
      ]] as const
    ) {
      await queue.add(name, {}, { priority });
    }
    await queue.add("plain 1", {});
    await queue.add("plain 2", {});
    await queue.add("last", {}, { lifo: true });
    const changed = await queue.add("changed", {}, { priority: 50 });
    await changed.changePriority({ priority: 2 });
    assertEquals(await queue.getCountsPerPriority([0, 1, 2, 3, 50]), {
      "0": 3,
      "1": 2,
      "2": 2,
      "3": 2,
      "50": 0,
    });
    assertEquals((await queue.getPrioritized()).map(({ name }) => name).slice(0, 2), ["a1", "a2"]);
    const order: string[] = [];
    world.worker("ranked", (job) => Promise.resolve(void order.push(job.name)));
    await queue.resume();
    await until("all jobs", () => order.length === 10);
    assertEquals(order, ["last", "plain 1", "plain 2", "a1", "a2", "b1", "changed", "c1", "c2", "z"]);
  },
);

bullTest("a job that fails is tried again after its backoff, and given up in the end", async (world) => {
  const queue = world.queue("brittle");
  const events = await world.events("brittle");
  const seen = record(
    events,
    ["failed", "retries-exhausted", "completed"],
    (name, event) => `${name} ${event.jobId} ${event.failedReason ?? event.attemptsMade ?? ""}`.trim(),
  );
  const times: number[] = [];
  world.worker("brittle", (job) => {
    if (job.name === "never") throw new Error("no luck");
    if (job.name === "hopeless") throw new UnrecoverableError("cannot be");
    times.push(Date.now());
    if (job.attemptsMade < 3) throw new Error("not yet");
    return Promise.resolve("at last");
  });
  const backoff = { type: "exponential", delay: 30 };
  const slow = await queue.add("slow", {}, { attempts: 5, backoff });
  assertEquals(await slow.waitUntilFinished(events, 15_000), "at last");
  assertEquals(times.length, 4);
  for (const [i, wait] of [30, 60, 120].entries()) {
    assert(times[i + 1]! - times[i]! >= wait, `attempt ${i + 2} came after ${times[i + 1]! - times[i]!} ms`);
  }
  const never = await queue.add("never", {}, { attempts: 3, backoff: 1 });
  await assertRejects(() => never.waitUntilFinished(events, 15_000), Error, "no luck");
  const hopeless = await queue.add("hopeless", {}, { attempts: 10 });
  await assertRejects(() => hopeless.waitUntilFinished(events, 15_000), Error, "cannot be");
  await until("all events", () => seen.includes("failed 3 cannot be"));
  assertEquals(seen, ["completed 1", "failed 2 no luck", "retries-exhausted 2 3", "failed 3 cannot be"]);
  const failed = await queue.getJob("2");
  assertEquals([failed?.attemptsMade, failed?.failedReason, failed?.stacktrace?.length], [3, "no luck", 3]);
  assertEquals((await queue.getFailed()).map(({ id }) => id), ["3", "2"]);
  await failed?.retry();
  await until("that it failed again", async () => (await queue.getFailed())[0]?.id === "2");
  assertEquals(await queue.getFailedCount(), 2);
  await queue.retryJobs({ state: "failed" });
  await until(
    "that both failed again",
    () => seen.length === 10 || seen.filter((e) => /^failed 3/.test(e)).length === 2,
  );
});

bullTest("a paused queue gives no work, and a paused worker takes none", async (world) => {
  const queue = world.queue("pausing");
  const events = await world.events("pausing");
  const seen = record(events, ["paused", "resumed"], (name) => name);
  const done: string[] = [];
  const worker = world.worker("pausing", (job) => Promise.resolve(void done.push(job.name)));
  await worker.waitUntilReady();
  await queue.pause();
  assertEquals(await queue.isPaused(), true);
  const job = await queue.add("while paused", {});
  assertEquals([await job.getState(), await queue.count()], ["waiting", 1]);
  await queue.resume();
  await job.waitUntilFinished(events, 15_000);
  await until("both events", () => seen.length === 2);
  assertEquals(seen, ["paused", "resumed"]);
  await worker.pause();
  const waiting = await queue.add("while the worker pauses", {});
  assertEquals([worker.isPaused(), await waiting.getState()], [true, "waiting"]);
  worker.resume();
  await waiting.waitUntilFinished(events, 15_000);
  assertEquals(done, ["while paused", "while the worker pauses"]);
});

bullTest("so many jobs are done in so much time, and not more", async (world) => {
  const queue = world.queue("limited");
  const events = await world.events("limited");
  const times: number[] = [];
  world.worker("limited", () => Promise.resolve(void times.push(Date.now())), {
    limiter: { max: 2, duration: 120 },
  });
  const before = Date.now();
  const jobs = await queue.addBulk(Array.from({ length: 7 }, (_, n) => ({ name: "job", data: { n } })));
  await Promise.all(jobs.map((job) => job.waitUntilFinished(events, 15_000)));
  assert(times[6]! - before >= 3 * 120, `seven jobs took ${times[6]! - before} ms`);
  assert(await queue.getRateLimitTtl() <= 120);

  await queue.setGlobalRateLimit(1, 60_000);
  assertEquals(await queue.getGlobalRateLimit(), { max: 1, duration: 60_000 });
  await queue.removeGlobalRateLimit();
  await queue.setGlobalConcurrency(4);
  assertEquals(await queue.getGlobalConcurrency(), 4);
});

bullTest("a worker that is told to slow down gives its job back", async (world) => {
  const queue = world.queue("told");
  const events = await world.events("told");
  let refused = 0;
  const worker = world.worker("told", async () => {
    if (refused++ > 0) return "done";
    await worker.rateLimit(150);
    throw new RateLimitError();
  });
  const before = Date.now();
  const job = await queue.add("job", {});
  assertEquals(await job.waitUntilFinished(events, 15_000), "done");
  assert(Date.now() - before >= 150);
  assertEquals(refused, 2);
});

bullTest("no more jobs at once than the queue allows, over all workers", async (world) => {
  const queue = world.queue("narrow");
  await queue.setGlobalConcurrency(2);
  let [now, most, done] = [0, 0, 0];
  for (let i = 0; i < 3; i++) {
    world.worker("narrow", async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now--;
      done++;
    }, { concurrency: 3 });
  }
  await queue.addBulk(Array.from({ length: 12 }, () => ({ name: "job", data: {} })));
  await until("all jobs", () => done === 12);
  assertEquals(most, 2);
});

bullTest(
  "a job of a worker that is gone is stalled, done by another, and failed when that happens too often",
  async (world) => {
    const queue = world.queue("stalling");
    const events = await world.events("stalling");
    const seen = record(events, ["stalled", "failed", "completed"]);
    const dying = world.worker("stalling", undefined, { lockDuration: 50 });
    await queue.add("job", {});
    await queue.add("twice", {});
    await queue.add("fine", {});
    for (const id of ["1", "2"]) assertEquals((await dying.getNextJob("a token"))?.id, id);
    assertEquals(await queue.getActiveCount(), 2);
    const strict = world.worker("stalling", (job) => Promise.resolve(job.name), {
      stalledInterval: 60,
      maxStalledCount: 1,
    });
    await until("all jobs", async () => await queue.getCompletedCount() === 3);
    await strict.close();
    const third = await dying.getNextJob("a token", { block: false });
    assertEquals(third, undefined);
    await queue.add("thrice", {});
    assertEquals((await dying.getNextJob("a token"))?.id, "4");
    world.worker("stalling", (job) => Promise.resolve(job.name), { stalledInterval: 60, maxStalledCount: 0 });
    await until("the failure", () => seen.includes("failed 4"));
    assertEquals((await queue.getJob("4"))?.failedReason, "job stalled more than allowable limit");
    assertEquals(seen.filter((event) => event.startsWith("stalled")).toSorted(), [
      "stalled 1",
      "stalled 2",
      "stalled 4",
    ]);
    assertEquals(seen.filter((event) => event.startsWith("completed")).length, 3);
  },
);

bullTest(
  "a job that is there already is not added again, by its id or by what it is about",
  async (world) => {
    const queue = world.queue("once");
    const events = await world.events("once");
    const seen = record(
      events,
      ["duplicated", "deduplicated"],
      (name, event) => `${name} ${event.jobId} ${event.deduplicatedJobId ?? ""}`.trim(),
    );
    await queue.add("a", { n: 1 }, { jobId: "own id" });
    await queue.add("a", { n: 2 }, { jobId: "own id" });
    assertEquals((await queue.getJob("own id"))?.data, { n: 1 });
    await queue.add("b", { n: 1 }, { jobId: "b1", deduplication: { id: "about b" } });
    await queue.add("b", { n: 2 }, { jobId: "b2", deduplication: { id: "about b" } });
    assertEquals(await queue.getDeduplicationJobId("about b"), "b1");
    assertEquals(await queue.removeDeduplicationKey("about b"), 1);
    await queue.add("c", { n: 1 }, {
      jobId: "c1",
      delay: 60_000,
      deduplication: { id: "c", ttl: 50_000, extend: true, replace: true },
    });
    await queue.add("c", { n: 2 }, {
      jobId: "c2",
      delay: 60_000,
      deduplication: { id: "c", ttl: 50_000, extend: true, replace: true },
    });
    assertEquals(await queue.getJob("c1"), undefined, "the newer replaces the older");
    assertEquals((await queue.getJob("c2"))?.data, { n: 2 });
    await until("the events", () => seen.length === 3);
    assertEquals(seen, ["duplicated own id", "deduplicated b1 b2", "deduplicated c2 c1"]);
  },
);

bullTest("workers and listeners that lose their connections come back and go on", async (world) => {
  const queue = world.queue("lost");
  const events = await world.events("lost");
  world.worker("lost", (job) => Promise.resolve(job.data.n));
  await (await queue.add("job", { n: 1 })).waitUntilFinished(events, 15_000);
  const redis = world.redis();
  assert(Number(await redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")) >= 4);
  const job = await queue.add("job", { n: 2 });
  assertEquals(await job.waitUntilFinished(events, 15_000), 2);
  world.errors.splice(0);
});

bullTest("the same through node-redis", async (world) => {
  const { host, port } = world.connection;
  const connect = () => {
    const client = createClient({ socket: { host, port } });
    client.on("error", (error) => world.errors.push(String(error)));
    world.onClose(() => Promise.resolve(client.isOpen && client.destroy()));
    return client;
  };
  const queue = new Queue("nodes", { connection: connect() });
  const events = new QueueEvents("nodes", { connection: connect(), lastEventId: "0-0" });
  await Promise.all([queue.waitUntilReady(), events.waitUntilReady()]);
  const worker = new Worker("nodes", (job: AnyJob) => Promise.resolve(`hello ${job.data.name}`), {
    connection: connect(),
    drainDelay: 1,
  });
  try {
    const job = await queue.add("greet", { name: "Ada" });
    assertEquals(await job.waitUntilFinished(events, 15_000), "hello Ada");
    const delayed = await queue.add("greet", { name: "Grace" }, { delay: 20, priority: 3, attempts: 2 });
    assertEquals(await delayed.waitUntilFinished(events, 15_000), "hello Grace");
    assertEquals(await queue.getCompletedCount(), 2);
    assertStringIncludes(JSON.stringify(await queue.getJobCounts()), '"completed":2');
  } finally {
    await Promise.all([worker.close(), events.close(), queue.close()]);
  }
});
