/**
 * A whole server inside of a program, mostly of a test: isolated from all others, with a clock, chance and a disk of its
 * own where that is wished, with faults on demand, and with clients that need no socket.
 */
import type { Duplex } from "node:stream";
import { embeddedServer } from "../server/embedded.ts";
import type { LocalClient } from "../server/local_client.ts";
import type { RedenoServer } from "../server/server.ts";
import { MemoryDisk } from "../sys/memory_disk.ts";
import { Random } from "../sys/random.ts";
import { systemDisk } from "../sys/system_disk.ts";
import { newSystemTimers } from "../sys/timers.ts";
import { byteClient, type ClientOptions, type EmbeddedClient, textClient } from "./client.ts";
import { dumpData, loadData } from "./data_file.ts";
import { type Faults, WishedFaults } from "./faults.ts";
import { FaultyDisk } from "./faulty_disk.ts";
import { connectorOf } from "./ioredis.ts";
import { ManualTime } from "./manual_time.ts";
import { checkOptions, configurationOf, type CreateServerOptions } from "./options.ts";

/** What time it is at the beginning, on a clock of one's own: 2023-11-14T22:13:20Z. */
const START_MS = 1_700_000_000_000;
/** Turns of the event loop that what is in the same process may need to answer each other. */
const SETTLING_TURNS = 3;
/** Turns for which a snapshot, a rewrite or a sync is waited for: some seconds. */
const WORKING_TURNS_MAX = 2000;

/** What the parts of a server have in common; made by {@link createServer}. */
interface Parts {
  readonly server: RedenoServer;
  readonly disk: FaultyDisk;
  readonly memoryDisk: MemoryDisk | undefined;
  readonly time: ManualTime | undefined;
  readonly options: CreateServerOptions;
}

/** A server. It ends with {@link EmbeddedServer.close}, or at the end of the block of `await using`. */
export class EmbeddedServer implements AsyncDisposable {
  /** Errors, latency, lost connections, and a disk that fails: as wished. */
  readonly faults: Faults;
  /** The seed that everything random follows from; undefined: the system's entropy. */
  readonly seed: number | undefined;
  readonly #parts: Parts;
  readonly #server: RedenoServer;
  /** The client that carries out what this object is asked for. */
  #own: LocalClient | undefined;
  #closed: Promise<void> | undefined;

