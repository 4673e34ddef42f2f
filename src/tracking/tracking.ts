/**
 * Client-side caching: clients are told when what they have read, or what begins with their prefixes, changes.
 *
 * It is told of every change through the keyspace's listeners while somebody tracks, or a key is remembered; otherwise it
 * costs nothing. What the client that is being carried out changes itself is told behind its reply, as in the reference, and to
 * all others at once; broadcasts wait until the server is about to sleep.
 *
 * Invariants: a client has `tracking` exactly while it tracks; it has prefixes only then, and only if it broadcasts. A key
 * that was told of is forgotten until it is read again.
 */
import type { Args } from "../args.ts";
import type { Command } from "../command_table.ts";
import type { Client, Tracking, TrackingCommands, TrackingOptions } from "../context.ts";
import { ReplyError } from "../errors.ts";
import type { Reply } from "../resp/reply.ts";
import type { Keyspace } from "../store/keyspace.ts";
import { Slice, utf8 } from "../sys/bytes.ts";
import { CachingTable } from "./caching_table.ts";
import { Pending } from "./pending.ts";
import { Prefixes } from "./prefixes.ts";

/** Where clients of RESP2 are told. */
const CHANNEL = "__redis__:invalidate";
/** Keys that are given up at once when there are too many, times how often in a row that was not enough. */
const EVICTED_MAX = 100;
/** Steps a tick in which the memory of forgotten keys is given back: one or two milliseconds. */
const RELEASE_STEPS = 4;

const cannotSwitchBroadcast = new ReplyError(
  "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode.",
);
const cannotSwitchChoice = new ReplyError(
  "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode.",
);

/** What tracking asks of the server. */
export interface TrackingHost {
  readonly keyspace: Keyspace;
  byId(id: number): Client | undefined;
  /** The keys of a request. @param visit is given each, valid until it returns */
  forEachKey(command: Command, args: Args, visit: (key: Slice) => void): void;
  /** A message was written into a client's reply: it has to be sent. */
  delivered(client: Client): void;
  /** There is something to be told at the end of the turn. */
  wantsTurn(): void;
  /** Whether somebody tracks, or too many keys are remembered, has changed. */
  changed(): void;
}

class ClientTracking implements Tracking {
  readonly client: Client;
  options: TrackingOptions;
  isBroken = false;
  isCachingGiven = false;
  bytes = 0;
  readonly #prefixes: Prefixes;

  constructor(client: Client, options: TrackingOptions, prefixes: Prefixes) {
    this.client = client;
    this.options = options;
    this.#prefixes = prefixes;
  }

  get prefixes(): readonly string[] {
    return [...this.#prefixes.of(this.client)];
  }
}

export class TrackingRegistry implements TrackingCommands {
  readonly #host: TrackingHost;
  readonly #table: CachingTable;
  readonly #prefixes: Prefixes = new Prefixes();
  readonly #tracked: Map<number, ClientTracking> = new Map();
  /** Numbers of the clients that are to be told; used again. */
  readonly #holders: number[] = [];
  #isListening = false;
  /** The most keys that are remembered; 0: no limit. */
  #keysMax = 0;
  #failedEvictions = 0;
  /** Whose request is carried out, and what of it runs; also while others are served what it has put somewhere. */
  #current: Client | undefined;
  #isExecuting = false;
  #command: Command | undefined;
  #args: Args | undefined;
  /** Who changes keys: the current client, or the one as which its script calls commands. */
  #writer: Client | undefined;
  /** What clients are to be told behind their replies. */
  readonly #pending: Pending<ClientTracking> = new Pending();
  /** Whose reply has just been written. */
  #answered: Client | undefined;
  readonly #isAnswered = (to: ClientTracking): boolean => to.client === this.#answered;
  readonly #tellPending = (to: ClientTracking, key: Slice | undefined): void => {
    if (key === undefined) this.#tell(to, writeNull);
    else this.#tell(to, writeKey, key);
  };

  constructor(host: TrackingHost) {
    this.#host = host;
    this.#table = new CachingTable(host.keyspace.arena, host.keyspace.random);
  }

  get clients(): number {
    return this.#tracked.size;
  }

  get keys(): number {
    return this.#table.size;
  }

  get items(): number {
    return this.#table.items;
  }

  get prefixes(): number {
    return this.#prefixes.size;
  }

  /** Whether more keys are remembered than may be, and somebody tracks. */
  get isOverLimit(): boolean {
    return this.#keysMax > 0 && this.#table.size > this.#keysMax && this.#tracked.size > 0;
  }

  /** @param keys the most that are remembered; 0: no limit */
  setLimit(keys: number): void {
    this.#keysMax = keys;
    this.#host.changed();
  }

  // ---- who tracks -------------------------------------------------------------------------------------------

