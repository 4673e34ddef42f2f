/**
 * A session with a server over the network: connects, logs in, selects the database and the protocol as redis-cli does,
 * with its texts for what fails; then one command at a time.
 */
import { latin1Text, utf8 } from "../sys/bytes.ts";
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

/** The session could not begin, or is over. The message is what the program prints, one character a byte. */
export class SessionError extends Error {
  override readonly name = "SessionError";
}

const READ_BYTES = 64 << 10;

export class NetworkSession implements Session {
  readonly #connection: Deno.Conn;
  readonly #reader: ReplyReader = new ReplyReader();
  readonly #chunk: Uint8Array<ArrayBuffer> = new Uint8Array(READ_BYTES);
  readonly #onPush: (push: ReplyValue) => void;

  private constructor(connection: Deno.Conn, onPush: (push: ReplyValue) => void) {
    this.#connection = connection;
    this.#onPush = onPush;
  }

  /**
   * @param onPush is given RESP3 pushes that come before a reply
   * @param warn is given what is worth saying although the session begins
   * @throws SessionError
   */
  static async open(
    options: ConnectionOptions,
    onPush: (push: ReplyValue) => void,
    warn: (message: string) => void,
  ): Promise<NetworkSession> {
    const session = new NetworkSession(await connect(options), onPush);
    try {
      await session.#begin(options, warn);
      return session;
    } catch (error) {
      session[Symbol.dispose]();
      throw error;
    }
  }

  async #begin(options: ConnectionOptions, warn: (message: string) => void): Promise<void> {
    const { user, password, database, protocol } = options;
    const step = async (what: string, ...args: string[]): Promise<string | undefined> => {
      const reply = await this.send(args);
      return reply.kind === "error" ? `${what} failed: ${reply.text}` : undefined;
    };
    const refused =
      (password === undefined
        ? undefined
        : await step("AUTH", "AUTH", ...user === undefined ? [] : [user], password)) ??
        (database === 0 ? undefined : await step(`SELECT ${database}`, "SELECT", String(database)));
    if (refused !== undefined) throw new SessionError(refused);
    const old = protocol === 2 ? undefined : await step("HELLO 3", "HELLO", "3");
    if (old === undefined) return;
    if (protocol === 3) throw new SessionError(old);
    warn(old);
  }

  async send(args: readonly (string | Uint8Array)[]): Promise<ReplyValue> {
    try {
      const bytes = encodeRequest(args);
      for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
    } catch (error) {
      throw new SessionError(`Error: ${reasonOf(error)}`);
    }
    return await this.receive();
  }

  async receive(): Promise<ReplyValue> {
    try {
      for (;;) {
        const reply = this.#reader.next();
        if (reply?.kind === "push") this.#onPush(reply);
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
    const count = await this.#connection.read(this.#chunk);
    if (count === null) throw new SessionError("Error: Server closed the connection");
    this.#reader.feed(this.#chunk.subarray(0, count));
  }

  [Symbol.dispose](): void {
    try {
      this.#connection.close();
    } catch {
      // The server was faster.
    }
  }
}

async function connect({ host, port, socket }: ConnectionOptions): Promise<Deno.Conn> {
  try {
    if (socket !== undefined) return await Deno.connect({ transport: "unix", path: socket });
    const connection = await Deno.connect({ hostname: host, port });
    connection.setNoDelay();
    return connection;
  } catch (error) {
    const where = socket ?? `${host}:${port}`;
    throw new SessionError(latin1Text(utf8(`Could not connect to Redis at ${where}: ${reasonOf(error)}`)));
  }
}

/** The system's own words. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ \(os error \d+\)[^]*$/, "").replace(/^failed to lookup address information: /, "");
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
