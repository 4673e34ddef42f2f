/** GETRANGE, its older name SUBSTR, and STRLEN: parts of strings and their length. */
import type { Args } from "../../args.ts";
import { Type } from "../../store/memory/entry.ts";
import { defineCommand, key } from "../../command.ts";

/** Whether the offset at argument `i` lies behind the one at argument `j`, exactly. */
function isBehind(args: Args, i: number, j: number): boolean {
  const a = args.integer(i);
  const b = args.integer(j);
  return a !== b || Number.isSafeInteger(a) ? a > b : args.bigInteger(i) > args.bigInteger(j);
}

export const getrange = defineCommand({
  name: "GETRANGE",
  group: "string",
  since: "2.4.0",
  summary: "Gives a part of the string stored at a key, both offsets included, negative ones from the end",
  complexity: "O(N) with N bytes given",
  syntax: "key start end",
  arity: 4,
  flags: ["readonly"],
  categories: ["string"],
  keys: [key(1, "RO", "access")],
  run({ db }, args, reply) {
    const start = args.integer(2);
    const end = args.integer(3);
    const value = db.readString(args.at(1));
    if (value === undefined || (start < 0 && end < 0 && isBehind(args, 2, 3))) return reply.bulkText("");
    const { length } = value;
    const from = Math.max(0, start < 0 ? start + length : start);
    // An end before the first byte counts as the first byte.
    const to = Math.min(length - 1, Math.max(0, end < 0 ? end + length : end));
    if (from > to) return reply.bulkText("");
    reply.bulkBytes(value.bytes, value.start + from, value.start + to + 1);
  },
});

export const substr = defineCommand({
  ...getrange,
  name: "SUBSTR",
  since: "1.0.0",
  deprecated: { since: "2.0.0", replacedBy: "`GETRANGE`" },
});

export const strlen = defineCommand({
  name: "STRLEN",
  group: "string",
  since: "2.2.0",
  summary: "Gives the length in bytes of the string stored at a key",
  complexity: "O(1)",
  syntax: "key",
  arity: 2,
  flags: ["readonly", "fast"],
  categories: ["string"],
  keys: [key(1, "RO")],
  leavesValues: true,
  run({ db }, args, reply) {
    const ref = db.readTyped(args.at(1), Type.string);
    reply.integer(ref === 0 ? 0 : db.swappedSize(ref) ?? db.stringAt(ref).length);
  },
});
