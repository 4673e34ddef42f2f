/**
 * string.format, which is C's printf with the conversions of Lua 5.1, on x86-64.
 */
import { argumentError, libraryError } from "../errors.ts";
import { ByteBuffer } from "../lib/byte_buffer.ts";
import { doubleToInt, toInt64, toUint64 } from "../../c_numbers.ts";
import { argument, argumentCount, checkBytes, checkNumber, pushBytes } from "../native.ts";
import { latin1Text, untilZero } from "../strings.ts";
import { type LuaState, POSITIVE_NAN } from "../types.ts";
import { isDigitByte } from "./pattern.ts";

const PERCENT = 0x25;
const FLAGS = "-+ #0";

/** Strings of this length and more are not cut by the buffer that the original formats in. */
const LONG_STRING = 100;

interface Spec {
  left: boolean;
  plus: boolean;
  space: boolean;
  alternative: boolean;
  zero: boolean;
  width: number;
  /** -1 where none is given. */
  precision: number;
  conversion: string;
  /** Where the format goes on. */
  end: number;
}

function readSpec(L: LuaState, format: Uint8Array, start: number): Spec {
  let at = start;
  const byte = () => at < format.length ? format[at]! : 0;
  let flags = "";
  while (byte() !== 0 && FLAGS.includes(String.fromCharCode(byte()))) {
    flags += String.fromCharCode(format[at++]!);
  }
  if (flags.length > FLAGS.length) libraryError(L, "invalid format (repeated flags)");
  const digits = () => {
    let text = "";
    for (let i = 0; i < 2 && isDigitByte(byte()); i++) text += String.fromCharCode(format[at++]!);
    return text;
  };
  const width = digits();
  let precision = -1;
  if (byte() === 0x2e) {
    at++;
    precision = Number(digits());
  }
  if (isDigitByte(byte())) libraryError(L, "invalid format (width or precision too long)");
  const conversion = at < format.length ? String.fromCharCode(format[at]!) : "";
  return {
    left: flags.includes("-"),
    plus: flags.includes("+"),
    space: flags.includes(" "),
    alternative: flags.includes("#"),
    zero: flags.includes("0"),
    width: Number(width),
    precision,
    conversion,
    end: at + 1,
  };
}

/** Fills up to the width; `sign` stays in front of zeros. */
function padded(spec: Spec, sign: string, body: string, zeros: boolean): string {
  const missing = spec.width - sign.length - body.length;
  if (missing <= 0) return sign + body;
  if (spec.left) return sign + body + " ".repeat(missing);
  return zeros ? sign + "0".repeat(missing) + body : " ".repeat(missing) + sign + body;
}

function signOf(spec: Spec, negative: boolean): string {
  return negative ? "-" : spec.plus ? "+" : spec.space ? " " : "";
}

function withDigits(digits: string, precision: number): string {
  if (precision === 0 && digits === "0") return "";
  return digits.padStart(precision, "0");
}

function signedText(spec: Spec, value: bigint): string {
  const digits = withDigits(String(value < 0n ? -value : value), spec.precision);
  return padded(spec, signOf(spec, value < 0n), digits, spec.zero && spec.precision < 0);
}

function unsignedText(spec: Spec, value: bigint): string {
  const { conversion, alternative } = spec;
  const radix = conversion === "o" ? 8 : conversion === "u" ? 10 : 16;
  let digits = withDigits(value.toString(radix), spec.precision);
  if (conversion === "X") digits = digits.toUpperCase();
  let prefix = "";
  if (alternative && conversion === "o" && !digits.startsWith("0")) digits = "0" + digits;
  if (alternative && radix === 16 && value !== 0n) prefix = "0" + conversion;
  return padded(spec, prefix, digits, spec.zero && spec.precision < 0);
}

/** Whether the decimal digits of `longer` behind the first `kept` are a 5 and then zeros only. */
function isTie(longer: string, kept: number): boolean {
  return longer[kept] === "5" && /^50*$/.test(longer.slice(kept));
}

/** Digits that tell a value half-way between two results from one next to it. */
const EXACT_DIGITS = 100;

/** `toFixed` of a value that is not negative, for any size; half-way cases go to the even digit. */
function fixedText(value: number, precision: number): string {
  if (value >= 1e21) {
    const whole = BigInt(value).toString();
    return precision > 0 ? `${whole}.${"0".repeat(precision)}` : whole;
  }
  const rounded = value.toFixed(precision);
  if (precision >= EXACT_DIGITS) return rounded;
  const exact = value.toFixed(EXACT_DIGITS);
  const point = exact.indexOf(".");
  const digits = exact.slice(0, point) + exact.slice(point + 1);
  if (!isTie(digits, point + precision)) return rounded;
  const last = Number(digits[point + precision - 1] ?? "0");
  if (last % 2 === 1) return rounded;
  return precision > 0 ? exact.slice(0, point + 1 + precision) : exact.slice(0, point);
}

