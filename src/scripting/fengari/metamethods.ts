/**
 * Indexing, arithmetic, comparison and concatenation where metamethods may be asked, by Lua 5.1's rules.
 *
 * A Lua function that waits for a metamethod is marked CALL_IN_METAMETHOD: scripts may not yield through it, but the
 * VM may suspend it; `finishInstruction` of instructions.ts then completes what the functions here would have done after the
 * call.
 */
import { newBytes } from "../short_bytes.ts";
import { call, callWithoutYield, copyValue, pushCopy } from "./calls.ts";
import {
  isNumber,
  isPositiveNan,
  isString,
  modulo,
  power,
  setNumber,
  textOfNumber,
  toNumber,
  toStringInPlace,
} from "./conversions.ts";
import { arithmeticError, compareError, concatenateError, runError, typeError } from "./errors.ts";
import { lobject } from "./modules.ts";
import {
  ADD,
  CONCAT,
  DIV,
  EQ,
  fastMetamethod,
  INDEX,
  LE,
  LEN,
  LT,
  metamethodOf,
  MOD,
  MUL,
  NEWINDEX,
  POW,
  SUB,
  UNM,
} from "./metamethod_names.ts";
import { compareStrings, equalStrings, newString } from "./strings.ts";
import { ABSENT, type Table } from "./table.ts";
import {
  BOOLEAN,
  CALL_IN_METAMETHOD,
  CALL_IS_LUA,
  FUNCTION_TYPE,
  type LuaState,
  NIL,
  POSITIVE_NAN,
  STRING,
  STRING_TYPE,
  TABLE,
  type TString,
  type TValue,
  TYPE_MASK,
  USERDATA,
  type Userdata,
} from "./types.ts";

/** Tables that are looked through for one key at most. */
const CHAIN_MAX = 100;

/** The Lua function compares with `<=` through `__lt`: the answer is to be turned round. */
export const CALL_COMPARES_REVERSED = 1 << 7;

export function isFalse(o: TValue): boolean {
  return o.type === NIL || (o.type === BOOLEAN && o.value === false);
}

export function isFunction(o: TValue): boolean {
  return (o.type & TYPE_MASK) === FUNCTION_TYPE;
}

/** Calls the function and arguments that were pushed. */
function callPushed(L: LuaState, at: number, results: number): void {
  const { ci } = L;
  if ((ci.callstatus & CALL_IS_LUA) !== 0) {
    ci.callstatus |= CALL_IN_METAMETHOD;
    call(L, at, results);
    ci.callstatus &= ~CALL_IN_METAMETHOD;
  } else {
    callWithoutYield(L, at, results);
  }
}

/** The result of a metamethod: a box above `top`, to be copied at once. */
function callForResult(L: LuaState, metamethod: TValue, a: TValue, b: TValue): TValue {
  const at = L.top;
  pushCopy(L, metamethod);
  pushCopy(L, a);
  pushCopy(L, b);
  callPushed(L, at, 1);
  return L.stack[--L.top]!;
}

/** `t[key]` into the stack slot at `to`. */
export function index(L: LuaState, t: TValue, key: TValue, to: number): void {
  let from = t;
  for (let loop = 0; loop < CHAIN_MAX; loop++) {
    let metamethod: TValue | null;
    if (from.type === TABLE) {
      const table = from.value as Table;
      const found = table.get(key);
      if (found.type !== NIL) {
        copyValue(found, L.stack[to]!);
        return;
      }
      metamethod = fastMetamethod(L, table.metatable, INDEX);
      if (metamethod === null) {
        copyValue(ABSENT, L.stack[to]!);
        return;
      }
    } else {
      metamethod = metamethodOf(L, from, INDEX);
      if (metamethod.type === NIL) typeError(L, from, "index");
    }
    if (isFunction(metamethod)) {
      copyValue(callForResult(L, metamethod, from, key), L.stack[to]!);
      return;
    }
    from = metamethod;
  }
  runError(L, "loop in gettable");
}

/** Fails for the keys that no table can have. */
function checkKey(L: LuaState, key: TValue): void {
  if (key.type === NIL) runError(L, "table index is nil");
  if (isNumber(key) && Number.isNaN(key.value)) runError(L, "table index is NaN");
}

