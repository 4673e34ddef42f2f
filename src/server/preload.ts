/**
 * Sees to it that the values which a request will look into are in memory before it is carried out: the client waits, and
 * nobody else does. What cannot be known from the request is read when it is reached for.
 */
import type { Args } from "../args.ts";
import type { Command } from "../command_table.ts";
import { forEachQueuedValueKey, forEachValueKey, isPlainSet } from "../commands/value_keys.ts";
import type { Client } from "../context.ts";
import type { Database } from "../store/database.ts";
import type { Slice } from "../sys/bytes.ts";
import type { Waiter } from "../swap/loader.ts";
import type { VirtualMemory } from "../swap/virtual_memory.ts";
import type { ClientRegistry } from "./clients.ts";
import type { ServedClient } from "./served_client.ts";

interface Preload extends Waiter {
  /** Whether everything was loaded, and the request has yet to be carried out. */
  isOver: boolean;
}

export class Preloader {
  readonly #memory: VirtualMemory;
  readonly #clients: ClientRegistry;
  /** By the numbers of the clients. */
  readonly #preloads: Map<number, Preload> = new Map();

  constructor(memory: VirtualMemory, clients: ClientRegistry) {
    this.#memory = memory;
    this.#clients = clients;
  }

  /** Clients that wait for values. */
  get waiting(): number {
    return this.#preloads.size;
  }

  /**
   * Whether a request has to wait; then it is to be tried again when the client is resumed.
   * @throws ReplyError when a value cannot be read, before the request has done anything
   */
  mustWait(command: Command, client: Client, args: Args): boolean {
    const under = this.#preloads.size === 0 ? undefined : this.#preloads.get(client.id);
    if (under !== undefined && !under.isOver) return true;
    if (under !== undefined) this.#preloads.delete(client.id);
    // Only who is served passes the gates of dispatch.
    const served = client as ServedClient;
    if (!this.#isMissing(command, served, args)) return false;
    if (under !== undefined || this.#memory.options.threads === 0) {
      // Nothing is waited for twice: what is missing by now is read at once.
      this.#forEachKey(command, served, args, (db, key) => this.#memory.load(db, key));
      return false;
    }
    const preload: Preload = { left: 0, isOver: false, done: () => this.#loaded(client.id, preload) };
    this.#preloads.set(client.id, preload);
    this.#forEachKey(command, served, args, (db, key) => this.#memory.want(db, key, preload));
    return true;
  }

  /** A client is gone; what it waited for is loaded for nobody. */
  forget(id: number): void {
    this.#preloads.delete(id);
  }

  #loaded(id: number, preload: Preload): void {
    preload.isOver = true;
    this.#clients.byId(id)?.resume();
  }

  /** Whether a value is in the swap file that a request will look into. */
  #isMissing(command: Command, served: ServedClient, args: Args): boolean {
    if (command.valueKeys === "fixed") {
      const { db } = served;
      const { firstKey, lastKey, keyStep } = command;
      const last = lastKey >= 0 ? firstKey + lastKey : args.count + lastKey;
      for (let at = firstKey; at <= last; at += keyStep) {
        if (db.isSwappedOut(args.at(at))) return true;
      }
      return false;
    }
    if (isPlainSet(command, args)) return false;
    let isMissing = false;
    this.#forEachKey(command, served, args, (db, key) => isMissing ||= db.isSwappedOut(key));
    return isMissing;
  }

  #forEachKey(
    command: Command,
    { db, transaction }: ServedClient,
    args: Args,
    visit: (db: Database, key: Slice) => void,
  ): void {
    if (command.name !== "exec") forEachValueKey(command, args, db, visit);
    else if (transaction !== undefined && !transaction.failed) forEachQueuedValueKey(transaction, db, visit);
  }
}
