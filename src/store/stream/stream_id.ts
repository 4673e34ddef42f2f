/**
 * The id of an entry of a stream: two unsigned 64-bit integers, milliseconds and sequence, ordered in this order.
 *
 * Invariant: an id is four int32, the bit patterns of the halves of both numbers, so nothing is boxed and no bigint is made.
 * An id that somebody hands out is a flyweight, as a {@link Slice} is: whoever keeps one keeps a {@link StreamId.clone}.
 */

import { Int64Words } from "../numbers/int64_words.ts";
import { latin1Text } from "../../sys/bytes.ts";

const TWO_32 = 0x1_0000_0000;
const DASH = 0x2d;
const PLUS = 0x2b;
const ZERO = 0x30;

/** Bytes of an id in files. */
export const STREAM_ID_BYTES = 16;
/** `18446744073709551615-18446744073709551615` */
export const STREAM_ID_TEXT_BYTES_MAX = 41;
/** The reference takes no longer text for an id, however many zeros it begins with. */
const PARSED_TEXT_BYTES_MAX = 127;

/** An id that can be pointed at one after the other. */
export class StreamId {
  msHigh = 0;
  msLow = 0;
  sequenceHigh = 0;
  sequenceLow = 0;

  /** Two safe integers, not negative. */
  constructor(ms = 0, sequence = 0) {
    if (ms !== 0 || sequence !== 0) this.setTo(ms, sequence);
  }

  set(other: StreamId): this {
    this.msHigh = other.msHigh;
    this.msLow = other.msLow;
    this.sequenceHigh = other.sequenceHigh;
    this.sequenceLow = other.sequenceLow;
    return this;
  }

  /** Takes two safe integers, not negative. */
  setTo(ms: number, sequence: number): this {
    this.msHigh = (ms / TWO_32) | 0;
    this.msLow = ms | 0;
    this.sequenceHigh = (sequence / TWO_32) | 0;
    this.sequenceLow = sequence | 0;
    return this;
  }

  /** 0-0, less than which there is none. */
  setMin(): this {
    this.msHigh =
      this.msLow =
      this.sequenceHigh =
      this.sequenceLow =
        0;
    return this;
  }

  /** The greatest there is. */
  setMax(): this {
    this.msHigh =
      this.msLow =
      this.sequenceHigh =
      this.sequenceLow =
        -1;
    return this;
  }

  clone(): StreamId {
    return new StreamId().set(this);
  }

  /** Negative, 0 or positive, as this is less than, equal to or greater than the other. */
  compare(other: StreamId): number {
    if (this.msHigh !== other.msHigh) return (this.msHigh >>> 0) - (other.msHigh >>> 0);
    if (this.msLow !== other.msLow) return (this.msLow >>> 0) - (other.msLow >>> 0);
    if (this.sequenceHigh !== other.sequenceHigh) {
      return (this.sequenceHigh >>> 0) - (other.sequenceHigh >>> 0);
    }
    return (this.sequenceLow >>> 0) - (other.sequenceLow >>> 0);
  }

  equals(other: StreamId): boolean {
    return this.sequenceLow === other.sequenceLow && this.msLow === other.msLow &&
      this.msHigh === other.msHigh && this.sequenceHigh === other.sequenceHigh;
  }

  get isZero(): boolean {
    return (this.msHigh | this.msLow | this.sequenceHigh | this.sequenceLow) === 0;
  }

  get isMax(): boolean {
    return (this.msHigh & this.msLow & this.sequenceHigh & this.sequenceLow) === -1;
  }

  /** Moves on to the next id; false, and unchanged, when this is the greatest. */
  increment(): boolean {
    if (this.isMax) return false;
    this.sequenceLow = (this.sequenceLow + 1) | 0;
    if (this.sequenceLow !== 0) return true;
    this.sequenceHigh = (this.sequenceHigh + 1) | 0;
    if (this.sequenceHigh !== 0) return true;
    this.msLow = (this.msLow + 1) | 0;
    if (this.msLow === 0) this.msHigh = (this.msHigh + 1) | 0;
    return true;
  }

  /** Moves back to the id before; false, and unchanged, when this is 0-0. */
  decrement(): boolean {
    if (this.isZero) return false;
    this.sequenceLow = (this.sequenceLow - 1) | 0;
    if (this.sequenceLow !== -1) return true;
    this.sequenceHigh = (this.sequenceHigh - 1) | 0;
    if (this.sequenceHigh !== -1) return true;
    this.msLow = (this.msLow - 1) | 0;
    if (this.msLow === -1) this.msHigh = (this.msHigh - 1) | 0;
    return true;
  }

  /** The milliseconds, rounded beyond 2^53. */
  get ms(): number {
    return (this.msHigh >>> 0) * TWO_32 + (this.msLow >>> 0);
  }

  /** The sequence, rounded beyond 2^53. */
  get sequence(): number {
    return (this.sequenceHigh >>> 0) * TWO_32 + (this.sequenceLow >>> 0);
  }

