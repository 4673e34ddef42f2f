/**
 * The large encoding of hashes and sets: the same dict and the same entries as the keyspace, one for each. The key
 * of an entry is a field or a member, its value is the field's value; members have none.
 *
 * Invariants:
 *  1. Elements are bytes in the arena, or, when a value does not fit a block, in a buffer that `objects` names.
 *  2. What {@link FieldDict.find} found stays found until the next change of this dict.
 */
import { Arena, BLOCK_BYTES_MAX, type Ref, SMALL_BLOCK_BYTES_MAX } from "../memory/arena.ts";
import { RdbType, writeField, writeMember } from "../rdb/collection_rdb.ts";
import { Dict, type HashKey } from "../memory/dict.ts";
import * as entry from "../memory/entry.ts";
import { HEADER_BYTES } from "../memory/entry.ts";
import {
  BigString,
  type Collection,
  DUMPED_BYTES,
  DUMPED_ELEMENTS,
  DUMPED_STEP,
  type ObjectTable,
} from "../memory/objects.ts";
import type { RdbWriter } from "../rdb/rdb_codec.ts";
import { elementTooLong } from "../memory/store_error.ts";
import { copyBytes, Slice } from "../../sys/bytes.ts";

/** Where the elements live: the keyspace. */
export interface Home {
  readonly arena: Arena;
  readonly objects: ObjectTable;
  readonly hashKey: HashKey;
}

/** Bytes of JS objects that one dict takes, as measured with a heap of a million. */
const HEAP_BYTES = 400;
const NO_VALUE: Slice = new Slice();

/** How many dicts each keyspace has made, by its key: so that keyspaces of the same chance do the same. */
const dicts = new WeakMap<HashKey, number>();

/**
 * A key for one dict. Were it the same for all, elements would come out of one dict in the order of their places in another:
 * filling that one, they would all crowd at its beginning while it grows.
 */
function ownKey(keyOfHome: HashKey): HashKey {
  const count = (dicts.get(keyOfHome) ?? 0) + 1;
  dicts.set(keyOfHome, count);
  const { k0, k1 } = keyOfHome;
  return { k0: (k0 + Math.imul(count, 0x9e3779b9)) | 0, k1 };
}

/** What is found where: fields with values, or members alone. */
export type FieldDictKind = "hash" | "set";

/** Refuses a field or member that does not fit a block, before anything changes. @throws ReplyError */
export function checkElement(name: Slice): void {
  if (HEADER_BYTES + name.length > BLOCK_BYTES_MAX) throw elementTooLong;
}

const field = new Slice();
const fieldValue = new Slice();

export class FieldDict implements Collection {
  /** Nothing that the arena or the table of objects does not count itself. */
  readonly bytes = 0;
  readonly kind: FieldDictKind;
  readonly #home: Home;
  readonly #arena: Arena;
  readonly #dict: Dict;
  /** What the order of its elements depends on. */
  readonly hashKey: HashKey;
  /** Bytes of all blocks and buffers. */
  #elementBytes = 0;

  /**
   * @param expected number of elements to have room for at once
   * @param hashKey of a dict whose elements are to be in the same order
   */
  constructor(home: Home, kind: FieldDictKind, expected = 0, hashKey: HashKey = ownKey(home.hashKey)) {
    this.kind = kind;
    this.#home = home;
    this.#arena = home.arena;
    this.hashKey = hashKey;
    this.#dict = new Dict(home.arena, hashKey, expected);
  }

  /** See {@link Dict.reserve}. */
  reserve(expected: number): void {
    this.#dict.reserve(expected);
  }

  get size(): number {
    return this.#dict.size;
  }

  /** Slots of its tables. */
  get slots(): number {
    return this.#dict.slots;
  }

  /** O(tables), which hold 32768 slots each. */
  get memory(): number {
    return HEAP_BYTES + this.#dict.tableBytes + this.#elementBytes;
  }

  // ---- looking up -------------------------------------------------------------------------------------------

  /** The entry of a field or member, or 0. O(1). */
  find(name: Slice): Ref {
    return this.#dict.find(name.bytes, name.start, name.end);
  }

  has(name: Slice): boolean {
    return this.#dict.find(name.bytes, name.start, name.end) !== 0;
  }

