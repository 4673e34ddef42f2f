/** That the harness finds what is wrong: applications that fail, or leave other data, or forget. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { whyNoRealServer } from "../support/real_server.ts";
import type { Application } from "./application.ts";
import { differences } from "./dataset.ts";
import { Harness } from "./harness.ts";
import { killAndRestart } from "./killing.ts";
import { line, markdown } from "./table.ts";

// The client keeps timers and sockets of node:net that outlive `disconnect` by a turn of the event loop.
const LOOSE = { sanitizeOps: false, sanitizeResources: false };
const SEED = 1;

const good: Application = {
  id: "X1",
  title: "Counts",
  source: "INCR",
  async run(world) {
    const redis = await world.client("counting");
    assertEquals(await redis.incr("count"), 1, "it begins with an empty server");
  },
  story() {
    let done = 0;
    return {
      clients: 2,
      async turn(redis) {
        await redis.incr("count");
        done++;
      },
      async invariants(redis) {
        assert(Number(await redis.get("count")) >= done);
      },
    };
  },
};

Deno.test("an application that asserts what is not so has failed, and others go on", LOOSE, async () => {
  await using harness = await Harness.start({ scale: "small", seed: SEED, everywhere: false });
  const bad = { ...good, run: () => Promise.reject(new Error("it is not so")) };
  const report = await harness.examine(bad);
  assertEquals([report.redeno, report.reference, report.vm], ["failed", "not run", "not run"]);
  assertStringIncludes(report.failures.join(), "redeno: Error: it is not so");
  const careless = {
    ...good,
    async run() {
      setTimeout(() => {
        throw new Error("thrown in a callback");
      });
      void Promise.reject(new Error("nobody waits for it"));
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };
  const { failures } = await harness.examine(careless);
  assertMatch(failures.join(), /^redeno: uncaught [^]*thrown in a callback/);
  assertMatch(failures.join(), /^redeno: uncaught [^]*nobody waits for it/);
  assertEquals((await harness.examine(good)).failures, []);
});

Deno.test("other data than on the reference are a failure that shows them, unless a reason is given", {
  ...LOOSE,
  ignore: whyNoRealServer() !== undefined,
}, async () => {
  await using harness = await Harness.start({ scale: "small", seed: SEED });
  const different: Application = {
    ...good,
    async run(world) {
      await (await world.client()).hset("who", "name", world.server);
    },
  };
  const { redeno, failures } = await harness.examine(different);
  assertEquals(redeno, "failed");
  assertStringIncludes(
    failures.join("\n"),
    `- db0 who hash ["name=redeno"]\n+ db0 who hash ["name=redis-server"]`,
  );
  assertEquals(
    (await harness.examine({ ...different, nondeterministic: "it tells its server" })).failures,
    [],
  );
  assertEquals((await harness.examine(good)).failures, []);
});

Deno.test(
  "a death in the middle of turns is noticed by whoever lost something, and by nobody else",
  LOOSE,
  async () => {
    let kept = 0;
    const forgetful: Application = {
      ...good,
      id: "X2",
      story: () => ({
        clients: 1,
        async turn(redis) {
          // What expires is gone after the restart: to this story a loss.
          await redis.set("kept", ++kept, "PX", 1);
        },
        async invariants(redis) {
          assertEquals(await redis.get("kept"), String(kept), "it is gone");
        },
      }),
    };
    const { failures, cut } = await killAndRestart([good, forgetful], "small", SEED);
    assertEquals([...failures.keys()], ["X2"]);
    assertMatch(String(failures.get("X2")), /it is gone/);
    assert(cut > 0, "no turn was cut");
  },
);

Deno.test("the table has a row for each application, and its mistakes below", () => {
  const result = {
    application: { ...good, chapter: 3, source: "3.1", errata: ["listing 3.1 is wrong."] },
    redeno: "passed",
    reference: "passed",
    vm: "not run",
    killed: "failed",
    redenoMs: 20,
    referenceMs: 30.04,
    failures: [],
  } as const;
  assertMatch(line(result), /^X1 {4} Counts +redeno passed .* killed failed .* 30\.0 -> 20\.0 ms {2}1\.50x$/);
  const waits = { id: "X9", title: "Later", source: "4.1", chapter: 4, waitsFor: "replication" };
  const text = markdown([result], [waits]);
  assertStringIncludes(
    text,
    "| X1 | Counts | ch. 3: 3.1 | passed | passed | failed | not run | 30.0 | 20.0 | 1.50x |",
  );
  assertStringIncludes(text, "| X9 | Later | ch. 4: 4.1 | waits for replication |");
  assertStringIncludes(text, "- X1: listing 3.1 is wrong.");
});

Deno.test("differences are the lines that only one side has", () => {
  assertEquals(differences(["a", "b"], ["b", "c"]), ["- a", "+ c"]);
  assertEquals(differences(["a"], ["a"]), []);
});
