/** Ranges of sorted sets as clients write them: by rank, by score, by the bytes of members. */
import type { Args } from "../../args.ts";
import { ReplyError } from "../../errors.ts";
import { parseScoreBound } from "../../store/numbers/double.ts";
import { type Bound, type Selection, SortedSetRange } from "../../store/sorted_set/sorted_set_range.ts";

const notAScore = new ReplyError("ERR min or max is not a float");
const notAMember = new ReplyError("ERR min or max not valid string range item");

const OPENING_PARENTHESIS = 0x28;
const OPENING_BRACKET = 0x5b;
const PLUS = 0x2b;
const MINUS = 0x2d;

export type RangeKind = "rank" | "score" | "member";

/** The range that a command was given last; one for all, since handlers run one after the other. */
const range = new SortedSetRange();

/** What was selected last. */
export const selection: Selection = { rank: 0, count: 0 };

function readScoreBound(args: Args, i: number, bound: Bound): void {
  const { bytes, start, end } = args.at(i);
  bound.exclusive = bytes[start] === OPENING_PARENTHESIS && end > start;
  const score = parseScoreBound(bytes, bound.exclusive ? start + 1 : start, end);
  if (score === undefined) throw notAScore;
  bound.score = score;
}

function readMemberBound(args: Args, i: number, bound: Bound): void {
  const { bytes, start, end } = args.at(i);
  const first = end > start ? bytes[start]! : 0;
  bound.beyond = 0;
  if (first === PLUS || first === MINUS) {
    if (end - start > 1 && bytes[start + 1] !== 0) throw notAMember;
    bound.beyond = first === PLUS ? 1 : -1;
    bound.exclusive = true;
  } else if (first === OPENING_PARENTHESIS || first === OPENING_BRACKET) {
    bound.exclusive = first === OPENING_PARENTHESIS;
    bound.member.point(bytes, start + 1, end);
  } else {
    throw notAMember;
  }
}

/** The range between the arguments `min` and `max`. @throws ReplyError when one of them is none */
export function readRange(args: Args, kind: "score" | "member", min: number, max: number): SortedSetRange {
  range.byScore = kind === "score";
  const read = range.byScore ? readScoreBound : readMemberBound;
  read(args, min, range.min);
  read(args, max, range.max);
  return range;
}

/**
 * The members from rank `first` to rank `last`, both included, counted from the end when negative.
 * @param reverse whether ranks are counted from the upper end down
 */
export function selectRanks(size: number, first: number, last: number, reverse: boolean): Selection {
  if (first < 0) first = Math.max(0, first + size);
  if (last < 0) last += size;
  last = Math.min(last, size - 1);
  selection.count = Math.max(0, last - first + 1);
  selection.rank = reverse ? size - 1 - first : first;
  return selection;
}
