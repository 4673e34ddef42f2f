/**
 * A connection without a socket: one end is a stream of Node, as clients written for Node want it, the other one a
 * connection of the server. Bytes go through the whole protocol, as over a socket.
 */
import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import type { Socket } from "../server/connection.ts";

type Done = (error?: Error | null) => void;

/** The server's end. */
class FarEnd implements Socket {
  readonly #near: InProcessDuplex;
  /** What was sent and not read yet, and who is to be told when it is. */
  #sent: Uint8Array | undefined;
  #taken: Done | undefined;
  #isEnded = false;
  #read: { readonly into: Uint8Array; resolve(count: number | null): void } | undefined;
  #written: (() => void) | undefined;

  constructor(near: InProcessDuplex) {
    this.#near = near;
  }

  read(into: Uint8Array): Promise<number | null> {
    return new Promise((resolve) => {
      this.#read = { into, resolve };
      this.#serve();
    });
  }

  write(bytes: Uint8Array): Promise<number> {
    // The bytes are the server's again when this is fulfilled.
    const takesMore = this.#near.destroyed || this.#near.push(Buffer.from(bytes));
    if (takesMore) return Promise.resolve(bytes.length);
    return new Promise((resolve) => this.#written = () => resolve(bytes.length));
  }

  close(): void {
    this.#isEnded = true;
    if (!this.#near.destroyed) this.#near.push(null);
    this.#serve();
  }

  /** The near end has sent something. */
  take(bytes: Uint8Array, taken: Done): void {
    this.#sent = bytes;
    this.#taken = taken;
    this.#serve();
  }

  /** The near end wants more. */
  drain(): void {
    const written = this.#written;
    this.#written = undefined;
    written?.();
  }

  /** The near end is closed. */
  end(): void {
    this.#isEnded = true;
    this.drain();
    this.#serve();
  }

  #serve(): void {
    const read = this.#read;
    if (read === undefined) return;
    if (this.#sent === undefined) {
      if (!this.#isEnded) return;
      this.#read = undefined;
      return read.resolve(null);
    }
    const count = Math.min(this.#sent.length, read.into.length);
    read.into.set(this.#sent.subarray(0, count));
    this.#sent = count === this.#sent.length ? undefined : this.#sent.subarray(count);
    this.#read = undefined;
    read.resolve(count);
    if (this.#sent !== undefined) return;
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }
}

/** The client's end, with the methods of a socket that clients call on theirs. */
export class InProcessDuplex extends Duplex {
  readonly connecting = false;
  /** The server's end. */
  readonly far: Socket;
  readonly #far: FarEnd;

  constructor() {
    super({ allowHalfOpen: false });
    this.#far = new FarEnd(this);
    this.far = this.#far;
  }

  override _write(chunk: Uint8Array, _encoding: string, done: Done): void {
    if (chunk.length === 0) done();
    else this.#far.take(chunk, done);
  }

  override _read(): void {
    this.#far.drain();
  }

  override _final(done: Done): void {
    this.#far.end();
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#far.end();
    done(error);
  }

  // There is nothing to be set of what is no socket.

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
