/**
 * The alphabet of the RDB format, version 10: lengths, strings and fixed-width numbers, appended to a growing buffer
 * and read back from one. DUMP payloads, RDB files, full sync and swapped-out values are all spelled with it.
 *
 * Lengths: `00xxxxxx` 6 bits, `01xxxxxx x` 14 bits, `0x80` and 4 bytes, `0x81` and 8 bytes, big endian. A first byte
 * `11xxxxxx` announces a special string instead: 0, 1, 2 an integer of 8, 16, 32 bits (little endian) that stands for
 * its decimal text; 3 an LZF string (compressed length, length, data). Fixed-width numbers are little endian.
 *
 * Invariants: a value has one spelling (the shortest length, integers wherever the text is canonical and fits), so
 * equal values give equal bytes. The reader never leaves its bounds, never allocates more than the payload can
 * stand for, and throws RdbError at the first byte that makes no sense.
 */

import { parseSafeInteger, writeInteger } from "./int64.ts";
import { lzfCompress, lzfDecompress } from "./lzf.ts";

/** Shortest string, in bytes, that compression is tried on. */
export const LZF_STRING_BYTES_MIN = 21;

/** `-2147483648`, the longest text that is stored as an integer. */
const INTEGER_TEXT_BYTES_MAX = 11;

/** Most bytes that one byte of LZF can stand for (3 bytes copy up to 264). */
const LZF_EXPANSION_MAX = 88;

const LENGTH_32 = 0x80;
const LENGTH_64 = 0x81;
const ENCODED = 0xc0;

/** Special string encodings, as they follow {@linkcode RdbReader.lengthOrEncoding}. */
export const RDB_ENCODING_INT8 = 0;
export const RDB_ENCODING_INT16 = 1;
export const RDB_ENCODING_INT32 = 2;
export const RDB_ENCODING_LZF = 3;

/** Bytes that are no valid RDB data. The message says what was wrong and where. */
export class RdbError extends Error {
  override readonly name = "RdbError";
}

/** Appends RDB elements to a buffer that grows by doubling. */
export class RdbWriter {
  #buffer: Uint8Array;
  #view: DataView;
  #length = 0;
  /** Whether strings of {@linkcode LZF_STRING_BYTES_MIN} bytes and more are compressed where that saves. */
  compression: boolean;

  constructor(options: { compression?: boolean; capacity?: number } = {}) {
    this.compression = options.compression ?? true;
    this.#buffer = new Uint8Array(options.capacity ?? 256);
    this.#view = new DataView(this.#buffer.buffer);
  }

  /** Bytes written since the last {@linkcode reset}. */
  get length(): number {
    return this.#length;
  }

  /** What was written, as a view that the next write may overwrite or abandon. */
  written(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** What was written, as bytes of their own. */
  toBytes(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  /** Forgets what was written and keeps the buffer: a file writer calls this after each chunk. */
  reset(): void {
    this.#length = 0;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
    this.#view = new DataView(grown.buffer);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  /** `source[start, end)` as it is, without a length. */
  raw(source: Uint8Array, start = 0, end = source.length): void {
    this.#reserve(end - start);
    this.#buffer.set(
      start === 0 && end === source.length ? source : source.subarray(start, end),
      this.#length,
    );
    this.#length += end - start;
  }

  uint16(value: number): void {
    this.#reserve(2);
    this.#view.setUint16(this.#length, value, true);
    this.#length += 2;
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  /** 8 bytes; negative numbers in two's complement. Times in milliseconds are spelled so. */
  uint64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigUint64(this.#length, BigInt.asUintN(64, value), true);
    this.#length += 8;
  }

  /** The 8 bytes of an IEEE double. */
  float64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** A length or count; a safe integer, not negative. */
  lengthPrefix(value: number): void {
    this.#reserve(9);
    if (value < 1 << 6) {
      this.#buffer[this.#length++] = value;
    } else if (value < 1 << 14) {
      this.#buffer[this.#length++] = 0x40 | (value >> 8);
      this.#buffer[this.#length++] = value & 0xff;
    } else if (value <= 0xffffffff) {
      this.#buffer[this.#length] = LENGTH_32;
      this.#view.setUint32(this.#length + 1, value);
      this.#length += 5;
    } else {
      this.#buffer[this.#length] = LENGTH_64;
      this.#view.setBigUint64(this.#length + 1, BigInt(value));
      this.#length += 9;
    }
  }

  /** An integer of at most 32 bits as a string element: 2, 3 or 5 bytes. */
  #integerString(value: number): void {
    this.#reserve(5);
    if (value >= -128 && value <= 127) {
      this.#buffer[this.#length] = ENCODED | RDB_ENCODING_INT8;
      this.#view.setInt8(this.#length + 1, value);
      this.#length += 2;
    } else if (value >= -32768 && value <= 32767) {
      this.#buffer[this.#length] = ENCODED | RDB_ENCODING_INT16;
      this.#view.setInt16(this.#length + 1, value, true);
      this.#length += 3;
    } else {
      this.#buffer[this.#length] = ENCODED | RDB_ENCODING_INT32;
      this.#view.setInt32(this.#length + 1, value, true);
      this.#length += 5;
    }
  }

  /**
   * `source[start, end)` as a string element: as an integer where it is the canonical text of one of 32 bits, else
   * compressed where that is on and saves, else as it is. O(n).
   */
  string(source: Uint8Array, start = 0, end = source.length): void {
    const size = end - start;
    if (size <= INTEGER_TEXT_BYTES_MAX) {
      const value = parseSafeInteger(source, start, end);
      if (value >= -0x80000000 && value <= 0x7fffffff) {
        this.#integerString(value);
        return;
      }
    } else if (size >= LZF_STRING_BYTES_MIN && this.compression && this.#compressed(source, start, end)) {
      return;
    }
    this.lengthPrefix(size);
    this.raw(source, start, end);
  }

  /** Tries the LZF spelling; false, with nothing written, when it would not save at least 4 bytes. */
  #compressed(source: Uint8Array, start: number, end: number): boolean {
    const size = end - start;
    // The data is made behind the room that the two lengths need at most, then moved up to them.
    const room = 1 + 9 + 9;
    this.#reserve(room + size);
    const dataAt = this.#length + room;
    const target = this.#buffer.subarray(dataAt, dataAt + size - 4);
    const compressedSize = lzfCompress(source.subarray(start, end), target);
    if (compressedSize === 0) return false;
    this.byte(ENCODED | RDB_ENCODING_LZF);
    this.lengthPrefix(compressedSize);
    this.lengthPrefix(size);
    this.#buffer.copyWithin(this.#length, dataAt, dataAt + compressedSize);
    this.#length += compressedSize;
    return true;
  }
}

/** Reads RDB elements from `bytes[position, end)`; every method throws RdbError where the data is damaged. */
export class RdbReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  /** Index of the next byte to read. */
  position: number;

