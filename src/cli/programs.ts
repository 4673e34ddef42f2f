/**
 * Which program the executable is this time: by the name that it was called by, so that links named after the programs
 * of the reference are these programs, or by its first argument. The server is what it is without either.
 */

/** All programs, in the order in which users are told of them. */
export const PROGRAM_NAMES = [
  "server",
  "cli",
  "--eval",
  "benchmark",
  "check-aof",
  "check-rdb",
  "healthcheck",
  "sentinel",
  "completions",
  "help",
] as const;

export type ProgramName = typeof PROGRAM_NAMES[number];

/** Programs of the reference, by the names of their executables. */
export const REFERENCE_NAMES: ReadonlyMap<string, ProgramName> = new Map([
  ["redis-server", "server"],
  ["redis-cli", "cli"],
  ["redis-benchmark", "benchmark"],
  ["redis-check-aof", "check-aof"],
  ["redis-check-rdb", "check-rdb"],
  ["redis-sentinel", "sentinel"],
]);

/** Words that choose a program as the first argument. */
export const PROGRAM_WORDS: ReadonlyMap<string, ProgramName> = new Map([
  ...PROGRAM_NAMES.filter((name) => !name.startsWith("-")).map((name) => [name, name] as const),
  ["eval", "--eval"] as const,
  ...REFERENCE_NAMES,
]);

/**
 * Programs that leave `--help` and `--version` to the program of help: they have no options, or take those words for the
 * name of a file, as the reference does. `check-rdb` knows its version.
 */
const HELPED: ReadonlySet<ProgramName> = new Set([
  ...["check-aof", "check-rdb", "sentinel", "completions", "help"] as const,
]);

export interface Choice {
  readonly program: ProgramName;
  /** What the program is given. */
  readonly args: readonly string[];
}

/**
 * Chooses.
 * @param called the name of the executable or the link, without folders
 * @param args all arguments
 */
export function chooseProgram(called: string, args: readonly string[]): Choice {
  const choice = chosen(called, args);
  const { program } = choice;
  const [first] = choice.args;
  if (HELPED.has(program) && first === "--help") {
    return { program: "help", args: program === "help" ? [] : [program] };
  }
  if (HELPED.has(program) && program !== "check-rdb" && first === "--version") {
    return { program: "help", args: ["--version", program] };
  }
  if (program !== "server") return choice;
  if (choice.args.includes("--eval")) return { program: "--eval", args: choice.args };
  // The reference's server is a sentinel with this argument wherever it stands.
  return choice.args.includes("--sentinel") ? { program: "sentinel", args: choice.args } : choice;
}

function chosen(called: string, args: readonly string[]): Choice {
  const byName = REFERENCE_NAMES.get(called);
  if (byName !== undefined) return { program: byName, args };
  const [first, ...rest] = args;
  const program = PROGRAM_WORDS.get(first ?? "");
  if (program === undefined) return { program: "server", args };
  return { program, args: program === "--eval" ? ["--eval", ...rest] : rest };
}
