/**
 * The hash stored at a key, in either of its encodings: a listpack of field, value, field, value ... in the key's
 * entry, or, beyond the limits of the configuration, a {@link FieldDict}. A hash never goes back.
 *
 * A HashValue is a flyweight: it is pointed at one key after the other. What it gives out lies in the value, valid
 * until the next change. It tells the snapshot before a change; {@link Database.changed}, events, and removing a
 * key whose hash has become empty are the caller's.
 */
import type { Ref } from "../memory/arena.ts";
import type { Database } from "../database.ts";
import { Encoding, Type } from "../memory/entry.ts";
import { FieldDict } from "./field_dict.ts";
import {
  append,
  bytesAfterInsert,
  bytesAfterReplace,
  elementLength,
  find,
  firstPosition,
  isEnd,
  LISTPACK_EMPTY_BYTES,
  listpackBytes,
  listpackCount,
  ListpackEntry,
  nextPosition,
  removeEntries,
  replace,
  seek,
  writeEmptyListpack,
} from "../packed/listpack.ts";
import { copyBytes, Slice } from "../../sys/bytes.ts";

/** A listpack that would become larger than this gives way to a dict, whatever the limits say. */
const LISTPACK_BYTES_MAX = 1 << 30;

/** Where a small hash is put together before it is given its place. */
const aside = new Uint8Array(32 << 10);
const LISTPACK_FIRST = firstPosition(0);

const emptyListpack = new Uint8Array(LISTPACK_EMPTY_BYTES);
writeEmptyListpack(emptyListpack, 0);

export class HashValue {
  readonly #listpack: Slice = new Slice();
  readonly #field: ListpackEntry = new ListpackEntry();
  readonly #value: ListpackEntry = new ListpackEntry();
  #db!: Database;
  #key!: Slice;
  #ref: Ref = 0;
  #dict: FieldDict | undefined;

  /** Points at the hash that a command reads; whether there is one. @throws ReplyError when it is no hash */
  read(db: Database, key: Slice): boolean {
    return this.#open(db, key, db.readTyped(key, Type.hash));
  }

  /** Points at the hash that a command changes; whether there is one. @throws ReplyError when it is no hash */
  write(db: Database, key: Slice): boolean {
    return this.#open(db, key, db.writeTyped(key, Type.hash));
  }

  /** Points at the hash of an entry. */
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

