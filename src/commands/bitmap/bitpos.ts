/** BITPOS: where the first 1, or the first 0, of a string or of a range of it is. */
import { defineCommand, key } from "../../command.ts";
import { ReplyError, syntaxError } from "../../errors.ts";
import { countsBits, placeFromEnd } from "./arguments.ts";
import { findBit } from "./bits.ts";

const badBit = new ReplyError("ERR The bit argument must be 1 or 0.");

export const bitpos = defineCommand({
  name: "BITPOS",
  group: "bitmap",
  since: "2.8.7",
  summary: "Finds the first bit that is 1, or 0, in the string stored at a key, or in a range of it",
  complexity: "O(N) where N is the number of bytes in the range",
  syntax: "key bit [start [end [BYTE | BIT]]]",
  arity: -3,
  flags: ["readonly"],
  categories: ["bitmap"],
  keys: [key(1, "RO", "access")],
  run({ db }, args, reply) {
    const bit = args.integer(2);
    if (bit !== 0 && bit !== 1) throw badBit;
    // The reference looks at the key before it reads the range, and does not read it when there is none.
    const value = db.readString(args.at(1));
    if (value === undefined) return reply.integer(bit === 1 ? -1 : 0);
    if (args.count > 6) throw syntaxError;
    const start = args.count > 3 ? args.integer(3) : 0;
    const inBits = args.count > 5 && countsBits(args, 5);
    const end = args.count > 4 ? args.integer(4) : -1;
    const unit = inBits ? 1 : 8;
    const length = value.length * 8 / unit;
    const from = placeFromEnd(start, length);
    const to = Math.min(placeFromEnd(end, length) + 1, length);
    if (from >= to) return reply.integer(-1);
    const found = findBit(value.bytes, value.start, from * unit, to * unit, bit);
    // Behind a string of ones there is a zero, unless the range says where to end.
    reply.integer(found < 0 && bit === 0 && args.count < 5 ? value.length * 8 : found);
  },
});
