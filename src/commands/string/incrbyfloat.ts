/** INCRBYFLOAT: strings that are decimal numbers, computed in the wide format of long_double.ts. */
import { defineCommand, key } from "../../command.ts";
import { notAFloat, ReplyError } from "../../errors.ts";
import {
  addLongDouble,
  formatLongDouble,
  isFiniteLongDouble,
  longDoubleFromBigInt,
  parseLongDoubleBytes,
} from "../../store/numbers/long_double.ts";
import { Encoding } from "../../store/memory/entry.ts";
import { latin1, Slice } from "../../sys/bytes.ts";

const notFinite = new ReplyError("ERR increment would produce NaN or Infinity");
const zero = longDoubleFromBigInt(0n);
/** Strings up to this length are `embstr`. */
const EMBSTR_BYTES_MAX = 44;

const printed = new Slice();

export const incrbyfloat = defineCommand({
  name: "INCRBYFLOAT",
  group: "string",
  since: "2.6.0",
  summary: "Adds a decimal number to the one stored at a key",
  complexity: "O(1)",
  syntax: "key increment",
  arity: 3,
  flags: ["write", "denyoom", "fast"],
  categories: ["string"],
  keys: [key(1, "RW", "access", "update")],
  run({ db, server }, args, reply) {
    const name = args.at(1);
    const increment = args.at(2);
    const old = db.writeString(name);
    const value = old === undefined ? zero : parseLongDoubleBytes(old.bytes, old.start, old.end);
    if (value === undefined) throw notAFloat;
    const delta = parseLongDoubleBytes(increment.bytes, increment.start, increment.end);
    if (delta === undefined) throw notAFloat;
    const sum = addLongDouble(value, delta);
    if (!isFiniteLongDouble(sum)) throw notFinite;
    const bytes = latin1(formatLongDouble(sum));
    printed.point(bytes, 0, bytes.length);
    // Never `int`, even when the sum is one.
    db.setString(name, printed, true, bytes.length <= EMBSTR_BYTES_MAX ? Encoding.embstr : Encoding.raw);
    db.event("$", "incrbyfloat", name);
    if (server.journal.isOpen) server.journal.instead(db, "SET", name, printed, "KEEPTTL");
    reply.bulk(printed);
  },
});