  /** The field or member of an entry. */
  keyAt(ref: Ref, into: Slice): Slice {
    const start = entry.keyStartOf(this.#arena, ref);
    return into.point(
      entry.segmentOf(this.#arena, ref),
      start,
      start + entry.keyLengthOf(this.#arena, ref),
    );
  }

  /** The value of an entry. */
  valueAt(ref: Ref, into: Slice): Slice {
    const word = entry.valueWordOf(this.#arena, ref);
    if (entry.isExternal(this.#arena, ref)) {
      const big = this.#home.objects.get(word) as BigString;
      return into.point(big.buffer, 0, big.length);
    }
    const start = entry.valueStartOf(this.#arena, ref);
    return into.point(entry.segmentOf(this.#arena, ref), start, start + word);
  }

  // ---- changing ---------------------------------------------------------------------------------------------

  /** Adds a member; false when it is there. O(1) amortised. @throws ReplyError when it is too long */
  add(member: Slice): boolean {
    if (this.#dict.find(member.bytes, member.start, member.end) !== 0) return false;
    this.#insert(member, NO_VALUE);
    return true;
  }

  /** Sets the value of a field; whether the field is new. O(1) amortised. @throws ReplyError when it is too long */
  set(name: Slice, value: Slice): boolean {
    const arena = this.#arena;
    const old = this.#dict.find(name.bytes, name.start, name.end);
    if (old === 0) {
      this.#insert(name, value);
      return true;
    }
    const size = HEADER_BYTES + name.length + value.length;
    if (
      size <= SMALL_BLOCK_BYTES_MAX && !entry.isExternal(arena, old) &&
      arena.sizeOf(old) === Arena.roundedSize(size)
    ) {
      entry.setValueWord(arena, old, value.length);
      const start = entry.valueStartOf(arena, old);
      copyBytes(value.bytes, value.start, value.end, entry.segmentOf(arena, old), start);
      return false;
    }
    this.#dict.replaceFound(this.#makeEntry(name, value));
    this.#free(old);
    return false;
  }

  /** Removes a field or member; whether it was there. O(1). */
  delete(name: Slice): boolean {
    const ref = this.#dict.find(name.bytes, name.start, name.end);
    if (ref === 0) return false;
    this.#dict.removeFound();
    this.#free(ref);
    return true;
  }

  /** Puts an element where it was just looked for in vain. */
  #insert(name: Slice, value: Slice): void {
    this.#dict.insertFound(this.#makeEntry(name, value));
  }

  #makeEntry(name: Slice, value: Slice): Ref {
    const arena = this.#arena;
    const length = value.end - value.start;
    const keyLength = name.end - name.start;
    const whole = HEADER_BYTES + keyLength + length;
    const external = length > 0 && whole > SMALL_BLOCK_BYTES_MAX;
    const size = external ? HEADER_BYTES + keyLength : whole;
    if (size > BLOCK_BYTES_MAX) throw elementTooLong;
    const big = external ? new BigString(value.copy(), length) : undefined;
    const ref = arena.allocate(size);
    const word = big === undefined ? length : this.#home.objects.add(big);
    entry.writeHeader(arena, ref, 0, 0, keyLength, word, false, external);
    const into = entry.segmentOf(arena, ref);
    const start = entry.keyStartOf(arena, ref);
    copyBytes(name.bytes, name.start, name.end, into, start);
    if (big === undefined) copyBytes(value.bytes, value.start, value.end, into, start + keyLength);
    this.#elementBytes += this.#bytesOf(ref);
    return ref;
  }

  #bytesOf(ref: Ref): number {
    const block = this.#arena.sizeOf(ref);
    if (!entry.isExternal(this.#arena, ref)) return block;
    return block + this.#home.objects.get(entry.valueWordOf(this.#arena, ref)).bytes;
  }

  #free(ref: Ref): void {
    this.#elementBytes -= this.#bytesOf(ref);
    if (entry.isExternal(this.#arena, ref)) {
      this.#home.objects.remove(entry.valueWordOf(this.#arena, ref));
    }
    this.#arena.free(ref);
  }

  // ---- walking ----------------------------------------------------------------------------------------------

  /** A random entry, each with the same probability; 0 when there is none. @param random uniform in [0, bound) */
  sample(random: (bound: number) => number): Ref {
    return this.#dict.sample(random);
  }

  /** See {@link Dict.scan}. */
  scan(cursor: number, count: number, visit: (ref: Ref) => void): number {
    return this.#dict.scan(cursor, count, visit);
  }

  /** Calls `visit` for every entry, in no order that means anything; it must not change this dict. O(size). */
  forEach(visit: (ref: Ref) => void): void {
    this.#dict.forEach(visit);
  }

  /** See {@link Dict.some}. */
  some(test: (ref: Ref) => boolean): boolean {
    return this.#dict.some(test);
  }

  /** All entries. O(size). */
  refs(): Int32Array {
    const refs = new Int32Array(this.size);
    let at = 0;
    this.forEach((ref) => refs[at++] = ref);
    return refs;
  }

  // ---- as a whole -------------------------------------------------------------------------------------------

  copy(): FieldDict {
    const copied = new FieldDict(this.#home, this.kind, this.size);
    this.forEach((ref) => {
      this.keyAt(ref, field);
      copied.find(field);
      copied.#insert(field, this.valueAt(ref, fieldValue));
    });
    return copied;
  }

  dump(writer: RdbWriter): number {
    const rdbType = this.dumpHead(writer);
    this.forEach((ref) => this.#dumpElement(writer, ref));
    return rdbType;
  }

  dumpHead(writer: RdbWriter): number {
    writer.lengthPrefix(this.size);
    return this.kind === "hash" ? RdbType.hash : RdbType.set;
  }

  dumpSome(writer: RdbWriter, from: number): number {
    const end = writer.length + DUMPED_BYTES;
    let cursor = from;
    for (let left = DUMPED_ELEMENTS; left > 0 && writer.length < end; left -= DUMPED_STEP) {
      cursor = this.scan(cursor, DUMPED_STEP, (ref) => this.#dumpElement(writer, ref));
      if (cursor === 0) break;
    }
    return cursor;
  }

  #dumpElement(writer: RdbWriter, ref: Ref): void {
    this.keyAt(ref, field);
    if (this.kind === "hash") writeField(writer, field, this.valueAt(ref, fieldValue));
    else writeMember(writer, field);
  }

  release(): void {
    while (this.releaseSome());
  }

  releaseSome(): boolean {
    return this.#dict.drainSome((ref) => this.#free(ref));
  }
}
