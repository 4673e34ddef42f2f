/** SINTER, SINTERSTORE, SINTERCARD: what is in all of several sets. */
import { defineCommand, key, keys } from "../../command.ts";
import { ReplyError, syntaxError } from "../../errors.ts";
import { SetBuilder } from "../../store/rdb/collection_builders.ts";
import type { SetValue } from "../../store/hash/set_value.ts";
import type { Slice } from "../../sys/bytes.ts";
import { readSets, store } from "./operations.ts";

const noKeys = new ReplyError("ERR numkeys should be greater than 0");
const tooManyKeys = new ReplyError("ERR Number of keys can't be greater than number of args");
const negativeLimit = new ReplyError("ERR LIMIT can't be negative");

/** Calls `visit` for what is in all sets, until it says false. O(members of the smallest * sets). */
function intersect(sets: SetValue[], visit: (member: Slice) => boolean): void {
  sets.sort((a, b) => a.size - b.size);
  const [smallest, ...others] = sets;
  if (smallest === undefined || smallest.size === 0) return;
  smallest.some((member) => {
    for (let i = 0; i < others.length; i++) if (!others[i]!.has(member)) return false;
    return !visit(member);
  });
}

const shared = {
  group: "set",
  since: "1.0.0",
  complexity: "O(N*M) with N members in the smallest of M sets",
  categories: ["set"],
} as const;

export const sinter = defineCommand({
  ...shared,
  name: "SINTER",
  summary: "Gives the members that several sets have in common",
  syntax: "key [key ...]",
  arity: -2,
  flags: ["readonly"],
  keys: [keys(1, 1, "RO", "access")],
  tips: ["nondeterministic_output_order"],
  run(context, args, reply) {
    const sets = readSets(context, args, 1, args.count);
    const begun = reply.beginArray();
    let found = 0;
    intersect(sets, (member) => {
      reply.bulk(member);
      found++;
      return true;
    });
    reply.endArray(begun, found, "set");
  },
});

export const sinterstore = defineCommand({
  ...shared,
  name: "SINTERSTORE",
  summary: "Stores the members that several sets have in common",
  syntax: "destination key [key ...]",
  arity: -3,
  flags: ["write", "denyoom"],
  keys: [key(1, "RW", "update"), keys(2, 1, "RO", "access")],
  run(context, args, reply) {
    const sets = readSets(context, args, 2, args.count);
    const result = new SetBuilder(context.keyspace);
    intersect(sets, (member) => {
      result.add(member);
      return true;
    });
    store(context, args.at(1), result, "sinterstore", reply);
  },
});

export const sintercard = defineCommand({
  ...shared,
  name: "SINTERCARD",
  since: "7.0.0",
  summary: "Counts the members that several sets have in common, up to a limit if need be",
  syntax: "numkeys key [key ...] [LIMIT limit]",
  arity: -3,
  flags: ["readonly", "movablekeys"],
  keys: [{
    flags: ["RO", "access"],
    begin: { index: 1 },
    find: { keynum: 0, firstKey: 1, step: 1 },
  }],
  run(context, args, reply) {
    const count = args.integer(1, noKeys);
    if (count < 1) throw noKeys;
    if (count > args.count - 2) throw tooManyKeys;
    let limit = 0;
    for (let i = 2 + count; i < args.count; i += 2) {
      if (!args.is(i, "limit") || i + 1 >= args.count) throw syntaxError;
      limit = args.integer(i + 1, negativeLimit);
      if (limit < 0) throw negativeLimit;
    }
    const sets = readSets(context, args, 2, 2 + count);
    let found = 0;
    intersect(sets, () => ++found !== limit);
    reply.integer(found);
  },
});