  /** Takes {@link STREAM_ID_BYTES} bytes as files have them: milliseconds and sequence, big endian. */
  readBytes(bytes: Uint8Array, at: number): this {
    this.msHigh = readBigEndian(bytes, at);
    this.msLow = readBigEndian(bytes, at + 4);
    this.sequenceHigh = readBigEndian(bytes, at + 8);
    this.sequenceLow = readBigEndian(bytes, at + 12);
    return this;
  }

  /** Writes what {@link readBytes} reads. */
  writeBytes(bytes: Uint8Array, at: number): void {
    writeBigEndian(bytes, at, this.msHigh);
    writeBigEndian(bytes, at + 4, this.msLow);
    writeBigEndian(bytes, at + 8, this.sequenceHigh);
    writeBigEndian(bytes, at + 12, this.sequenceLow);
  }
}

function readBigEndian(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

function writeBigEndian(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 24;
  bytes[at + 1] = value >> 16;
  bytes[at + 2] = value >> 8;
  bytes[at + 3] = value;
}

// ---- text -----------------------------------------------------------------------------------------------------

const number = new Int64Words();

/**
 * Reads an unsigned 64-bit integer as the reference reads the parts of an id: more forms than the canonical one are taken,
 * such as leading zeros, blanks and a sign, and the text ends with a zero byte. False, and unchanged, when it is none.
 */
export function parseUint64Words(bytes: Uint8Array, start: number, end: number, into: Int64Words): boolean {
  let at = start;
  while (at < end && isBlank(bytes[at]!)) at++;
  const hasSign = at < end && (bytes[at] === DASH || bytes[at] === PLUS);
  const isNegative = hasSign && bytes[at] === DASH;
  if (hasSign) at++;
  const digits = at;
  let high = 0;
  let low = 0;
  for (; at < end && bytes[at] !== 0; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return false;
    low = low * 10 + digit;
    high = high * 10 + Math.floor(low / TWO_32);
    if (high >= TWO_32) return false;
    low = low % TWO_32;
  }
  if (at === digits) return false;
  if (isNegative) {
    // The canonical text of a negative number is refused; others come round, as they do in C.
    const isCanonical = digits === start + 1 && bytes[digits] !== ZERO;
    const fitsSigned = high < 0x8000_0000 || (high === 0x8000_0000 && low === 0);
    if (isCanonical && fitsSigned) return false;
    low = -low >>> 0;
    high = low === 0 ? -high >>> 0 : ~high >>> 0;
  }
  into.high = high | 0;
  into.low = low | 0;
  return true;
}

/** What C counts as white space. */
function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/**
 * Parses `milliseconds` or `milliseconds-sequence`, each in 0..2^64 - 1: see {@link parseUint64Words}. False, and `into`
 * unchanged, when it is no id.
 * @param missingSequence what sequence a text without one stands for
 */
export function parseStreamId(
  bytes: Uint8Array,
  start: number,
  end: number,
  missingSequence: "min" | "max",
  into: StreamId,
): boolean {
  if (end - start > PARSED_TEXT_BYTES_MAX) return false;
  let dash = start;
  while (dash < end && bytes[dash] !== DASH && bytes[dash] !== 0) dash++;
  if (!parseUint64Words(bytes, start, dash, number)) return false;
  const { high, low } = number;
  if (dash < end && bytes[dash] === DASH) {
    if (!parseUint64Words(bytes, dash + 1, end, number)) return false;
    into.sequenceHigh = number.high;
    into.sequenceLow = number.low;
  } else {
    into.sequenceHigh = into.sequenceLow = missingSequence === "min" ? 0 : -1;
  }
  into.msHigh = high;
  into.msLow = low;
  return true;
}

/** Writes `milliseconds-sequence` at `out[at]`, at most {@link STREAM_ID_TEXT_BYTES_MAX} bytes; the position after it. */
export function writeStreamId(id: StreamId, out: Uint8Array, at: number): number {
  const dash = writeUint64(id.msHigh, id.msLow, out, at);
  out[dash] = DASH;
  return writeUint64(id.sequenceHigh, id.sequenceLow, out, dash + 1);
}

/** Writes an unsigned integer of two words in decimal; the position after it. At most 20 bytes. */
export function writeUint64(high: number, low: number, out: Uint8Array, at: number): number {
  if (high >= 0) {
    number.high = high;
    number.low = low;
    return number.writeText(out, at);
  }
  // Without its last digit it is a signed number too: (2^32 high + low) / 10, by long division.
  const top = high >>> 0;
  const quotientHigh = Math.floor(top / 10);
  const rest = (top - quotientHigh * 10) * TWO_32 + (low >>> 0);
  const quotientLow = Math.floor(rest / 10);
  number.high = quotientHigh;
  number.low = quotientLow | 0;
  const end = number.writeText(out, at);
  out[end] = ZERO + (rest - quotientLow * 10);
  return end + 1;
}

const text = new Uint8Array(STREAM_ID_TEXT_BYTES_MAX);

/** The id as text, for messages and tests. */
export function streamIdText(id: StreamId): string {
  return latin1Text(text, 0, writeStreamId(id, text, 0));
}
