/**
 * How the entries of a stream are spelled in a node: a listpack, whose bytes are the reference's own.
 *
 * ```text
 * live | deleted | n | field 1 ... field n | 0                            the master entry: numbers of entries, the usual fields
 * flags | ms | sequence | k | field | value ... field | value | elements  an entry with k fields of its own
 * flags | ms | sequence | value 1 ... value n | elements                  one that has the usual fields
 * ```
 *
 * `ms` and `sequence` are what is added to those of the node's id, modulo 2^64; `elements` is how many stand before it in its
 * entry, so that a walk can go backwards. The usual fields are those of the entry that the node was made for. A deleted entry
 * stays, marked.
 *
 * Invariants: all functions trust the bytes; stream_node.ts looks into those that come from outside. Nothing is allocated.
 */
import { integerTextLength, writeInteger } from "../numbers/int64.ts";
import { Int64Words, writeInt32 } from "../numbers/int64_words.ts";
import type { Elements } from "../list/list.ts";
import {
  elementEquals,
  firstPosition,
  integerAt,
  isEnd,
  LISTPACK_EMPTY_BYTES,
  listpackBytes,
  type ListpackEntry,
  nextPosition,
  previousPosition,
  replace,
  writeCount,
  writeEmptyListpack,
} from "../packed/listpack.ts";
import { END, entryBefore, prepareEntry, prepareInteger, writeEntry } from "../packed/listpack_entry.ts";
import { StreamId } from "./stream_id.ts";
import { NO_BYTES } from "../../sys/bytes.ts";

export const FLAG_DELETED = 1;
export const FLAG_SAME_FIELDS = 2;

/** First byte of a listpack's entry that is an integer of 64 bits. */
const INT_64 = 0xf4;
/** Integers below take one byte, and one more for their length. */
const SMALL_INTEGERS = 128;
const COUNT_UNKNOWN = 0xffff;

const words = new Int64Words();
const digits = new Uint8Array(20);

/** The integer at a position, rounded beyond 2^53. */
function integer(bytes: Uint8Array, position: number): number {
  const first = bytes[position]!;
  return first < SMALL_INTEGERS ? first : integerAt(bytes, position);
}

function nextOfInteger(bytes: Uint8Array, position: number): number {
  return bytes[position]! < SMALL_INTEGERS ? position + 2 : nextPosition(bytes, position);
}

// ---- the master entry -----------------------------------------------------------------------------------------

/** Entries that are not deleted. */
export function liveEntries(bytes: Uint8Array, start: number): number {
  return integer(bytes, firstPosition(start));
}

export function deletedEntries(bytes: Uint8Array, start: number): number {
  return integer(bytes, nextOfInteger(bytes, firstPosition(start)));
}

/** Bytes that {@link setEntryCounts} may add to a node of so many entries, deleted ones included. */
export function roomForCounts(entries: number): number {
  return entries < SMALL_INTEGERS ? 0 : 16;
}

/** Sets both numbers; there must be {@link roomForCounts}. Positions behind them move unless all are small. */
export function setEntryCounts(bytes: Uint8Array, start: number, live: number, deleted: number): void {
  setIntegerAt(bytes, start, firstPosition(start), live);
  setIntegerAt(bytes, start, nextOfInteger(bytes, firstPosition(start)), deleted);
}

function setIntegerAt(bytes: Uint8Array, start: number, position: number, value: number): void {
  if (bytes[position]! < SMALL_INTEGERS && value < SMALL_INTEGERS) bytes[position] = value;
  else replace(bytes, start, position, digits, 0, writeInteger(value, digits, 0));
}

// ---- writing --------------------------------------------------------------------------------------------------

/** Bytes that an element takes at most: exact for strings below 64 bytes. */
function elementBytesMax(length: number): number {
  return length < 64 ? length + 2 : length < 4096 ? length + 5 : length + 10;
}

function integerBytes(value: number): number {
  return value < SMALL_INTEGERS ? 2 : integerTextLength(value) + 2;
}

/** What fields and values of an entry are, in bytes, as the limit of a node counts them. */
export function elementsLength(elements: Elements, from: number, to: number): number {
  let length = 0;
  for (let i = from; i < to; i++) {
    const { start, end } = elements.at(i);
    length += end - start;
  }
  return length;
}

/** Bytes that a node without entries takes at most, made for an entry with these fields. */
export function emptyNodeBytesMax(elements: Elements, from: number, to: number): number {
  let size = LISTPACK_EMPTY_BYTES + 6 + integerBytes((to - from) >> 1);
  for (let i = from; i < to; i += 2) size += elementBytesMax(elements.at(i).length);
  return size;
}

/** Bytes that an entry adds to a node at most. @param hasDelta whether its id may be another one than the node's */
export function entryBytesMax(
  elements: Elements,
  from: number,
  to: number,
  isSame: boolean,
  hasDelta: boolean,
): number {
  const fields = (to - from) >> 1;
  let size = 2 + (hasDelta ? 20 : 4) + integerBytes(2 * fields + 4);
  if (!isSame) size += integerBytes(fields);
  for (let i = isSame ? from + 1 : from; i < to; i += isSame ? 2 : 1) {
    size += elementBytesMax(elements.at(i).length);
  }
  return size;
}

