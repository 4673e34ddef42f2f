/** MULTI, EXEC, DISCARD: several requests are carried out at once, with nobody else's between them. */
import { defineCommand } from "../../command.ts";
import type { Context, Transaction, TransactionPlace } from "../../context.ts";
import { ReplyError } from "../../errors.ts";
import { endTransaction } from "./end.ts";
import { RequestQueue } from "./queue.ts";

const nested = new ReplyError("ERR MULTI calls can not be nested");
const execWithoutMulti = new ReplyError("ERR EXEC without MULTI");
const discardWithoutMulti = new ReplyError("ERR DISCARD without MULTI");
const aborted = new ReplyError("EXECABORT Transaction discarded because of previous errors.");

export const multi = defineCommand({
  name: "MULTI",
  group: "transactions",
  since: "1.2.0",
  summary: "Begins a transaction: what follows is queued until EXEC",
  complexity: "O(1)",
  syntax: "",
  arity: 1,
  flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  categories: ["transaction"],
  run({ client }, _args, reply) {
    if (client.transaction !== undefined) throw nested;
    client.transaction = new RequestQueue();
    reply.ok();
  },
});

export const exec = defineCommand({
  name: "EXEC",
  group: "transactions",
  since: "1.2.0",
  summary: "Carries out what was queued since MULTI, unless a watched key was changed",
  complexity: "That of the queued commands, and O(N) where N is the number of watched keys",
  syntax: "",
  arity: 1,
  flags: ["noscript", "loading", "stale", "skip_slowlog"],
  categories: ["transaction"],
  run(context, _args, reply) {
    const { client, keyspace } = context;
    const { transaction, watcher } = client;
    if (transaction === undefined) throw execWithoutMulti;
    const isTouched = watcher !== undefined && keyspace.watches.isTouched(watcher);
    if (transaction.failed || isTouched) {
      endTransaction(context);
      if (transaction.failed) throw aborted;
      return reply.nilArray();
    }
    // The transaction's own changes need not look for a watcher that is done.
    if (watcher !== undefined) keyspace.watches.release(watcher);
    reply.array(transaction.commands.length);
    carryOut(context, transaction);
  },
});

/** Carries out what is queued, from a place on; a script that takes long interrupts it. */
function carryOut(context: Context, transaction: Transaction, from?: TransactionPlace): void {
  const { server } = context;
  const stopped = transaction.replay((command, args) => {
    server.call(context, command, args);
    return !server.dispatcher.isSuspended;
  }, from);
  if (stopped === undefined) endTransaction(context);
  else server.dispatcher.whenResumed(() => carryOut(context, transaction, stopped));
}

export const discard = defineCommand({
  name: "DISCARD",
  group: "transactions",
  since: "2.0.0",
  summary: "Ends a transaction without carrying out what was queued",
  complexity: "O(N) where N is the number of watched keys",
  syntax: "",
  arity: 1,
  flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  categories: ["transaction"],
  run(context, _args, reply) {
    if (context.client.transaction === undefined) throw discardWithoutMulti;
    endTransaction(context);
    reply.ok();
  },
});
