/**
 * One entry of a listpack: header, data, and the length of both once more ("back length"), so that a walk can go both ways.
 *
 * ```text
 * 0xxxxxxx             0..127                     11110001 i16    11110010 i24    11110011 i32    11110100 i64
 * 110xxxxx y           -4096..4095, 13 bits       10xxxxxx        string of 0..63 bytes
 * 1110xxxx y           string of 0..4095 bytes    11110000 u32    string of any length
 * 11111111             no entry, but the end
 * ```
 * Numbers are little endian, except the two halves of the 12 and 13 bits. The back length is read from the right, 7 bits
 * a byte, upper bit set in all but the leftmost.
 *
 * A _position_ is the index in `bytes` of an entry's first byte, or of the end byte.
 *
 * Invariants: all functions but {@linkcode validateEntry} trust the bytes. Text that is a canonical 64-bit integer is
 * stored as the shortest integer, so what this file writes has one spelling; elements from outside may have others, and
 * compare by their text all the same. Nothing is allocated.
 */

import { copyBytes, sameBytes } from "../../sys/bytes.ts";
import { ElementSlice, Int64Words, readInt32, writeInt32 } from "../numbers/int64_words.ts";

/** The byte behind the last entry. */
export const END = 0xff;

// First bytes: ranges for the encodings that carry data in theirs, exact values from STRING_32 on.
const UINT_7 = 0x00;
const STRING_6 = 0x80;
const INT_13 = 0xc0;
const STRING_12 = 0xe0;
const STRING_32 = 0xf0;
const INT_16 = 0xf1;
const INT_24 = 0xf2;
const INT_32 = 0xf3;
const INT_64 = 0xf4;

/** The integer of the value that {@linkcode encodingOf} saw last, or of the entry that is being read. */
const words = new Int64Words();

/** Bytes of header and data of the entry at `at`. */
function encodedBytes(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < STRING_6) return 1;
  if (first < INT_13) return 1 + (first & 0x3f);
  if (first < STRING_12) return 2;
  if (first < STRING_32) return 2 + (((first & 0x0f) << 8) | bytes[at + 1]!);
  switch (first) {
    case INT_16:
      return 3;
    case INT_24:
      return 4;
    case INT_32:
      return 5;
    case INT_64:
      return 9;
    default:
      return 5 + (readInt32(bytes, at + 1) >>> 0);
  }
}

/** Bytes that the back length of an entry of `size` bytes takes. The odd bounds are the format's. */
function backLengthBytes(size: number): number {
  if (size <= 127) return 1;
  if (size < 16383) return 2;
  if (size < 2097151) return 3;
  return size < 268435455 ? 4 : 5;
}

/** The back length that ends with `bytes[at]`, or -1 when it has more than 5 bytes. */
function readBackLength(bytes: Uint8Array, at: number): number {
  let byte = bytes[at]!;
  let length = byte & 0x7f;
  for (let scale = 0x80; byte >= 0x80; scale *= 0x80) {
    if (scale > 2 ** 28) return -1;
    byte = bytes[--at]!;
    length += (byte & 0x7f) * scale;
  }
  return length;
}

function isInteger(first: number): boolean {
  return first < STRING_6 || (first >= INT_13 && first < STRING_12) || first >= INT_16;
}

/** The integer of an entry of at most 32 bits. */
export function shortInteger(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < STRING_6) return first;
  if (first < STRING_12) return (((first & 0x1f) << 8 | bytes[at + 1]!) << 19) >> 19;
  if (first === INT_16) return ((bytes[at + 1]! | (bytes[at + 2]! << 8)) << 16) >> 16;
  if (first === INT_24) {
    return ((bytes[at + 1]! | (bytes[at + 2]! << 8) | (bytes[at + 3]! << 16)) << 8) >> 8;
  }
  return readInt32(bytes, at + 1);
}

/** Bytes before the data of a string entry. */
function stringHeaderBytes(first: number): number {
  return first < INT_13 ? 1 : first < STRING_32 ? 2 : 5;
}

/**
 * The element at `position` as a number if it is stored as an integer, rounded beyond 2^53; NaN if it is stored as a
 * string. What {@linkcode insert} stores as a string is never the canonical text of an integer.
 */
export function integerAt(bytes: Uint8Array, position: number): number {
  const first = bytes[position]!;
  if (!isInteger(first)) return NaN;
  return first === INT_64 ? words.read(bytes, position + 1).toDouble() : shortInteger(bytes, position);
}