  constructor(bytes: Uint8Array, position = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = end;
    this.position = position;
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.#end - this.position;
  }

  /** Moves past `count` bytes and returns where they begin. */
  #take(count: number): number {
    const at = this.position;
    if (count > this.#end - at) {
      throw new RdbError(`${count} bytes expected at ${at}, ${this.#end - at} left`);
    }
    this.position = at + count;
    return at;
  }

  byte(): number {
    return this.#bytes[this.#take(1)]!;
  }

  /** The next `count` bytes, as a view of the source. */
  raw(count: number): Uint8Array {
    const at = this.#take(count);
    return this.#bytes.subarray(at, at + count);
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  uint64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.#take(8), true);
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** A length, or `-1 - encoding` where a special string is announced. */
  lengthOrEncoding(): number {
    const at = this.position;
    const first = this.byte();
    switch (first >> 6) {
      case 0:
        return first;
      case 1:
        return ((first & 0x3f) << 8) | this.byte();
      case 3:
        return -1 - (first & 0x3f);
      default:
    }
    if (first === LENGTH_32) return this.#view.getUint32(this.#take(4));
    if (first !== LENGTH_64) throw new RdbError(`unknown length encoding ${first} at ${at}`);
    const length = this.#view.getBigUint64(this.#take(8));
    if (length > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new RdbError(`length ${length} at ${at} is impossible`);
    }
    return Number(length);
  }

  /**
   * A length or count where nothing else may stand. (A first byte `11xxxxxx` counts as the 6 bits after it, as in the
   * reference.)
   */
  length(): number {
    const length = this.lengthOrEncoding();
    return length < 0 ? -1 - length : length;
  }

  /**
   * A string element, whatever its encoding. Plain strings are returned as a view of the source: copy what must
   * outlive it. O(n).
   */
  string(): Uint8Array {
    const at = this.position;
    const length = this.lengthOrEncoding();
    if (length >= 0) return this.raw(length);
    switch (-1 - length) {
      case RDB_ENCODING_INT8:
        return integerText(this.#view.getInt8(this.#take(1)));
      case RDB_ENCODING_INT16:
        return integerText(this.#view.getInt16(this.#take(2), true));
      case RDB_ENCODING_INT32:
        return integerText(this.#view.getInt32(this.#take(4), true));
      case RDB_ENCODING_LZF:
        return this.#lzfString(at);
      default:
        throw new RdbError(`unknown string encoding ${-1 - length} at ${at}`);
    }
  }

  #lzfString(at: number): Uint8Array {
    const compressedSize = this.length();
    const size = this.length();
    const compressed = this.raw(compressedSize);
    // Nothing is expected, so nothing can be wrong: the reference does not look at the data either.
    if (size === 0) return new Uint8Array(0);
    if (size > compressedSize * LZF_EXPANSION_MAX) throw new RdbError(`impossible LZF length at ${at}`);
    const value = new Uint8Array(size);
    if (lzfDecompress(compressed, value) !== size) throw new RdbError(`damaged LZF string at ${at}`);
    return value;
  }
}

function integerText(value: number): Uint8Array {
  const text = new Uint8Array(INTEGER_TEXT_BYTES_MAX);
  return text.subarray(0, writeInteger(value, text, 0));
}
