/** A client program that runs while a test does something else. */
import { latin1 } from "./split_args.ts";

export interface CliProcess extends AsyncDisposable {
  /** What it printed so far, one character a byte. */
  readonly stdout: string;
  readonly stderr: string;
  /** Waits until it has printed something. Rejects when it ends without. */
  sees(stream: "stdout" | "stderr", text: string): Promise<void>;
}

/** Starts a program; disposing of it kills it. Its output may be kept back while it is no terminal. */
export function startCli(executable: string, args: readonly string[]): CliProcess {
  const child = new Deno.Command("stdbuf", {
    args: ["-oL", executable, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const printed = { stdout: "", stderr: "" };
  let wake = () => {};
  let isOver = false;
  const collect = async (stream: "stdout" | "stderr") => {
    for await (const chunk of child[stream]) {
      printed[stream] += latin1(chunk);
      wake();
    }
  };
  const done = Promise.all([collect("stdout"), collect("stderr"), child.status]).then(() => {
    isOver = true;
    wake();
  });
  return {
    get stdout() {
      return printed.stdout;
    },
    get stderr() {
      return printed.stderr;
    },
    async sees(stream, text) {
      while (!printed[stream].includes(text)) {
        if (isOver) throw new Error(`ended without ${JSON.stringify(text)}: ${JSON.stringify(printed)}`);
        await new Promise<void>((resolve) => wake = resolve);
      }
    },
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It ended by itself.
      }
      await done;
    },
  };
}
