/**
 * Ziplist and zipmap: how older versions spelled small collections. They are only read, from payloads and files, and
 * become listpacks.
 *
 * ```text
 * ziplist   total bytes u32 | offset of the last entry u32 | entries u16 | entry ... | 0xff          little endian
 * entry     size of the entry before, u8, or 0xfe u32 | header | data
 * header    00xxxxxx string of 6 bits of length, 01xxxxxx x of 14, 10...... u32 of 32 (both big endian)
 *           11000000 i16, 11010000 i32, 11100000 i64, 11110000 i24, 11111110 i8, 1111xxxx 0..12, one less than xxxx
 * zipmap    pairs u8 (254: only a walk can tell) | pair ... | 0xff
 * pair      length of the field | field | length of the value | unused bytes u8 | value | unused bytes
 * length    u8 below 254, or any other byte and u32 of at least 254, little endian
 * ```
 *
 * Invariants: bytes are of unknown origin. Nothing outside of them is read, and what the reference refuses is refused. The
 * visitor may have seen elements before damage is found.
 */

import { Slice } from "../../sys/bytes.ts";
import { ElementSlice, Int64Words, readInt32 } from "../numbers/int64_words.ts";

const END = 0xff;
const ZIPLIST_HEADER_BYTES = 10;
const BIG_PREVIOUS = 0xfe;
const COUNT_UNKNOWN = 0xffff;

const STRING_14 = 0x40;
const STRING_32 = 0x80;
const INT_16 = 0xc0;
const INT_32 = 0xd0;
const INT_64 = 0xe0;
const INT_24 = 0xf0;
const INT_8 = 0xfe;
const IMMEDIATE_FIRST = 0xf1;
const IMMEDIATE_LAST = 0xfd;

const ZIPMAP_BIG = 254;

const words = new Int64Words();

/** Bytes of the header that begins with `first`, or 0 when there is no such header. */
function headerBytes(first: number): number {
  if (first < STRING_14) return 1;
  if (first < STRING_32) return 2;
  if (first < INT_16) return 5;
  return integerBytes(first) < 0 ? 0 : 1;
}

/** Bytes of the data of an integer entry, or -1 when there is no such entry. */
function integerBytes(first: number): number {
  switch (first) {
    case INT_8:
      return 1;
    case INT_16:
      return 2;
    case INT_24:
      return 3;
    case INT_32:
      return 4;
    case INT_64:
      return 8;
    default:
      return first >= IMMEDIATE_FIRST && first <= IMMEDIATE_LAST ? 0 : -1;
  }
}

/** Bytes of the data of the entry whose header is at `at`. */
function dataBytes(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < STRING_14) return first;
  if (first < STRING_32) return ((first & 0x3f) << 8) | bytes[at + 1]!;
  if (first >= INT_16) return integerBytes(first);
  return ((bytes[at + 1]! << 24) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 8) | bytes[at + 4]!) >>> 0;
}

/** Points `element` at the text of the integer with this header and its data at `at`. */
function pointAtInteger(element: ElementSlice, first: number, bytes: Uint8Array, at: number): void {
  if (first === INT_64) {
    element.pointAtWords(words.read(bytes, at));
    return;
  }
  const count = integerBytes(first);
  if (count === 0) {
    element.pointAtNumber(first - IMMEDIATE_FIRST);
    return;
  }
  let n = 0;
  for (let i = 0; i < count; i++) n |= bytes[at + i]! << (8 * i);
  const unused = 32 - 8 * count;
  element.pointAtNumber((n << unused) >> unused);
}

/**
 * Calls `visit` with each element in order and returns their number, or -1 when the bytes are no ziplist from the first
 * to the last. The slice is the same each time. O(n).
 */
export function readZiplist(bytes: Uint8Array, visit: (element: Slice) => void): number {
  const size = bytes.length;
  const last = size - 1;
  if (size <= ZIPLIST_HEADER_BYTES || readInt32(bytes, 0) >>> 0 !== size || bytes[last] !== END) return -1;
  const tail = readInt32(bytes, 4) >>> 0;
  if (tail > last) return -1;
  const element = new ElementSlice();
  let count = 0;
  let previous = -1;
  let at = ZIPLIST_HEADER_BYTES;
  while (bytes[at] !== END) {
    const previousBytes = bytes[at]! < BIG_PREVIOUS ? 1 : 5;
    const header = at + previousBytes;
    if (header > last) return -1;
    const previousSize = previousBytes === 1 ? bytes[at]! : readInt32(bytes, at + 1) >>> 0;
    if (previousSize !== (previous < 0 ? 0 : at - previous)) return -1;
    const first = bytes[header]!;
    const data = header + headerBytes(first);
    if (data === header || data > last) return -1;
    const next = data + dataBytes(bytes, header);
    if (next > last) return -1;
    if (first < INT_16) element.point(bytes, data, next);
    else pointAtInteger(element, first, bytes, data);
    visit(element);
    previous = at;
    at = next;
    count++;
  }
  if (at !== last || (previous >= 0 && previous !== tail)) return -1;
  const announced = bytes[8]! | (bytes[9]! << 8);
  return announced === COUNT_UNKNOWN || announced === count ? count : -1;
}

/**
 * Calls `visit` with each field and its value in order and returns the number of pairs, or -1 when the bytes are no zipmap,
 * or an empty one. The slices are the same each time. O(n).
 */
export function readZipmap(bytes: Uint8Array, visit: (field: Slice, value: Slice) => void): number {
  const last = bytes.length - 1;
  if (last < 1 || bytes[last] !== END) return -1;
  const field = new Slice();
  const value = new Slice();
  let count = 0;
  let at = 1;
  while (bytes[at] !== END) {
    let end = readZipmapString(bytes, at, 0, field);
    if (end < 0) return -1;
    const lengthAt = end;
    end = readZipmapString(bytes, lengthAt, 1, value);
    if (end < 0) return -1;
    at = end;
    visit(field, value);
    count++;
  }
  return count > 0 && (bytes[0] === ZIPMAP_BIG || bytes[0] === count) ? count : -1;
}

/**
 * Points `text` at the string whose length is at `at`, behind `counters` bytes that say how many unused bytes follow it.
 * Returns the position after all of it, or -1 when that is not inside the zipmap.
 */
function readZipmapString(bytes: Uint8Array, at: number, counters: 0 | 1, text: Slice): number {
  const last = bytes.length - 1;
  const lengthBytes = bytes[at]! < ZIPMAP_BIG ? 1 : 5;
  const start = at + lengthBytes + counters;
  if (start > last) return -1;
  const length = lengthBytes === 1 ? bytes[at]! : readInt32(bytes, at + 1) >>> 0;
  if (lengthBytes === 5 && length < ZIPMAP_BIG) return -1;
  const end = start + length + (counters === 1 ? bytes[start - 1]! : 0);
  if (end > last) return -1;
  text.point(bytes, start, start + length);
  return end;
}
