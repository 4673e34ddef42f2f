/** BITCOUNT: how many bits of a string, or of a range of it, are 1. */
import { defineCommand, key } from "../../command.ts";
import { syntaxError } from "../../errors.ts";
import { countsBits, isMore, placeFromEnd } from "./arguments.ts";
import { countOnes, countOnesOfBits } from "./bits.ts";

export const bitcount = defineCommand({
  name: "BITCOUNT",
  group: "bitmap",
  since: "2.6.0",
  summary: "Counts the bits that are 1 in the string stored at a key, or in a range of it",
  complexity: "O(N) where N is the number of bytes in the range",
  syntax: "key [start end [BYTE | BIT]]",
  arity: -2,
  flags: ["readonly"],
  categories: ["bitmap"],
  keys: [key(1, "RO", "access")],
  run({ db }, args, reply) {
    // The reference looks at the key first, and reads no range when there is none.
    const value = db.readString(args.at(1));
    if (value === undefined) return reply.integer(0);
    if (args.count === 2) return reply.integer(countOnes(value.bytes, value.start, value.end));
    if (args.count < 4 || args.count > 5) throw syntaxError;
    const start = args.integer(2);
    const end = args.integer(3);
    // Nor does it read the unit of a range that is empty from the outset.
    if (start < 0 && end < 0 && isMore(args, 2, 3)) return reply.integer(0);
    const inBits = args.count === 5 && countsBits(args, 4);
    const length = inBits ? value.length * 8 : value.length;
    const from = placeFromEnd(start, length);
    const to = Math.min(placeFromEnd(end, length) + 1, length);
    if (from >= to) return reply.integer(0);
    if (inBits) return reply.integer(countOnesOfBits(value.bytes, value.start, from, to));
    reply.integer(countOnes(value.bytes, value.start + from, value.start + to));
  },
});
