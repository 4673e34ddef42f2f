/**
 * BullMQ's flows, schedulers, figures, ways of throwing away and relays, unchanged: the same on redeno and on redis-server.
 * See bullmq_world.ts.
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type JobNode, MetricsTime, Relay, WaitingChildrenError } from "bullmq";
import { bullTest, record, until } from "./bullmq_world.ts";

bullTest(
  "a parent waits for its children and theirs, in several queues, and gets what they return",
  async (world) => {
    const flows = world.flows();
    const top = world.queue("top");
    const events = await world.events("top");
    const waiting = record(events, ["waiting-children"]);
    const order: string[] = [];
    const child = (name: string, n: number) => ({ name, queueName: "middle", data: { n } });
    const tree = await flows.add({
      name: "report",
      queueName: "top",
      data: { title: "all" },
      children: [
        child("a", 1),
        { ...child("b", 10), children: [{ name: "leaf", queueName: "low", data: { n: 100 } }] },
        { ...child("c", 20), opts: { priority: 3 } },
      ],
    });
    assertEquals(await tree.job.getState(), "waiting-children");
    assertEquals(await top.getWaitingChildrenCount(), 1);
    assertEquals(await tree.job.getDependenciesCount(), {
      processed: 0,
      unprocessed: 3,
      failed: 0,
      ignored: 0,
    });
    const { job, children } = await flows.getFlow({ id: tree.job.id!, queueName: "top" });
    const names = (nodes: readonly JobNode[] = []): unknown[] =>
      nodes.map((node) => [node.job.name, ...names(node.children)]).toSorted();
    assertEquals([job.name, names(children)], ["report", [["a"], ["b", ["leaf"]], ["c"]]]);

    world.worker("low", (job) => Promise.resolve(void order.push(job.name)).then(() => job.data.n));
    world.worker("middle", async (job) => {
      order.push(job.name);
      const below = Object.values(await job.getChildrenValues<number>());
      return below.reduce((sum, n) => sum + n, job.data.n);
    });
    world.worker("top", async (job) => {
      order.push(job.name);
      const values = await job.getChildrenValues<number>();
      return { values: Object.values(values).toSorted((a, b) => a - b), title: job.data.title };
    });
    const result = await tree.job.waitUntilFinished(events, 15_000);
    assertEquals(result, { values: [1, 20, 110], title: "all" });
    assertEquals([order.at(-1), order.toSorted()], ["report", ["a", "b", "c", "leaf", "report"]]);
    assertEquals(waiting, ["waiting-children 1".replace("1", tree.job.id!)]);
    const { processed } = await (await top.getJob(tree.job.id!))!.getDependencies();
    assertEquals(Object.values(processed ?? {}).toSorted((a, b) => a - b), [1, 20, 110]);
  },
);

bullTest(
  "a child that fails takes its parent with it, or is left out, or counted, as its options say",
  async (world) => {
    const flows = world.flows();
    const parents = world.queue("parents");
    const events = await world.events("parents");
    world.worker(
      "children",
      (job) => job.data.fails ? Promise.reject(new Error("broken")) : Promise.resolve("whole"),
    );
    world.worker("parents", async (job) => ({
      values: Object.values(await job.getChildrenValues()),
      ignored: Object.values(await job.getIgnoredChildrenFailures()),
    }));
    const flow = (options: object) => ({
      name: "parent",
      queueName: "parents",
      children: [
        { name: "good", queueName: "children", data: {} },
        { name: "bad", queueName: "children", data: { fails: true }, opts: options },
      ],
    });
    const failing = await flows.add(flow({ failParentOnFailure: true }));
    await assertRejects(
      () => failing.job.waitUntilFinished(events, 15_000),
      Error,
      "failed",
    );
    assertMatch(
      (await parents.getJob(failing.job.id!))?.failedReason ?? "",
      /^child bull:children:.* failed$/,
    );
    const ignoring = await flows.add(flow({ ignoreDependencyOnFailure: true }));
    assertEquals(await ignoring.job.waitUntilFinished(events, 15_000), {
      values: ["whole"],
      ignored: ["broken"],
    });
    const removing = await flows.add(flow({ removeDependencyOnFailure: true }));
    assertEquals(await removing.job.waitUntilFinished(events, 15_000), { values: ["whole"], ignored: [] });
    const [one, two] = await flows.addBulk([
      flow({ continueParentOnFailure: true }),
      flow({ continueParentOnFailure: true }),
    ]);
    for (const { job } of [one!, two!]) {
      const result = await job.waitUntilFinished(events, 15_000) as { ignored: unknown[] };
      assertEquals(result.ignored, ["broken"]);
    }
  },
);

bullTest("a job that is at work adds children and waits for them", async (world) => {
  const queue = world.queue("growing");
  const events = await world.events("growing");
  const below = world.queue("below");
  world.worker("below", (job) => Promise.resolve(job.data.n ** 2));
  world.worker("growing", async (job, token) => {
    if (job.data.grown !== true) {
      for (const n of [1, 2, 3]) {
        await below.add("square", { n }, { parent: { id: job.id!, queue: job.queueQualifiedName } });
      }
      await job.updateData({ grown: true });
    }
    if (await job.moveToWaitingChildren(token!)) throw new WaitingChildrenError();
    return Object.values(await job.getChildrenValues<number>()).reduce((sum, n) => sum + n, 0);
  });
  const job = await queue.add("sum", {});
  assertEquals(await job.waitUntilFinished(events, 15_000), 14);
});

bullTest(
  "whoever removes a parent removes its children, and a child's parent goes on without it",
  async (world) => {
    const flows = world.flows();
    const [parents, children] = [world.queue("p"), world.queue("c")];
    const flow = {
      name: "parent",
      queueName: "p",
      children: [{ name: "one", queueName: "c" }, { name: "two", queueName: "c" }],
    };
    const whole = await flows.add(flow);
    assertEquals(await parents.remove(whole.job.id!), 1);
    assertEquals([await parents.getJobCountByTypes(), await children.getJobCountByTypes()], [0, 0]);
    const other = await flows.add(flow);
    await other.children![0]!.job.remove();
    assertEquals(await other.job.getState(), "waiting-children");
    assertEquals(await other.children![1]!.job.removeChildDependency(), true);
    assertEquals(await other.job.getState(), "waiting");
  },
);

bullTest(
  "schedulers add their jobs again and again, by interval and by pattern, until they are removed",
  async (world) => {
    const queue = world.queue("clock");
    const events = await world.events("clock");
    const done: string[] = [];
    events.on("completed", ({ returnvalue }) => void done.push(returnvalue));
    await queue.upsertJobScheduler("every", { every: 40, limit: 3 }, { name: "tick", data: { n: 1 } });
    await queue.upsertJobScheduler("pattern", { pattern: "0 0 3 * * *", tz: "Europe/Madrid" }, {
      name: "nightly",
      data: { n: 2 },
      opts: { attempts: 3, priority: 5 },
    });
    assertEquals(await queue.getJobSchedulersCount(), 2);
    const nightly = await queue.getJobScheduler("pattern");
    assertEquals([nightly?.key, nightly?.name, nightly?.pattern, nightly?.tz], [
      "pattern",
      "nightly",
      "0 0 3 * * *",
      "Europe/Madrid",
    ]);
    assertEquals(nightly?.template, { data: { n: 2 }, opts: { attempts: 3, priority: 5 } });
    assert(nightly!.next! > Date.now());
    world.worker("clock", (job) => Promise.resolve(`${job.name} ${job.data.n}`));
    await until("three ticks", () => done.length === 3);
    assertEquals(done, ["tick 1", "tick 1", "tick 1"]);
    await queue.upsertJobScheduler("every", { every: 30 }, { name: "tock", data: { n: 3 } });
    await until("two more", () => done.length >= 5);
    assertEquals(done[3], "tock 3");
    assertEquals(await queue.removeJobScheduler("every"), true);
    assertEquals(await queue.removeJobScheduler("every"), false);
    assertEquals((await queue.getJobSchedulers()).map(({ key }) => key), ["pattern"]);
    await queue.upsertJobScheduler("pattern", { pattern: "* * * * * *" }, {
      name: "each second",
      data: { n: 4 },
    });
    await until("one of each second", () => done.includes("each second 4"));
  },
);

bullTest("a queue is drained, cleaned and obliterated", async (world) => {
  const queue = world.queue("waste");
  const redis = world.redis();
  await queue.addBulk(Array.from({ length: 30 }, (_, n) => ({ name: "job", data: { n } })));
  await queue.add("later", {}, { delay: 1_000_000 });
  await queue.add("ranked", {}, { priority: 4 });
  await queue.drain();
  assertEquals(await queue.getJobCounts("waiting", "prioritized", "delayed"), {
    waiting: 0,
    prioritized: 0,
    delayed: 1,
  });
  await queue.drain(true);
  assertEquals(await queue.count(), 0);

  let fails = false;
  const worker = world.worker("waste", () => fails ? Promise.reject(new Error("no")) : Promise.resolve(1), {
    removeOnFail: { count: 3 },
  });
  await queue.addBulk(Array.from({ length: 20 }, (_, n) => ({ name: "job", data: { n } })));
  await until("jobs done", async () => await queue.getCompletedCount() === 20);
  assertEquals((await queue.clean(0, 5, "completed")).length, 5);
  assertEquals(await queue.getCompletedCount(), 15);
  assertEquals(await queue.clean(1_000_000, 0, "completed"), []);
  fails = true;
  await queue.addBulk(Array.from({ length: 7 }, (_, n) => ({ name: "job", data: { n } })));
  await until(
    "jobs failed",
    async () => await queue.getWaitingCount() === 0 && await queue.getActiveCount() === 0,
  );
  assertEquals(await queue.getFailedCount(), 3);
  await queue.add("kept short", {}, { removeOnFail: true });
  await until(
    "it failed",
    async () => await queue.getWaitingCount() === 0 && await queue.getActiveCount() === 0,
  );
  assertEquals(await queue.getFailedCount(), 3);
  await worker.close();
  await queue.addBulk(Array.from({ length: 1500 }, (_, n) => ({ name: "job", data: { n } })));
  await queue.obliterate();
  assertEquals(await redis.keys("bull:waste:*"), []);
});

bullTest("what was done is counted, minute by minute, and told to Prometheus", async (world) => {
  const queue = world.queue("counted");
  const metrics = { maxDataPoints: MetricsTime.ONE_HOUR };
  world.worker(
    "counted",
    (job) => job.data.n % 4 === 0 ? Promise.reject(new Error("fourth")) : Promise.resolve(),
    { metrics },
  );
  await queue.addBulk(Array.from({ length: 20 }, (_, n) => ({ name: "job", data: { n } })));
  await until("all jobs", async () => await queue.getJobCountByTypes("completed", "failed") === 20);
  const [completed, failed] = [await queue.getMetrics("completed"), await queue.getMetrics("failed")];
  assertEquals([completed.meta.count, failed.meta.count], [15, 5]);
  assertEquals([completed.count, completed.data.length], [completed.data.length, completed.count]);
  const text = await queue.exportPrometheusMetrics();
  assertMatch(text, /bullmq_job_count\{queue="counted", state="completed"\} 15/);
  assertMatch(text, /bullmq_job_count\{queue="counted", state="failed"\} 5/);
});

bullTest(
  "a relay carries messages to whoever has subscribed to their topics, and keeps the last of some",
  async (world) => {
    const relays = ["one", "two"].map((nodeId) => {
      const relay = new Relay({
        connection: world.connection,
        nodeId,
        blockTimeout: 500,
        inboxMaxLength: 100,
      });
      relay.on("error", (error) => world.errors.push(String(error)));
      world.onClose(() => relay.close());
      return relay;
    });
    const [one, two] = [relays[0]!, relays[1]!];
    const heard: string[] = [];
    const note =
      (who: string) => ({ topic, data, retained }: { topic: string; data: unknown; retained: boolean }) =>
        void heard.push(`${who} ${topic} ${JSON.stringify(data)}${retained ? " kept" : ""}`);
    await two.subscribe("news", note("two"));
    const { nodes } = await one.publish("news", { n: 1 });
    assertEquals(nodes, 1);
    await until("the message", () => heard.length === 1);
    await one.publish("weather", "rain", { retain: 60_000 });
    const weather = await one.subscribe("weather", note("one"));
    await until("what was kept", () => heard.length === 2);
    await two.publish("weather", "sun", { retain: 60_000 });
    await until("what is new", () => heard.length === 3);
    assertEquals(heard, ['two news {"n":1}', 'one weather "rain" kept', 'one weather "sun"']);
    for (let n = 2; n < 40; n++) await one.publish("news", { n });
    await until("all of them", () => heard.length === 41);
    assertEquals(heard.at(-1), 'two news {"n":39}');
    assertEquals((await one.getRetained()).map(({ topic, data }) => [topic, data]), [["weather", '"sun"']]);
    assertEquals(await two.deleteRetained("weather"), true);
    await weather.unsubscribe();
    assertEquals((await one.publish("weather", "fog")).nodes, 0);
    assertEquals((await two.getNodes()).map(({ id }) => id).toSorted(), ["one", "two"]);
  },
);