/** Whether the element at `position` is `value[from, to)`, whichever way it is stored. */
export function elementEquals(
  bytes: Uint8Array,
  position: number,
  value: Uint8Array,
  from: number,
  to: number,
): boolean {
  const first = bytes[position]!;
  if (isInteger(first)) return words.parse(value, from, to) && isInteger64(bytes, position, words);
  return sameBytes(
    bytes,
    position + stringHeaderBytes(first),
    position + encodedBytes(bytes, position),
    value,
    from,
    to,
  );
}

/** Whether the integer entry at `position` is `value`. */
function isInteger64(bytes: Uint8Array, position: number, value: Int64Words): boolean {
  if (bytes[position] === INT_64) {
    return readInt32(bytes, position + 1) === value.low && readInt32(bytes, position + 5) === value.high;
  }
  const n = shortInteger(bytes, position);
  return n === value.low && n >> 31 === value.high;
}

/** First byte of the encoding for `value[from, to)`; for integers {@linkcode words} holds the number then. */
function encodingOf(value: Uint8Array, from: number, to: number): number {
  if (words.parse(value, from, to)) return encodingOfWords();
  const length = to - from;
  return length < 64 ? STRING_6 : length < 4096 ? STRING_12 : STRING_32;
}

/** First byte of the encoding for the integer in {@linkcode words}. */
function encodingOfWords(): number {
  const n = words.low;
  if (words.high !== n >> 31) return INT_64;
  if (n >= 0 && n <= 127) return UINT_7;
  if (n >= -4096 && n <= 4095) return INT_13;
  if (n >= -0x8000 && n <= 0x7fff) return INT_16;
  return n >= -0x800000 && n <= 0x7fffff ? INT_24 : INT_32;
}

/** Bytes of header and data in this encoding, for a string of `length` bytes. */
function bytesInEncoding(encoding: number, length: number): number {
  switch (encoding) {
    case UINT_7:
      return 1;
    case INT_13:
      return 2;
    case INT_16:
      return 3;
    case INT_24:
      return 4;
    case INT_32:
      return 5;
    case INT_64:
      return 9;
    default:
      return stringHeaderBytes(encoding) + length;
  }
}

/** Whether no element is at this position, but the end byte. */
export function isEnd(bytes: Uint8Array, position: number): boolean {
  return bytes[position] === END;
}

/** Position after the element at `position`. O(1). */
export function nextPosition(bytes: Uint8Array, position: number): number {
  const size = encodedBytes(bytes, position);
  return position + size + backLengthBytes(size);
}

/** Position of the entry that ends where the one at `position` begins. There must be one. O(1). */
export function entryBefore(bytes: Uint8Array, position: number): number {
  const size = readBackLength(bytes, position - 1);
  return position - size - backLengthBytes(size);
}

/** An element as bytes: of a string where it lies, of an integer its digits. One for each element looked at in parallel. */
export class ListpackEntry extends ElementSlice {
  /** Points at the element at `position` and returns the position after it. O(1). */
  read(bytes: Uint8Array, position: number): number {
    const first = bytes[position]!;
    const size = encodedBytes(bytes, position);
    const after = position + size;
    if (!isInteger(first)) this.point(bytes, position + stringHeaderBytes(first), after);
    else if (first === INT_64) this.pointAtWords(words.read(bytes, position + 1));
    else this.pointAtNumber(shortInteger(bytes, position));
    return after + backLengthBytes(size);
  }
}

/** Bytes of the element's text: what STRLEN of it would say. O(1). */
export function elementLength(bytes: Uint8Array, position: number): number {
  const first = bytes[position]!;
  if (!isInteger(first)) return encodedBytes(bytes, position) - stringHeaderBytes(first);
  scratchEntry.read(bytes, position);
  return scratchEntry.length;
}

const scratchEntry = new ListpackEntry();

/**
 * Position of the first element from `position` on that is `value[from, to)`, or -1. Between two that are compared
 * `skip` are passed over: 1 finds the fields of a hash and the members of a sorted set. O(n).
 */
