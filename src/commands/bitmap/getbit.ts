/** GETBIT and SETBIT: one bit of a string. */
import { defineCommand, key } from "../../command.ts";
import { ReplyError } from "../../errors.ts";
import { Encoding } from "../../store/entry.ts";
import { bitOffset } from "./arguments.ts";

const badBit = new ReplyError("ERR bit is not an integer or out of range");

export const getbit = defineCommand({
  name: "GETBIT",
  group: "bitmap",
  since: "2.2.0",
  summary: "Gives one bit of the string stored at a key; bits behind its end are 0",
  complexity: "O(1)",
  syntax: "key offset",
  arity: 3,
  flags: ["readonly", "fast"],
  categories: ["bitmap"],
  keys: [key(1, "RO", "access")],
  run(context, args, reply) {
    const offset = bitOffset(context, args, 2, 0);
    const value = context.db.readString(args.at(1));
    const byte = Math.floor(offset / 8);
    const bits = value === undefined || byte >= value.length ? 0 : value.bytes[value.start + byte]!;
    reply.integer((bits >> (7 - offset % 8)) & 1);
  },
});

export const setbit = defineCommand({
  name: "SETBIT",
  group: "bitmap",
  since: "2.2.0",
  summary: "Sets one bit of the string stored at a key, which grows as far as needed, and gives what it was",
  complexity: "O(1), amortised over growth: room to grow is left",
  syntax: "key offset value",
  arity: 4,
  flags: ["write", "denyoom"],
  categories: ["bitmap"],
  keys: [key(1, "RW", "access", "update")],
  run(context, args, reply) {
    const { db } = context;
    const name = args.at(1);
    const offset = bitOffset(context, args, 2, 0);
    const bit = args.integer(3, badBit);
    if (bit !== 0 && bit !== 1) throw badBit;
    const ref = db.write(name);
    const byte = Math.floor(offset / 8);
    const shift = 7 - offset % 8;
    const length = ref === 0 ? 0 : db.stringAt(ref).length;
    if (byte < length) {
      const value = db.stringAt(ref);
      const old = (value.bytes[value.start + byte]! >> shift) & 1;
      // What was a number is a string of bytes from now on, even if no bit of it changes.
      if (old === bit) {
        db.setEncoding(ref, Encoding.raw);
        return reply.integer(old);
      }
    }
    const value = db.resizeString(name, ref, Math.max(length, byte + 1));
    const at = value.start + byte;
    const old = (value.bytes[at]! >> shift) & 1;
    value.bytes[at] = (value.bytes[at]! & ~(1 << shift)) | (bit << shift);
    db.event("$", "setbit", name);
    reply.integer(old);
  },
});
