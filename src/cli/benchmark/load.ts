/**
 * The load that one thread makes: clients of which each sends a batch, waits for all of its replies, and sends the next
 * one, until as many batches were sent as were asked for. The threads draw batches from one shared counter, so a slow
 * one has fewer.
 *
 * Nothing is allocated per batch but what the runtime needs for a read and a write.
 */
import { rawSocket } from "../../server/raw_socket.ts";
import type { Socket } from "../../server/connection.ts";
import { Random } from "../../sys/random.ts";
import { type ByteStream, openStream, reasonOf, SessionError } from "../byte_stream.ts";
import type { ConnectionOptions } from "../connection_options.ts";
import { LatencyHistogram } from "./latency_histogram.ts";
import { ReplyCounter, UnreadableReply } from "./reply_counter.ts";
import { type BatchSpec, RequestBatch } from "./request_batch.ts";

/** What load is to be made; can be sent to a worker. */
export interface LoadSpec {
  readonly connection: ConnectionOptions;
  readonly batch: BatchSpec;
  /** What a connection says first, and how many replies that has. */
  readonly greeting: Uint8Array;
  readonly greetingReplies: number;
  /** Clients of all threads. */
  readonly clients: number;
  /** Requests of all threads; the last batch may go beyond, and what is beyond is not timed. */
  readonly requests: number;
  /** Whether a connection is used again. */
  readonly keepsAlive: boolean;
  /** Of the random numbers; undefined: any. */
  readonly seed: number | undefined;
}

/** What the threads know of each other: how many batches were drawn, and what each one has done. */
export interface SharedProgress {
  readonly batches: Int32Array;
  /** Requests whose replies came, by thread. */
  readonly finished: Float64Array;
  /** Microseconds that they took, by thread. */
  readonly latencySum: Float64Array;
}

export function newProgress(threads: number): SharedProgress {
  return {
    batches: new Int32Array(new SharedArrayBuffer(4)),
    finished: new Float64Array(new SharedArrayBuffer(8 * threads)),
    latencySum: new Float64Array(new SharedArrayBuffer(8 * threads)),
  };
}

/** Load is impossible, or there is no sense in going on. The message has one character a byte. */
export class LoadError extends Error {
  override readonly name = "LoadError";
}

/** Connections that are being opened at the same time: a listener's queue is short. */
const CONNECTING_MAX = 128;
const READ_BYTES_MIN = 4 << 10;
/** Beyond this a buffer grows only for what does not fit it. */
const READ_BYTES_MAX = 256 << 10;

/** Clients of a thread: `clients` shared by so many, the first ones having one more. */
export function clientsOf(thread: number, { clients }: LoadSpec, threads: number): number {
  return Math.floor(clients / threads) + (thread < clients % threads ? 1 : 0);
}

/** Does something `count` times, at most `most` at a time. */
export async function inParallel(
  count: number,
  most: number,
  act: (i: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: Math.min(count, most) }, worker));
}

export class Load {
  readonly spec: LoadSpec;
  readonly histogram: LatencyHistogram = new LatencyHistogram();
  readonly random: Random;
  readonly #thread: number;
  readonly #progress: SharedProgress;
  readonly #batchesMax: number;
  readonly #clients: LoadClient[] = [];
  readonly #over: PromiseWithResolvers<void> = Promise.withResolvers();
  #running = 0;

  constructor(spec: LoadSpec, progress: SharedProgress, thread: number) {
    this.spec = spec;
    this.random = new Random(spec.seed === undefined ? undefined : (spec.seed + thread) >>> 0);
    this.#thread = thread;
    this.#progress = progress;
    this.#batchesMax = Math.ceil(spec.requests / spec.batch.pipeline);
  }

  /** Opens the connections. @throws LoadError */
  async connect(count: number): Promise<void> {
    await inParallel(count, CONNECTING_MAX, async () => {
      const client = new LoadClient(this);
      this.#clients.push(client);
      await client.connect();
    });
  }

