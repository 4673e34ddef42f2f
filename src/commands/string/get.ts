/** GET: the value of a key. */
import { defineCommand, key } from "../../command.ts";

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
