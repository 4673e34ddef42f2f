/**
 * Intset: distinct 64-bit integers in ascending order, the small encoding of sets of integers. The bytes are the reference's
 * own, so DUMP, RESTORE and files copy them.
 *
 *     bytes an element u32: 2, 4 or 8 | elements u32 | element ... element          little endian, two's complement
 *
 * Everything works on `(bytes, start)`, where an intset begins at `bytes[start]`. Adding takes three steps, so that its
 * owner can enlarge the block between them and no search is done twice:
 *
 *     const found = intsetFind(bytes, start, value);
 *     if (found < 0) { ... room for intsetBytesAfterInsert(bytes, start, value) ...; intsetInsert(bytes, start, ~found, value); }
 *
 * Invariants: all elements have the width of the first that needed it; removal never narrows them. All functions but
 * {@linkcode validateIntset} trust the bytes. Exact over 64 bits; nothing is allocated.
 */

import { copyBytes } from "../../sys/bytes.ts";
import { type ElementSlice, Int64Words, readInt32, writeInt32 } from "../numbers/int64_words.ts";

export const INTSET_HEADER_BYTES = 8;

const words = new Int64Words();

/** Number of elements. O(1). */
export function intsetCount(bytes: Uint8Array, start: number): number {
  return readInt32(bytes, start + 4) >>> 0;
}

/** Bytes of the whole intset. O(1). */
export function intsetBytes(bytes: Uint8Array, start: number): number {
  return INTSET_HEADER_BYTES + intsetCount(bytes, start) * bytes[start]!;
}

/** Writes an intset without elements: {@linkcode INTSET_HEADER_BYTES} bytes. */
export function writeEmptyIntset(bytes: Uint8Array, start: number): void {
  writeInt32(bytes, start, 2);
  writeInt32(bytes, start + 4, 0);
}

/** Bytes that an element of this value takes at least. */
function widthOf(value: Int64Words): number {
  const n = value.low;
  if (value.high !== n >> 31) return 8;
  return n >= -0x8000 && n <= 0x7fff ? 2 : 4;
}

/** The element of at most 4 bytes at `at`. */
function shortElement(bytes: Uint8Array, at: number, width: number): number {
  return width === 2 ? ((bytes[at]! | (bytes[at + 1]! << 8)) << 16) >> 16 : readInt32(bytes, at);
}

function writeElement(bytes: Uint8Array, at: number, width: number, value: Int64Words): void {
  if (width === 8) {
    value.write(bytes, at);
  } else if (width === 4) {
    writeInt32(bytes, at, value.low);
  } else {
    bytes[at] = value.low;
    bytes[at + 1] = value.low >> 8;
  }
}

/** Sets `value` to the element at `index`, in 0..count - 1. O(1). */
export function intsetGet(bytes: Uint8Array, start: number, index: number, value: Int64Words): void {
  const width = bytes[start]!;
  const at = start + INTSET_HEADER_BYTES + index * width;
  if (width === 8) value.read(bytes, at);
  else value.setNumber(shortElement(bytes, at, width));
}

/** Points `member` at the text of the element at `index`, in 0..count - 1. A random index draws a random member. O(1). */
export function intsetMember(bytes: Uint8Array, start: number, index: number, member: ElementSlice): void {
  const width = bytes[start]!;
  const at = start + INTSET_HEADER_BYTES + index * width;
  if (width === 8) member.pointAtWords(words.read(bytes, at));
  else member.pointAtNumber(shortElement(bytes, at, width));
}

/** Index of `value`, or `~i` (negative) when it is absent and belongs before the element at index i. O(log n). */
export function intsetFind(bytes: Uint8Array, start: number, value: Int64Words): number {
  const count = intsetCount(bytes, start);
  const width = bytes[start]!;
  if (widthOf(value) > width) return value.high < 0 ? ~0 : ~count;
  const elements = start + INTSET_HEADER_BYTES;
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const at = elements + middle * width;
    const order = width === 8
      ? value.compare(readInt32(bytes, at + 4), readInt32(bytes, at))
      : value.low - shortElement(bytes, at, width);
    if (order === 0) return middle;
    if (order > 0) low = middle + 1;
    else high = middle - 1;
  }
  return ~low;
}

/** Bytes of the intset after {@linkcode intsetInsert} of this value. */
export function intsetBytesAfterInsert(bytes: Uint8Array, start: number, value: Int64Words): number {
  return INTSET_HEADER_BYTES +
    (intsetCount(bytes, start) + 1) * Math.max(bytes[start]!, widthOf(value));
}

/**
 * Inserts an absent `value` before the element at `index`, which must be where it belongs ({@linkcode intsetFind}). There
 * must be room for {@linkcode intsetBytesAfterInsert}. O(n).
 */
export function intsetInsert(bytes: Uint8Array, start: number, index: number, value: Int64Words): void {
  const width = widthOf(value);
  if (width > bytes[start]!) widen(bytes, start, width);
  const end = start + intsetBytes(bytes, start);
  const at = start + INTSET_HEADER_BYTES + index * bytes[start]!;
  copyBytes(bytes, at, end, bytes, at + bytes[start]!);
  writeElement(bytes, at, bytes[start]!, value);
  writeInt32(bytes, start + 4, intsetCount(bytes, start) + 1);
}

/** Spells all elements with `width` bytes. From the last to the first, since each moves to the right. */
function widen(bytes: Uint8Array, start: number, width: number): void {
  const elements = start + INTSET_HEADER_BYTES;
  for (let i = intsetCount(bytes, start) - 1; i >= 0; i--) {
    intsetGet(bytes, start, i, words);
    writeElement(bytes, elements + i * width, width, words);
  }
  bytes[start] = width;
}

/** Removes the element at `index`, in 0..count - 1. O(n). */
export function intsetRemove(bytes: Uint8Array, start: number, index: number): void {
  const width = bytes[start]!;
  const at = start + INTSET_HEADER_BYTES + index * width;
  copyBytes(bytes, at + width, start + intsetBytes(bytes, start), bytes, at);
  writeInt32(bytes, start + 4, intsetCount(bytes, start) - 1);
}

/**
 * Number of elements when `bytes[start, start + size)` is an intset of at least one element, in order and without
 * duplicates, else -1. For bytes of unknown origin; reads nothing outside of them. O(n).
 */
export function validateIntset(bytes: Uint8Array, start: number, size: number): number {
  if (size < INTSET_HEADER_BYTES || start + size > bytes.length) return -1;
  const width = readInt32(bytes, start);
  if (width !== 2 && width !== 4 && width !== 8) return -1;
  const count = intsetCount(bytes, start);
  if (count === 0 || intsetBytes(bytes, start) !== size) return -1;
  intsetGet(bytes, start, 0, words);
  for (let i = 1; i < count; i++) {
    const { high, low } = words;
    intsetGet(bytes, start, i, words);
    if (words.compare(high, low) <= 0) return -1;
  }
  return count;
}
