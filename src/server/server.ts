/**
 * The server: puts keyspace, command table, dispatcher, clients and listeners together, and begins and ends with them.
 * What happens when clients have sent something is told in turn.ts and in request_hooks.ts.
 */
import type { Args } from "../args.ts";
import type { Client, Context, MemoryReport, Server, Settings, ShutdownWish } from "../context.ts";
import { type Command, CommandTable } from "../command_table.ts";
import { commandSpecs } from "../commands/mod.ts";
import { endTransaction } from "../commands/transaction/end.ts";
import { Attention, Dispatcher } from "../dispatch.ts";
import type { Journal } from "../journal.ts";
import { Keyspace } from "../store/keyspace.ts";
import type { Persistence } from "../persistence/persistence.ts";
import { latin1 } from "../sys/bytes.ts";
import type { Clock } from "../sys/clock.ts";
import type { Disk } from "../sys/disk.ts";
import { PubSub } from "../pubsub/pubsub.ts";
import type { TrackingRegistry } from "../tracking/tracking.ts";
import type { ScriptRunner } from "../scripting/script_runner.ts";
import { Random } from "../sys/random.ts";
import type { VirtualMemory } from "../swap/virtual_memory.ts";
import { systemDisk } from "../sys/system_disk.ts";
import { systemTimers, type Timers } from "../sys/timers.ts";
import { ClientRegistry } from "./clients.ts";
import { Connection } from "./connection.ts";
import { describeClient } from "./client_line.ts";
import { Cron } from "./cron.ts";
import { CrashReports } from "./crash_report.ts";
import { followConfig } from "./follow_config.ts";
import { buildInfo } from "./info.ts";
import { type Accepted, Listeners } from "./listeners.ts";
import { LocalClient } from "./local_client.ts";
import type { Log } from "./log.ts";
import { ClientMemory } from "./client_memory.ts";
import type { Eviction } from "./eviction.ts";
import { newEviction } from "./memory_limits.ts";
import { measureMemory, MemoryLedger } from "./memory.ts";
import { Observer } from "./observer.ts";
import { newPersistence, newScripting, newTracking, newVirtualMemory } from "./parts.ts";
import { Preloader } from "./preload.ts";
import { NO_OUTPUT_LIMITS, type OutputLimits } from "./output_limits.ts";
import { PROTECTED_MODE_ERROR } from "./protected_mode.ts";
import { RequestHooks } from "./request_hooks.ts";
import { type NewScriptEngine, ScriptEngineLoader } from "./script_engine.ts";
import type { ServedClient } from "./served_client.ts";
import { Statistics } from "./statistics.ts";
import { Turn } from "./turn.ts";
import { rewriteConfigFile } from "./rewrite_file.ts";
import { sameSecret } from "./secret.ts";

/** The configuration as the server needs it. */
export interface ServerConfig extends Settings {
  /** Calls back after any of the names was set; what it throws vetoes the change, its message is the client's. */
  onChange(names: readonly string[], callback: () => void): void;
  /** The value as it is kept, where CONFIG GET shows less. */
  whole(name: string): string | undefined;
  /** The text of the configuration file after CONFIG REWRITE. @param old the present text, if there is a file */
  rewriteText(old: string | undefined): string;
  /** Absolute path of the configuration file, or undefined. */
  readonly file: string | undefined;
}

/** What a shell would say of a process that was ended by these signals. */
const EXIT_ABORT = 134;
const EXIT_SEGFAULT = 139;

export interface ServerOptions {
  readonly config: ServerConfig;
  readonly log: Log;
  readonly clock: Clock;
  /** Monotonic ms for what scripts take: where the clock stands still nobody would stop one that has no end. */
  readonly workMs?: () => number;
  readonly random?: Random;
  /** The runtime's, unless a test has others: of waits, of the cron, of all that is due after a time. */
  readonly timers?: Timers;
  /** Makes the engine of scripts. Without it the usual one is brought in when it is wanted. */
  readonly newScriptEngine?: NewScriptEngine;
  /** Where files are kept; the machine's, unless a test has another one. */
  readonly disk?: Disk;
  /** Ends the process; called when everything is closed. */
  readonly exit: (code: number) => void;
}

/** Limits that connections read often. */
export interface Limits {
  bulkBytesMax: number;
  queryBufferBytesMax: number;
}