/** The slot for a raw assignment; the table may be protected. */
export function writableSlot(L: LuaState, table: Table, key: TValue): TValue {
  if (table.readonly) runError(L, "Attempt to modify a readonly table");
  checkKey(L, key);
  return table.slot(key);
}

/** `t[key] = value`. */
export function setIndex(L: LuaState, t: TValue, key: TValue, value: TValue): void {
  let into = t;
  for (let loop = 0; loop < CHAIN_MAX; loop++) {
    let metamethod: TValue | null;
    if (into.type === TABLE) {
      const table = into.value as Table;
      const slot = writableSlot(L, table, key);
      if (slot.type !== NIL || (metamethod = fastMetamethod(L, table.metatable, NEWINDEX)) === null) {
        copyValue(value, slot);
        return;
      }
    } else {
      metamethod = metamethodOf(L, into, NEWINDEX);
      if (metamethod.type === NIL) typeError(L, into, "index");
    }
    if (isFunction(metamethod)) {
      const at = L.top;
      pushCopy(L, metamethod);
      pushCopy(L, into);
      pushCopy(L, key);
      pushCopy(L, value);
      callPushed(L, at, 0);
      return;
    }
    into = metamethod;
  }
  runError(L, "loop in settable");
}

/** The metamethod of either operand, or undefined where neither has one. */
function callBinary(L: LuaState, a: TValue, b: TValue, event: number): TValue | undefined {
  let metamethod = metamethodOf(L, a, event);
  if (metamethod.type === NIL) metamethod = metamethodOf(L, b, event);
  return metamethod.type === NIL ? undefined : callForResult(L, metamethod, a, b);
}

function compute(event: number, a: number, b: number): number {
  switch (event) {
    case ADD:
      return a + b;
    case SUB:
      return a - b;
    case MUL:
      return a * b;
    case DIV:
      return a / b;
    case MOD:
      return modulo(a, b);
    case POW:
      return power(a, b);
    default:
      return -a;
  }
}

/** Arithmetic of any two values into the stack slot at `to`; for UNM both are the operand. */
export function arithmetic(L: LuaState, a: TValue, b: TValue, to: number, event: number): void {
  const left = toNumber(a);
  const right = left === undefined ? undefined : toNumber(b);
  if (left === undefined || right === undefined) {
    const result = callBinary(L, a, b, event);
    if (result === undefined) arithmeticError(L, a, b);
    copyValue(result, L.stack[to]!);
    return;
  }
  let positive = left !== left ? isPositiveNan(a) : isPositiveNan(b);
  if (event === UNM) positive = !positive;
  setNumber(L.stack[to]!, compute(event, left, right), positive);
}

/** `-a` of a number, into the stack slot at `to`. */
export function negate(L: LuaState, value: number, to: number): void {
  setNumber(L.stack[to]!, -value, true);
}

/** Raw equality of two values. */
export function rawEqual(a: TValue, b: TValue): boolean {
  if (a.type !== b.type) return false; // NaN of either sign equals nothing
  if (a.value === b.value) return a.type !== POSITIVE_NAN;
  if ((a.type & TYPE_MASK) === STRING_TYPE) return equalStrings(a.value as TString, b.value as TString);
  return false;
}

/** `a == b`. */
export function equal(L: LuaState, a: TValue, b: TValue): boolean {
  if (rawEqual(a, b)) return true;
  if (a.type !== b.type || (a.type !== TABLE && a.type !== USERDATA)) return false;
  const one = (a.value as Table | Userdata).metatable;
  const other = (b.value as Table | Userdata).metatable;
  const metamethod = fastMetamethod(L, one, EQ);
  if (metamethod === null) return false;
  if (one !== other) {
    const second = fastMetamethod(L, other, EQ);
    if (second === null || !rawEqual(metamethod, second)) return false;
  }
  return !isFalse(callForResult(L, metamethod, a, b));
}

