/** INCR, DECR, INCRBY, DECRBY: strings that are integers, exact over 64 bits. */
import type { Args } from "../../args.ts";
import type { Context } from "../../context.ts";
import { defineCommand, key } from "../../command.ts";
import { notAnInteger, ReplyError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import {
  addInt64,
  INT64_MIN,
  parseBigInt64,
  parseSafeInteger,
  writeBigInt,
  writeInteger,
} from "../../store/numbers/int64.ts";
import { Encoding } from "../../store/memory/entry.ts";
import { Slice } from "../../sys/bytes.ts";

const overflow = new ReplyError("ERR increment or decrement would overflow");
/** DECRBY of the least integer: its negation does not exist. */
const decrementOverflow = new ReplyError("ERR decrement would overflow");

/** Where the digits of the new value are written before they are stored. */
const digits = new Slice(new Uint8Array(24));

/** Adds to the integer at a key, 0 if there is none; creates it, keeps its time to live. */
function incrementBy({ db }: Context, name: Slice, delta: number | bigint, reply: Reply): void {
  const ref = db.write(name);
  const old = ref === 0 ? undefined : db.stringAt(ref);
  const value = old === undefined ? 0 : parseSafeInteger(old.bytes, old.start, old.end);
  let sum: bigint | undefined;
  if (typeof delta === "number" && Number.isSafeInteger(value + delta)) {
    digits.point(digits.bytes, 0, writeInteger(value + delta, digits.bytes, 0));
  } else {
    const exact = old === undefined ? 0n : parseBigInt64(old.bytes, old.start, old.end);
    if (exact === undefined) throw notAnInteger;
    sum = addInt64(exact, BigInt(delta));
    if (sum === undefined) throw overflow;
    digits.point(digits.bytes, 0, writeBigInt(sum, digits.bytes, 0));
  }
  db.replaceString(name, ref, digits, Encoding.int);
  db.event("$", "incrby", name);
  if (sum === undefined) reply.integer(value + (delta as number));
  else reply.bigInteger(sum);
}

/** The integer at argument `i`: a number where that is exact, so that the usual case allocates nothing. */
function readDelta(args: Args, i: number): number | bigint {
  const delta = args.integer(i);
  return Number.isSafeInteger(delta) ? delta : args.bigInteger(i);
}

const shared = {
  group: "string",
  since: "1.0.0",
  complexity: "O(1)",
  flags: ["write", "denyoom", "fast"],
  categories: ["string"],
  keys: [key(1, "RW", "access", "update")],
} as const;

export const incr = defineCommand({
  ...shared,
  name: "INCR",
  summary: "Adds one to the integer stored at a key",
  syntax: "key",
  arity: 2,
  run: (context, args, reply) => incrementBy(context, args.at(1), 1, reply),
});

export const decr = defineCommand({
  ...shared,
  name: "DECR",
  summary: "Takes one from the integer stored at a key",
  syntax: "key",
  arity: 2,
  run: (context, args, reply) => incrementBy(context, args.at(1), -1, reply),
});

export const incrby = defineCommand({
  ...shared,
  name: "INCRBY",
  summary: "Adds a number to the integer stored at a key",
  syntax: "key increment",
  arity: 3,
  run: (context, args, reply) => incrementBy(context, args.at(1), readDelta(args, 2), reply),
});

export const decrby = defineCommand({
  ...shared,
  name: "DECRBY",
  summary: "Takes a number from the integer stored at a key",
  syntax: "key decrement",
  arity: 3,
  run(context, args, reply) {
    const decrement = readDelta(args, 2);
    if (decrement === INT64_MIN) throw decrementOverflow;
    incrementBy(context, args.at(1), -decrement, reply);
  },
});
