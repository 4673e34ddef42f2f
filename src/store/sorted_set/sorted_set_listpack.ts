/**
 * A small sorted set: a listpack of members, each followed by its score, ordered by score, then by the bytes of the members.
 * Reading; changes are sorted_set_editor.ts's.
 *
 * Invariant: a reader points at bytes that others own, and is good until they change.
 */
import {
  endPosition,
  find,
  firstPosition,
  isEnd,
  listpackCount,
  ListpackEntry,
  nextPosition,
  previousPosition,
  seek,
} from "../packed/listpack.ts";
import { scoreAt } from "./score_text.ts";
import {
  compareMembers,
  isAboveMin,
  isBelowMax,
  type MemberVisitor,
  type Selection,
  type SortedSetRange,
  type SortedSetReader,
} from "./sorted_set_range.ts";
import { NO_BYTES, type Slice } from "../../sys/bytes.ts";

export class PackedSortedSet implements SortedSetReader {
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  readonly #member: ListpackEntry = new ListpackEntry();
  readonly #score: ListpackEntry = new ListpackEntry();

  /** Points at a listpack. */
  point(listpack: Slice): this {
    this.bytes = listpack.bytes;
    this.start = listpack.start;
    return this;
  }

  get size(): number {
    return listpackCount(this.bytes, this.start) >> 1;
  }

  /** Position of a member, or -1. O(n). */
  positionOf(member: Slice): number {
    return find(this.bytes, firstPosition(this.start), member.bytes, member.start, member.end, 1);
  }

  /** The score of the member at a position. */
  scoreAt(position: number): number {
    return scoreAt(this.bytes, nextPosition(this.bytes, position));
  }

  scoreOf(member: Slice): number {
    const position = this.positionOf(member);
    return position < 0 ? NaN : this.scoreAt(position);
  }

  rankOf(member: Slice): number {
    const position = this.positionOf(member);
    if (position < 0) return -1;
    let rank = 0;
    for (let p = firstPosition(this.start); p !== position; rank++) p = this.#next(p);
    return rank;
  }

  /** Position of the pair before which a new one belongs. O(n). */
  placeFor(member: Slice, score: number): number {
    const { bytes } = this;
    let position = endPosition(bytes, this.start);
    // Members often come in order, and then this one belongs behind all.
    if (position === firstPosition(this.start)) return position;
    const last = previousPosition(bytes, this.start, position);
    if (scoreAt(bytes, last) < score) return position;
    position = firstPosition(this.start);
    while (!isEnd(bytes, position)) {
      const scorePosition = this.#member.read(bytes, position);
      const other = scoreAt(bytes, scorePosition);
      if (other > score || (other === score && compareMembers(this.#member, member) > 0)) break;
      position = nextPosition(bytes, scorePosition);
    }
    return position;
  }

  /** Position of the pair at a rank, or of the end. O(n). */
  positionAt(rank: number): number {
    const position = seek(this.bytes, this.start, rank * 2);
    return position < 0 ? endPosition(this.bytes, this.start) : position;
  }

  /**
   * O(n). Looks at the members one after the other, as the reference does: where scores differ, what a range of members
   * gives depends on it.
   */
  select(range: SortedSetRange, reverse: boolean, offset: number, limit: number, into: Selection): Selection {
    into.rank = 0;
    into.count = 0;
    const size = this.size;
    if (size === 0 || !this.#touches(range, size)) return into;
    const begins = reverse ? isBelowMax : isAboveMin;
    const goesOn = reverse ? isAboveMin : isBelowMax;
    let skipped = 0;
    let first = true;
    this.walk(reverse ? size - 1 : 0, size, reverse, (member, score) => {
      if (first) {
        if (!begins(range, member, score)) {
          skipped++;
          return true;
        }
        if (!goesOn(range, member, score)) return false;
        first = false;
      }
      if (offset > 0) {
        offset--;
        skipped++;
        return true;
      }
      if (into.count >= limit || !goesOn(range, member, score)) return false;
      into.count++;
      return true;
    });
    into.rank = reverse ? size - 1 - skipped : skipped;
    return into;
  }

  /** Whether the last member is not below the range, nor the first above it. */
  #touches(range: SortedSetRange, size: number): boolean {
    const last = this.positionAt(size - 1);
    this.#member.read(this.bytes, last);
    if (!isAboveMin(range, this.#member, this.scoreAt(last))) return false;
    const first = firstPosition(this.start);
    this.#member.read(this.bytes, first);
    return isBelowMax(range, this.#member, this.scoreAt(first));
  }

  walk(rank: number, count: number, reverse: boolean, visit: MemberVisitor): void {
    if (count <= 0) return;
    const { bytes, start } = this;
    let position = this.positionAt(rank);
    for (;;) {
      const scorePosition = this.#member.read(bytes, position);
      const score = scoreAt(bytes, scorePosition);
      if (visit(this.#member, score) === false || --count === 0) return;
      if (reverse) {
        position = previousPosition(bytes, start, previousPosition(bytes, start, position));
      } else {
        position = nextPosition(bytes, scorePosition);
      }
    }
  }

  /** Gives every member and the text of its score, as it stands there, to `visit`. O(n). */
  forEachPair(visit: (member: Slice, score: Slice) => void): void {
    for (let p = firstPosition(this.start); !isEnd(this.bytes, p);) {
      p = this.#score.read(this.bytes, this.#member.read(this.bytes, p));
      visit(this.#member, this.#score);
    }
  }

  #next(position: number): number {
    return nextPosition(this.bytes, nextPosition(this.bytes, position));
  }
}
