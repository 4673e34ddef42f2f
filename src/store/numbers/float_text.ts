/**
 * The grammar of floating-point text, shared by doubles and by the wide decimals of INCRBYFLOAT, and exact rounding
 * of what it denotes to a binary mantissa.
 *
 * Accepted is what C's strtod accepts as a whole: decimal and hexadecimal (`0x1.8p3`) numbers with optional sign,
 * `inf` and `infinity` in any case. Not accepted: the empty text, leading or trailing spaces, NaN in any spelling.
 *
 * Invariant: nothing here rounds twice. Texts denote exact rationals (bigint), and one division decides.
 */

export interface FloatText {
  readonly negative: boolean;
  readonly infinite: boolean;
  /** All digits, point removed, without leading zeros; empty for zero and for infinity. */
  readonly digits: string;
  /** 10, or 16 when the digits are hexadecimal. */
  readonly radix: 10 | 16;
  /** The value is digits x base^exponent, base 10 for decimal text and 2 for hexadecimal text. */
  readonly exponent: number;
}

/** A finite binary number: mantissa x 2^exponent. */
export interface Binary {
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** Shape of a binary format: bits of precision and the range of the exponent of the lowest bit. */
export interface BinaryFormat {
  readonly bits: number;
  readonly exponentMin: number;
  readonly exponentMax: number;
}

const FLOAT =
  /^([+-]?)(?:(inf(?:inity)?)|0x([0-9a-f]*)(?:\.([0-9a-f]*))?(?:p([+-]?\d+))?|(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?)$/i;

/** Larger exponents are clamped: nothing of 2^30 digits ever comes near them. */
const EXPONENT_LIMIT = 1e12;

/**
 * Longest text, in bytes, that is read as a number. (strtod itself has no limit; a longer number can only be padding,
 * and refusing it keeps a request of hundreds of megabytes from being turned into a string.)
 */
export const FLOAT_TEXT_BYTES_MAX = 1 << 20;

/** Bytes as a string of one character a byte, for scanning; "" (no number) when there are too many. */
export function floatText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > FLOAT_TEXT_BYTES_MAX) return "";
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

/** Reads `text` as a floating-point number, or gives undefined when it is none. */
export function scanFloat(text: string): FloatText | undefined {
  const match = FLOAT.exec(text);
  if (match === null) return undefined;
  const [, sign, infinity, hexWhole, hexFraction, hexExponent, whole, fraction, exponent] = match;
  const negative = sign === "-";
  if (infinity !== undefined) return { negative, infinite: true, digits: "", radix: 10, exponent: 0 };
  const hex = hexWhole !== undefined;
  const upper = hex ? hexWhole : whole ?? "";
  const lower = (hex ? hexFraction : fraction) ?? "";
  if (upper.length + lower.length === 0) return undefined;
  const digits = (upper + lower).replace(/^0+/, "");
  const given = Number((hex ? hexExponent : exponent) ?? "0");
  const clamped = Math.max(-EXPONENT_LIMIT, Math.min(EXPONENT_LIMIT, given));
  return {
    negative,
    infinite: false,
    digits,
    radix: hex ? 16 : 10,
    exponent: clamped - lower.length * (hex ? 4 : 1),
  };
}

/** Number of bits of a positive bigint (0 for 0n). */
export function bitLength(n: bigint): number {
  if (n === 0n) return 0;
  const hex = n.toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(parseInt(hex[0]!, 16)));
}

/** `n / 2^shift` for n >= 0, to nearest, ties to even. */
export function shiftRoundEven(n: bigint, shift: number): bigint {
  if (shift <= 0) return n << BigInt(-shift);
  const width = BigInt(shift);
  const kept = n >> width;
  const rest = n - (kept << width);
  const half = 1n << (width - 1n);
  if (rest > half || (rest === half && (kept & 1n) === 1n)) return kept + 1n;
  return kept;
}

/**
 * Rounds n x 2^exponent (n >= 0) to the format, to nearest, ties to even, gradually losing bits near zero.
 * Gives undefined when the result is too large for the format.
 */
export function roundBinary(n: bigint, exponent: number, format: BinaryFormat): Binary | undefined {
  if (n === 0n) return { mantissa: 0n, exponent: 0 };
  const excess = Math.max(bitLength(n) - format.bits, format.exponentMin - exponent);
  let mantissa = n;
  let scale = exponent;
  if (excess > 0) {
    mantissa = shiftRoundEven(n, excess);
    scale += excess;
  }
  // The value is below 2^(exponentMax + bits) exactly when it fits; rounding up may have added a bit.
  if (bitLength(mantissa) + scale > format.exponentMax + format.bits) return undefined;
  return { mantissa, exponent: scale };
}

/**
 * The magnitude a scanned text denotes, rounded to the format: undefined when it overflows, and also when it is not
 * zero but rounds to zero (C calls both a range error, and so does the reference).
 */
export function roundFloatText(text: FloatText, format: BinaryFormat): Binary | undefined {
  if (text.digits === "") return { mantissa: 0n, exponent: 0 };
  // A cheap look at the magnitude first, so that a huge exponent never becomes a huge power.
  const bitsPerDigit = text.radix === 16 ? 4 : Math.log2(10);
  const bitsPerExponent = text.radix === 16 ? 1 : Math.log2(10);
  const magnitude = text.digits.length * bitsPerDigit + text.exponent * bitsPerExponent;
  if (magnitude > format.exponentMax + format.bits + 8) return undefined;
  if (magnitude < format.exponentMin - 8) return undefined;
  let result: Binary | undefined;
  if (text.radix === 16) {
    result = roundBinary(BigInt(`0x${text.digits}`), text.exponent, format);
  } else if (text.exponent >= 0) {
    result = roundBinary(BigInt(text.digits) * 10n ** BigInt(text.exponent), 0, format);
  } else {
    const numerator = BigInt(text.digits);
    const denominator = 10n ** BigInt(-text.exponent);
    // Enough quotient bits that rounding sees at least two below the last one it keeps.
    const shift = Math.max(0, format.bits + 3 - (bitLength(numerator) - bitLength(denominator)));
    const scaled = numerator << BigInt(shift);
    const quotient = scaled / denominator;
    // One more bit below stands for the remainder, so that a tie is a tie only when it is exact.
    const remainderBit = quotient * denominator === scaled ? 0n : 1n;
    result = roundBinary((quotient << 1n) | remainderBit, -shift - 1, format);
  }
  return result !== undefined && result.mantissa === 0n ? undefined : result;
}
