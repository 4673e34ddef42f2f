/** HGET, HMGET, HEXISTS, HSTRLEN, HLEN: what is in single fields, and how many there are. */
import { defineCommand, key } from "../../command.ts";
import { Type } from "../../store/memory/entry.ts";
import { HashValue } from "../../store/hash/hash_value.ts";

const hash = new HashValue();

const shared = {
  group: "hash",
  since: "2.0.0",
  complexity: "O(1); O(N) with N fields while the hash is small",
  flags: ["readonly", "fast"],
  categories: ["hash"],
} as const;

export const hget = defineCommand({
  ...shared,
  name: "HGET",
  summary: "Gives the value of a field of a hash",
  syntax: "key field",
  arity: 3,
  keys: [key(1, "RO", "access")],
  run({ db }, args, reply) {
    hash.read(db, args.at(1));
    const value = hash.get(args.at(2));
    if (value === undefined) reply.nil();
    else reply.bulk(value);
  },
});

export const hmget = defineCommand({
  ...shared,
  name: "HMGET",
  summary: "Gives the values of several fields of a hash",
  complexity: "O(M) for M fields asked for; O(N*M) with N fields while the hash is small",
  syntax: "key field [field ...]",
  arity: -3,
  keys: [key(1, "RO", "access")],
  run({ db }, args, reply) {
    hash.read(db, args.at(1));
    reply.array(args.count - 2);
    for (let i = 2; i < args.count; i++) {
      const value = hash.get(args.at(i));
      if (value === undefined) reply.nil();
      else reply.bulk(value);
    }
  },
});

export const hexists = defineCommand({
  ...shared,
  name: "HEXISTS",
  summary: "Tells whether a hash has a field",
  syntax: "key field",
  arity: 3,
  keys: [key(1, "RO")],
  run({ db }, args, reply) {
    hash.read(db, args.at(1));
    reply.integer(hash.get(args.at(2)) === undefined ? 0 : 1);
  },
});

export const hstrlen = defineCommand({
  ...shared,
  name: "HSTRLEN",
  since: "3.2.0",
  summary: "Tells how long the value of a field of a hash is",
  syntax: "key field",
  arity: 3,
  keys: [key(1, "RO")],
  run({ db }, args, reply) {
    hash.read(db, args.at(1));
    reply.integer(hash.valueLength(args.at(2)));
  },
});

export const hlen = defineCommand({
  ...shared,
  name: "HLEN",
  summary: "Counts the fields of a hash",
  complexity: "O(1)",
  syntax: "key",
  arity: 2,
  keys: [key(1, "RO")],
  leavesValues: true,
  run({ db }, args, reply) {
    const ref = db.readTyped(args.at(1), Type.hash);
    reply.integer(ref === 0 ? 0 : db.swappedSize(ref) ?? hash.at(db, args.at(1), ref).size);
  },
});
