/**
 * The reply of a command as a value of the script that called it, read from the bytes that the command wrote: there is
 * no other form of it in between.
 *
 * A status is a table with `ok`, an error one with `err`, null `false`. After `redis.setresp(3)` null is nil, and what
 * version 3 has beyond version 2 is a table with one field: `map`, `set`, `double`, `big_number`, `verbatim_string`.
 */
import { latin1Text } from "../sys/bytes.ts";
import type { ScriptStack } from "./engine.ts";
import { copyOf } from "./short_bytes.ts";

const CR = 13;
const MINUS = 45;
const ZERO = 48;
/** The number of digits that always make a safe integer. */
const EXACT_DIGITS_MAX = 15;
/** The format of a verbatim string, and the colon behind it. */
const FORMAT_BYTES = 4;

/** Pushes replies. The bytes are whole replies: whoever wrote them is in this process. */
export class ReplyReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;

  /** Pushes the reply that `bytes` begins with. O(bytes). */
  push(stack: ScriptStack, bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#at = 0;
    this.#push(stack);
  }

  #push(stack: ScriptStack): void {
    const type = this.#bytes[this.#at++]!;
    switch (type) {
      case 0x3a: // :
        return stack.pushNumber(this.#integer());
      case 0x24: // $
        return this.#pushBulk(stack);
      case 0x2b: // +
        stack.pushTable(0, 1);
        stack.pushBytes(this.#line());
        return stack.setField(-2, "ok");
      case 0x2d: // -
        return pushError(stack, this.#lineText(), true);
      case 0x2a: // *
        return this.#pushArray(stack);
      case 0x5f: // _
        this.#line();
        return stack.pushNil();
      case 0x23: // #
        return stack.pushBoolean(this.#line()[0] === 0x74);
      default:
        return this.#pushTyped(stack, type);
    }
  }

  /** What only version 3 has. */
  #pushTyped(stack: ScriptStack, type: number): void {
    stack.pushTable(0, 1);
    switch (type) {
      case 0x25: // %
        this.#pushMap(stack);
        return stack.setField(-2, "map");
      case 0x7e: // ~
        this.#pushSet(stack);
        return stack.setField(-2, "set");
      case 0x2c: // ,
        stack.pushNumber(readDouble(this.#lineText()));
        return stack.setField(-2, "double");
      case 0x28: // (
        stack.pushBytes(this.#line());
        return stack.setField(-2, "big_number");
      case 0x3d: // =
        this.#pushVerbatim(stack);
        return stack.setField(-2, "verbatim_string");
      default:
        throw new Error(`a reply of type ${type}`);
    }
  }

  #pushBulk(stack: ScriptStack): void {
    const length = this.#integer();
    if (length < 0) return stack.pushBoolean(false);
    const start = this.#at;
    this.#at = start + length + 2;
    stack.pushBytes(copyOf(this.#bytes, start, start + length));
  }

  #pushArray(stack: ScriptStack): void {
    const length = this.#integer();
    if (length < 0) return stack.pushBoolean(false);
    stack.pushTable(length, 0);
    for (let i = 1; i <= length; i++) {
      this.#push(stack);
      stack.setItem(-2, i);
    }
  }

  #pushMap(stack: ScriptStack): void {
    const pairs = this.#integer();
    stack.pushTable(0, pairs);
    for (let i = 0; i < pairs; i++) {
      this.#push(stack);
      this.#push(stack);
      stack.setEntry(-3);
    }
  }

  #pushSet(stack: ScriptStack): void {
    const members = this.#integer();
    stack.pushTable(0, members);
    for (let i = 0; i < members; i++) {
      this.#push(stack);
      stack.pushBoolean(true);
      stack.setEntry(-3);
    }
  }

  #pushVerbatim(stack: ScriptStack): void {
    const length = this.#integer();
    const start = this.#at;
    this.#at = start + length + 2;
    stack.pushTable(0, 2);
    stack.pushBytes(copyOf(this.#bytes, start + FORMAT_BYTES, start + length));
    stack.setField(-2, "string");
    stack.pushBytes(copyOf(this.#bytes, start, start + FORMAT_BYTES - 1));
    stack.setField(-2, "format");
  }

  /** A number up to the end of the line. */
  #integer(): number {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    const isNegative = bytes[at] === MINUS;
    if (isNegative) at++;
    let value = 0;
    for (; bytes[at] !== CR; at++) value = value * 10 + (bytes[at]! - ZERO);
    this.#at = at + 2;
    if (at - start > EXACT_DIGITS_MAX) return Number(latin1Text(bytes, start, at));
    return isNegative ? -value : value;
  }

  #lineEnd(): number {
    const end = this.#bytes.indexOf(CR, this.#at);
    this.#at = end + 2;
    return end;
  }

  #line(): Uint8Array {
    const start = this.#at;
    return copyOf(this.#bytes, start, this.#lineEnd());
  }

  #lineText(): string {
    const start = this.#at;
    return latin1Text(this.#bytes, start, this.#lineEnd());
  }
}

function readDouble(text: string): number {
  if (text === "inf") return Infinity;
  return text === "-inf" ? -Infinity : Number(text);
}

/**
 * Pushes the table that stands for an error.
 * @param text one character a byte @param isCounted whether the statistics know of it already
 */
export function pushError(stack: ScriptStack, text: string, isCounted: boolean): void {
  stack.pushTable(0, isCounted ? 2 : 1);
  stack.pushText(text);
  stack.setField(-2, "err");
  if (!isCounted) return;
  stack.pushBoolean(true);
  stack.setField(-2, "ignore_error_stats_update");
}
