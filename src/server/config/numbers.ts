/**
 * Numbers as configuration values write them. The reference reads them with a handful of C functions that differ in
 * what they forgive; each function here is the grammar of one of them, and the comments name what is peculiar.
 */

export const INT32_MAX = 2147483647n;
export const INT32_MIN = -2147483648n;
export const UINT32_MAX = 4294967295n;
export const INT64_MAX = 9223372036854775807n;
export const INT64_MIN = -9223372036854775808n;
export const UINT64_MAX = 18446744073709551615n;

const UNITS: Readonly<Record<string, bigint>> = {
  "": 1n,
  b: 1n,
  k: 1000n,
  kb: 1024n,
  m: 1000n ** 2n,
  mb: 1024n ** 2n,
  g: 1000n ** 3n,
  gb: 1024n ** 3n,
};

/** Longest run of digits of a memory value. */
const MEMORY_DIGITS_MAX = 127;

/** A decimal 64-bit integer in its one canonical form (no plus sign, no leading zero), or undefined. */
export function parseInteger(text: string): bigint | undefined {
  if (text.length > 20 || !/^(0|-?[1-9][0-9]*)$/.test(text)) return undefined;
  const value = BigInt(text);
  return value >= INT64_MIN && value <= INT64_MAX ? value : undefined;
}

/**
 * An integer with white space before it and a sign, clipped to 64 bits. The empty text is 0.
 *
 * @returns undefined when something other than a digit of the base follows
 */
export function parseLooseInteger(text: string, base: 8 | 10 = 10): bigint | undefined {
  if (text === "") return 0n;
  const digits = base === 8 ? /^[ \t-\r]*([+-]?)([0-7]+)$/ : /^[ \t-\r]*([+-]?)([0-9]+)$/;
  const match = digits.exec(text);
  if (match === null) return undefined;
  const size = BigInt((base === 8 ? "0o" : "") + match[2]!);
  const value = match[1] === "-" ? -size : size;
  return value > INT64_MAX ? INT64_MAX : value < INT64_MIN ? INT64_MIN : value;
}

/**
 * A number of bytes with an optional unit (`b k kb m mb g gb`, in any case; `k` is 1000, `kb` 1024). The digits are
 * clipped to 64 bits unsigned, the product wraps around at 64 bits, and no digits at all are 0.
 */
export function parseMemory(text: string): bigint | undefined {
  const match = /^([0-9]*)([a-z]*)$/i.exec(text);
  const unit = match === null ? undefined : UNITS[match[2]!.toLowerCase()];
  if (match === null || unit === undefined || match[1]!.length > MEMORY_DIGITS_MAX) return undefined;
  const digits = BigInt(match[1]!);
  return BigInt.asUintN(64, (digits > UINT64_MAX ? UINT64_MAX : digits) * unit);
}

/** A number of bytes in the largest unit of 1024 that divides it. */
export function formatMemory(bytes: bigint): string {
  if (bytes !== 0n) {
    for (const unit of ["gb", "mb", "kb"]) {
      if (bytes % UNITS[unit]! === 0n) return `${bytes / UNITS[unit]!}${unit}`;
    }
  }
  return String(bytes);
}

/**
 * A floating-point number, decimal or hexadecimal, `inf` and `nan` included, without blanks around it.
 *
 * @returns undefined for other text, and for a value too large or too small for a double
 */
export function parseDouble(text: string): number | undefined {
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (special !== null) {
    if (/nan/i.test(text)) return NaN;
    return special[1] === "-" ? -Infinity : Infinity;
  }
  let value: number;
  let isZero: boolean;
  if (/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$/i.test(text)) {
    value = Number(text);
    isZero = !/[1-9]/.test(text.replace(/e.*/i, ""));
  } else {
    const hex = /^([+-]?)0x([0-9a-f]*)(?:\.([0-9a-f]*))?(?:p([+-]?[0-9]+))?$/i.exec(text);
    if (hex === null || (hex[2]! + (hex[3] ?? "")) === "") return undefined;
    const digits = hex[2]! + (hex[3] ?? "");
    const exponent = Number(hex[4] ?? "0") - 4 * (hex[3] ?? "").length;
    value = Number(BigInt("0x" + digits)) * 2 ** exponent * (hex[1] === "-" ? -1 : 1);
    isZero = !/[1-9a-f]/i.test(digits);
  }
  const isTooSmall = !isZero && Math.abs(value) < 2.2250738585072014e-308;
  return isTooSmall || !Number.isFinite(value) ? undefined : value;
}

/** Six digits after the point at most, without trailing zeros. */
export function formatDouble(value: number): string {
  const text = value.toFixed(6).replace(/\.?0+$/, "");
  return Object.is(value, -0) ? "-" + text : text;
}
