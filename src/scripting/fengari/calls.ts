/**
 * Calling and returning.
 *
 * A call is a `CallInfo` in a list that is kept and used again, as are the boxes of the stack: a slot above `top`
 * may hold a stale box. That is safe because no box above `top` is anybody's upvalue: a function whose variables may
 * have been captured gives up its boxes when it returns (luaF_close), and so does an error that passes through it.
 *
 * The running Lua function has all its registers below `top`, each with a box of its own.
 */
import { libraryError, runError, typeError } from "./errors.ts";
import { ldo, lobject, lstate } from "./modules.ts";
import { CALL, metamethodOf } from "./metamethod_names.ts";
import { VARARG_NEEDS_ARG } from "./opcodes.ts";
import { nameString } from "./strings.ts";
import { Table } from "./table.ts";
import {
  CALL_IS_COUNTED,
  CALL_IS_LUA,
  type CallInfo,
  type Continuation,
  FUNCTION_TYPE,
  LUA_FUNCTION,
  type LuaClosure,
  type LuaState,
  MULTIPLE_RESULTS,
  NATIVE_CLOSURE,
  NATIVE_FUNCTION,
  type NativeBody,
  type NativeClosure,
  NIL,
  NUMBER,
  type Proto,
  STATUS_ERROR_IN_ERROR,
  TABLE,
  type TValue,
  TYPE_MASK,
} from "./types.ts";

const Value = lobject.TValue;

/** Calls of a thread at most. */
const CALLS_MAX = 20_000;
/** Native calls within native calls at most, and what the handling of that error may use. */
export const NATIVE_CALLS_MAX = 200;
const NATIVE_CALLS_IN_ERROR_MAX = 225;
/** Slots that a native function finds free. */
const NATIVE_SLOTS = 20;

const ARGUMENT_COUNT = nameString("n");

/** A new slot on top, holding whatever it held. */
export function pushSlot(L: LuaState): TValue {
  const at = L.top++;
  return L.stack[at] ?? (L.stack[at] = new Value(NIL, null));
}

export function pushNil(L: LuaState): void {
  const slot = pushSlot(L);
  slot.type = NIL;
  slot.value = null;
}

export function pushCopy(L: LuaState, o: TValue): void {
  const slot = pushSlot(L);
  slot.type = o.type;
  slot.value = o.value;
}

export function copyValue(from: TValue, to: TValue): void {
  to.type = from.type;
  to.value = from.value;
}

/** Moves `top`; new slots are nil. */
export function adjustTop(L: LuaState, top: number): void {
  while (L.top < top) pushNil(L);
  L.top = top;
}

/** Sets `top` to the end of a Lua function's registers, whose boxes fengari's API may have deleted meanwhile. */
export function restoreTop(L: LuaState, ci: CallInfo): void {
  const { stack } = L;
  const { top } = ci;
  for (let at = L.top; at < top; at++) if (stack[at] === undefined) stack[at] = new Value(NIL, null);
  L.top = top;
}

/** The CallInfo of the next call, which becomes the current one. */
export function extendCalls(L: LuaState): CallInfo {
  const current = L.ci;
  let ci = current.next;
  if (ci === null) {
    const depth = (current.depth ?? 0) + 1;
    if (depth > CALLS_MAX) runError(L, "stack overflow");
    ci = new lstate.CallInfo();
    ci.depth = depth;
    ci.extra = 0;
    ci.tailcalls = 0;
    ci.nativeCalls = 0;
    ci.trappedPc = 0;
    ci.isAtLine = false;
    ci.previous = current;
    ci.next = null;
    current.next = ci;
  }
  L.ci = ci;
  return ci;
}

/** Moves the results of the call to where its function was; false when all of them were wanted. */
export function postCall(L: LuaState, ci: CallInfo, first: number, count: number): boolean {
  const { stack } = L;
  const wanted = ci.nresults;
  const to = ci.funcOff;
  L.ci = ci.previous;
  switch (wanted) {
    case 0:
      L.top = to;
      return true;
    case 1: {
      const slot = stack[to]!;
      if (count === 0) {
        slot.type = NIL;
        slot.value = null;
      } else {
        const from = stack[first]!;
        slot.type = from.type;
        slot.value = from.value;
      }
      L.top = to + 1;
      return true;
    }
    case MULTIPLE_RESULTS:
      for (let i = 0; i < count; i++) copyValue(stack[first + i]!, stack[to + i]!);
      L.top = to + count;
      return false;
    default: {
      const kept = Math.min(count, wanted);
      for (let i = 0; i < kept; i++) copyValue(stack[first + i]!, stack[to + i]!);
      L.top = to + kept;
      while (L.top < to + wanted) pushNil(L);
      return true;
    }
  }
}

/** Makes the call of a Lua function current; its arguments are all above it. */
export function enterLua(L: LuaState, at: number, func: TValue, results: number): CallInfo {
  const { p } = func.value as LuaClosure;
  const size = p.maxstacksize;
  if (L.stack_last - L.top <= size + p.numparams) ldo.luaD_checkstack(L, size + p.numparams);
  let base = at + 1;
  if (p.variadic !== 0) base = moveVariableArguments(L, p, L.top - base);
  else if (L.top > base + p.numparams) L.top = base + p.numparams;
  const ci = extendCalls(L);
  ci.funcOff = at;
  ci.func = func;
  ci.nresults = results;
  ci.l_base = base;
  ci.l_code = p.original;
  ci.l_savedpc = 0;
  ci.callstatus = CALL_IS_LUA;
  ci.tailcalls = 0;
  const top = base + size;
  ci.top = top;
  const { stack } = L;
  for (let i = L.top; i < top; i++) {
    const slot = stack[i];
    if (slot === undefined) {
      stack[i] = new Value(NIL, null);
    } else {
      slot.type = NIL;
      slot.value = null;
    }
  }
  L.top = top;
  return ci;
}

