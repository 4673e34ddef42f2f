/**
 * Replies as client programs see them: what the bytes of either protocol version mean, without judging them. Texts have
 * one character a byte.
 */
import { latin1Text } from "../sys/bytes.ts";

export type ReplyValue =
  | {
    /** Numbers keep the digits in which they came. */
    readonly kind: "status" | "error" | "bulk" | "integer" | "double" | "big number";
    readonly text: string;
  }
  | { readonly kind: "verbatim"; readonly format: string; readonly text: string }
  | { readonly kind: "nil" }
  | { readonly kind: "boolean"; readonly value: boolean }
  /** The items of a map are its keys and values in turn. */
  | { readonly kind: "array" | "set" | "push" | "map"; readonly items: readonly ReplyValue[] };

/** What came is no reply. The message says what was wrong. */
export class ReplyProtocolError extends Error {
  override readonly name = "ReplyProtocolError";
}

/** A collection that is being read. */
interface Frame {
  readonly kind: "array" | "set" | "push" | "map" | "attribute";
  readonly items: ReplyValue[];
  left: number;
}

const BUFFER_BYTES_MIN = 16 << 10;
const CR = 13;

/**
 * Bytes in with {@link feed}, values out with {@link next}. Goes on where it stood, so that a large reply in many
 * pieces costs no second look. Attributes are read and dropped.
 */
export class ReplyReader {
  #buffer: Uint8Array = new Uint8Array(BUFFER_BYTES_MIN);
  #at = 0;
  #end = 0;
  readonly #frames: Frame[] = [];
  /** The string whose head was read: its type and its length. */
  #string: { readonly type: string; readonly length: number } | undefined;

  /** Whether a reply has begun and is not complete. */
  get isMidReply(): boolean {
    return this.#at < this.#end || this.#frames.length > 0 || this.#string !== undefined;
  }

  feed(chunk: Uint8Array): void {
    if (this.#at === this.#end) this.#at = this.#end = 0;
    if (this.#end + chunk.length > this.#buffer.length) this.#makeRoom(chunk.length);
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The next whole reply, or undefined when more bytes are needed. @throws ReplyProtocolError */
  next(): ReplyValue | undefined {
    for (;;) {
      const value = this.#string === undefined ? this.#head() : this.#body(this.#string);
      if (value === "incomplete") return undefined;
      if (value === "begun") continue;
      const whole = this.#complete(value);
      if (whole !== undefined) return whole;
    }
  }

  #makeRoom(more: number): void {
    const left = this.#end - this.#at;
    let size = this.#buffer.length;
    while (size < left + more) size *= 2;
    const buffer = size === this.#buffer.length ? this.#buffer : new Uint8Array(size);
    buffer.set(this.#buffer.subarray(this.#at, this.#end));
    this.#buffer = buffer;
    this.#at = 0;
    this.#end = left;
  }

  /** Puts a value where it belongs; what is complete with it and belongs nowhere is the reply. */
  #complete(value: ReplyValue): ReplyValue | undefined {
    let complete = value;
    for (;;) {
      const frame = this.#frames.at(-1);
      if (frame === undefined) return complete;
      frame.items.push(complete);
      if (--frame.left > 0) return undefined;
      this.#frames.pop();
      if (frame.kind === "attribute") return undefined;
      complete = { kind: frame.kind, items: frame.items };
    }
  }

  /** Reads a line; "begun" when it announces something. */
  #head(): ReplyValue | "incomplete" | "begun" {
    const cr = this.#buffer.subarray(0, this.#end).indexOf(CR, this.#at);
    if (cr < 0 || cr + 1 >= this.#end) return "incomplete";
    const type = String.fromCharCode(this.#buffer[this.#at]!);
    const rest = latin1Text(this.#buffer, this.#at + 1, cr);
    this.#at = cr + 2;
    switch (type) {
      case "+":
        return { kind: "status", text: rest };
      case "-":
        return { kind: "error", text: rest };
      case ":":
        return { kind: "integer", text: rest };
      case ",":
        return { kind: "double", text: rest };
      case "(":
        return { kind: "big number", text: rest };
      case "_":
        return { kind: "nil" };
      case "#":
        return { kind: "boolean", value: rest === "t" };
      case "$":
      case "!":
      case "=":
        return this.#beginString(type, lengthOf(rest));
      case "*":
        return this.#beginItems("array", lengthOf(rest));
      case "~":
        return this.#beginItems("set", lengthOf(rest));
      case ">":
        return this.#beginItems("push", lengthOf(rest));
      case "%":
        return this.#beginItems("map", 2 * lengthOf(rest));
      case "|":
        return this.#beginItems("attribute", 2 * lengthOf(rest));
      default:
        throw new ReplyProtocolError(`Protocol error, got ${JSON.stringify(type)} as reply type byte`);
    }
  }

  #beginString(type: string, length: number): ReplyValue | "begun" {
    if (length < 0) return { kind: "nil" };
    this.#string = { type, length };
    return "begun";
  }

  #beginItems(kind: Frame["kind"], length: number): ReplyValue | "begun" {
    if (length < 0) return { kind: "nil" };
    if (length === 0) return kind === "attribute" ? "begun" : { kind, items: [] };
    this.#frames.push({ kind, items: [], left: length });
    return "begun";
  }

  #body({ type, length }: { readonly type: string; readonly length: number }): ReplyValue | "incomplete" {
    const end = this.#at + length;
    if (end + 2 > this.#end) return "incomplete";
    const text = latin1Text(this.#buffer, this.#at, end);
    this.#at = end + 2;
    this.#string = undefined;
    if (type === "!") return { kind: "error", text };
    if (type === "=") return { kind: "verbatim", format: text.slice(0, 3), text: text.slice(4) };
    return { kind: "bulk", text };
  }
}

/** The one reply that these bytes are. @throws ReplyProtocolError when they are none */
export function parseReply(bytes: Uint8Array): ReplyValue {
  const reader = new ReplyReader();
  reader.feed(bytes);
  const value = reader.next();
  if (value === undefined) throw new ReplyProtocolError("The reply is not complete");
  return value;
}

function lengthOf(text: string): number {
  if (!/^(-1|\d{1,15})$/.test(text)) {
    throw new ReplyProtocolError(`Protocol error, got ${JSON.stringify(text)} as length`);
  }
  return Number(text);
}
