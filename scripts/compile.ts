/**
 * Makes one executable of all programs: dist/redeno, or dist/redeno-<target> for another platform.
 *
 *   deno task compile [--target aarch64-unknown-linux-gnu | --target all]
 *
 * The executable is Deno's runtime part (denort) with the project's modules behind it. Deno downloads that part from
 * its own site; DENORT_BIN names a local copy, which must be of the same version and of the target's platform.
 * A failure leaves no executable and no half of one.
 *
 * What was made for this platform is tried at once (compile_smoke.ts), and its size and its start are printed.
 */
import { parseArgs } from "@std/cli";
import { smokeTest } from "./compile_smoke.ts";

/** The rights of the executable: those of `deno task start`, and none that no program needs. */
const PERMISSIONS = [
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-run",
  "--allow-env",
  "--allow-sys=osRelease,systemMemoryInfo",
];

/** The platforms that Deno has a runtime part for. */
export const TARGETS: readonly string[] = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
  "aarch64-pc-windows-msvc",
];

/** What `deno` is run with. Workers are files that no import names, so they are included by their paths. */
export function compileArguments(
  target: string | undefined,
  workers: readonly string[],
  output: string = outputOf(target),
): string[] {
  return [
    // Types are checked by the gate.
    ...["compile", "--frozen", "--no-prompt", "--no-check", "--exclude-unused-npm", ...PERMISSIONS],
    ...workers.flatMap((file) => ["--include", file]),
    ...target === undefined ? [] : ["--target", target],
    ...["--output", output],
    "main.ts",
  ];
}

function outputOf(target: string | undefined): string {
  return target === undefined ? "dist/redeno" : `dist/redeno-${target}`;
}

/** Why no executable was made, in one sentence, from what `deno compile` wrote to its standard error. */
export function explain(errors: string, target: string, denortBin: string | undefined): string {
  if (denortBin === undefined && /denort|dl\.deno\.land/.test(errors)) {
    return `Cannot compile: Deno's runtime part (denort ${Deno.version.deno} for ${target}) could not be downloaded ` +
      "from dl.deno.land; set DENORT_BIN to a local copy of it.";
  }
  if (denortBin !== undefined && /Could not find denort|Failed to parse|Invalid object/.test(errors)) {
    return `Cannot compile: DENORT_BIN is ${denortBin}, which is not Deno's runtime part for ${target}.`;
  }
  return "Cannot compile: deno compile failed, see above.";
}

/** The files that are loaded as workers. */
export async function workersBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) found.push(...await workersBelow(`${folder}/${name}`));
    else if (/(^|_)worker\.ts$/.test(name)) found.push(`${folder}/${name}`);
  }
  return found.sort();
}

/** Makes one executable, and tries it if it is for this platform. @returns whether it was made and works */
async function compile(target: string | undefined): Promise<boolean> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: compileArguments(target, await workersBelow("src")),
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 0) {
    const errors = new TextDecoder().decode(stderr);
    const sentence = explain(errors, target ?? Deno.build.target, Deno.env.get("DENORT_BIN"));
    // What Deno says itself is noise beside a sentence that says what to do, and all there is without one.
    if (sentence.endsWith("see above.")) console.error(errors.trimEnd());
    console.error(sentence);
    return false;
  }
  const isForWindows = (target ?? Deno.build.target).includes("windows");
  const path = outputOf(target) + (isForWindows ? ".exe" : "");
  console.log(`Compiled ${path}: ${((await Deno.stat(path)).size / 1e6).toFixed(1)} MB`);
  if (target !== undefined && target !== Deno.build.target) {
    console.log(`Smoke test skipped: it is for ${target}, and this is ${Deno.build.target}.`);
    return true;
  }
  return await tryOut(path);
}

async function tryOut(path: string): Promise<boolean> {
  if (await isDenoItself(path)) {
    console.log(
      "Smoke test skipped: DENORT_BIN is Deno itself and not its runtime part, so the file is just a Deno.",
    );
    return true;
  }
  try {
    const { passed, startMs } = await smokeTest([await Deno.realPath(path)]);
    console.log(`Smoke test passed: ${passed.join(", ")}.`);
    console.log(`First reply after ${startMs.toFixed(0)} ms.`);
    return true;
  } catch (error) {
    console.error(`Smoke test failed: ${(error as Error).message}`);
    return false;
  }
}

async function isDenoItself(path: string): Promise<boolean> {
  const { stdout } = await new Deno.Command(await Deno.realPath(path), { args: ["--version"] }).output();
  return new TextDecoder().decode(stdout).startsWith("deno ");
}

/** Compiles and returns the exit code. */
async function main(args: string[]): Promise<number> {
  let strange: string | undefined;
  const { target } = parseArgs(args, {
    string: ["target"],
    unknown: (arg) => {
      strange ??= arg;
      return false;
    },
  });
  if (strange !== undefined) {
    console.error(`Cannot compile: ${strange} is not an option; there is only --target.`);
    return 2;
  }
  if (target !== undefined && target !== "all" && !TARGETS.includes(target)) {
    console.error(
      `Cannot compile: ${target || "nothing"} is not a target; these are: all, ${TARGETS.join(", ")}.`,
    );
    return 2;
  }
  await Deno.mkdir("dist", { recursive: true });
  for (const each of target === "all" ? TARGETS : [target]) {
    if (!await compile(each)) return 1;
  }
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
