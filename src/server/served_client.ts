/**
 * A client as the server sees it, over a connection or in this process: what all of these have in common. They differ
 * in where requests come from and where replies go.
 *
 * Replies are not sent at once: the client asks the server for a flush, which comes once a turn of the event loop, for
 * all clients.
 */
import type {
  Client,
  ClientDebugger,
  Context,
  ReplyMode,
  Subscriptions,
  Tracking,
  Transaction,
} from "../context.ts";
import type { Command } from "../command_table.ts";
import { Attention } from "../dispatch.ts";
import { Reply } from "../resp/reply.ts";
import type { Database } from "../store/database.ts";
import type { Keyspace } from "../store/keyspace.ts";
import type { Wait } from "../store/waits.ts";
import type { Watcher } from "../store/watch.ts";
import { type Timer, TIMER_MS_MAX } from "../sys/timers.ts";
import { NO_CLASS } from "./client_memory.ts";
import type { RedenoServer } from "./server.ts";

const UNBLOCKED = "UNBLOCKED client unblocked via CLIENT UNBLOCK";

/** Where a client comes from; addresses as CLIENT LIST shows them. */
export interface Origin {
  readonly address: string;
  readonly localAddress: string;
  /** Whether the other end is on this machine. */
  readonly isLocal: boolean;
  /** Whether it came over a Unix socket; absent: it did not. */
  readonly isUnix?: boolean;
}

export abstract class ServedClient implements Client, Context {
  readonly client: Client = this;
  readonly server: RedenoServer;
  readonly keyspace: Keyspace;
  db: Database;

  readonly id: number;
  name = "";
  libraryName = "";
  libraryVersion = "";
  user = "default";
  attention = 0;
  replyMode: ReplyMode = "on";
  noEvict = false;
  noTouch = false;
  readonly address: string;
  readonly localAddress: string;
  readonly isLocal: boolean;
  /** Whether the client came over a Unix socket. */
  readonly isUnix: boolean;
  readonly connectedAt: number;
  lastActiveAt: number;
  lastCommand: Command | undefined = undefined;
  canBeSuspended = true;
  /** Whether the script that it runs is. */
  isSuspended = false;
  readonly reply: Reply = new Reply();
  debugger: ClientDebugger | undefined = undefined;
  watcher: Watcher | undefined = undefined;
  tracking: Tracking | undefined = undefined;
  closeAfterReply = false;
  closed = false;
  /** Whether the next request has to wait (CLIENT PAUSE). */
  isHeldBack = false;
  /** Bytes for which it stands in {@link ClientMemory}, and its list there. */
  accountedBytes = 0;
  sizeClass: number = NO_CLASS;
  /** Whether it has to go because clients take too much. */
  isEvicted = false;
  /** The most bytes that were sent at once, of late: see {@link Cron}. */
  replyPeak = 0;
  /** Whether a flush was asked for and has not come. */
  flushAsked = false;

  #wait:
    | { readonly wait: Wait; readonly timedOut: () => void; readonly timer: Timer | undefined }
    | undefined;
  #transaction: Transaction | undefined;
  #aside: Reply | undefined;
  #subscriptions: Subscriptions | undefined;

  constructor(server: RedenoServer, origin: Origin, id: number) {
    this.server = server;
    this.keyspace = server.keyspace;
    this.db = server.keyspace.databases[0]!;
    this.id = id;
    this.address = origin.address;
    this.localAddress = origin.localAddress;
    this.isLocal = origin.isLocal;
    this.isUnix = origin.isUnix ?? false;
    this.connectedAt = server.clock.now();
    this.lastActiveAt = this.connectedAt;
  }

  // ---- where kinds of clients differ ------------------------------------------------------------------------

  abstract authenticated: boolean;
  /** Bytes that it has sent and that were not carried out; what there is room for; both together. */
  abstract readonly inputPending: number;
  abstract readonly inputRoom: number;
  abstract readonly inputCapacity: number;
  /** Bytes of replies not sent yet. */
  abstract readonly outputPending: number;
  /** Bytes that all of its buffers take. */
  abstract readonly bufferBytes: number;
  /** Sets the limit of one argument, in bytes. */
  abstract setBulkBytesMax(bytes: number): void;
  /** A message was written into its reply, to be sent at the end of the turn. */
  abstract delivered(): void;
  /**
   * Looks whether what it has not read yet is more, or for longer, than its class may; then it is closed.
   * @param atOnce not only at the end of the turn: nothing of it is being carried out
   */
  abstract checkOutput(atOnce?: boolean): void;
  /** Whether it may have to go because clients take too much. */
  abstract readonly canBeEvicted: boolean;
  /** It has to go at the end of the turn, and gets nothing more. */
  abstract evict(): void;
  /** Sends what was replied: the turn is over. */
  abstract flush(): void;
  abstract close(): void;
  abstract resumed(): void;
  /** Carries out what can be carried out. */
  protected abstract process(): void;
  /** A command that waited has its answer. */
  protected abstract answered(): void;

