/**
 * Numbers between text, doubles and 64-bit integers as the C library and the x86-64 conversions of the reference
 * do it: scripts can see every one of these results.
 */
import { latin1, latin1Text } from "../sys/bytes.ts";

const TWO_63 = 2 ** 63;
const TWO_64 = 2 ** 64;

/** A number read from bytes, and where it ends. */
export interface ReadNumber {
  value: number;
  /** The index of the first byte that does not belong to it. */
  end: number;
  /** Whether it has a minus sign, which NaN does not show. */
  negative: boolean;
}

type Magnitude = Omit<ReadNumber, "negative">;

/**
 * `%.<precision>g` of C: `precision` significant digits (1 to 21) without trailing zeros, an exponent of two digits
 * or more below 1e-4 and from 10^precision. NaN is `nan`, or `-nan` where `negativeNan` is set.
 */
export function formatSignificant(value: number, precision: number, negativeNan = false): string {
  if (Number.isInteger(value) && Math.abs(value) < 10 ** Math.min(precision, 15)) {
    return Object.is(value, -0) ? "-0" : String(value);
  }
  if (Number.isNaN(value)) return negativeNan ? "-nan" : "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  const magnitude = Math.abs(value);
  // The shortest text that reads as this double is what C prints, if no digits of it are to be rounded away.
  if (precision <= 15 && magnitude >= 1e-4 && magnitude < 10 ** precision) {
    const shortest = String(value);
    if (shortest.length <= precision + 1) return shortest;
  }
  const [mantissa, power] = halfToEven(magnitude, precision).split("e") as [string, string];
  const exponent = Number(power);
  const digits = mantissa.replace(".", "").replace(/0+$/, "");
  const sign = value < 0 ? "-" : "";
  if (exponent < -4 || exponent >= precision) {
    const fraction = digits.length > 1 ? "." + digits.slice(1) : "";
    const size = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${digits.slice(0, 1)}${fraction}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, "0");
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

/** `toExponential`, but a value exactly between two results goes to the even digit as in C, not up. */
function halfToEven(magnitude: number, precision: number): string {
  const rounded = magnitude.toExponential(precision - 1);
  const longer = magnitude.toExponential(precision);
  // Only a value with exactly one digit more, a 5, is a tie; a hundred digits tell it from one that is nearly so.
  if (!longer.includes("5e") || !isExactly(magnitude, longer)) return rounded;
  const down = longer.replace(/5e/, "e").replace(/\.e/, "e");
  const lastDigit = Number(/(\d)e/.exec(down)?.[1]);
  return lastDigit % 2 === 0 ? down : rounded;
}

function isExactly(magnitude: number, decimal: string): boolean {
  const [digits, power] = decimal.split("e") as [string, string];
  const [fullDigits, fullPower] = magnitude.toExponential(99).split("e") as [string, string];
  return power === fullPower && fullDigits.replace(/0+$/, "") === digits.replace(/0+$/, "");
}

/**
 * The C library's strtod on bytes from `start`: white space, a sign, then decimal digits, `0x` and hexadecimal
 * digits with an optional binary exponent, `inf`, `infinity`, `nan` or `nan(characters)`, in any case. The longest
 * beginning that is a number counts. Returns undefined where there is none.
 */
export function readNumber(bytes: Uint8Array, start: number): ReadNumber | undefined {
  let at = start;
  while (isSpace(bytes[at])) at++;
  const negative = bytes[at] === 0x2d;
  if (negative || bytes[at] === 0x2b) at++;
  const read = readHexadecimal(bytes, at) ?? readDecimal(bytes, at) ?? readWord(bytes, at);
  if (read === undefined) return undefined;
  return { value: negative ? -read.value : read.value, end: read.end, negative };
}

/**
 * A whole string as a number, as Lua 5.1 converts one: white space around it is allowed, and a zero byte ends it.
 * Returns undefined where it is not a number.
 */
export function numberOfString(bytes: Uint8Array): number | undefined {
  const read = readNumber(bytes, 0);
  if (read === undefined) return undefined;
  let at = read.end;
  while (isSpace(bytes[at])) at++;
  return at >= bytes.length || bytes[at] === 0 ? read.value : undefined;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function readDecimal(bytes: Uint8Array, start: number): Magnitude | undefined {
  let at = start;
  let whole = 0;
  for (let byte = bytes[at]; byte !== undefined && byte >= 0x30 && byte <= 0x39; byte = bytes[++at]) {
    whole = whole * 10 + (byte - 0x30);
  }
  const wholeDigits = at - start;
  const next = bytes[at];
  if (wholeDigits > 0 && wholeDigits <= 15 && next !== 0x2e && next !== 0x65 && next !== 0x45) {
    return { value: whole, end: at };
  }
  let digits = wholeDigits;
  if (next === 0x2e) {
    const fraction = at + 1;
    at = fraction;
    while (isDigit(bytes[at])) at++;
    digits += at - fraction;
    if (digits === 0) return undefined;
  }
  if (digits === 0) return undefined;
  at = endOfExponent(bytes, at, 0x65);
  return { value: Number(latin1Text(bytes.subarray(start, at))), end: at };
}

/** The end of an exponent (`letter` is the lower case e or p) at `at`, or `at` where there is none. */
function endOfExponent(bytes: Uint8Array, at: number, letter: number): number {
  if (((bytes[at] ?? 0) | 0x20) !== letter) return at;
  let end = at + 1;
  if (bytes[end] === 0x2b || bytes[end] === 0x2d) end++;
  if (!isDigit(bytes[end])) return at;
  while (isDigit(bytes[end])) end++;
  return end;
}

/** The value of a hexadecimal digit, or -1. */
export function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function readHexadecimal(bytes: Uint8Array, start: number): Magnitude | undefined {
  if (bytes[start] !== 0x30 || ((bytes[start + 1] ?? 0) | 0x20) !== 0x78) return undefined;
  let at = start + 2;
  let digits = "";
  let fraction = 0;
  let dot = false;
  for (;; at++) {
    if (bytes[at] === 0x2e && !dot) {
      dot = true;
    } else if (hexDigit(bytes[at]) >= 0) {
      digits += String.fromCharCode(bytes[at]!);
      if (dot) fraction++;
    } else {
      break;
    }
  }
  if (digits === "") return undefined; // the 0 alone is a number
  const end = endOfExponent(bytes, at, 0x70);
  const power = end > at ? Number(latin1Text(bytes.subarray(at + 1, end))) : 0;
  return { value: scaled(BigInt("0x" + digits), power - 4 * fraction), end };
}

/** `mantissa` times two to the `power`, rounded once to a double, half to even. */
function scaled(mantissa: bigint, power: number): number {
  if (mantissa === 0n) return 0;
  const bits = mantissa.toString(2).length;
  if (bits + power > 1024) return Infinity;
  if (bits + power < -1074) return 0;
  // A double has 53 bits, fewer where the result is so small that its last bit would be below 2^-1074.
  const drop = Math.max(bits - 53, -1074 - power);
  if (drop <= 0) return Number(mantissa) * 2 ** Math.max(power, -1000) * 2 ** Math.min(power + 1000, 0);
  const unit = 1n << BigInt(drop);
  let kept = mantissa / unit;
  const rest = (mantissa % unit) * 2n;
  if (rest > unit || (rest === unit && kept % 2n === 1n)) kept += 1n;
  const exponent = power + drop;
  return Number(kept) * 2 ** Math.max(exponent, -1000) * 2 ** Math.min(exponent + 1000, 0);
}

const WORDS = [
  { word: latin1("infinity"), value: Infinity },
  { word: latin1("inf"), value: Infinity },
  { word: latin1("nan"), value: NaN },
];

/** Whether the bytes from `at` are these lower case letters, in any case. */
export function isWord(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) if (((bytes[at + i] ?? 0) | 0x20) !== word[i]) return false;
  return true;
}

function readWord(bytes: Uint8Array, start: number): Magnitude | undefined {
  const found = WORDS.find(({ word }) => isWord(bytes, start, word));
  if (found === undefined) return undefined;
  const end = start + found.word.length;
  if (!Number.isNaN(found.value) || bytes[end] !== 0x28) return { value: found.value, end };
  let at = end + 1;
  while (isWordCharacter(bytes[at])) at++;
  return { value: NaN, end: bytes[at] === 0x29 ? at + 1 : end };
}

function isWordCharacter(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const letter = byte | 0x20;
  return isDigit(byte) || byte === 0x5f || (letter >= 0x61 && letter <= 0x7a);
}

/** A double as a signed 64-bit integer: cut towards zero; -2^63 for NaN and everything out of range. */
export function toInt64(value: number): bigint {
  return value >= -TWO_63 && value < TWO_63 ? BigInt(Math.trunc(value)) : -(2n ** 63n);
}

/**
 * A double as an unsigned 64-bit integer: below 2^63 as `toInt64` with its bits read as unsigned, exact up to 2^64,
 * and 0 from there on.
 */
export function toUint64(value: number): bigint {
  if (value >= TWO_64) return 0n;
  return value >= TWO_63 ? BigInt(value) : BigInt.asUintN(64, toInt64(value));
}

/** The low 32 bits of `toInt64`, signed: what C's (int) of a Lua integer keeps. */
export function toInt32(value: number): number {
  return value >= -TWO_63 && value < TWO_63 ? value | 0 : 0;
}

/** A double as a C int: cut towards zero; -2^31 for NaN and everything out of range. */
export function doubleToInt(value: number): number {
  return value > -2147483649 && value < 2147483648 ? Math.trunc(value) | 0 : -2147483648;
}
