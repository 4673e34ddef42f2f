/**
 * Sorted sets that have no key yet: the results of unions and ranges, and what RESTORE and the loader read. The encoding is
 * the one that the members and the limits of the configuration ask for.
 */
import type { SortedSetSink } from "../rdb/collection_rdb.ts";
import type { Value } from "../database.ts";
import { Encoding, Type } from "../memory/entry.ts";
import { ElementSlice } from "../numbers/int64_words.ts";
import type { Keyspace } from "../keyspace.ts";
import { ListpackBuilder } from "../packed/listpack.ts";
import { pointAtScore } from "./score_text.ts";
import { SortedSet } from "./sorted_set.ts";
import { PackedSortedSet } from "./sorted_set_listpack.ts";
import { Slice } from "../../sys/bytes.ts";

const scoreElement = new ElementSlice();

/** To be ended with {@link value} or {@link discard}. */
export class SortedSetBuilder implements SortedSetSink {
  /** What was added; not what came as a listpack. It is in order once {@link value} or {@link ordered} was called. */
  readonly set: SortedSet;
  readonly #keyspace: Keyspace;
  /** Bytes of the longest member. */
  #longest = 0;
  #listpack: Uint8Array | undefined;

  constructor(keyspace: Keyspace) {
    this.#keyspace = keyspace;
    this.set = SortedSet.collecting(keyspace.arena, keyspace.hashKey);
  }

  get size(): number {
    return this.set.size;
  }

  /** What was added, in order. */
  ordered(): SortedSet {
    this.set.order();
    return this.set;
  }

  /** Adds a member that may not be there. O(1), and O(log n) to put all in order in the end. */
  add(member: Slice, score: number): void {
    this.set.find(member);
    this.set.add(member, score);
    this.#longest = Math.max(this.#longest, member.length);
  }

  /**
   * As {@link add}, but scores are what they would be had the members been added to a key one by one: in a listpack, -0
   * becomes 0, and stays 0 when it is outgrown.
   */
  addInTurn(member: Slice, score: number): void {
    const { limits } = this.#keyspace;
    const isSmall = this.size < limits.zsetListpackEntries &&
      Math.max(this.#longest, member.length) <= limits.zsetListpackValue;
    this.add(member, isSmall && score === 0 ? 0 : score);
  }

  expect(): void {
    // The encoding is chosen at the end, since it depends on the longest member.
  }

  listpack(listpack: Uint8Array): void {
    this.#listpack = listpack;
  }

  member(member: Slice, score: number): boolean {
    if (this.set.find(member) !== 0) return false;
    this.add(member, score);
    return true;
  }

  value(): Value {
    const { limits } = this.#keyspace;
    if (this.#listpack !== undefined) {
      const value = new Slice(this.#listpack);
      const packed = new PackedSortedSet().point(value);
      // Of a whole listpack only the number of its members is asked.
      if (packed.size <= limits.zsetListpackEntries) return this.#packed(value);
      packed.walk(0, packed.size, false, (member, score) => this.add(member, score));
    } else if (this.size <= limits.zsetListpackEntries && this.#longest <= limits.zsetListpackValue) {
      return this.#packed(new Slice(this.#pack()));
    }
    return { type: Type.zset, encoding: Encoding.skiplist, value: this.ordered() };
  }

  /** Gives back what was built. */
  discard(): void {
    this.set.release();
  }

  #packed(value: Slice): Value {
    this.set.release();
    return { type: Type.zset, encoding: Encoding.listpack, value };
  }

  #pack(): Uint8Array {
    const builder = new ListpackBuilder();
    this.ordered().walk(0, this.size, false, (member, score) => {
      builder.append(member.bytes, member.start, member.end);
      pointAtScore(scoreElement, score);
      builder.append(scoreElement.bytes, scoreElement.start, scoreElement.end);
    });
    return builder.built();
  }
}
