/** The arguments of LMPOP, ZMPOP and their waiting kin: `numkeys key [key ...] end [COUNT count]`. */
import type { Args } from "../args.ts";
import { ReplyError, syntaxError } from "../errors.ts";

const noKeys = new ReplyError("ERR numkeys should be greater than 0");
const noCount = new ReplyError("ERR count should be greater than 0");

export interface MultiPop<End> {
  /** The argument with the first key. */
  readonly firstKey: number;
  /** Number of keys. */
  readonly keys: number;
  /** From which end is to be taken. */
  readonly end: End;
  /** How many elements at the most. */
  readonly count: number;
}

function positive(args: Args, i: number, error: ReplyError): number {
  const number = args.integer(i, error);
  if (number < 1) throw error;
  return number;
}

/**
 * Reads the arguments from argument `first` on.
 * @param readEnd reads the end at an argument, or throws a ReplyError
 * @throws ReplyError in the reference's order: number of keys, syntax, count
 */
export function readMultiPop<End>(
  args: Args,
  first: number,
  readEnd: (args: Args, i: number) => End,
): MultiPop<End> {
  const keys = positive(args, first, noKeys);
  const where = first + keys + 1;
  if (where >= args.count) throw syntaxError;
  const end = readEnd(args, where);
  let count = 0;
  for (let i = where + 1; i < args.count; i += 2) {
    if (count !== 0 || !args.is(i, "count") || i + 1 >= args.count) throw syntaxError;
    count = positive(args, i + 1, noCount);
  }
  return { firstKey: first + 1, keys, end, count: Math.max(1, count) };
}
