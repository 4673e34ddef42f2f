/**
 * What a handler is given: the client that asks, the database it selected, and the server as commands see it.
 * The server implements these interfaces; commands never import it.
 */
import type { Args } from "./args.ts";
import type { Command, CommandTable } from "./command_table.ts";
import type { ReplyError } from "./errors.ts";
import type { Journal } from "./journal.ts";
import type { Observation } from "./observation.ts";
import type { Ref } from "./store/memory/arena.ts";
import type { Database } from "./store/database.ts";
import type { Keyspace } from "./store/keyspace.ts";
import type { Watcher } from "./store/watch.ts";
import type { Wait } from "./store/waits.ts";
import type { Slice } from "./sys/bytes.ts";
import type { Random } from "./sys/random.ts";
import type { Clock } from "./sys/clock.ts";
import type { Reply } from "./resp/reply.ts";

/** One per client, for as long as it is connected. */
export interface Context {
  readonly client: Client;
  readonly server: Server;
  readonly keyspace: Keyspace;
  /** The database that the client selected. */
  db: Database;
}

export type ReplyMode = "on" | "off" | "skip" | "skip-next";

/** A client as commands see it. */
export interface Client {
  readonly id: number;
  name: string;
  /** `lib-name` and `lib-ver` of CLIENT SETINFO. */
  libraryName: string;
  libraryVersion: string;
  /** The user it authenticated as. */
  user: string;
  authenticated: boolean;
  /** Bits that make dispatch ask its gates: see Attention there. */
  attention: number;
  /** Whether it is the one as which scripts call commands. */
  readonly isScript?: boolean;
  /** 2 or 3. */
  protocol: 2 | 3;
  replyMode: ReplyMode;
  noEvict: boolean;
  noTouch: boolean;
  /** Address and port, or the path of the Unix socket with `:0`. */
  readonly address: string;
  readonly localAddress: string;
  /** Whether it is on this machine: loopback or a Unix socket. */
  readonly isLocal: boolean;
  /** Whether it came over a Unix socket. */
  readonly isUnix?: boolean;
  /** Unix ms. */
  readonly connectedAt: number;
  lastActiveAt: number;
  lastCommand: Command | undefined;
  /** "normal", "pubsub", "master" or "replica". */
  readonly kind: string;
  readonly reply: Reply;
  /** What MULTI has begun; while EXEC carries it out it is still here, so a command can tell that it must not block. */
  transaction: Transaction | undefined;
  /** The keys that it watches; absent until the first WATCH. */
  watcher: Watcher | undefined;
  /** What it is subscribed to; absent while that is nothing. Only {@link PubSubCommands} sets it. */
  subscriptions?: Subscriptions | undefined;
  /** How it is told that what it caches is out of date; absent while it is not. Only {@link TrackingCommands} sets it. */
  tracking?: Tracking | undefined;
  /** What it waits for, while it does. */
  readonly waiting: Wait | undefined;
  /**
   * Lets the client wait: nothing that it sends is carried out until the wait is over. To be called by a handler, which
   * writes no reply then.
   * @param timeoutMs 0: for ever
   * @param timedOut writes the reply when the time is up
   */
  wait(wait: Wait, timeoutMs: number, timedOut: () => void): void;
  /** Ends a wait before its time: as if it were up, or with an error. Whether there was one. */
  endWait(how: "timeout" | "error"): boolean;
  /** Whether a command of this client may be suspended, and answered later. */
  readonly canBeSuspended: boolean;
  /** Whether a command of this client is. */
  readonly isSuspended: boolean;
  /** Nothing more of this client is carried out, until {@link resumed}. */
  suspend(): void;
  /** The command that was suspended has its answer. */
  resumed(): void;
  /** Closes the connection once everything written is sent. */
  closeAfterReply: boolean;
  /** Who is given what it sends, instead of the dispatcher, while its script is debugged. */
  debugger?: ClientDebugger | undefined;
  /** What is written from here on is no part of the answer; absent where nobody tells the two apart. */
  pushesFollow?(): void;
  /** A reply that is sent before the other one, even while the client waits; absent where scripts cannot be debugged. */
  aside?(): Reply;
  /** One line as CLIENT LIST prints it. */
  describe(): string;
}

/** Channels, patterns and shard channels are three worlds; each is told and counted apart. */
export type SubscriptionKind = "channels" | "patterns" | "shardChannels";

/** To how many of each kind a client is subscribed. */
export type Subscriptions = { readonly [kind in SubscriptionKind]: number };

