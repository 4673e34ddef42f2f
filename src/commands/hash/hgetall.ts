/** HGETALL, HKEYS, HVALS: everything in a hash. */
import { defineCommand, key } from "../../command.ts";
import { HashValue } from "../../store/hash/hash_value.ts";

const hash = new HashValue();

const shared = {
  group: "hash",
  since: "2.0.0",
  complexity: "O(N) with N fields",
  syntax: "key",
  arity: 2,
  flags: ["readonly"],
  categories: ["hash"],
  keys: [key(1, "RO", "access")],
  tips: ["nondeterministic_output_order"],
} as const;

export const hgetall = defineCommand({
  ...shared,
  name: "HGETALL",
  summary: "Gives all fields of a hash with their values",
  run({ db }, args, reply) {
    if (!hash.read(db, args.at(1))) return reply.map(0);
    reply.map(hash.size);
    hash.forEach((field, value) => {
      reply.bulk(field);
      reply.bulk(value);
    });
  },
});

export const hkeys = defineCommand({
  ...shared,
  name: "HKEYS",
  summary: "Gives all fields of a hash",
  run({ db }, args, reply) {
    if (!hash.read(db, args.at(1))) return reply.array(0);
    reply.array(hash.size);
    hash.forEach((field) => reply.bulk(field));
  },
});

export const hvals = defineCommand({
  ...shared,
  name: "HVALS",
  summary: "Gives all values of a hash",
  run({ db }, args, reply) {
    if (!hash.read(db, args.at(1))) return reply.array(0);
    reply.array(hash.size);
    hash.forEach((_field, value) => reply.bulk(value));
  },
});
