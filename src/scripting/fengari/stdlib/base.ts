/**
 * The basic functions that scripts have: those of Lua 5.1 without print, files, environments and newproxy.
 */
import { copyValue, hasSlots, pushNil } from "../calls.ts";
import { isPositiveNan, setNumber, textOfNumber, toNumber } from "../conversions.ts";
import { where } from "../debug_info.ts";
import { argumentError, libraryError, raise, typeName } from "../errors.ts";
import { luaNext } from "../iteration.ts";
import { LuaSyntaxError } from "../lexer.ts";
import { rawEqual, writableSlot } from "../metamethods.ts";
import { metafield, metatableOf } from "../metamethod_names.ts";
import { lobject } from "../modules.ts";
import {
  argument,
  argumentCount,
  bytesOf,
  CALL_1_1,
  checkAny,
  checkBytes,
  checkInt,
  checkTable,
  isMissing,
  isNilOrMissing,
  isStringOrNumber,
  isTrue,
  optionalInt,
  pushBoolean,
  pushCopy,
  pushFunction,
  pushNumber,
  pushString,
  pushTable,
  setArgumentCount,
  type Steps,
  steps,
  wrongType,
} from "../native.ts";
import { compile } from "../parser.ts";
import { setMetatable } from "../patches.ts";
import { latin1, latin1Text, nameString, stringOf } from "../strings.ts";
import { protectedCallWithContinuation, throwStatus } from "../threads.ts";
import {
  BOOLEAN,
  type Continuation,
  FUNCTION_TYPE,
  LUA_FUNCTION,
  type LuaState,
  NATIVE_FUNCTION,
  type NativeBody,
  NIL,
  NUMBER,
  STATUS_OK,
  STATUS_RUNTIME_ERROR,
  STATUS_YIELD,
  STRING,
  TABLE,
  TYPE_MASK,
} from "../types.ts";
import { iterateItems } from "../iteration.ts";
import { PROTECTED_CALLS } from "./protected_calls.ts";
import { addressText } from "./address.ts";

const TOSTRING = nameString("__tostring");
const METATABLE = nameString("__metatable");
const TRUE = nameString("true");
const FALSE = nameString("false");
const NIL_TEXT = nameString("nil");

function luaAssert(L: LuaState): number {
  checkAny(L, 1);
  if (isTrue(argument(L, 1))) return argumentCount(L);
  const message = isNilOrMissing(L, 2) ? "assertion failed!" : latin1Text(checkBytes(L, 2));
  libraryError(L, message);
}

/** What the original's collector would keep; there is no telling what this one does. */
const KILOBYTES_IN_USE = 64;
const collector = { pause: 200, stepMultiplier: 200 };

function luaCollectGarbage(L: LuaState): number {
  const option = isNilOrMissing(L, 1) ? "collect" : latin1Text(checkBytes(L, 1));
  const value = optionalInt(L, 2, 0);
  switch (option) {
    case "collect":
    case "stop":
    case "restart":
      pushNumber(L, 0);
      break;
    case "count":
      pushNumber(L, KILOBYTES_IN_USE);
      break;
    case "step":
      pushBoolean(L, true);
      break;
    case "setpause":
      pushNumber(L, collector.pause);
      collector.pause = value;
      break;
    case "setstepmul":
      pushNumber(L, collector.stepMultiplier);
      collector.stepMultiplier = value;
      break;
    default:
      argumentError(L, 1, `invalid option '${option}'`);
  }
  return 1;
}

function luaError(L: LuaState): number {
  const level = optionalInt(L, 2, 1);
  setArgumentCount(L, 1);
  const message = argument(L, 1);
  if (isStringOrNumber(message) && level > 0) raise(L, where(L, level) + latin1Text(bytesOf(message)));
  throwStatus(L, STATUS_RUNTIME_ERROR);
}

function luaGcInfo(L: LuaState): number {
  pushNumber(L, KILOBYTES_IN_USE);
  return 1;
}

function luaGetMetatable(L: LuaState): number {
  checkAny(L, 1);
  const o = argument(L, 1);
  const metatable = metatableOf(L, o);
  const shown = metafield(L, o, METATABLE);
  if (shown.type !== NIL) pushCopy(L, shown);
  else if (metatable !== null) pushTable(L, metatable);
  else pushCopy(L, shown);
  return 1;
}

function luaSetMetatable(L: LuaState): number {
  const type = argument(L, 2).type;
  checkTable(L, 1);
  if ((type !== NIL && type !== TABLE) || isMissing(L, 2)) argumentError(L, 2, "nil or table expected");
  const o = argument(L, 1);
  if (metafield(L, o, METATABLE).type !== NIL) libraryError(L, "cannot change a protected metatable");
  setArgumentCount(L, 2);
  const metatable = argument(L, 2);
  setMetatable(L, o, metatable.type === NIL ? null : checkTable(L, 2));
  setArgumentCount(L, 1);
  return 1;
}

