/**
 * One client's connection: reads what is there, runs every complete request in it, and has the replies sent.
 *
 * Replies are not sent at once: the connection asks the server for a flush, which comes once a turn of the event loop,
 * for all clients (so that the append-only file can be written before them, once). Reading never waits for
 * writing: a client may send a million requests before it reads the first reply.
 */
import { Args } from "../args.ts";
import { Attention } from "../dispatch.ts";
import { ProtocolError, RequestParser } from "../resp/parser.ts";
import { recycleReplyBuffer } from "../resp/reply.ts";
import type { Accepted } from "./listeners.ts";
import { ServedClient } from "./served_client.ts";
import type { RedenoServer } from "./server.ts";

/** What an idle client holds; it doubles while reads fill it. */
const INPUT_BYTES_MIN = 512;
/** Beyond this an input buffer grows only for a request that is larger. */
const INPUT_BYTES_USUAL_MAX = 16 << 10;
/** Reads in a row that used little of the buffer before it is made small again. */
const SMALL_READS_MAX = 64;

/** Requests that are read before the first of them is carried out. */
const REQUESTS_AHEAD_MAX = 16;

/** What was read ahead; one for all connections, since a batch runs without a pause. */
const ahead = {
  args: Array.from({ length: REQUESTS_AHEAD_MAX + 1 }, () => new Args()),
  /** Where in the buffer each request begins. */
  starts: new Int32Array(REQUESTS_AHEAD_MAX),
  count: 0,
};

/** What a connection needs of a socket. */
export interface Socket {
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

export class Connection extends ServedClient {
  readonly #socket: Socket;
  readonly #parser: RequestParser = new RequestParser();
  #args: Args = new Args();
  #protocolError: ProtocolError | undefined;
  #input: Uint8Array = new Uint8Array(INPUT_BYTES_MIN);
  #inputEnd = 0;
  #smallReads = 0;
  /** Whether more waits to be sent than may: it is closed at the end of the turn, and nothing more is sent. */
  #isOverLimit = false;
  /** Since when the soft limit is passed, in unix ms. */
  #softSince: number | undefined;
  #sending: Uint8Array | undefined;
  #sendingAt = 0;
  #sendingEnd = 0;
  #sendingIsShared = false;
  readonly #onRead: (count: number | null) => void;
  readonly #onWrite: (count: number) => void;
  readonly #onFailure: () => void;

  constructor(server: RedenoServer, accepted: Accepted, id: number) {
    super(server, accepted, id);
    this.#socket = accepted.socket;
    this.#parser.bulkBytesMax = server.limits.bulkBytesMax;
    this.authenticated = !server.passwordRequired;
    this.#onRead = (count) => this.#received(count);
    this.#onWrite = (count) => this.#sent(count);
    this.#onFailure = () => this.close();
  }

  get authenticated(): boolean {
    return this.#parser.authenticated;
  }

  set authenticated(yes: boolean) {
    this.#parser.authenticated = yes;
    this.mark(Attention.unauthenticated, !yes);
  }

  /** Bytes of requests not carried out yet. */
  get inputPending(): number {
    return this.#inputEnd - this.#parser.requestStart;
  }

  /** Bytes of the input buffer that the next read can fill. */
  get inputRoom(): number {
    return this.#input.length - this.#inputEnd;
  }

  get inputCapacity(): number {
    return this.#input.length;
  }

  /** Bytes of replies not sent yet. */
  get outputPending(): number {
    return this.reply.length + this.#sendingEnd - this.#sendingAt;
  }

  /** Bytes that this client's buffers take. */
  get bufferBytes(): number {
    return this.#input.length + this.reply.buffer.length + (this.#sending?.length ?? 0) +
      this.transactionBytes;
  }

  resumed(): void {
    this.isSuspended = false;
    if (this.closed) return this.server.forget(this);
    this.answered();
  }

  /** What was sent meanwhile comes next, when whoever served it is done. */
  protected override answered(): void {
    this.askFlush();
    queueMicrotask(() => {
      if (!this.closed && !this.isWaiting && !this.closeAfterReply) this.process();
    });
  }