/** Who is subscribed to what, and messages. Names are compared as bytes. */
export interface PubSubCommands {
  /** O(1); nothing happens when it is subscribed already. */
  subscribe(client: Client, kind: SubscriptionKind, name: Slice): void;
  unsubscribe(client: Client, kind: SubscriptionKind, name: Slice): void;
  /** @param tell is given each name, one character a byte, when the subscription has ended */
  unsubscribeAll(client: Client, kind: SubscriptionKind, tell?: (name: string) => void): void;
  /** Ends all subscriptions of a client. */
  forget(client: Client): void;
  /** Gives a message to all who are subscribed to the channel or to a pattern that matches it; how many times. */
  publish(channel: Slice, message: Slice): number;
  publishToShard(channel: Slice, message: Slice): number;
  /** How many channels, or different patterns, somebody is subscribed to. */
  size(kind: SubscriptionKind): number;
  /** Their names, one character a byte, in no particular order. */
  names(kind: SubscriptionKind): Iterable<string>;
  /** How many clients are subscribed to one of them. */
  subscribers(kind: SubscriptionKind, name: Slice): number;
}

/** How a client wants to be told that what it caches is out of date: CLIENT TRACKING. */
export interface TrackingOptions {
  /** Whether it is told of all keys that begin with some prefixes, rather than of those that it has read. */
  readonly broadcasts: boolean;
  /** Whether what it reads is remembered always, or only, or not, after CLIENT CACHING. */
  readonly choice: "all" | "opt-in" | "opt-out";
  /** Whether it does not want to know of what it changes itself. */
  readonly skipsOwn: boolean;
  /** The number of the client that is told instead; 0: itself. */
  readonly redirection: number;
  /** One character a byte. */
  readonly prefixes: readonly string[];
}

/** What is known of a client that tracks. */
export interface Tracking {
  readonly options: TrackingOptions;
  /** Whether the client that is to be told was gone when there was something to tell. */
  readonly isBroken: boolean;
  /** Whether CLIENT CACHING was sent for what comes next. */
  isCachingGiven: boolean;
  /** All prefixes it has by now, in the order of their bytes, one character a byte. */
  readonly prefixes: readonly string[];
  /** What they take, about. */
  readonly bytes: number;
}

/** Client-side caching, as commands see it. */
export interface TrackingCommands {
  /**
   * A client tracks from now on, or in another way; prefixes are added to those that it has.
   * @throws ReplyError when that does not fit how it tracks now; then nothing has changed
   */
  begin(client: Client, options: TrackingOptions): void;
  /** A client does not track any more. */
  end(client: Client): void;
}

/** Is given what a client sends while its script is debugged. */
export interface ClientDebugger {
  /** A request; valid until this returns. */
  take(args: Args): void;
  /** What came is no request. */
  takeNonsense(): void;
  /** The client is gone. */
  left(): void;
}

/** The requests of one client between MULTI and EXEC. */
export interface Transaction {
  /** The commands of the requests, in their order. */
  readonly commands: readonly Command[];
  /** Bytes that the queue takes. */
  readonly bytes: number;
  /** Whether a request was refused before it could be queued; then nothing will be carried out. */
  failed: boolean;
  /** Queues a copy of a request. O(bytes). */
  add(command: Command, args: Args): void;
  /**
   * Gives every request to `visit`, in order, until it answers false; the arguments are valid until it returns.
   * @returns what `from` is, to go on behind the request at which it stopped; undefined at the end
   */
  replay(
    visit: (command: Command, args: Args) => boolean,
    from?: TransactionPlace,
  ): TransactionPlace | undefined;
}

/** A place between two requests of a transaction. */
export interface TransactionPlace {
  /** The next request, and what finds it. */
  readonly request: number;
  readonly number: number;
  readonly buffer: number;
  readonly at: number;
}

