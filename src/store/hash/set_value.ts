/**
 * The set stored at a key, in either of its encodings: an intset in the key's entry while all members are integers and
 * not too many, else a {@link FieldDict}. A set never goes back.
 *
 * A SetValue is a flyweight: it is pointed at one key after the other. What it gives out lies in the value, valid until
 * the next change. It tells the snapshot before a change; {@link Database.changed}, events, and removing a key whose
 * set has become empty are the caller's.
 */
import type { Ref } from "../memory/arena.ts";
import type { Database } from "../database.ts";
import { Encoding, Type } from "../memory/entry.ts";
import { FieldDict } from "./field_dict.ts";
import { ElementSlice, Int64Words } from "../numbers/int64_words.ts";
import {
  INTSET_HEADER_BYTES,
  intsetBytes,
  intsetBytesAfterInsert,
  intsetCount,
  intsetFind,
  intsetInsert,
  intsetMember,
  intsetRemove,
  writeEmptyIntset,
} from "../packed/intset.ts";
import { copyBytes, Slice } from "../../sys/bytes.ts";

/** An intset of more members than these gives way to a dict, whatever the limit says. */
export const INTSET_ENTRIES_MAX = 1 << 30;

/** Where a set of integers is put together before it is given its place. */
const aside = new Uint8Array(16 << 10);
const words = new Int64Words();
const emptyIntset = new Uint8Array(INTSET_HEADER_BYTES);
writeEmptyIntset(emptyIntset, 0);

export class SetValue {
  readonly #intset: Slice = new Slice();
  readonly #member: ElementSlice = new ElementSlice();
  #db!: Database;
  #key!: Slice;
  #ref: Ref = 0;
  #dict: FieldDict | undefined;

  /** Points at the set that a command reads; whether there is one. @throws ReplyError when it is no set */
  read(db: Database, key: Slice): boolean {
    return this.#open(db, key, db.readTyped(key, Type.set));
  }

  /** Points at the set that a command changes; whether there is one. @throws ReplyError when it is no set */
  write(db: Database, key: Slice): boolean {
    return this.#open(db, key, db.writeTyped(key, Type.set));
  }

  /** Points at the set of an entry. */
  at(db: Database, key: Slice, ref: Ref): this {
    this.#open(db, key, ref);
    return this;
  }

