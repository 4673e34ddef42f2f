/**
 * A large sorted set: a dict from members to entries, and a {@link ScoreTree} that orders the same entries.
 *
 * An entry is laid out as every entry of a dict (entry.ts). Inside a sorted set it has no type, no access clock and no
 * value, so the score takes the two words: its lower half word 0, its upper half word 2. That is where a score is exact;
 * the tree knows its order only, in which -0 and 0 are the same.
 *
 * Invariants: dict and tree name the same entries. An entry stays in its block while the member is there.
 */
import { type Arena, BLOCK_BYTES_MAX, OFFSET_MASK, type Ref, SEGMENT_SHIFT } from "../memory/arena.ts";
import { RdbType, writeScoredMember } from "../rdb/collection_rdb.ts";
import { Dict, type HashKey } from "../memory/dict.ts";
import { HEADER_BYTES, keyLengthOf, keyStartOf, segmentOf } from "../memory/entry.ts";
import { type Collection, DUMPED_BYTES, DUMPED_ELEMENTS, DUMPED_STEP } from "../memory/objects.ts";
import type { RdbWriter } from "../rdb/rdb_codec.ts";
import { numbersBelow, orderByScore } from "./score_order.ts";
import { ScoreTree } from "./score_tree.ts";
import type { Bound, MemberVisitor, Selection, SortedSetRange, SortedSetReader } from "./sorted_set_range.ts";
import { elementTooLong } from "../memory/store_error.ts";
import { copyBytes, Slice } from "../../sys/bytes.ts";

/** The longest member that a large sorted set can hold: it lies in one block of the arena. */
export const MEMBER_BYTES_MAX: number = BLOCK_BYTES_MAX - HEADER_BYTES;

/** What the JS objects of one sorted set take, roughly. */
const OBJECTS_BYTES = 512;

/** Of more members than these nothing is collected: they are put in order, and those that follow one by one. */
const COLLECTED_MAX = 1 << 20;
const NO_ENTRIES = new Int32Array(0);

const doubles = new Float64Array(1);
const halves = new Int32Array(doubles.buffer);

export class SortedSet implements Collection, SortedSetReader {
  /** Nothing beyond the arena, which counts by itself. */
  readonly bytes = 0;
  readonly #arena: Arena;
  readonly #hashKey: HashKey;
  readonly #dict: Dict;
  readonly #tree: ScoreTree;
  readonly #member: Slice = new Slice();
  #entryBytes = 0;
  /** While members are collected: their entries in the order in which they came; else empty. */
  #collected: Int32Array = NO_ENTRIES;

  constructor(arena: Arena, hashKey: HashKey) {
    this.#arena = arena;
    this.#hashKey = hashKey;
    this.#dict = new Dict(arena, hashKey);
    this.#tree = new ScoreTree(arena);
  }

  /**
   * A set that is to be filled first and put in order then, which is much less work: until {@link order} nothing may be
   * asked that has to do with ranks, and nothing removed.
   */
  static collecting(arena: Arena, hashKey: HashKey): SortedSet {
    const set = new SortedSet(arena, hashKey);
    set.#collected = new Int32Array(16);
    return set;
  }

  get size(): number {
    return this.#dict.size;
  }

  get memory(): number {
    return this.#entryBytes + this.#tree.bytes + this.#dict.tableBytes + OBJECTS_BYTES;
  }

  // ---- reading ----------------------------------------------------------------------------------------------

  /** The entry of a member, or 0. O(1). {@link add} and {@link remove} act on what was looked for last. */
  find(member: Slice): Ref {
    return this.#dict.find(member.bytes, member.start, member.end);
  }

  scoreAt(entry: Ref): number {
    const words = this.#arena.words[entry >>> SEGMENT_SHIFT]!;
    const at = (entry & OFFSET_MASK) << 1;
    halves[0] = words[at]!;
    halves[1] = words[at + 2]!;
    return doubles[0]!;
  }

