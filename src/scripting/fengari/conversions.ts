/**
 * Numbers and strings as Lua 5.1 turns one into the other, and arithmetic where an operand is neither of the plain
 * kind.
 *
 * NaN has a sign that scripts can print: x86 makes `0/0` a negative one. JavaScript does not keep it, so a NaN of
 * type NUMBER is negative and a positive one has the type POSITIVE_NAN; it comes from negating and from `tonumber`.
 */
import { formatSignificant, numberOfString } from "../c_numbers.ts";
import { nameString, stringOf } from "./strings.ts";
import { NUMBER, POSITIVE_NAN, STRING, STRING_TYPE, type TString, type TValue, TYPE_MASK } from "./types.ts";

/** Significant digits of a number as text. */
const DIGITS = 14;
const MINUS = 0x2d;

/** Whole numbers below this are texts that are kept. */
const SMALL_NUMBERS = 1024;
const smallNumbers: TString[] = [];

/** A number as `tostring` and `..` write it: C's `%.14g`. */
export function numberText(value: number): string {
  return formatSignificant(value, DIGITS, true);
}

/** The text of a TValue of a number type. */
export function textOfNumber(o: TValue): TString {
  const value = o.value as number;
  if (value >= 0 && value < SMALL_NUMBERS && (value | 0) === value && !Object.is(value, -0)) {
    return smallNumbers[value] ??= nameString(String(value));
  }
  return stringOf(o.type === POSITIVE_NAN ? "nan" : numberText(value));
}

export function isNumber(o: TValue): boolean {
  return (o.type & TYPE_MASK) === NUMBER;
}

export function isString(o: TValue): boolean {
  return (o.type & TYPE_MASK) === STRING_TYPE;
}

/** The number that a value is or, being a string, reads as; undefined where it does not. */
export function toNumber(o: TValue): number | undefined {
  if ((o.type & TYPE_MASK) === NUMBER) return o.value as number;
  if ((o.type & TYPE_MASK) === STRING_TYPE) return numberOfString((o.value as TString).realstring);
  return undefined;
}

/** Whether the value is a NaN whose sign is plus, also one that is written so. */
export function isPositiveNan(o: TValue): boolean {
  if (o.type === POSITIVE_NAN) return true;
  if (o.type !== STRING) return false;
  const bytes = (o.value as TString).realstring;
  return Number.isNaN(numberOfString(bytes)) && !bytes.includes(MINUS);
}

/** Writes a number that may be a NaN of that sign. */
export function setNumber(o: TValue, value: number, positiveNan = false): void {
  o.type = positiveNan && value !== value ? POSITIVE_NAN : NUMBER;
  o.value = value;
}

/** Makes a string of a number in place; false for other types. */
export function toStringInPlace(o: TValue): boolean {
  if ((o.type & TYPE_MASK) === STRING_TYPE) return true;
  if ((o.type & TYPE_MASK) !== NUMBER) return false;
  o.value = textOfNumber(o);
  o.type = STRING;
  return true;
}

/** `a % b`: the sign is that of b. */
export function modulo(a: number, b: number): number {
  return a - Math.floor(a / b) * b;
}

/** C's pow, which knows that 1 to any power is 1. */
export function power(a: number, b: number): number {
  if (a === 1) return 1;
  if (a === -1 && (b === Infinity || b === -Infinity)) return 1;
  return Math.pow(a, b);
}
