/**
 * Scores as elements of a listpack, and scores in values of unknown origin. Their text is read up to where it stops being a number, as the C library reads it,
 * because the reference checks no further: scores that clients send are another matter (double.ts).
 *
 * ```text
 * text      white space, sign, then one of
 *           digits . digits e exponent      at least one digit; the exponent counts if it has digits
 *           0x hex . hex p exponent         a point may be all there is: 0
 *           inf, infinity                   in any case
 * ```
 */

import { latin1, latin1Text } from "../../sys/bytes.ts";
import { formatDouble, parseDouble, parseScoreBound } from "../numbers/double.ts";
import { type ElementSlice, Int64Words } from "../numbers/int64_words.ts";
import { integerAt, ListpackEntry } from "../packed/listpack_entry.ts";

/** The library gives up on an `inf` with an `i` behind it that does not become `infinity`, and on a lone `0x`. */
const SAVED =
  /^[\t-\r ]*([+-]?(?:inf(?:inity|(?!i))|0x(?:[\da-f]+\.?[\da-f]*|\.[\da-f]*)(?:p[+-]?\d+)?|(?!0x)(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?))/i;

const LENIENT =
  /^[\t-\r ]*([+-]?(?:inf(?:inity)?|nan|0x(?:[\da-f]+\.?[\da-f]*|\.[\da-f]+)(?:p[+-]?\d+)?|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?))/i;

/** Whole scores up to this, on both sides of zero, are kept as integers in a listpack: half of what 64 bits hold. */
const INTEGER_SCORE_MAX = 2 ** 62;

/** Of the text of a score in a listpack, only so many bytes are looked at. */
const LENIENT_BYTES_MAX = 127;

/** The number that `text` is known to be, except for a hexadecimal one without digits. */
function numberOf(text: string): number {
  const bytes = latin1(text);
  return parseScoreBound(bytes, 0, bytes.length) ?? (text.startsWith("-") ? -0 : 0);
}

/** The score of an old sorted set, {@linkcode RdbType.zset}, or NaN when the text does not begin with a number. */
export function parseSavedScore(text: Uint8Array): number {
  const match = SAVED.exec(latin1Text(text));
  return match === null ? NaN : numberOf(match[1]!);
}

const words = new Int64Words();

/**
 * Points `element` at the text that a score has as an element of a listpack: all digits of a whole number up to 2^62 (so
 * that it becomes an integer there, and -0 becomes 0), else the 17 digits a client sees. Not for NaN.
 */
export function pointAtScore(element: ElementSlice, score: number): void {
  if (Number.isInteger(score) && Math.abs(score) <= INTEGER_SCORE_MAX) {
    element.pointAtWords(words.setNumber(score));
    return;
  }
  const text = formatDouble(score);
  const { length } = text;
  if (length > scoreBytes.length) scoreBytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) scoreBytes[i] = text.charCodeAt(i);
  element.point(scoreBytes, 0, length);
}

/** The text of the score that was asked for last. */
let scoreBytes = new Uint8Array(32);

const entry = new ListpackEntry();

/**
 * The score that is the element at `position` of a listpack. No number at all is 0, and NaN is possible: only in
 * listpacks that came from outside. O(1).
 */
export function scoreAt(bytes: Uint8Array, position: number): number {
  const integer = integerAt(bytes, position);
  if (integer === integer) return integer;
  entry.read(bytes, position);
  const score = parseDouble(entry.bytes, entry.start, entry.end);
  if (score !== undefined && entry.length <= LENIENT_BYTES_MAX) return score;
  const text = latin1Text(entry.bytes, entry.start, Math.min(entry.end, entry.start + LENIENT_BYTES_MAX));
  const match = LENIENT.exec(text);
  if (match === null) return 0;
  return /nan$/i.test(match[1]!) ? NaN : numberOf(match[1]!);
}
