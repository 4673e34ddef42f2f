/**
 * How sorted sets are opened and changed: the small encoding, the large one, and the one way from the first to the
 * second.
 *
 * Invariant: an editor is good from {@link SortedSetEditor.open} to {@link SortedSetEditor.close}, while nobody else changes
 * the database; {@link SortedSetEditor.insert} and its like act on the member that was looked for last.
 */
import type { Ref } from "../memory/arena.ts";
import type { Database } from "../database.ts";
import { Encoding, Type } from "../memory/entry.ts";
import type { Keyspace } from "../keyspace.ts";
import {
  bytesAfterInsert,
  insert,
  LISTPACK_EMPTY_BYTES,
  listpackBytes,
  nextPosition,
  removeEntries,
  writeEmptyListpack,
} from "../packed/listpack.ts";
import { ElementSlice } from "../numbers/int64_words.ts";
import { pointAtScore } from "./score_text.ts";
import { SortedSet } from "./sorted_set.ts";
import { PackedSortedSet } from "./sorted_set_listpack.ts";
import type { SortedSetReader } from "./sorted_set_range.ts";
import { copyBytes, Slice } from "../../sys/bytes.ts";

/** The reference lets no listpack grow beyond this. */
const LISTPACK_BYTES_MAX = 1 << 30;

const scoreElement = new ElementSlice();
/** Where a small sorted set is put together before it is given its place. */
const aside = new Uint8Array(32 << 10);
const asideSlice = new Slice(aside);

/** The sorted set of an entry, to be read until the database changes. */
export function openSortedSet(db: Database, ref: Ref, packed = new PackedSortedSet()): SortedSetReader {
  if (db.encodingOf(ref) === Encoding.skiplist) return db.objectAt(ref) as SortedSet;
  return packed.point(db.bytesAt(ref));
}

export class SortedSetEditor {
  /** The score of the member that {@link find} found. */
  score = 0;
  /** How many members were added, removed or given another score. */
  changes = 0;
  #db!: Database;
  readonly #key: Slice = new Slice();
  #ref: Ref = 0;
  /** Whether the entry may be another one by now. */
  #moved = false;
  #large: SortedSet | undefined;
  readonly #packed: PackedSortedSet = new PackedSortedSet();
  readonly #value: Slice = new Slice();
  /** Whether the listpack is put together aside, and is given its place when the editor closes. */
  #isAside = false;
  /** Where the member was found: the entry, or the distance from the start of the listpack. */
  #found = 0;

  /**
   * @param ref the entry of a key that holds a sorted set, or 0: then the first insertion makes it
   * @param several whether several members are to be changed: then a small sorted set is put together aside
   */
  open(db: Database, key: Slice, ref: Ref, several = false): this {
    this.#db = db;
    this.#key.point(key.bytes, key.start, key.end);
    this.#ref = ref;
    this.#moved = false;
    this.changes = 0;
    this.#large = undefined;
    if (ref !== 0) {
      if (db.encodingOf(ref) === Encoding.skiplist) this.#large = db.objectAt(ref) as SortedSet;
      else this.#packed.point(db.bytesAt(ref, this.#value));
    }
    this.#isAside = several && this.#large === undefined && this.#lift();
    return this;
  }

  /** Copies the listpack aside; false when there is no room for it. */
  #lift(): boolean {
    const { bytes, start } = this.#packed;
    const length = this.#ref === 0 ? LISTPACK_EMPTY_BYTES : listpackBytes(bytes, start);
    if (length > aside.length) return false;
    if (this.#ref === 0) writeEmptyListpack(aside, 0);
    else copyBytes(bytes, start, start + length, aside, 0);
    this.#packed.point(asideSlice);
    return true;
  }