export class RedenoServer implements Server {
  readonly commands: CommandTable = new CommandTable(commandSpecs);
  readonly clients: ClientRegistry = new ClientRegistry();
  readonly settings: ServerConfig;
  readonly keyspace: Keyspace;
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly log: Log;
  /** What dispatch asks. */
  readonly hooks: RequestHooks;
  readonly dispatcher: Dispatcher;
  readonly turn: Turn;
  readonly observation: Observer;
  readonly crashReports: CrashReports = new CrashReports(this);
  readonly listeners: Listeners;
  readonly statistics: Statistics;
  readonly limits: Limits = { bulkBytesMax: 0, queryBufferBytesMax: 0 };
  /** How much may wait to be sent, by class of clients. */
  outputLimits: OutputLimits = NO_OUTPUT_LIMITS;
  readonly memoryLedger: MemoryLedger = new MemoryLedger(this);
  readonly clientMemory: ClientMemory;
  readonly eviction: Eviction;
  readonly runId: string;
  replicationId: string;
  readonly startedAt: number;
  readonly persistence: Persistence;
  /** Where values are that are not in memory; absent without `vm-enabled`. */
  readonly virtualMemory: VirtualMemory | undefined;
  readonly preloader: Preloader | undefined;
  readonly scripting: ScriptRunner;
  readonly pubsub: PubSub;
  readonly tracking: TrackingRegistry;
  activeExpire = true;
  /** The file with the process's number, when one was written. */
  pidFile: string | undefined;
  bytesReceived = 0;
  bytesSent = 0;
  reads = 0;
  writes = 0;

  readonly #cron: Cron;
  readonly #exit: (code: number) => void;
  #stopping = false;
  readonly #scriptEngine: ScriptEngineLoader;

