/** GET and MGET: the strings at keys. */
import { defineCommand, key, keys } from "../../command.ts";
import { Type } from "../../store/memory/entry.ts";

export const get = defineCommand({
  name: "GET",
  group: "string",
  since: "1.0.0",
  summary: "Gives the string stored at a key",
  complexity: "O(1)",
  syntax: "key",
  arity: 2,
  flags: ["readonly", "fast"],
  categories: ["string"],
  keys: [key(1, "RO", "access")],
  run({ db }, args, reply) {
    const value = db.readString(args.at(1));
    if (value === undefined) reply.nil();
    else reply.bulk(value);
  },
});

export const mget = defineCommand({
  name: "MGET",
  group: "string",
  since: "1.0.0",
  summary: "Gives the strings stored at several keys, nothing for those that hold none",
  complexity: "O(N) with N keys",
  syntax: "key [key ...]",
  arity: -2,
  flags: ["readonly", "fast"],
  categories: ["string"],
  keys: [keys(1, 1, "RO", "access")],
  tips: ["request_policy:multi_shard"],
  run({ db }, args, reply) {
    reply.array(args.count - 1);
    for (let i = 1; i < args.count; i++) {
      const ref = db.read(args.at(i));
      if (ref === 0 || db.typeOf(ref) !== Type.string) reply.nil();
      else reply.bulk(db.stringAt(ref));
    }
  },
});
