/**
 * The whole server in the test's own process, with sockets that the test holds the other end of: what arrives in
 * which pieces, how much of a write is taken, when a socket fails. Nothing listens and nothing runs by the clock,
 * which stands still until the test moves it.
 */
import type { Connection, Socket } from "../../src/server/connection.ts";
import { Config } from "../../src/server/config/config.ts";
import { memoryHost } from "../../src/server/config/testing.ts";
import { FengariEngine } from "../../src/scripting/fengari/fengari_engine.ts";
import { Log } from "../../src/server/log.ts";
import { RedenoServer } from "../../src/server/server.ts";
import { ManualClock } from "../../src/sys/clock.ts";
import { MemoryDisk } from "../../src/sys/memory_disk.ts";
import { Random } from "../../src/sys/random.ts";
import { encodeCommand, encodeCommands } from "./resp_client.ts";
import { fromLatin1, latin1, type Line, toArgs } from "./split_args.ts";

const SEED = 20_201_007;

/** One end of a connection; the server has the other. */
export class FakeSocket implements Socket {
  /** How many bytes of a write are taken at once. */
  writeBytesMax = Infinity;
  /** Lets writes wait until {@link releaseWrites}: a client that does not read. */
  holdsWrites = false;
  closed = false;
  /** Lengths of the writes that were begun. */
  readonly writes: number[] = [];
  /** Rooms that reads offered, in bytes. */
  readonly rooms: number[] = [];
  #incoming: Uint8Array[] = [];
  #ended = false;
  #failure: Error | undefined;
  #read: { into: Uint8Array; resolve(count: number | null): void; reject(error: Error): void } | undefined;
  #held: (() => void)[] = [];
  #received: string[] = [];

  /** Everything the server has sent, one character a byte. */
  get received(): string {
    const text = this.#received.join("");
    this.#received = [text];
    return text;
  }

  /** What the server has sent since the last call. */
  take(): string {
    const text = this.received;
    this.#received = [];
    return text;
  }

  /** Bytes arrive at the server: those of a text of one character a byte, or as they are. */
  send(bytes: string | Uint8Array): void {
    this.#incoming.push(typeof bytes === "string" ? fromLatin1(bytes) : bytes);
    this.#serveRead();
  }

  /** A command arrives at the server. */
  command(line: Line): void {
    this.send(encodeCommand(toArgs(line)));
  }

  /** The client closes its end. */
  end(): void {
    this.#ended = true;
    this.#serveRead();
  }

  /** Reads and writes fail from here on. */
  fail(error: Error = new Deno.errors.ConnectionReset("reset by peer")): void {
    this.#failure = error;
    this.#serveRead();
    this.releaseWrites();
  }

  /** Lets the writes go on that are held. */
  releaseWrites(): void {
    for (const release of this.#held.splice(0)) release();
  }

  read(into: Uint8Array): Promise<number | null> {
    if (this.#read !== undefined) throw new Error("two reads at once");
    this.rooms.push(into.length);
    return new Promise((resolve, reject) => {
      this.#read = { into, resolve, reject };
      this.#serveRead();
    });
  }

  write(bytes: Uint8Array): Promise<number> {
    this.writes.push(bytes.length);
    return new Promise((resolve, reject) => {
      const take = () => {
        if (this.#failure !== undefined) return reject(this.#failure);
        const count = Math.min(bytes.length, this.writeBytesMax);
        this.#received.push(latin1(bytes.subarray(0, count)));
        resolve(count);
      };
      if (this.holdsWrites) this.#held.push(take);
      else take();
    });
  }

  close(): void {
    this.closed = true;
    const read = this.#read;
    this.#read = undefined;
    read?.reject(new Deno.errors.BadResource("closed"));
  }

  #serveRead(): void {
    const read = this.#read;
    if (read === undefined) return;
    if (this.#failure !== undefined) {
      this.#read = undefined;
      return read.reject(this.#failure);
    }
    const first = this.#incoming[0];
    if (first === undefined) {
      if (!this.#ended) return;
      this.#read = undefined;
      return read.resolve(null);
    }
    const count = Math.min(first.length, read.into.length);
    read.into.set(first.subarray(0, count));
    if (count === first.length) this.#incoming.shift();
    else this.#incoming[0] = first.subarray(count);
    this.#read = undefined;
    read.resolve(count);
  }
}

export interface InProcess {
  readonly server: RedenoServer;
  readonly clock: ManualClock;
  /** Where it keeps its files. */
  readonly disk: MemoryDisk;
  /** Every line of the log, without pid and time: mark and text. */
  readonly log: string[];
  /** Exit codes that the server asked for. */
  readonly exits: number[];
  /** One more client, which is connected when this returns. */
  connect(options?: { readonly address?: string; readonly isLocal?: boolean }): FakeClient;
}

/** A client of the server in this process. */
export class FakeClient {
  readonly socket: FakeSocket;
  /** The server's side; undefined when it refused the client. */
  readonly connection: Connection | undefined;

  constructor(socket: FakeSocket, connection: Connection | undefined) {
    this.socket = socket;
    this.connection = connection;
  }

  /** Sends a command and gives what came back in this turn, one character a byte. */
  async send(line: Line): Promise<string> {
    this.socket.command(line);
    await settle();
    return this.socket.take();
  }
}

/** The server with all defaults but these lines of a configuration file. It has loaded nothing: see `server.load()`. */
export function serverInProcess(
  configuration = "",
  { disk = new MemoryDisk(), clock = new ManualClock(), hasEngine = true }: {
    readonly disk?: MemoryDisk;
    readonly clock?: ManualClock;
    /** Whether scripts can be run at once, or only after `server.loadScripting()`. */
    readonly hasEngine?: boolean;
  } = {},
): InProcess {
  const log: string[] = [];
  const exits: number[] = [];
  const config = Config.load(["-"], {
    host: memoryHost(),
    stdin: new TextEncoder().encode(configuration),
  });
  const server = new RedenoServer({
    config,
    clock,
    disk,
    ...hasEngine ? { newScriptEngine: (options) => new FengariEngine(options) } : {},
    random: new Random(SEED),
    log: new Log(
      { write: (line) => log.push(/^\d+:\w \S+ \S+ \S+ \S+ (.*)\n$/s.exec(line)?.[1] ?? line) },
      1,
      () => clock.now(),
    ),
    exit: (code) => exits.push(code),
  });
  let port = 50_000;
  return {
    server,
    clock,
    disk,
    log,
    exits,
    connect(options = {}) {
      const socket = new FakeSocket();
      const before = server.clients.size;
      const address = options.address ?? `127.0.0.1:${port++}`;
      server.accept({ socket, address, localAddress: "127.0.0.1:6379", isLocal: options.isLocal ?? true });
      const isServed = server.clients.size > before;
      return new FakeClient(socket, isServed ? [...server.clients.all()].at(-1) as Connection : undefined);
    },
  };
}

/** Requests in one piece of bytes. */
export function lines(commands: readonly string[]): Uint8Array {
  return encodeCommands(commands.map(toArgs));
}

/** Lets everything happen that can happen without a further event: one turn of the event loop. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  // With appendfsync always a reply comes when a turn has brought no other request.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}
