/**
 * The `struct` library of scripts: values to and from C structures in a string, by a format.
 *
 * Sizes are those of x86-64 Linux: b 1, h 2, i 4, l and T 8, f 4, d 8; unless the format says `>` the lowest byte
 * comes first, and nothing is aligned unless it says `!`. A zero byte ends a format.
 */
import { lua, type LuaFunction, type LuaState } from "../api.ts";
import {
  checkNumber,
  checkString,
  isNanNegative,
  needSlots,
  numberAt,
  optionalNumber,
  pushFunctions,
  pushSigned,
  raise,
  raiseArgument,
  setGlobal,
} from "./arguments.ts";
import { ByteBuffer } from "./byte_buffer.ts";
import { toInt64, toUint64 } from "../../c_numbers.ts";

/** The largest `i<n>`; bytes above the eighth are zero and ignored. */
const MAX_INTEGER_SIZE = 32;
const INT_MAX = 2147483647;
const NATIVE_ALIGNMENT = 8;

const ZERO = 0x30;
const NINE = 0x39;

const scratch = new DataView(new ArrayBuffer(8));

/** Reads a format letter by letter; keeps the byte order and the alignment that apply. */
class Format {
  readonly #L: LuaState;
  readonly #text: Uint8Array;
  #at = 0;
  #alignment = 1;
  littleEndian = true;
  /** The letter that `next` read. */
  option = "";
  /** Its size in bytes; 0 for letters that have none, for `s` and for `c0`. */
  size = 0;

  constructor(L: LuaState, text: Uint8Array) {
    this.#L = L;
    this.#text = text;
  }

  /** Reads a letter with its number; false at the end. */
  next(): boolean {
    const byte = this.#text[this.#at];
    if (byte === undefined || byte === 0) return false;
    this.#at++;
    this.option = String.fromCharCode(byte);
    this.size = this.#sizeOf(this.option);
    return true;
  }

  #sizeOf(option: string): number {
    switch (option) {
      case "b":
      case "B":
      case "x":
        return 1;
      case "h":
      case "H":
        return 2;
      case "l":
      case "L":
      case "T":
      case "d":
        return 8;
      case "f":
        return 4;
      case "c":
        return this.#number(1);
      case "i":
      case "I": {
        const size = this.#number(4);
        if (size <= MAX_INTEGER_SIZE) return size;
        return raise(this.#L, `integral size ${size} is larger than limit of ${MAX_INTEGER_SIZE}`);
      }
      default:
        return 0;
    }
  }

  #number(fallback: number): number {
    let byte = this.#text[this.#at];
    if (byte === undefined || byte < ZERO || byte > NINE) return fallback;
    let value = 0;
    for (; byte !== undefined && byte >= ZERO && byte <= NINE; byte = this.#text[++this.#at]) {
      value = value * 10 + byte - ZERO;
      if (value > INT_MAX) return raise(this.#L, "integral size overflow");
    }
    return value;
  }

