/** DEL and UNLINK, EXISTS, TOUCH, TYPE: whether keys are there, and that they are not. */
import { defineCommand, type Handler, key, keys } from "../../command.ts";
import { TYPE_NAMES } from "../../store/memory/entry.ts";

/** @param later whether the memory of large collections is given back later in any case */
function deleteHandler(later: boolean): Handler {
  return ({ db, keyspace }, args, reply) => {
    let deleted = 0;
    for (let i = 1; i < args.count; i++) {
      const name = args.at(i);
      if (!db.delete(name, later || keyspace.lazyFreeing.userDelete)) continue;
      db.event("g", "del", name);
      deleted++;
    }
    reply.integer(deleted);
  };
}

export const del = defineCommand({
  name: "DEL",
  group: "generic",
  since: "1.0.0",
  summary: "Deletes keys",
  complexity: "O(N) with N keys, and O(M) for a collection of M elements",
  syntax: "key [key ...]",
  arity: -2,
  flags: ["write"],
  categories: ["keyspace"],
  keys: [keys(1, 1, "RM", "delete")],
  tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
  run: deleteHandler(false),
});

export const unlink = defineCommand({
  ...del,
  name: "UNLINK",
  since: "4.0.0",
  summary: "Deletes keys and gives their memory back later",
  complexity: "O(1) for each key; the memory is given back behind it",
  flags: ["write", "fast"],
  run: deleteHandler(true),
});

export const exists = defineCommand({
  name: "EXISTS",
  group: "generic",
  since: "1.0.0",
  summary: "Counts how many of the keys exist, one named twice as two",
  complexity: "O(N) with N keys",
  syntax: "key [key ...]",
  arity: -2,
  flags: ["readonly", "fast"],
  categories: ["keyspace"],
  keys: [keys(1, 1, "RO")],
  leavesValues: true,
  tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
  run({ db }, args, reply) {
    let found = 0;
    for (let i = 1; i < args.count; i++) if (db.peek(args.at(i)) !== 0) found++;
    reply.integer(found);
  },
});

export const touch = defineCommand({
  ...exists,
  name: "TOUCH",
  since: "3.2.1",
  summary: "Marks keys as just used and counts how many of them exist",
  run({ db, keyspace, client }, args, reply) {
    // CLIENT NO-TOUCH is for reads that happen to use a key; this one means to.
    keyspace.access.freeze(false);
    let found = 0;
    for (let i = 1; i < args.count; i++) if (db.read(args.at(i)) !== 0) found++;
    keyspace.access.freeze(client.noTouch);
    reply.integer(found);
  },
});

export const type = defineCommand({
  name: "TYPE",
  group: "generic",
  since: "1.0.0",
  summary: "Names the type of the value stored at a key",
  complexity: "O(1)",
  syntax: "key",
  arity: 2,
  flags: ["readonly", "fast"],
  categories: ["keyspace"],
  keys: [key(1, "RO")],
  leavesValues: true,
  run({ db }, args, reply) {
    const ref = db.peek(args.at(1));
    reply.status(ref === 0 ? "none" : TYPE_NAMES[db.typeOf(ref)]!);
  },
});
