/**
 * A client without a connection: what is in the same process asks the server directly. Its commands pass all gates, and
 * it is a client like others: CLIENT LIST shows it, CLIENT PAUSE holds it back, CLIENT KILL closes it, it waits for
 * keys. Nothing is serialised on the way in; replies are the bytes that a socket would be given.
 *
 * Commands are carried out in the order in which they were sent, those of one turn as one batch, in a microtask: so never
 * inside of another client's command. A reply is handed out at the end of the turn, when what the command did is written.
 */
import { Args } from "../args.ts";
import { Attention, type Outcome } from "../dispatch.ts";
import { recycleReplyBuffer } from "../resp/reply.ts";
import { NO_BYTES, utf8 } from "../sys/bytes.ts";
import { ServedClient } from "./served_client.ts";
import type { RedenoServer } from "./server.ts";

const ADDRESS = "in-process:0";
const ORIGIN = { address: ADDRESS, localAddress: ADDRESS, isLocal: true };

/** The client was closed, by itself or by CLIENT KILL, before there was a reply. */
export class LocalClientClosed extends Error {
  override readonly name = "LocalClientClosed";

  constructor() {
    super("the client is closed");
  }
}

/** A command could not be answered at once. It was not carried out, or it waits for nothing any more. */
export class MustWaitError extends Error {
  override readonly name = "MustWaitError";
}

interface Request {
  readonly args: readonly (string | Uint8Array)[];
  resolve(reply: Uint8Array): void;
  reject(error: Error): void;
}

export class LocalClient extends ServedClient implements Disposable {
  /** Is given what is no reply to a command: messages and RESP3 pushes. The bytes are its own. */
  onPush: ((bytes: Uint8Array) => void) | undefined;
  /**
   * Is given what each command wrote, in the words of commands, before its reply is handed out: what an append-only
   * file is given, with a SELECT at its head. The bytes are its own.
   */
  onEffects: ((bytes: Uint8Array) => void) | undefined;

  readonly #args: Args = new Args();
  /** Sent and not carried out. */
  #requests: Request[] = [];
  /** Carried out, and where in the reply its answer ends; those without a request are pushes. */
  #answers: { readonly request: Request | undefined; readonly end: number }[] = [];
  #answeredEnd = 0;
  #scheduled = false;
  /** What is carried out and has no answer yet. */
  #underway: Request | undefined;
  /** What is carried out and waits for a key, or is suspended. */
  #waitingRequest: Request | undefined;
  #authenticated = true;

