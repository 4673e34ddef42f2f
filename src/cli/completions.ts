/** `redeno completions`: prints a script for a shell, made from the declarations of the programs. */
import { bashCompletion } from "./completions_bash.ts";
import { completedPrograms } from "./completions_data.ts";
import { fishCompletion } from "./completions_fish.ts";
import { zshCompletion } from "./completions_zsh.ts";
import { shown, standardTerminal, type Terminal } from "./terminal.ts";

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/**
 * The program.
 * @param args the name of a shell
 * @returns the exit code: 1 when it is none that is known
 */
export async function completionsProgram(
  args: readonly string[],
  terminal: Terminal = standardTerminal,
): Promise<number> {
  const [shell = ""] = args;
  if (args.length !== 1 || !Object.hasOwn(SHELLS, shell)) {
    terminal.printError("Usage: redeno completions <bash | zsh | fish>\n");
    return 1;
  }
  terminal.print(shown(SHELLS[shell as keyof typeof SHELLS](await completedPrograms())));
  return 0;
}
