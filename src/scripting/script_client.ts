/**
 * The client as which scripts call commands: it has a database and a version of the protocol of its own, and nobody
 * else sees it. Its replies are read by the script.
 */
import type { Client, Context, Server, Transaction } from "../context.ts";
import type { Command } from "../command_table.ts";
import { recycleReplyBuffer, Reply } from "../resp/reply.ts";
import type { Database } from "../store/database.ts";
import type { Keyspace } from "../store/keyspace.ts";
import type { Watcher } from "../store/watch.ts";

/** A larger reply's memory is not kept for the next one. */
const REPLY_BYTES_KEPT_MAX = 256 << 10;

/** Scripts must not wait, as little as transactions. */
const NEVER_WAITS: Transaction = {
  commands: [],
  bytes: 0,
  failed: false,
  add() {},
  replay: () => undefined,
};

export class ScriptClient implements Client, Context {
  readonly client: Client = this;
  readonly server: Server;
  readonly keyspace: Keyspace;
  db: Database;
  readonly id = -1;
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
  readonly connectedAt = 0;
  lastActiveAt = 0;
  lastCommand: Command | undefined = undefined;
  readonly kind = "normal";
  readonly reply: Reply = new Reply();
  transaction: Transaction | undefined = NEVER_WAITS;
  watcher: Watcher | undefined = undefined;
  readonly waiting = undefined;
  readonly canBeSuspended = false;
  readonly isSuspended = false;
  closeAfterReply = false;

  constructor(server: Server) {
    this.server = server;
    this.keyspace = server.keyspace;
    this.db = server.keyspace.databases[0]!;
  }

  get protocol(): 2 | 3 {
    return this.reply.resp3 ? 3 : 2;
  }

  set protocol(version: 2 | 3) {
    this.reply.resp3 = version === 3;
  }

  /** A script begins for this client. */
  begin({ client, db }: Context): void {
    this.db = db;
    this.user = client.user;
    this.reply.resp3 = false;
  }

  /** Lets go of what a large reply took. */
  end(): void {
    const { reply } = this;
    if (reply.buffer.length > REPLY_BYTES_KEPT_MAX) recycleReplyBuffer(reply.take());
  }

  wait(): never {
    throw new Error("a script cannot wait");
  }

  endWait(): boolean {
    return false;
  }

  suspend(): never {
    throw new Error("what a script calls cannot be suspended");
  }

  resumed(): void {}

  describe(): string {
    return "id=-1 addr= laddr= name= (a script)";
  }
}