  #open(db: Database, key: Slice, ref: Ref): boolean {
    this.#db = db;
    this.#key = key;
    this.#ref = ref;
    this.#dict = ref !== 0 && db.encodingOf(ref) === Encoding.hashtable
      ? db.objectAt(ref) as FieldDict
      : undefined;
    return ref !== 0;
  }

  /** Number of members. O(1). */
  get size(): number {
    if (this.#ref === 0) return 0;
    if (this.#dict !== undefined) return this.#dict.size;
    const { bytes, start } = this.#bytes();
    return intsetCount(bytes, start);
  }

  /** The large encoding, where that is used. */
  get dict(): FieldDict | undefined {
    return this.#dict;
  }

  #bytes(): Slice {
    return this.#db.bytesAt(this.#ref, this.#intset);
  }

  /** Whether a member is there. O(1), O(log(members)) in an intset. */
  has(member: Slice): boolean {
    if (this.#ref === 0) return false;
    if (this.#dict !== undefined) return this.#dict.has(member);
    if (!words.parse(member.bytes, member.start, member.end)) return false;
    const { bytes, start } = this.#bytes();
    return intsetFind(bytes, start, words) >= 0;
  }

  /** Adds a member; false when it is there already. Creates the set. The slice must not lie in it. */
  add(member: Slice): boolean {
    const db = this.#db;
    if (this.#dict === undefined) {
      if (words.parse(member.bytes, member.start, member.end)) return this.#addInteger();
      this.#convert();
    }
    db.aboutToChange(this.#ref);
    return this.#dict!.add(member);
  }

  /**
   * Adds several members; how many are new. A set of integers is put together aside, so that it is given its place once and
   * not with every member. The slices must not lie in the set.
   */
  addAll(at: (i: number) => Slice, count: number): number {
    let done = 0;
    let added = 0;
    if (this.#dict === undefined && count > 1 && this.#lift()) {
      const most = Math.min(this.#db.keyspace.limits.setIntsetEntries, INTSET_ENTRIES_MAX);
      for (; done < count; done++) {
        const member = at(done);
        if (!words.parse(member.bytes, member.start, member.end)) break;
        const place = intsetFind(aside, 0, words);
        if (place >= 0) continue;
        if (intsetCount(aside, 0) >= most || intsetBytesAfterInsert(aside, 0, words) > aside.length) break;
        intsetInsert(aside, 0, ~place, words);
        added++;
      }
      if (added > 0) this.#settle(done < count);
    }
    for (; done < count; done++) if (this.add(at(done))) added++;
    return added;
  }

  /** Copies the intset aside; false when there is no room for it. */
  #lift(): boolean {
    if (this.#ref === 0) {
      writeEmptyIntset(aside, 0);
      return true;
    }
    const { bytes, start } = this.#bytes();
    const length = intsetBytes(bytes, start);
    if (length > aside.length) return false;
    copyBytes(bytes, start, start + length, aside, 0);
    return true;
  }

  /** Gives what lies aside to the key. @param goesOn whether this flyweight is used further */
  #settle(goesOn: boolean): void {
    const db = this.#db;
    const length = intsetBytes(aside, 0);
    const { bytes, start } = db.resizeBytes(
      this.#key,
      this.#ref,
      Type.set,
      Encoding.intset,
      length,
      1,
      true,
    );
    copyBytes(aside, 0, length, bytes, start);
    if (goesOn) this.#ref = db.find(this.#key);
  }

  /** Adds `words` to the intset, or makes one of it. */
  #addInteger(): boolean {
    const db = this.#db;
    if (this.#ref === 0) {
      const length = intsetBytesAfterInsert(emptyIntset, 0, words);
      const { bytes, start } = db.resizeBytes(this.#key, 0, Type.set, Encoding.intset, length, 1, true);
      writeEmptyIntset(bytes, start);
      intsetInsert(bytes, start, 0, words);
      this.#ref = db.find(this.#key);
    } else {
      const { bytes, start } = this.#bytes();
      const found = intsetFind(bytes, start, words);
      if (found >= 0) return false;
      const grown = this.#resize(intsetBytesAfterInsert(bytes, start, words));
      intsetInsert(grown.bytes, grown.start, ~found, words);
    }
    if (this.size > Math.min(db.keyspace.limits.setIntsetEntries, INTSET_ENTRIES_MAX)) this.#convert();
    return true;
  }

  /** Gives the intset another length; its entry may move. */
  #resize(length: number): Slice {
    const db = this.#db;
    db.resizeBytes(this.#key, this.#ref, Type.set, Encoding.intset, length, 1, true);
    this.#ref = db.find(this.#key);
    return this.#bytes();
  }

  /** Goes over to the large encoding. O(members). */
  #convert(): void {
    const db = this.#db;
    const dict = new FieldDict(db.keyspace, "set");
    if (this.#ref !== 0) this.forEach((member) => void dict.add(member));
    this.#ref = db.setObject(this.#key, Type.set, Encoding.hashtable, dict, true, true);
    this.#dict = dict;
  }

  /** Removes a member; whether it was there. The set may be empty afterwards. */
  delete(member: Slice): boolean {
    if (this.#ref === 0) return false;
    if (this.#dict !== undefined) {
      this.#db.aboutToChange(this.#ref);
      return this.#dict.delete(member);
    }
    if (!words.parse(member.bytes, member.start, member.end)) return false;
    const { bytes, start } = this.#bytes();
    const at = intsetFind(bytes, start, words);
    if (at < 0) return false;
    this.#deleteAt(at);
    return true;
  }

  #deleteAt(index: number): void {
    const { bytes, start } = this.#bytes();
    this.#db.aboutToChange(this.#ref);
    intsetRemove(bytes, start, index);
    this.#resize(intsetBytes(bytes, start));
  }

  /** Calls `visit` for every member; an intset's come in ascending order. It must not change the set. O(members). */
  forEach(visit: (member: Slice) => void): void {
    if (this.#ref === 0) return;
    const dict = this.#dict;
    if (dict !== undefined) return dict.forEach((ref) => visit(dict.keyAt(ref, this.#member)));
    const size = this.size;
    for (let i = 0; i < size; i++) visit(this.memberAt(i));
  }

  /** Whether `test` says true of a member: it is called for each until it does. It must not change the set. */
  some(test: (member: Slice) => boolean): boolean {
    const dict = this.#dict;
    if (dict !== undefined) return dict.some((ref) => test(dict.keyAt(ref, this.#member)));
    const size = this.size;
    for (let i = 0; i < size; i++) if (test(this.memberAt(i))) return true;
    return false;
  }

  /** A member, each with the same probability. The set must not be empty. */
  sample(random: (bound: number) => number): Slice {
    const dict = this.#dict;
    if (dict !== undefined) return dict.keyAt(dict.sample(random), this.#member);
    return this.memberAt(random(this.size));
  }

  /** Draws a member, gives it to `visit` and removes it. The set must not be empty. */
  pop(random: (bound: number) => number, visit: (member: Slice) => void): void {
    const dict = this.#dict;
    if (dict !== undefined) {
      const member = dict.keyAt(dict.sample(random), this.#member);
      visit(member);
      this.#db.aboutToChange(this.#ref);
      dict.delete(member);
    } else {
      const index = random(this.size);
      visit(this.memberAt(index));
      this.#deleteAt(index);
    }
  }

  /** The member at a place of the intset. */
  memberAt(index: number): Slice {
    const { bytes, start } = this.#bytes();
    intsetMember(bytes, start, index, this.#member);
    return this.#member;
  }

  /** The member of an entry of the dict. */
  memberOf(ref: Ref): Slice {
    return this.#dict!.keyAt(ref, this.#member);
  }
}