  /** The member of an entry; the slice is reused by the next call. */
  memberAt(entry: Ref): Slice {
    const start = keyStartOf(this.#arena, entry);
    return this.#member.point(
      segmentOf(this.#arena, entry),
      start,
      start + keyLengthOf(this.#arena, entry),
    );
  }

  /** How many members come before the one of an entry. O(log n). */
  rankAt(entry: Ref): number {
    return this.#tree.rankOf(entry, this.scoreAt(entry));
  }

  scoreOf(member: Slice): number {
    const entry = this.find(member);
    return entry === 0 ? NaN : this.scoreAt(entry);
  }

  rankOf(member: Slice): number {
    const entry = this.find(member);
    return entry === 0 ? -1 : this.rankAt(entry);
  }

  /** O(log n). */
  select(range: SortedSetRange, reverse: boolean, offset: number, limit: number, into: Selection): Selection {
    const below = this.#countBelow(range, range.min, !range.min.exclusive);
    const upTo = this.#countBelow(range, range.max, range.max.exclusive);
    into.count = Math.max(0, Math.min(upTo - below - offset, limit));
    into.rank = reverse ? upTo - 1 - offset : below + offset;
    return into;
  }

  /** How many members come before a bound, those at it excluded or not. */
  #countBelow(range: SortedSetRange, bound: Bound, before: boolean): number {
    if (range.byScore) return this.#tree.countBelowScore(bound.score, !before);
    if (bound.beyond !== 0) return bound.beyond < 0 ? 0 : this.size;
    return this.#tree.countBelowMember(bound.member, !before);
  }

  walk(rank: number, count: number, reverse: boolean, visit: MemberVisitor): void {
    this.#tree.walk(rank, count, reverse, (entry) => visit(this.memberAt(entry), this.scoreAt(entry)));
  }

  /** As {@link Dict.scan}, over the members. */
  scan(cursor: number, count: number, visit: MemberVisitor): number {
    return this.#dict.scan(cursor, count, (entry) => void visit(this.memberAt(entry), this.scoreAt(entry)));
  }

  /** The entry of a random member, each with the same probability. O(1) expected. */
  sample(random: (bound: number) => number): Ref {
    return this.#dict.sample(random);
  }

  // ---- changing ---------------------------------------------------------------------------------------------

  /**
   * Adds a member that {@link find} has just looked for in vain. The score is not NaN. O(log n).
   * @throws ReplyError when the member is too long
   */
  add(member: Slice, score: number): void {
    const arena = this.#arena;
    const length = member.end - member.start;
    if (length > MEMBER_BYTES_MAX) throw elementTooLong;
    const entry = arena.allocate(HEADER_BYTES + length);
    arena.words[entry >>> SEGMENT_SHIFT]![((entry & OFFSET_MASK) << 1) + 1] = length;
    this.#writeScore(entry, score);
    const start = ((entry & OFFSET_MASK) << 3) + HEADER_BYTES;
    copyBytes(member.bytes, member.start, member.end, arena.bytes[entry >>> SEGMENT_SHIFT]!, start);
    this.#dict.insertFound(entry);
    this.#entryBytes += arena.sizeOf(entry);
    if (this.#collected.length === 0) this.#tree.insert(entry, score);
    else this.#collect(entry);
  }

  #collect(entry: Ref): void {
    const { size } = this.#dict;
    if (size > this.#collected.length) {
      const grown = new Int32Array(size * 2);
      grown.set(this.#collected);
      this.#collected = grown;
    }
    this.#collected[size - 1] = entry;
    if (size === COLLECTED_MAX) this.order();
  }

  /** Puts the members that were collected in order; from here on this is a set like any other. O(n) to O(n log n). */
  order(): void {
    if (this.#collected.length === 0) return;
    const entries = this.#collected.subarray(0, this.#dict.size);
    this.#collected = NO_ENTRIES;
    const scores = new Float64Array(entries.length);
    for (let i = 0; i < entries.length; i++) scores[i] = this.scoreAt(entries[i]!);
    this.#tree.fill(this.#orderOf(entries, scores), entries, scores);
  }

  /** The numbers of entries in the order of scores and members. Those that came in order, or the other way round, are cheap. */
  #orderOf(entries: Int32Array, scores: Float64Array): Uint32Array {
    const compareMembers = (a: number, b: number) => this.#compareMembers(entries[a]!, entries[b]!);
    const isInOrder = (direction: 1 | -1) => {
      for (let i = 1; i < scores.length; i++) {
        const step = scores[i]! - scores[i - 1]!;
        if (step * direction > 0) continue;
        if (scores[i] !== scores[i - 1] || compareMembers(i, i - 1) * direction < 0) return false;
      }
      return true;
    };
    if (isInOrder(1)) return numbersBelow(entries.length);
    if (isInOrder(-1)) return numbersBelow(entries.length).reverse();
    return orderByScore(scores, compareMembers);
  }

  /** Negative, 0 or positive, as the member of an entry comes before, is, or comes after that of another. */
  #compareMembers(a: Ref, b: Ref): number {
    const arena = this.#arena;
    const aBytes = segmentOf(arena, a);
    const bBytes = segmentOf(arena, b);
    const aStart = keyStartOf(arena, a);
    const bStart = keyStartOf(arena, b);
    const aLength = keyLengthOf(arena, a);
    const bLength = keyLengthOf(arena, b);
    const length = Math.min(aLength, bLength);
    for (let i = 0; i < length; i++) {
      const difference = aBytes[aStart + i]! - bBytes[bStart + i]!;
      if (difference !== 0) return difference;
    }
    return aLength - bLength;
  }

  /** Gives the member of an entry another score. O(log n). */
  setScore(entry: Ref, score: number): void {
    if (this.#collected.length !== 0) return this.#writeScore(entry, score);
    this.#tree.remove(entry, this.scoreAt(entry));
    this.#writeScore(entry, score);
    this.#tree.insert(entry, score);
  }

  /** Removes a member that {@link find} has just found. O(log n). */
  remove(entry: Ref): void {
    this.#tree.remove(entry, this.scoreAt(entry));
    this.#dict.removeFound();
    this.#free(entry);
  }

  /** Removes `count` members from a rank on. O(count * log n). */
  removeRange(rank: number, count: number): void {
    for (let i = 0; i < count; i++) {
      const entry = this.#tree.takeAt(rank);
      this.find(this.memberAt(entry));
      this.#dict.removeFound();
      this.#free(entry);
    }
  }

  // ---- as a whole -------------------------------------------------------------------------------------------

  copy(): SortedSet {
    const copy = SortedSet.collecting(this.#arena, this.#hashKey);
    this.walk(0, this.size, false, (member, score) => {
      copy.find(member);
      copy.add(member, score);
    });
    copy.order();
    return copy;
  }

  dump(writer: RdbWriter): number {
    const rdbType = this.dumpHead(writer);
    this.#dumpFrom(writer, 0, this.size);
    return rdbType;
  }

  dumpHead(writer: RdbWriter): number {
    writer.lengthPrefix(this.size);
    return RdbType.zset2;
  }

  dumpSome(writer: RdbWriter, from: number): number {
    const most = writer.length + DUMPED_BYTES;
    let written = from;
    for (const end = Math.min(from + DUMPED_ELEMENTS, this.size); written < end && writer.length < most;) {
      const count = Math.min(DUMPED_STEP, this.size - written);
      this.#dumpFrom(writer, written, count);
      written += count;
    }
    return written === this.size ? 0 : written;
  }

  /** Writes members, the greatest first. @param from how many stand before them */
  #dumpFrom(writer: RdbWriter, from: number, count: number): void {
    this.walk(
      this.size - 1 - from,
      count,
      true,
      (member, score) => writeScoredMember(writer, member, score),
    );
  }

  releaseSome(): boolean {
    if (this.#dict.drainSome((entry) => this.#free(entry))) return true;
    return this.#tree.releaseSome();
  }

  release(): void {
    while (this.releaseSome());
  }

  #writeScore(entry: Ref, score: number): void {
    const words = this.#arena.words[entry >>> SEGMENT_SHIFT]!;
    const at = (entry & OFFSET_MASK) << 1;
    doubles[0] = score;
    words[at] = halves[0]!;
    words[at + 2] = halves[1]!;
  }

  #free(entry: Ref): void {
    this.#entryBytes -= this.#arena.sizeOf(entry);
    this.#arena.free(entry);
  }
}
