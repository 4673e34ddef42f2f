/**
 * `daemonize yes`: a process cannot fork here, so it starts itself again, detached from the terminal, and ends when
 * the new one says that it listens.
 */
import { nodeModule } from "../sys/node_modules.ts";

/** Set in the environment of the process in the background. */
const MARK = "REDENO_DAEMON";
/** What that process writes to standard output once it listens. */
const READY = "redeno is ready\n";
/** What is said when it does not come to that: without `logfile` its log goes nowhere. */
const FAILED =
  "The server could not be started in the background: its logfile says why, or a start without daemonize.\n";

export function isDaemon(): boolean {
  return Deno.env.get(MARK) === "1";
}

/** Tells the process that started this one that it may go. */
export function reportReady(): void {
  try {
    Deno.stdout.writeSync(new TextEncoder().encode(READY));
  } catch {
    // It has gone already.
  }
}

/**
 * Starts this program again in the background.
 * @param args the same arguments @param stdin what standard input said, if it was read
 * @returns the exit code: 0 when the new process listens, else its own
 */
export function startInBackground(args: readonly string[], stdin: Uint8Array | undefined): Promise<number> {
  const own = Deno.build.standalone ? [] : [
    "run",
    "--frozen",
    "--no-prompt",
    "--allow-net",
    "--allow-read",
    "--allow-write",
    "--allow-run",
    "--allow-env",
    "--allow-sys=osRelease,systemMemoryInfo",
    Deno.mainModule,
  ];
  const child = nodeModule("node:child_process").spawn(Deno.execPath(), [...own, ...args], {
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...Deno.env.toObject(), [MARK]: "1" },
  });
  child.stdin.end(stdin ?? new Uint8Array(0));
  return new Promise((resolve) => {
    child.stdout.on("data", (data: Uint8Array) => {
      if (new TextDecoder().decode(data).includes(READY.trim())) resolve(0);
    });
    let hasSaidWhy = false;
    child.stderr.on("data", (data: Uint8Array) => {
      hasSaidWhy = true;
      Deno.stderr.writeSync(data);
    });
    child.on("close", (code: number | null) => {
      if (code !== 0 && !hasSaidWhy) Deno.stderr.writeSync(new TextEncoder().encode(FAILED));
      resolve(code ?? 1);
    });
  });
}
