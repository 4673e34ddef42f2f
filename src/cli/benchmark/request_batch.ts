/**
 * The requests that a client sends at once, as bytes that are made once: before each sending only the random numbers in
 * them are written anew, in place.
 */
import { latin1, utf8 } from "../../sys/bytes.ts";
import type { Random } from "../../sys/random.ts";
import { encodeRequest } from "../network_session.ts";

/** What stands for a random number in an argument; the number has as many digits. */
export const RANDOM_MARK = "__rand_int__";
/** What stands for the bytes of a value in an argument. */
export const DATA_MARK = "__data__";

const DIGITS = RANDOM_MARK.length;
const ZERO = 48;
const INT32_MAX = 0x7fffffff;
const TWO_TO_MINUS_32 = 2 ** -32;

/** A batch as it is sent between threads. */
export interface BatchSpec {
  /** One request. */
  readonly request: Uint8Array;
  /** How many requests a batch has. */
  readonly pipeline: number;
  /** Random numbers are below this; undefined: the marks stay as they are. */
  readonly keyspace: number | undefined;
}

/** A request of arguments; marks of data become the data. */
export function requestOf(args: readonly (string | Uint8Array)[], data: Uint8Array): Uint8Array {
  return encodeRequest(args.map((arg) => withData(typeof arg === "string" ? utf8(arg) : arg, data)));
}

function withData(arg: Uint8Array, data: Uint8Array): Uint8Array {
  const mark = latin1(DATA_MARK);
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let at = find(arg, mark, 0); at >= 0; at = find(arg, mark, from)) {
    parts.push(arg.subarray(from, at), data);
    from = at + mark.length;
  }
  if (from === 0) return arg;
  parts.push(arg.subarray(from));
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Where `what` begins in `bytes` at or behind `from`, or -1. */
function find(bytes: Uint8Array, what: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(what[0]!, from); at >= 0; at = bytes.indexOf(what[0]!, at + 1)) {
    if (what.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}

export class RequestBatch {
  /** What to send. */
  readonly bytes: Uint8Array;
  /** Where the last digit of each number stands. */
  readonly #lastDigits: Int32Array;
  readonly #keyspace: number;
  /** Digits of the largest number, as far as its mark has room: larger ones lose the upper ones. */
  readonly #digits: number;
  readonly #random: Random;

  constructor({ request, pipeline, keyspace }: BatchSpec, random: Random) {
    this.bytes = new Uint8Array(request.length * pipeline);
    for (let i = 0; i < pipeline; i++) this.bytes.set(request, i * request.length);
    this.#keyspace = Math.max(1, keyspace ?? 1);
    this.#digits = Math.min(DIGITS, String(this.#keyspace - 1).length);
    this.#random = random;
    const lastDigits: number[] = [];
    const mark = latin1(RANDOM_MARK);
    if (keyspace !== undefined) {
      for (let at = find(this.bytes, mark, 0); at >= 0; at = find(this.bytes, mark, at + DIGITS)) {
        this.bytes.fill(ZERO, at, at + DIGITS);
        lastDigits.push(at + DIGITS - 1);
      }
    }
    this.#lastDigits = Int32Array.from(lastDigits);
  }

  /** Writes new random numbers. O(numbers). */
  draw(): void {
    for (let i = 0; i < this.#lastDigits.length; i++) {
      if (this.#keyspace <= INT32_MAX) this.#writeSmall(this.#lastDigits[i]!);
      else this.#writeLarge(this.#lastDigits[i]!);
    }
  }

  /** As most numbers are: divided without floating point. */
  #writeSmall(last: number): void {
    const { bytes } = this;
    // A number below n as a share of n: cheaper than a remainder, and as even as 32 random bits can be.
    let rest = (this.#random.uint32() * TWO_TO_MINUS_32 * this.#keyspace) | 0;
    for (let at = last, end = last - this.#digits; at > end; at--) {
      const tens = (rest / 10) | 0;
      bytes[at] = ZERO + rest - tens * 10;
      rest = tens;
    }
  }

  #writeLarge(last: number): void {
    let rest = Math.floor(this.#random.float() * this.#keyspace);
    for (let at = last; at > last - this.#digits; at--) {
      this.bytes[at] = ZERO + rest % 10;
      rest = Math.floor(rest / 10);
    }
  }
}
