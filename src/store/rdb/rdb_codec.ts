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

import { copyBytes, NO_BYTES } from "../../sys/bytes.ts";
import { parseSafeInteger, writeInteger } from "../numbers/int64.ts";
import type { ElementSlice, Int64Words } from "../numbers/int64_words.ts";
import { lzfCompressRange, lzfDecompressRange } from "../packed/lzf.ts";

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

/** Bytes that are no valid RDB data. The message says what was wrong; where, the reader's position does. */
export class RdbError extends Error {
  override readonly name: string = "RdbError";
}

/** The bytes end within an element. Whoever can get more may read once more from where the record begins. */
export class RdbShortError extends RdbError {
  override readonly name = "RdbShortError";
  /** Index behind the last byte that the element needs at least. */
  readonly needed: number;

  constructor(needed: number) {
    super("Unexpected EOF reading RDB file");
    this.needed = needed;
  }
}

/** Appends RDB elements to a buffer that grows by doubling. */
export class RdbWriter {
  #buffer: Uint8Array;
  #view: DataView;
  #length = 0;
  /** What was compressed last: mostly the same segment of the arena. */
  #source: Uint8Array = NO_BYTES;
  #sourceView: DataView = new DataView(NO_BYTES.buffer);
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

  /** Forgets what was written and keeps the buffer. */
  reset(): void {
    this.#length = 0;
  }

