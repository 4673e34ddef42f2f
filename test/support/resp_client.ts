/**
 * A small client for the tests: one connection over TCP or a unix socket, replies in order with their raw bytes.
 *
 * Nothing is interpreted: a RESP3 push, a pub/sub message and the answer to a command are all "the next reply",
 * unless `pushesApart` collects the pushes in `pushes`. Bytes are read in the background, so pipelines of any
 * size may be written before the first reply is taken.
 */
import { type Argument, toArgs } from "./split_args.ts";
import { formatReply, type Reply, ReplyParser } from "./resp_value.ts";

export { latin1 } from "./split_args.ts";
export {
  formatReply,
  parseReplies,
  type Plain,
  plain,
  ProtocolViolation,
  type Reply,
  type RespValue,
} from "./resp_value.ts";

export type Address = { readonly path: string } | { readonly hostname: string; readonly port: number };

/** The server closed the connection before the reply that was waited for. */
export class ConnectionClosed extends Error {
  constructor() {
    super("the server closed the connection");
    this.name = "ConnectionClosed";
  }
}

/** Much longer than a machine that others use, too, stops for: what comes later than this does not come. */
const REPLY_MS_MAX = 60_000;
const READ_BYTES = 64 * 1024;

interface Waiter {
  resolve(reply: Reply): void;
  reject(reason: Error): void;
}

export class RespClient implements Disposable {
  readonly #connection: Deno.Conn;
  readonly #parser = new ReplyParser();
  readonly #ready: Reply[] = [];
  readonly #waiters: Waiter[] = [];
  readonly #pushesApart: boolean;
  readonly #finished: Promise<void>;
  #end: Error | undefined;
  /** RESP3 pushes that arrived so far; stays empty unless the client was made with `pushesApart`. */
  readonly pushes: Reply[] = [];

  private constructor(connection: Deno.Conn, pushesApart: boolean) {
    this.#connection = connection;
    this.#pushesApart = pushesApart;
    this.#finished = this.#read();
  }

  static async connect(address: Address, options: { pushesApart?: boolean } = {}): Promise<RespClient> {
    return new RespClient(await openConnection(address), options.pushesApart ?? false);
  }

  /** True after the server closed the connection, or the reply stream could not be parsed. */
  get closed(): boolean {
    return this.#end !== undefined;
  }

  /** Sends one command and waits for one reply. */
  async send(args: readonly Argument[] | string): Promise<Reply> {
    const [reply] = await this.raw(encodeCommand(toArgs(args)), 1);
    return reply!;
  }

  /** FLUSHALL; an error when the server does not do it, because every test after it would see old keys. */
  async flushAll(): Promise<void> {
    const { value } = await this.send(["FLUSHALL"]);
    if (value.kind !== "simple") throw new Error(`FLUSHALL was answered ${formatReply(value)}`);
  }

  /** Sends all commands in one write and waits for as many replies. */
  pipeline(commands: readonly (readonly Argument[] | string)[]): Promise<Reply[]> {
    return this.raw(encodeCommands(commands.map(toArgs)), commands.length);
  }

  /** Sends bytes as they are and waits for this many replies. */
  async raw(bytes: Uint8Array, replies: number): Promise<Reply[]> {
    const written = this.write(bytes);
    const received: Reply[] = [];
    for (let i = 0; i < replies; i++) received.push(await this.receive());
    await written;
    return received;
  }

  /** Sends bytes and waits for nothing. A server that stopped reading is no error here: `receive` tells. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let sent = 0; sent < bytes.length;) sent += await this.#connection.write(bytes.subarray(sent));
    } catch (error) {
      if (!isDisconnect(error)) throw error;
    }
  }

  /**
   * The next reply.
   *
   * @throws {ConnectionClosed} when the server closed the connection.
   * @throws {ProtocolViolation} when it sent something else than RESP.
   */
  receive(withinMs = REPLY_MS_MAX): Promise<Reply> {
    const reply = this.#ready.shift();
    if (reply) return Promise.resolve(reply);
    if (this.#end) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(new Error(`no reply within ${withinMs} ms`));
      }, withinMs);
      const waiter: Waiter = {
        resolve: (value) => (clearTimeout(timer), resolve(value)),
        reject: (reason) => (clearTimeout(timer), reject(reason)),
      };
      this.#waiters.push(waiter);
    });
  }

  /** Resolves when the server has closed the connection. */
  async untilClosed(): Promise<void> {
    await this.#finished;
  }

  close(): void {
    this.#fail(new ConnectionClosed());
    try {
      this.#connection.close();
    } catch {
      // Closed by the read loop already.
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #read(): Promise<void> {
    const chunk = new Uint8Array(READ_BYTES);
    try {
      for (
        let size = await this.#connection.read(chunk);
        size !== null;
        size = await this.#connection.read(chunk)
      ) {
        this.#parser.feed(chunk.subarray(0, size));
        for (let reply = this.#parser.next(); reply; reply = this.#parser.next()) this.#deliver(reply);
      }
      this.#fail(new ConnectionClosed());
    } catch (error) {
      this.#fail(isDisconnect(error) ? new ConnectionClosed() : error as Error);
    }
    try {
      this.#connection.close();
    } catch {
      // `close` was faster.
    }
  }

  #deliver(reply: Reply): void {
    if (this.#pushesApart && reply.value.kind === "push") {
      this.pushes.push(reply);
      return;
    }
    const waiter = this.#waiters.shift();
    if (waiter) waiter.resolve(reply);
    else this.#ready.push(reply);
  }

  #fail(reason: Error): void {
    this.#end ??= reason;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#end);
  }
}

/** A bare connection, for bytes that are not commands. */
export function openConnection(address: Address): Promise<Deno.Conn> {
  if ("path" in address) return Deno.connect({ transport: "unix", path: address.path });
  return Deno.connect({ hostname: address.hostname, port: address.port });
}

/** True for the errors of an operation on a connection that the other side (or `close`) ended. */
export function isDisconnect(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted ||
    error instanceof Deno.errors.NotConnected || error instanceof Deno.errors.ConnectionAborted;
}

const encoder = new TextEncoder();

/** A command as the array of bulk strings that clients send. */
export function encodeCommand(args: readonly Uint8Array[]): Uint8Array {
  return encodeCommands([args]);
}

/** Many commands in one piece of bytes. */
export function encodeCommands(commands: readonly (readonly Uint8Array[])[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let size = 0;
  const push = (part: Uint8Array) => {
    parts.push(part);
    size += part.length;
  };
  for (const args of commands) {
    push(encoder.encode(`*${args.length}\r\n`));
    for (const arg of args) {
      push(encoder.encode(`$${arg.length}\r\n`));
      push(arg);
      push(encoder.encode("\r\n"));
    }
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
