/**
 * Has requests wait that would change a large collection before the snapshot under way has shown it: their clients wait some
 * hundred milliseconds, and nobody else does. Without it the whole collection would be shown in the middle of
 * the command, and everybody would wait. What no request names (a script's undeclared keys, what dies of age) is
 * shown so.
 */
import type { Args } from "../args.ts";
import type { Command } from "../command_table.ts";
import { forEachQueuedWrittenKey, forEachWrittenKey, hasOneKey, mayWrite } from "../commands/written_keys.ts";
import type { Database } from "../store/database.ts";
import type { Snapshot } from "../store/snapshot.ts";
import type { Slice } from "../sys/bytes.ts";
import type { ClientRegistry } from "./clients.ts";
import type { ServedClient } from "./served_client.ts";

export class SnapshotWaits {
  readonly #clients: ClientRegistry;
  #snapshot: Snapshot | undefined;
  /** The numbers of the clients that wait. */
  #waiting: number[] = [];

  constructor(clients: ClientRegistry) {
    this.#clients = clients;
  }

  /** A snapshot has begun, or has ended. */
  follow(snapshot: Snapshot | undefined): void {
    this.#snapshot = snapshot;
    // It may be in the middle of a command that something is shown.
    if (snapshot !== undefined) snapshot.onShown = () => queueMicrotask(() => this.#resume());
  }

  /** Whether a request has to wait; then it is to be tried again when the client is resumed. */
  mustWait(command: Command, client: ServedClient, args: Args): boolean {
    const snapshot = this.#snapshot;
    if (snapshot === undefined) return false;
    let waits = false;
    if (command.name !== "exec") {
      if (!mayWrite(command)) return false;
      waits = hasOneKey(command)
        ? showsFirst(snapshot, client.db, args.at(command.firstKey))
        : anyShowsFirst(snapshot, (visit) => forEachWrittenKey(command, args, client.db, visit));
    } else {
      const { transaction, db } = client;
      if (transaction === undefined || transaction.failed) return false;
      waits = anyShowsFirst(snapshot, (visit) => forEachQueuedWrittenKey(transaction, db, visit));
    }
    if (waits) this.#waiting.push(client.id);
    return waits;
  }

  #resume(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const id of waiting) this.#clients.byId(id)?.resume();
  }
}

function showsFirst(snapshot: Snapshot, db: Database, key: Slice): boolean {
  const ref = db.findDeadOrAlive(key);
  return ref !== 0 && snapshot.showsFirst(db.entrySet, ref);
}

/** Whether it is so of any of the keys that are handed to the visitor; all of them are looked at. */
function anyShowsFirst(
  snapshot: Snapshot,
  forEachKey: (visit: (db: Database, key: Slice) => void) => void,
): boolean {
  let isSo = false;
  forEachKey((db, key) => isSo = showsFirst(snapshot, db, key) || isSo);
  return isSo;
}
