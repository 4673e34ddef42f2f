/**
 * The gates that a request passes before it is carried out, in the reference's order: each a condition under which it is
 * asked, and a small function that lets the request pass, refuses it, puts it aside, or has it wait.
 */
import type { Args } from "./args.ts";
import { type Command, FlagBit } from "./command_table.ts";
import type { Client } from "./context.ts";
import { busy, noAuthentication, outOfMemory, ReplyError } from "./errors.ts";
import type { TrackingRegistry } from "./tracking/tracking.ts";

/**
 * What makes a request worth a second look. The bits of the server, the client and the command are or-ed; while
 * the sum is 0, which is the usual case, no gate is asked.
 */
export const Attention = {
  unauthenticated: 1,
  guardedCommand: 2,
  paused: 4,
  /** The client is between MULTI and EXEC. */
  inTransaction: 16,
  /** The data is being loaded. */
  loading: 32,
  /** What commands do cannot be written to the disk. */
  cannotPersist: 64,
  /** Values are in the swap file. */
  swapped: 128,
  /** A script has taken so long that it was suspended. */
  busy: 256,
  /** The client is subscribed to something. */
  subscribed: 512,
  /** The command runs a script, and the engine is not there yet. */
  noEngine: 1024,
  /** There is a `maxmemory`. The dispatcher asks whether more is used before it asks the gates. */
  limitedMemory: 2048,
  /** A snapshot is under way, and large collections are shown before they change. */
  snapshot: 1 << 16,
  /** Some client caches, and wants to know of changes. */
  tracking: 1 << 17,
  /** More keys are remembered for clients that cache than may be. */
  tooManyTracked: 1 << 18,
  /** The client is shown what others ask (MONITOR). */
  monitoring: 1 << 19,
  /** A test has asked for faults. */
  faulty: 1 << 20,
} as const;

/** What is no business of the gates: the dispatcher sees to it itself. */
export const NOT_FOR_GATES: number = Attention.tracking;

/** What the gates ask of the server. */
export interface GateHooks {
  allowsProtected(directive: string, client: Client): boolean;
  /** What a command that writes is answered while that cannot be kept, or undefined. */
  persistenceRefusal(): ReplyError | undefined;
  /** A script is to be run, and has to wait for the engine: the clients are resumed when it is there. */
  engineIsWanted(): void;
  /** Whether the script that a request names has declared that it writes; undefined where it says nothing. */
  declaredWrites(command: Command, args: Args): boolean | undefined;
  /** What there has to be room for; absent where memory has no limit. */
  readonly eviction?: MemoryGate;
  /** Whether a pause of clients holds this command back. @param writes what the script that it runs declares */
  mustWait(command: Command, client: Client, writes: boolean | undefined): boolean;
  /**
   * Whether values that a command will look into have to be loaded first; then that has begun.
   * @throws ReplyError when one of them cannot be
   */
  mustLoad(command: Command, client: Client, args: Args): boolean;
  /** Whether a command that may write has to wait until a snapshot has shown what it would change. */
  mustBeShownFirst(command: Command, client: Client, args: Args): boolean;
  /** Who caches; absent where nobody can. */
  readonly tracking?: TrackingRegistry;
  /** What a test wishes to become of a request. @throws ReplyError what it wishes to be answered */
  wishedFault?(command: Command, client: Client, args: Args): Verdict;
}

/** `maxmemory`, as requests see it. */
export interface MemoryGate {
  /** Whether more is used than may be. */
  mustLook(): boolean;
  /** Makes room. "soon": too much is used, but that is being seen to. "none": and that will stay so. */
  makeRoom(): "enough" | "soon" | "none";
  /** Whether {@link makeRoom} found none for the last request. */
  readonly isOutOfMemory: boolean;
  /** Whether the script that a request names must not be run when memory is short; undefined where it says nothing. */
  declaredNeed(command: Command, args: Args): boolean | undefined;
}

/** "queued": the request is put aside until EXEC, and this is its reply. "dropped": there is nobody to be answered. */
export type Verdict = "passes" | "wait" | "queued" | "dropped";

interface Gate {
  readonly when: number;
  /** Throws the reply that the client will see, or says what becomes of the request. */
  readonly check: (hooks: GateHooks, command: Command, client: Client, args: Args) => Verdict;
}

const isLoading = new ReplyError("LOADING Redis is loading the dataset in memory");
const mayNotTouchKeys = new ReplyError("ERR Replica can't interact with the keyspace");
const notInTransaction = new ReplyError("ERR Command not allowed inside a transaction");

/** In the reference's order, behind what a test wishes. */
export const gates: readonly Gate[] = [
  {
    when: Attention.faulty,
    check: (hooks, command, client, args) => hooks.wishedFault?.(command, client, args) ?? "passes",
  },
  { when: Attention.guardedCommand, check: guardIsOpen },
  { when: Attention.unauthenticated, check: clientIsAuthenticated },
  { when: Attention.inTransaction, check: transactionAllows },
  { when: Attention.limitedMemory, check: memoryIsFree },
  { when: Attention.tooManyTracked, check: fewKeysAreTracked },
  { when: Attention.cannotPersist, check: writesCanBeKept },
  { when: Attention.subscribed, check: subscribedClientMay },
  { when: Attention.loading, check: dataIsLoaded },
  { when: Attention.busy, check: noScriptIsBusy },
  { when: Attention.monitoring, check: keysAreLeftAlone },
  { when: Attention.noEngine, check: engineIsThere },
  { when: Attention.paused, check: clientsAreNotPaused },
  { when: Attention.inTransaction, check: nothingIsQueued },
  { when: Attention.swapped, check: valuesAreInMemory },
  { when: Attention.snapshot, check: snapshotHasShownIt },
];

