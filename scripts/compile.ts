/**
 * Makes one executable of the server: dist/redeno, or dist/redeno-<target> for another platform.
 *
 *   deno task compile [--target aarch64-unknown-linux-gnu]
 *
 * The executable is Deno's runtime part (denort) with the project's modules behind it. Deno downloads that part from
 * its own site; DENORT_BIN names a local copy, which must be of the same version and of the target's platform.
 * A failure leaves no executable and no half of one.
 */
import { parseArgs } from "@std/cli";

/** The rights of the executable: those of `deno task start`. */
const PERMISSIONS = [
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-run",
  "--allow-env",
  "--allow-sys",
];

/** The platforms that Deno has a runtime part for. */
const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
  "aarch64-pc-windows-msvc",
];

/** What `deno` is run with. Workers are files that no import names, so they are included by their paths. */
export function compileArguments(target: string | undefined, workers: readonly string[]): string[] {
  return [
    ...["compile", "--frozen", "--no-prompt", ...PERMISSIONS],
    ...workers.flatMap((file) => ["--include", file]),
    ...target === undefined ? [] : ["--target", target],
    ...["--output", outputOf(target)],
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

async function workersBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) found.push(...await workersBelow(`${folder}/${name}`));
    else if (/(^|_)worker\.ts$/.test(name)) found.push(`${folder}/${name}`);
  }
  return found.sort();
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
  if (target !== undefined && !TARGETS.includes(target)) {
    console.error(
      `Cannot compile: ${target || "nothing"} is not a target; these are: ${TARGETS.join(", ")}.`,
    );
    return 2;
  }
  await Deno.mkdir("dist", { recursive: true });
  const workers = await workersBelow("src");
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: compileArguments(target, workers),
    stdout: "inherit",
    stderr: "piped",
  }).output();
  if (code === 0) {
    console.log(`Compiled ${outputOf(target)}${target?.includes("windows") ? ".exe" : ""}`);
    return 0;
  }
  const errors = new TextDecoder().decode(stderr);
  const sentence = explain(errors, target ?? Deno.build.target, Deno.env.get("DENORT_BIN"));
  // What Deno says itself is noise beside a sentence that says what to do, and all there is without one.
  if (sentence.endsWith("see above.")) console.error(errors.trimEnd());
  console.error(sentence);
  return 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
