/** HINCRBY and HINCRBYFLOAT: fields that are numbers. */
import { defineCommand, key } from "../../command.ts";
import { notAFloat, ReplyError } from "../../errors.ts";
import { checkElement } from "../../store/hash/field_dict.ts";
import { HashValue } from "../../store/hash/hash_value.ts";
import {
  addInt64,
  parseBigInt64,
  parseSafeInteger,
  writeBigInt,
  writeInteger,
} from "../../store/numbers/int64.ts";
import {
  addLongDouble,
  formatLongDouble,
  isFiniteLongDouble,
  longDoubleFromBigInt,
  parseLongDoubleBytes,
} from "../../store/numbers/long_double.ts";
import { latin1, Slice } from "../../sys/bytes.ts";

const notAHashInteger = new ReplyError("ERR hash value is not an integer");
const notAHashFloat = new ReplyError("ERR hash value is not a float");
const overflow = new ReplyError("ERR increment or decrement would overflow");
const incrementNotFinite = new ReplyError("ERR value is NaN or Infinity");
const sumNotFinite = new ReplyError("ERR increment would produce NaN or Infinity");
const zero = longDoubleFromBigInt(0n);

const hash = new HashValue();
/** Where the new value is written before it is stored. */
const digits = new Slice(new Uint8Array(24));
const printed = new Slice();

const shared = {
  group: "hash",
  complexity: "O(1); O(N) with N fields while the hash is small",
  syntax: "key field increment",
  arity: 4,
  flags: ["write", "denyoom", "fast"],
  categories: ["hash"],
  keys: [key(1, "RW", "access", "update")],
} as const;

export const hincrby = defineCommand({
  ...shared,
  name: "HINCRBY",
  since: "2.0.0",
  summary: "Adds a number to the integer in a field of a hash",
  run({ db }, args, reply) {
    const name = args.at(1);
    const field = args.at(2);
    const delta = args.integer(3);
    checkElement(field);
    hash.write(db, name);
    const old = hash.get(field);
    const value = old === undefined ? 0 : parseSafeInteger(old.bytes, old.start, old.end);
    if (Number.isSafeInteger(delta) && Number.isSafeInteger(value + delta)) {
      digits.point(digits.bytes, 0, writeInteger(value + delta, digits.bytes, 0));
      reply.integer(value + delta);
    } else {
      const exact = old === undefined ? 0n : parseBigInt64(old.bytes, old.start, old.end);
      if (exact === undefined) throw notAHashInteger;
      const sum = addInt64(exact, args.bigInteger(3));
      if (sum === undefined) throw overflow;
      digits.point(digits.bytes, 0, writeBigInt(sum, digits.bytes, 0));
      reply.bigInteger(sum);
    }
    hash.set(field, digits);
    db.changed(name);
    db.event("h", "hincrby", name);
  },
});

export const hincrbyfloat = defineCommand({
  ...shared,
  name: "HINCRBYFLOAT",
  since: "2.6.0",
  summary: "Adds a decimal number to the one in a field of a hash",
  run({ db, server }, args, reply) {
    const name = args.at(1);
    const field = args.at(2);
    const increment = args.at(3);
    const delta = parseLongDoubleBytes(increment.bytes, increment.start, increment.end);
    if (delta === undefined) throw notAFloat;
    if (!isFiniteLongDouble(delta)) throw incrementNotFinite;
    checkElement(field);
    hash.write(db, name);
    const old = hash.get(field);
    const value = old === undefined ? zero : parseLongDoubleBytes(old.bytes, old.start, old.end);
    if (value === undefined) throw notAHashFloat;
    const sum = addLongDouble(value, delta);
    if (!isFiniteLongDouble(sum)) throw sumNotFinite;
    const bytes = latin1(formatLongDouble(sum));
    printed.point(bytes, 0, bytes.length);
    hash.set(field, printed);
    db.changed(name);
    reply.bulk(printed);
    db.event("h", "hincrbyfloat", name);
    if (server.journal.isOpen) server.journal.instead(db, "HSET", name, field, printed);
  },
});
