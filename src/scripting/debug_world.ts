/**
 * What the commands of a debugged script run in: the server as it is, or one whose keys are copies. Either way the
 * debugger is told the replies.
 *
 * Copies are made when a command is about to look at a key for the first time, so two keys may be of different moments:
 * other clients go on meanwhile. What is done to the copies is recorded nowhere, and nobody is told of it.
 */
import type { Args } from "../args.ts";
import type { Command } from "../command_table.ts";
import type { Context, ScriptCalls, Server } from "../context.ts";
import { internalError, ReplyError } from "../errors.ts";
import { Journal } from "../journal.ts";
import type { Database } from "../store/database.ts";
import { Keyspace } from "../store/keyspace.ts";
import { RdbReader, RdbWriter } from "../store/rdb/rdb_codec.ts";
import { readValue, writeTypedValue } from "../store/rdb/restore.ts";
import { Slice } from "../sys/bytes.ts";
import type { DebugMode } from "./debugging.ts";

/** Is told the replies of what a script calls: whole replies, valid until it returns. */
export type ReplyObserver = (reply: Uint8Array) => void;

/** Everything is copied only where it takes no more than this. */
const COPIED_BYTES_MAX = 64 << 20;
/** Commands that look at keys which they do not name. */
const LOOKS_AT_ALL: ReadonlySet<string> = new Set([
  "keys",
  "scan",
  "randomkey",
  "dbsize",
  "flushall",
  "flushdb",
  "swapdb",
]);
/** Those that do with more than a key: BY and GET. */
const SORTS: ReadonlySet<string> = new Set(["sort", "sort_ro"]);
/** Commands that name another database. */
const CROSSES_DATABASES: ReadonlySet<string> = new Set(["copy", "move"]);
const REACHES_CLIENTS: ReadonlySet<string> = new Set(["publish", "spublish"]);

/** What commands of the script are given as server and database. */
export interface DebugWorld {
  readonly server: Server;
  readonly context: Context;
}

/** Where among the arguments of a command its keys are. */
export type KeyFinder = (command: Command, args: Args) => readonly number[];

export function debugWorld(
  mode: DebugMode,
  context: Context,
  keysOf: KeyFinder,
  observe: ReplyObserver,
): DebugWorld {
  const { server } = context;
  if (mode === "data") {
    return {
      server: withOther(server, { dispatcher: new ObservedCalls(server.dispatcher, observe) }),
      context,
    };
  }
  const keyspace = emptyCopy(server);
  const calls = new CallsOnCopies(new KeyCopies(server, keyspace, keysOf), observe);
  const sandbox = withOther(server, { keyspace, journal: calls.journal, dispatcher: calls });
  const db = keyspace.databases[context.db.id]!;
  return { server: sandbox, context: { client: context.client, server: sandbox, keyspace, db } };
}

