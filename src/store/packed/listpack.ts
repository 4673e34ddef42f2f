/**
 * Listpack: many short elements in one stretch of bytes, the small encoding of lists, hashes and sorted sets. The bytes
 * are the reference's own, so DUMP, RESTORE and files copy them.
 *
 *     total bytes u32 | elements u16 | entry ... entry | 0xff          little endian; entries: listpack_entry.ts
 *
 * An element count of 65535 means that only a walk can tell.
 *
 * How to use it: everything works on `(bytes, start)`, where a listpack begins at `bytes[start]`, be it in an arena's
 * segment or in a payload. A _position_ is the index in `bytes` of an entry, or of the end byte. A walk is
 *
 *     for (let p = firstPosition(start); !isEnd(bytes, p);) p = entry.read(bytes, p), use(entry);
 *
 * Changes happen in place and ask for room first: {@linkcode bytesAfterInsert} and its like say what the listpack will
 * take from `start` on, and whoever owns the block enlarges it when that is more than it has. Positions behind a change
 * move, positions before it stay.
 *
 * Invariants: all functions but {@linkcode validateListpack} trust the bytes, so whatever comes from outside is validated
 * once. Nothing is allocated, except by {@linkcode ListpackBuilder}.
 */

import { copyBytes } from "../../sys/bytes.ts";
import { readInt32, writeInt32 } from "../numbers/int64_words.ts";
import { END, entryBefore, nextPosition, prepareEntry, validateEntry, writeEntry } from "./listpack_entry.ts";

export {
  elementEquals,
  elementLength,
  find,
  integerAt,
  isEnd,
  ListpackEntry,
  nextPosition,
} from "./listpack_entry.ts";

export const LISTPACK_HEADER_BYTES = 6;
/** Bytes of a listpack without elements. */
export const LISTPACK_EMPTY_BYTES = 7;

/** The element count that stands for "too many to say". */
const COUNT_UNKNOWN = 0xffff;

/** Bytes of the whole listpack. O(1). */
export function listpackBytes(bytes: Uint8Array, start: number): number {
  return readInt32(bytes, start) >>> 0;
}

/** Number of elements. O(1) below 65535, else O(n). */
export function listpackCount(bytes: Uint8Array, start: number): number {
  const count = bytes[start + 4]! | (bytes[start + 5]! << 8);
  if (count !== COUNT_UNKNOWN) return count;
  let walked = 0;
  for (let p = firstPosition(start); bytes[p] !== END; p = nextPosition(bytes, p)) walked++;
  return walked;
}

/** Position of the first element, or of the end byte. */
export function firstPosition(start: number): number {
  return start + LISTPACK_HEADER_BYTES;
}

/** Position of the end byte: where an append inserts. */
export function endPosition(bytes: Uint8Array, start: number): number {
  return start + listpackBytes(bytes, start) - 1;
}

/** Position of the last element, or -1 when there is none. O(1). */
export function lastPosition(bytes: Uint8Array, start: number): number {
  return previousPosition(bytes, start, endPosition(bytes, start));
}

/** Position of the element before `position` (which may be the end), or -1 when there is none. O(1). */
export function previousPosition(bytes: Uint8Array, start: number, position: number): number {
  if (position === firstPosition(start)) return -1;
  return entryBefore(bytes, position);
}

/** Position of the element at `index`, counted from the end when negative (-1 is the last); -1 when there is none. */
export function seek(bytes: Uint8Array, start: number, index: number): number {
  const count = bytes[start + 4]! | (bytes[start + 5]! << 8);
  if (count !== COUNT_UNKNOWN) {
    if (index >= count || index < -count) return -1;
    // The nearer end is the one to walk from.
    if (index >= 0 ? index > count >> 1 : -index > count - (count >> 1)) {
      index += index >= 0 ? -count : count;
    }
  }
  if (index >= 0) {
    let position = firstPosition(start);
    for (; index > 0 && bytes[position] !== END; index--) position = nextPosition(bytes, position);
    return bytes[position] === END ? -1 : position;
  }
  let position = endPosition(bytes, start);
  for (; index < 0 && position >= 0; index++) position = previousPosition(bytes, start, position);
  return position;
}

/** Bytes of the listpack after {@linkcode insert} of this value, at whatever position. */
export function bytesAfterInsert(
  bytes: Uint8Array,
  start: number,
  value: Uint8Array,
  from: number,
  to: number,
): number {
  return listpackBytes(bytes, start) + prepareEntry(value, from, to);
}

/** Bytes of the listpack after {@linkcode replace} of the element at `position` by this value. */
export function bytesAfterReplace(
  bytes: Uint8Array,
  start: number,
  position: number,
  value: Uint8Array,
  from: number,
  to: number,
): number {
  return bytesAfterInsert(bytes, start, value, from, to) - (nextPosition(bytes, position) - position);
}

/** Writes a listpack without elements: {@linkcode LISTPACK_EMPTY_BYTES} bytes. */
export function writeEmptyListpack(bytes: Uint8Array, start: number): void {
  writeInt32(bytes, start, LISTPACK_EMPTY_BYTES);
  bytes[start + 4] = 0;
  bytes[start + 5] = 0;
  bytes[start + 6] = END;
}

/** Makes `oldSize` bytes at `position` into `newSize` by moving the rest, and brings the header up to date. */
function resize(
  bytes: Uint8Array,
  start: number,
  position: number,
  oldSize: number,
  newSize: number,
  added: number,
): void {
  if (oldSize !== newSize) {
    const total = listpackBytes(bytes, start);
    copyBytes(bytes, position + oldSize, start + total, bytes, position + newSize);
    writeInt32(bytes, start, total + newSize - oldSize);
  }
  const count = bytes[start + 4]! | (bytes[start + 5]! << 8);
  if (added === 0 || count === COUNT_UNKNOWN) return;
  writeCount(bytes, start, count + added);
}

