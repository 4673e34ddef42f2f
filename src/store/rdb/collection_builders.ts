/**
 * Hashes and sets that have no key yet: the results of set operations, and what RESTORE and the loader read. The
 * encoding is the one that the elements and the limits of the configuration ask for.
 */
import type { HashSink, SetSink } from "./collection_rdb.ts";
import type { Value } from "../database.ts";
import { Encoding, Type } from "../memory/entry.ts";
import { FieldDict } from "../hash/field_dict.ts";
import { ElementSlice, Int64Words } from "../numbers/int64_words.ts";
import {
  INTSET_HEADER_BYTES,
  intsetBytes,
  intsetBytesAfterInsert,
  intsetCount,
  intsetFind,
  intsetInsert,
  intsetMember,
  writeEmptyIntset,
} from "../packed/intset.ts";
import type { Keyspace } from "../keyspace.ts";
import {
  elementLength,
  find,
  firstPosition,
  isEnd,
  ListpackBuilder,
  listpackCount,
  ListpackEntry,
  nextPosition,
} from "../packed/listpack.ts";
import { INTSET_ENTRIES_MAX } from "../hash/set_value.ts";
import { Slice } from "../../sys/bytes.ts";

const words = new Int64Words();

/** To be ended with {@link value} or {@link discard}. */
export class SetBuilder implements SetSink {
  readonly #keyspace: Keyspace;
  #intset: Uint8Array = new Uint8Array(64);
  #dict: FieldDict | undefined;
  #expected: number;

  /** @param expected how many members there will be at least, as far as that is known */
  constructor(keyspace: Keyspace, expected = 0) {
    this.#keyspace = keyspace;
    this.#expected = expected;
    writeEmptyIntset(this.#intset, 0);
  }

  get size(): number {
    return this.#dict?.size ?? intsetCount(this.#intset, 0);
  }

  get #most(): number {
    return Math.min(this.#keyspace.limits.setIntsetEntries, INTSET_ENTRIES_MAX);
  }

  /** Adds a member; false when it is there already. */
  add(member: Slice): boolean {
    if (this.#dict === undefined) {
      if (words.parse(member.bytes, member.start, member.end)) return this.#addInteger();
      this.#convert();
    }
    return this.#dict!.add(member);
  }

  #addInteger(): boolean {
    const found = intsetFind(this.#intset, 0, words);
    if (found >= 0) return false;
    const length = intsetBytesAfterInsert(this.#intset, 0, words);
    if (length > this.#intset.length) {
      const grown = new Uint8Array(length * 2);
      grown.set(this.#intset);
      this.#intset = grown;
    }
    intsetInsert(this.#intset, 0, ~found, words);
    if (intsetCount(this.#intset, 0) > this.#most) this.#convert();
    return true;
  }

  /** Calls `visit` for every member. O(members). */
  forEach(visit: (member: Slice) => void): void {
    const dict = this.#dict;
    const member = new ElementSlice();
    if (dict !== undefined) return dict.forEach((ref) => visit(dict.keyAt(ref, member)));
    for (let i = 0; i < intsetCount(this.#intset, 0); i++) {
      intsetMember(this.#intset, 0, i, member);
      visit(member);
    }
  }

  #convert(): void {
    const dict = new FieldDict(this.#keyspace, "set", this.#expected);
    const member = new ElementSlice();
    for (let i = 0; i < intsetCount(this.#intset, 0); i++) {
      intsetMember(this.#intset, 0, i, member);
      dict.add(member);
    }
    this.#dict = dict;
  }

  expect(count: number): void {
    this.#expected = count;
    if (count > this.#most && this.#dict === undefined) this.#convert();
  }

  intset(intset: Uint8Array): void {
    this.#intset = intset;
    if (intsetCount(intset, 0) > this.#most) this.#convert();
  }

  member(member: Slice): boolean {
    return this.add(member);
  }

  value(): Value {
    if (this.#dict !== undefined) return { type: Type.set, encoding: Encoding.hashtable, value: this.#dict };
    const length = Math.max(INTSET_HEADER_BYTES, intsetBytes(this.#intset, 0));
    return { type: Type.set, encoding: Encoding.intset, value: new Slice(this.#intset, 0, length) };
  }

  /** Gives back what was built. */
  discard(): void {
    this.#dict?.release();
    this.#dict = undefined;
  }
}

/** To be ended with {@link value} or {@link discard}. */
export class HashBuilder implements HashSink {
  readonly #keyspace: Keyspace;
  readonly #builder: ListpackBuilder = new ListpackBuilder();
  #listpack: Uint8Array | undefined;
  #fields = 0;
  #dict: FieldDict | undefined;
  readonly #judgesLengths: boolean;

  /** @param judgesLengths whether the lengths of elements decide as well when they come as a listpack */
  constructor(keyspace: Keyspace, judgesLengths = false) {
    this.#keyspace = keyspace;
    this.#judgesLengths = judgesLengths;
  }

  expect(count: number): void {
    if (count > this.#keyspace.limits.hashListpackEntries) this.#convert();
  }

  listpack(listpack: Uint8Array): void {
    this.#listpack = listpack;
    const { hashListpackEntries, hashListpackValue } = this.#keyspace.limits;
    const isLarge = listpackCount(listpack, 0) / 2 > hashListpackEntries ||
      (this.#judgesLengths && longestElement(listpack) > hashListpackValue);
    if (isLarge) this.#convert();
  }

  field(field: Slice, value: Slice): boolean {
    if (this.#dict === undefined) {
      const { hashListpackEntries, hashListpackValue } = this.#keyspace.limits;
      const fits = field.length <= hashListpackValue && value.length <= hashListpackValue;
      if (fits && this.#fields < hashListpackEntries) {
        const built = this.#builder.built();
        if (find(built, firstPosition(0), field.bytes, field.start, field.end, 1) >= 0) return false;
        this.#builder.append(field.bytes, field.start, field.end);
        this.#builder.append(value.bytes, value.start, value.end);
        this.#fields++;
        return true;
      }
      this.#convert();
    }
    return this.#dict!.set(field, value);
  }

  #convert(): void {
    const dict = new FieldDict(this.#keyspace, "hash");
    const listpack = this.#listpack ?? this.#builder.built();
    const field = new ListpackEntry();
    const value = new ListpackEntry();
    for (let p = firstPosition(0); !isEnd(listpack, p);) {
      p = value.read(listpack, field.read(listpack, p));
      dict.set(field, value);
    }
    this.#dict = dict;
  }

  value(): Value {
    if (this.#dict !== undefined) return { type: Type.hash, encoding: Encoding.hashtable, value: this.#dict };
    const value = new Slice(this.#listpack ?? this.#builder.built());
    return { type: Type.hash, encoding: Encoding.listpack, value };
  }

  /** Gives back what was built. */
  discard(): void {
    this.#dict?.release();
    this.#dict = undefined;
  }
}

function longestElement(listpack: Uint8Array): number {
  let longest = 0;
  for (let p = firstPosition(0); !isEnd(listpack, p); p = nextPosition(listpack, p)) {
    longest = Math.max(longest, elementLength(listpack, p));
  }
  return longest;
}
