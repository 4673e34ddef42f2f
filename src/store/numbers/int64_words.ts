/**
 * 64-bit integers in two halves of 32 bits, and elements that are either stored bytes or the digits of such an integer.
 * The small encodings keep integers of up to 8 bytes; this reads, writes and compares them exactly, without bigint.
 *
 * Invariant: both halves are int32, so neither is ever boxed; `low` is the bit pattern of the lower, unsigned half.
 */

import { Slice } from "../../sys/bytes.ts";
import { INT64_TEXT_BYTES_MAX, isCanonicalInteger, parseSafeInteger, writeInteger } from "./int64.ts";

const TWO_32 = 0x100000000;
const MINUS = 0x2d;
const ZERO = 0x30;

/** The int32 of 4 bytes, little endian. */
export function readInt32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** Writes the lower 32 bits of `value` as 4 bytes, little endian. */
export function writeInt32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >> 8;
  bytes[at + 2] = value >> 16;
  bytes[at + 3] = value >> 24;
}

/** A signed 64-bit integer that can be set again and again. */
export class Int64Words {
  high = 0;
  low = 0;

  /** Takes a whole number in -2^63..2^63 - 1. */
  setNumber(n: number): this {
    this.high = Math.floor(n / TWO_32) | 0;
    this.low = n | 0;
    return this;
  }

  /** Takes 8 bytes, little endian. */
  read(bytes: Uint8Array, at: number): this {
    this.low = readInt32(bytes, at);
    this.high = readInt32(bytes, at + 4);
    return this;
  }

  /** Writes 8 bytes, little endian. */
  write(bytes: Uint8Array, at: number): void {
    writeInt32(bytes, at, this.low);
    writeInt32(bytes, at + 4, this.high);
  }

  /** Takes the integer that `bytes[start, end)` is the canonical text of; false, and unchanged, when it is none. */
  parse(bytes: Uint8Array, start: number, end: number): boolean {
    const safe = parseSafeInteger(bytes, start, end);
    if (safe === safe) {
      this.setNumber(safe);
      return true;
    }
    if (end - start < 16 || !isCanonicalInteger(bytes, start, end)) return false;
    const negative = bytes[start] === MINUS;
    let high = 0;
    let low = 0;
    for (let i = negative ? start + 1 : start; i < end; i++) {
      const shifted = low * 10 + bytes[i]! - ZERO;
      low = shifted >>> 0;
      high = (high * 10 + Math.floor(shifted / TWO_32)) >>> 0;
    }
    this.high = high | 0;
    this.low = low | 0;
    if (negative) this.#negate();
    return true;
  }

  #negate(): void {
    this.low = -this.low | 0;
    this.high = this.low === 0 ? -this.high | 0 : ~this.high;
  }

  /** The nearest double: exact when it is a safe integer, rounded once when it is not. */
  toDouble(): number {
    return this.high * TWO_32 + (this.low >>> 0);
  }

  /** The integer as a number where that is safe, else NaN. */
  toSafeInteger(): number {
    const n = this.toDouble();
    return Number.isSafeInteger(n) ? n : NaN;
  }

  /** Negative, zero or positive, as this is less than, equal to or greater than the integer `(high, low)`. */
  compare(high: number, low: number): number {
    return this.high !== high ? this.high - high : (this.low >>> 0) - (low >>> 0);
  }

  /** Writes the decimal text at `out[at]`, at most 20 bytes, and returns the position after it. */
  writeText(out: Uint8Array, at: number): number {
    const safe = this.toSafeInteger();
    if (safe === safe) return writeInteger(safe, out, at);
    const negative = this.high < 0;
    if (negative) this.#negate();
    const high = this.high >>> 0;
    const low = this.low >>> 0;
    if (negative) this.#negate();
    // Long division by a million: every intermediate value is a safe integer.
    const upper = Math.floor(high / 1_000_000);
    const rest = (high - upper * 1_000_000) * TWO_32 + low;
    const lower = Math.floor(rest / 1_000_000);
    let digits = rest - lower * 1_000_000;
    const leading = upper * TWO_32 + lower;
    const end = writeInteger(negative ? -leading : leading, out, at) + 6;
    for (let i = end - 1; i >= end - 6; i--) {
      out[i] = ZERO + digits % 10;
      digits = Math.floor(digits / 10);
    }
    return end;
  }
}

/**
 * A slice with room for the digits of one integer: how elements that may be stored as integers are handed on as bytes.
 * Like every slice it is a flyweight: reading the next element into it overwrites this one's digits too.
 */
export class ElementSlice extends Slice {
  readonly #digits = new Uint8Array(INT64_TEXT_BYTES_MAX);

  /** Points at the decimal text of a safe integer. */
  pointAtNumber(n: number): this {
    return this.point(this.#digits, 0, writeInteger(n, this.#digits, 0));
  }

  /** Points at the decimal text of any 64-bit integer. */
  pointAtWords(words: Int64Words): this {
    return this.point(this.#digits, 0, words.writeText(this.#digits, 0));
  }
}
