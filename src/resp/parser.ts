/**
 * The request parser: finds the arguments of the next request in a buffer, without copying them.
 *
 * It is fed the same growing buffer again and again and goes on where it stood, however the bytes were cut. It
 * reads what the reference reads: arrays of bulk strings, and inline commands with quotes; with its limits and its
 * error texts. After a {@link ProtocolError} the connection is to be closed.
 */
import { NO_BYTES } from "../sys/bytes.ts";

/** Longest inline request, and longest line that announces a length. */
export const LINE_BYTES_MAX: number = 64 << 10;
/** What a client that has not authenticated may send: arguments, and bytes in each. */
const UNAUTHENTICATED_ARGUMENTS_MAX = 10;
const UNAUTHENTICATED_BULK_BYTES_MAX = 16384;
const ARGUMENTS_MAX = 0x7fffffff;

/** A request that is not in the protocol. The message is what the client is told after `-ERR Protocol error: `. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** Where the parser puts what it finds. */
export interface ArgumentSink {
  count: number;
  clear(): void;
  push(bytes: Uint8Array, start?: number, end?: number): void;
}

const STAR = 42;
const DOLLAR = 36;
const CR = 13;
const LF = 10;
const MINUS = 45;

/** What {@link RequestParser.#length} says when the line is not complete, or not an integer. */
const INCOMPLETE = -2;
const INVALID = -3;

export class RequestParser {
  /** The byte to look at next; everything before it is consumed, except the arguments of a request begun. */
  position = 0;
  /** Where the request that is being read began: bytes before it are not needed any more. */
  requestStart = 0;
  /** Longest argument, `proto-max-bulk-len`. */
  bulkBytesMax: number = 512 << 20;
  /** Whether the client may send large requests. */
  authenticated = true;

  #argumentsLeft = 0;
  #bulkLength = -1;
  #lineEnd = 0;

  /**
   * Bytes from {@link position} on that the request being read needs at least, as far as it is known: for sizing
   * the buffer.
   */
  get bytesMissing(): number {
    return this.#bulkLength < 0 ? 0 : this.#bulkLength + 2;
  }

  /** Whether arguments of a request were found that is not complete. */
  get isMidRequest(): boolean {
    return this.#argumentsLeft > 0;
  }

  /** Goes back to the beginning of a request that was read, or begun: {@link next} will read it again. */
  rewind(start: number): void {
    this.position = start;
    this.requestStart = start;
    this.#argumentsLeft = 0;
    this.#bulkLength = -1;
  }

  /** Tells that the bytes were moved `by` towards the start of the buffer (or another one). */
  rebase(by: number): void {
    this.position -= by;
    this.requestStart -= by;
  }

  /**
   * Reads the next request of `bytes[..end)` into `args`; false when it is not complete yet. An empty request
   * (`*0`, an empty line) is passed over. O(bytes read), over all calls for one request.
   * @throws ProtocolError
   */
  next(bytes: Uint8Array, end: number, args: ArgumentSink): boolean {
    while (this.#argumentsLeft === 0) {
      const at = this.position;
      this.requestStart = at;
      if (at >= end) return false;
      if (bytes[at] !== STAR) {
        if (!this.#inline(bytes, end, args)) return false;
        if (args.count > 0) return true;
        continue;
      }
      const count = this.#length(bytes, at + 1, end);
      if (count === INCOMPLETE) {
        if (end - at > LINE_BYTES_MAX) throw new ProtocolError("too big mbulk count string");
        return false;
      }
      if (count === INVALID || count > ARGUMENTS_MAX) throw new ProtocolError("invalid multibulk length");
      if (!this.authenticated && count > UNAUTHENTICATED_ARGUMENTS_MAX) {
        throw new ProtocolError("unauthenticated multibulk length");
      }
      this.position = this.#lineEnd;
      if (count > 0) {
        this.#argumentsLeft = count;
        args.clear();
      }
    }
    do {
      let length = this.#bulkLength;
      if (length < 0) {
        length = this.#bulkHeader(bytes, end);
        if (length < 0) return false;
      }
      const start = this.position;
      if (end - start < length + 2) {
        this.#bulkLength = length;
        return false;
      }
      args.push(bytes, start, start + length);
      this.position = start + length + 2;
      this.#bulkLength = -1;
    } while (--this.#argumentsLeft > 0);
    return true;
  }

  /** The length in `$<length>\r\n`, after which position stands; {@link INCOMPLETE}. */
  #bulkHeader(bytes: Uint8Array, end: number): number {
    const at = this.position;
    if (at >= end) return INCOMPLETE;
    // A zero byte ends what the reference looks at, so it never sees the end of this line.
    const length = bytes[at] === 0 ? INCOMPLETE : this.#length(bytes, at + 1, end);
    if (length === INCOMPLETE) {
      if (end - at > LINE_BYTES_MAX) throw new ProtocolError("too big bulk count string");
      return INCOMPLETE;
    }
    if (bytes[at] !== DOLLAR) {
      throw new ProtocolError(`expected '$', got '${String.fromCharCode(bytes[at]!)}'`);
    }
    if (length < 0 || length > this.bulkBytesMax) throw new ProtocolError("invalid bulk length");
    if (!this.authenticated && length > UNAUTHENTICATED_BULK_BYTES_MAX) {
      throw new ProtocolError("unauthenticated bulk length");
    }
    this.position = this.#lineEnd;
    return length;
  }

  /**
   * The integer from `at` to the end of the line, behind which `#lineEnd` then stands. Negative numbers, which
   * have no use but are integers, come back as -1.
   */
  #length(bytes: Uint8Array, at: number, end: number): number {
    let value = 0;
    let i = at;
    for (; i < end; i++) {
      const digit = bytes[i]! - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (i < end && bytes[i] === CR) {
      if (i + 1 >= end) return INCOMPLETE;
      this.#lineEnd = i + 2;
      if (i === at || (bytes[at] === 48 && i - at > 1)) return INVALID;
      return value;
    }
    return this.#unusualLength(bytes, at, end);
  }

  #unusualLength(bytes: Uint8Array, at: number, end: number): number {
    const cr = lineBreak(bytes, at - 1, end, CR);
    if (cr < 0 || cr + 1 >= end) return INCOMPLETE;
    this.#lineEnd = cr + 2;
    if (bytes[at] !== MINUS || cr - at < 2 || bytes[at + 1] === 48) return INVALID;
    for (let i = at + 1; i < cr; i++) if (bytes[i]! < 48 || bytes[i]! > 57) return INVALID;
    return cr - at > 20 ? INVALID : -1;
  }

