/**
 * A program at a terminal of its own, with keys pressed and its screen looked at. The terminal is made by Python's pty module:
 * the runtime has none.
 */
import { Screen } from "./screen.ts";
import { fromLatin1 } from "./split_args.ts";

const COLUMNS = 80;
const ROWS = 24;
const PATIENCE_MS = 60_000;

/** Passes everything between its own standard streams and a terminal at which the program runs. */
const RELAY = `
import fcntl, os, pty, select, struct, sys, termios
columns, rows = int(sys.argv[1]), int(sys.argv[2])
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.execvp(sys.argv[3], sys.argv[3:])
sources = [0, fd]
while True:
    for source in select.select(sources, [], [])[0]:
        try:
            data = os.read(source, 65536)
        except OSError:
            data = b""
        if source == fd:
            if not data:
                status = os.waitpid(pid, 0)[1]
                os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
            os.write(1, data)
        elif data:
            os.write(fd, data)
        else:
            os.kill(pid, 9)
            sources.remove(0)
`;

/** Why there is no terminal to be had; undefined when there is. */
export function whyNoPty(): string | undefined {
  try {
    const { success } = new Deno.Command("python3", { args: ["-c", "import pty, termios"] }).outputSync();
    return success ? undefined : "python3 has no pty module";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "python3 is not installed";
    throw error;
  }
}

export interface AtTerminal extends AsyncDisposable {
  readonly screen: Screen;
  /** Presses keys, given as the bytes that they send. */
  press(keys: string): Promise<void>;
  /** Waits until the screen is so. Rejects, telling what it is, when that takes too long. */
  until(what: string, isSo: (screen: Screen) => boolean): Promise<void>;
  /** Waits for its end; the exit code, 128 and the signal where one ended it. */
  readonly code: Promise<number>;
}

/** Starts a program at a terminal; disposing of it ends it. */
export function atTerminal(
  command: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>>,
): AtTerminal {
  const child = new Deno.Command("python3", {
    args: ["-c", RELAY, String(COLUMNS), String(ROWS), ...command],
    env: { TERM: "xterm-256color", NO_COLOR: "", ...environment },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  const screen = new Screen(COLUMNS, ROWS);
  let wake = () => {};
  let isOver = false;
  const reading = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      screen.write(text);
      wake();
    }
    isOver = true;
    wake();
  })();
  return {
    screen,
    press: (keys) => writer.write(fromLatin1(keys)),
    async until(what, isSo) {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        wake();
      }, PATIENCE_MS);
      try {
        while (!isSo(screen)) {
          if (isOver || isLate) {
            throw new Error(
              `${isOver ? "it ended" : "it took too long"}, and not ${what}:\n${screen.text()}`,
            );
          }
          await new Promise<void>((resolve) => wake = resolve);
        }
      } finally {
        clearTimeout(timer);
      }
    },
    code: child.status.then(({ code }) => code),
    async [Symbol.asyncDispose]() {
      await writer.close().catch(() => {});
      await reading;
      await child.status;
    },
  };
}
