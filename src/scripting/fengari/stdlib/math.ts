/**
 * The math library of Lua 5.1, with the reference's own random numbers: a linear congruential generator of 48 bits
 * that starts at the same place in every engine and goes on from script to script.
 */
import { power } from "../conversions.ts";
import { argumentError, libraryError } from "../errors.ts";
import { argumentCount, checkInt, checkNumber, pushNumber } from "../native.ts";
import type { LuaState, NativeBody } from "../types.ts";

const HALF = 2 ** 24;
/** The multiplier 0x5deece66d and the increment, in halves of 24 bits. */
const MULTIPLIER_HIGH = 0x5de;
const MULTIPLIER_LOW = 0xece66d;
const INCREMENT = 0xb;
/** The low 16 bits of the state after seeding. */
const SEED_LOW = 0x330e;
/** Numbers lie below this, exclusive. */
const RANDOM_MAX = 2147483647;

/** Where the sequence stands, in halves of 24 bits. */
export interface RandomState {
  high: number;
  low: number;
}

/** The state of an engine that has not drawn yet. */
function newRandomState(): RandomState {
  return { high: 0x1234ab, low: 0xcd330e };
}

/** Starts the sequence of a 32-bit seed. */
function seedRandom(state: RandomState, seed: number): void {
  const bits = seed >>> 0;
  state.high = bits >>> 8;
  state.low = (bits & 0xff) * 0x10000 + SEED_LOW;
}

/** The next 31 bits of the sequence. */
function nextBits(state: RandomState): number {
  const { high, low } = state;
  const product = low * MULTIPLIER_LOW + INCREMENT;
  const carry = Math.floor(product / HALF);
  state.high = (high * MULTIPLIER_LOW + low * MULTIPLIER_HIGH + carry) % HALF;
  state.low = product % HALF;
  return state.high * 128 + Math.floor(state.low / 131072);
}

function luaRandom(L: LuaState): number {
  const r = (nextBits(L.l_G.random ??= newRandomState()) % RANDOM_MAX) / RANDOM_MAX;
  switch (argumentCount(L)) {
    case 0:
      pushNumber(L, r);
      break;
    case 1: {
      const upper = checkInt(L, 1);
      if (upper < 1) argumentError(L, 1, "interval is empty");
      pushNumber(L, Math.floor(r * upper) + 1);
      break;
    }
    case 2: {
      const lower = checkInt(L, 1);
      const upper = checkInt(L, 2);
      if (lower > upper) argumentError(L, 2, "interval is empty");
      pushNumber(L, Math.floor(r * ((upper - lower + 1) | 0)) + lower);
      break;
    }
    default:
      libraryError(L, "wrong number of arguments");
  }
  return 1;
}

function luaRandomSeed(L: LuaState): number {
  seedRandom(L.l_G.random ??= newRandomState(), checkInt(L, 1));
  return 0;
}

/** A function of one number. */
function ofOne(compute: (x: number) => number): NativeBody {
  return (L) => {
    pushNumber(L, compute(checkNumber(L, 1)));
    return 1;
  };
}

/** A function of two numbers, of which the second is checked first. */
function ofTwo(compute: (x: number, y: number) => number): NativeBody {
  return (L) => {
    const y = checkNumber(L, 2);
    pushNumber(L, compute(checkNumber(L, 1), y));
    return 1;
  };
}

/** The extreme of all arguments, which stays when the comparison with it says nothing. */
function extreme(better: (x: number, best: number) => boolean): NativeBody {
  return (L) => {
    let best = checkNumber(L, 1);
    const count = argumentCount(L);
    for (let n = 2; n <= count; n++) {
      const x = checkNumber(L, n);
      if (better(x, best)) best = x;
    }
    pushNumber(L, best);
    return 1;
  };
}

function luaModf(L: LuaState): number {
  const x = checkNumber(L, 1);
  const whole = Math.trunc(x);
  pushNumber(L, whole);
  pushNumber(
    L,
    Number.isFinite(x) ? x - whole || (x < 0 || Object.is(x, -0) ? -0 : 0) : x !== x ? x : x < 0 ? -0 : 0,
  );
  return 2;
}

const scratch = new DataView(new ArrayBuffer(8));

function luaFrexp(L: LuaState): number {
  const x = checkNumber(L, 1);
  if (x === 0 || !Number.isFinite(x)) {
    pushNumber(L, x);
    pushNumber(L, 0);
    return 2;
  }
  let exponent = 0;
  scratch.setFloat64(0, x);
  if (((scratch.getUint16(0) >>> 4) & 0x7ff) === 0) { // subnormal
    scratch.setFloat64(0, x * 2 ** 64);
    exponent = -64;
  }
  const bits = scratch.getUint16(0);
  exponent += ((bits >>> 4) & 0x7ff) - 1022;
  scratch.setUint16(0, (bits & 0x800f) | (1022 << 4));
  pushNumber(L, scratch.getFloat64(0));
  pushNumber(L, exponent);
  return 2;
}

function luaLdexp(L: LuaState): number {
  let exponent = Math.max(-2200, Math.min(2200, checkInt(L, 2)));
  let x = checkNumber(L, 1);
  for (; exponent > 1000; exponent -= 1000) x *= 2 ** 1000;
  // One rounding only: go down in a single step where the result is subnormal.
  if (exponent < -1000) {
    const first = Math.max(exponent + 1000, -1000);
    x = x * 2 ** -1000 * 2 ** first;
    exponent = Math.min(0, exponent + 1000 - first);
  }
  pushNumber(L, x * 2 ** exponent);
  return 1;
}

const DEGREE = Math.PI / 180;

export const MATH_LIBRARY: Readonly<Record<string, NativeBody>> = {
  abs: ofOne(Math.abs),
  acos: ofOne(Math.acos),
  asin: ofOne(Math.asin),
  atan: ofOne(Math.atan),
  atan2: ofTwo(Math.atan2),
  ceil: ofOne(Math.ceil),
  cos: ofOne(Math.cos),
  cosh: ofOne(Math.cosh),
  deg: ofOne((x) => x / DEGREE),
  exp: ofOne(Math.exp),
  floor: ofOne(Math.floor),
  fmod: ofTwo((x, y) => x % y),
  frexp: luaFrexp,
  ldexp: luaLdexp,
  log: ofOne(Math.log),
  log10: ofOne(Math.log10),
  max: extreme((x, best) => x > best),
  min: extreme((x, best) => x < best),
  mod: ofTwo((x, y) => x % y),
  modf: luaModf,
  pow: ofTwo(power),
  rad: ofOne((x) => x * DEGREE),
  random: luaRandom,
  randomseed: luaRandomSeed,
  sin: ofOne(Math.sin),
  sinh: ofOne(Math.sinh),
  sqrt: ofOne(Math.sqrt),
  tan: ofOne(Math.tan),
  tanh: ofOne(Math.tanh),
};