export function find(
  bytes: Uint8Array,
  position: number,
  value: Uint8Array,
  from: number,
  to: number,
  skip = 0,
): number {
  const length = to - from;
  const integer = words.parse(value, from, to);
  // Names are alike at their beginning rather than at their end.
  const last = length > 0 ? value[to - 1]! : -1;
  let passing = 0;
  for (let p = position;;) {
    const first = bytes[p]!;
    if ((first & 0xc0) === STRING_6) {
      // By far the most are short strings: one byte before, one behind.
      const end = p + 1 + (first & 0x3f);
      if (passing > 0) passing--;
      else {
        passing = skip;
        if (
          end - p - 1 === length && (length === 0 || bytes[end - 1] === last) &&
          sameBytes(bytes, p + 1, end, value, from, to)
        ) return p;
      }
      p = end + 1;
      continue;
    }
    if (first === END) return -1;
    const size = encodedBytes(bytes, p);
    if (passing > 0) {
      passing--;
    } else {
      passing = skip;
      if (isInteger(first)) {
        if (integer && isInteger64(bytes, p, words)) return p;
      } else {
        const data = p + stringHeaderBytes(first);
        if (p + size - data === length && sameBytes(bytes, data, p + size, value, from, to)) return p;
      }
    }
    p += size + backLengthBytes(size);
  }
}

function writeBackLength(bytes: Uint8Array, at: number, size: number): void {
  const count = backLengthBytes(size);
  for (let i = at + count - 1; i >= at; i--) {
    bytes[i] = i > at ? size | 0x80 : size;
    size = Math.floor(size / 0x80);
  }
}

function writeHeaderAndData(
  bytes: Uint8Array,
  at: number,
  encoding: number,
  value: Uint8Array,
  from: number,
  to: number,
): void {
  const n = words.low;
  const length = to - from;
  switch (encoding) {
    case UINT_7:
      bytes[at] = n;
      return;
    case INT_13:
      bytes[at] = INT_13 | ((n >> 8) & 0x1f);
      bytes[at + 1] = n;
      return;
    case INT_64:
      bytes[at] = INT_64;
      words.write(bytes, at + 1);
      return;
    case INT_16:
    case INT_24:
    case INT_32:
      bytes[at] = encoding;
      for (let i = 0; i <= encoding - INT_16 + 1; i++) bytes[at + 1 + i] = n >> (8 * i);
      return;
    case STRING_6:
      bytes[at] = STRING_6 | length;
      break;
    case STRING_12:
      bytes[at] = STRING_12 | (length >> 8);
      bytes[at + 1] = length;
      break;
    default:
      bytes[at] = STRING_32;
      writeInt32(bytes, at + 1, length);
  }
  copyBytes(value, from, to, bytes, at + stringHeaderBytes(encoding));
}

/**
 * Size in bytes of an entry for `value[from, to)`, and a promise: {@linkcode writeEntry} of the same value may follow,
 * if nothing else of this file is called in between.
 */
export function prepareEntry(value: Uint8Array, from: number, to: number): number {
  prepared = encodingOf(value, from, to);
  const size = bytesInEncoding(prepared, to - from);
  return size + backLengthBytes(size);
}

let prepared = UINT_7;

/** As {@linkcode prepareEntry}, for an integer in two halves: {@linkcode writeEntry} follows, whatever value it is given. */
export function prepareInteger(high: number, low: number): number {
  words.high = high;
  words.low = low;
  prepared = encodingOfWords();
  const size = bytesInEncoding(prepared, 0);
  return size + backLengthBytes(size);
}

/** Writes the entry that was prepared last at `bytes[at]`. The value must not lie where the entry will. */
export function writeEntry(bytes: Uint8Array, at: number, value: Uint8Array, from: number, to: number): void {
  const size = bytesInEncoding(prepared, to - from);
  writeHeaderAndData(bytes, at, prepared, value, from, to);
  writeBackLength(bytes, at + size, size);
}

/**
 * Position after the entry at `position` when all of it is in order and lies before `last`, else -1. For bytes of unknown
 * origin: `last` is the index of the last byte that may be read, and at least 5 bytes lie before `position`.
 */
export function validateEntry(bytes: Uint8Array, position: number, last: number): number {
  const first = bytes[position]!;
  if (first > INT_64) return -1;
  if (position + (isInteger(first) ? 1 : stringHeaderBytes(first)) > last) return -1;
  const size = encodedBytes(bytes, position);
  const next = position + size + backLengthBytes(size);
  return next <= last && readBackLength(bytes, next - 1) === size ? next : -1;
}
