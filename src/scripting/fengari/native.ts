/**
 * What native functions are written with: their arguments, their results, and calls back into Lua.
 *
 * A function that calls back is written as a generator that yields each call (`steps`): the VM may suspend the callee,
 * which throws the JavaScript stack away, and the generator is what remembers where the function was.
 */
import { adjustTop, callWithContinuation, pushCopy, pushSlot } from "./calls.ts";
import { isNumber, isString, textOfNumber, toNumber, toStringInPlace } from "./conversions.ts";
import { argumentError, typeName } from "./errors.ts";
import { toInt32 } from "../c_numbers.ts";
import { isFalse } from "./metamethods.ts";
import { newString } from "./strings.ts";
import { ABSENT, type Table } from "./table.ts";
import {
  BOOLEAN,
  type Continuation,
  FUNCTION_TYPE,
  type LuaState,
  type NativeBody,
  NIL,
  NUMBER,
  STRING,
  TABLE,
  type TString,
  type TValue,
  TYPE_MASK,
} from "./types.ts";

/** How many arguments there are. */
export function argumentCount(L: LuaState): number {
  return L.top - (L.ci.funcOff + 1);
}

/** The n-th argument, from 1; ABSENT where there is none. */
export function argument(L: LuaState, n: number): TValue {
  const at = L.ci.funcOff + n;
  return at < L.top ? L.stack[at]! : ABSENT;
}

/** Whether the n-th argument is missing, not even nil. */
export function isMissing(L: LuaState, n: number): boolean {
  return L.ci.funcOff + n >= L.top;
}

export function isNilOrMissing(L: LuaState, n: number): boolean {
  return argument(L, n).type === NIL;
}

/** Drops the arguments behind the n-th, or adds nils up to it. */
export function setArgumentCount(L: LuaState, n: number): void {
  adjustTop(L, L.ci.funcOff + 1 + n);
}

/** Fails because the n-th argument has another type than `expected`. */
export function wrongType(L: LuaState, n: number, expected: string): never {
  argumentError(L, n, `${expected} expected, got ${isMissing(L, n) ? "no value" : typeName(argument(L, n))}`);
}

export function checkAny(L: LuaState, n: number): void {
  if (isMissing(L, n)) argumentError(L, n, "value expected");
}

export function checkTable(L: LuaState, n: number): Table {
  const o = argument(L, n);
  if (o.type !== TABLE) wrongType(L, n, "table");
  return o.value as Table;
}

export function checkFunction(L: LuaState, n: number): TValue {
  const o = argument(L, n);
  if ((o.type & TYPE_MASK) !== FUNCTION_TYPE) wrongType(L, n, "function");
  return o;
}

export function checkNumber(L: LuaState, n: number): number {
  const o = argument(L, n);
  if (o.type === NUMBER) return o.value as number;
  return toNumber(o) ?? wrongType(L, n, "number");
}

const INTEGER_MIN = -(2 ** 63);

/** A double as a 64-bit integer, cut towards zero; -2^63 for NaN and what is out of range. */
function toInteger(value: number): number {
  return value >= INTEGER_MIN && value < -INTEGER_MIN ? Math.trunc(value) : INTEGER_MIN;
}

/** A number cut to a whole one of 64 bits. */
export function checkInteger(L: LuaState, n: number): number {
  return toInteger(checkNumber(L, n));
}

/** A number cut to the low 32 bits of a whole one. */
export function checkInt(L: LuaState, n: number): number {
  return toInt32(checkNumber(L, n));
}

export function optionalInteger(L: LuaState, n: number, fallback: number): number {
  return isNilOrMissing(L, n) ? fallback : checkInteger(L, n);
}

export function optionalInt(L: LuaState, n: number, fallback: number): number {
  return isNilOrMissing(L, n) ? fallback : checkInt(L, n);
}

/** A string or a number, as a string. A number on the stack becomes one, as in the original. */
export function checkString(L: LuaState, n: number): TString {
  const o = argument(L, n);
  if (o.type === STRING) return o.value as TString;
  if (!toStringInPlace(o)) wrongType(L, n, "string");
  return o.value as TString;
}

export function checkBytes(L: LuaState, n: number): Uint8Array {
  return checkString(L, n).realstring;
}

export function isStringOrNumber(o: TValue): boolean {
  return isString(o) || isNumber(o);
}

/** The bytes of a string or number. */
export function bytesOf(o: TValue): Uint8Array {
  return (isNumber(o) ? textOfNumber(o) : o.value as TString).realstring;
}

export function isTrue(o: TValue): boolean {
  return !isFalse(o);
}

// Results

export function pushNumber(L: LuaState, value: number): void {
  const slot = pushSlot(L);
  slot.type = NUMBER;
  slot.value = value;
}

export function pushBoolean(L: LuaState, value: boolean): void {
  const slot = pushSlot(L);
  slot.type = BOOLEAN;
  slot.value = value;
}

export function pushString(L: LuaState, string: TString): void {
  const slot = pushSlot(L);
  slot.type = STRING;
  slot.value = string;
}

/** Pushes bytes that nobody will change. */
export function pushBytes(L: LuaState, bytes: Uint8Array): void {
  pushString(L, newString(bytes));
}

export function pushTable(L: LuaState, table: Table): void {
  const slot = pushSlot(L);
  slot.type = TABLE;
  slot.value = table;
}

export function pushFunction(L: LuaState, type: number, value: unknown): void {
  const slot = pushSlot(L);
  slot.type = type;
  slot.value = value;
}

export { pushCopy };

// Calls

/** A call of what was pushed: so many arguments above the function, so many results wanted (-1: all). */
export interface Call {
  readonly args: number;
  readonly results: number;
}

export type Steps = Generator<Call, number, void>;

export const CALL_0_1: Call = { args: 0, results: 1 };
export const CALL_1_1: Call = { args: 1, results: 1 };
export const CALL_2_1: Call = { args: 2, results: 1 };

const continueSteps: Continuation = (L, _status, context) => runSteps(L, context as Steps);

function runSteps(L: LuaState, steps: Steps): number {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    callWithContinuation(L, step.value.args, step.value.results, steps, continueSteps);
  }
}

/** A native function whose body yields the calls that it makes. */
export function steps(body: (L: LuaState) => Steps): NativeBody {
  return (L) => runSteps(L, body(L));
}
