/**
 * Replies as values of JavaScript. What the protocol tells apart stays apart: an error is a {@link ReplyError}, a number a
 * number, nothing null.
 */
import { latin1Text } from "../sys/bytes.ts";

/** A server's reply that is an error. `message` is its whole text. */
export class ReplyError extends Error {
  override readonly name = "ReplyError";

  /** The first word of the text, which tells the kind: `ERR`, `WRONGTYPE`, `NOSCRIPT`. */
  get code(): string {
    return this.message.split(" ", 1)[0]!;
  }
}

/**
 * A reply. Integers beyond 2^53 are bigints. Inside of arrays, as in those of EXEC, errors are values; as a reply of their
 * own they are thrown. Maps, sets, booleans and doubles come over version 3 of the protocol.
 */
export type ReplyValue<Text = string> =
  | Text
  | number
  | bigint
  | boolean
  | null
  | ReplyError
  | readonly ReplyValue<Text>[]
  | ReadonlyMap<ReplyValue<Text>, ReplyValue<Text>>
  | ReadonlySet<ReplyValue<Text>>;

/** What came, and whether it is a push: something that was not asked for. */
export interface Decoded<Text> {
  readonly isPush: boolean;
  readonly value: ReplyValue<Text>;
}

const CR = 13;
const decoder = new TextDecoder();

/** Reads values out of whole replies. The bytes of a text are handed to `text`, which must copy what it keeps. */
export class ReplyDecoder<Text> {
  readonly #bytes: Uint8Array;
  readonly #text: (bytes: Uint8Array) => Text;
  #at = 0;

  constructor(bytes: Uint8Array, text: (bytes: Uint8Array) => Text) {
    this.#bytes = bytes;
    this.#text = text;
  }

  /** The next value; undefined at the end. O(bytes). */
  next(): Decoded<Text> | undefined {
    if (this.#at >= this.#bytes.length) return undefined;
    const isPush = this.#bytes[this.#at] === 62; // >
    return { isPush, value: this.#value() };
  }

  #line(): string {
    const end = this.#bytes.indexOf(CR, this.#at);
    const line = latin1Text(this.#bytes, this.#at, end);
    this.#at = end + 2;
    return line;
  }

  #body(length: number): Uint8Array {
    const body = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length + 2;
    return body;
  }

  #value(): ReplyValue<Text> {
    const type = String.fromCharCode(this.#bytes[this.#at++]!);
    if (type === "+") return this.#status();
    const head = this.#line();
    switch (type) {
      case "-":
        return new ReplyError(utf8Text(head));
      case ":":
      case "(":
        return integer(head);
      case ",":
        return head === "inf" ? Infinity : head === "-inf" ? -Infinity : Number(head);
      case "_":
        return null;
      case "#":
        return head === "t";
      case "$":
        return head === "-1" ? null : this.#text(this.#body(Number(head)));
      case "=":
        return this.#text(this.#body(Number(head)).subarray(4));
      case "!":
        return new ReplyError(decoder.decode(this.#body(Number(head))));
      case "*":
      case ">":
        return head === "-1" ? null : this.#items(Number(head));
      case "~":
        return new Set(this.#items(Number(head)));
      case "%":
        return this.#map(Number(head));
      case "|":
        // Attributes say something about what follows; no command of this server does.
        this.#map(Number(head));
        return this.#value();
      default:
        throw new Error(`a reply cannot begin with ${JSON.stringify(type)}`);
    }
  }

  #status(): Text {
    const end = this.#bytes.indexOf(CR, this.#at);
    const body = this.#bytes.subarray(this.#at, end);
    this.#at = end + 2;
    return this.#text(body);
  }

  #items(count: number): ReplyValue<Text>[] {
    const items: ReplyValue<Text>[] = [];
    for (let i = 0; i < count; i++) items.push(this.#value());
    return items;
  }

  #map(count: number): ReadonlyMap<ReplyValue<Text>, ReplyValue<Text>> {
    const map = new Map<ReplyValue<Text>, ReplyValue<Text>>();
    for (let i = 0; i < count; i++) {
      const key = this.#value();
      map.set(key, this.#value());
    }
    return map;
  }
}

/** Texts in UTF-8; what is none is shown as U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  // Short texts are usually ASCII, and then this is several times faster.
  if (bytes.length > 64) return decoder.decode(bytes);
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! > 127) return decoder.decode(bytes);
  return latin1Text(bytes, 0, bytes.length);
}

/** A copy of the bytes. */
export function bytesOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.slice() as Uint8Array<ArrayBuffer>;
}

function utf8Text(latin1: string): string {
  return textOf(Uint8Array.from(latin1, (char) => char.charCodeAt(0)));
}

function integer(digits: string): number | bigint {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}