  /** How many bytes to leave free before this option where `length` bytes came before. */
  padding(length: number): number {
    if (this.size === 0 || this.option === "c") return 0;
    const size = Math.min(this.size, this.#alignment);
    return (size - (length & (size - 1))) & (size - 1);
  }

  /** Applies an option that stands for no value, or raises an error. */
  control(): void {
    if (this.option === " ") return;
    if (this.option === ">" || this.option === "<") {
      this.littleEndian = this.option === "<";
    } else if (this.option === "!") {
      const alignment = this.#number(NATIVE_ALIGNMENT);
      if (alignment === 0 || (alignment & (alignment - 1)) !== 0) {
        raise(this.#L, `alignment ${alignment} is not a power of 2`);
      }
      this.#alignment = alignment;
    } else {
      raiseArgument(this.#L, 1, `invalid format option '${this.option}'`);
    }
  }
}

const packed = new ByteBuffer();

function pack(L: LuaState): number {
  const format = new Format(L, checkString(L, 1));
  // The original keeps a nil behind the arguments, which error texts show.
  lua.lua_pushnil(L);
  packed.clear();
  let argument = 2;
  while (format.next()) {
    for (let left = format.padding(packed.length); left > 0; left--) packed.byte(0);
    switch (format.option) {
      case "b":
      case "B":
      case "h":
      case "H":
      case "l":
      case "L":
      case "T":
      case "i":
      case "I":
        packInteger(toUint64(checkNumber(L, argument++)), format);
        break;
      case "x":
        packed.byte(0);
        break;
      case "f":
      case "d":
        packFloat(L, argument++, format);
        break;
      case "c":
      case "s":
        packString(L, argument++, format);
        break;
      default:
        format.control();
    }
  }
  lua.lua_pushstring(L, packed.contents());
  packed.clear();
  return 1;
}

function packInteger(value: bigint, format: Format): void {
  scratch.setBigUint64(0, value, true);
  for (let i = 0; i < format.size; i++) {
    const significance = format.littleEndian ? i : format.size - 1 - i;
    packed.byte(significance < 8 ? scratch.getUint8(significance) : 0);
  }
}

function packFloat(L: LuaState, argument: number, format: Format): void {
  const value = checkNumber(L, argument);
  const last = format.size - 1;
  if (format.size === 4) scratch.setFloat32(0, value, true);
  else scratch.setFloat64(0, value, true);
  if (Number.isNaN(value)) scratch.setUint8(last, isNanNegative(L, argument) ? 0xff : 0x7f);
  for (let i = 0; i <= last; i++) packed.byte(scratch.getUint8(format.littleEndian ? i : last - i));
}

function packString(L: LuaState, argument: number, format: Format): void {
  const value = checkString(L, argument);
  if (value.length < format.size) raiseArgument(L, argument + 1, "string too short");
  packed.bytes(format.size === 0 ? value : value.subarray(0, format.size));
  if (format.option === "s") packed.byte(0);
}

function unpack(L: LuaState): number {
  const format = new Format(L, checkString(L, 1));
  const data = checkString(L, 2);
  const start = toInt64(optionalNumber(L, 3, 1));
  if (start === 0n) raiseArgument(L, 3, "offset must be 1 or greater");
  let at = Number(start) - 1;
  let results = 0;
  while (format.next()) {
    const size = format.size;
    if (size <= data.length && at >= 0) at += format.padding(at);
    if (at < 0 || size > data.length || at > data.length - size) {
      raiseArgument(L, 2, "data string too short");
    }
    needSlots(L, 2, "too many results");
    switch (format.option) {
      case "b":
      case "B":
      case "h":
      case "H":
      case "l":
      case "L":
      case "T":
      case "i":
      case "I":
        lua.lua_pushnumber(L, readInteger(data, at, format));
        results++;
        break;
      case "f":
      case "d":
        pushFloat(L, data, at, format);
        results++;
        break;
      case "c":
        if (size > 0) {
          lua.lua_pushstring(L, data.subarray(at, at + size));
          results++;
        } else {
          at += unpackSized(L, data, at, results);
        }
        break;
      case "s": {
        const end = data.indexOf(0, at);
        if (end < 0) raise(L, "unfinished string in data");
        lua.lua_pushstring(L, data.subarray(at, end));
        at = end + 1;
        results++;
        break;
      }
      case "x":
        break;
      default:
        format.control();
    }
    at += size;
  }
  lua.lua_pushnumber(L, at + 1);
  return results + 1;
}

/** `c0`: replaces the number before by a string of that length; returns the length. */
function unpackSized(L: LuaState, data: Uint8Array, at: number, results: number): number {
  const wanted = results === 0 ? undefined : numberAt(L, -1);
  if (wanted === undefined) return raise(L, "format 'c0' needs a previous size");
  const size = Number(toUint64(wanted));
  lua.lua_pop(L, 1);
  if (size > data.length || at > data.length - size) raiseArgument(L, 2, "data string too short");
  lua.lua_pushstring(L, data.subarray(at, at + size));
  return size;
}

function readInteger(data: Uint8Array, at: number, format: Format): number {
  const size = format.size;
  const kept = Math.min(size, 8);
  scratch.setBigUint64(0, 0n);
  for (let i = 0; i < kept; i++) {
    scratch.setUint8(i, data[format.littleEndian ? at + i : at + size - 1 - i]!);
  }
  const value = scratch.getBigUint64(0, true);
  if (format.option <= "Z") return Number(value);
  // Above eight bytes the original takes a bit for the sign that depends on the size: its shift wraps at 64.
  const aboveSign = BigInt.asUintN(64, -1n << BigInt((size * 8 - 1) & 63));
  return Number(BigInt.asIntN(64, (value & aboveSign) === 0n ? value : value | aboveSign));
}

function pushFloat(L: LuaState, data: Uint8Array, at: number, format: Format): void {
  const last = format.size - 1;
  for (let i = 0; i <= last; i++) scratch.setUint8(i, data[format.littleEndian ? at + i : at + last - i]!);
  const value = format.size === 4 ? scratch.getFloat32(0, true) : scratch.getFloat64(0, true);
  pushSigned(L, value, scratch.getUint8(last) >= 0x80);
}

function size(L: LuaState): number {
  const format = new Format(L, checkString(L, 1));
  let length = 0;
  while (format.next()) {
    length += format.padding(length);
    if (format.option === "s") raiseArgument(L, 1, "option 's' has no fixed size");
    if (format.option === "c" && format.size === 0) raiseArgument(L, 1, "option 'c0' has no fixed size");
    // Letters and digits that mean nothing pass here, and only here.
    if (!/[0-9A-Za-z]/.test(format.option)) format.control();
    length += format.size;
  }
  lua.lua_pushnumber(L, length);
  return 1;
}

const FUNCTIONS: Readonly<Record<string, LuaFunction>> = { pack, unpack, size };

/** Registers the global table `struct`. */
export function openStruct(L: LuaState): void {
  pushFunctions(L, FUNCTIONS);
  setGlobal(L, "struct");
}
