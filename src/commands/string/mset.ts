/** MSET and MSETNX: many strings at once. */
import type { Args } from "../../args.ts";
import { defineCommand, keys } from "../../command.ts";
import { wrongArity } from "../../errors.ts";
import type { Database } from "../../store/database.ts";

function setAll(db: Database, args: Args): void {
  for (let i = 1; i < args.count; i += 2) {
    const name = args.at(i);
    db.setString(name, args.at(i + 1));
    db.event("$", "set", name);
  }
}

const shared = {
  group: "string",
  since: "1.0.1",
  complexity: "O(N) with N keys",
  syntax: "key value [key value ...]",
  arity: -3,
  flags: ["write", "denyoom"],
  categories: ["string"],
} as const;

export const mset = defineCommand({
  ...shared,
  name: "MSET",
  summary: "Stores several strings at several keys",
  keys: [keys(1, 2, "OW", "update")],
  tips: ["request_policy:multi_shard", "response_policy:all_succeeded"],
  run({ db }, args, reply) {
    if ((args.count & 1) === 0) throw wrongArity("mset");
    setAll(db, args);
    reply.ok();
  },
});

export const msetnx = defineCommand({
  ...shared,
  name: "MSETNX",
  summary: "Stores several strings at several keys if none of the keys exists",
  keys: [keys(1, 2, "OW", "insert")],
  tips: ["request_policy:multi_shard", "response_policy:agg_min"],
  run({ db }, args, reply) {
    if ((args.count & 1) === 0) throw wrongArity("msetnx");
    for (let i = 1; i < args.count; i += 2) {
      if (db.write(args.at(i)) !== 0) return reply.integer(0);
    }
    setAll(db, args);
    reply.integer(1);
  },
});
