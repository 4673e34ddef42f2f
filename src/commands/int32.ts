/** Arguments that the reference reads into a C int. */
import type { Args } from "../args.ts";
import { ReplyError } from "../errors.ts";

const INT32_MAX = 0x7fffffff;
const outsideInt32 = new ReplyError(
  "ERR value is out of range, value must between -2147483648 and 2147483647",
);

/** Argument `i` as an integer of 32 bits. @throws ReplyError when it is none */
export function int32(args: Args, i: number): number {
  return args.integerBetween(i, -INT32_MAX - 1, INT32_MAX, outsideInt32);
}
