/**
 * The reply writer: replies of either protocol version, straight into an output buffer.
 *
 * Buffers come from a pool when the first byte is written and leave with {@link Reply.take}, so a client that has
 * nothing to say holds none.
 */
import { copyBytes, NO_BYTES, type Slice } from "../sys/bytes.ts";

/** The usual buffer, and how many of them are kept. */
const BUFFER_BYTES = 16 << 10;
const POOLED_MAX = 256;
/** The first buffer of one's own where bytes were shared: with many who receive the same, a usual one each is much. */
const SMALL_BUFFER_BYTES = 1024;
/** The largest buffer that is kept, and the bytes of all that are larger than usual. */
const LARGE_BUFFER_BYTES_MAX = 256 << 10;
const LARGE_POOLED_BYTES_MAX = 8 << 20;
/** "-9223372036854775808" and the bytes around it. */
const NUMBER_BYTES_MAX = 24;

const pool: Uint8Array[] = [];
/** By the logarithm of their size: making such a buffer costs more than what is written into it. */
const largePools: readonly Uint8Array[][] = Array.from({ length: 32 }, () => []);
let largePooledBytes = 0;

/** Gives back a buffer that {@link Reply.take} handed out, once its bytes are with the kernel. */
export function recycleReplyBuffer(buffer: Uint8Array): void {
  const size = buffer.length;
  if (size === BUFFER_BYTES) {
    if (pool.length < POOLED_MAX) pool.push(buffer);
  } else if (
    size <= LARGE_BUFFER_BYTES_MAX && largePooledBytes + size <= LARGE_POOLED_BYTES_MAX && size > 0
  ) {
    largePools[31 - Math.clz32(size)]!.push(buffer);
    largePooledBytes += size;
  }
}

/** A buffer of `size` bytes, a power of two and larger than usual; its content is undefined. */
function largeBuffer(size: number): Uint8Array {
  const pooled = size <= LARGE_BUFFER_BYTES_MAX ? largePools[31 - Math.clz32(size)]!.pop() : undefined;
  if (pooled === undefined) return new Uint8Array(size);
  largePooledBytes -= size;
  return pooled;
}

/** A head that is on its way to the front of what it counts. */
const headBytes = new Uint8Array(NUMBER_BYTES_MAX);

const CR = 13;
const LF = 10;

export class Reply {
  /** Protocol version 3: maps, sets, doubles, booleans, pushes and the one null have types of their own. */
  resp3 = false;
  /** The bytes written, up to {@link length}. */
  buffer: Uint8Array = NO_BYTES;
  length = 0;
  /** Whether {@link buffer} is others' as well: it is never written to, and nobody takes it for reuse. */
  isShared = false;
  /** Up to here it is decided what is sent: where the answer begins that is being written, or nothing is written. */
  settled = 0;
  /** The end of the last {@link pushed}: what stands before it is never taken back. */
  #pushedEnd = 0;

