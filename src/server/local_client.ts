/**
 * A client without a connection: what is in the same process asks the server directly. Its commands pass all gates, and
 * it is a client like others: CLIENT LIST shows it, CLIENT PAUSE holds it back, CLIENT KILL closes it, it waits for
 * keys. Nothing is serialised on the way in; replies are the bytes that a socket would be given.
 *
 * Commands are carried out in the order in which they were sent, those of one turn as one batch, in a microtask: so never
 * inside of another client's command. A reply is handed out at the end of the turn, when what the command did is written.
 */
import { Args } from "../args.ts";
import type { Client, ClientDebugger, ReplyMode, Subscriptions, Transaction } from "../context.ts";
import type { Command } from "../command_table.ts";
import { Attention } from "../dispatch.ts";
import { recycleReplyBuffer, Reply } from "../resp/reply.ts";
import type { Database } from "../store/database.ts";
import type { Keyspace } from "../store/keyspace.ts";
import type { Wait } from "../store/waits.ts";
import type { Watcher } from "../store/watch.ts";
import { NO_BYTES, utf8 } from "../sys/bytes.ts";
import type { ServedClient } from "./clients.ts";
import type { RedenoServer } from "./server.ts";

/** The longest time that a timer of the runtime can be set to, in ms. */
const TIMER_MS_MAX = 2 ** 31 - 1;
const UNBLOCKED = "UNBLOCKED client unblocked via CLIENT UNBLOCK";
const ADDRESS = "in-process:0";

/** The client was closed, by itself or by CLIENT KILL, before there was a reply. */
export class LocalClientClosed extends Error {
  override readonly name = "LocalClientClosed";

  constructor() {
    super("the client is closed");
  }
}

interface Request {
  readonly args: readonly (string | Uint8Array)[];
  resolve(reply: Uint8Array): void;
  reject(error: Error): void;
}

export class LocalClient implements ServedClient, Disposable {
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
  readonly address = ADDRESS;
  readonly localAddress = ADDRESS;
  readonly isLocal = true;
  readonly isUnix = false;
  readonly connectedAt: number;
  lastActiveAt: number;
  lastCommand: Command | undefined = undefined;
  readonly canBeSuspended = true;
  /** Whether the script that it runs is. */
  isSuspended = false;
  readonly reply: Reply = new Reply();
  debugger: ClientDebugger | undefined = undefined;
  watcher: Watcher | undefined = undefined;
  closeAfterReply = false;
  closed = false;
  /** Is given what is no reply to a command: messages and RESP3 pushes. The bytes are its own. */
  onPush: ((bytes: Uint8Array) => void) | undefined;

