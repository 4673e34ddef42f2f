/**
 * The client that nobody sees: it carries out the commands of an append-only file while that is loaded. Its replies go
 * nowhere, it passes no gates, and nothing that it does is recorded or counted.
 */
import type { Args } from "../args.ts";
import type { Command } from "../command_table.ts";
import { InnerClient } from "../inner_client.ts";
import type { RedenoServer } from "./server.ts";

export class ReplayClient extends InnerClient {
  readonly #server: RedenoServer;

  constructor(server: RedenoServer) {
    super(server, 0);
    this.#server = server;
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
    if (isScript) this.#server.dispatcher.beginBatch();
    try {
      command.run(this, args, this.reply);
    } catch (error) {
      if (error instanceof Error) throw error; // What is no reply is a bug.
    }
    if (isScript) this.#server.dispatcher.endBatch();
    this.reply.truncate(0);
    return true;
  }

  #find(args: Args): Command | undefined {
    const command = this.#server.commands.find(args.at(0));
    if (command === undefined || command.subcommands.length === 0 || args.count < 2) return command;
    return command.subcommand(args.text(1)) ?? command;
  }

  override wait(): void {
    // Nothing that blocks is ever recorded; a file that says otherwise has its command answered at once, with nothing.
  }

  override describe(): string {
    return "id=0 flags=N";
  }
}
