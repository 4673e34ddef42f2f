/**
 * The lowest layer of the configuration's grammar: words and quotes of one line, and how a value is quoted when a
 * file is written.
 *
 * Everywhere in this folder a text has one character a byte, as it does in the commands: a password may hold any
 * byte. Only {@link plainText} leaves that world.
 */
import { latin1, latin1Text } from "../../sys/bytes.ts";

const ESCAPED: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", a: "\x07" };
const ESCAPES: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\x07": "\\a",
  "\\": "\\\\",
  '"': '\\"',
};

/** What C's isspace() calls white space. */
export function isSpace(char: string): boolean {
  return char === " " || (char >= "\t" && char <= "\r");
}

/** A line without the blanks around it; form feeds and the like stay, as in the reference. */
export function trimLine(line: string): string {
  return line.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
}

/**
 * The words of a line. Double quotes know `\n \r \t \b \a \xHH` and `\` before any other character, single quotes
 * know `\'`; both must be followed by white space or the end of the line.
 *
 * @returns undefined when a quote stays open or ends inside a word
 */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  let at = 0;
  while (true) {
    while (at < line.length && isSpace(line[at]!)) at++;
    if (at >= line.length) return words;
    let word = "";
    while (at < line.length && !isSpace(line[at]!)) {
      const quote = line[at]!;
      if (quote !== '"' && quote !== "'") {
        word += quote;
        at++;
        continue;
      }
      const quoted = quote === '"' ? readDoubleQuoted(line, at + 1) : readSingleQuoted(line, at + 1);
      if (quoted === undefined || (quoted.end < line.length && !isSpace(line[quoted.end]!))) return undefined;
      word += quoted.text;
      at = quoted.end;
    }
    words.push(word);
  }
}

interface Quoted {
  text: string;
  /** Where the line goes on behind the closing quote. */
  end: number;
}

function readDoubleQuoted(line: string, start: number): Quoted | undefined {
  let text = "";
  for (let at = start; at < line.length; at++) {
    const char = line[at]!;
    if (char === '"') return { text, end: at + 1 };
    if (char !== "\\" || at + 1 >= line.length) {
      text += char;
      continue;
    }
    const hex = /^x([0-9a-fA-F]{2})/.exec(line.slice(at + 1, at + 4));
    if (hex !== null) {
      text += String.fromCharCode(parseInt(hex[1]!, 16));
      at += 3;
    } else {
      const escaped = line[++at]!;
      text += ESCAPED[escaped] ?? escaped;
    }
  }
  return undefined;
}

function readSingleQuoted(line: string, start: number): Quoted | undefined {
  let text = "";
  for (let at = start; at < line.length; at++) {
    const char = line[at]!;
    if (char === "'") return { text, end: at + 1 };
    if (char === "\\" && line[at + 1] === "'") at++;
    text += line[at]!;
  }
  return undefined;
}

/** A value in double quotes, with everything that is not printable ASCII escaped. */
export function quote(text: string): string {
  let quoted = '"';
  for (const char of text) {
    const code = char.charCodeAt(0);
    quoted += ESCAPES[char] ??
      (code >= 32 && code < 127 ? char : `\\x${code.toString(16).padStart(2, "0")}`);
  }
  return quoted + '"';
}

/** Text of one character a byte as people and the operating system read it, in UTF-8. */
export function plainText(text: string): string {
  return new TextDecoder().decode(latin1(text));
}

/** Text from a terminal or a file name as the bytes of its UTF-8, one character each. */
export function byteText(text: string): string {
  return latin1Text(new TextEncoder().encode(text));
}