/** A server of which some things are others. */
function withOther(server: Server, others: Partial<Server>): Server {
  return new Proxy(server, {
    get(target, name) {
      if (Object.hasOwn(others, name)) return others[name as keyof Server];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function emptyCopy({ keyspace: { now, limits, databases }, random }: Server): Keyspace {
  const copy = new Keyspace({ databases: databases.length, random, now });
  Object.assign(copy.limits, limits);
  return copy;
}

/** The server's own dispatcher. */
class ObservedCalls implements ScriptCalls {
  readonly #calls: ScriptCalls;
  readonly #observe: ReplyObserver;

  constructor(calls: ScriptCalls, observe: ReplyObserver) {
    this.#calls = calls;
    this.#observe = observe;
  }

  get journal(): Journal {
    return this.#calls.journal;
  }

  get isSuspended(): boolean {
    return this.#calls.isSuspended;
  }

  callFromScript(context: Context, command: Command, args: Args): void {
    const { reply } = context.client;
    const before = reply.length;
    this.#calls.callFromScript(context, command, args);
    this.#observe(reply.buffer.subarray(before, reply.length));
  }

  countRejection(command: Command | undefined, code: string): void {
    this.#calls.countRejection(command, code);
  }

  countFailure(code: string | undefined): void {
    this.#calls.countFailure(code);
  }

  persistenceRefusal(): ReplyError | undefined {
    return this.#calls.persistenceRefusal();
  }

  get isOutOfMemory(): boolean {
    return this.#calls.isOutOfMemory;
  }

  suspend(client: Context["client"]): void {
    this.#calls.suspend(client);
  }

  whenResumed(follow: () => void): void {
    this.#calls.whenResumed(follow);
  }

  beginResumed(client: Context["client"]): void {
    this.#calls.beginResumed(client);
  }

  answerDefect(context: Context, error: unknown): void {
    this.#calls.answerDefect(context, error);
  }

  resumed(): void {
    this.#calls.resumed();
  }
}

/** Runs commands on copies of their keys; nothing is counted or recorded. */
class CallsOnCopies implements ScriptCalls {
  readonly journal: Journal = new Journal();
  readonly isSuspended = false;
  readonly isOutOfMemory = false;
  readonly #copies: KeyCopies;
  readonly #observe: ReplyObserver;

  constructor(copies: KeyCopies, observe: ReplyObserver) {
    this.#copies = copies;
    this.#observe = observe;
  }

  callFromScript(context: Context, command: Command, args: Args): void {
    const { reply } = context.client;
    const before = reply.length;
    try {
      if (REACHES_CLIENTS.has(command.name)) {
        reply.integer(0);
      } else {
        this.#copies.prepare(context.db.id, command, args);
        command.run!(context, args, reply);
      }
    } catch (error) {
      reply.truncate(before);
      reply.error((error instanceof ReplyError ? error : internalError).text);
    }
    this.#observe(reply.buffer.subarray(before, reply.length));
  }

  countRejection(): void {}

  countFailure(): void {}

  persistenceRefusal(): undefined {
    return undefined;
  }

  suspend(): never {
    throw new Error("what works on copies keeps nobody waiting");
  }

  whenResumed(): void {}

  beginResumed(): void {}

  answerDefect(_context: Context, error: unknown): never {
    throw error;
  }

  resumed(): void {}
}

class KeyCopies {
  readonly #server: Server;
  readonly #copy: Keyspace;
  readonly #keysOf: KeyFinder;
  /** Database and name of the keys that were asked for, whether they are there or not. */
  readonly #asked: Set<string> = new Set();
  #hasAll = false;

  constructor(server: Server, copy: Keyspace, keysOf: KeyFinder) {
    this.#server = server;
    this.#copy = copy;
    this.#keysOf = keysOf;
  }

  /** Copies what a command may look at. O(bytes of the values). @throws ReplyError when that is too much */
  prepare(database: number, command: Command, args: Args): void {
    if (this.#hasAll) return;
    const name = command.name;
    if (LOOKS_AT_ALL.has(name) || (SORTS.has(name) && args.count > 2)) return this.#copyAll(name);
    const databases = CROSSES_DATABASES.has(name) ? this.#copy.databases.map(({ id }) => id) : [database];
    for (const at of this.#keysOf(command, args)) {
      for (const id of databases) this.#copyKey(id, args.at(at));
    }
  }

  #copyAll(name: string): void {
    const { keyspace } = this.#server;
    if (keyspace.usedBytes > COPIED_BYTES_MAX) {
      throw new ReplyError(
        `ERR The debugger would have to copy all data for '${name}', which is too much: use SCRIPT DEBUG SYNC`,
      );
    }
    for (const db of keyspace.databases) {
      const names: Slice[] = [];
      db.forEach((ref) => names.push(new Slice(db.keyOf(ref).copy())));
      for (const key of names) this.#copyKey(db.id, key);
    }
    this.#hasAll = true;
  }

  #copyKey(database: number, key: Slice): void {
    const asked = `${database}:${key.text()}`;
    if (this.#asked.has(asked)) return;
    this.#asked.add(asked);
    const from = this.#server.keyspace.databases[database]!;
    if (from.presence(key) !== "alive") return;
    const ref = from.findDeadOrAlive(key);
    if (from.isSwapped(ref)) this.#server.virtualMemory?.swapIn(from, ref);
    const writer = new RdbWriter({ compression: false });
    writeTypedValue(writer, from, ref);
    const when = from.exactExpireAt(ref);
    this.#add(this.#copy.databases[database]!, key, writer.written(), when);
  }

  #add(db: Database, key: Slice, bytes: Uint8Array, when: bigint): void {
    const value = readValue(new RdbReader(bytes, 0, bytes.length), this.#copy);
    if (value === undefined) throw new Error("a value that was written cannot be read");
    db.addValue(key, value);
    if (when > 0n) db.setExpireAt(key, when);
  }
}
