/**
 * What users do with the names of files: name a standard stream by one, and read why a file could not be had.
 *
 * Deno opens nothing in /dev, /proc and /sys but with all permissions, so `/dev/stdin` and its kin are not opened here:
 * the streams are there already.
 */

export type StandardStream = "stdin" | "stdout" | "stderr";

const STREAMS: readonly StandardStream[] = ["stdin", "stdout", "stderr"];

/** Which standard stream of this process a path names: `/dev/stdout`, `/dev/fd/1`, `/proc/self/fd/1`. */
export function standardStreamOf(path: string): StandardStream | undefined {
  const [, name, number] = /^(?:\/dev\/(std\w+)|(?:\/dev|\/proc\/self)\/fd\/(\d))$/.exec(path) ?? [];
  return STREAMS.find((stream, i) => stream === name || String(i) === number);
}

/** All bytes of a file, or of standard input under its names. @throws Deno.errors */
export function readWholeFile(path: string): Uint8Array {
  if (standardStreamOf(path) !== "stdin") return Deno.readFileSync(path);
  const pieces: Uint8Array[] = [];
  for (;;) {
    const piece = new Uint8Array(65536);
    const length = Deno.stdin.readSync(piece);
    if (length === null) break;
    pieces.push(piece.subarray(0, length));
  }
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Why a call of the system failed, in the system's own words, without what Deno adds: "No such file or directory". */
export function systemText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // Its advice is for who starts a Deno, which nobody does who has the executable.
  if (error instanceof Deno.errors.NotCapable) {
    return `Permission denied: ${message.split(/[\n,]/, 1)[0]}`;
  }
  return message.replace(/ \(os error \d+\)[^]*$/, "");
}