  /** To be made by {@link RedenoServer.client}, which adds it to the clients. */
  constructor(server: RedenoServer, id: number) {
    super(server, ORIGIN, id);
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

  /**
   * Carries a command out now, behind what this client sent before, and gives its reply. A script runs to its end,
   * however long that takes.
   * @throws MustWaitError when it would have to wait, or others are being carried out
   * @throws LocalClientClosed
   */
  sendNow(args: readonly (string | Uint8Array)[]): Uint8Array {
    const { server } = this;
    if (args.length === 0) throw new RangeError("a command has a name");
    if (this.closed) throw new LocalClientClosed();
    if (server.turn.isInBatch) throw new MustWaitError("a command is being carried out");
    if (this.isWaiting || this.debugger !== undefined) {
      throw new MustWaitError("an earlier command of this client waits");
    }
    let reply: Uint8Array | undefined;
    let failure: Error | undefined;
    const request: Request = {
      args,
      resolve: (bytes) => reply = bytes,
      reject: (error) => failure = error,
    };
    this.#requests.push(request);
    this.canBeSuspended = false;
    this.process();
    this.canBeSuspended = true;
    if (!this.closed) server.turn.answerAtOnce(this);
    if (reply !== undefined) return reply;
    if (failure !== undefined) throw failure;
    this.#withdraw(request);
    throw new MustWaitError(`${String(args[0])} has to wait, and cannot be answered at once`);
  }

  /** Forgets a request that waits, or waits behind one that does. */
  #withdraw(request: Request): void {
    if (this.#waitingRequest === request) {
      this.#waitingRequest = undefined;
      this.forgetWait();
      return;
    }
    this.#requests.splice(this.#requests.indexOf(request), 1);
    if (this.#requests.length === 0) this.isHeldBack = false;
  }

  /** Closes the client: what it sent and was not answered is rejected. */
  close(): void {
    if (this.closed) return;
    this.leave();
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
    this.mark(Attention.unauthenticated, !yes);
  }

  resumed(): void {
    this.isSuspended = false;
    if (this.closed) {
      this.reply.release();
      return this.server.forget(this);
    }
    this.answered();
  }

  // ---- what the server sees ---------------------------------------------------------------------------------

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

  get bufferBytes(): number {
    return this.reply.buffer.length + this.transactionBytes;
  }

  /** Arguments that are here already have no limit. */
  setBulkBytesMax(): void {}

  delivered(): void {
    this.askFlush();
  }

  readonly canBeEvicted = false;

  evict(): void {}

  /** What is handed out at once never waits. */
  checkOutput(): void {}

  /** Hands out the replies. */
  flush(): void {
    this.flushAsked = false;
    if (this.debugger !== undefined) return this.#flushAside();
    // What stands there while a script is suspended may be half of an answer.
    if (this.closed || this.isSuspended) return;
    const aside = this.#takeAside();
    const last = this.#answers.findLastIndex(({ request }) => request !== undefined);
    this.#answer(undefined);
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

  #takeAside(): Uint8Array {
    const aside = this.saidAside;
    if (aside === undefined) return NO_BYTES;
    const { length } = aside;
    const buffer = aside.take();
    const bytes = buffer.slice(0, length);
    recycleReplyBuffer(buffer);
    return bytes;
  }

  /** Hands out what the debugger says: the answer of the request that waits. */
  #flushAside(): void {
    const request = this.#waitingRequest;
    if (this.closed || request === undefined || this.saidAside === undefined) return;
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
      else if (!this.isWaiting) this.process();
    });
  }

  protected override process(): void {
    const { server } = this;
    this.isHeldBack = false;
    server.turn.beginBatch();
    this.lastActiveAt = this.keyspace.now;
    this.keyspace.access.freeze(this.noTouch);
    let done = 0;
    while (done < this.#requests.length && !this.closeAfterReply && !this.closed) {
      const request = this.#requests[done]!;
      this.#answer(undefined);
      const args = this.#argsOf(request);
      this.#underway = request;
      const outcome = this.onEffects === undefined
        ? server.dispatcher.execute(this, args)
        : this.#executeRecorded(args, this.onEffects);
      server.turn.endBatch();
      const answered = this.#underway;
      this.#underway = undefined;
      if (outcome === "wait") {
        this.isHeldBack = true;
        break;
      }
      done++;
      if (outcome === "waits") {
        this.#waitingRequest = request;
        break;
      }
      this.#answer(answered);
    }
    if (this.closed) return server.turn.endBatch();
    this.#requests = this.#requests.slice(done);
    server.turn.endBatch();
    if (this.#answers.length > 0) this.askFlush();
  }

  /** Carries a request out, and tells what it wrote, even if nobody else keeps a record. */
  #executeRecorded(args: Args, tell: (bytes: Uint8Array) => void): Outcome {
    const { dispatcher } = this.server;
    const { journal } = dispatcher;
    const isOurs = !journal.isOpen;
    const end = () => {
      journal.onUnit = undefined;
      if (isOurs) journal.close();
    };
    if (isOurs) journal.open(this.keyspace.dirty);
    else journal.forgetDatabase();
    journal.onUnit = (bytes) => {
      const copy = bytes.slice();
      end();
      tell(copy);
    };
    const outcome = dispatcher.execute(this, args);
    // A script that is suspended is in the middle of its unit.
    if (journal.onUnit !== undefined && !this.isSuspended) end();
    return outcome;
  }

  #argsOf({ args }: Request): Args {
    this.#args.clear();
    for (const arg of args) this.#args.push(typeof arg === "string" ? utf8(arg) : arg);
    return this.#args;
  }

  /** What stands in the reply up to here and belongs to nobody yet answers this request, or is a push. */
  #answer(request: Request | undefined): void {
    const end = this.reply.length;
    if (request === undefined && end === this.#answeredEnd) return;
    this.#answers.push({ request, end });
    this.#answeredEnd = end;
  }

  pushesFollow(): void {
    const request = this.#underway ?? this.#waitingRequest;
    if (request === undefined) return;
    this.#answer(request);
    this.#underway = this.#waitingRequest = undefined;
  }

  /** What was sent meanwhile comes next, when whoever served it is done. */
  protected override answered(): void {
    const request = this.#waitingRequest;
    this.#waitingRequest = undefined;
    this.#answer(request);
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
