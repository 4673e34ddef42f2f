/** DBSIZE, FLUSHDB, FLUSHALL, SWAPDB: databases as a whole. */
import type { Args } from "../../args.ts";
import { defineCommand } from "../../command.ts";
import type { Context } from "../../context.ts";
import { databaseOutOfRange, ReplyError, syntaxError } from "../../errors.ts";

const invalidFirst = new ReplyError("ERR invalid first DB index");
const invalidSecond = new ReplyError("ERR invalid second DB index");
const INT32_MAX = 0x7fffffff;

/** Whether the memory is to be given back later: as asked, or as `lazyfree-lazy-user-flush` says. */
function isLater({ server }: Context, args: Args): boolean {
  if (args.count > 2) throw syntaxError;
  if (args.count === 1) return server.settings.flag("lazyfree-lazy-user-flush");
  if (args.is(1, "async")) return true;
  if (args.is(1, "sync")) return false;
  throw syntaxError;
}

export const dbsize = defineCommand({
  name: "DBSIZE",
  group: "server",
  since: "1.0.0",
  summary: "Counts the keys of the selected database",
  complexity: "O(1)",
  syntax: "",
  arity: 1,
  flags: ["readonly", "fast"],
  categories: ["keyspace"],
  tips: ["request_policy:all_shards", "response_policy:agg_sum"],
  run: ({ db }, _args, reply) => reply.integer(db.size),
});

const shared = {
  group: "server",
  since: "1.0.0",
  syntax: "[ASYNC | SYNC]",
  arity: -1,
  flags: ["write"],
  categories: ["keyspace", "dangerous"],
  tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
} as const;

export const flushdb = defineCommand({
  ...shared,
  name: "FLUSHDB",
  summary: "Removes all keys of the selected database",
  complexity: "O(N) where N is the number of keys in the database",
  run(context, args, reply) {
    context.db.flush(isLater(context, args));
    context.keyspace.listeners.flushed?.();
    context.server.journal.inAnyCase();
    reply.ok();
  },
});

export const flushall = defineCommand({
  ...shared,
  name: "FLUSHALL",
  summary: "Removes all keys of all databases",
  complexity: "O(N) where N is the number of keys in all databases",
  run(context, args, reply) {
    const later = isLater(context, args);
    for (const database of context.keyspace.databases) database.flush(later);
    context.keyspace.listeners.flushed?.();
    context.server.journal.inAnyCase();
    context.server.persistence.flushedAll();
    reply.ok();
  },
});

export const swapdb = defineCommand({
  name: "SWAPDB",
  group: "server",
  since: "4.0.0",
  summary: "Lets two databases change places",
  complexity: "O(N) where N is the number of clients that watch keys of the two databases or wait for some",
  syntax: "index1 index2",
  arity: 3,
  flags: ["write", "fast"],
  categories: ["keyspace", "dangerous"],
  run({ keyspace }, args, reply) {
    const first = index(args, 1, invalidFirst);
    const second = index(args, 2, invalidSecond);
    const { databases } = keyspace;
    if (databases[first] === undefined || databases[second] === undefined) throw databaseOutOfRange;
    if (first !== second) keyspace.swap(first, second);
    keyspace.dirty++;
    reply.ok();
  },
});

function index(args: Args, i: number, error: ReplyError): number {
  const value = args.integer(i, error);
  if (value < -INT32_MAX - 1 || value > INT32_MAX) throw error;
  return value;
}
