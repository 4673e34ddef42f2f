/**
 * A client of a server in the same process: calls go to it and replies come back as values, with no socket and no
 * requests in bytes between. To the server it is a client like others.
 */
import type { LocalClient } from "../server/local_client.ts";
import { bytesOf, ReplyDecoder, ReplyError, type ReplyValue, textOf } from "./reply.ts";

/** An argument: texts are sent in UTF-8, bytes as they are, numbers in digits. */
export type Argument = string | Uint8Array | number | bigint;

/** How a client wants to be talked to. */
export interface ClientOptions {
  /** Version of the protocol, 2 or 3: only 3 has maps, sets, doubles and booleans. Default 3. */
  readonly protocol?: 2 | 3;
  /** Whether the strings in replies are Uint8Arrays, for data that is no text. Default false. */
  readonly bytes?: boolean;
  /** As CLIENT LIST shows it. */
  readonly name?: string;
}

/** A message of a channel. */
export interface Message<Text = string> {
  readonly channel: Text;
  /** The pattern that the channel matches; absent where it was subscribed to by name. */
  readonly pattern?: Text;
  readonly message: Text;
}

/** Pushes that are the reply to what was asked. */
const CONFIRMATIONS = /^[ps]?(un)?subscribe$/;

/**
 * A client. Calls are carried out in their order, those of one turn as one batch, so many calls that are not waited for one by
 * one are a pipeline. A call that blocks (BLPOP) holds back those behind it.
 */
export class EmbeddedClient<Text = string> implements Disposable {
  readonly #client: LocalClient;
  readonly #text: (bytes: Uint8Array) => Text;
  /** Is given what nobody asked for: messages, and what else version 3 of the protocol pushes. */
  onPush: ((push: readonly ReplyValue<Text>[]) => void) | undefined;
  readonly #listeners: Set<(message: Message<Text>) => void> = new Set();

  /** @ignore To be had by {@link EmbeddedServer.client}. */
  constructor(client: LocalClient, options: ClientOptions, text: (bytes: Uint8Array) => Text) {
    this.#client = client;
    this.#text = text;
    client.protocol = options.protocol ?? 3;
    client.name = options.name ?? "";
    client.onPush = (bytes) => {
      const decoder = new ReplyDecoder(bytes, this.#text);
      for (let push = decoder.next(); push !== undefined; push = decoder.next()) this.#take(push.value);
    };
  }

  /** As CLIENT ID tells. */
  get id(): number {
    return this.#client.id;
  }

  /** Whether it was closed, by itself, by CLIENT KILL or with the server. */
  get closed(): boolean {
    return this.#client.closed;
  }

  /** Whether a call waits: for a key, for the end of a pause, for the end of a script. */
  get isWaiting(): boolean {
    return this.#client.isWaiting;
  }

  /**
   * Carries a command out; its reply. What is not `await`ed is carried out all the same.
   * @throws ReplyError when the reply is an error (the promise is rejected)
   * @throws LocalClientClosed when the client was closed before there was a reply
   */
  async call<Value extends ReplyValue<Text> = ReplyValue<Text>>(
    command: string,
    ...args: readonly Argument[]
  ): Promise<Value> {
    return this.#decode(await this.#client.send(request(command, args))) as Value;
  }

  /**
   * Carries a command out at once; its reply. A script runs to its end.
   * @throws ReplyError when the reply is an error
   * @throws MustWaitError when it would have to wait: a command that blocks and finds nothing, a pause, a script before the
   * engine is there ({@link EmbeddedServer.loadScripting}). Then nothing was done.
   */
  callSync<Value extends ReplyValue<Text> = ReplyValue<Text>>(
    command: string,
    ...args: readonly Argument[]
  ): Value {
    return this.#decode(this.#client.sendNow(request(command, args))) as Value;
  }

  /** Subscribes to channels; every message of the client goes to every listener. Needs version 3 for other calls. */
  async subscribe(
    channels: string | readonly string[],
    listener: (message: Message<Text>) => void,
  ): Promise<void> {
    this.#listeners.add(listener);
    await this.call("SUBSCRIBE", ...[channels].flat());
  }

  /** Subscribes to patterns of channels (`news.*`). */
  async psubscribe(
    patterns: string | readonly string[],
    listener: (message: Message<Text>) => void,
  ): Promise<void> {
    this.#listeners.add(listener);
    await this.call("PSUBSCRIBE", ...[patterns].flat());
  }

  /** Closes the client; calls without a reply are rejected. */
  close(): void {
    this.#client.close();
  }

  /** {@link EmbeddedClient.close}, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The reply among what came; undefined bytes are those of a client that wants no replies (CLIENT REPLY). */
  #decode(bytes: Uint8Array): ReplyValue<Text> {
    const decoder = new ReplyDecoder(bytes, this.#text);
    let reply: ReplyValue<Text> = null;
    for (let read = decoder.next(); read !== undefined; read = decoder.next()) {
      // Of a client that publishes to itself messages stand beside the reply.
      if (read.isPush && !isConfirmation(read.value)) this.#take(read.value);
      else reply = read.value;
    }
    if (reply instanceof ReplyError) throw reply;
    return reply;
  }

  #take(value: ReplyValue<Text>): void {
    if (!Array.isArray(value)) return;
    const push = value as readonly ReplyValue<Text>[];
    if (this.onPush !== undefined) callBack(this.onPush, push);
    const kind = plain(push[0]);
    if (kind === "message" || kind === "smessage") {
      this.#tell({ channel: push[1] as Text, message: push[2] as Text });
    } else if (kind === "pmessage") {
      this.#tell({ pattern: push[1] as Text, channel: push[2] as Text, message: push[3] as Text });
    }
  }

  #tell(message: Message<Text>): void {
    for (const listener of this.#listeners) callBack(listener, message);
  }
}

/** What a listener throws is the program's affair, as with any event: the turn of the server it is called in goes on. */
function callBack<What>(listener: (what: What) => void, what: What): void {
  try {
    listener(what);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** @throws TypeError for what is no argument: programs without types would else store "undefined" or "[object Object]" */
function request(command: string, args: readonly Argument[]): (string | Uint8Array)[] {
  if (typeof command !== "string") throw new TypeError(`a command is a string, not ${kindOf(command)}`);
  const words: (string | Uint8Array)[] = [command];
  for (const arg of args) {
    if (typeof arg === "string" || arg instanceof Uint8Array) words.push(arg);
    else if (typeof arg === "number" || typeof arg === "bigint") words.push(String(arg));
    else {
      throw new TypeError(
        `an argument of ${command} is a string, a number, a bigint or a Uint8Array, not ${kindOf(arg)}`,
      );
    }
  }
  return words;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  return value === null || value === undefined ? String(value) : `of type ${typeof value}`;
}

function isConfirmation(value: unknown): boolean {
  return Array.isArray(value) && CONFIRMATIONS.test(plain(value[0]));
}

/** The first word of a push, as text. */
function plain(word: unknown): string {
  return word instanceof Uint8Array ? textOf(word) : String(word);
}

/** A client whose replies hold texts. */
export function textClient(client: LocalClient, options: ClientOptions): EmbeddedClient<string> {
  return new EmbeddedClient(client, options, textOf);
}

/** A client whose replies hold bytes. */
export function byteClient(client: LocalClient, options: ClientOptions): EmbeddedClient<Uint8Array> {
  return new EmbeddedClient<Uint8Array>(client, options, bytesOf);
}