/** Writes a node without entries, the fields of these pairs being the usual ones. */
export function writeEmptyNode(
  bytes: Uint8Array,
  start: number,
  elements: Elements,
  from: number,
  to: number,
): void {
  writeEmptyListpack(bytes, start);
  const fields = (to - from) >> 1;
  let at = firstPosition(start);
  at = putInteger(bytes, at, 0);
  at = putInteger(bytes, at, 0);
  at = putInteger(bytes, at, fields);
  for (let i = from; i < to; i += 2) at = putElement(bytes, at, elements, i);
  at = putInteger(bytes, at, 0);
  finish(bytes, start, at, fields + 4);
}

/** Whether these pairs have the usual fields of a node, in their order. */
export function hasUsualFields(
  bytes: Uint8Array,
  start: number,
  elements: Elements,
  from: number,
  to: number,
): boolean {
  let at = nextOfInteger(bytes, firstPosition(start));
  at = nextOfInteger(bytes, at);
  if (integer(bytes, at) !== (to - from) >> 1) return false;
  at = nextOfInteger(bytes, at);
  for (let i = from; i < to; i += 2) {
    const field = elements.at(i);
    if (!elementEquals(bytes, at, field.bytes, field.start, field.end)) return false;
    at = nextPosition(bytes, at);
  }
  return true;
}

/**
 * Adds an entry to a node, where there must be {@link entryBytesMax} and {@link roomForCounts}. O(bytes of the entry) while the
 * node has few entries.
 */
export function appendEntry(
  bytes: Uint8Array,
  start: number,
  nodeId: StreamId,
  id: StreamId,
  elements: Elements,
  from: number,
  to: number,
  isSame: boolean,
): void {
  setEntryCounts(bytes, start, liveEntries(bytes, start) + 1, deletedEntries(bytes, start));
  const fields = (to - from) >> 1;
  let at = start + listpackBytes(bytes, start) - 1;
  at = putInteger(bytes, at, isSame ? FLAG_SAME_FIELDS : 0);
  at = putDifference(bytes, at, id.msHigh, id.msLow, nodeId.msHigh, nodeId.msLow);
  at = putDifference(bytes, at, id.sequenceHigh, id.sequenceLow, nodeId.sequenceHigh, nodeId.sequenceLow);
  let count = 3 + fields;
  if (isSame) {
    for (let i = from + 1; i < to; i += 2) at = putElement(bytes, at, elements, i);
  } else {
    count += fields + 1;
    at = putInteger(bytes, at, fields);
    for (let i = from; i < to; i++) at = putElement(bytes, at, elements, i);
  }
  at = putInteger(bytes, at, count);
  finish(bytes, start, at, count + 1);
}

function putInteger(bytes: Uint8Array, at: number, value: number): number {
  if (value < SMALL_INTEGERS) {
    bytes[at] = value;
    bytes[at + 1] = 1;
    return at + 2;
  }
  return putWords(bytes, at, 0, value);
}

function putWords(bytes: Uint8Array, at: number, high: number, low: number): number {
  const size = prepareInteger(high, low);
  writeEntry(bytes, at, NO_BYTES, 0, 0);
  return at + size;
}

/** Writes `a - b`, modulo 2^64. */
function putDifference(
  bytes: Uint8Array,
  at: number,
  aHigh: number,
  aLow: number,
  bHigh: number,
  bLow: number,
): number {
  const low = (aLow - bLow) | 0;
  const high = (aHigh - bHigh - ((aLow >>> 0) < (bLow >>> 0) ? 1 : 0)) | 0;
  return high === 0 && low >= 0 ? putInteger(bytes, at, low) : putWords(bytes, at, high, low);
}

function putElement(bytes: Uint8Array, at: number, elements: Elements, i: number): number {
  const element = elements.at(i);
  const size = prepareEntry(element.bytes, element.start, element.end);
  writeEntry(bytes, at, element.bytes, element.start, element.end);
  return at + size;
}

/** Ends a listpack at a position, behind `added` new elements. */
function finish(bytes: Uint8Array, start: number, end: number, added: number): void {
  bytes[end] = END;
  writeInt32(bytes, start, end + 1 - start);
  const count = bytes[start + 4]! | (bytes[start + 5]! << 8);
  if (count !== COUNT_UNKNOWN) writeCount(bytes, start, count + added);
}

// ---- reading --------------------------------------------------------------------------------------------------

/**
 * A walk over the entries of a node, deleted ones included. It is good until the node changes, except by
 * {@link markDeleted}.
 */
