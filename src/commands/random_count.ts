/** The count of HRANDFIELD, SRANDMEMBER and ZRANDMEMBER: how many, and, when negative, whether one may come twice. */
import type { Args } from "../args.ts";
import { ReplyError } from "../errors.ts";
import { INT64_MIN } from "../store/numbers/int64.ts";

const outsideLong = new ReplyError(
  "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
);

/** Argument `i` as a count. @throws ReplyError when it is none */
export function readRandomCount(args: Args, i: number): number {
  const count = args.integer(i);
  if (!Number.isSafeInteger(count) && args.bigInteger(i) === INT64_MIN) throw outsideLong;
  return count;
}
