/** The keys whose values a request will look into, by the key specifications: what has to be in memory before it runs. */
import type { Args } from "../args.ts";
import { type Command, looksIntoValue } from "../command_table.ts";
import type { Transaction } from "../context.ts";
import type { Database } from "../store/database.ts";
import type { Slice } from "../sys/bytes.ts";
import { findKeys } from "./server/command_keys.ts";

type Visitor = (db: Database, key: Slice) => void;

/** SET with nothing but key and value. */
const PLAIN_SET_ARGUMENTS = 3;

/** Whether a request is the usual SET, which looks into nothing: told apart since it is so frequent. */
export function isPlainSet(command: Command, args: Args): boolean {
  return args.count === PLAIN_SET_ARGUMENTS && command.name === "set";
}

/** Calls `visit` for every such key, twice for one that is named twice. O(arguments). */
export function forEachValueKey(command: Command, args: Args, db: Database, visit: Visitor): void {
  if (command.valueKeys === "none") return;
  if (command.valueKeys === "fixed") {
    const { firstKey, lastKey, keyStep } = command;
    const last = lastKey >= 0 ? firstKey + lastKey : args.count + lastKey;
    for (let at = firstKey; at <= last; at += keyStep) visit(db, args.at(at));
    return;
  }
  if (isPlainSet(command, args)) return;
  for (const { at, flags } of findKeys(command, args, 0)) {
    if (looksIntoValue(flags)) visit(db, args.at(at));
  }
}

/** The same for all requests of a transaction. */
export function forEachQueuedValueKey(transaction: Transaction, db: Database, visit: Visitor): void {
  forEachQueued(
    transaction,
    db,
    (command, args, selected) => forEachValueKey(command, args, selected, visit),
  );
}

/** Calls `look` for every request of a transaction, with the database that follows from its SELECTs. */
export function forEachQueued(
  transaction: Transaction,
  db: Database,
  look: (command: Command, args: Args, selected: Database) => void,
): void {
  const { databases } = db.keyspace;
  let selected: Database = db;
  transaction.replay((command, args) => {
    if (command.name === "select") selected = databases[Number(args.text(1))] ?? selected;
    else look(command, args, selected);
    return true;
  });
}