/** Copies the fixed parameters above all arguments, which stay below as `...`; the new base. */
function moveVariableArguments(L: LuaState, p: Proto, actual: number): number {
  const { stack } = L;
  let given = actual;
  for (; given < p.numparams; given++) pushNil(L);
  const first = L.top - given;
  let arg: Table | undefined;
  if ((p.variadic & VARARG_NEEDS_ARG) !== 0) {
    const extra = given - p.numparams;
    arg = new Table(extra, 1);
    for (let i = 0; i < extra; i++) copyValue(stack[first + p.numparams + i]!, arg.numberSlot(i + 1));
    const count = arg.stringSlot(ARGUMENT_COUNT);
    count.type = NUMBER;
    count.value = extra;
  }
  const base = L.top;
  for (let i = 0; i < p.numparams; i++) {
    const fixed = stack[first + i]!;
    pushCopy(L, fixed);
    fixed.type = NIL;
    fixed.value = null;
  }
  if (arg !== undefined) {
    const slot = pushSlot(L);
    slot.type = TABLE;
    slot.value = arg;
  }
  return base;
}

/** Calls a native function and takes its results. */
export function callNative(L: LuaState, at: number, func: TValue, results: number, status = 0): void {
  const body = func.type === NATIVE_FUNCTION ? func.value as NativeBody : (func.value as NativeClosure).f;
  if (L.stack_last - L.top <= NATIVE_SLOTS) ldo.luaD_checkstack(L, NATIVE_SLOTS);
  const ci = extendCalls(L);
  ci.funcOff = at;
  ci.func = func;
  ci.nresults = results;
  ci.callstatus = status;
  ci.top = L.top + NATIVE_SLOTS;
  const count = body(L);
  postCall(L, ci, L.top - count, count);
}

/** Puts the `__call` metamethod of what is called below it, as the function; it becomes the first argument. */
export function insertCallMetamethod(L: LuaState, at: number): void {
  const func = L.stack[at]!;
  const metamethod = metamethodOf(L, func, CALL);
  if ((metamethod.type & TYPE_MASK) !== FUNCTION_TYPE) typeError(L, func, "call");
  if (L.stack_last - L.top <= 1) ldo.luaD_checkstack(L, 1);
  pushSlot(L);
  for (let i = L.top - 1; i > at; i--) copyValue(L.stack[i - 1]!, L.stack[i]!);
  copyValue(metamethod, L.stack[at]!);
}

/**
 * Begins a call. True when the function was native and is done, false when a Lua function is to be executed.
 * `status` are bits for the call's status.
 */
export function preCall(L: LuaState, at: number, results: number, status = 0): boolean {
  for (;;) {
    const func = L.stack[at]!;
    switch (func.type) {
      case LUA_FUNCTION:
        enterLua(L, at, func, results).callstatus |= status;
        return false;
      case NATIVE_FUNCTION:
      case NATIVE_CLOSURE:
        callNative(L, at, func, results, status);
        return true;
      default:
        insertCallMetamethod(L, at);
    }
  }
}

let execute: (L: LuaState) => void;

/** The interpreter, which calls this module and is called by it. */
export function setInterpreter(run: (L: LuaState) => void): void {
  execute = run;
}

/** Calls the function at `at` with the arguments above it, through to its end. */
export function call(L: LuaState, at: number, results: number): void {
  if (++L.nCcalls >= NATIVE_CALLS_MAX) {
    if (L.nCcalls === NATIVE_CALLS_MAX) runError(L, "C stack overflow");
    if (L.nCcalls >= NATIVE_CALLS_IN_ERROR_MAX) ldo.luaD_throw(L, STATUS_ERROR_IN_ERROR);
  }
  if (!preCall(L, at, results, CALL_IS_COUNTED)) execute(L);
  L.nCcalls--;
}

/** Calls from a native function; when the callee is suspended, `k` runs instead of the rest of the caller. */
export function callWithContinuation(
  L: LuaState,
  args: number,
  results: number,
  context: unknown,
  k: Continuation,
): void {
  const { ci } = L;
  const at = L.top - (args + 1);
  if (L.nny === 0) {
    ci.c_k = k;
    ci.c_ctx = context;
    call(L, at, results);
  } else {
    callWithoutYield(L, at, results);
  }
  if (results === MULTIPLE_RESULTS && ci.top < L.top) ci.top = L.top;
}

/** Calls from a native function that cannot go on after a suspension. */
export function callWithoutYield(L: LuaState, at: number, results: number): void {
  L.nny++;
  call(L, at, results);
  L.nny--;
}

/** Slots that a native function may use at most. */
const NATIVE_STACK_MAX = 8000;

/** Makes room for `count` more values of a native function; false where that is more than it may have. */
export function hasSlots(L: LuaState, count: number): boolean {
  const { ci } = L;
  if (count > NATIVE_STACK_MAX || L.top - (ci.funcOff + 1) + count > NATIVE_STACK_MAX) return false;
  if (L.stack_last - L.top <= count) ldo.luaD_checkstack(L, count);
  if (ci.top < L.top + count) ci.top = L.top + count;
  return true;
}

/** Makes room, or raises `stack overflow (what)`. */
export function needSlots(L: LuaState, count: number, what: string): void {
  if (!hasSlots(L, count)) libraryError(L, `stack overflow (${what})`);
}
