/**
 * Integers of any width inside a string of bits: what BITFIELD calls `u8` or `i63`. Narrow ones are numbers; those that
 * do not fit a number exactly are computed over bigint.
 */
import type { Args } from "../../args.ts";
import { ReplyError } from "../../errors.ts";
import { INT64_MAX, parseSafeInteger } from "../../store/numbers/int64.ts";
import type { Slice } from "../../sys/bytes.ts";
import { FIELD_BITS_MAX, readBits, writeBits } from "./bits.ts";

const badType = new ReplyError(
  "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.",
);

const LETTER_I = 105;
const LETTER_U = 117;

/** What becomes of a value that does not fit: the bits that fit, the nearest that fits, or nothing. */
export type Overflow = "wrap" | "sat" | "fail";

/** Width and sign of an integer. */
export interface FieldType {
  readonly isSigned: boolean;
  /** 1 to 64 bits; without sign to 63. */
  readonly width: number;
}

/** Argument `i` as a type, such as `i16`. @throws ReplyError when it is none */
export function fieldType(args: Args, i: number): FieldType {
  const { bytes, start, end } = args.at(i);
  const isSigned = bytes[start] === LETTER_I;
  if (start === end || (!isSigned && bytes[start] !== LETTER_U)) throw badType;
  // To the reference the text ends with its first zero byte.
  let digitsEnd = start + 1;
  while (digitsEnd < end && bytes[digitsEnd] !== 0) digitsEnd++;
  const width = parseSafeInteger(bytes, start + 1, digitsEnd);
  if (!(width >= 1 && width <= (isSigned ? 64 : 63))) throw badType;
  return { isSigned, width };
}

const LOW_BITS = 32;

/** The integer from bit `offset` of a string on, which goes on with zeros. */
export function readField(value: Slice, offset: number, { isSigned, width }: FieldType): number | bigint {
  const { bytes, start, end } = value;
  if (width > FIELD_BITS_MAX) {
    const high = readBits(bytes, start, end, offset, width - LOW_BITS);
    const low = readBits(bytes, start, end, offset + width - LOW_BITS, LOW_BITS);
    const exact = (BigInt(high) << BigInt(LOW_BITS)) | BigInt(low);
    return isSigned ? BigInt.asIntN(width, exact) : exact;
  }
  const bits = readBits(bytes, start, end, offset, width);
  return isSigned && bits >= 2 ** (width - 1) ? bits - 2 ** width : bits;
}

/** Writes an integer that fits from bit `offset` of a string on, which must be long enough. */
export function writeField(
  value: Slice,
  offset: number,
  { width }: FieldType,
  written: number | bigint,
): void {
  const { bytes, start } = value;
  if (typeof written === "bigint") {
    const exact = BigInt.asUintN(width, written);
    const high = Math.max(0, width - LOW_BITS);
    const lowBits = width - high;
    if (high > 0) writeBits(bytes, start, offset, high, Number(exact >> BigInt(lowBits)));
    writeBits(bytes, start, offset + high, lowBits, Number(BigInt.asUintN(lowBits, exact)));
  } else {
    writeBits(bytes, start, offset, width, written < 0 ? written + 2 ** width : written);
  }
}

/** Numbers up to here can be added to those of {@link FIELD_BITS_MAX} bits without being rounded. */
const EXACT_MAX = 2 ** FIELD_BITS_MAX;

/** `old + increment` within a type, or undefined when it does not fit and that is to fail. */
export function increased(
  old: number | bigint,
  increment: number | bigint,
  type: FieldType,
  overflow: Overflow,
): number | bigint | undefined {
  if (typeof old === "number" && typeof increment === "number" && Math.abs(increment) <= EXACT_MAX) {
    return fitted(old + increment, type, overflow);
  }
  return exactlyFitted(BigInt(old) + BigInt(increment), type, overflow);
}

/** A value to be set within a type, or undefined when it does not fit and that is to fail. */
export function converted(
  value: number | bigint,
  type: FieldType,
  overflow: Overflow,
): number | bigint | undefined {
  if (value < 0 && !type.isSigned) {
    // The reference reads it as a number of 64 bits without sign: it is too large, not too small.
    return exactlyFitted(BigInt.asUintN(64, BigInt(value)), type, overflow);
  }
  if (typeof value === "number" && Math.abs(value) <= EXACT_MAX && type.width <= FIELD_BITS_MAX) {
    return fitted(value, type, overflow);
  }
  const exact = BigInt(value);
  const most = limits(type).max;
  // The reference subtracts within 64 bits: what is so far below that the distance comes round is above to it.
  if (overflow === "sat" && type.width < 64 && most - exact > INT64_MAX) return most;
  return exactlyFitted(exact, type, overflow);
}

function limits({ isSigned, width }: FieldType): { min: bigint; max: bigint } {
  const span = 1n << BigInt(width);
  const min = isSigned ? -span / 2n : 0n;
  return { min, max: min + span - 1n };
}

function fitted(
  value: number,
  { isSigned, width }: FieldType,
  overflow: Overflow,
): number | undefined {
  const span = 2 ** width;
  const min = isSigned ? -span / 2 : 0;
  const max = min + span - 1;
  if (value >= min && value <= max) return value;
  if (overflow === "fail") return undefined;
  if (overflow === "sat") return value > max ? max : min;
  const above = (value - min) % span;
  return (above < 0 ? above + span : above) + min;
}

function exactlyFitted(value: bigint, type: FieldType, overflow: Overflow): bigint | undefined {
  const { isSigned, width } = type;
  const wrapped = isSigned ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value);
  if (wrapped === value) return value;
  if (overflow === "fail") return undefined;
  if (overflow === "wrap") return wrapped;
  const { min, max } = limits(type);
  return value > max ? max : min;
}
