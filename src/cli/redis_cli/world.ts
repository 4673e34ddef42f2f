/** What surrounds the client: a terminal, standard input, the environment and the signals, or what a test has in their place. */
import type { LineInput } from "../line_input.ts";
import { standardTerminal, type Terminal } from "../terminal.ts";
import type { CliEnvironment } from "./environment.ts";

export interface CliWorld {
  readonly terminal: Terminal;
  readonly environment: CliEnvironment;
  /** Whether there is somebody to watch how far long work has come. */
  readonly showsProgress: boolean;
  /** Where the lines of the interactive mode come from. */
  lines(): Promise<LineInput>;
  /** Standard input in pieces, up to its end. */
  stdin(): AsyncIterable<Uint8Array>;
  /** Calls back at each Ctrl-C, which then does nothing else, until disposed. */
  onInterrupt(callback: () => void): Disposable;
  /** Ends the program at once. */
  exit(code: number): never;
}

const CHUNK_BYTES = 64 << 10;

async function* standardInput(): AsyncIterable<Uint8Array> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let count = await Deno.stdin.read(chunk); count !== null; count = await Deno.stdin.read(chunk)) {
    yield chunk.slice(0, count);
  }
}

/** The process's own. */
export const processWorld: CliWorld = {
  terminal: {
    ...standardTerminal,
    get isTerminal() {
      return standardTerminal.isTerminal || Deno.env.get("FAKETTY") !== undefined;
    },
  },
  environment: Deno.env,
  get showsProgress() {
    return Deno.stderr.isTerminal() && Deno.stdout.isTerminal();
  },
  async lines() {
    const { lineInput } = await import("./terminal_input.ts");
    const { History, userFile } = await import("./history.ts");
    const path = () => userFile(Deno.env, "REDISCLI_HISTFILE", ".rediscli_history");
    return lineInput(() => History.open(path()), Deno.env.get("TERM"));
  },
  stdin: standardInput,
  onInterrupt(callback) {
    Deno.addSignalListener("SIGINT", callback);
    return { [Symbol.dispose]: () => Deno.removeSignalListener("SIGINT", callback) };
  },
  exit: (code) => Deno.exit(code),
};
