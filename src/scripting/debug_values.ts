/** Values of scripts, and replies of commands, as the debugger shows them: text of one character a byte. */
import { latin1Text } from "../sys/bytes.ts";
import type { ScriptStack } from "./engine.ts";
import { formatSignificant } from "./c_numbers.ts";

/** Tables within tables that are shown. */
const DEPTH_MAX = 9;
const TOO_DEEP = "<max recursion level reached! Nested table?>";
const SHOWN_DIGITS = 6;

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\x07": "\\a",
  "\b": "\\b",
};

/** A text in quotes, with what is not printable escaped. */
export function quoted(text: string): string {
  const escaped = text.replace(
    // deno-lint-ignore no-control-regex
    /[\\"\x00-\x1f\x7f-\xff]/g,
    (byte) => ESCAPES[byte] ?? `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return `"${escaped}"`;
}

/** The value at a position of the stack. O(what is shown). */
export function describeValue(stack: ScriptStack, at: number, depth = 0): string {
  if (depth > DEPTH_MAX) return TOO_DEEP;
  switch (stack.type(at)) {
    case "nil":
      return "nil";
    case "boolean":
      return String(stack.toBoolean(at));
    case "number":
      return describeNumber(stack, at);
    case "string":
      return quoted(latin1Text(stack.toBytes(at)!));
    case "table":
      return describeTable(stack, at > 0 ? at : stack.count + 1 + at, depth);
    case "userdata":
      return describeAddress("light-userdata", stack.identity(at));
    default:
      return describeAddress(stack.type(at), stack.identity(at));
  }
}

function describeNumber(stack: ScriptStack, at: number): string {
  const value = stack.toNumber(at)!;
  return Number.isNaN(value) ? stack.toText(at) : formatSignificant(value, SHOWN_DIGITS);
}

function describeAddress(type: string, identity: number): string {
  return `"${type}@${identity === 0 ? "(nil)" : `0x${identity.toString(16)}`}"`;
}

/** A list where the keys are 1, 2, 3 and so on in the order of the walk. */
function describeTable(stack: ScriptStack, at: number, depth: number): string {
  const values: string[] = [];
  const entries: string[] = [];
  let isList = true;
  stack.pushNil();
  while (stack.next(at)) {
    const value = describeValue(stack, -1, depth + 1);
    isList &&= stack.type(-2) === "number" && stack.toNumber(-2) === values.length + 1;
    values.push(value);
    entries.push(`[${describeValue(stack, -2, depth + 1)}]=${value}`);
    stack.pop(1);
  }
  return `{${(isList ? values : entries).join("; ")}}`;
}

/** The reply that these bytes begin with. O(bytes). */
export function describeReply(bytes: Uint8Array): string {
  return new ReplyDescriber(bytes).next();
}

class ReplyDescriber {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  next(): string {
    const start = this.#at;
    const end = this.#bytes.indexOf(0x0d, start);
    const line = latin1Text(this.#bytes, start, end);
    this.#at = end + 2;
    const rest = line.slice(1);
    switch (line[0]) {
      case "+":
      case "-":
        return quoted(line);
      case "$":
        return rest === "-1" ? "NULL" : quoted(this.#bulk(Number(rest)));
      case "=":
        return quoted(this.#bulk(Number(rest)).slice(4));
      case "*":
        return rest === "-1" ? "NULL" : `[${this.#items(Number(rest)).join(",")}]`;
      case "~":
        return `~(${this.#items(Number(rest)).join(",")})`;
      case "%":
        return `{${this.#pairs(Number(rest)).join(",")}}`;
      case "_":
        return "(null)";
      case "#":
        return rest === "t" ? "#true" : "#false";
      case ",":
        return `(double) ${rest}`;
      default:
        return rest;
    }
  }

  #bulk(length: number): string {
    const start = this.#at;
    this.#at = start + length + 2;
    return latin1Text(this.#bytes, start, start + length);
  }

  #items(count: number): string[] {
    return Array.from({ length: count }, () => this.next());
  }

  #pairs(count: number): string[] {
    return Array.from({ length: count }, () => `${this.next()} => ${this.next()}`);
  }
}