/**
 * Writes the number of elements into the header: for a listpack that came without, or is being put together by other
 * means. It must be the right one.
 */
export function writeCount(bytes: Uint8Array, start: number, count: number): void {
  const told = Math.min(count, COUNT_UNKNOWN);
  bytes[start + 4] = told;
  bytes[start + 5] = told >> 8;
}

/** Puts `value[from, to)` in the place of `oldSize` bytes at `position`; returns the position after it. */
function put(
  bytes: Uint8Array,
  start: number,
  position: number,
  oldSize: number,
  value: Uint8Array,
  from: number,
  to: number,
): number {
  const newSize = prepareEntry(value, from, to);
  resize(bytes, start, position, oldSize, newSize, oldSize === 0 ? 1 : 0);
  writeEntry(bytes, position, value, from, to);
  return position + newSize;
}

/**
 * Inserts `value[from, to)` before the element at `position` (at the end byte: appends) and returns the position after
 * the new element, which itself is at `position`. There must be room for {@linkcode bytesAfterInsert} from `start` on; the
 * value may lie in the same array, but not in this listpack. O(bytes behind the position).
 */
export function insert(
  bytes: Uint8Array,
  start: number,
  position: number,
  value: Uint8Array,
  from: number,
  to: number,
): number {
  return put(bytes, start, position, 0, value, from, to);
}

/** {@linkcode insert} at the end. O(length of the value). */
export function append(
  bytes: Uint8Array,
  start: number,
  value: Uint8Array,
  from: number,
  to: number,
): number {
  return put(bytes, start, endPosition(bytes, start), 0, value, from, to);
}

/** {@linkcode insert} before the first. O(n). */
export function prepend(
  bytes: Uint8Array,
  start: number,
  value: Uint8Array,
  from: number,
  to: number,
): number {
  return put(bytes, start, firstPosition(start), 0, value, from, to);
}

/**
 * Puts `value[from, to)` in the place of the element at `position` and returns the position after it. There must be room
 * for {@linkcode bytesAfterReplace}; the value must not lie in this listpack.
 */
export function replace(
  bytes: Uint8Array,
  start: number,
  position: number,
  value: Uint8Array,
  from: number,
  to: number,
): number {
  return put(bytes, start, position, nextPosition(bytes, position) - position, value, from, to);
}

/**
 * Inserts `count` entries as they stand in another listpack at `source[from, to)`: how lists of listpacks split and
 * merge. Needs `to - from` more bytes of room.
 */
export function insertEntries(
  bytes: Uint8Array,
  start: number,
  position: number,
  source: Uint8Array,
  from: number,
  to: number,
  count: number,
): void {
  resize(bytes, start, position, 0, to - from, count);
  copyBytes(source, from, to, bytes, position);
}

/** Removes the element at `position`, where the next one is then. O(bytes behind it). */
export function remove(bytes: Uint8Array, start: number, position: number): void {
  removeEntries(bytes, start, position, nextPosition(bytes, position), 1);
}

/** Removes the `count` elements between the positions `from` and `to`. O(bytes behind them). */
export function removeEntries(
  bytes: Uint8Array,
  start: number,
  from: number,
  to: number,
  count: number,
): void {
  resize(bytes, start, from, to - from, 0, -count);
}

/**
 * Removes up to `count` elements from `index` on (negative: counted from the end) and returns how many there were. O(n).
 */
export function removeRange(bytes: Uint8Array, start: number, index: number, count: number): number {
  const from = seek(bytes, start, index);
  if (from < 0) return 0;
  let to = from;
  let found = 0;
  for (; found < count && bytes[to] !== END; found++) to = nextPosition(bytes, to);
  removeEntries(bytes, start, from, to, found);
  return found;
}

/**
 * Number of elements when `bytes[start, start + size)` is a listpack in every byte that reading depends on, else -1. For
 * bytes of unknown origin; reads nothing outside of them. O(n).
 */
export function validateListpack(bytes: Uint8Array, start: number, size: number): number {
  if (size < LISTPACK_EMPTY_BYTES || start + size > bytes.length) return -1;
  if (listpackBytes(bytes, start) !== size) return -1;
  const last = start + size - 1;
  if (bytes[last] !== END) return -1;
  let count = 0;
  let position = firstPosition(start);
  while (bytes[position] !== END) {
    position = validateEntry(bytes, position, last);
    if (position < 0) return -1;
    count++;
  }
  if (position !== last) return -1;
  const announced = bytes[start + 4]! | (bytes[start + 5]! << 8);
  return announced === COUNT_UNKNOWN || announced === count ? count : -1;
}

/** A listpack in a buffer of its own that grows by doubling: for building one before it has a place. */
export class ListpackBuilder {
  #bytes: Uint8Array;

  /** @param capacity bytes to begin with. */
  constructor(capacity = 64) {
    this.#bytes = new Uint8Array(Math.max(capacity, LISTPACK_EMPTY_BYTES));
    writeEmptyListpack(this.#bytes, 0);
  }

  append(value: Uint8Array, from: number, to: number): void {
    const needed = bytesAfterInsert(this.#bytes, 0, value, from, to);
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    append(this.#bytes, 0, value, from, to);
  }

  /** What was built, as a view that the next append may abandon. */
  built(): Uint8Array {
    return this.#bytes.subarray(0, listpackBytes(this.#bytes, 0));
  }
}