  /** Number of fields. O(1). */
  get size(): number {
    if (this.#ref === 0) return 0;
    if (this.#dict !== undefined) return this.#dict.size;
    const { bytes, start } = this.#bytes();
    return listpackCount(bytes, start) >> 1;
  }

  /** The large encoding, where that is used. */
  get dict(): FieldDict | undefined {
    return this.#dict;
  }

  #bytes(): Slice {
    return this.#db.bytesAt(this.#ref, this.#listpack);
  }

  /** The value of a field, or undefined. O(1), O(fields) in a listpack. */
  get(field: Slice): Slice | undefined {
    if (this.#ref === 0) return undefined;
    const dict = this.#dict;
    if (dict !== undefined) {
      const ref = dict.find(field);
      return ref === 0 ? undefined : dict.valueAt(ref, this.#value);
    }
    const { bytes, start } = this.#bytes();
    const at = find(bytes, firstPosition(start), field.bytes, field.start, field.end, 1);
    if (at < 0) return undefined;
    this.#value.read(bytes, nextPosition(bytes, at));
    return this.#value;
  }

  /** Sets a field; whether it is new. Creates the hash. The slices must not lie in it. */
  set(field: Slice, value: Slice): boolean {
    const { limits } = this.#db.keyspace;
    if (this.#dict === undefined) {
      const longest = limits.hashListpackValue;
      if (field.end - field.start <= longest && value.end - value.start <= longest) {
        const isNew = this.#setInListpack(field, value);
        if (isNew !== undefined) {
          if (isNew && this.size > limits.hashListpackEntries) this.#convert();
          return isNew;
        }
      }
      this.#convert();
    }
    this.#db.aboutToChange(this.#ref);
    return this.#dict!.set(field, value);
  }

  /**
   * Sets several fields, given one after the other: the value of each follows it. How many are new. A small hash is put together
   * aside, so that it is given its place once and not with every field. The slices must not lie in the hash.
   * @param count how many slices `at` has, an even number
   */
  setPairs(at: (i: number) => Slice, count: number): number {
    let done = 0;
    let created = 0;
    if (this.#dict === undefined && count > 2) {
      const { hashListpackEntries, hashListpackValue } = this.#db.keyspace.limits;
      if (!this.#lift()) return this.#setOneByOne(at, 0, count);
      let fields = listpackCount(aside, 0) >> 1;
      for (; done < count; done += 2) {
        const field = at(done);
        const value = at(done + 1);
        if (field.length > hashListpackValue || value.length > hashListpackValue) break;
        const place = find(aside, LISTPACK_FIRST, field.bytes, field.start, field.end, 1);
        if (place < 0) {
          if (fields === hashListpackEntries) break;
          const length = bytesAfterInsert(aside, 0, field.bytes, field.start, field.end) + entryBytes(value);
          if (length > aside.length) break;
          append(aside, 0, field.bytes, field.start, field.end);
          append(aside, 0, value.bytes, value.start, value.end);
          fields++;
          created++;
        } else {
          const old = nextPosition(aside, place);
          const length = bytesAfterReplace(aside, 0, old, value.bytes, value.start, value.end);
          if (length > aside.length) break;
          replace(aside, 0, old, value.bytes, value.start, value.end);
        }
      }
      if (done > 0) this.#settle(done < count);
    }
    return created + this.#setOneByOne(at, done, count);
  }

  #setOneByOne(at: (i: number) => Slice, from: number, count: number): number {
    let created = 0;
    for (let i = from; i < count; i += 2) if (this.set(at(i), at(i + 1))) created++;
    return created;
  }

  /** Copies the listpack aside; false when there is no room for it. */
  #lift(): boolean {
    if (this.#ref === 0) {
      writeEmptyListpack(aside, 0);
      return true;
    }
    const { bytes, start } = this.#bytes();
    const length = listpackBytes(bytes, start);
    if (length > aside.length) return false;
    copyBytes(bytes, start, start + length, aside, 0);
    return true;
  }

  /** Gives what lies aside to the key. @param goesOn whether this flyweight is used further */
  #settle(goesOn: boolean): void {
    const db = this.#db;
    const length = listpackBytes(aside, 0);
    const { bytes, start } = db.resizeBytes(
      this.#key,
      this.#ref,
      Type.hash,
      Encoding.listpack,
      length,
      1,
      true,
    );
    copyBytes(aside, 0, length, bytes, start);
    if (goesOn) this.#ref = db.find(this.#key);
  }

  /** Undefined, with nothing changed, when the listpack would become too large. */
  #setInListpack(field: Slice, value: Slice): boolean | undefined {
    const db = this.#db;
    if (this.#ref === 0) {
      const length = entryBytes(field) + entryBytes(value) + LISTPACK_EMPTY_BYTES;
      const { bytes, start } = db.resizeBytes(this.#key, 0, Type.hash, Encoding.listpack, length, 1, true);
      writeEmptyListpack(bytes, start);
      append(bytes, start, field.bytes, field.start, field.end);
      append(bytes, start, value.bytes, value.start, value.end);
      this.#ref = db.find(this.#key);
      return true;
    }
    const { bytes, start } = this.#bytes();
    const at = find(bytes, firstPosition(start), field.bytes, field.start, field.end, 1);
    if (at >= 0) return this.#replace(nextPosition(bytes, at) - start, value);
    const length = bytesAfterInsert(bytes, start, field.bytes, field.start, field.end) + entryBytes(value);
    if (length > LISTPACK_BYTES_MAX) return undefined;
    const grown = this.#resize(length);
    append(grown.bytes, grown.start, field.bytes, field.start, field.end);
    append(grown.bytes, grown.start, value.bytes, value.start, value.end);
    return true;
  }

  /** Puts a value in the place of the one so many bytes behind the listpack's start. */
  #replace(offset: number, value: Slice): boolean | undefined {
    let { bytes, start } = this.#listpack;
    const old = listpackBytes(bytes, start);
    const length = bytesAfterReplace(bytes, start, start + offset, value.bytes, value.start, value.end);
    if (length > LISTPACK_BYTES_MAX) return undefined;
    if (length > old) ({ bytes, start } = this.#resize(length));
    else this.#db.aboutToChange(this.#ref);
    replace(bytes, start, start + offset, value.bytes, value.start, value.end);
    if (length < old) this.#resize(length);
    return false;
  }

  /** Gives the listpack another length; its entry may move. */
  #resize(length: number): Slice {
    const db = this.#db;
    db.resizeBytes(this.#key, this.#ref, Type.hash, Encoding.listpack, length, 1, true);
    this.#ref = db.find(this.#key);
    return this.#bytes();
  }

  /** Goes over to the large encoding. O(fields). */
  #convert(): void {
    const db = this.#db;
    const dict = new FieldDict(db.keyspace, "hash");
    if (this.#ref !== 0) this.forEach((field, value) => dict.set(field, value));
    this.#ref = db.setObject(this.#key, Type.hash, Encoding.hashtable, dict, true, true);
    this.#dict = dict;
  }

  /** Removes a field; whether it was there. The hash may be empty afterwards. */
  delete(field: Slice): boolean {
    if (this.#ref === 0) return false;
    if (this.#dict !== undefined) {
      this.#db.aboutToChange(this.#ref);
      return this.#dict.delete(field);
    }
    const { bytes, start } = this.#bytes();
    const at = find(bytes, firstPosition(start), field.bytes, field.start, field.end, 1);
    if (at < 0) return false;
    this.#db.aboutToChange(this.#ref);
    removeEntries(bytes, start, at, nextPosition(bytes, nextPosition(bytes, at)), 2);
    this.#resize(listpackBytes(bytes, start));
    return true;
  }

  /** Calls `visit` for every field, in no order that means anything; it must not change the hash. O(fields). */
  forEach(visit: (field: Slice, value: Slice) => void): void {
    const dict = this.#dict;
    if (dict !== undefined) {
      dict.forEach((ref) => visit(dict.keyAt(ref, this.#field), dict.valueAt(ref, this.#value)));
      return;
    }
    const { bytes, start } = this.#bytes();
    for (let p = firstPosition(start); !isEnd(bytes, p);) {
      p = this.#value.read(bytes, this.#field.read(bytes, p));
      visit(this.#field, this.#value);
    }
  }

  /** Length of a field's value in bytes, 0 when there is none. */
  valueLength(field: Slice): number {
    if (this.#ref === 0) return 0;
    if (this.#dict !== undefined) return this.get(field)?.length ?? 0;
    const { bytes, start } = this.#bytes();
    const at = find(bytes, firstPosition(start), field.bytes, field.start, field.end, 1);
    return at < 0 ? 0 : elementLength(bytes, nextPosition(bytes, at));
  }

  /** Draws a field, each with the same probability, and gives it to `visit`. The hash must not be empty. */
  sample(random: (bound: number) => number, visit: (field: Slice, value: Slice) => void): void {
    const dict = this.#dict;
    if (dict !== undefined) this.visitRef(dict.sample(random), visit);
    else this.visitIndex(random(this.size), visit);
  }

  /** Gives the field at a place of the listpack to `visit`. */
  visitIndex(index: number, visit: (field: Slice, value: Slice) => void): void {
    const { bytes, start } = this.#bytes();
    const at = seek(bytes, start, 2 * index);
    this.#value.read(bytes, this.#field.read(bytes, at));
    visit(this.#field, this.#value);
  }

  /** Gives the field of an entry of the dict to `visit`. */
  visitRef(ref: Ref, visit: (field: Slice, value: Slice) => void): void {
    const dict = this.#dict!;
    visit(dict.keyAt(ref, this.#field), dict.valueAt(ref, this.#value));
  }
}

/** Bytes that an element takes in a listpack. */
function entryBytes({ bytes, start, end }: Slice): number {
  return bytesAfterInsert(emptyListpack, 0, bytes, start, end) - LISTPACK_EMPTY_BYTES;
}
