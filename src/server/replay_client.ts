/**
 * The client that nobody sees: it carries out the commands of an append-only file while that is loaded. Its replies go
 * nowhere, it passes no gates, and nothing that it does is recorded or counted.
 */
import type { Args } from "../args.ts";
import type { Client, Context, Transaction } from "../context.ts";
import type { Command, CommandTable } from "../command_table.ts";
import { Reply } from "../resp/reply.ts";
import type { Database } from "../store/database.ts";
import type { Keyspace } from "../store/keyspace.ts";
import type { Watcher } from "../store/watch.ts";
import type { RedenoServer } from "./server.ts";

export class ReplayClient implements Client, Context {
  readonly client: Client = this;
  readonly server: RedenoServer;
  readonly keyspace: Keyspace;
  db: Database;
  readonly id = 0;
  name = "";
  libraryName = "";
  libraryVersion = "";
  user = "default";
  authenticated = true;
  attention = 0;
  protocol: 2 | 3 = 2;
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
  transaction: Transaction | undefined = undefined;
  watcher: Watcher | undefined = undefined;
  readonly waiting = undefined;
  readonly canBeSuspended = false;
  readonly isSuspended = false;
  closeAfterReply = false;
  readonly #commands: CommandTable;

  constructor(server: RedenoServer) {
    this.server = server;
    this.keyspace = server.keyspace;
    this.db = server.keyspace.databases[0]!;
    this.connectedAt = this.lastActiveAt = server.clock.now();
    this.#commands = server.commands;
  }

  /**
   * Carries a command out; false when there is no such command. What the handler answers, an error too, as it did when the
   * command was first sent, is of no interest.
   */
  run(args: Args): boolean {
    const command = this.#find(args);
    if (command?.run === undefined) return false;
    // Files of older servers hold scripts, and what these call is timed.
    const isScript = command.spec.group === "scripting";
    if (isScript) this.server.dispatcher.beginBatch();
    try {
      command.run(this, args, this.reply);
    } catch (error) {
      if (error instanceof Error) throw error; // What is no reply is a bug.
    }
    if (isScript) this.server.dispatcher.endBatch();
    this.reply.truncate(0);
    return true;
  }

  #find(args: Args): Command | undefined {
    const command = this.#commands.find(args.at(0));
    if (command === undefined || command.subcommands.length === 0 || args.count < 2) return command;
    return command.subcommand(args.text(1)) ?? command;
  }

  wait(): void {
    // Nothing that blocks is ever recorded; a file that says otherwise has its command answered at once, with nothing.
  }

  endWait(): boolean {
    return false;
  }

  suspend(): never {
    throw new Error("what is loaded cannot be suspended");
  }

  resumed(): void {}

  describe(): string {
    return "id=0 flags=N";
  }
}
