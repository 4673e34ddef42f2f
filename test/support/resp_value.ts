/**
 * Replies of RESP2 and RESP3: what they are, and a strict parser for a stream of them.
 *
 * Strict means: whatever the protocol does not allow throws `ProtocolViolation` instead of being guessed at,
 * because a test client that forgives hides the server's mistakes. Text is kept as one character a byte.
 */
import { escapeBytes, latin1 } from "./split_args.ts";

export type RespValue =
  & (
    | { kind: "simple" | "error" | "blobError"; text: string }
    | { kind: "integer" | "bignum"; value: bigint }
    | { kind: "bulk"; bytes: Uint8Array }
    | { kind: "nil"; wire: "bulk" | "array" | "null" }
    | { kind: "double"; value: number; text: string }
    | { kind: "boolean"; value: boolean }
    | { kind: "verbatim"; format: string; bytes: Uint8Array }
    | { kind: "array" | "set" | "push"; items: RespValue[] }
    | { kind: "map"; entries: [RespValue, RespValue][] }
  )
  & { attributes?: [RespValue, RespValue][] };

/** One reply: the bytes it came as, and what they mean. */
export interface Reply {
  readonly bytes: Uint8Array;
  readonly value: RespValue;
}

/** The server sent something that RESP does not allow. */
export class ProtocolViolation extends Error {
  constructor(what: string) {
    super(`not RESP: ${what}`);
    this.name = "ProtocolViolation";
  }
}

const INCOMPLETE = Symbol("the reply has not arrived in full");
const INITIAL_BYTES = 16 * 1024;

/** Bytes in with `feed`, whole replies out with `next`. */
export class ReplyParser {
  #buffer = new Uint8Array(INITIAL_BYTES);
  #start = 0;
  #end = 0;
  #at = 0;
  // No attempt is worth it before this many bytes are there: keeps a large bulk from being parsed for each chunk.
  #needed = 1;

  /** How many bytes have arrived that no reply was made of yet. */
  get pending(): number {
    return this.#end - this.#start;
  }