  /** Gives what lies aside to the key. */
  #settle(): void {
    this.#isAside = false;
    const length = listpackBytes(aside, 0);
    const { bytes, start } = this.#resize(length);
    copyBytes(aside, 0, length, bytes, start);
  }

  get size(): number {
    if (this.#large !== undefined) return this.#large.size;
    return this.#ref === 0 && !this.#isAside ? 0 : this.#packed.size;
  }

  /** What is there, until the next change. */
  get reader(): SortedSetReader {
    return this.#large ?? this.#packed;
  }

  /** Whether a member is there; then {@link score} is its score. */
  find(member: Slice): boolean {
    if (this.#large !== undefined) {
      const entry = this.#large.find(member);
      if (entry === 0) return false;
      this.#found = entry;
      this.score = this.#large.scoreAt(entry);
      return true;
    }
    if (this.#ref === 0 && !this.#isAside) return false;
    const position = this.#packed.positionOf(member);
    if (position < 0) return false;
    this.#found = position - this.#packed.start;
    this.score = this.#packed.scoreAt(position);
    return true;
  }

  /** Adds the member that {@link find} did not find. */
  insert(member: Slice, score: number): void {
    if (this.#large === undefined && this.#outgrows(member)) this.#enlarge(member);
    if (this.#large !== undefined) {
      this.#aboutToChange();
      this.#large.add(member, score);
    } else {
      this.#insertPacked(member, score, 0);
    }
    this.changes++;
  }

  /** Gives the member that {@link find} found another score. */
  setScore(member: Slice, score: number): void {
    if (this.#large !== undefined) {
      this.#aboutToChange();
      this.#large.setScore(this.#found, score);
    } else {
      const { bytes, start } = this.#packed;
      const position = start + this.#found;
      this.#insertPacked(member, score, nextPosition(bytes, nextPosition(bytes, position)) - position);
    }
    this.changes++;
  }

  /** Removes the member that {@link find} found. */
  remove(): void {
    if (this.#large !== undefined) {
      this.#aboutToChange();
      this.#large.remove(this.#found);
      this.changes++;
    } else {
      this.#removePacked(this.#packed.start + this.#found, 1);
    }
  }

  /** Removes `count` members from a rank on; there must be as many. */
  removeRange(rank: number, count: number): void {
    if (count <= 0) return;
    if (this.#large !== undefined) {
      this.#aboutToChange();
      this.#large.removeRange(rank, count);
      this.changes += count;
    } else {
      this.#removePacked(this.#packed.positionAt(rank), count);
    }
  }

  /** Tells of the changes; a key without members is removed, which is told as an event. */
  close(): void {
    if (this.changes === 0) return;
    const db = this.#db;
    if (this.#isAside) this.#settle();
    db.keyspace.dirty += this.changes - 1;
    if (this.size > 0) return db.changed(this.#key);
    db.delete(this.#key);
    db.event("g", "del", this.#key);
  }

  #aboutToChange(): void {
    if (this.changes === 0) this.#db.aboutToChange(this.#ref);
  }

  /** Whether one more member is too much for a listpack. */
  #outgrows(member: Slice): boolean {
    const { limits } = this.#db.keyspace;
    if (member.length > limits.zsetListpackValue) return true;
    if (this.#ref === 0 && !this.#isAside) return limits.zsetListpackEntries === 0;
    return this.#packed.size + 1 > limits.zsetListpackEntries ||
      listpackBytes(this.#packed.bytes, this.#packed.start) + member.length > LISTPACK_BYTES_MAX;
  }

  /** Makes the sorted set large; `member` will be looked for in it. */
  #enlarge(member: Slice): void {
    const { keyspace } = this.#db;
    const large = this.size === 0
      ? new SortedSet(keyspace.arena, keyspace.hashKey)
      : enlarged(keyspace, this.#packed);
    this.#ref = this.#db.setObject(this.#key, Type.zset, Encoding.skiplist, large);
    keyspace.dirty--; // counted when the editor closes
    this.#moved = false;
    this.#isAside = false;
    this.#large = large;
    large.find(member);
  }

  /** Puts a pair in its place, and takes the `oldBytes` of the one that was found away. */
  #insertPacked(member: Slice, score: number, oldBytes: number): void {
    const packed = this.#packed;
    pointAtScore(scoreElement, score);
    const isNew = this.#ref === 0 && !this.#isAside;
    const before = isNew ? LISTPACK_EMPTY_BYTES : listpackBytes(packed.bytes, packed.start);
    const base = isNew ? EMPTY_LISTPACK : packed.bytes;
    const at = isNew ? 0 : packed.start;
    const added = bytesAfterInsert(base, at, member.bytes, member.start, member.end) +
      bytesAfterInsert(base, at, scoreElement.bytes, scoreElement.start, scoreElement.end) - 2 * before;
    const after = before + added - oldBytes;
    if (this.#isAside && after + oldBytes > aside.length) this.#settle();
    if (this.#isAside) {
      // It has room, and nobody else sees it.
    } else if (isNew || after > before) this.#resize(after);
    else this.#db.aboutToChange(this.#entry());
    const { bytes, start } = packed;
    if (isNew) writeEmptyListpack(bytes, start);
    if (oldBytes > 0) {
      removeEntries(bytes, start, start + this.#found, start + this.#found + oldBytes, 2);
    }
    const place = packed.placeFor(member, score);
    const next = insert(bytes, start, place, member.bytes, member.start, member.end);
    insert(bytes, start, next, scoreElement.bytes, scoreElement.start, scoreElement.end);
    if (after < before && !this.#isAside) this.#resize(after);
  }

  #removePacked(position: number, count: number): void {
    const { bytes, start } = this.#packed;
    this.#db.aboutToChange(this.#entry());
    let end = position;
    for (let i = 0; i < count; i++) end = nextPosition(bytes, nextPosition(bytes, end));
    removeEntries(bytes, start, position, end, 2 * count);
    this.changes += count;
    // Without members the key goes as a whole.
    if (this.#packed.size > 0) this.#resize(listpackBytes(bytes, start));
  }

  /** The entry of the key, wherever it is now. */
  #entry(): Ref {
    if (this.#moved) this.#ref = this.#db.find(this.#key);
    this.#moved = false;
    return this.#ref;
  }

  #resize(length: number): Slice {
    const ref = this.#entry();
    const value = this.#db.resizeBytes(this.#key, ref, Type.zset, Encoding.listpack, length, 1, true);
    this.#packed.point(value);
    this.#moved = true;
    if (ref === 0) this.#ref = -1; // is looked up when it is asked for
    return value;
  }
}

const EMPTY_LISTPACK = new Uint8Array(LISTPACK_EMPTY_BYTES);
writeEmptyListpack(EMPTY_LISTPACK, 0);

/** A sorted set in its large encoding, with the members of another one. O(n log n). */
export function enlarged(keyspace: Keyspace, packed: SortedSetReader): SortedSet {
  const large = new SortedSet(keyspace.arena, keyspace.hashKey);
  packed.walk(0, packed.size, false, (member, score) => {
    large.find(member);
    large.add(member, score);
  });
  return large;
}