/** What scripts ask of the dispatcher, which runs what they call, and who they keep waiting. */
export interface ScriptCalls {
  readonly journal: Journal;
  /** Carries a command out that a script calls. Its reply, or the error that it throws, is written to the context's client. */
  callFromScript(context: Context, command: Command, args: Args): void;
  /** Counts a call that a script was refused. @param code the first word of the error */
  countRejection(command: Command | undefined, code: string): void;
  /**
   * Counts an error that the command which runs writes without throwing it.
   * @param code its first word; undefined when the error was counted before, for a command inside of this one
   */
  countFailure(code: string | undefined): void;
  /** What a command that writes is answered while that cannot be kept, or undefined. */
  persistenceRefusal(): ReplyError | undefined;
  /** Whether there was no room, and none to be made, when the request that runs began. */
  readonly isOutOfMemory: boolean;
  /** Whether a script is suspended: others are answered BUSY. */
  readonly isSuspended: boolean;
  /** The script that runs for a client is suspended. */
  suspend(client: Client): void;
  /** Has something done when the suspended script has ended, behind what was asked for before. */
  whenResumed(follow: () => void): void;
  /** The suspended script has ended; its answer is about to be written. */
  beginResumed(client: Client): void;
  /** Answers what should never happen: neither the script nor who wrote it is to blame. */
  answerDefect(context: Context, error: unknown): void;
  /** The answer is written: what was to follow does. */
  resumed(): void;
}

/** Scripts, as commands see them. All of these throw the ReplyError that the client sees. */
export interface Scripting {
  /** EVAL and its kin. Answers, or lets the client wait. @param bySha whether argument 1 is a digest */
  evaluate(context: Context, args: Args, bySha: boolean, readOnly: boolean): void;
  /** Keeps a script; its digest. */
  load(source: Slice): string;
  /** Whether a script is kept, by its digest. */
  knows(sha: Slice): boolean;
  /** Forgets all scripts. */
  flush(): void;
  /** Ends the script that is suspended. */
  kill(): void;
  /** SCRIPT DEBUG: whether what the client runs from now on is debugged, on copies of the data or on the data itself. */
  debug(client: Client, mode: "copies" | "data" | "no"): void;
  /** What a known script declares; undefined where it is not known or declares nothing. @param bySha as in evaluate */
  declaredFlags(args: Args, bySha: boolean): DeclaredFlags | undefined;
  readonly memory: ScriptMemory;
}

/** What a script says about itself in its first line. */
export interface DeclaredFlags {
  readonly writes: boolean;
  /** Whether it must not be run when memory is short. */
  readonly needsMemory: boolean;
}

/** What scripts take. */
export interface ScriptMemory {
  readonly scripts: number;
  readonly sourceBytes: number;
  /** An estimate: nobody can tell. */
  readonly compiledBytes: number;
}

/** Which of the commands a pause holds back. */
export type PauseMode = "write" | "all";

/** All connected clients. */
export interface Clients {
  readonly size: number;
  byId(id: number): Client | undefined;
  /** In the order in which they connected. */
  all(): Iterable<Client>;
  /** Closes a connection; its own only after the reply. */
  kill(victim: Client, by: Client): void;
  /** Holds commands back until `until` (unix ms), or longer if a pause is on already. */
  pause(mode: PauseMode, until: number): void;
  unpause(): void;
}

/** The configuration as CONFIG and other commands see it. */
export interface Settings {
  /** The value as CONFIG GET prints it. */
  get(name: string): string | undefined;
  number(name: string): number;
  flag(name: string): boolean;
  /** Names and values that match any of the patterns. */
  getMatching(patterns: readonly string[]): readonly (readonly [string, string])[];
  /**
   * Sets all of them or none; the error text that the client sees, or undefined.
   * @param options `isLocal`: whether the client is on this machine, which some directives ask for; `isLoading`: whether
   * data is being loaded, for which some must wait
   */
  setMany(
    pairs: readonly (readonly [string, string])[],
    options?: { readonly isLocal?: boolean; readonly isLoading?: boolean },
  ): string | undefined;
}

