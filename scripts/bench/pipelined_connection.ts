/** A connection that times commands by the batch: written at once, and over when the last reply has come. */
import { bulk } from "./loader.ts";

const END = "the last reply";
const encoder = new TextEncoder();
/** A command whose reply is told from all others. */
const ECHO = encoder.encode(command("ECHO", END));
const LAST_REPLY = encoder.encode(bulk(END));
const MINUS = 45;

/** A command of ASCII arguments in the protocol. */
export function command(...args: readonly string[]): string {
  return `*${args.length}\r\n${args.map(bulk).join("")}`;
}

/** Commands as bytes that {@link PipelinedConnection.milliseconds} takes. */
export function batch(commands: readonly string[]): Uint8Array {
  return encoder.encode(commands.join(""));
}

export class PipelinedConnection implements Disposable {
  readonly #connection: Deno.Conn;
  readonly #chunk = new Uint8Array(1 << 20);
  #tail: Uint8Array = new Uint8Array(0);

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  static async open(port: number): Promise<PipelinedConnection> {
    return new PipelinedConnection(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /**
   * How long a batch takes until its last reply is there. The replies must hold no minus sign, so that errors are
   * noticed.
   */
  async milliseconds(commands: Uint8Array): Promise<number> {
    const request = new Uint8Array(commands.length + ECHO.length);
    request.set(commands);
    request.set(ECHO, commands.length);
    const began = performance.now();
    const replies = this.#readToEnd();
    for (let at = 0; at < request.length;) at += await this.#connection.write(request.subarray(at));
    await replies;
    return performance.now() - began;
  }

  async #readToEnd(): Promise<void> {
    this.#tail = new Uint8Array(0);
    do {
      const size = await this.#connection.read(this.#chunk);
      if (size === null) throw new Error("the server closed the connection");
      const read = this.#chunk.subarray(0, size);
      if (read.includes(MINUS)) throw new Error(new TextDecoder().decode(read).slice(0, 200));
      this.#tail = Uint8Array.of(...this.#tail, ...read.slice(-LAST_REPLY.length)).slice(-LAST_REPLY.length);
    } while (!this.#isOver());
  }

  #isOver(): boolean {
    return this.#tail.length === LAST_REPLY.length && this.#tail.every((byte, i) => byte === LAST_REPLY[i]);
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
