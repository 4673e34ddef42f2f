/** A connection of a client that waits for its replies before it asks again, and costs little of its own. */
import { type Plain, plain, ReplyParser } from "../../test/support/resp_value.ts";

const encoder = new TextEncoder();
const READ_BYTES = 16 * 1024;

export class AskingConnection implements Disposable {
  readonly #connection: Deno.Conn;
  readonly #parser = new ReplyParser();
  readonly #chunk = new Uint8Array(READ_BYTES);

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  static async open(port: number): Promise<AskingConnection> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    connection.setNoDelay(true);
    return new AskingConnection(connection);
  }

  /** Over a Unix socket. */
  static async openPath(path: string): Promise<AskingConnection> {
    return new AskingConnection(await Deno.connect({ transport: "unix", path }));
  }

  /** Writes one command and waits for its reply; throws where that is an error. */
  async ask(command: string): Promise<Plain> {
    return (await this.askAll(command, 1))[0]!;
  }

  /** Writes some commands at once and waits for all replies; throws where one is an error. */
  async askAll(commands: string, count: number): Promise<Plain[]> {
    const bytes = encoder.encode(commands);
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
    const replies: Plain[] = [];
    while (replies.length < count) {
      const reply = this.#parser.next();
      if (reply === undefined) await this.#read();
      else replies.push(withoutErrors(plain(reply.value)));
    }
    return replies;
  }

  async #read(): Promise<void> {
    const size = await this.#connection.read(this.#chunk);
    if (size === null) throw new Error("the server closed the connection");
    this.#parser.feed(this.#chunk.subarray(0, size));
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

function withoutErrors(reply: Plain): Plain {
  if (typeof reply === "string" && reply.startsWith("-")) throw new Error(`the server answered ${reply}`);
  if (Array.isArray(reply)) reply.forEach(withoutErrors);
  return reply;
}