export interface Server {
  readonly commands: CommandTable;
  readonly clients: Clients;
  readonly settings: Settings;
  readonly keyspace: Keyspace;
  readonly clock: Clock;
  readonly random: Random;
  /** What commands did: a handler tells it when that is not what it was asked. */
  readonly journal: Journal;
  /**
   * Carries a command out inside of another one (EXEC): no gates, but its own timing and counters. Its reply, or the
   * error that it throws, is written to the client.
   */
  call(context: Context, command: Command, args: Args): void;
  readonly dispatcher: ScriptCalls;
  readonly scripting: Scripting;
  /** The text of INFO for some sections (`default`, `all`, `everything` among them), in UTF-8. */
  info(sections: readonly string[]): string;
  /** Writes the configuration file anew; the error text, or undefined. */
  rewriteConfig(): string | undefined;
  /** CONFIG RESETSTAT. */
  resetStatistics(): void;
  /** Saves what is to be saved and ends the server; false when saving failed, and the server goes on. */
  shutdown(wish: ShutdownWish): boolean;
  /** Snapshots and the append-only file. */
  readonly persistence: PersistenceCommands;
  readonly pubsub: PubSubCommands;
  /** What an operator looks at. */
  readonly observation: Observation;
  readonly tracking: TrackingCommands;
  /** Whether a user may log in with a password; `default` and `requirepass` until there are more users. */
  checkPassword(user: string, password: Uint8Array): boolean;
  /** Whether commands must be preceded by AUTH: for new connections. */
  readonly passwordRequired: boolean;
  /** Whether a client may use what `enable-debug-command` and the like guard. */
  allowsProtected(directive: string, client: Client): boolean;
  /** Ends the process as a defect would, with a report of it in the log: DEBUG PANIC and its kin. */
  crash(kind: "panic" | "assert" | "segfault", context: Context, args: Args): void;
  /** Stops all work for some ms: DEBUG SLEEP. */
  sleep(ms: number): void;
  /** Whether the active expiry cycle runs: DEBUG SET-ACTIVE-EXPIRE. */
  activeExpire: boolean;
  /** Unix ms: when the data was saved last or, before the first time, when the server started. */
  readonly lastSavedAt: number;
  /** The replication ID of this dataset; DEBUG CHANGE-REPL-ID makes a new one. */
  changeReplicationId(): void;
  /** Where values are that are not in memory; absent while `vm-enabled` is off. */
  readonly virtualMemory?: VirtualMemoryCommands | undefined;
  /** Bytes that the process holds, by what for: MEMORY STATS and INFO. */
  memory(): MemoryReport;
}

/** What DEBUG asks of virtual memory. */
export interface VirtualMemoryCommands {
  /** Swaps the value of an entry out at once; why that cannot be, or undefined. */
  swapOut(db: Database, ref: Ref): string | undefined;
  /** Brings the value of an entry in at once; false when it is in memory. @throws ReplyError when it cannot be read */
  swapIn(db: Database, ref: Ref): boolean;
  /** Where the value of a swapped entry is. */
  describe(ref: Ref): string;
  /** How full the swap file is, drawn as blocks. */
  picture(): string;
}

/** What a shutdown is to do about the data. */
export interface ShutdownWish {
  readonly save: "if configured" | "yes" | "no";
  /** Ends even when saving fails. */
  readonly force: boolean;
}

/** What commands ask of snapshots and the append-only file. All of them throw the ReplyError that the client sees. */
export interface PersistenceCommands {
  /** SAVE: nobody is served meanwhile. */
  save(): void;
  /** BGSAVE. @param maySchedule whether it may begin later, when something else is under way */
  backgroundSave(maySchedule: boolean, inTransaction: boolean): "started" | "scheduled";
  /** BGREWRITEAOF. */
  rewriteAof(inTransaction: boolean): "started" | "scheduled";
  /** FLUSHALL has emptied everything: a snapshot of what was there is of no use any more. */
  flushedAll(): void;
  /** DEBUG RELOAD: out to the RDB file, and in again. */
  reload(options: { readonly save: boolean; readonly flush: boolean; readonly merge: boolean }): void;
  /** DEBUG LOADAOF. */
  loadAof(): void;
}

/** Bytes that the process holds, by what for. */
export interface MemoryReport {
  /** Everything the server can account for: data, tables, buffers of clients, the engine's heap. */
  readonly used: number;
  /** The most that was ever seen in use. */
  readonly peak: number;
  /** In use when the server began to listen. */
  readonly startup: number;
  /** Of the process, as the system counts it. */
  readonly rss: number;
  /** The same when the server began to listen: what the program takes without data. */
  readonly rssStartup: number;
  /** Of the machine. */
  readonly systemTotal: number;
  /** Entries and large values, without the tables that find them. */
  readonly dataset: number;
  /** Of the arena: in blocks, in pages that hold a block, taken from the system. */
  readonly arenaUsed: number;
  readonly arenaPages: number;
  readonly arenaReserved: number;
  /** Values that have a buffer of their own. */
  readonly largeValues: number;
  readonly clientBuffers: number;
  readonly heapUsed: number;
  /** Of `used`, what does not count against `maxmemory`: buffers of the append-only file. */
  readonly notCounted: number;
  /** Of databases with keys: what finds the keys, and what finds those with a time to live. */
  readonly databases: readonly { readonly id: number; readonly keys: number; readonly expires: number }[];
}
