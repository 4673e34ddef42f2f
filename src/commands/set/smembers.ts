/** SMEMBERS, SISMEMBER, SMISMEMBER, SCARD: what is in a set. */
import { defineCommand, key } from "../../command.ts";
import { Type } from "../../store/memory/entry.ts";
import { SetValue } from "../../store/hash/set_value.ts";

const set = new SetValue();

const shared = {
  group: "set",
  since: "1.0.0",
  categories: ["set"],
} as const;

export const smembers = defineCommand({
  ...shared,
  name: "SMEMBERS",
  summary: "Gives all members of a set",
  complexity: "O(N) with N members",
  syntax: "key",
  arity: 2,
  flags: ["readonly"],
  keys: [key(1, "RO", "access")],
  tips: ["nondeterministic_output_order"],
  run({ db }, args, reply) {
    set.read(db, args.at(1));
    reply.set(set.size);
    set.forEach((member) => reply.bulk(member));
  },
});

export const sismember = defineCommand({
  ...shared,
  name: "SISMEMBER",
  summary: "Tells whether something is a member of a set",
  complexity: "O(1)",
  syntax: "key member",
  arity: 3,
  flags: ["readonly", "fast"],
  keys: [key(1, "RO")],
  run({ db }, args, reply) {
    set.read(db, args.at(1));
    reply.integer(set.has(args.at(2)) ? 1 : 0);
  },
});

export const smismember = defineCommand({
  ...shared,
  name: "SMISMEMBER",
  since: "6.2.0",
  summary: "Tells of several things whether they are members of a set",
  complexity: "O(M) for M members asked for",
  syntax: "key member [member ...]",
  arity: -3,
  flags: ["readonly", "fast"],
  keys: [key(1, "RO", "access")],
  run({ db }, args, reply) {
    set.read(db, args.at(1));
    reply.array(args.count - 2);
    for (let i = 2; i < args.count; i++) reply.integer(set.has(args.at(i)) ? 1 : 0);
  },
});

export const scard = defineCommand({
  ...shared,
  name: "SCARD",
  summary: "Counts the members of a set",
  complexity: "O(1)",
  syntax: "key",
  arity: 2,
  flags: ["readonly", "fast"],
  keys: [key(1, "RO")],
  leavesValues: true,
  run({ db }, args, reply) {
    const ref = db.readTyped(args.at(1), Type.set);
    reply.integer(ref === 0 ? 0 : db.swappedSize(ref) ?? set.at(db, args.at(1), ref).size);
  },
});
