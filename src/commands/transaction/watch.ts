/** WATCH and UNWATCH: the next EXEC does nothing when one of some keys was changed by then. */
import { defineCommand, keys } from "../../command.ts";
import { ReplyError } from "../../errors.ts";
import { Watcher } from "../../store/watch.ts";

const insideMulti = new ReplyError("ERR WATCH inside MULTI is not allowed");

export const watch = defineCommand({
  name: "WATCH",
  group: "transactions",
  since: "2.2.0",
  summary: "Lets the next EXEC do nothing if one of the keys is changed until then",
  complexity: "O(1) for every key",
  syntax: "key [key ...]",
  arity: -2,
  flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  categories: ["transaction"],
  keys: [keys(1, 1, "RO")],
  leavesValues: true,
  run({ client, db, keyspace }, args, reply) {
    if (client.transaction !== undefined) throw insideMulti;
    client.watcher ??= new Watcher();
    for (let i = 1; i < args.count; i++) keyspace.watches.watch(client.watcher, db, args.at(i));
    reply.ok();
  },
});

export const unwatch = defineCommand({
  name: "UNWATCH",
  group: "transactions",
  since: "2.2.0",
  summary: "Forgets which keys are watched, and whether they were changed",
  complexity: "O(N) where N is the number of watched keys",
  syntax: "",
  arity: 1,
  flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  categories: ["transaction"],
  run({ client, keyspace }, _args, reply) {
    if (client.watcher !== undefined) keyspace.watches.release(client.watcher);
    reply.ok();
  },
});
