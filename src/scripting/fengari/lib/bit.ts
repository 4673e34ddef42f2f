/**
 * The `bit` library of scripts: bit operations on 32 bits, results signed.
 *
 * A number is taken modulo 2^32 after rounding to the nearest whole one (half to even); beyond 2^51 the result is
 * what the reference's conversion leaves, not the number's low bits.
 */
import { latin1 } from "../../../sys/bytes.ts";
import { lua, LUA_TNONE, type LuaFunction, type LuaState } from "../api.ts";
import { checkNumber, pushFunctions, setGlobal } from "./arguments.ts";

/** 2^52 + 2^51: added to a number of less than 51 bits, it leaves its two's complement in the lowest bits. */
const SHIFT_TO_LOW_BITS = 6755399441055744;

const double = new DataView(new ArrayBuffer(8));

function checkBits(L: LuaState, argument: number): number {
  const value = checkNumber(L, argument);
  if ((value | 0) === value) return value;
  if (Number.isNaN(value)) return 0;
  double.setFloat64(0, value + SHIFT_TO_LOW_BITS);
  return double.getInt32(4);
}

function pushBits(L: LuaState, bits: number): number {
  lua.lua_pushnumber(L, bits | 0);
  return 1;
}

/** A function of one number. */
function unary(operation: (bits: number) => number): LuaFunction {
  return (L) => pushBits(L, operation(checkBits(L, 1)));
}

/** A function that folds one number or more, the first with the last and so on down. */
function folding(operation: (left: number, right: number) => number): LuaFunction {
  return (L) => {
    let bits = checkBits(L, 1);
    for (let i = lua.lua_gettop(L); i > 1; i--) bits = operation(bits, checkBits(L, i));
    return pushBits(L, bits);
  };
}

/** A function of a number and a count, of which the low five bits count. */
function shifting(operation: (bits: number, count: number) => number): LuaFunction {
  return (L) => {
    const bits = checkBits(L, 1);
    return pushBits(L, operation(bits, checkBits(L, 2) & 31));
  };
}

function swapBytes(bits: number): number {
  return (bits >>> 24) | ((bits >>> 8) & 0xff00) | ((bits & 0xff00) << 8) | (bits << 24);
}

/** The lowest digits, eight at most; upper case where the wanted number of digits is negative. */
function toHex(L: LuaState): number {
  const bits = checkBits(L, 1);
  const wanted = lua.lua_type(L, 2) === LUA_TNONE ? 8 : checkBits(L, 2);
  const all = (bits >>> 0).toString(16).padStart(8, "0");
  const digits = all.slice(8 - Math.min(8, Math.abs(wanted)));
  lua.lua_pushstring(L, latin1(wanted < 0 ? digits.toUpperCase() : digits));
  return 1;
}

const FUNCTIONS: Readonly<Record<string, LuaFunction>> = {
  tobit: unary((bits) => bits),
  bnot: unary((bits) => ~bits),
  bswap: unary(swapBytes),
  tohex: toHex,
  band: folding((left, right) => left & right),
  bor: folding((left, right) => left | right),
  bxor: folding((left, right) => left ^ right),
  lshift: shifting((bits, count) => bits << count),
  rshift: shifting((bits, count) => bits >>> count),
  arshift: shifting((bits, count) => bits >> count),
  rol: shifting((bits, count) => (bits << count) | (bits >>> (32 - count))),
  ror: shifting((bits, count) => (bits >>> count) | (bits << (32 - count))),
};

/** Registers the global table `bit`. */
export function openBit(L: LuaState): void {
  pushFunctions(L, FUNCTIONS);
  setGlobal(L, "bit");
}