  // ---- what they have in common -----------------------------------------------------------------------------

  get protocol(): 2 | 3 {
    return this.reply.resp3 ? 3 : 2;
  }

  set protocol(version: 2 | 3) {
    this.reply.resp3 = version === 3;
  }

  get transaction(): Transaction | undefined {
    return this.#transaction;
  }

  set transaction(begun: Transaction | undefined) {
    this.#transaction = begun;
    this.mark(Attention.inTransaction, begun !== undefined);
  }

  get subscriptions(): Subscriptions | undefined {
    return this.#subscriptions;
  }

  set subscriptions(some: Subscriptions | undefined) {
    this.#subscriptions = some;
    this.mark(Attention.subscribed, some !== undefined);
  }

  get kind(): "normal" | "pubsub" {
    return this.#subscriptions === undefined ? "normal" : "pubsub";
  }

  /** Sets or clears a bit of attention. */
  protected mark(bit: number, isSet: boolean): void {
    if (isSet) this.attention |= bit;
    else this.attention &= ~bit;
  }

  /** Bytes of queued requests and of watched keys. */
  get transactionBytes(): number {
    const watched = this.watcher === undefined ? 0 : this.keyspace.watches.bytesOf(this.watcher);
    return (this.#transaction?.bytes ?? 0) + watched;
  }

  /** Whether something that it sent is neither carried out nor refused yet. */
  get isWaiting(): boolean {
    return this.isHeldBack || this.#wait !== undefined || this.isSuspended;
  }

  get waiting(): Wait | undefined {
    return this.#wait?.wait;
  }

  wait(wanted: Wait, timeoutMs: number, timedOut: () => void): void {
    const { database, keys } = wanted;
    const wait: Wait = {
      database,
      keys,
      serve: (key) => {
        const before = this.reply.length;
        if (!this.server.dispatcher.attempt(this, () => wanted.serve(key))) return false;
        this.#waitIsOver(before);
        return true;
      },
    };
    // Beyond what a timer can take nobody will be there to see the end.
    const timer = timeoutMs === 0 || timeoutMs > TIMER_MS_MAX
      ? undefined
      : this.server.timers.after(timeoutMs, () => this.#timeIsUp());
    this.#wait = { wait, timedOut, timer };
    this.keyspace.waits.add(wait);
  }

  endWait(how: "timeout" | "error"): boolean {
    if (this.#wait === undefined || this.debugger !== undefined) return false;
    const before = this.reply.length;
    if (how === "timeout") this.#wait.timedOut();
    this.server.dispatcher.unblock(this, how === "timeout" ? undefined : UNBLOCKED);
    this.#waitIsOver(before);
    return true;
  }

  #timeIsUp(): void {
    if (this.#wait === undefined || this.debugger !== undefined) return;
    const before = this.reply.length;
    this.#wait.timedOut();
    this.#waitIsOver(before);
  }

  suspend(): void {
    this.isSuspended = true;
  }

  protected forgetWait(): void {
    if (this.#wait === undefined) return;
    this.#wait.timer?.cancel();
    this.keyspace.waits.remove(this.#wait.wait);
    this.#wait = undefined;
  }

  /** The client has its answer; what it sent meanwhile comes next, when whoever served it is done. */
  #waitIsOver(replyStart: number): void {
    this.forgetWait();
    this.server.dispatcher.endWaitedRequest(this, replyStart);
    this.answered();
  }

  /** What is sent before the other reply, if there is something. */
  protected get saidAside(): Reply | undefined {
    return this.#aside !== undefined && this.#aside.length > 0 ? this.#aside : undefined;
  }

  aside(): Reply {
    this.askFlush();
    return this.#aside ??= new Reply();
  }

  /** Carries out what was held back. */
  resume(): void {
    if (this.isHeldBack && !this.closed) this.process();
  }

  /** Has everything in the reply sent at the end of this turn. */
  askFlush(): void {
    if (this.closed) return;
    if (this.flushAsked) return this.server.turn.flushAskedAgain(this);
    this.flushAsked = true;
    this.server.turn.askFlush(this);
  }

  /** What every kind does when it closes, before it leaves the server. */
  protected leave(): void {
    this.closed = true;
    this.isHeldBack = false;
    this.forgetWait();
    this.debugger?.left();
  }

  describe(): string {
    return this.server.describeClient(this);
  }
}