  constructor(options: ServerOptions) {
    const { config, clock } = options;
    this.settings = config;
    this.clock = clock;
    this.log = options.log;
    this.#exit = options.exit;
    this.random = options.random ?? new Random();
    this.timers = options.timers ?? systemTimers;
    this.runId = this.random.hexId(40);
    this.replicationId = this.random.hexId(40);
    this.startedAt = clock.now();
    this.keyspace = new Keyspace({
      databases: config.number("databases"),
      random: this.random,
      now: this.startedAt,
    });
    this.pubsub = new PubSub(this.keyspace.hashKey, (client) => (client as ServedClient).delivered());
    this.statistics = new Statistics(this.startedAt);
    this.tracking = newTracking(this);
    this.hooks = new RequestHooks(this);
    this.dispatcher = new Dispatcher(this.commands, this.hooks);
    this.observation = new Observer(this.dispatcher, clock, (client) => (client as ServedClient).delivered());
    this.listeners = new Listeners((accepted) => this.accept(accepted), this.log);
    this.keyspace.listeners.expired = (database, key) => {
      const { journal, keyspace } = this;
      if (journal.isOpen) journal.also(database, keyspace.lazyFreeing.expire ? "UNLINK" : "DEL", key);
    };
    this.keyspace.listeners.evicted = (database, key) => {
      const { journal, keyspace } = this;
      if (journal.isOpen) journal.also(database, keyspace.lazyFreeing.eviction ? "UNLINK" : "DEL", key);
    };
    this.clients.onPause = () => this.hooks.followPause();
    const disk = options.disk ?? systemDisk;
    this.virtualMemory = config.flag("vm-enabled") ? newVirtualMemory(this, disk) : undefined;
    this.preloader = this.virtualMemory && new Preloader(this.virtualMemory, this.clients);
    this.keyspace.listeners.snapshot = (snapshot) => this.hooks.followSnapshot(snapshot);
    this.persistence = newPersistence(this, disk, (text) => {
      this.log.warning(text);
      this.#exit(1);
      // Where that ends no process the server is dead all the same.
      this.#stop();
    });
    this.turn = new Turn(this);
    this.#scriptEngine = new ScriptEngineLoader(this, options.newScriptEngine);
    const workMs = options.workMs ?? (() => clock.monotonicMs());
    this.scripting = newScripting(this, (engine) => this.#scriptEngine.make(engine), workMs);
    this.clientMemory = new ClientMemory(this);
    this.eviction = newEviction(
      this,
      (action) => this.turn.run(action),
      (command, args) => this.hooks.declaredFlags(command, args),
    );
    followConfig(this);
    this.#cron = new Cron(this);
  }

  // ---- life -------------------------------------------------------------------------------------------------

  /** Listens and begins the cron. @throws Error when no listener could be opened */
  start(): void {
    this.#listen();
    this.run();
  }

  /** Brings the engine of scripts in: see {@link ScriptEngineLoader}. */
  loadScripting(): Promise<void> {
    return this.#scriptEngine.load();
  }

  /** Begins the cron, without listening anywhere. */
  run(): void {
    this.memoryLedger.refresh();
    this.#cron.start();
  }

  /** Does at once what the cron would do next: for who has moved the clock. */
  catchUp(): void {
    this.#cron.catchUp();
  }

  #listen(): void {
    const config = this.settings;
    const port = config.number("port");
    const keepAlive = () => config.number("tcp-keepalive");
    if (port !== 0) this.listeners.listenTcp(port, this.#addresses(), keepAlive);
    // One address, since on another one the system would choose another port.
    else if ((config.get("port-file") ?? "") !== "") {
      this.listeners.listenTcp(0, this.#addresses().slice(0, 1), keepAlive);
    }
    const path = config.get("unixsocket") ?? "";
    if (path !== "") {
      const mode = config.get("unixsocketperm") ?? "0";
      this.listeners.listenUnix(path, mode === "0" ? undefined : parseInt(mode, 8));
    } else if (this.listeners.ports.length === 0) {
      throw new Error("Configured to not listen anywhere, exiting.");
    }
  }

  #addresses(): string[] {
    return (this.settings.get("bind") ?? "").split(" ").filter((address) => address !== "");
  }

  /**
   * Loads what was saved; meanwhile clients are told so.
   * @throws Error when that is damaged or cannot be read: the server must end then
   */
  async load(): Promise<void> {
    // Append-only files of older servers hold scripts.
    if (this.settings.flag("appendonly")) await this.loadScripting();
    await this.persistence.start();
  }

  get lastSavedAt(): number {
    return this.persistence.rdb.lastSavedAt;
  }

  /**
   * Saves what is to be saved, closes everything and ends the process. What was replied in this turn is sent first.
   * @returns false when saving failed, and the server therefore goes on
   */
  shutdown(wish: ShutdownWish): boolean {
    if (this.#stopping) return true;
    if (this.dispatcher.isSuspended && wish.save !== "no") {
      // What half a script has done is not to be saved.
      this.dispatcher.whenResumed(() => this.shutdown(wish));
      return true;
    }
    this.log.warning("User requested shutdown...");
    if (!this.persistence.prepareShutdown(wish)) {
      this.log.warning("Errors trying to shut down the server. Check the logs for more information.");
      return false;
    }
    this.#stopping = true;
    this.#cron.stop();
    this.#removePidFile();
    this.listeners.close();
    this.turn.end();
    this.turn.release();
    this.log.warning("Redis is now ready to exit, bye bye...");
    this.#stop();
    this.#exit(0);
    return true;
  }

  /** Lets go of everything, as it stands. */
  #stop(): void {
    this.#stopping = true;
    this.#cron.stop();
    this.listeners.close();
    for (const client of [...this.clients.all()]) client.close();
    this.eviction.close();
    this.virtualMemory?.close();
  }

  #removePidFile(): void {
    if (this.pidFile === undefined) return;
    this.log.notice("Removing the pid file.");
    try {
      Deno.removeSync(this.pidFile);
    } catch {
      // Somebody else took it away.
    }
  }

  get isStopping(): boolean {
    return this.#stopping;
  }

  // ---- clients ----------------------------------------------------------------------------------------------

  /** A listener accepted a client: it is served, or told why not. */
  accept(accepted: Accepted): void {
    this.statistics.connectionsReceived++;
    const refusal = this.#refusal(accepted);
    if (refusal !== undefined) {
      if (refusal.counted) this.statistics.connectionsRejected++;
      const bytes = new TextEncoder().encode(refusal.text);
      const close = () => accepted.socket.close();
      accepted.socket.write(bytes).then(close, close);
      return;
    }
    const connection = new Connection(this, accepted, this.clients.nextId());
    this.clients.add(connection);
    connection.start();
  }

