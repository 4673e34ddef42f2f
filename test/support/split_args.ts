/**
 * Splits a command line into arguments the way redis-cli does, so that the lines in the tests can be pasted
 * into a terminal and back.
 *
 * Arguments are separated by white space. Inside double quotes `\n \r \t \b \a \" \\` and `\xHH` stand for
 * one byte; inside single quotes only `\'` is special. A closing quote must be followed by white space or by
 * the end of the line. Text outside of escapes is encoded as UTF-8.
 */

export type Argument = string | Uint8Array;

/** A command as the tests write it: a line to be split, or the arguments themselves. */
export type Line = string | readonly Argument[];

const encoder = new TextEncoder();
const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, b: 8, a: 7 };

/** Thrown for a line whose quotes are not balanced. */
export class UnbalancedQuotes extends Error {
  constructor(line: string) {
    super(`quotes are not balanced in: ${line}`);
    this.name = "UnbalancedQuotes";
  }
}

/**
 * The arguments of one line, as bytes. An empty line has none.
 *
 * @throws {UnbalancedQuotes} when a quote stays open, or is closed in the middle of a word.
 */
export function splitArgs(line: string): Uint8Array[] {
  const args: Uint8Array[] = [];
  let at = 0;
  while (true) {
    while (at < line.length && isSpace(line[at]!)) at++;
    if (at >= line.length) return args;
    const word: number[] = [];
    while (at < line.length && !isSpace(line[at]!)) {
      const char = line[at]!;
      at = char === '"' || char === "'" ? readQuoted(line, at, word) : pushChar(line, at, word);
    }
    args.push(Uint8Array.from(word));
  }
}

/** The arguments of a line or of a list, as bytes. */
export function toArgs(line: Line): Uint8Array[] {
  if (typeof line === "string") return splitArgs(line);
  return line.map((arg) => typeof arg === "string" ? encoder.encode(arg) : arg);
}

/** The line that `splitArgs` splits into these arguments; plain words stay without quotes. */
export function joinArgs(args: readonly Uint8Array[]): string {
  return args.map(quoteArg).join(" ");
}

function quoteArg(arg: Uint8Array): string {
  const plain = arg.length > 0 &&
    arg.every((byte) => byte > 32 && byte < 127 && !"\"'\\".includes(chr(byte)));
  if (plain) return latin1(arg);
  let text = "";
  for (const byte of arg) text += escapeByte(byte);
  return `"${text}"`;
}

/** Bytes for the eye: printable ASCII as it is, the rest as `\r`, `\n` and `\xHH`. */
export function escapeBytes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += escapeByte(byte);
  return text;
}

function escapeByte(byte: number): string {
  if (byte === 34 || byte === 92) return "\\" + chr(byte);
  if (byte === 10) return "\\n";
  if (byte === 13) return "\\r";
  if (byte === 9) return "\\t";
  if (byte === 7) return "\\a";
  if (byte === 8) return "\\b";
  return byte >= 32 && byte < 127 ? chr(byte) : "\\x" + byte.toString(16).padStart(2, "0");
}

/** One character for each byte: a string that can be compared, searched and kept in JSON without loss. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let from = 0; from < bytes.length; from += 8192) {
    text += String.fromCharCode(...bytes.subarray(from, from + 8192));
  }
  return text;
}

/** The bytes that `latin1` made a string of. */
export function fromLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function chr(byte: number): string {
  return String.fromCharCode(byte);
}

function isSpace(char: string): boolean {
  return char === " " || char === "\t" || char === "\n" || char === "\r" || char === "\v" || char === "\f" ||
    char === "\0";
}

function pushChar(line: string, at: number, word: number[]): number {
  const char = String.fromCodePoint(line.codePointAt(at)!);
  word.push(...encoder.encode(char));
  return at + char.length;
}

/** Reads from the opening quote at `at`; returns the position after the closing one. */
function readQuoted(line: string, at: number, word: number[]): number {
  const quote = line[at]!;
  at++;
  while (at < line.length) {
    const char = line[at]!;
    if (char === quote) {
      if (at + 1 < line.length && !isSpace(line[at + 1]!)) throw new UnbalancedQuotes(line);
      return at + 1;
    }
    if (char !== "\\" || at + 1 >= line.length) {
      at = pushChar(line, at, word);
    } else if (quote === "'") {
      if (line[at + 1] === "'") at++;
      at = pushChar(line, at, word);
    } else {
      at = readEscape(line, at, word);
    }
  }
  throw new UnbalancedQuotes(line);
}

function readEscape(line: string, at: number, word: number[]): number {
  const hex = /^x([0-9a-fA-F]{2})/.exec(line.slice(at + 1, at + 4));
  if (hex) {
    word.push(parseInt(hex[1]!, 16));
    return at + 4;
  }
  const code = ESCAPES[line[at + 1]!];
  if (code === undefined) return pushChar(line, at + 1, word);
  word.push(code);
  return at + 2;
}
