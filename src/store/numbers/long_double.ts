/**
 * The wide floating-point numbers of INCRBYFLOAT and HINCRBYFLOAT: 64 bits of mantissa and 15 of exponent (the x87
 * extended format), read, added and printed with exactly the rounding of that format.
 *
 * Invariants: a finite value is mantissa x 2^exponent with |mantissa| < 2^64 and exponent >= -16445; every
 * operation computes exactly (bigint) and rounds once, to nearest, ties to even. Zero has no sign here: it is never
 * printed with one.
 */

import {
  type BinaryFormat,
  floatText,
  roundBinary,
  roundFloatText,
  scanFloat,
  shiftRoundEven,
} from "./float_text.ts";

const LONG_DOUBLE_FORMAT: BinaryFormat = { bits: 64, exponentMin: -16445, exponentMax: 16320 };

/** Longest text, in characters, that is read as a number. */
export const LONG_DOUBLE_TEXT_MAX = 5119;

/** Digits after the point in printed numbers, before trailing zeros are cut. */
const FRACTION_DIGITS = 17;

export interface FiniteLongDouble {
  readonly kind: "finite";
  /** Signed. */
  readonly mantissa: bigint;
  readonly exponent: number;
}

export type LongDouble = FiniteLongDouble | { readonly kind: "infinite"; readonly negative: boolean } | {
  readonly kind: "nan";
};

const NAN: LongDouble = { kind: "nan" };

/** Whether the value is neither infinite nor NaN: results that are not must be refused by the commands. */
export function isFiniteLongDouble(x: LongDouble): x is FiniteLongDouble {
  return x.kind === "finite";
}

/** The number a text denotes, or undefined when it is none, is NaN, is too long, or leaves the format's range. */
export function parseLongDouble(text: string): LongDouble | undefined {
  if (text.length > LONG_DOUBLE_TEXT_MAX) return undefined;
  const scanned = scanFloat(text);
  if (scanned === undefined) return undefined;
  if (scanned.infinite) return { kind: "infinite", negative: scanned.negative };
  const rounded = roundFloatText(scanned, LONG_DOUBLE_FORMAT);
  if (rounded === undefined) return undefined;
  const mantissa = scanned.negative ? -rounded.mantissa : rounded.mantissa;
  return { kind: "finite", mantissa, exponent: rounded.exponent };
}

/** {@linkcode parseLongDouble} of `bytes[start, end)`. */
export function parseLongDoubleBytes(bytes: Uint8Array, start: number, end: number): LongDouble | undefined {
  if (end - start > LONG_DOUBLE_TEXT_MAX) return undefined;
  return parseLongDouble(floatText(bytes, start, end));
}

/** A 64-bit integer as a long double: always exact. */
export function longDoubleFromBigInt(n: bigint): LongDouble {
  return finite(n, 0);
}

/** A double as a long double: always exact. */
export function longDoubleFromNumber(n: number): LongDouble {
  if (n !== n) return NAN;
  if (n === Infinity || n === -Infinity) return { kind: "infinite", negative: n < 0 };
  if (Number.isInteger(n)) return finite(BigInt(n), 0);
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, n);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  return finite(n < 0 ? -mantissa : mantissa, Math.max(biased, 1) - 1075);
}

function finite(mantissa: bigint, exponent: number): LongDouble {
  const magnitude = mantissa < 0n ? -mantissa : mantissa;
  const rounded = roundBinary(magnitude, exponent, LONG_DOUBLE_FORMAT);
  if (rounded === undefined) return { kind: "infinite", negative: mantissa < 0n };
  return {
    kind: "finite",
    mantissa: mantissa < 0n ? -rounded.mantissa : rounded.mantissa,
    exponent: rounded.exponent,
  };
}

/** a + b, rounded once to the format. */
export function addLongDouble(a: LongDouble, b: LongDouble): LongDouble {
  if (a.kind === "nan" || b.kind === "nan") return NAN;
  if (a.kind === "infinite") return b.kind === "infinite" && a.negative !== b.negative ? NAN : a;
  if (b.kind === "infinite") return b;
  const exponent = Math.min(a.exponent, b.exponent);
  const sum = (a.mantissa << BigInt(a.exponent - exponent)) + (b.mantissa << BigInt(b.exponent - exponent));
  return finite(sum, exponent);
}

/** The value with at most 17 digits after the point, without trailing zeros: `3`, `0.1`, `-2.5`; `inf`, `nan`. */
export function formatLongDouble(x: LongDouble): string {
  if (x.kind === "nan") return "nan";
  if (x.kind === "infinite") return x.negative ? "-inf" : "inf";
  const negative = x.mantissa < 0n;
  const magnitude = negative ? -x.mantissa : x.mantissa;
  if (x.exponent >= 0) return `${negative ? "-" : ""}${magnitude << BigInt(x.exponent)}`;
  // Rounding is decided on the exact value, so 2^-18 (an exact tie) goes to the even digit.
  const scaled = shiftRoundEven(magnitude * 10n ** BigInt(FRACTION_DIGITS), -x.exponent);
  if (scaled === 0n) return "0";
  const digits = scaled.toString().padStart(FRACTION_DIGITS + 1, "0");
  const point = digits.length - FRACTION_DIGITS;
  const fraction = digits.slice(point).replace(/0+$/, "");
  return `${negative ? "-" : ""}${digits.slice(0, point)}${fraction === "" ? "" : `.${fraction}`}`;
}