  /** @ignore Use {@link createServer}. */
  constructor(parts: Parts) {
    this.#parts = parts;
    this.#server = parts.server;
    this.seed = parts.options.seed;
    this.faults = new WishedFaults(parts.server, parts.disk, () => this.#own);
  }

  // ---- ways in ----------------------------------------------------------------------------------------------

  /** The port of 127.0.0.1, or of `bind`, that it listens on. @throws Error when it has no socket */
  get port(): number {
    const [port] = this.#server.listeners.ports;
    if (port === undefined) throw new Error("The server has no port: createServer({ port: 0 }) gives it one");
    return port;
  }

  /** `redis://127.0.0.1:49152`. @throws Error when it has no socket */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** A client in this process, without a socket; it needs no password. */
  client(options?: ClientOptions & { readonly bytes?: false }): EmbeddedClient<string>;
  /** A client whose replies hold bytes. */
  client(options: ClientOptions & { readonly bytes: true }): EmbeddedClient<Uint8Array>;
  client(options: ClientOptions = {}): EmbeddedClient<string> | EmbeddedClient<Uint8Array> {
    this.#refuseWhenClosed();
    const client = this.#server.client();
    return options.bytes === true ? byteClient(client, options) : textClient(client, options);
  }

  /**
   * A connection without a socket, as a stream of Node, for clients that take one; the whole protocol is spoken over it.
   * It is refused as one over a socket is, for example when there are `maxclients`.
   */
  async connect(): Promise<Duplex> {
    const { InProcessDuplex } = await import("./duplex.ts");
    this.#refuseWhenClosed();
    const duplex = new InProcessDuplex();
    this.#server.accept({
      socket: duplex.far,
      address: "in-process:0",
      localAddress: "in-process:0",
      isLocal: true,
    });
    return duplex;
  }

  /**
   * Options that connect ioredis to this server without a socket: `new Redis({ ...server.ioredis(), lazyConnect: true })`.
   * Whoever hands options on to ioredis can hand these on.
   */
  ioredis(): { readonly Connector: never } {
    return { Connector: connectorOf(() => this.connect()) };
  }

  /** Brings the engine of scripts in, which otherwise comes with the first script: for `callSync("EVAL", ...)`. */
  loadScripting(): Promise<void> {
    return this.#server.loadScripting();
  }

  // ---- data -------------------------------------------------------------------------------------------------

  /** Removes all data, as FLUSHALL SYNC does; clients, scripts, the configuration, faults and the time stay. */
  flush(): void {
    this.#ask("FLUSHALL", "SYNC");
  }

  /** All data as an RDB file of version 10, for {@link CreateServerOptions.rdb} or a real server. O(bytes). */
  dump(): Uint8Array<ArrayBuffer> {
    this.#refuseWhenClosed();
    return dumpData(this.#server);
  }

  /**
   * Puts the data of an RDB file in the place of all data. Keys whose time has passed are left out. The append-only file is
   * rewritten in the background.
   * @throws RdbFileError when it is no such file, or damaged; the data is gone then
   */
  restore(rdb: Uint8Array): void {
    this.flush();
    try {
      loadData(this.#server, rdb);
    } catch (error) {
      this.flush();
      throw error;
    }
    const { persistence, settings } = this.#server;
    if (settings.flag("appendonly")) persistence.rewriteAof(false);
  }

  /** The disk in memory; what it keeps is seen with `contents`. @throws Error when files are in a directory */
  get disk(): MemoryDisk {
    const { memoryDisk } = this.#parts;
    if (memoryDisk === undefined) throw new Error("The server keeps its files in a directory");
    return memoryDisk;
  }

  // ---- time -------------------------------------------------------------------------------------------------

  /** What time it is for the server, in unix ms. */
  get now(): number {
    return this.#server.clock.now();
  }

  /**
   * Lets time pass on a clock of one's own: in order, and each at its time, waits time out, requests that are late go
   * on, idle clients are closed, and the cron does its work (save rules; at most 10,000 times on the way). At the end there is
   * no key any more whose time has passed. Nothing but the clients' own work is waited for.
   * @param ms 0 or more
   * @throws RangeError; Error when the clock is the machine's
   */
  async advance(ms: number): Promise<void> {
    const { time } = this.#parts;
    if (time === undefined) {
      throw new Error(
        'The clock is the machine\'s: createServer({ clock: "manual" }) gives a clock of its own',
      );
    }
    await time.advance(ms, {
      settled: () => this.settle(),
      settledAfterCron: () => this.#isWorking ? this.settle() : undefined,
    });
    if (this.#closed === undefined && !this.#server.isStopping) this.#server.catchUp();
    await this.settle();
  }

  /**
   * Waits until those in this process have answered each other, and snapshots, rewrites and syncs are done. What comes over
   * real sockets may still be on its way: see {@link EmbeddedServer.untilBlocked}.
   */
  async settle(): Promise<void> {
    for (let i = 0; i < SETTLING_TURNS; i++) await turn();
    for (let i = 0; i < WORKING_TURNS_MAX && this.#isWorking; i++) {
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  /** Whether something goes on in the background that ends by itself. */
  get #isWorking(): boolean {
    const { persistence, settings } = this.#server;
    // One that is slowed down on purpose goes on when time passes.
    return persistence.isBusy && settings.number("rdb-key-save-delay") === 0 && !this.#parts.disk.isHanging;
  }

  /** How many clients wait for a key. */
  get blockedClients(): number {
    let count = 0;
    for (const client of this.#server.clients.all()) if (client.waiting !== undefined) count++;
    return count;
  }

  /** Waits until so many clients, or more, wait for a key: those of other processes, too. */
  async untilBlocked(clients = 1): Promise<void> {
    while (this.blockedClients < clients) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  // ---- the end ----------------------------------------------------------------------------------------------

  /** Whether it was closed, or ended by SHUTDOWN. */
  get closed(): boolean {
    return this.#closed !== undefined || this.#server.isStopping;
  }

  /**
   * Ends the server: clients and sockets are closed, what is not answered is rejected. With a directory, or a disk that
   * was given, it saves what SIGTERM would have it save; an error there is only logged.
   */
  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  /** {@link EmbeddedServer.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { options } = this.#parts;
    const hadSockets = this.#server.listeners.ports.length > 0 || options.unixsocket !== undefined;
    const keepsFiles = options.directory !== undefined || options.disk !== undefined;
    this.faults.clear();
    if (!this.#server.isStopping) {
      this.#server.shutdown({ save: keepsFiles ? "if configured" : "no", force: true });
    }
    // What was begun ends now: accepts, writes, the timer of a snapshot that was given up.
    await turn();
    // A script that was suspended goes on to its end, and works on the data.
    if (!this.#server.dispatcher.isSuspended) this.#server.keyspace.arena.discard();
    if (hadSockets) { for (let i = 0; i < 2; i++) await new Promise((resolve) => setTimeout(resolve, 0)); }
  }

  #refuseWhenClosed(): void {
    if (this.closed) throw new Error("The server is closed");
  }

  /** Has the server do something that no fault strikes. */
  #ask(...command: string[]): void {
    this.#refuseWhenClosed();
    using own = this.#server.client();
    this.#own = own;
    try {
      textClient(own, {}).callSync(command[0]!, ...command.slice(1));
    } finally {
      this.#own = undefined;
    }
  }
}

/** Lets everything else have a turn, sockets too. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Starts a server in this process: with no socket unless a `port` is given, and its files in memory unless a `directory` is.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createServer } from "@redeno/redeno";
 *
 * await using server = await createServer({ clock: "manual" });
 * const client = server.client();
 * await client.call("SET", "lock", "mine", "PX", 1000);
 * await server.advance(1001);
 * assertEquals(await client.call("GET", "lock"), null);
 * ```
 *
 * @throws ConfigError when a directive is not one, or has a value that it cannot have
 * @throws TypeError, RangeError when options make no sense
 * @throws Error when the port is taken, or what a directory, disk or RDB file holds cannot be loaded
 */
export async function createServer(options: CreateServerOptions = {}): Promise<EmbeddedServer> {
  checkOptions(options);
  const time = options.clock === "manual" ? new ManualTime(Number(options.startAt ?? START_MS)) : undefined;
  const { directory } = options;
  const memoryDisk = directory === undefined ? options.disk ?? new MemoryDisk() : undefined;
  const folder = directory === undefined ? "/" : absolute(directory);
  const disk = memoryDisk === undefined
    ? new FaultyDisk(systemDisk, folder.endsWith("/") ? folder : folder + "/")
    : new FaultyDisk(memoryDisk, "");
  if (directory !== undefined) Deno.mkdirSync(directory, { recursive: true });
  const { log, seed } = options;
  const server = embeddedServer({
    configuration: configurationOf(options),
    ...log === undefined ? {} : { log: { write: (line: string) => log(line.replace(/\n$/, "")) } },
    ...time === undefined ? {} : { clock: time.clock, workMs: () => performance.now() },
    // A server that a test forgets keeps no process alive.
    timers: time?.timers ?? newSystemTimers(false),
    ...seed === undefined ? {} : { random: new Random(seed) },
    disk,
    folder,
  });
  if (options.rdb !== undefined) putFixture(server, memoryDisk!, options.rdb);
  try {
    await server.load();
    listen(server, options);
  } catch (error) {
    server.shutdown({ save: "no", force: true });
    throw error;
  }
  server.run();
  return new EmbeddedServer({ server, disk, memoryDisk, time, options });
}

/** Puts the file where loading begins. */
function putFixture({ settings }: RedenoServer, disk: MemoryDisk, rdb: Uint8Array): void {
  if (!settings.flag("appendonly")) return disk.put(`/${settings.get("dbfilename")}`, rdb);
  const folder = `/${settings.get("appenddirname")}`;
  const name = `${settings.get("appendfilename")}`;
  disk.makeFolder(folder);
  disk.put(`${folder}/${name}.1.base.rdb`, rdb);
  disk.put(
    `${folder}/${name}.manifest`,
    new TextEncoder().encode(`file ${name}.1.base.rdb seq 1 type b\n`),
  );
}

function listen(server: RedenoServer, { port, bind = "127.0.0.1" }: CreateServerOptions): void {
  const { settings, listeners } = server;
  if (port !== undefined) {
    const addresses = [bind].flat().flatMap((words) => words.split(" "));
    listeners.listenTcp(port, addresses, () => settings.number("tcp-keepalive"));
  }
  const path = settings.get("unixsocket") ?? "";
  if (path === "") return;
  const mode = settings.get("unixsocketperm") ?? "0";
  listeners.listenUnix(path, mode === "0" ? undefined : parseInt(mode, 8));
}

function absolute(path: string): string {
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
}