  #inline(bytes: Uint8Array, end: number, args: ArgumentSink): boolean {
    const at = this.position;
    const lf = lineBreak(bytes, at, end, LF);
    if (lf < 0) {
      if (end - at > LINE_BYTES_MAX) throw new ProtocolError("too big inline request");
      return false;
    }
    const lineEnd = lf > at && bytes[lf - 1] === CR ? lf - 1 : lf;
    this.position = lf + 1;
    args.clear();
    splitLine(bytes, at, lineEnd, args);
    return true;
  }
}

/** Where the line ends, or -1: behind a zero byte the reference looks no further, and waits for more. */
function lineBreak(bytes: Uint8Array, from: number, end: number, byte: number): number {
  // Lines are short: a loop is faster here than making a view for indexOf() to look into.
  for (let i = from; i < end; i++) {
    const at = bytes[i]!;
    if (at === byte) return i;
    if (at === 0) return -1;
  }
  return -1;
}

function isSpace(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}

/** Splits a line at white space; "double quotes" know escapes, 'single quotes' only \'. */
function splitLine(bytes: Uint8Array, from: number, to: number, args: ArgumentSink): void {
  let at = from;
  for (;;) {
    while (at < to && isSpace(bytes[at]!)) at++;
    if (at >= to) return;
    const start = at;
    while (at < to && !isSpace(bytes[at]!) && bytes[at] !== 34 && bytes[at] !== 39) at++;
    if (at >= to || isSpace(bytes[at]!)) {
      args.push(bytes, start, at);
      continue;
    }
    at = quotedArgument(bytes, start, to, args);
  }
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, b: 8, a: 7 };

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** Reads an argument with quotes in it; the place behind it. @throws ProtocolError when they are not balanced */
function quotedArgument(bytes: Uint8Array, start: number, to: number, args: ArgumentSink): number {
  const unbalanced = () => new ProtocolError("unbalanced quotes in request");
  const text: number[] = [];
  let quote = 0;
  let at = start;
  for (;; at++) {
    const byte = at < to ? bytes[at]! : 0;
    if (quote === 0) {
      if (byte === 0 || isSpace(byte)) break;
      if (byte === 34 || byte === 39) quote = byte;
      else text.push(byte);
    } else if (byte === 0) {
      throw unbalanced();
    } else if (byte === quote) {
      if (at + 1 < to && !isSpace(bytes[at + 1]!)) throw unbalanced();
      quote = 0;
      at++;
      break;
    } else if (byte === 92 && quote === 39 && at + 1 < to && bytes[at + 1] === 39) {
      text.push(39);
      at++;
    } else if (byte === 92 && quote === 34 && at + 1 < to) {
      const high = hexDigit(bytes[at + 2]);
      const low = hexDigit(bytes[at + 3]);
      if (bytes[at + 1] === 120 && at + 3 < to && high >= 0 && low >= 0) {
        text.push(high * 16 + low);
        at += 3;
      } else {
        const escaped = bytes[at + 1]!;
        text.push(ESCAPES[String.fromCharCode(escaped)] ?? escaped);
        at++;
      }
    } else {
      text.push(byte);
    }
  }
  args.push(text.length === 0 ? NO_BYTES : Uint8Array.from(text));
  return at;
}
