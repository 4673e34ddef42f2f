import { assert, assertEquals } from "@std/assert";
import { joinArgs } from "../support/split_args.ts";
import { groups } from "./grammar.ts";
import { freshSeed } from "./random.ts";
import { randomSequence } from "./sequence.ts";

const commands = Object.values(groups).flat();
const payloads = [Uint8Array.of(0, 1, 118, 10, 0)];

Deno.test("the same seed gives the same sequence, another seed another one", () => {
  const lines = (seed: number) =>
    randomSequence(seed, 50, commands, payloads).map(({ args }) => joinArgs(args));
  const seed = freshSeed();
  assertEquals(lines(seed), lines(seed));
  assert(lines(seed).join() !== lines(seed + 1).join(), `SEED=${seed}`);
});

Deno.test("every command of the grammar comes up", () => {
  const seed = freshSeed();
  // Of some thousands one is the rarest command.
  const names = new Set(
    randomSequence(seed, 60_000, commands, payloads).map(({ args }) => joinArgs([args[0]!]).toUpperCase()),
  );
  assertEquals(
    [...new Set(commands.map(({ name }) => name))].filter((name) => !names.has(name)),
    [],
    `SEED=${seed}`,
  );
});
