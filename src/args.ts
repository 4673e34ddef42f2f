/**
 * The arguments of one request, argument 0 being the command's name: slices of the buffer in which the request
 * arrived. Reading one makes no string and no copy. The slices are valid until the handler returns.
 */
import { latin1Text, NO_BYTES, Slice } from "./sys/bytes.ts";
import { notAFloat, notAnInteger, type ReplyError, shownInErrors } from "./errors.ts";
import { isCanonicalInteger, parseBigInt64, parseSafeInteger } from "./store/numbers/int64.ts";
import { parseDouble } from "./store/numbers/double.ts";

/** Slices kept from request to request; a request of more arguments makes more, which are not kept. */
const SLICES_KEPT_MAX = 1024;

const decoder = new TextDecoder();

export class Args {
  /** Number of arguments, the name included. */
  count = 0;
  #slices: Slice[] = [];

  /** Arguments given as texts of one character a byte or as bytes: for tests, and for calls from inside. */
  static of(...items: readonly (string | Uint8Array)[]): Args {
    const args = new Args();
    const encoder = new TextEncoder();
    for (const item of items) args.push(typeof item === "string" ? encoder.encode(item) : item);
    return args;
  }

  clear(): void {
    if (this.#slices.length > SLICES_KEPT_MAX) this.#slices.length = SLICES_KEPT_MAX;
    this.count = 0;
  }

  push(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    const slice = this.#slices[this.count++];
    if (slice !== undefined) slice.point(bytes, start, end);
    else this.#slices.push(new Slice(bytes, start, end));
  }

  /** What lay in `from` lies `by` bytes nearer to the start of `to` now. */
  rebase(from: Uint8Array, to: Uint8Array, by: number): void {
    for (let i = 0; i < this.#slices.length; i++) {
      const slice = this.#slices[i]!;
      if (slice.bytes !== from) continue;
      // What lies behind the arguments of this request is let go, so that it keeps no old buffer alive.
      if (i < this.count) slice.point(to, slice.start - by, slice.end - by);
      else slice.point(NO_BYTES, 0, 0);
    }
  }

  /** Lets go of a buffer; arguments that lay in it are empty now. */
  forget(bytes: Uint8Array): void {
    for (const slice of this.#slices) if (slice.bytes === bytes) slice.point(NO_BYTES, 0, 0);
  }

  /** Argument `i`; it must exist. */
  at(i: number): Slice {
    return this.#slices[i]!;
  }

  /** The arguments from `i` on. */
  from(i: number): Slice[] {
    return this.#slices.slice(i, this.count);
  }

  /** Argument `i` as text of one character a byte. */
  text(i: number): string {
    const slice = this.#slices[i]!;
    return latin1Text(slice.bytes, slice.start, slice.end);
  }

  /** Argument `i` as error texts repeat it. */
  shown(i: number): string {
    return shownInErrors(this.text(i));
  }

  /** Argument `i` read as UTF-8, for what is shown to people. */
  utf8(i: number): string {
    return decoder.decode(this.#slices[i]!.view());
  }

  /** Whether argument `i` is the keyword, in any case. @param keyword in lower case ASCII */
  is(i: number, keyword: string): boolean {
    const { bytes, start, end } = this.#slices[i]!;
    if (end - start !== keyword.length) return false;
    for (let j = 0; j < keyword.length; j++) {
      let byte = bytes[start + j]!;
      if (byte >= 65 && byte <= 90) byte |= 32;
      if (byte !== keyword.charCodeAt(j)) return false;
    }
    return true;
  }

  /**
   * Argument `i` as a signed 64-bit integer, rounded to the nearest double beyond 2^53.
   * @throws ReplyError `error` when it is none
   */
  integer(i: number, error: ReplyError = notAnInteger): number {
    const { bytes, start, end } = this.#slices[i]!;
    const value = parseSafeInteger(bytes, start, end);
    if (value === value) return value;
    const exact = parseBigInt64(bytes, start, end);
    if (exact === undefined) throw error;
    return Number(exact);
  }

  /** Argument `i` as an exact signed 64-bit integer. @throws ReplyError when it is none */
  bigInteger(i: number, error: ReplyError = notAnInteger): bigint {
    const { bytes, start, end } = this.#slices[i]!;
    const exact = parseBigInt64(bytes, start, end);
    if (exact === undefined) throw error;
    return exact;
  }

  /** Argument `i` as an integer between two bounds, both included. @throws ReplyError when it is none */
  integerBetween(i: number, least: number, most: number, outside: ReplyError = notAnInteger): number {
    const value = this.integer(i);
    if (value < least || value > most) throw outside;
    return value;
  }

  /** Argument `i` as a double. @throws ReplyError when it is none */
  double(i: number, error: ReplyError = notAFloat): number {
    const { bytes, start, end } = this.#slices[i]!;
    const value = parseDouble(bytes, start, end);
    if (value === undefined) throw error;
    return value;
  }

  /** Whether argument `i` is an integer as the server itself would print it. */
  isInteger(i: number): boolean {
    const { bytes, start, end } = this.#slices[i]!;
    return isCanonicalInteger(bytes, start, end);
  }
}