function luaPairs(L: LuaState): number {
  checkTable(L, 1);
  const table = argument(L, 1);
  pushFunction(L, NATIVE_FUNCTION, luaNext);
  pushCopy(L, table);
  pushNil(L);
  return 3;
}

function luaIpairs(L: LuaState): number {
  checkTable(L, 1);
  const table = argument(L, 1);
  pushFunction(L, NATIVE_FUNCTION, iterateItems);
  pushCopy(L, table);
  pushNumber(L, 0);
  return 3;
}

function luaRawEqual(L: LuaState): number {
  checkAny(L, 1);
  checkAny(L, 2);
  pushBoolean(L, rawEqual(argument(L, 1), argument(L, 2)));
  return 1;
}

function luaRawGet(L: LuaState): number {
  const table = checkTable(L, 1);
  checkAny(L, 2);
  pushCopy(L, table.get(argument(L, 2)));
  return 1;
}

function luaRawSet(L: LuaState): number {
  const table = checkTable(L, 1);
  checkAny(L, 2);
  checkAny(L, 3);
  setArgumentCount(L, 3);
  copyValue(argument(L, 3), writableSlot(L, table, argument(L, 2)));
  setArgumentCount(L, 1);
  return 1;
}

const HASH = 0x23;

function luaSelect(L: LuaState): number {
  const count = argumentCount(L);
  const first = argument(L, 1);
  if (first.type === STRING && bytesOf(first)[0] === HASH) {
    pushNumber(L, count - 1);
    return 1;
  }
  let n = checkInt(L, 1);
  if (n < 0) n = count + n;
  else if (n > count) n = count;
  if (n < 1) argumentError(L, 1, "index out of range");
  return count - n;
}

const DIGITS_BASE_MAX = 36;
const UNSIGNED_MAX = 2 ** 64;

/** C's strtoul of the whole text but for white space around it; undefined where it is something else. */
function unsignedInBase(text: string, base: number): number | undefined {
  const match = /^[ \t-\r]*([+-]?)(0[xX])?([0-9a-zA-Z]*)[ \t-\r]*(?:\0[^]*)?$/.exec(text);
  if (match === null) return undefined;
  let digits = match[3]!;
  if (match[2] !== undefined && (base !== 16 || digits === "")) {
    if (base === 16) return undefined;
    digits = match[2] + digits;
  }
  let value = 0n;
  for (const digit of digits) {
    const n = parseInt(digit, 36);
    if (n >= base) return undefined;
    value = value * BigInt(base) + BigInt(n);
  }
  if (digits === "") return undefined;
  if (value >= BigInt(UNSIGNED_MAX)) return Number(2n ** 64n - 1n);
  return Number(match[1] === "-" ? BigInt.asUintN(64, -value) : value);
}

function luaToNumber(L: LuaState): number {
  const base = optionalInt(L, 2, 10);
  if (base === 10) {
    checkAny(L, 1);
    const o = argument(L, 1);
    const value = toNumber(o);
    if (value === undefined) {
      pushNil(L);
      return 1;
    }
    const positive = isPositiveNan(o);
    pushNumber(L, value);
    setNumber(L.stack[L.top - 1]!, value, positive);
    return 1;
  }
  const text = latin1Text(checkBytes(L, 1));
  if (base < 2 || base > DIGITS_BASE_MAX) argumentError(L, 2, "base out of range");
  const value = unsignedInBase(text, base);
  if (value !== undefined) pushNumber(L, value);
  else pushNil(L);
  return 1;
}

function* luaToString(L: LuaState): Steps {
  checkAny(L, 1);
  const o = argument(L, 1);
  const metamethod = metafield(L, o, TOSTRING);
  if (metamethod.type !== NIL) {
    pushCopy(L, metamethod);
    pushCopy(L, o);
    yield CALL_1_1;
    return 1;
  }
  switch (o.type & TYPE_MASK) {
    case NUMBER:
      pushString(L, textOfNumber(o));
      break;
    case STRING & TYPE_MASK:
      pushCopy(L, o);
      break;
    case BOOLEAN:
      pushString(L, o.value === true ? TRUE : FALSE);
      break;
    case NIL:
      pushString(L, NIL_TEXT);
      break;
    default:
      pushString(L, stringOf(addressText(typeName(o), o.value)));
  }
  return 1;
}

