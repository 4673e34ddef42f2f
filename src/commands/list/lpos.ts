/** LPOS: where in a list an element stands. */
import type { Args } from "../../args.ts";
import { defineCommand, key } from "../../command.ts";
import { ReplyError, syntaxError } from "../../errors.ts";
import { Type } from "../../store/memory/entry.ts";
import { INT64_MIN } from "../../store/numbers/int64.ts";
import { ListReader } from "../../store/list/list_reader.ts";
import { sameBytes } from "../../sys/bytes.ts";

const rankIsZero = new ReplyError(
  "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
);
const negativeCount = new ReplyError("ERR COUNT can't be negative");
const negativeMaxlen = new ReplyError("ERR MAXLEN can't be negative");

const reader = new ListReader();

interface Options {
  /** Which match is the first to be told, counted from 1; 0: all that there are, whatever COUNT says. */
  rank: number;
  fromTail: boolean;
  /** How many matches to tell: 0 is all; undefined: one, and not as an array. */
  count: number | undefined;
  /** How many elements to look at; 0 is all. */
  maxlen: number;
}

function readRank(args: Args, i: number, options: Options): void {
  const rank = args.integer(i);
  if (rank === 0) throw rankIsZero;
  options.fromTail = rank < 0;
  options.rank = Math.abs(rank);
  // The one number that has no opposite in 64 bits stays negative in the reference: every match is far enough, and
  // the distance to it overflows.
  if (rank <= -(2 ** 63) && args.bigInteger(i) === INT64_MIN) options.rank = 0;
}

function readOptions(args: Args): Options {
  const options: Options = { rank: 1, fromTail: false, count: undefined, maxlen: 0 };
  for (let i = 3; i < args.count; i += 2) {
    const more = i + 1 < args.count;
    if (args.is(i, "rank") && more) {
      readRank(args, i + 1, options);
    } else if (args.is(i, "count") && more) {
      options.count = args.integer(i + 1, negativeCount);
      if (options.count < 0) throw negativeCount;
    } else if (args.is(i, "maxlen") && more) {
      options.maxlen = args.integer(i + 1, negativeMaxlen);
      if (options.maxlen < 0) throw negativeMaxlen;
    } else {
      throw syntaxError;
    }
  }
  return options;
}

export const lpos = defineCommand({
  name: "LPOS",
  group: "list",
  since: "6.0.6",
  summary: "Tells the index of elements of a list that are equal to one",
  complexity: "O(N) with N elements looked at",
  syntax: "key element [RANK rank] [COUNT num-matches] [MAXLEN len]",
  arity: -3,
  flags: ["readonly"],
  categories: ["list"],
  keys: [key(1, "RO", "access")],
  run({ db }, args, reply) {
    const { bytes, start, end } = args.at(2);
    const { rank, fromTail, count, maxlen } = readOptions(args);
    const ref = db.readTyped(args.at(1), Type.list);
    if (ref === 0) return count === undefined ? reply.nil() : reply.array(0);
    reader.open(db, ref);
    const { length } = reader;
    const looked = maxlen === 0 ? length : Math.min(maxlen, length);
    const wanted = count === undefined ? 1 : count === 0 || rank === 0 ? Infinity : count;
    const begun = reply.beginArray();
    let matches = 0;
    let told = 0;
    if (fromTail) reader.seekBehind(length - 1);
    else reader.seek(0);
    for (let i = 0; i < looked && told < wanted; i++) {
      const element = fromTail ? reader.previous() : reader.next();
      if (!sameBytes(element.bytes, element.start, element.end, bytes, start, end)) continue;
      if (++matches < rank) continue;
      told++;
      reply.integer(fromTail ? length - 1 - i : i);
    }
    reader.close();
    if (count !== undefined) reply.endArray(begun, told);
    else if (told === 0) reply.nil();
  },
});
