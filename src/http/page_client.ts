/**
 * A client of the server for one request of the dashboard: its commands pass all gates, are counted, and are seen by
 * MONITOR; CLIENT LIST shows it, by the name `dashboard`, for as long as the request takes. What it reads does not make
 * keys younger.
 */
import type { LocalClient } from "../server/local_client.ts";
import { LocalClientClosed } from "../server/local_client.ts";
import type { RedenoServer } from "../server/server.ts";
import { parseReply, type ReplyValue } from "../cli/reply_value.ts";
import { Refusal } from "./answers.ts";

export const CLIENT_NAME = "dashboard";

/** A command was answered with an error. The message is its text, in UTF-8. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}

export interface PageClientOptions {
  readonly user: string;
  readonly database: number;
}

export class PageClient implements Disposable {
  readonly local: LocalClient;

  /** @throws Refusal when there is no such database */
  constructor(server: RedenoServer, options: PageClientOptions) {
    const database = server.keyspace.databases[options.database];
    if (database === undefined) throw new Refusal(400, `There is no database ${options.database}.`);
    const client = this.local = server.client();
    client.name = CLIENT_NAME;
    client.user = options.user;
    client.noTouch = true;
    client.db = database;
  }

  /** The reply to a command, whatever it is. Texts are sent in UTF-8. @throws Refusal when the client was killed */
  async send(...words: readonly (string | number | Uint8Array)[]): Promise<ReplyValue> {
    try {
      const args = words.map((word) => typeof word === "number" ? String(word) : word);
      return parseReply(await this.local.send(args));
    } catch (error) {
      if (error instanceof LocalClientClosed) {
        throw new Refusal(503, "The client of this request was closed.");
      }
      throw error;
    }
  }

  /** The reply to a command. @throws CommandFailed when that is an error */
  async ask(...words: readonly (string | number | Uint8Array)[]): Promise<ReplyValue> {
    const reply = await this.send(...words);
    if (reply.kind === "error") throw new CommandFailed(fromBytes(reply.text));
    return reply;
  }

  /** As {@link ask}, of a reply that is a number. */
  async number(...words: readonly (string | number | Uint8Array)[]): Promise<number> {
    return Number(textOf(await this.ask(...words)));
  }

  /** As {@link ask}, of a reply that is a text; undefined for nil. One character a byte. */
  async text(...words: readonly (string | number | Uint8Array)[]): Promise<string | undefined> {
    const reply = await this.ask(...words);
    return reply.kind === "nil" ? undefined : textOf(reply);
  }

  /** As {@link ask}, of a reply that is an array. */
  async items(...words: readonly (string | number | Uint8Array)[]): Promise<readonly ReplyValue[]> {
    return itemsOf(await this.ask(...words));
  }

  [Symbol.dispose](): void {
    this.local.close();
  }
}

/** The text of a reply, one character a byte; that of a collection is empty. */
export function textOf(reply: ReplyValue | undefined): string {
  return reply !== undefined && "text" in reply ? reply.text : "";
}

export function itemsOf(reply: ReplyValue | undefined): readonly ReplyValue[] {
  return reply !== undefined && "items" in reply ? reply.items : [];
}

/** A text of one character a byte, as UTF-8 means it. */
export function fromBytes(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(text, (char) => char.charCodeAt(0)));
}