  #refusal(accepted: Accepted): { text: string; counted: boolean } | undefined {
    if (this.clients.size >= this.settings.number("maxclients")) {
      return { text: "-ERR max number of clients reached\r\n", counted: true };
    }
    if (!accepted.isLocal && this.settings.flag("protected-mode") && !this.passwordRequired) {
      return { text: PROTECTED_MODE_ERROR, counted: true };
    }
    return undefined;
  }

  /** A client in this process, without a connection. */
  client(): LocalClient {
    const client = new LocalClient(this, this.clients.nextId());
    this.clients.add(client);
    return client;
  }

  /** A client closed. */
  forget(client: ServedClient): void {
    this.clients.remove(client);
    this.clientMemory.left(client);
    this.preloader?.forget(client.id);
    this.pubsub.forget(client);
    this.observation.monitors.remove(client);
    this.tracking.end(client);
    // What is suspended inside of EXEC is carried out to its end.
    if (!client.isSuspended) endTransaction(client);
  }

  describeClient(client: ServedClient): string {
    return describeClient(client, this.keyspace.now);
  }

  protocolError(connection: Connection, text: string): void {
    this.log.verbose(`Protocol error (${text}) from client: ${connection.describe()}`);
  }

  queryBufferExceeded(connection: Connection): void {
    this.statistics.queryBufferLimitDisconnections++;
    this.log.warning(`Closing client that reached max query buffer length: ${connection.describe()}`);
  }

  outputBufferExceeded(connection: Connection, atOnce: boolean): void {
    this.statistics.outputBufferLimitDisconnections++;
    const what = atOnce ? "closed" : "scheduled to be closed ASAP";
    this.log.warning(`Client ${connection.describe()} ${what} for overcoming of output buffer limits.`);
  }

  get journal(): Journal {
    return this.dispatcher.journal;
  }

  get passwordRequired(): boolean {
    return (this.settings.get("requirepass") ?? "") !== "";
  }

  checkPassword(user: string, password: Uint8Array): boolean {
    if (user !== "default") return false;
    const required = this.settings.get("requirepass") ?? "";
    return required === "" || sameSecret(latin1(required), password);
  }

  allowsProtected(directive: string, client: Client): boolean {
    const setting = this.settings.get(directive);
    if (setting === "yes") return true;
    return setting === "local" && client.isLocal;
  }

  /** What virtual memory does by the clock. */
  tickVirtualMemory(): void {
    const { virtualMemory, dispatcher } = this;
    if (virtualMemory === undefined) return;
    virtualMemory.tick();
    if (virtualMemory.swapped === 0) dispatcher.attention &= ~Attention.swapped;
  }

  crash(kind: "panic" | "assert" | "segfault", { client }: Context, args: Args): void {
    const what = `DEBUG ${kind.toUpperCase()} was asked for: this process ends`;
    this.crashReports.fatal(what, new Error(what), { command: client.lastCommand, client, args });
    this.#die(kind === "segfault" ? EXIT_SEGFAULT : EXIT_ABORT);
  }

  /** Something failed that nobody caught: nothing can be said about what is in memory, so the process ends. */
  uncaught(error: unknown): void {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.crashReports.fatal(`Uncaught ${text}: this process ends`, error);
    this.#die(EXIT_ABORT);
  }

  #die(code: number): void {
    this.#removePidFile();
    this.#exit(code);
    // Where that ends no process the server is dead all the same.
    this.#stop();
  }

  // ---- what commands ask ------------------------------------------------------------------------------------

  call(context: Context, command: Command, args: Args): void {
    this.dispatcher.call(context, command, args);
  }

  info(sections: readonly string[]): string {
    return buildInfo(this, sections);
  }

  memory(): MemoryReport {
    return measureMemory(this);
  }

  rewriteConfig(): string | undefined {
    return rewriteConfigFile(this.settings, this.log);
  }

  resetStatistics(): void {
    this.statistics.reset();
    this.virtualMemory?.resetStatistics();
    for (const command of this.commands.all) command.resetCounters();
    const keyspace = this.keyspace;
    keyspace.hits =
      keyspace.misses =
      keyspace.expiredKeys =
      keyspace.lazyFreed =
        0;
    keyspace.expireCyclesCutShort = keyspace.staleEstimate = 0;
    this.dispatcher.commandsProcessed =
      this.bytesReceived =
      this.bytesSent =
      this.reads =
      this.writes =
        0;
    keyspace.evictedKeys = this.clientMemory.evicted = 0;
    this.eviction.resetStatistics();
    this.memoryLedger.peak = 0;
  }

  sleep(ms: number): void {
    // Nobody is served meanwhile: that is what DEBUG SLEEP is for.
    this.timers.sleep(ms);
  }

  changeReplicationId(): void {
    this.replicationId = this.random.hexId(40);
  }

  // ---- configuration ----------------------------------------------------------------------------------------

  /** Listens where `port` and `bind` say now; what fails leaves the old listeners. */
  listenAgain(failure: string): void {
    const port = this.settings.number("port");
    if (port === 0) return this.listeners.closeTcp();
    try {
      this.listeners.listenTcp(port, this.#addresses(), () => this.settings.number("tcp-keepalive"));
    } catch (error) {
      this.log.warning((error as Error).message);
      throw new Error(failure);
    }
  }
}