/** The answer of an ordering metamethod that both operands share, or undefined. */
function callOrder(L: LuaState, a: TValue, b: TValue, event: number): boolean | undefined {
  const metamethod = metamethodOf(L, a, event);
  if (metamethod.type === NIL || !rawEqual(metamethod, metamethodOf(L, b, event))) return undefined;
  return !isFalse(callForResult(L, metamethod, a, b));
}

/** `a < b`. */
export function lessThan(L: LuaState, a: TValue, b: TValue): boolean {
  if (isNumber(a) && isNumber(b)) return (a.value as number) < (b.value as number);
  if ((a.type & TYPE_MASK) !== (b.type & TYPE_MASK)) compareError(L, a, b);
  if (isString(a)) return compareStrings(a.value as TString, b.value as TString) < 0;
  return callOrder(L, a, b, LT) ?? compareError(L, a, b);
}

/** `a <= b`. */
export function lessOrEqual(L: LuaState, a: TValue, b: TValue): boolean {
  if (isNumber(a) && isNumber(b)) return (a.value as number) <= (b.value as number);
  if ((a.type & TYPE_MASK) !== (b.type & TYPE_MASK)) compareError(L, a, b);
  if (isString(a)) return compareStrings(a.value as TString, b.value as TString) <= 0;
  const answer = callOrder(L, a, b, LE);
  if (answer !== undefined) return answer;
  const { ci } = L;
  ci.callstatus |= CALL_COMPARES_REVERSED;
  const greater = callOrder(L, b, a, LT);
  ci.callstatus &= ~CALL_COMPARES_REVERSED;
  return greater === undefined ? compareError(L, a, b) : !greater;
}

/** `#o` into the stack slot at `to`. */
export function length(L: LuaState, o: TValue, to: number): void {
  if (o.type === TABLE) setNumber(L.stack[to]!, (o.value as Table).length());
  else if (isString(o)) setNumber(L.stack[to]!, (o.value as TString).realstring.length);
  else {
    const result = callBinary(L, o, ABSENT, LEN);
    if (result === undefined) typeError(L, o, "get length of");
    copyValue(result, L.stack[to]!);
  }
}

/** Longest string, in bytes: what one typed array can hold on every platform. */
export const STRING_BYTES_MAX = 2 ** 31 - 1;

/** Joins the `total` values on top into one, which takes their place. O(bytes). */
export function concatenate(L: LuaState, total: number): void {
  const { stack } = L;
  let left = total;
  do {
    const { top } = L;
    const last = stack[top - 1]!;
    const before = stack[top - 2]!;
    let count = 2;
    if (!(isString(before) || isNumber(before)) || !toStringInPlace(last)) {
      const result = callBinary(L, before, last, CONCAT);
      if (result === undefined) concatenateError(L, before, last);
      copyValue(result, stack[top - 2]!);
    } else if ((last.value as TString).realstring.length === 0) {
      toStringInPlace(before);
    } else {
      count = joinStrings(L, top, left);
    }
    left -= count - 1;
    L.top = top - (count - 1);
  } while (left > 1);
}

/** Joins as many strings and numbers below `top` as there are, at most `total`; how many. */
function joinStrings(L: LuaState, top: number, total: number): number {
  const { stack } = L;
  let size = (stack[top - 1]!.value as TString).realstring.length;
  let count = 1;
  for (; count < total; count++) {
    const o = stack[top - count - 1]!;
    if (o.type !== STRING) {
      if (!isNumber(o)) break;
      o.value = textOfNumber(o);
      o.type = STRING;
    }
    size += (o.value as TString).realstring.length;
  }
  if (size > STRING_BYTES_MAX) runError(L, "string length overflow");
  const bytes = newBytes(size);
  let at = 0;
  for (let i = count; i > 0; i--) {
    const part = (stack[top - i]!.value as TString).realstring;
    if (part.length < 24) { for (let j = 0; j < part.length; j++) bytes[at + j] = part[j]!; }
    else bytes.set(part, at);
    at += part.length;
  }
  const result = stack[top - count]!;
  result.type = STRING;
  result.value = newString(bytes);
  return count;
}

/** A new box with this value. */
export function boxed(type: number, value: unknown): TValue {
  return new lobject.TValue(type, value);
}