  begin(client: Client, options: TrackingOptions): void {
    const old = client.tracking as ClientTracking | undefined;
    const { broadcasts, choice, prefixes } = options;
    let bytes = 0;
    if (old !== undefined) {
      if (old.options.broadcasts !== broadcasts) throw cannotSwitchBroadcast;
      const before = old.options.choice;
      if (choice !== before && choice !== "all" && before !== "all") throw cannotSwitchChoice;
    }
    if (broadcasts) {
      const collision = this.#prefixes.collision(client, prefixes);
      if (collision !== undefined) throw new ReplyError(collision);
      for (const prefix of prefixes.length > 0 ? prefixes : [""]) bytes += this.#prefixes.add(client, prefix);
    }
    if (old !== undefined) {
      old.options = options;
      old.isBroken = false;
      old.bytes += bytes;
      return;
    }
    const tracking = new ClientTracking(client, options, this.#prefixes);
    tracking.bytes = bytes;
    client.tracking = tracking;
    this.#tracked.set(client.id, tracking);
    this.#listen();
    this.#host.changed();
  }

  end(client: Client): void {
    if (client.tracking === undefined) return;
    this.#prefixes.remove(client);
    this.#tracked.delete(client.id);
    client.tracking = undefined;
    this.#host.changed();
    this.#listen();
  }

  #listen(): void {
    const wants = this.#tracked.size > 0 || this.#table.size > 0;
    if (wants === this.#isListening) return;
    this.#isListening = wants;
    const { keyspace } = this.#host;
    keyspace.listenToChanges(
      "caches",
      wants ? (_database, key, unasked) => this.#changed(key, unasked) : undefined,
    );
    keyspace.listeners.flushed = wants ? () => this.#flushed() : undefined;
  }

  // ---- what dispatch tells ----------------------------------------------------------------------------------

  /** A command is about to run, for a client or for its script. To be called while somebody tracks. */
  runs(client: Client, command: Command, args: Args): void {
    this.#writer = client;
    // Nobody is the client of scripts: what is read is remembered for who called the script.
    if (client.id < 0) return;
    this.#current = client;
    this.#isExecuting = true;
    this.#command = command;
    this.#args = args;
  }

  /** A command that reads has run: its keys are remembered. Of what a script reads they are those that the script was given. */
  hasRead(read: Command): void {
    if (read.spec.group !== "scripting") this.#remember();
  }

  #remember(): void {
    const tracking = this.#current?.tracking as ClientTracking | undefined;
    if (tracking === undefined || this.#command === undefined) return;
    const { broadcasts, choice } = tracking.options;
    if (broadcasts) return;
    if (choice !== "all" && tracking.isCachingGiven !== (choice === "opt-in")) return;
    const { id } = tracking.client;
    const command = this.#command;
    const args = this.#args!;
    const wasOver = this.isOverLimit;
    if (command.firstKey > 0 && command.spec.keys!.length === 1) {
      const { firstKey, lastKey, keyStep } = command;
      const last = lastKey >= 0 ? firstKey + lastKey : args.count + lastKey;
      for (let at = firstKey; at <= last; at += keyStep) this.#table.add(args.at(at), id);
    } else {
      this.#host.forEachKey(command, args, (key) => this.#table.add(key, id));
    }
    if (!wasOver && this.isOverLimit) this.#host.changed();
  }

  /** The script of the current client takes long, and its request will have moved when it goes on. */
  suspended(): void {
    this.#remember();
    this.#command = this.#args = undefined;
    this.#current = this.#writer = undefined;
    this.#isExecuting = false;
  }

  /** A request is carried out, its reply written. */
  hasRun(client: Client): void {
    this.#isExecuting = false;
    this.#writer = undefined;
    this.#command = this.#args = undefined;
    if (this.#pending.isEmpty) return;
    if (client.waiting === undefined) client.pushesFollow?.();
    this.#answered = client;
    this.#pending.take(this.#isAnswered, this.#tellPending, isSuspended);
    this.#answered = undefined;
  }

  /** Everything that follows from the request of the current client has happened. */
  isDone(client: Client): void {
    this.#current = undefined;
    // CLIENT CACHING is for the next command, or the next transaction.
    const tracking = client.tracking as ClientTracking | undefined;
    if (tracking?.isCachingGiven !== true || client.transaction !== undefined) return;
    if (client.lastCommand?.name.startsWith("client|") !== true) tracking.isCachingGiven = false;
  }

  // ---- what is told -----------------------------------------------------------------------------------------

  #changed(key: Slice, unasked?: boolean): void {
    if (this.#prefixes.size > 0 && this.#prefixes.changed(key, unasked ? undefined : this.#writer)) {
      this.#host.wantsTurn();
    }
    if (this.#table.size > 0) this.#invalidate(key);
  }

  /** Tells all who may hold a key. */
  #invalidate(key: Slice): void {
    const holders = this.#holders;
    const count = this.#table.take(key, holders);
    for (let i = 0; i < count; i++) {
      const tracking = this.#tracked.get(holders[i]!);
      if (tracking === undefined || tracking.options.broadcasts) continue;
      if (tracking.options.skipsOwn && tracking.client === this.#current) continue;
      if (this.#mustWait(tracking.client)) this.#pending.add(tracking, key);
      else this.#tell(tracking, writeKey, key);
    }
    if (this.#tracked.size === 0) this.#listen();
  }

  /** Whether a reply of a client is being written: nothing may come in the middle of it. */
  #mustWait(client: Client): boolean {
    return (this.#isExecuting && client === this.#current) || client.isSuspended;
  }

  /** Everything in a database, or in all, was removed: all who track are told that nothing they hold is of use. */
  #flushed(): void {
    // In the order in which they connected: several may have named the same client to be told.
    for (const [, tracking] of [...this.#tracked].sort(([a], [b]) => a - b)) {
      if (this.#mustWait(tracking.client)) this.#pending.add(tracking, undefined);
      else this.#tell(tracking, writeNull);
    }
    this.#table.clear();
    if (this.#tracked.size === 0) this.#listen();
  }

  /** Tells the changes that were gathered for prefixes. */
  broadcast(): void {
    if (!this.#prefixes.hasChanges) return;
    this.#prefixes.tell(
      (client) => client.tracking?.options.skipsOwn === true,
      (client, keys) => this.#tell(client.tracking as ClientTracking, writeList, keys),
    );
  }

  /** What is to be done by the clock. */
  tick(): void {
    for (let step = 0; step < RELEASE_STEPS; step++) this.#table.releaseSome();
    this.limit();
  }

  /** Forgets random keys while too many are remembered; who held them is told. @param current whose request comes next */
  limit(current?: Client): void {
    if (!this.isOverLimit) return;
    this.#current = current;
    const key = new Slice();
    let effort = EVICTED_MAX * (this.#failedEvictions + 1);
    while (this.isOverLimit && effort-- > 0) {
      const bytes = this.#table.randomKey()!;
      this.#invalidate(key.point(bytes, 0, bytes.length));
    }
    this.#current = undefined;
    if (this.isOverLimit) {
      this.#failedEvictions++;
    } else {
      this.#failedEvictions = 0;
      this.#host.changed();
    }
  }

  /** Writes one message: to the client itself, or to the one that it named. @param write is given the tracking client */
  #tell<What>(
    tracking: ClientTracking,
    write: (reply: Reply, what: What, from: Client) => void,
    what?: What,
  ): void {
    const { client, options: { redirection } } = tracking;
    let to: Client = client;
    if (redirection !== 0) {
      const named = this.#host.byId(redirection);
      if (named === undefined) return this.#tellBroken(tracking);
      to = named;
    }
    const { reply } = to;
    if (to.closeAfterReply) return;
    dropMuted(to);
    if (to.protocol === 3) {
      reply.raw(PUSHED);
    } else if (redirection !== 0 && to.subscriptions !== undefined) {
      reply.raw(PUBLISHED);
    } else {
      return; // Version 2 of the protocol has no room for what is no reply.
    }
    write(reply, what!, client);
    reply.pushed();
    this.#host.delivered(to);
  }

  #tellBroken(tracking: ClientTracking): void {
    const { client, options: { redirection } } = tracking;
    tracking.isBroken = true;
    if (client.protocol !== 3 || client.closeAfterReply) return;
    dropMuted(client);
    client.reply.push(2);
    client.reply.bulkText("tracking-redir-broken");
    client.reply.integer(redirection);
    client.reply.pushed();
    this.#host.delivered(client);
  }
}

/** What a client does not want to be answered must not come before what it is sent all the same. */
function dropMuted({ reply, replyMode }: Client): void {
  if (replyMode === "off" || replyMode === "skip") reply.truncate(reply.settled);
}

function writeKey(reply: Reply, key: Slice): void {
  reply.array(1);
  reply.bulk(key);
}

/** The null is that of the client that tracks, whoever is told. */
function writeNull(reply: Reply, _what: unknown, from: Client): void {
  if (from.protocol === 3) reply.raw(NULL3);
  else reply.raw(NULL2);
}

function writeList(reply: Reply, { buffer, length }: Reply): void {
  reply.raw(buffer, 0, length);
}

/** Others are suspended, and will be told at their time. */
function isSuspended({ client }: ClientTracking): boolean {
  return client.isSuspended;
}

/** How messages begin, in version 3 of the protocol, and published to clients of version 2. */
const PUSHED = utf8(">2\r\n$10\r\ninvalidate\r\n");
const PUBLISHED = utf8(`*3\r\n$7\r\nmessage\r\n$${CHANNEL.length}\r\n${CHANNEL}\r\n`);
const NULL2 = utf8("$-1\r\n");
const NULL3 = utf8("_\r\n");
