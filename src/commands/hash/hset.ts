/** HSET, HMSET, HSETNX: fields get values. */
import type { Args } from "../../args.ts";
import { defineCommand, key } from "../../command.ts";
import type { Context } from "../../context.ts";
import { wrongArity } from "../../errors.ts";
import { checkElement } from "../../store/hash/field_dict.ts";
import { HashValue } from "../../store/hash/hash_value.ts";

const hash = new HashValue();

/** The request whose pairs {@link pairAt} gives; one for all, since handlers run one after the other. */
let pairs: Args;
const pairAt = (i: number) => pairs.at(i + 2);

/** Sets all pairs from argument 2 on; how many fields are new. To be followed by the answer and the event. */
function setPairs({ db }: Context, args: Args, command: string): number {
  if (args.count % 2 !== 0) throw wrongArity(command);
  for (let i = 2; i < args.count; i += 2) checkElement(args.at(i));
  const name = args.at(1);
  hash.write(db, name);
  pairs = args;
  const created = hash.setPairs(pairAt, args.count - 2);
  db.changed(name);
  db.keyspace.dirty += (args.count - 4) / 2;
  return created;
}

export const hset = defineCommand({
  name: "HSET",
  group: "hash",
  since: "2.0.0",
  summary: "Sets fields of a hash, which is created if there is none",
  complexity: "O(1) for each field; O(N) with N fields while the hash is small",
  syntax: "key field value [field value ...]",
  arity: -4,
  flags: ["write", "denyoom", "fast"],
  categories: ["hash"],
  keys: [key(1, "RW", "update")],
  run(context, args, reply) {
    reply.integer(setPairs(context, args, "hset"));
    context.db.event("h", "hset", args.at(1));
  },
});

export const hmset = defineCommand({
  ...hset,
  name: "HMSET",
  summary: "Sets fields of a hash and says only OK",
  deprecated: { since: "4.0.0", replacedBy: "`HSET` with multiple field-value pairs" },
  run(context, args, reply) {
    setPairs(context, args, "hmset");
    reply.ok();
    context.db.event("h", "hset", args.at(1));
  },
});

export const hsetnx = defineCommand({
  ...hset,
  name: "HSETNX",
  summary: "Sets a field of a hash if the hash has no such field",
  complexity: "O(1); O(N) with N fields while the hash is small",
  syntax: "key field value",
  arity: 4,
  keys: [key(1, "RW", "insert")],
  run({ db }, args, reply) {
    const name = args.at(1);
    const field = args.at(2);
    checkElement(field);
    hash.write(db, name);
    if (hash.get(field) !== undefined) return reply.integer(0);
    hash.set(field, args.at(3));
    db.changed(name);
    reply.integer(1);
    db.event("h", "hset", name);
  },
});
