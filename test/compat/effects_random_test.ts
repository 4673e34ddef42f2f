/** Random commands: what each leaves in the append-only file, and how much it counts, is what a real redis-server does. */
import { assertEquals } from "@std/assert";
import { groups } from "../fuzz/grammar.ts";
import { freshSeed, Random } from "../fuzz/random.ts";
import { randomSequence } from "../fuzz/sequence.ts";
import { whyNoRealServer } from "../support/real_server.ts";
import { fromLatin1, joinArgs } from "../support/split_args.ts";
import { testServer } from "../support/test_server.ts";
import { commandStep, OurEffects, RealEffects, traceText } from "./effects.ts";

const why = whyNoRealServer();
if (why && Deno.env.get("CI") === "true") throw new Error(`${why}: nothing to compare with`);
if (why) console.log(`${why}: the effects of random commands are not compared`);
const FOR_MS = Deno.env.get("ACCURATE") === "1" ? 300_000 : 2500;
const COMMANDS = 200;
const BEFORE_MAX = 15;

const GRAMMAR = Object.entries(groups).flatMap(([name, commands]) =>
  name === "connection" || name === "types" ? [] : commands
);

/** What RESTORE is given. */
function payloads(): Uint8Array[] {
  const lines = [
    "SET k text",
    "SET k 12",
    "RPUSH l a b",
    "SADD s 1 2",
    "SADD t a b",
    "HSET h a 1",
    "ZADD z 1 a",
  ];
  using server = testServer();
  return lines.map((line) => {
    server.send(line);
    return fromLatin1(String(server.send(["DUMP", line.split(" ")[1]!])));
  });
}

function sequence(seed: number): (readonly Uint8Array[])[] {
  const random = new Random(seed);
  return randomSequence(seed, COMMANDS, GRAMMAR, payloads()).map(({ args }) => {
    if (random.oneIn(30)) return ["SELECT", `${random.between(0, 2)}`].map(fromLatin1);
    // Few transactions stay open for long.
    return random.oneIn(40) ? [fromLatin1("EXEC")] : args;
  });
}

/** Times that were computed are a little different. */
function withoutTimes(text: string): string {
  return text.replace(/<now[+-]\d+>|\b\d{13}\b/g, "<time>");
}

Deno.test({
  name: "random commands leave in the append-only file what they do in the reference",
  ignore: why !== undefined,
  fn: async () => {
    const seed = Number(Deno.env.get("SEED") ?? freshSeed());
    await using real = await RealEffects.start([]);
    await using ours = await OurEffects.start([]);
    const deadline = performance.now() + FOR_MS;
    for (let i = 0; performance.now() < deadline; i++) {
      await Promise.all([real.reset(), ours.reset()]);
      const before: string[] = [];
      for (const args of sequence(seed + i)) {
        const step = commandStep(args);
        const [expected, found] = await Promise.all([real.run(step), ours.run(step)]);
        const lines = before.slice(-BEFORE_MAX).join("\n");
        before.push(joinArgs(args).slice(0, 200));
        assertEquals(
          withoutTimes(traceText(step, found)),
          withoutTimes(traceText(step, expected)),
          `SEED=${seed + i}, after\n${lines}\nthis line:\n${before.at(-1)}`,
        );
      }
    }
  },
});