export class NodeReader {
  /** The id of the entry. */
  readonly id: StreamId = new StreamId();
  /** Number of its fields. */
  fieldCount = 0;
  isDeleted = false;
  #bytes: Uint8Array = NO_BYTES;
  #start = 0;
  readonly #nodeId: StreamId = new StreamId();
  #usualCount = 0;
  #usualAt = 0;
  /** Where the first entry begins, or the end byte. */
  #first = 0;
  /** Where the entry begins. */
  #at = 0;
  #isSame = false;
  /** Pairs that {@link nextField} has not read yet, and where they are. */
  #unread = 0;
  #fieldAt = 0;
  #valueAt = 0;

  /** Goes to a node, to none of its entries: to the first or the last one, as `forwards` says, goes {@link next}. */
  open(bytes: Uint8Array, start: number, nodeId: StreamId): this {
    this.#bytes = bytes;
    this.#start = start;
    this.#nodeId.set(nodeId);
    let at = nextOfInteger(bytes, firstPosition(start));
    at = nextOfInteger(bytes, at);
    this.#usualCount = integer(bytes, at);
    at = nextOfInteger(bytes, at);
    this.#usualAt = at;
    for (let left = this.#usualCount; left > 0; left--) at = nextPosition(bytes, at);
    this.#first = nextOfInteger(bytes, at);
    return this;
  }

  /** Moves to the first entry; false when there is none. */
  toFirst(): boolean {
    return this.#read(this.#first);
  }

  /** Moves to the last entry; false when there is none. */
  toLast(): boolean {
    return this.#readBefore(this.#start + listpackBytes(this.#bytes, this.#start) - 1);
  }

  /** Moves to the next entry; false, and at none, when there is none. */
  next(): boolean {
    const bytes = this.#bytes;
    let at = this.#valueAt;
    for (let left = this.#isSame ? this.#unread : 2 * this.#unread; left > 0; left--) {
      at = nextPosition(bytes, at);
    }
    return this.#read(nextOfInteger(bytes, at));
  }

  /** Moves to the entry before; false, and at none, when there is none. */
  previous(): boolean {
    return this.#readBefore(this.#at);
  }

  #readBefore(position: number): boolean {
    if (position === this.#first) return false;
    const bytes = this.#bytes;
    let at = previousPosition(bytes, this.#start, position);
    for (let left = integer(bytes, at); left > 0; left--) at = entryBefore(bytes, at);
    return this.#read(at);
  }

  /** Reads what stands before the fields. */
  #read(position: number): boolean {
    const bytes = this.#bytes;
    if (isEnd(bytes, position)) return false;
    this.#at = position;
    const { id } = this;
    const nodeId = this.#nodeId;
    const flags = integer(bytes, position);
    this.isDeleted = (flags & FLAG_DELETED) !== 0;
    this.#isSame = (flags & FLAG_SAME_FIELDS) !== 0;
    let at = nextOfInteger(bytes, position);
    readWords(bytes, at);
    id.msLow = (nodeId.msLow + words.low) | 0;
    id.msHigh = (nodeId.msHigh + words.high + carry(id.msLow)) | 0;
    at = nextOfInteger(bytes, at);
    readWords(bytes, at);
    id.sequenceLow = (nodeId.sequenceLow + words.low) | 0;
    id.sequenceHigh = (nodeId.sequenceHigh + words.high + carry(id.sequenceLow)) | 0;
    at = nextOfInteger(bytes, at);
    if (this.#isSame) {
      this.fieldCount = this.#usualCount;
      this.#fieldAt = this.#usualAt;
    } else {
      this.fieldCount = integer(bytes, at);
      at = nextOfInteger(bytes, at);
    }
    this.#unread = this.fieldCount;
    this.#valueAt = at;
    return true;
  }

  /** Points at the next field of the entry and its value; false when there is none. */
  nextField(field: ListpackEntry, value: ListpackEntry): boolean {
    if (this.#unread === 0) return false;
    this.#unread--;
    const bytes = this.#bytes;
    if (this.#isSame) this.#fieldAt = field.read(bytes, this.#fieldAt);
    else this.#valueAt = field.read(bytes, this.#valueAt);
    this.#valueAt = value.read(bytes, this.#valueAt);
    return true;
  }

  /** Marks the entry as deleted; the numbers in the master entry are the caller's to change. */
  markDeleted(): void {
    this.isDeleted = true;
    // Whatever width an integer has, its lowest bits are in its first byte or in the second one.
    const at = this.#bytes[this.#at]! < SMALL_INTEGERS ? this.#at : this.#at + 1;
    this.#bytes[at]! |= FLAG_DELETED;
  }
}

function readWords(bytes: Uint8Array, position: number): void {
  const first = bytes[position]!;
  if (first < SMALL_INTEGERS) {
    words.high = 0;
    words.low = first;
  } else if (first === INT_64) words.read(bytes, position + 1);
  else words.setNumber(integerAt(bytes, position));
}

/** Whether a sum that began with {@link words} came round, so that 1 is carried. */
function carry(sumLow: number): number {
  return (sumLow >>> 0) < (words.low >>> 0) ? 1 : 0;
}
