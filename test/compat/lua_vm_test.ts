/**
 * The script engine beside EVAL of redis-server: the same scripts, the same replies to the byte, also when the engine
 * suspends and resumes a script after every few steps.
 *
 * The files of lua/ hold scripts between lines of `---`. Random programs print their seed; SEED=n repeats them. They
 * need a redis-server; for the files the recorded answers stand in for it.
 */
import { startRealServer, whyNoRealServer } from "../support/real_server.ts";
import { latin1, latin1Text } from "../../src/sys/bytes.ts";
import type { Comparison } from "./comparisons.ts";
import { CallMaker } from "./lua_calls.ts";
import { differences, failureText } from "./failure.ts";
import { ProgramMaker, tableProgram } from "./lua_programs.ts";
import { showing } from "./lua_show.ts";
import { LuaSide } from "./lua_side.ts";
import { Recording } from "./recording.ts";
import { LiveSide, RecordedSide, type Side, type Step } from "./sides.ts";

const whyRecorded = Deno.env.get("COMPAT_RECORDED") === "1" ? "COMPAT_RECORDED=1" : whyNoRealServer();
const records = Deno.env.get("COMPAT_RECORD") === "1";
const recording = new Recording(Deno.mainModule);
const server = whyRecorded === undefined ? await startRealServer() : undefined;
const real = server === undefined ? undefined : new LiveSide(server);
await real?.reset();

if (whyRecorded !== undefined) {
  if (Deno.env.get("CI") === "true" || records) throw new Error(`${whyRecorded}: nothing to compare with`);
  console.log(`${whyRecorded}: comparing with recorded answers of redis-server 7.0.15`);
}

/** 0: the script runs in one go. */
const TURNS = [0, 1, 7];
const sides = TURNS.map((steps) => new LuaSide(steps));

/** The same bytes, but for addresses of tables and functions. */
const sameButAddresses: Comparison = {
  reduce: ({ bytes }) => latin1Text(bytes).replace(/\b0x[0-9a-f]{8,}/g, "0x..."),
  agree: (a, b) => a === b,
  exact: true,
};

function evalStep(source: string, args: readonly string[]): Step {
  const bytes = ["EVAL", source, "0", ...args].map(latin1);
  return { connection: "main", args: bytes, replies: 1, blocks: false, comparison: sameButAddresses };
}

Deno.test.afterAll(async () => {
  real?.close();
  await server?.[Symbol.asyncDispose]();
  if (records) await recording.write();
});

/** Compares all steps with the reference, or with what it answered when it was recorded. */
async function compare(title: string, steps: readonly Step[], keep: boolean): Promise<void> {
  const reference: Side = real ?? new RecordedSide(recording.answers(title));
  const expected = await reference.run(steps);
  if (records && keep) recording.add(title, steps, expected);
  const failures: string[] = [];
  for (const side of sides) {
    const texts = differences([], steps, expected, await side.run(steps));
    failures.push(...texts.map((text) => `${side.name}: ${text}`));
  }
  if (failures.length > 0) throw new Error(failureText(failures));
}

function snippets(file: string): string[] {
  const text = latin1Text(Deno.readFileSync(new URL(`./lua/${file}`, import.meta.url)));
  return text.replace(/\n$/, "").split("\n---\n");
}

function compareFile(title: string, file: string, toStep: (snippet: string) => Step): void {
  Deno.test({
    name: title,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () => compare(title, snippets(file).map(toStep), true),
  });
}

const ARGS = ["x", "2"];

compareFile(
  "the language: values, conversions, tables, calls, coroutines, the sandbox",
  "basics.txt",
  (snippet) => evalStep(showing(snippet), ARGS),
);
compareFile(
  "the libraries, metamethods, and the texts of errors",
  "libraries_and_errors.txt",
  (snippet) => evalStep(showing(snippet), ARGS),
);
compareFile(
  "scripts as they are: results converted, and the place of an error",
  "replies.txt",
  (snippet) => evalStep(snippet, ARGS),
);

/** A script that gives the compiled form of its first argument, or the error of the compiler. */
const DUMP = "local f, e = loadstring(ARGV[1], '@x') return f and string.dump(f) or e";

compareFile(
  "sources are compiled to the same instructions, lines and names, or refused with the same words",
  "sources.txt",
  (snippet) => evalStep(DUMP, [snippet]),
);

const PROGRAMS = 400;
const TABLES = 200;
const CALLS = 400;

function chosenSeed(): number {
  const seed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 30));
  console.log(`SEED=${seed}`);
  return seed;
}

Deno.test({
  name: "random programs do the same, and are compiled to the same instructions",
  ignore: whyRecorded !== undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const maker = new ProgramMaker(chosenSeed());
    const programs = Array.from({ length: PROGRAMS }, () => maker.program());
    const steps = programs.flatMap((
      program,
    ) => [evalStep(showing(program), ARGS), evalStep(DUMP, [program])]);
    await compare("random", steps, false);
  },
});

Deno.test({
  name: "tables filled at random have their keys in the same order and the same lengths",
  ignore: whyRecorded !== undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const seed = chosenSeed();
    const steps = Array.from({ length: TABLES }, (_, i) => evalStep(tableProgram(seed + i), []));
    await compare("random tables", steps, false);
  },
});

Deno.test({
  name: "random formats, patterns and numbers give the same",
  ignore: whyRecorded !== undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const maker = new CallMaker(chosenSeed());
    const steps = Array.from({ length: CALLS }, () => evalStep(showing(maker.script()), ARGS));
    await compare("random calls", steps, false);
  },
});
