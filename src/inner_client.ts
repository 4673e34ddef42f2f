/**
 * A client that nobody sees: commands of a script, or of an append-only file, are carried out for it. It passes no gates,
 * and it never waits.
 */
import type { Client, Context, Server, Transaction } from "./context.ts";
import type { Command } from "./command_table.ts";
import { Reply } from "./resp/reply.ts";
import type { Database } from "./store/database.ts";
import type { Keyspace } from "./store/keyspace.ts";
import type { Watcher } from "./store/watch.ts";

export abstract class InnerClient implements Client, Context {
  readonly client: Client = this;
  readonly server: Server;
  readonly keyspace: Keyspace;
  db: Database;
  readonly id: number;
  name = "";
  libraryName = "";
  libraryVersion = "";
  user = "default";
  authenticated = true;
  attention = 0;
  replyMode = "on" as const;
  noEvict = false;
  noTouch = false;
  readonly address = "";
  readonly localAddress = "";
  readonly isLocal = true;
  readonly connectedAt: number;
  lastActiveAt: number;
  lastCommand: Command | undefined = undefined;
  readonly kind = "normal";
  readonly reply: Reply = new Reply();
  transaction: Transaction | undefined;
  watcher: Watcher | undefined = undefined;
  readonly waiting = undefined;
  readonly canBeSuspended = false;
  readonly isSuspended = false;
  closeAfterReply = false;

  /** @param id which no client that is seen has @param transaction what it is always inside of */
  constructor(server: Server, id: number, transaction?: Transaction) {
    this.server = server;
    this.keyspace = server.keyspace;
    this.db = server.keyspace.databases[0]!;
    this.id = id;
    this.connectedAt = this.lastActiveAt = server.clock.now();
    this.transaction = transaction;
  }

  get protocol(): 2 | 3 {
    return this.reply.resp3 ? 3 : 2;
  }

  set protocol(version: 2 | 3) {
    this.reply.resp3 = version === 3;
  }

  abstract wait(): void;

  endWait(): boolean {
    return false;
  }

  suspend(): never {
    throw new Error("what scripts call, or files hold, cannot be suspended");
  }

  resumed(): void {}

  abstract describe(): string;
}