  feed(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#buffer.length) this.#makeRoom(chunk.length);
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /**
   * The next whole reply, or undefined when more bytes are needed.
   *
   * @throws {ProtocolViolation}
   */
  next(): Reply | undefined {
    if (this.pending < this.#needed) return undefined;
    this.#at = this.#start;
    try {
      const value = this.#value();
      const reply = { bytes: this.#buffer.slice(this.#start, this.#at), value };
      this.#start = this.#at;
      this.#needed = 1;
      return reply;
    } catch (error) {
      if (error === INCOMPLETE) return undefined;
      throw error;
    }
  }

  #makeRoom(more: number): void {
    const size = this.pending;
    let capacity = this.#buffer.length;
    while (capacity < (size + more) * 2) capacity *= 2;
    const larger = new Uint8Array(capacity);
    larger.set(this.#buffer.subarray(this.#start, this.#end));
    this.#buffer = larger;
    this.#start = 0;
    this.#end = size;
  }

  #value(): RespValue {
    const line = this.#line();
    const type = line[0]!;
    const rest = line.slice(1);
    switch (type) {
      case "+":
        return { kind: "simple", text: rest };
      case "-":
        return { kind: "error", text: rest };
      case ":":
        return { kind: "integer", value: this.#bigint(rest) };
      case "(":
        return { kind: "bignum", value: this.#bigint(rest) };
      case ",":
        return { kind: "double", value: this.#double(rest), text: rest };
      case "#":
        if (rest !== "t" && rest !== "f") throw new ProtocolViolation(`boolean ${JSON.stringify(rest)}`);
        return { kind: "boolean", value: rest === "t" };
      case "_":
        if (rest !== "") throw new ProtocolViolation(`null ${JSON.stringify(rest)}`);
        return { kind: "nil", wire: "null" };
      default:
        return this.#sized(type, rest);
    }
  }

  #sized(type: string, rest: string): RespValue {
    const length = this.#length(rest);
    if (length === -1 && type === "$") return { kind: "nil", wire: "bulk" };
    if (length === -1 && type === "*") return { kind: "nil", wire: "array" };
    if (length === -1) throw new ProtocolViolation(`length -1 for ${JSON.stringify(type)}`);
    switch (type) {
      case "$":
        return { kind: "bulk", bytes: this.#bytes(length) };
      case "!":
        return { kind: "blobError", text: latin1(this.#bytes(length)) };
      case "=": {
        const bytes = this.#bytes(length);
        if (length < 4 || bytes[3] !== 58) throw new ProtocolViolation("verbatim string without a format");
        return { kind: "verbatim", format: latin1(bytes.subarray(0, 3)), bytes: bytes.subarray(4) };
      }
      case "*":
        return { kind: "array", items: this.#items(length) };
      case "~":
        return { kind: "set", items: this.#items(length) };
      case ">":
        return { kind: "push", items: this.#items(length) };
      case "%":
        return { kind: "map", entries: this.#entries(length) };
      case "|": {
        const attributes = this.#entries(length);
        return { ...this.#value(), attributes };
      }
      default:
        throw new ProtocolViolation(`reply type ${JSON.stringify(type)}`);
    }
  }

  #items(length: number): RespValue[] {
    const items: RespValue[] = [];
    for (let i = 0; i < length; i++) items.push(this.#value());
    return items;
  }

  #entries(length: number): [RespValue, RespValue][] {
    const entries: [RespValue, RespValue][] = [];
    for (let i = 0; i < length; i++) entries.push([this.#value(), this.#value()]);
    return entries;
  }

  #bytes(length: number): Uint8Array {
    const end = this.#at + length;
    if (end + 2 > this.#end) {
      this.#needed = end + 2 - this.#start;
      throw INCOMPLETE;
    }
    if (this.#buffer[end] !== 13 || this.#buffer[end + 1] !== 10) {
      throw new ProtocolViolation(`a string of ${length} bytes is not closed by CR LF`);
    }
    const bytes = this.#buffer.slice(this.#at, end);
    this.#at = end + 2;
    return bytes;
  }

  /** A line without its CR LF; never empty. */
  #line(): string {
    const end = this.#buffer.indexOf(13, this.#at);
    if (end === -1 || end + 1 >= this.#end) {
      this.#needed = this.pending + 1;
      throw INCOMPLETE;
    }
    if (this.#buffer[end + 1] !== 10) throw new ProtocolViolation("CR without LF");
    const line = latin1(this.#buffer.subarray(this.#at, end));
    if (line === "") throw new ProtocolViolation("an empty line in place of a reply");
    if (line.includes("\n")) throw new ProtocolViolation(`LF inside ${JSON.stringify(line)}`);
    this.#at = end + 2;
    return line;
  }

  #length(text: string): number {
    if (!/^(-1|0|[1-9][0-9]{0,15})$/.test(text)) {
      throw new ProtocolViolation(`length ${JSON.stringify(text)}`);
    }
    return Number(text);
  }

  #bigint(text: string): bigint {
    if (!/^(0|-?[1-9][0-9]*)$/.test(text)) throw new ProtocolViolation(`integer ${JSON.stringify(text)}`);
    return BigInt(text);
  }

  #double(text: string): number {
    if (text === "inf") return Infinity;
    if (text === "-inf") return -Infinity;
    if (text === "nan" || text === "-nan") return NaN;
    if (!/^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(text)) {
      throw new ProtocolViolation(`double ${JSON.stringify(text)}`);
    }
    return Number(text);
  }
}

/** All replies in these bytes; they must end with the last one. */
export function parseReplies(bytes: Uint8Array): Reply[] {
  const parser = new ReplyParser();
  parser.feed(bytes);
  const replies: Reply[] = [];
  for (let reply = parser.next(); reply; reply = parser.next()) replies.push(reply);
  if (parser.pending > 0) throw new ProtocolViolation(`${parser.pending} bytes of an unfinished reply`);
  return replies;
}

/** What a test usually wants to look at. Integers that are exact as numbers are numbers, strings one character a byte. */
export type Plain = string | number | bigint | boolean | null | Plain[] | Map<Plain, Plain> | Set<Plain>;

/** A reply without the wire: errors become text that starts with "-". */
export function plain(value: RespValue): Plain {
  switch (value.kind) {
    case "simple":
      return value.text;
    case "error":
    case "blobError":
      return "-" + value.text;
    case "integer":
    case "bignum":
      return Number.isSafeInteger(Number(value.value)) ? Number(value.value) : value.value;
    case "bulk":
    case "verbatim":
      return latin1(value.bytes);
    case "nil":
      return null;
    case "double":
    case "boolean":
      return value.value;
    case "set":
      return new Set(value.items.map(plain));
    case "map":
      return new Map(value.entries.map(([key, item]) => [plain(key), plain(item)]));
    default:
      return value.items.map(plain);
  }
}

/** Whether a reply says that the server does not have the command, or the subcommand. */
export function isUnknownCommand(value: RespValue): boolean {
  return value.kind === "error" && /^ERR unknown (command|subcommand) /.test(value.text);
}

/** The reply as redis-cli shows it on a terminal. Nested items are indented below their number. */
export function formatReply(value: RespValue, indent = ""): string {
  switch (value.kind) {
    case "simple":
      return value.text;
    case "error":
    case "blobError":
      return `(error) ${value.text}`;
    case "integer":
      return `(integer) ${value.value}`;
    case "bignum":
      return `(big number) ${value.value}`;
    case "double":
      return `(double) ${value.text}`;
    case "boolean":
      return value.value ? "(true)" : "(false)";
    case "nil":
      return "(nil)";
    case "bulk":
      return `"${escapeBytes(value.bytes)}"`;
    case "verbatim":
      return latin1(value.bytes);
    case "map":
      return formatItems(value.entries.length, "#", indent, "(empty hash)", (i, inner) => {
        const [key, item] = value.entries[i]!;
        return `${formatReply(key, inner)} => ${formatReply(item, inner)}`;
      });
    default: {
      const mark = value.kind === "set" ? "~" : ")";
      const empty = value.kind === "set"
        ? "(empty set)"
        : value.kind === "push"
        ? "(empty push)"
        : "(empty array)";
      return formatItems(
        value.items.length,
        mark,
        indent,
        empty,
        (i, inner) => formatReply(value.items[i]!, inner),
      );
    }
  }
}

function formatItems(
  count: number,
  mark: string,
  indent: string,
  empty: string,
  item: (index: number, indent: string) => string,
): string {
  if (count === 0) return empty;
  const digits = String(count).length;
  const inner = indent + " ".repeat(digits + mark.length + 1);
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    lines.push(`${i === 0 ? "" : indent}${String(i + 1).padStart(digits)}${mark} ${item(i, inner)}`);
  }
  return lines.join("\n");
}
