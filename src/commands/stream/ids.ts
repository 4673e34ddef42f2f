/** Ids of entries as arguments and in replies. */
import type { Args } from "../../args.ts";
import { ReplyError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import {
  parseStreamId,
  STREAM_ID_TEXT_BYTES_MAX,
  type StreamId,
  writeStreamId,
} from "../../store/stream/stream_id.ts";

export const invalidId: ReplyError = new ReplyError(
  "ERR Invalid stream ID specified as stream command argument",
);
const invalidStart = new ReplyError("ERR invalid start ID for the interval");
const invalidEnd = new ReplyError("ERR invalid end ID for the interval");

const OPEN = 0x28;

/**
 * Argument `i` as an id; one without a sequence has the least, or the greatest.
 * @returns `into`
 * @throws ReplyError when it is none
 */
export function readId(
  args: Args,
  i: number,
  into: StreamId,
  missingSequence: "min" | "max" = "min",
): StreamId {
  const { bytes, start, end } = args.at(i);
  if (!parseStreamId(bytes, start, end, missingSequence, into)) throw invalidId;
  return into;
}

/** Points `into` at the bound that argument `i` is; whether it is not part of the range itself. */
function readBound(args: Args, i: number, into: StreamId, missingSequence: "min" | "max"): boolean {
  const { bytes, start, end } = args.at(i);
  if (args.is(i, "-")) into.setMin();
  else if (args.is(i, "+")) into.setMax();
  else {
    const excludes = end - start > 1 && bytes[start] === OPEN;
    if (!parseStreamId(bytes, excludes ? start + 1 : start, end, missingSequence, into)) throw invalidId;
    return excludes;
  }
  return false;
}

/**
 * The least id of a range that two arguments tell: an id, complete or not, `(` and an id that is not part of it, `-` or `+`.
 * @throws ReplyError when it is none of these, or there is nothing behind it
 */
export function readRangeStart(args: Args, i: number, into: StreamId): void {
  if (readBound(args, i, into, "min") && !into.increment()) throw invalidStart;
}

/** The greatest id of a range. @see readRangeStart */
export function readRangeEnd(args: Args, i: number, into: StreamId): void {
  if (readBound(args, i, into, "max") && !into.decrement()) throw invalidEnd;
}

const text = new Uint8Array(STREAM_ID_TEXT_BYTES_MAX);

/** Replies an id. */
export function replyId(reply: Reply, id: StreamId): void {
  reply.bulkBytes(text, 0, writeStreamId(id, text, 0));
}
