/**
 * Doubles and their text: scores, increments and coordinates as clients write and read them.
 *
 * Reading follows strtod on the whole text (see float_text.ts for the grammar). Writing is C's `%.17g`: 17
 * significant digits without trailing zeros, the same under RESP2 and RESP3; every double survives the round trip.
 */

import { floatText, roundFloatText, scanFloat } from "./float_text.ts";

const DOUBLE_FORMAT = { bits: 53, exponentMin: -1074, exponentMax: 971 };

const ZERO = 0x30;

/** 10^0 .. 10^22 are exact doubles, so one division by them rounds correctly. */
const POWERS_OF_TEN = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/** Plain decimals of at most 15 digits, which are nearly all: exact without any text. NaN when it is not one. */
function parseShortDecimal(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === 0x2d;
  let at = negative ? start + 1 : start;
  if (end - at > 16 || at >= end) return NaN;
  let value = 0;
  let digits = 0;
  let pointAt = -1;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    const digit = byte - ZERO;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits++;
    } else if (byte === 0x2e && pointAt < 0) {
      pointAt = at;
    } else {
      return NaN;
    }
  }
  if (digits === 0 || digits > 15) return NaN;
  if (pointAt >= 0) value /= POWERS_OF_TEN[end - pointAt - 1]!;
  return negative ? -value : value;
}

interface Scanned {
  readonly value: number;
  /** The text denotes a finite, non-zero number that a double cannot: it came out as infinite or zero. */
  readonly outOfRange: boolean;
}

function scanDouble(text: string): Scanned | undefined {
  const scanned = scanFloat(text);
  if (scanned === undefined) return undefined;
  let magnitude: number;
  let outOfRange = false;
  if (scanned.infinite) {
    magnitude = Infinity;
  } else if (scanned.radix === 16) {
    const rounded = roundFloatText(scanned, DOUBLE_FORMAT);
    if (rounded !== undefined) {
      // Two steps, because 2^exponent alone may underflow; each factor is a power of two, so nothing rounds.
      const half = Math.trunc(rounded.exponent / 2);
      magnitude = Number(rounded.mantissa) * 2 ** half * 2 ** (rounded.exponent - half);
    } else {
      outOfRange = true;
      magnitude = scanned.digits.length * 4 + scanned.exponent > 0 ? Infinity : 0;
    }
  } else {
    magnitude = Number(scanned.digits === "" ? "0" : `${scanned.digits}e${scanned.exponent}`);
    outOfRange = magnitude === Infinity || (magnitude === 0 && scanned.digits !== "");
  }
  return { value: scanned.negative ? -magnitude : magnitude, outOfRange };
}

/**
 * The double in `bytes[start, end)`, or undefined when the text is no number, is NaN, has spaces around it, or is a
 * finite number that would become infinite or zero. Infinities are values: callers that forbid them must ask.
 * No allocation for plain decimals of up to 15 digits.
 */
export function parseDouble(bytes: Uint8Array, start: number, end: number): number | undefined {
  const short = parseShortDecimal(bytes, start, end);
  if (short === short) return short;
  const scanned = scanDouble(floatText(bytes, start, end));
  return scanned === undefined || scanned.outOfRange ? undefined : scanned.value;
}

/**
 * A bound of a score range (without the `(` of an exclusive one). Bounds are read more leniently than scores:
 * the empty text is 0, leading white space is skipped, text ends at the first NUL byte, and numbers out of range
 * become infinite or zero. Undefined when it is no number or NaN.
 */
export function parseScoreBound(bytes: Uint8Array, start: number, end: number): number | undefined {
  const short = parseShortDecimal(bytes, start, end);
  if (short === short) return short;
  const nul = bytes.subarray(start, end).indexOf(0);
  const textEnd = nul < 0 ? end : start + nul;
  if (textEnd === start) return 0;
  const text = floatText(bytes, start, textEnd);
  return scanDouble(text.replace(/^[ \t\n\v\f\r]+/, ""))?.value;
}

/** Rounds a digit string that ended in an exact tie down to even, where JavaScript had rounded up. */
function evenDigits(n: number, digits: string): string {
  // Rounded up from a tie to an odd last digit: only then the even neighbour is one less.
  if ((digits.charCodeAt(16) & 1) === 0) return digits;
  // No double is closer than this to a tie without being one.
  const exact = n.toExponential(60).slice(0, 62).replace(".", "");
  if (!/^50*$/.test(exact.slice(17))) return digits;
  return exact.slice(0, 17);
}

/** `n` as C prints it with `%.17g`; `inf`, `-inf`, `nan`; `-0` for negative zero. */
export function formatDouble(n: number): string {
  // 17 digits hold any integer below 10^17, so those are printed plainly.
  if (Number.isSafeInteger(n)) return Object.is(n, -0) ? "-0" : String(n);
  if (n !== n) return "nan";
  if (n === Infinity) return "inf";
  if (n === -Infinity) return "-inf";
  const magnitude = Math.abs(n);
  // Of at most 16 digits in all; the last, a 5, is too far from any shorter number to be left out by JavaScript.
  if (magnitude < 1e6 && Number.isInteger(n * 1024)) return String(n);
  const sign = n < 0 ? "-" : "";
  const scientific = magnitude.toExponential(16);
  const e = scientific.indexOf("e");
  const exponent = Number(scientific.slice(e + 1));
  let digits = evenDigits(magnitude, scientific[0]! + scientific.slice(2, e));
  let length = 17;
  while (length > 1 && digits.charCodeAt(length - 1) === ZERO) length--;
  digits = digits.slice(0, length);
  if (exponent < -4 || exponent >= 17) {
    const fraction = length > 1 ? `.${digits.slice(1)}` : "";
    const power = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? "-" : "+"}${power}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  if (length <= exponent + 1) return sign + digits.padEnd(exponent + 1, "0");
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}
