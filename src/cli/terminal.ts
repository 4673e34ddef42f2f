/** What programs print to and ask: the standard streams, or what a test has in their place. */
import { latin1, latin1Text, utf8 } from "../sys/bytes.ts";
import { systemText } from "../sys/system_files.ts";

/** Texts have one character a byte. */
export interface Terminal {
  /** Whether standard output is a terminal: then replies are laid out for people. */
  readonly isTerminal: boolean;
  print(text: string): void;
  /** To standard error. */
  printError(text: string): void;
  /** Asks for something that must not be shown; "" when nothing was entered. */
  askSecret(prompt: string): string;
}

/** A text as it is printed: one character a byte. */
export function shown(text: string): string {
  return latin1Text(utf8(text));
}

/** The program is to end, with this exit code; the message says why. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

type Stream = { writeSync(bytes: Uint8Array): number };

/** Writes all of it. Where that cannot be done the program ends: what it is to tell cannot be told. */
function writeAll(stream: Stream, text: string): void {
  const bytes = latin1(text);
  try {
    for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
  } catch (error) {
    // Nobody reads any more, as behind `| head`: there is nothing to complain of.
    if (!(error instanceof Deno.errors.BrokenPipe) && stream === Deno.stdout) {
      writeAll(Deno.stderr, `Cannot write to standard output: ${systemText(error)}\n`);
    }
    Deno.exit(1);
  }
}

export const standardTerminal: Terminal = {
  get isTerminal() {
    return Deno.stdout.isTerminal();
  },
  print: (text) => writeAll(Deno.stdout, text),
  printError: (text) => writeAll(Deno.stderr, text),
  askSecret(prompt) {
    const hides = Deno.stdin.isTerminal();
    writeAll(Deno.stderr, prompt);
    if (hides) Deno.stdin.setRaw(true);
    try {
      return readSecret(hides);
    } finally {
      if (hides) {
        Deno.stdin.setRaw(false);
        writeAll(Deno.stderr, "\n");
      }
    }
  },
};

const CONTROL_C = 3;
const BACKSPACE = 8;
const DELETE = 127;

/** Reads up to the end of the line. @param echoes whether a star is shown for each byte */
function readSecret(echoes: boolean): string {
  const byte = new Uint8Array(1);
  let secret = "";
  while (Deno.stdin.readSync(byte) === 1) {
    const code = byte[0]!;
    if (code === 10 || code === 13) break;
    if (echoes && code === CONTROL_C) throw new UsageError("");
    if (echoes && (code === BACKSPACE || code === DELETE)) {
      if (secret !== "") writeAll(Deno.stderr, "\b \b");
      secret = secret.slice(0, -1);
      continue;
    }
    secret += String.fromCharCode(code);
    if (echoes) writeAll(Deno.stderr, "*");
  }
  return secret;
}
