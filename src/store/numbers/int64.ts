/**
 * Signed 64-bit integers and their decimal text: the one place that reads and writes them.
 *
 * Invariants. Only the canonical text is an integer: an optional `-`, then digits without a leading zero, or just
 * `0`; no `+`, no spaces, no `-0`; between -2^63 and 2^63 - 1. So for every accepted text, writing the number gives
 * the same bytes back, and this is what lets a value be stored as a number ("int" encoding).
 *
 * Two ways through: numbers up to ±(2^53 - 1) are plain JS numbers and cost no allocation; everything else takes the
 * exact path over bigint. Functions that end in Safe or say "safe integer" are the former.
 */

export const INT64_MIN = -(1n << 63n);
export const INT64_MAX = (1n << 63n) - 1n;

/** Bytes of the longest canonical integer, `-9223372036854775808`. */
export const INT64_TEXT_BYTES_MAX = 20;

const MINUS = 0x2d;
const ZERO = 0x30;
/** Decimal digits that fit a safe integer whatever they are. */
const SAFE_DIGITS = 15;

/** First digit's index if `[start, end)` has the shape of a canonical integer, else -1. Range is not checked. */
function digitsStart(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length <= 0 || length > INT64_TEXT_BYTES_MAX) return -1;
  let at = start;
  let first = bytes[at]!;
  if (first === MINUS) {
    if (length === 1) return -1;
    first = bytes[++at]!;
    if (first === ZERO) return -1;
  } else if (first === ZERO) {
    return length === 1 ? at : -1;
  }
  for (let i = at; i < end; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
  }
  return at;
}

/**
 * The integer in `bytes[start, end)`, or NaN when the text is not canonical or beyond ±(2^53 - 1).
 * Allocates nothing. NaN does not tell the two apart: ask {@linkcode parseBigInt64} then.
 */
export function parseSafeInteger(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  // 16 digits and a sign is the longest safe integer.
  if (length <= 0 || length > 17) return NaN;
  let at = start;
  let first = bytes[at]!;
  const negative = first === MINUS;
  if (negative) {
    if (length === 1) return NaN;
    first = bytes[++at]!;
  }
  if (first === ZERO) return length === 1 ? 0 : NaN;
  let value = 0;
  for (; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  // 16 digits stay below 2^54, and 17 (only possible without sign) below 2^57: both far from looking safe by
  // rounding, since everything from 2^53 on rounds to 2^53 or more.
  if (value > Number.MAX_SAFE_INTEGER) return NaN;
  return negative ? -value : value;
}

/** The integer in `bytes[start, end)` over the whole 64-bit range, or undefined when it is none. Exact; slow path. */
export function parseBigInt64(bytes: Uint8Array, start: number, end: number): bigint | undefined {
  const at = digitsStart(bytes, start, end);
  if (at < 0) return undefined;
  // Two halves, each a safe integer, spare the detour over a string.
  const cut = Math.max(at, end - SAFE_DIGITS);
  let high = 0;
  for (let i = at; i < cut; i++) high = high * 10 + bytes[i]! - ZERO;
  let low = 0;
  for (let i = cut; i < end; i++) low = low * 10 + bytes[i]! - ZERO;
  const magnitude = BigInt(high) * 1_000_000_000_000_000n + BigInt(low);
  const value = at > start ? -magnitude : magnitude;
  return value < INT64_MIN || value > INT64_MAX ? undefined : value;
}

/** The integer in `bytes[start, end)`: a number where it is safe, else a bigint, or undefined when it is none. */
export function parseInt64(bytes: Uint8Array, start: number, end: number): number | bigint | undefined {
  const safe = parseSafeInteger(bytes, start, end);
  return safe === safe ? safe : parseBigInt64(bytes, start, end);
}

/** Whether `bytes[start, end)` is a canonical integer that fits 64 bits. Allocates nothing. */
export function isCanonicalInteger(bytes: Uint8Array, start: number, end: number): boolean {
  const at = digitsStart(bytes, start, end);
  if (at < 0) return false;
  const digits = end - at;
  if (digits < 19) return true;
  if (digits > 19) return false;
  // 19 digits: compare with 9223372036854775807 (or ...808 below zero) in two exact halves.
  let high = 0;
  for (let i = at; i < at + 10; i++) high = high * 10 + bytes[i]! - ZERO;
  let low = 0;
  for (let i = at + 10; i < end; i++) low = low * 10 + bytes[i]! - ZERO;
  if (high !== 9_223_372_036) return high < 9_223_372_036;
  return low <= (at > start ? 854_775_808 : 854_775_807);
}

/**
 * Writes `n` in decimal at `out[at]` and returns the position after it.
 * `n` must be a safe integer (-0 is written as 0), and `out` must have room (at most 17 bytes). Allocates nothing.
 */
export function writeInteger(n: number, out: Uint8Array, at: number): number {
  let rest = n;
  if (rest < 0) {
    out[at++] = MINUS;
    rest = -rest;
  }
  const end = at + digitCount(rest);
  let i = end;
  // Integer arithmetic on 32 bits is much faster than division of doubles; the upper part is rare.
  while (rest > 0x7fffffff) {
    const quotient = Math.floor(rest / 10);
    out[--i] = ZERO + (rest - quotient * 10);
    rest = quotient;
  }
  let small = rest | 0;
  do {
    const quotient = (small / 10) | 0;
    out[--i] = ZERO + (small - quotient * 10);
    small = quotient;
  } while (small > 0);
  return end;
}

/** How many bytes {@linkcode writeInteger} writes for a safe integer. */
export function integerTextLength(n: number): number {
  return n < 0 ? 1 + digitCount(-n) : digitCount(n);
}

function digitCount(n: number): number {
  if (n < 10) return 1;
  if (n < 100) return 2;
  if (n < 1000) return 3;
  if (n < 10_000) return 4;
  let count = 5;
  for (let limit = 100_000; n >= limit && count < 16; limit *= 10) count++;
  return count;
}

/** Writes any bigint in decimal at `out[at]` and returns the position after it. */
export function writeBigInt(n: bigint, out: Uint8Array, at: number): number {
  const text = n.toString();
  for (let i = 0; i < text.length; i++) out[at++] = text.charCodeAt(i);
  return at;
}

/** Whether `n` is within the signed 64-bit range. */
export function fitsInt64(n: bigint): boolean {
  return n >= INT64_MIN && n <= INT64_MAX;
}

/** `a + b`, or undefined when the sum leaves the signed 64-bit range. */
export function addInt64(a: bigint, b: bigint): bigint | undefined {
  const sum = a + b;
  return fitsInt64(sum) ? sum : undefined;
}