/** Digits and decimal exponent of a value that is not negative, `precision` digits behind the first. */
function scientific(value: number, precision: number): { digits: string; exponent: number } {
  const [mantissa, exponent] = value.toExponential(precision).split("e") as [string, string];
  const digits = mantissa.replace(".", "");
  const [exact, exactExponent] = value.toExponential(EXACT_DIGITS).split("e") as [string, string];
  const exactDigits = exact.replace(".", "");
  if (
    precision < EXACT_DIGITS && isTie(exactDigits, precision + 1) && Number(exactDigits[precision]) % 2 === 0
  ) {
    return { digits: exactDigits.slice(0, precision + 1), exponent: Number(exactExponent) };
  }
  return { digits, exponent: Number(exponent) };
}

function exponentText(exponent: number): string {
  return `e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function exponentialText(value: number, precision: number, alternative: boolean): string {
  const { digits, exponent } = scientific(value, precision);
  const point = precision > 0 || alternative ? "." : "";
  return digits[0] + point + digits.slice(1) + exponentText(exponent);
}

/** `%g`: fixed or exponential, whichever is shorter, without trailing zeros. */
function generalText(value: number, wanted: number, alternative: boolean): string {
  const precision = wanted === 0 ? 1 : wanted;
  const { exponent } = scientific(value, precision - 1);
  const fixed = exponent >= -4 && exponent < precision;
  const text = fixed
    ? fixedText(value, precision - 1 - exponent)
    : exponentialText(value, precision - 1, alternative);
  if (alternative) return fixed && !text.includes(".") ? text + "." : text;
  return text.replace(/(\.\d*?)0+(e|$)/, "$1$2").replace(/\.(e|$)/, "$1");
}

function realText(spec: Spec, value: number, positiveNan: boolean): string {
  const upper = spec.conversion === "E" || spec.conversion === "G";
  const negative = value !== value ? !positiveNan : value < 0 || Object.is(value, -0);
  const sign = signOf(spec, negative);
  const magnitude = Math.abs(value);
  if (!Number.isFinite(value)) {
    const word = value !== value ? "nan" : "inf";
    return padded(spec, sign, upper ? word.toUpperCase() : word, false);
  }
  const precision = spec.precision < 0 ? 6 : spec.precision;
  let body: string;
  switch (spec.conversion.toLowerCase()) {
    case "e":
      body = exponentialText(magnitude, precision, spec.alternative);
      break;
    case "f":
      body = fixedText(magnitude, precision);
      if (spec.alternative && precision === 0) body += ".";
      break;
    default:
      body = generalText(magnitude, precision, spec.alternative);
  }
  return padded(spec, sign, upper ? body.toUpperCase() : body, spec.zero);
}

function addQuoted(out: ByteBuffer, bytes: Uint8Array): void {
  out.byte(0x22);
  for (const byte of bytes) {
    if (byte === 0x0d) out.text("\\r");
    else if (byte === 0) out.text("\\000");
    else {
      if (byte === 0x22 || byte === 0x5c || byte === 0x0a) out.byte(0x5c);
      out.byte(byte);
    }
  }
  out.byte(0x22);
}

function addString(out: ByteBuffer, spec: Spec, bytes: Uint8Array): void {
  if (spec.precision < 0 && bytes.length >= LONG_STRING) {
    out.bytes(bytes);
    return;
  }
  const text = latin1Text(untilZero(bytes));
  out.text(padded(spec, "", spec.precision < 0 ? text : text.slice(0, spec.precision), false));
}

/** `%c` of a zero ends what the original formatted. */
function characterText(spec: Spec, code: number): string {
  const text = padded(spec, "", String.fromCharCode(code), false);
  return code === 0 ? text.slice(0, text.indexOf("\0")) : text;
}

/** What is being put together: nothing else runs meanwhile. */
const out = new ByteBuffer();

export function luaFormat(L: LuaState): number {
  const format = checkBytes(L, 1);
  const top = argumentCount(L);
  out.clear();
  let n = 1;
  for (let at = 0; at < format.length;) {
    const byte = format[at++]!;
    if (byte !== PERCENT) {
      out.byte(byte);
    } else if (format[at] === PERCENT) {
      out.byte(PERCENT);
      at++;
    } else {
      if (++n > top) argumentError(L, n, "no value");
      const spec = readSpec(L, format, at);
      at = spec.end;
      convert(L, spec, n);
    }
  }
  pushBytes(L, out.copy());
  return 1;
}

function convert(L: LuaState, spec: Spec, n: number): void {
  switch (spec.conversion) {
    case "c":
      out.text(characterText(spec, doubleToInt(checkNumber(L, n)) & 0xff));
      break;
    case "d":
    case "i":
      out.text(signedText(spec, toInt64(checkNumber(L, n))));
      break;
    case "o":
    case "u":
    case "x":
    case "X":
      out.text(unsignedText(spec, toUint64(checkNumber(L, n))));
      break;
    case "e":
    case "E":
    case "f":
    case "g":
    case "G":
      out.text(realText(spec, checkNumber(L, n), argument(L, n).type === POSITIVE_NAN));
      break;
    case "q":
      addQuoted(out, checkBytes(L, n));
      break;
    case "s":
      addString(out, spec, checkBytes(L, n));
      break;
    default:
      libraryError(L, `invalid option '%${spec.conversion}' to 'format'`);
  }
}
