/**
 * What can be asked of a sorted set, be it small or large: its members by rank, by score and by their bytes.
 */
import { Slice } from "../../sys/bytes.ts";

/** One end of a range. */
export class Bound {
  /** Whether what stands exactly here is outside. */
  exclusive = false;
  score = 0;
  readonly member: Slice = new Slice();
  /** Of members: below (-1) or above (1) all there are; then `member` means nothing. */
  beyond: -1 | 0 | 1 = 0;
}

/** From one score, or one member where all scores are the same, to another. */
export class SortedSetRange {
  byScore = true;
  readonly min: Bound = new Bound();
  readonly max: Bound = new Bound();
}

/** Some members side by side: `count` of them from `rank` on, upwards or downwards as they were asked for. */
export interface Selection {
  rank: number;
  count: number;
}

/** Called for members in order; false ends the walk. The slice is a flyweight, and nothing may be changed. */
export type MemberVisitor = (member: Slice, score: number) => boolean | void;

export interface SortedSetReader {
  /** Number of members. */
  readonly size: number;
  /** The score of a member, or NaN when it is not there. */
  scoreOf(member: Slice): number;
  /** How many members come before a member, or -1 when it is not there. */
  rankOf(member: Slice): number;
  /**
   * The members of a range, less the first `offset` ones, at most `limit`; from the upper end down when `reverse`.
   */
  select(range: SortedSetRange, reverse: boolean, offset: number, limit: number, into: Selection): Selection;
  /** Gives `count` members from a rank on to `visit`, upwards or downwards; there must be as many. */
  walk(rank: number, count: number, reverse: boolean, visit: MemberVisitor): void;
}

/** Negative, 0 or positive, as the bytes of `a` come before, are the same as, or come after those of `b`. */
export function compareMembers(a: Slice, b: Slice): number {
  const length = Math.min(a.end - a.start, b.end - b.start);
  for (let i = 0; i < length; i++) {
    const difference = a.bytes[a.start + i]! - b.bytes[b.start + i]!;
    if (difference !== 0) return difference;
  }
  return a.end - a.start - (b.end - b.start);
}

/** Whether a member is not below the lower end of a range. */
export function isAboveMin({ byScore, min }: SortedSetRange, member: Slice, score: number): boolean {
  if (byScore) return min.exclusive ? score > min.score : score >= min.score;
  if (min.beyond !== 0) return min.beyond < 0;
  const order = compareMembers(member, min.member);
  return min.exclusive ? order > 0 : order >= 0;
}

/** Whether a member is not above the upper end of a range. */
export function isBelowMax({ byScore, max }: SortedSetRange, member: Slice, score: number): boolean {
  if (byScore) return max.exclusive ? score < max.score : score <= max.score;
  if (max.beyond !== 0) return max.beyond > 0;
  const order = compareMembers(member, max.member);
  return max.exclusive ? order < 0 : order <= 0;
}