  /** Hands the requests in the buffer to the debugger, for as long as there is one. */
  #feedDebugger(): void {
    try {
      while (this.debugger !== undefined && this.#parser.next(this.#input, this.#inputEnd, this.#args)) {
        this.debugger.take(this.#args);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.debugger?.takeNonsense();
    }
  }

  /** Begins to read; from here on the connection lives by itself. */
  start(): void {
    this.#read();
  }

  /** Sets the limit of one argument, in bytes. */
  setBulkBytesMax(bytes: number): void {
    this.#parser.bulkBytesMax = bytes;
  }

  get canBeEvicted(): boolean {
    return !this.noEvict && !this.closed && !this.isEvicted && !this.isSuspended;
  }

  evict(): void {
    this.isEvicted = true;
    this.#isOverLimit = true;
    this.closeAfterReply = true;
    this.askFlush();
  }

  delivered(): void {
    if (this.server.clientMemory.isOn) this.server.clientMemory.note(this);
    if (this.outputPending >= this.server.outputLimits.checkedFrom) this.checkOutput();
    this.askFlush();
  }

  checkOutput(atOnce = false): void {
    if (this.server.clientMemory.isOn) this.server.clientMemory.note(this);
    if (this.#isOverLimit || this.closed) return;
    const { hard, soft, softMs } = this.server.outputLimits[this.kind];
    const pending = this.outputPending;
    if (pending < soft) this.#softSince = undefined;
    else this.#softSince ??= this.keyspace.now;
    const isLong = this.#softSince !== undefined && this.keyspace.now - this.#softSince > softMs;
    if (pending < hard && !isLong) return;
    this.server.outputBufferExceeded(this, atOnce);
    if (atOnce) return this.close();
    this.#isOverLimit = true;
    this.closeAfterReply = true;
    this.askFlush();
  }

  /** Hands the replies to the kernel, unless it is still busy with the last ones. */
  flush(): void {
    this.flushAsked = false;
    if (this.#isOverLimit) return this.close();
    if (this.#sending !== undefined || this.closed) return;
    const aside = this.saidAside;
    // While a script is debugged the other reply may be half of an answer.
    if (aside === undefined && this.debugger !== undefined) return;
    const reply = aside ?? this.reply;
    const { length } = reply;
    if (length > this.replyPeak) this.replyPeak = length;
    if (length === 0) {
      if (this.closeAfterReply) this.close();
      return;
    }
    this.#sendingIsShared = reply.isShared;
    this.#sending = reply.take();
    this.#sendingAt = 0;
    this.#sendingEnd = length;
    this.#write();
  }

  close(): void {
    if (this.closed) return;
    this.leave();
    try {
      this.#socket.close();
    } catch {
      // The other side was faster.
    }
    this.#letInputGo();
    this.#input = new Uint8Array(0);
    this.server.forget(this);
  }

  #read(): void {
    const input = this.#inputEnd === 0 ? this.#input : this.#input.subarray(this.#inputEnd);
    this.#socket.read(input).then(this.#onRead, this.#onFailure);
  }

  #received(count: number | null): void {
    if (this.closed) return;
    if (count === null || count === 0) return this.close();
    this.server.reads++;
    this.server.bytesReceived += count;
    this.#inputEnd += count;
    const filled = this.#inputEnd === this.#input.length;
    this.#smallReads = count * 4 > this.#input.length ? 0 : this.#smallReads + 1;
    // What comes after the last request is not carried out, even if its reply is not sent yet.
    if (this.debugger !== undefined) this.#feedDebugger();
    else if (!this.isWaiting && !this.closeAfterReply) this.process();
    if (this.closed || this.closeAfterReply) return;
    this.#makeRoom(filled);
    if (this.server.clientMemory.isOn && !this.closed) this.server.clientMemory.note(this);
    if (!this.closed && !this.closeAfterReply) this.#read();
  }

  /**
   * Runs every complete request in the buffer, or all up to one that has to wait. Requests are read some ahead of being
   * carried out, so that dispatch can fetch what they will touch from memory, all at once rather than one by one.
   */
  protected override process(): void {
    const server = this.server;
    this.isHeldBack = false;
    server.turn.beginBatch();
    this.lastActiveAt = this.keyspace.now;
    this.keyspace.access.freeze(this.noTouch);
    let goesOn = true;
    while (goesOn && this.#readAhead()) {
      goesOn = this.#execute();
      // The arguments that the timer may want to show are those of other requests next.
      server.turn.endBatch();
      if (ahead.count > 1) server.dispatcher.forgetAhead();
    }
    server.turn.endBatch();
    if (this.reply.length > 0 || this.closeAfterReply) this.askFlush();
  }

  /** Reads the next requests; false when not even one is complete. */
  #readAhead(): boolean {
    const parser = this.#parser;
    ahead.count = 0;
    // What a client may send can change with AUTH, so requests before it are read one by one.
    const most = this.authenticated ? REQUESTS_AHEAD_MAX : 1;
    ahead.args[0] = this.#args;
    try {
      while (ahead.count < most && parser.next(this.#input, this.#inputEnd, ahead.args[ahead.count]!)) {
        ahead.starts[ahead.count++] = parser.requestStart;
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#protocolError = error;
    }
    if (parser.isMidRequest && ahead.count > 0) {
      // The request that is not complete keeps its arguments: they become the connection's own.
      this.#args = ahead.args[ahead.count]!;
      ahead.args[ahead.count] = ahead.args[0]!;
    }
    if (ahead.count > 1) this.server.dispatcher.fetchAhead(this, ahead.args, ahead.count);
    return ahead.count > 0 || this.#protocolError !== undefined;
  }

  /** Carries out what was read ahead; false when there is nothing more to do for now. */
  #execute(): boolean {
    const { args, count } = ahead;
    const { dispatcher } = this.server;
    for (let i = 0; i < count; i++) {
      const outcome = dispatcher.execute(this, args[i]!);
      if (this.outputPending >= this.server.outputLimits.checkedFrom) this.checkOutput();
      if (outcome !== "done") {
        this.isHeldBack = outcome === "wait";
        this.#readAgainFrom(this.isHeldBack ? i : i + 1);
        return false;
      }
      if (this.closeAfterReply || this.closed) return false;
    }
    if (this.#protocolError !== undefined) {
      this.#answerProtocolError(this.#protocolError);
      return false;
    }
    return true;
  }

  /** Requests from this one on, of those read ahead, are not carried out now: they will be read again. */
  #readAgainFrom(next: number): void {
    const parser = this.#parser;
    if (next < ahead.count) parser.rewind(ahead.starts[next]!);
    else if (this.#protocolError !== undefined) parser.rewind(parser.requestStart);
    this.#protocolError = undefined;
  }

  #answerProtocolError(error: ProtocolError): void {
    this.server.protocolError(this, error.message);
    const text = `ERR Protocol error: ${error.message}`;
    this.server.statistics.countError(text);
    if (this.replyMode === "on") this.reply.error(text);
    this.closeAfterReply = true;
  }

  /** Moves what is not consumed to the start of the buffer, and makes the buffer as large as is of use. */
  #makeRoom(filled: boolean): void {
    const parser = this.#parser;
    const start = parser.requestStart;
    const left = this.#inputEnd - start;
    let size = this.#input.length;
    if (left > this.server.limits.queryBufferBytesMax) {
      this.server.queryBufferExceeded(this);
      return this.close();
    }
    // What is announced is believed only by as much again as has come.
    const announced = parser.position - start + parser.bytesMissing;
    const believed = left + Math.max(left, INPUT_BYTES_USUAL_MAX);
    if (announced > size && believed > size) size = Math.min(announced, Math.max(believed, size * 2));
    else if (filled && left === size) size *= 2;
    else if (filled && size < INPUT_BYTES_USUAL_MAX) size *= 2;
    else if (left * 2 < INPUT_BYTES_USUAL_MAX && size > INPUT_BYTES_USUAL_MAX) size = INPUT_BYTES_USUAL_MAX;
    else if (this.#smallReads > SMALL_READS_MAX && size > INPUT_BYTES_MIN && left * 4 < size) {
      size >>>= 1;
      this.#smallReads = 0;
    }
    if (size !== this.#input.length) {
      const input = new Uint8Array(size);
      input.set(this.#input.subarray(start, this.#inputEnd));
      this.#args.rebase(this.#input, input, start);
      this.#letInputGo();
      this.#input = input;
    } else if (start > 0) {
      if (left > 0) {
        this.#input.copyWithin(0, start, this.#inputEnd);
        this.#args.rebase(this.#input, this.#input, start);
      }
    } else {
      return;
    }
    parser.rebase(start);
    this.#inputEnd = left;
  }

  /** Sees to it that what was read ahead does not keep a large buffer alive. */
  #letInputGo(): void {
    if (this.#input.length <= INPUT_BYTES_USUAL_MAX) return;
    for (const args of ahead.args) if (args !== this.#args) args.forget(this.#input);
  }

  #write(): void {
    const bytes = this.#sending!.subarray(this.#sendingAt, this.#sendingEnd);
    this.#socket.write(bytes).then(this.#onWrite, this.#onFailure);
  }

  #sent(count: number): void {
    this.server.writes++;
    this.server.bytesSent += count;
    this.lastActiveAt = this.keyspace.now;
    this.#sendingAt += count;
    if (this.#sendingAt < this.#sendingEnd) {
      if (!this.closed) this.#write();
      return;
    }
    if (!this.#sendingIsShared) recycleReplyBuffer(this.#sending!);
    this.#sending = undefined;
    this.#sendingAt = this.#sendingEnd = 0;
    if (this.server.clientMemory.isOn && !this.closed) this.server.clientMemory.note(this);
    if (this.#softSince !== undefined) this.checkOutput();
    // Not at once: what these replies tell is written at the end of the turn.
    if (this.reply.length > 0 || this.saidAside !== undefined || this.closeAfterReply) this.askFlush();
  }
}
