/**
 * A session with a server over the network: connects, logs in, selects the database and the protocol as redis-cli does,
 * with its texts for what fails; then one command at a time.
 */
import { utf8 } from "../sys/bytes.ts";
import { type ByteStream, openStream, reasonOf, SessionError } from "./byte_stream.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { ReplyProtocolError, ReplyReader, type ReplyValue } from "./reply_value.ts";

/** Where commands are sent to. */
export interface Session extends Disposable {
  /**
   * Sends a command and waits for its reply; texts are sent in UTF-8.
   * @throws SessionError when there is none
   */
  send(args: readonly (string | Uint8Array)[]): Promise<ReplyValue>;
  /** Waits for one more reply, where a command has several. @throws SessionError when there is none */
  receive(): Promise<ReplyValue>;
}

export { SessionError };

const READ_BYTES = 64 << 10;

export class NetworkSession implements Session {
  readonly #stream: ByteStream;
  readonly #reader: ReplyReader = new ReplyReader();
  readonly #chunk: Uint8Array<ArrayBuffer> = new Uint8Array(READ_BYTES);
  readonly #onPush: (push: ReplyValue) => void;

  private constructor(stream: ByteStream, onPush: (push: ReplyValue) => void) {
    this.#stream = stream;
    this.#onPush = onPush;
  }

  /**
   * Connects and logs in.
   * @param onPush is given RESP3 pushes that come before a reply
   * @param warn is given what is worth saying although the session begins
   * @throws SessionError
   */
  static async open(
    options: ConnectionOptions,
    onPush: (push: ReplyValue) => void,
    warn: (message: string) => void,
  ): Promise<NetworkSession> {
    const session = await NetworkSession.connect(options, onPush);
    try {
      const refusal = await session.logIn(options, warn);
      if (refusal !== undefined) throw new SessionError(refusal);
      return session;
    } catch (error) {
      session[Symbol.dispose]();
      throw error;
    }
  }

  /** Connects, and says nothing. @throws SessionError */
  static async connect(
    options: ConnectionOptions,
    onPush: (push: ReplyValue) => void,
  ): Promise<NetworkSession> {
    return new NetworkSession(await openStream(options), onPush);
  }

  /**
   * Says who asks, in which database, by which protocol.
   * @returns what the server refused, and what followed was not asked; undefined when it agreed to everything
   * @throws SessionError when there is no answer
   */
  async logIn(options: ConnectionOptions, warn: (message: string) => void): Promise<string | undefined> {
    const { user, password, database, protocol } = options;
    const refused = await this.#refusal("AUTH", password && ["AUTH", ...user ? [user] : [], password]) ??
      await this.#refusal(`SELECT ${database}`, database !== 0 && ["SELECT", String(database)]);
    if (refused !== undefined || protocol === 2) return refused;
    const old = await this.#refusal("HELLO 3", ["HELLO", "3"]);
    if (protocol === 3) return old;
    if (old !== undefined) warn(old);
    return undefined;
  }

  async #refusal(
    what: string,
    args: readonly string[] | false | "" | undefined,
  ): Promise<string | undefined> {
    if (!args) return undefined;
    const reply = await this.send(args);
    return reply.kind === "error" ? `${what} failed: ${reply.text}` : undefined;
  }

  async send(args: readonly (string | Uint8Array)[]): Promise<ReplyValue> {
    await this.write(encodeRequest(args));
    return await this.receive();
  }

  /** Sends bytes as they are. @throws SessionError */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) at += await this.#stream.write(bytes.subarray(at));
    } catch (error) {
      throw new SessionError(`Error: ${reasonOf(error)}`);
    }
  }

  /**
   * Reads what is no replies, as long as no reply is under way.
   * @returns how many bytes came, or null at the end
   * @throws SessionError
   */
  async read(into: Uint8Array<ArrayBuffer>): Promise<number | null> {
    try {
      return await this.#stream.read(into);
    } catch (error) {
      throw new SessionError(`Error: ${reasonOf(error)}`);
    }
  }

  receive(): Promise<ReplyValue> {
    return this.#receive(false);
  }

  /** Waits for one more reply or push, whichever comes first. @throws SessionError when there is none */
  receiveAny(): Promise<ReplyValue> {
    return this.#receive(true);
  }

  async #receive(takesPushes: boolean): Promise<ReplyValue> {
    try {
      for (;;) {
        const reply = this.#reader.next();
        if (reply?.kind === "push" && !takesPushes) this.#onPush(reply);
        else if (reply !== undefined) return reply;
        else await this.#read();
      }
    } catch (error) {
      if (error instanceof SessionError) throw error;
      if (error instanceof ReplyProtocolError) throw new SessionError(`Error: ${error.message}`);
      throw new SessionError(`Error: ${reasonOf(error)}`);
    }
  }

  async #read(): Promise<void> {
    const count = await this.#stream.read(this.#chunk);
    if (count === null) throw new SessionError("Error: Server closed the connection");
    this.#reader.feed(this.#chunk.subarray(0, count));
  }

  [Symbol.dispose](): void {
    try {
      this.#stream.close();
    } catch {
      // The server was faster.
    }
  }
}

/** A command as clients send it. O(bytes). */
export function encodeRequest(args: readonly (string | Uint8Array)[]): Uint8Array {
  const parts: Uint8Array[] = [utf8(`*${args.length}\r\n`)];
  const end = utf8("\r\n");
  for (const arg of args) {
    const bytes = typeof arg === "string" ? utf8(arg) : arg;
    parts.push(utf8(`$${bytes.length}\r\n`), bytes, end);
  }
  const request = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    request.set(part, at);
    at += part.length;
  }
  return request;
}