  /** Makes the load. @throws LoadError */
  async run(): Promise<void> {
    this.#running = this.#clients.length;
    if (this.#running === 0) return;
    for (const client of this.#clients) client.begin();
    try {
      await this.#over.promise;
    } finally {
      this.close();
    }
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }

  /** How many requests of one more batch are to be timed; undefined: there is no batch left. */
  draw(): number | undefined {
    const { requests, batch: { pipeline } } = this.spec;
    const index = Atomics.add(this.#progress.batches, 0, 1);
    if (index < this.#batchesMax - 1) return pipeline;
    return index === this.#batchesMax - 1 ? requests - index * pipeline : undefined;
  }

  /** A batch was answered: `timed` of its requests took `us`. */
  record(us: number, timed: number): void {
    const { finished, latencySum } = this.#progress;
    this.histogram.record(us, timed);
    finished[this.#thread] = finished[this.#thread]! + this.spec.batch.pipeline;
    latencySum[this.#thread] = this.histogram.sum;
  }

  /** A client has nothing more to do. */
  clientEnds(): void {
    if (--this.#running === 0) this.#over.resolve();
  }

  fail(error: LoadError): void {
    this.#over.reject(error);
  }
}

class LoadClient {
  readonly #load: Load;
  readonly #batch: RequestBatch;
  readonly #replies: ReplyCounter = new ReplyCounter();
  #stream: ByteStream | undefined;
  #socket: Socket | undefined;
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(READ_BYTES_MIN);
  /** Replies that are to come before those of the batch. */
  #greetings = 0;
  /** Replies of the batch that are to come. */
  #missing = 0;
  #timed = 0;
  /** When the batch was sent, and how long its first reply took; in ms and us. */
  #sentAt = 0;
  #latency = -1;
  #isClosed = false;

  constructor(load: Load) {
    this.#load = load;
    this.#batch = new RequestBatch(load.spec.batch, load.random);
  }

  /** @throws LoadError */
  async connect(): Promise<void> {
    try {
      this.#stream = await openStream(this.#load.spec.connection);
      this.#socket = rawSocket(this.#stream);
    } catch (error) {
      throw error instanceof SessionError ? new LoadError(error.message) : error;
    }
    if (this.#isClosed) this.#stream.close();
  }

  /** Sends the first batch, if there is one; the client then goes on by itself. */
  begin(): void {
    const timed = this.#load.draw();
    if (timed === undefined) this.#load.clientEnds();
    else this.#start(timed);
  }

  /** Sends the greeting and a batch. */
  #start(timed: number): void {
    const { greeting, greetingReplies } = this.#load.spec;
    this.#greetings = greetingReplies;
    this.#prepare(timed, performance.now());
    if (greeting.length === 0) {
      this.#write(this.#batch.bytes);
    } else {
      const both = new Uint8Array(greeting.length + this.#batch.bytes.length);
      both.set(greeting);
      both.set(this.#batch.bytes, greeting.length);
      void this.#writeFrom(both, 0);
    }
    this.#read();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.#stream?.close();
    } catch {
      // The server was faster.
    }
  }

  #prepare(timed: number, now: number): void {
    this.#timed = timed;
    this.#missing = this.#load.spec.batch.pipeline;
    this.#batch.draw();
    this.#sentAt = now;
    this.#latency = -1;
  }

  #read(): void {
    const { kept } = this.#replies;
    const into = kept === 0 ? this.#buffer : this.#buffer.subarray(kept);
    this.#socket!.read(into).then(this.#onRead, this.#onError);
  }

  /** The bytes stay as they are until all replies to them have come, and those come after the last byte was written. */
  #write(bytes: Uint8Array): void {
    this.#socket!.write(bytes).then(this.#onWritten, this.#onError);
  }

  readonly #onWritten = (count: number): void => {
    // Only a batch as long as this one is written here, and none is while the rest of another one is.
    if (count < this.#batch.bytes.length) void this.#writeFrom(this.#batch.bytes, count);
  };

  async #writeFrom(bytes: Uint8Array, from: number): Promise<void> {
    try {
      for (let at = from; at < bytes.length;) at += await this.#socket!.write(bytes.subarray(at));
    } catch (error) {
      this.#onError(error);
    }
  }

  readonly #onRead = (count: number | null): void => {
    if (this.#isClosed) return;
    const now = performance.now();
    if (count === null || count === 0) {
      this.#load.fail(new LoadError("Error: Server closed the connection"));
      return;
    }
    const replies = this.#replies;
    const buffer = this.#buffer;
    const end = replies.kept + count;
    let complete: number;
    try {
      complete = replies.count(buffer, end);
    } catch (error) {
      this.#onError(error);
      return;
    }
    if (replies.error !== undefined) {
      this.#load.fail(new LoadError(`Error from server: ${replies.error}`));
      return;
    }
    if (replies.kept > 0) buffer.copyWithin(0, end - replies.kept, end);
    if (end === buffer.length && (end < READ_BYTES_MAX || replies.kept === end)) this.#grow();
    // Replies to the greeting are not what is timed.
    const greetings = Math.min(complete, this.#greetings);
    this.#greetings -= greetings;
    this.#missing -= complete - greetings;
    if (this.#greetings === 0 && this.#latency < 0) this.#latency = (now - this.#sentAt) * 1000;
    if (this.#missing > 0) this.#read();
    else this.#batchEnds(now);
  };

  /** Full reads ask for a larger buffer. */
  #grow(): void {
    const larger = new Uint8Array(2 * this.#buffer.length);
    larger.set(this.#buffer.subarray(0, this.#replies.kept));
    this.#buffer = larger;
  }

  #batchEnds(now: number): void {
    this.#load.record(this.#latency, this.#timed);
    const timed = this.#load.draw();
    if (timed === undefined) {
      this.#load.clientEnds();
      return;
    }
    if (!this.#load.spec.keepsAlive) {
      void this.#reconnect(timed);
      return;
    }
    this.#prepare(timed, now);
    this.#write(this.#batch.bytes);
    this.#read();
  }

  async #reconnect(timed: number): Promise<void> {
    try {
      this.#stream?.close();
      await this.connect();
      this.#start(timed);
    } catch (error) {
      this.#onError(error);
    }
  }

  readonly #onError = (error: unknown): void => {
    if (this.#isClosed) return;
    const text = error instanceof UnreadableReply ? error.message : reasonOf(error);
    this.#load.fail(error instanceof LoadError ? error : new LoadError(`Error: ${text}`));
  };
}
