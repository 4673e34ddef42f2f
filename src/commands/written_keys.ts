/** The keys that a request may change, by the key specifications. */
import type { Args } from "../args.ts";
import { type Command, FlagBit } from "../command_table.ts";
import type { Transaction } from "../context.ts";
import type { Database } from "../store/database.ts";
import type { Slice } from "../sys/bytes.ts";
import { findKeys } from "./server/command_keys.ts";
import { forEachQueued } from "./value_keys.ts";

type Visitor = (db: Database, key: Slice) => void;

/** Scripts and functions that may write: the keys that they declare. */
const SCRIPTS: ReadonlySet<string> = new Set(["eval", "evalsha", "fcall"]);

/** Whether a request may change keys that it names. */
export function mayWrite(command: Command): boolean {
  return (command.flagBits & FlagBit.write) !== 0 || SCRIPTS.has(command.name);
}

/** Whether the only key of a command is its argument `firstKey`: most of those that are frequent. */
export function hasOneKey({ firstKey, lastKey, spec }: Command): boolean {
  return firstKey > 0 && lastKey === 0 && spec.keys!.length === 1;
}

/** Calls `visit` for every such key, twice for one that is named twice. O(arguments). */
export function forEachWrittenKey(command: Command, args: Args, db: Database, visit: Visitor): void {
  if (!mayWrite(command)) return;
  const { firstKey, lastKey, keyStep } = command;
  if (firstKey > 0 && command.spec.keys!.length === 1) {
    const last = lastKey >= 0 ? firstKey + lastKey : args.count + lastKey;
    for (let at = firstKey; at <= last; at += keyStep) visit(db, args.at(at));
    return;
  }
  for (const { at, flags } of findKeys(command, args, 0)) {
    if (!flags.includes("RO") && !flags.includes("not_key")) visit(db, args.at(at));
  }
}

/** The same for all requests of a transaction. */
export function forEachQueuedWrittenKey(transaction: Transaction, db: Database, visit: Visitor): void {
  forEachQueued(
    transaction,
    db,
    (command, args, selected) => forEachWrittenKey(command, args, selected, visit),
  );
}