/** Directives that guard a whole command. */
const GUARDS: Readonly<Record<string, readonly [directive: string, error: string]>> = {
  debug: [
    "enable-debug-command",
    'ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.',
  ],
  module: [
    "enable-module-command",
    'ERR MODULE command not allowed. If the enable-module-command option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.',
  ],
};

function guardIsOpen(hooks: GateHooks, command: Command, client: Client): Verdict {
  const guard = GUARDS[command.name.split("|", 1)[0]!];
  if (guard !== undefined && !hooks.allowsProtected(guard[0], client)) {
    throw new ReplyError(guard[1]);
  }
  return "passes";
}

function clientIsAuthenticated(_hooks: GateHooks, command: Command): Verdict {
  if ((command.flagBits & FlagBit.noAuth) === 0) throw noAuthentication;
  return "passes";
}

function transactionAllows(_hooks: GateHooks, command: Command): Verdict {
  if ((command.flagBits & FlagBit.noMulti) !== 0) throw notInTransaction;
  return "passes";
}

function fewKeysAreTracked({ tracking }: GateHooks, _command: Command, client: Client): Verdict {
  tracking!.limit(client);
  return "passes";
}

/** Commands that end a transaction, so that what it takes can be given back. */
const ENDS_TRANSACTION: ReadonlySet<string> = new Set(["exec", "discard", "quit", "reset"]);

function memoryIsFree({ eviction }: GateHooks, command: Command, client: Client, args: Args): Verdict {
  if (eviction!.makeRoom() !== "none") return "passes";
  const { transaction } = client;
  let isRefused = needsMemory(eviction!, command, args);
  if (transaction !== undefined && !ENDS_TRANSACTION.has(command.name)) isRefused = true;
  if (transaction !== undefined && command.name === "exec") {
    transaction.replay((queued, itsArgs) => !(isRefused = needsMemory(eviction!, queued, itsArgs)));
  }
  if (isRefused) throw outOfMemory;
  return "passes";
}

function needsMemory(eviction: MemoryGate, command: Command, args: Args): boolean {
  return eviction.declaredNeed(command, args) ?? (command.flagBits & FlagBit.denyoom) !== 0;
}

function writesCanBeKept(hooks: GateHooks, command: Command, client: Client, args: Args): Verdict {
  const writes = (command.flagBits & FlagBit.write) !== 0 || command.name === "ping" ||
    hooks.declaredWrites(command, args) === true ||
    (command.name === "exec" &&
      client.transaction!.commands.some((queued) => (queued.flagBits & FlagBit.write) !== 0));
  const refusal = writes ? hooks.persistenceRefusal() : undefined;
  if (refusal !== undefined) throw refusal;
  return "passes";
}

/** What a client of RESP2 may send while it listens: its answers and messages could not be told apart otherwise. */
const WHILE_SUBSCRIBED: ReadonlySet<string> = new Set([
  "subscribe",
  "unsubscribe",
  "psubscribe",
  "punsubscribe",
  "ssubscribe",
  "sunsubscribe",
  "ping",
  "quit",
  "reset",
]);

function subscribedClientMay(_hooks: GateHooks, command: Command, client: Client): Verdict {
  if (client.protocol === 3 || WHILE_SUBSCRIBED.has(command.name)) return "passes";
  throw new ReplyError(
    `ERR Can't execute '${command.name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed ` +
      "in this context",
  );
}

function dataIsLoaded(_hooks: GateHooks, command: Command): Verdict {
  if ((command.flagBits & FlagBit.loading) === 0) throw isLoading;
  return "passes";
}

function noScriptIsBusy(_hooks: GateHooks, command: Command): Verdict {
  if ((command.flagBits & FlagBit.allowBusy) === 0) throw busy;
  return "passes";
}

/** Who watches everything has no part in it: as a replica, which the reference takes it for. */
function keysAreLeftAlone(_hooks: GateHooks, command: Command, client: Client): Verdict {
  const touches = ({ flagBits, name }: Command) => (flagBits & TOUCHES_KEYS) !== 0 || name.startsWith("eval");
  const commands = command.name === "exec" ? client.transaction?.commands ?? [] : [command];
  if (commands.some(touches)) throw mayNotTouchKeys;
  return "passes";
}

function engineIsThere(hooks: GateHooks): Verdict {
  hooks.engineIsWanted();
  return "wait";
}

function clientsAreNotPaused(hooks: GateHooks, command: Command, client: Client, args: Args): Verdict {
  const writes = hooks.declaredWrites(command, args);
  return hooks.mustWait(command, client, writes) ? "wait" : "passes";
}

const TOUCHES_KEYS = FlagBit.write | FlagBit.readonly | FlagBit.mayReplicate;

/** Commands that act on the transaction, or end the connection, instead of being a part of it. */
const NOT_QUEUED: ReadonlySet<string> = new Set(["exec", "discard", "multi", "watch", "quit", "reset"]);

function nothingIsQueued(_hooks: GateHooks, command: Command, client: Client, args: Args): Verdict {
  if (NOT_QUEUED.has(command.name)) return "passes";
  const transaction = client.transaction!;
  // What will never be carried out need not be kept.
  if (!transaction.failed && client.watcher?.touched !== true) transaction.add(command, args);
  return "queued";
}

function valuesAreInMemory(hooks: GateHooks, command: Command, client: Client, args: Args): Verdict {
  if (command.valueKeys === "none" && command.name !== "exec") return "passes";
  return hooks.mustLoad(command, client, args) ? "wait" : "passes";
}

function snapshotHasShownIt(hooks: GateHooks, command: Command, client: Client, args: Args): Verdict {
  return hooks.mustBeShownFirst(command, client, args) ? "wait" : "passes";
}
