/** What ioredis calls a connector: it is asked for a stream each time that the client connects. */
import type { Duplex } from "node:stream";

/** A class of connectors, to be given to ioredis as its option `Connector`. */
class InProcessConnector {
  firstError: Error | undefined;
  readonly #open: () => Promise<Duplex>;
  #stream: Duplex | undefined;
  #connecting = false;

  constructor(open: () => Promise<Duplex>) {
    this.#open = open;
  }

  /** Whether a server of this role will do. */
  check(): boolean {
    return true;
  }

  async connect(): Promise<Duplex> {
    this.#connecting = true;
    const stream = await this.#open();
    if (!this.#connecting) {
      stream.destroy();
      throw new Error("Connection is closed.");
    }
    this.#stream = stream;
    stream.once("error", (error: Error) => this.firstError = error);
    return stream;
  }

  disconnect(): void {
    this.#connecting = false;
    this.#stream?.end();
  }
}

/**
 * The connector of a server. Its type is `never`, which can be given for everything, because the type that ioredis wants has private
 * parts, and cannot be named here without depending on ioredis.
 */
export function connectorOf(open: () => Promise<Duplex>): never {
  return class extends InProcessConnector {
    constructor() {
      super(open);
    }
  } as never;
}