  /** Makes room for `bytes` more in {@link buffer}, for who writes there and counts {@link length} up himself. */
  reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.buffer.length) return;
    if (this.buffer.length === 0 && needed <= BUFFER_BYTES) {
      this.buffer = pool.pop() ?? new Uint8Array(BUFFER_BYTES);
      return;
    }
    this.#grow(needed);
  }

  #grow(needed: number): void {
    const old = this.buffer;
    let size = this.isShared ? SMALL_BUFFER_BYTES : old.length === 0 ? BUFFER_BYTES : old.length * 2;
    while (size < needed) size *= 2;
    this.buffer = size === BUFFER_BYTES ? pool.pop() ?? new Uint8Array(size) : largeBuffer(size);
    copyBytes(old, 0, this.length, this.buffer, 0);
    if (!this.isShared) recycleReplyBuffer(old);
    this.isShared = false;
  }

  /** Hands the buffer over, with {@link length} bytes written, and begins anew. See {@link isShared} before. */
  take(): Uint8Array {
    const buffer = this.buffer;
    this.buffer = NO_BYTES;
    this.length = 0;
    this.isShared = false;
    this.#pushedEnd = 0;
    this.settled = 0;
    return buffer;
  }

  /** Forgets what was written, and gives the buffer back. */
  release(): void {
    if (!this.isShared) recycleReplyBuffer(this.buffer);
    this.take();
  }

  /**
   * Makes bytes that others send as well all that is written so far; there must be no buffer yet, or a shared one that
   * these begin with. Nothing is copied unless something follows. The bytes must never change.
   */
  share(bytes: Uint8Array): void {
    this.buffer = bytes;
    this.length = bytes.length;
    this.isShared = true;
  }

  /** Takes back what was written after the first `length` bytes, or after the last {@link pushed}. */
  truncate(length: number): void {
    const kept = Math.max(length, this.#pushedEnd);
    if (this.isShared && kept < this.length) {
      this.length = kept;
      this.#grow(kept);
    }
    this.length = kept;
  }

  /**
   * What was just written is no answer: a message, or the confirmation of a subscription. It is sent whatever becomes of the
   * command that runs, and also to a client that wants no replies.
   */
  pushed(): void {
    this.#pushedEnd = this.length;
  }

  /** Bytes that are a reply already. */
  raw(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    this.reserve(end - start);
    copyBytes(bytes, start, end, this.buffer, this.length);
    this.length += end - start;
  }

  ok(): void {
    this.reserve(5);
    const buffer = this.buffer;
    const at = this.length;
    buffer[at] = 43; // +
    buffer[at + 1] = 79;
    buffer[at + 2] = 75;
    buffer[at + 3] = CR;
    buffer[at + 4] = LF;
    this.length = at + 5;
  }

  /** A simple string: one line of ASCII. */
  status(text: string): void {
    this.#line(43, text);
  }

  /** An error: one line, its first word the code. Line ends in it become spaces. */
  error(text: string): void {
    this.#line(45, /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, " ") : text);
  }

  /** An integer between -2^53 and 2^53. */
  integer(value: number): void {
    this.reserve(NUMBER_BYTES_MAX);
    this.#head(58, value);
  }

  bigInteger(value: bigint): void {
    this.#line(58, value.toString());
  }

  /** A string of bytes. */
  bulk(slice: Slice): void {
    this.bulkBytes(slice.bytes, slice.start, slice.end);
  }

  bulkBytes(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    const length = end - start;
    this.reserve(length + NUMBER_BYTES_MAX);
    this.#head(36, length);
    const at = this.length;
    const buffer = this.buffer;
    if (length <= 64) { for (let i = 0; i < length; i++) buffer[at + i] = bytes[start + i]!; }
    else copyBytes(bytes, start, end, buffer, at);
    buffer[at + length] = CR;
    buffer[at + length + 1] = LF;
    this.length = at + length + 2;
  }

  /** A string of bytes from a text of one character a byte. */
  bulkText(text: string): void {
    const length = text.length;
    this.reserve(length + NUMBER_BYTES_MAX);
    this.#head(36, length);
    this.#text(text);
    this.#end();
  }

  /** A string of bytes from a text, in UTF-8. */
  bulkUtf8(text: string): void {
    this.bulkBytes(new TextEncoder().encode(text));
  }

  /** A text that people read: `format` is "txt" or "mkd". A plain string in protocol version 2. */
  verbatim(text: string, format = "txt"): void {
    const bytes = new TextEncoder().encode(text);
    if (!this.resp3) return this.bulkBytes(bytes);
    this.reserve(bytes.length + NUMBER_BYTES_MAX + 4);
    this.#head(61, bytes.length + 4);
    this.#text(`${format}:`);
    this.raw(bytes);
    this.reserve(2);
    this.#end();
  }

  /** No value: the null of version 3, the null string of version 2. */
  nil(): void {
    if (this.resp3) this.#line(95, "");
    else this.#line(36, "-1");
  }

  /** No value where an array was asked for: the null array of version 2. */
  nilArray(): void {
    if (this.resp3) this.#line(95, "");
    else this.#line(42, "-1");
  }

  /** An array of `length` replies, which follow. */
  array(length: number): void {
    this.reserve(NUMBER_BYTES_MAX);
    this.#head(42, length);
  }

  /** A map of `pairs` keys, each followed by its value; an array of both in version 2. */
  map(pairs: number): void {
    this.reserve(NUMBER_BYTES_MAX);
    if (this.resp3) this.#head(37, pairs);
    else this.#head(42, pairs * 2);
  }

  /** A set of `length` members; an array in version 2. */
  set(length: number): void {
    this.reserve(NUMBER_BYTES_MAX);
    this.#head(this.resp3 ? 126 : 42, length);
  }

  /** Something the client did not ask for just now; an array in version 2. */
  push(length: number): void {
    this.reserve(NUMBER_BYTES_MAX);
    this.#head(this.resp3 ? 62 : 42, length);
  }

  boolean(value: boolean): void {
    if (this.resp3) this.#line(35, value ? "t" : "f");
    else this.integer(value ? 1 : 0);
  }

  /** A double already printed; a string of bytes in version 2. */
  double(printed: string): void {
    if (this.resp3) this.#line(44, printed);
    else this.bulkText(printed);
  }

  /**
   * Begins an array whose length is known only when its elements are written; ends with {@link endArray}.
   * @returns what endArray wants
   */
  beginArray(): number {
    return this.length;
  }

  /** Puts the head of an array before everything written since {@link beginArray}. O(bytes written since). */
  endArray(begun: number, length: number, head: "array" | "map" | "set" = "array"): void {
    const end = this.length;
    this[head](length);
    const bytes = this.length - end;
    const { buffer } = this;
    copyBytes(buffer, end, end + bytes, headBytes, 0);
    buffer.copyWithin(begun + bytes, begun, end);
    copyBytes(headBytes, 0, bytes, buffer, begun);
  }

  #line(type: number, text: string): void {
    this.reserve(text.length * 3 + 3);
    this.buffer[this.length++] = type;
    this.#text(text);
    this.#end();
  }

  #text(text: string): void {
    const buffer = this.buffer;
    let at = this.length;
    for (let i = 0; i < text.length; i++) buffer[at++] = text.charCodeAt(i);
    this.length = at;
  }

  #end(): void {
    this.buffer[this.length] = CR;
    this.buffer[this.length + 1] = LF;
    this.length += 2;
  }

  /** The type, a number and the end of the line; room is there already. */
  #head(type: number, value: number): void {
    const buffer = this.buffer;
    let at = this.length;
    buffer[at++] = type;
    if (value >= 0 && value < 10) {
      buffer[at++] = 48 + value;
    } else {
      let rest = value;
      if (value < 0) {
        buffer[at++] = 45;
        rest = -value;
      }
      let digits = 1;
      for (let bound = 10; rest >= bound; bound *= 10) digits++;
      let place = at + digits;
      at = place;
      if (rest > 0x7fffffff) {
        while (rest > 0x7fffffff) {
          const tenth = Math.floor(rest / 10);
          buffer[--place] = 48 + (rest - tenth * 10);
          rest = tenth;
        }
      }
      let small = rest | 0;
      do {
        const tenth = (small / 10) | 0;
        buffer[--place] = 48 + (small - tenth * 10);
        small = tenth;
      } while (small > 0);
    }
    buffer[at] = CR;
    buffer[at + 1] = LF;
    this.length = at + 2;
  }
}