  readonly #args: Args = new Args();
  /** Sent and not carried out. */
  #requests: Request[] = [];
  /** Carried out, and where in the reply its answer ends; those without a request are pushes. */
  #answers: { readonly request: Request | undefined; readonly end: number }[] = [];
  #answeredEnd = 0;
  #scheduled = false;
  #flushAsked = false;
  /** Whether the first request has to wait (CLIENT PAUSE). */
  #heldBack = false;
  /** What is carried out and waits for a key, or is suspended. */
  #waitingRequest: Request | undefined;
  #wait: {
    readonly wait: Wait;
    readonly timedOut: () => void;
    readonly timer: ReturnType<typeof setTimeout> | undefined;
  } | undefined;
  #transaction: Transaction | undefined;
  #aside: Reply | undefined;
  #subscriptions: Subscriptions | undefined;
  #authenticated = true;

  /** To be made by {@link RedenoServer.client}, which adds it to the clients. */
  constructor(server: RedenoServer, id: number) {
    this.server = server;
    this.keyspace = server.keyspace;
    this.db = server.keyspace.databases[0]!;
    this.id = id;
    this.connectedAt = this.lastActiveAt = server.clock.now();
  }

  /**
   * Sends a command; its reply, as bytes of the protocol. Empty when the client wants no replies (CLIENT REPLY). The
   * arguments must not be changed before; texts are sent in UTF-8. While a script is debugged it is a command of the
   * debugger; at the end the script's own reply stands behind what the debugger says.
   * @throws LocalClientClosed
   */
  send(args: readonly (string | Uint8Array)[]): Promise<Uint8Array> {
    if (args.length === 0) return Promise.reject(new RangeError("a command has a name"));
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(new LocalClientClosed());
      this.#requests.push({ args, resolve, reject });
      this.#schedule();
    });
  }

  /** Closes the client: what it sent and was not answered is rejected. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#heldBack = false;
    this.#forgetWait();
    this.debugger?.left();
    const unanswered = [
      ...this.#answers.map(({ request }) => request),
      this.#waitingRequest,
      ...this.#requests,
    ];
    this.#answers = [];
    this.#requests = [];
    this.#waitingRequest = undefined;
    this.reply.release();
    // A script that is suspended runs to its end.
    if (!this.isSuspended) this.server.forget(this);
    for (const request of unanswered) request?.reject(new LocalClientClosed());
  }

  [Symbol.dispose](): void {
    this.close();
  }

  // ---- what commands see ------------------------------------------------------------------------------------

  /** From the beginning: who is in the process needs no password. After RESET it is as any other. */
  get authenticated(): boolean {
    return this.#authenticated;
  }

  set authenticated(yes: boolean) {
    this.#authenticated = yes;
    if (yes) this.attention &= ~Attention.unauthenticated;
    else this.attention |= Attention.unauthenticated;
  }

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
    if (begun === undefined) this.attention &= ~Attention.inTransaction;
    else this.attention |= Attention.inTransaction;
  }

  get subscriptions(): Subscriptions | undefined {
    return this.#subscriptions;
  }

  set subscriptions(some: Subscriptions | undefined) {
    this.#subscriptions = some;
    if (some === undefined) this.attention &= ~Attention.subscribed;
    else this.attention |= Attention.subscribed;
  }

  get kind(): "normal" | "pubsub" {
    return this.#subscriptions === undefined ? "normal" : "pubsub";
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
      : setTimeout(() => this.endWait("timeout"), timeoutMs);
    this.#wait = { wait, timedOut, timer };
    this.keyspace.waits.add(wait);
  }

  endWait(how: "timeout" | "error"): boolean {
    if (this.#wait === undefined || this.debugger !== undefined) return false;
    const before = this.reply.length;
    if (how === "timeout") this.#wait.timedOut();
    else this.reply.error(UNBLOCKED);
    this.#waitIsOver(before);
    return true;
  }

  suspend(): void {
    this.isSuspended = true;
  }

  resumed(): void {
    this.isSuspended = false;
    if (this.closed) {
      this.reply.release();
      return this.server.forget(this);
    }
    this.#answerWaiting();
  }

  describe(): string {
    return this.server.describeClient(this);
  }

  // ---- what the server sees ---------------------------------------------------------------------------------

  get isWaiting(): boolean {
    return this.#heldBack || this.#wait !== undefined || this.isSuspended;
  }

  get inputPending(): number {
    let bytes = 0;
    for (const { args } of this.#requests) for (const arg of args) bytes += arg.length;
    return bytes;
  }

  readonly inputRoom = 0;
  readonly inputCapacity = 0;

  get outputPending(): number {
    return this.reply.length;
  }

  /** Bytes of queued requests and of watched keys. */
  get transactionBytes(): number {
    const watched = this.watcher === undefined ? 0 : this.keyspace.watches.bytesOf(this.watcher);
    return (this.#transaction?.bytes ?? 0) + watched;
  }

  get bufferBytes(): number {
    return this.reply.buffer.length + this.transactionBytes;
  }

  /** Arguments that are here already have no limit. */
  setBulkBytesMax(): void {}

  /** Carries out what is waiting, after a pause. */
  resume(): void {
    if (!this.#heldBack || this.closed) return;
    this.#process();
  }

  delivered(): void {
    this.askFlush();
  }

  /** What is handed out at once never waits. */
  checkOutput(): void {}

  /** Has everything in the reply handed out at the end of this turn. */
  askFlush(): void {
    if (this.closed) return;
    if (this.#flushAsked) return this.server.flushAskedAgain(this);
    this.#flushAsked = true;
    this.server.askFlush(this);
  }

  /** Hands out the replies. */
  flush(): void {
    this.#flushAsked = false;
    if (this.debugger !== undefined) return this.#flushAside();
    // What stands there while a script is suspended may be half of an answer.
    if (this.closed || this.isSuspended) return;
    const aside = this.#takeAside();
    const last = this.#answers.findLastIndex(({ request }) => request !== undefined);
    this.#mark(undefined);
    const answers = this.#answers;
    this.#answers = [];
    this.#answeredEnd = 0;
    const { isShared } = this.reply;
    const buffer = this.reply.take();
    let start = 0;
    for (const [i, { request, end }] of answers.entries()) {
      const bytes = buffer.slice(start, end);
      start = end;
      if (request === undefined) this.onPush?.(bytes);
      else request.resolve(i === last && aside.length > 0 ? joined(aside, bytes) : bytes);
    }
    if (!isShared) recycleReplyBuffer(buffer);
    if (this.closeAfterReply) this.close();
  }

  aside(): Reply {
    this.askFlush();
    return this.#aside ??= new Reply();
  }

  #takeAside(): Uint8Array {
    const { length } = this.#aside ?? NO_BYTES;
    if (length === 0) return NO_BYTES;
    const buffer = this.#aside!.take();
    const bytes = buffer.slice(0, length);
    recycleReplyBuffer(buffer);
    return bytes;
  }

  /** Hands out what the debugger says: the answer of the request that waits. */
  #flushAside(): void {
    const request = this.#waitingRequest;
    if (this.closed || request === undefined || this.#aside === undefined || this.#aside.length === 0) return;
    this.#waitingRequest = undefined;
    request.resolve(this.#takeAside());
    if (this.#requests.length > 0) this.#schedule();
  }

  #feedDebugger(): void {
    if (this.debugger === undefined || this.#waitingRequest !== undefined) return;
    const request = this.#waitingRequest = this.#requests.shift();
    if (request !== undefined) this.debugger.take(this.#argsOf(request));
  }

  // ---- carrying out -----------------------------------------------------------------------------------------

  #schedule(): void {
    if (this.#scheduled || (this.isWaiting && this.debugger === undefined)) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (this.closed) return;
      if (this.debugger !== undefined) this.#feedDebugger();
      else if (!this.isWaiting) this.#process();
    });
  }

  #process(): void {
    const { server } = this;
    this.#heldBack = false;
    server.beginBatch();
    this.lastActiveAt = this.keyspace.now;
    this.keyspace.access.freeze(this.noTouch);
    let done = 0;
    while (done < this.#requests.length && !this.closeAfterReply && !this.closed) {
      const request = this.#requests[done]!;
      this.#mark(undefined);
      const outcome = server.dispatcher.execute(this, this.#argsOf(request));
      if (outcome === "wait") {
        this.#heldBack = true;
        break;
      }
      done++;
      if (outcome === "waits") {
        this.#waitingRequest = request;
        break;
      }
      this.#mark(request);
    }
    if (this.closed) return server.endBatch();
    this.#requests = this.#requests.slice(done);
    server.endBatch();
    if (this.#answers.length > 0) this.askFlush();
  }

  #argsOf({ args }: Request): Args {
    this.#args.clear();
    for (const arg of args) this.#args.push(typeof arg === "string" ? utf8(arg) : arg);
    return this.#args;
  }

  /** What stands in the reply up to here and belongs to nobody yet answers this request, or is a push. */
  #mark(request: Request | undefined): void {
    const end = this.reply.length;
    if (request === undefined && end === this.#answeredEnd) return;
    this.#answers.push({ request, end });
    this.#answeredEnd = end;
  }

  #forgetWait(): void {
    if (this.#wait === undefined) return;
    clearTimeout(this.#wait.timer);
    this.keyspace.waits.remove(this.#wait.wait);
    this.#wait = undefined;
  }

  /** The client has its answer; what it sent meanwhile comes next, when whoever served it is done. */
  #waitIsOver(replyStart: number): void {
    this.#forgetWait();
    this.server.dispatcher.endWaitedRequest(this, replyStart);
    this.#answerWaiting();
  }

  #answerWaiting(): void {
    const request = this.#waitingRequest;
    this.#waitingRequest = undefined;
    this.#mark(request);
    this.askFlush();
    if (this.#requests.length > 0) this.#schedule();
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
