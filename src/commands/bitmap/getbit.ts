/** GETBIT and SETBIT: one bit of a string. */
import { defineCommand, key } from "../../command.ts";
import { ReplyError } from "../../errors.ts";
import { Encoding } from "../../store/memory/entry.ts";
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
    let value = ref === 0 ? undefined : db.stringAt(ref);
    const length = value?.length ?? 0;
    const grows = byte >= length;
    if (value === undefined || grows) {
      value = db.resizeString(name, ref, byte + 1, true);
    } else {
      // What was a number is a string of bytes from now on, even if no bit of it changes.
      db.aboutToChange(ref);
      db.setEncoding(ref, Encoding.raw);
    }
    const at = value.start + byte;
    const bits = value.bytes[at]!;
    const old = (bits >> shift) & 1;
    if (grows || old !== bit) {
      value.bytes[at] = (bits & ~(1 << shift)) | (bit << shift);
      db.changed(name);
      db.event("$", "setbit", name);
    }
    reply.integer(old);
  },
});