/** Most calls of tostring are for values without metatables: they make no generator. */
const toStringSteps = steps(luaToString);

function luaToStringQuick(L: LuaState): number {
  const o = argument(L, 1);
  if (o.type === NUMBER) {
    pushString(L, textOfNumber(o));
    return 1;
  }
  return toStringSteps(L);
}

const TYPE_NAME_STRINGS = new Map<string, ReturnType<typeof nameString>>();

function luaType(L: LuaState): number {
  checkAny(L, 1);
  const name = typeName(argument(L, 1));
  let string = TYPE_NAME_STRINGS.get(name);
  if (string === undefined) TYPE_NAME_STRINGS.set(name, string = nameString(name));
  pushString(L, string);
  return 1;
}

function luaUnpack(L: LuaState): number {
  const table = checkTable(L, 1);
  const first = optionalInt(L, 2, 1);
  const last = isNilOrMissing(L, 3) ? table.length() : checkInt(L, 3);
  if (first > last) return 0;
  const count = last - first + 1;
  if (count >= 2 ** 31 || !hasSlots(L, count)) libraryError(L, "too many results to unpack");
  for (let i = 0; i < count; i++) pushCopy(L, table.getNumber(first + i));
  return count;
}

// Chunks

/** Compiles; pushes the function, or nil and the message. */
function loadBytes(L: LuaState, source: Uint8Array, chunk: Uint8Array): number {
  try {
    const closure = new lobject.LClosure(L, 0);
    closure.p = compile(source, chunk, L.nCcalls);
    pushFunction(L, LUA_FUNCTION, closure);
    return 1;
  } catch (error) {
    if (!(error instanceof LuaSyntaxError)) throw error;
    pushNil(L);
    pushString(L, stringOf(error.message));
    return 2;
  }
}

function luaLoadString(L: LuaState): number {
  const source = checkBytes(L, 1);
  return loadBytes(L, source, isNilOrMissing(L, 2) ? source : checkBytes(L, 2));
}

/** What `load` has read so far. */
interface Loading {
  readonly chunk: Uint8Array;
  readonly pieces: Uint8Array[];
}

const LOAD_NAME = latin1("=(load)");

function luaLoad(L: LuaState): number {
  const chunk = isNilOrMissing(L, 2) ? LOAD_NAME : checkBytes(L, 2);
  if ((argument(L, 1).type & TYPE_MASK) !== FUNCTION_TYPE) wrongType(L, 1, "function");
  setArgumentCount(L, 1);
  return readPiece(L, { chunk, pieces: [] });
}

function readPiece(L: LuaState, loading: Loading): number {
  for (;;) {
    pushCopy(L, argument(L, 1));
    const status = protectedCallWithContinuation(L, 0, 1, loading, continueLoad);
    const results = takePiece(L, status, loading);
    if (results !== undefined) return results;
  }
}

const continueLoad: Continuation = (L, status, context) =>
  takePiece(L, status === STATUS_YIELD ? STATUS_OK : status, context as Loading) ??
    readPiece(L, context as Loading);

/** Looks at what the reader returned; the number of results when there is nothing more to read. */
function takePiece(L: LuaState, status: number, loading: Loading): number | undefined {
  const result = L.stack[L.top - 1]!;
  if (status === STATUS_OK && isStringOrNumber(result) && bytesOf(result).length > 0) {
    loading.pieces.push(bytesOf(result));
    L.top--;
    return undefined;
  }
  if (status === STATUS_OK && (result.type === NIL || isStringOrNumber(result))) {
    L.top--;
    return loadBytes(L, joined(loading.pieces), loading.chunk);
  }
  if (status === STATUS_OK) {
    result.type = STRING;
    result.value = stringOf(where(L, 1) + "reader function must return a string");
  }
  pushCopy(L, result);
  const nil = L.stack[L.top - 2]!;
  nil.type = NIL;
  nil.value = null;
  return 2;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

export const BASE_LIBRARY: Readonly<Record<string, NativeBody>> = {
  assert: luaAssert,
  collectgarbage: luaCollectGarbage,
  error: luaError,
  gcinfo: luaGcInfo,
  getmetatable: luaGetMetatable,
  ipairs: luaIpairs,
  load: luaLoad,
  loadstring: luaLoadString,
  next: luaNext,
  pairs: luaPairs,
  rawequal: luaRawEqual,
  rawget: luaRawGet,
  rawset: luaRawSet,
  select: luaSelect,
  setmetatable: luaSetMetatable,
  tonumber: luaToNumber,
  tostring: luaToStringQuick,
  type: luaType,
  unpack: luaUnpack,
  ...PROTECTED_CALLS,
};
