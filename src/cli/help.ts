/** `redeno help`: which programs there are, and about each of them what its `--help` prints. */
import { REDENO_VERSION, REDIS_VERSION } from "../sys/version.ts";
import { usageText, versionText } from "./options.ts";
import { specOf } from "./program_specs.ts";
import { PROGRAM_NAMES, PROGRAM_WORDS } from "./programs.ts";
import { shown, standardTerminal, type Terminal } from "./terminal.ts";

/**
 * The program.
 * @param args the name of a program, or nothing; behind `--version` one whose version is asked for
 * @returns the exit code: 1 when there is no such program
 */
export async function helpProgram(
  args: readonly string[],
  terminal: Terminal = standardTerminal,
): Promise<number> {
  const asksForVersion = args[0] === "--version";
  const word = args[asksForVersion ? 1 : 0];
  if (word === undefined) {
    terminal.print(shown(await overview()));
    return 0;
  }
  const program = PROGRAM_WORDS.get(word) ?? PROGRAM_NAMES.find((name) => name === word);
  if (program === undefined) {
    terminal.printError(shown(`There is no program ${word}: redeno help tells which ones there are.\n`));
    return 1;
  }
  const spec = await specOf(program);
  terminal.print(asksForVersion ? versionText(spec) : usageText(spec));
  return 0;
}

async function overview(): Promise<string> {
  const specs = await Promise.all(PROGRAM_NAMES.map(specOf));
  const lines = specs.map(({ name, summary, standsFor }) =>
    `  ${name.padEnd(13)}${summary}.${standsFor === undefined ? "" : ` (${standsFor})`}`
  );
  return `redeno ${REDENO_VERSION}: a server that speaks the protocol of Redis ${REDIS_VERSION}, and its tools.

Usage: redeno [program] [argument ...]

${lines.join("\n")}

Without a program it is the server. A link to it that has the name in parentheses is that program.
redeno help <program> tells about one.
`;
}