  /** Hands over what was written, together with its buffer, and goes on with another one. */
  exchange(next: Uint8Array): Uint8Array {
    const written = this.written();
    this.#buffer = next;
    this.#view = new DataView(next.buffer, next.byteOffset, next.byteLength);
    this.#length = 0;
    return written;
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

  /** Writes a byte over the one at `at`: for what is known only when more has been written. */
  overwrite(at: number, value: number): void {
    this.#buffer[at] = value;
  }

  /** `source[start, end)` as it is, without a length. */
  raw(source: Uint8Array, start = 0, end = source.length): void {
    this.#reserve(end - start);
    copyBytes(source, start, end, this.#buffer, this.#length);
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

  /** The same for a number of 64 bits without a sign, in two words. */
  lengthWords(high: number, low: number): void {
    if (high === 0) return this.lengthPrefix(low >>> 0);
    this.#reserve(9);
    this.#buffer[this.#length] = LENGTH_64;
    this.#view.setInt32(this.#length + 1, high);
    this.#view.setInt32(this.#length + 5, low);
    this.#length += 9;
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
    // The data is made where it belongs when both lengths take the same number of bytes, as they mostly do.
    const lengthBytes = size < 1 << 6 ? 1 : size < 1 << 14 ? 2 : size <= 0xffffffff ? 5 : 9;
    const room = 1 + 2 * lengthBytes;
    this.#reserve(room + size);
    const at = this.#length + room;
    if (source !== this.#source) {
      this.#source = source;
      this.#sourceView = new DataView(source.buffer, source.byteOffset, source.byteLength);
    }
    const view = this.#sourceView;
    const compressedSize = lzfCompressRange(source, view, start, end, this.#buffer, at, at + size - 4);
    if (compressedSize === 0) return false;
    this.#buffer[this.#length++] = ENCODED | RDB_ENCODING_LZF;
    this.lengthPrefix(compressedSize);
    this.lengthPrefix(size);
    if (this.#length !== at) this.#buffer.copyWithin(this.#length, at, at + compressedSize);
    this.#length += compressedSize;
    return true;
  }
}

/**
 * Reads RDB elements from `bytes[position, end)`; every method throws RdbError where the data is damaged, and RdbShortError
 * where it ends too early: then the position is that of the part that is missing.
 */
export class RdbReader {
  #bytes: Uint8Array;
  #view: DataView;
  #end: number;
  /** Index of the next byte to read. */
  position: number;

  // What locateString() found.
  #stringBytes: Uint8Array = NO_BYTES;
  #stringStart = 0;
  #stringEnd = 0;
  #stringSize = 0;
  #isCompressed = false;
  #isInteger = false;
  #integer = 0;
  /** Where strings were decompressed to last: mostly the same segment of the arena. */
  #into: Uint8Array = NO_BYTES;
  #intoView: DataView = new DataView(NO_BYTES.buffer);
  readonly #digits = new Uint8Array(INTEGER_TEXT_BYTES_MAX);

  constructor(bytes: Uint8Array, position = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = end;
    this.position = position;
  }

  /** Goes on in another stretch of bytes. */
  point(bytes: Uint8Array, position: number, end: number): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
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
    if (count > this.#end - at) throw new RdbShortError(at + count);
    this.position = at + count;
    return at;
  }

  byte(): number {
    const at = this.position;
    if (at >= this.#end) throw new RdbShortError(at + 1);
    this.position = at + 1;
    return this.#bytes[at]!;
  }

  /** The next `count` bytes, as a view of the source. */
  raw(count: number): Uint8Array {
    const at = this.#take(count);
    return this.#bytes.subarray(at, at + count);
  }

  /** Asks for `count` bytes without moving: they belong together. */
  need(count: number): void {
    if (count > this.#end - this.position) throw new RdbShortError(this.position + count);
  }

  /** Moves past `count` bytes. */
  skip(count: number): void {
    this.#take(count);
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
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
    const first = this.byte();
    if (first < 0x40) return first;
    if (first < LENGTH_32) return ((first & 0x3f) << 8) | this.byte();
    if (first >= ENCODED) return -1 - (first & 0x3f);
    if (first === LENGTH_32) return this.#view.getUint32(this.#take(4));
    const length = this.#length64(first);
    // Nothing is that long: the end comes first.
    if (length > BigInt(Number.MAX_SAFE_INTEGER)) throw new RdbShortError(Infinity);
    return Number(length);
  }

  #length64(first: number): bigint {
    if (first !== LENGTH_64) throw new RdbError(`Unknown length encoding ${first >> 6} in rdbLoadLen()`);
    return this.#view.getBigUint64(this.#take(8));
  }

  /**
   * A length or count where nothing else may stand. (A first byte `11xxxxxx` counts as the 6 bits after it, as in the
   * reference.)
   */
  length(): number {
    const length = this.lengthOrEncoding();
    return length < 0 ? -1 - length : length;
  }

  /** A number that is spelled as a length and may take all of 64 bits: parts of stream ids, names of modules. */
  bigLength(): bigint {
    const at = this.position;
    const first = this.byte();
    if (first > LENGTH_32 && first < ENCODED) return this.#length64(first);
    this.position = at;
    return BigInt(this.length());
  }

  /** The same, without a bigint. */
  lengthWords(into: Int64Words): void {
    const at = this.position;
    if (this.byte() !== LENGTH_64) {
      this.position = at;
      into.setNumber(this.length());
      return;
    }
    const words = this.#take(8);
    into.high = this.#view.getInt32(words);
    into.low = this.#view.getInt32(words + 4);
  }

  /**
   * Moves past a string element, whatever its encoding, and returns its size in bytes; {@linkcode copyString} and
   * {@linkcode pointAtString} give its bytes. O(1).
   */
  locateString(): number {
    const length = this.lengthOrEncoding();
    if (length >= 0) {
      this.#stringStart = this.#take(length);
      this.#stringBytes = this.#bytes;
      this.#stringEnd = this.position;
      this.#isCompressed = this.#isInteger = false;
      return this.#stringSize = length;
    }
    switch (-1 - length) {
      case RDB_ENCODING_INT8:
        return this.#locateInteger(this.#view.getInt8(this.#take(1)));
      case RDB_ENCODING_INT16:
        return this.#locateInteger(this.#view.getInt16(this.#take(2), true));
      case RDB_ENCODING_INT32:
        return this.#locateInteger(this.#view.getInt32(this.#take(4), true));
      case RDB_ENCODING_LZF:
        return this.#locateCompressed();
      default:
        throw new RdbError(`Unknown RDB string encoding type ${-1 - length}`);
    }
  }

  #locateInteger(value: number): number {
    this.#integer = value;
    this.#stringBytes = this.#digits;
    this.#stringStart = 0;
    this.#stringEnd = writeInteger(value, this.#digits, 0);
    this.#isCompressed = false;
    this.#isInteger = true;
    return this.#stringSize = this.#stringEnd;
  }

  #locateCompressed(): number {
    const compressedSize = this.length();
    const size = this.length();
    this.#stringStart = this.#take(compressedSize);
    this.#stringBytes = this.#bytes;
    this.#stringEnd = this.position;
    this.#isCompressed = true;
    this.#isInteger = false;
    if (size > compressedSize * LZF_EXPANSION_MAX) throw new RdbError("Invalid LZF compressed string");
    return this.#stringSize = size;
  }

  /** Whether the string that was located is spelled as an integer. */
  get isIntegerString(): boolean {
    return this.#isInteger;
  }

  /** Whether the string that was located is spelled in LZF. */
  get isCompressedString(): boolean {
    return this.#isCompressed;
  }

  /** Writes the string that was located last to `into`, from `at` on; there must be room. O(n). */
  copyString(into: Uint8Array, at: number): void {
    if (!this.#isCompressed) {
      copyBytes(this.#stringBytes, this.#stringStart, this.#stringEnd, into, at);
      return;
    }
    const size = this.#stringSize;
    // Nothing is expected, so nothing can be wrong: the reference does not look at the data either.
    if (size === 0) return;
    if (into !== this.#into) {
      this.#into = into;
      this.#intoView = new DataView(into.buffer, into.byteOffset, into.byteLength);
    }
    const made = lzfDecompressRange(
      this.#bytes,
      this.#view,
      this.#stringStart,
      this.#stringEnd,
      into,
      this.#intoView,
      at,
      at + size,
    );
    if (made !== size) throw new RdbError("Invalid LZF compressed string");
  }

  /** Points at the string that was located last: where it lies, if it lies there as it is. O(1), compressed O(n). */
  pointAtString(into: ElementSlice): ElementSlice {
    if (this.#isCompressed) {
      const bytes = new Uint8Array(this.#stringSize);
      this.copyString(bytes, 0);
      return into.point(bytes, 0, bytes.length);
    }
    if (!this.#isInteger) return into.point(this.#bytes, this.#stringStart, this.#stringEnd);
    return into.pointAtNumber(this.#integer);
  }

  /**
   * A string element, whatever its encoding. Plain strings are returned as a view of the source: copy what must
   * outlive it. O(n).
   */
  string(): Uint8Array {
    const size = this.locateString();
    if (!this.#isCompressed && !this.#isInteger) {
      return this.#bytes.subarray(this.#stringStart, this.#stringEnd);
    }
    const value = new Uint8Array(size);
    this.copyString(value, 0);
    return value;
  }
}
