/** APPEND and SETRANGE: strings that grow and are written to in place. */
import type { Context } from "../../context.ts";
import { defineCommand, key } from "../../command.ts";
import { ReplyError, stringTooLong } from "../../errors.ts";
import { copyBytes } from "../../sys/bytes.ts";

const offsetOutOfRange = new ReplyError("ERR offset is out of range");

/** Refuses a string of more than `proto-max-bulk-len` bytes. */
function checkLength({ server }: Context, length: number): void {
  if (length > server.settings.number("proto-max-bulk-len")) throw stringTooLong;
}

export const append = defineCommand({
  name: "APPEND",
  group: "string",
  since: "2.0.0",
  summary: "Adds bytes to the end of the string stored at a key, which is created if there is none",
  complexity: "O(N) with N bytes added, amortised: room to grow is left",
  syntax: "key value",
  arity: 3,
  flags: ["write", "denyoom", "fast"],
  categories: ["string"],
  keys: [key(1, "RW", "insert")],
  run(context, args, reply) {
    const { db } = context;
    const name = args.at(1);
    const added = args.at(2);
    const ref = db.write(name);
    let length = added.length;
    if (ref === 0) {
      db.setString(name, added);
    } else {
      const start = db.stringAt(ref).length;
      length += start;
      checkLength(context, length);
      const value = db.resizeString(name, ref, length);
      copyBytes(added.bytes, added.start, added.end, value.bytes, value.start + start);
    }
    db.event("$", "append", name);
    reply.integer(length);
  },
});

export const setrange = defineCommand({
  name: "SETRANGE",
  group: "string",
  since: "2.2.0",
  summary:
    "Overwrites part of the string stored at a key, from an offset on, with zeros before it if need be",
  complexity: "O(N) with N bytes written, amortised: room to grow is left",
  syntax: "key offset value",
  arity: 4,
  flags: ["write", "denyoom"],
  categories: ["string"],
  keys: [key(1, "RW", "update")],
  run(context, args, reply) {
    const { db } = context;
    const name = args.at(1);
    const offset = args.integer(2);
    const written = args.at(3);
    if (offset < 0) throw offsetOutOfRange;
    const ref = db.write(name);
    const oldLength = ref === 0 ? 0 : db.stringAt(ref).length;
    if (written.length === 0) return reply.integer(oldLength);
    const end = offset + written.length;
    checkLength(context, end);
    const length = Math.max(oldLength, end);
    const value = db.resizeString(name, ref, length);
    copyBytes(written.bytes, written.start, written.end, value.bytes, value.start + offset);
    db.event("$", "setrange", name);
    reply.integer(length);
  },
});
