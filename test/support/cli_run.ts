/** Runs of the client programs: our own in this process, and the reference's, with the same arguments and standard input. */
import { cliProgram } from "../../src/cli/redis_cli/cli.ts";
import type { CliWorld } from "../../src/cli/redis_cli/world.ts";
import type { LineInput } from "../../src/cli/line_input.ts";
import { redisCli } from "./redis_cli.ts";
import { fromLatin1, latin1 } from "./split_args.ts";

/** What a run printed, one character a byte, and its exit code. */
export interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run is given beside its arguments. */
export interface Given {
  /** Standard input, one character a byte. */
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Lines of a text, as standard input that is no terminal. */
class TextLines implements LineInput {
  #rest: string;

  constructor(text: string) {
    this.#rest = text;
  }

  read(): Promise<string | undefined> {
    if (this.#rest === "") return Promise.resolve(undefined);
    const end = this.#rest.indexOf("\n");
    const line = end < 0 ? this.#rest : this.#rest.slice(0, end);
    this.#rest = end < 0 ? "" : this.#rest.slice(end + 1);
    return Promise.resolve(line);
  }
}

/** A world of which nothing is seen but what is printed. */
export function cliWorld(
  { stdin = "", environment = {} }: Given,
  print: (text: string) => void,
  printError: (text: string) => void,
): CliWorld {
  return {
    terminal: { isTerminal: environment.FAKETTY !== undefined, print, printError, askSecret: () => "" },
    environment: { get: (name) => environment[name] },
    showsProgress: false,
    lines: () => Promise.resolve(new TextLines(stdin)),
    async *stdin() {
      yield await Promise.resolve(fromLatin1(stdin));
    },
    onInterrupt: () => ({ [Symbol.dispose]() {} }),
    exit: (code) => {
      throw new Error(`ended with ${code}`);
    },
  };
}

/** Runs `redeno cli` in this process. */
export async function runOurs(args: readonly string[], given: Given = {}): Promise<Printed> {
  let [stdout, stderr] = ["", ""];
  const world = cliWorld(given, (text) => void (stdout += text), (text) => void (stderr += text));
  const code = await cliProgram(args, world);
  return { code, stdout, stderr };
}

/** Runs redis-cli. */
export async function runTheirs(
  args: readonly string[],
  { stdin = "", environment = {} }: Given = {},
): Promise<Printed> {
  const child = new Deno.Command(redisCli, {
    args: [...args],
    env: { ...environment },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  // It may end without having read anything.
  await writer.write(fromLatin1(stdin)).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  return { code, stdout: latin1(stdout), stderr: latin1(stderr) };
}
