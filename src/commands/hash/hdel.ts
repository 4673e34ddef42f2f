/** HDEL: fields go. */
import { defineCommand, key } from "../../command.ts";
import { HashValue } from "../../store/hash/hash_value.ts";

const hash = new HashValue();

export const hdel = defineCommand({
  name: "HDEL",
  group: "hash",
  since: "2.0.0",
  summary: "Removes fields of a hash, and the hash with the last of them",
  complexity: "O(M) for M fields to remove; O(N*M) with N fields while the hash is small",
  syntax: "key field [field ...]",
  arity: -3,
  flags: ["write", "fast"],
  categories: ["hash"],
  keys: [key(1, "RW", "delete")],
  run({ db }, args, reply) {
    const name = args.at(1);
    if (!hash.write(db, name)) return reply.integer(0);
    let deleted = 0;
    for (let i = 2; i < args.count && hash.size > 0; i++) if (hash.delete(args.at(i))) deleted++;
    if (deleted > 0) {
      db.changed(name);
      db.keyspace.dirty += deleted - 1;
      db.event("h", "hdel", name);
      if (hash.size === 0) {
        db.deleteEmpty(name);
        db.event("g", "del", name);
      }
    }
    reply.integer(deleted);
  },
});
