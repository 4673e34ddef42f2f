/**
 * Protected calls and threads: running until an error, a yield, or a suspension at the end of a turn.
 *
 * Native functions do not stand on a JavaScript stack of their own, so whatever interrupts a thread throws it away.
 * What remains are CallInfos: Lua functions go on from them, and native functions by their continuation (`c_k`). A
 * `pcall` therefore needs no try of its own: the thread is unwound to `resume`, which looks for it among the
 * CallInfos (`recover`).
 */
import {
  adjustTop,
  call,
  callWithoutYield,
  copyValue,
  NATIVE_CALLS_MAX,
  postCall,
  preCall,
  pushSlot,
} from "./calls.ts";
import { isLuaCall } from "./debug_info.ts";
import { lfunc } from "./modules.ts";
import { stringOf } from "./strings.ts";
import {
  CALL_IS_COUNTED,
  CALL_IS_PCALL,
  type CallInfo,
  type Continuation,
  type LuaState,
  MULTIPLE_RESULTS,
  STATUS_ERROR_IN_ERROR,
  STATUS_MEMORY_ERROR,
  STATUS_OK,
  STATUS_RUNTIME_ERROR,
  STATUS_YIELD,
  STRING,
} from "./types.ts";
import { turn } from "./turn.ts";
import { finishInstruction } from "./instructions.ts";
import { execute } from "./vm.ts";

/** What is thrown through JavaScript for a Lua error or a yield: the handler that will catch it. */
interface Handler {
  status: number;
  readonly previous: Handler | null;
}

interface HandledState extends LuaState {
  errorJmp: Handler | null;
}

/** Unwinds to the innermost handler of the thread. */
export function throwStatus(L: LuaState, status: number): never {
  const handler = (L as HandledState).errorJmp;
  if (handler === null) throw new Error(`Lua error ${status} outside of a protected call`);
  handler.status = status;
  throw handler;
}

/** The Lua error that an exception of the JavaScript engine stands for, or undefined where it is a defect. */
function statusOfException(L: LuaState, thrown: unknown): number | undefined {
  if (!(thrown instanceof RangeError)) return undefined;
  const overflow = thrown.message.includes("call stack");
  const slot = pushSlot(L);
  slot.type = STRING;
  slot.value = stringOf(overflow ? "C stack overflow" : "not enough memory");
  return overflow ? STATUS_RUNTIME_ERROR : STATUS_MEMORY_ERROR;
}

/** Runs `body` and gives the status it ended with. Exceptions that are no Lua errors pass through. */
export function runProtected<A>(L: LuaState, body: (L: LuaState, argument: A) => void, argument: A): number {
  const state = L as HandledState;
  const handler: Handler = { status: STATUS_OK, previous: state.errorJmp };
  const nativeCalls = L.nCcalls;
  state.errorJmp = handler;
  try {
    body(L, argument);
  } catch (thrown) {
    if (turn.suspending) L.suspendedCalls = L.nCcalls;
    if (thrown !== handler) {
      const status = statusOfException(L, thrown);
      if (status === undefined) {
        state.errorJmp = handler.previous;
        throw thrown;
      }
      handler.status = status;
    }
  }
  state.errorJmp = handler.previous;
  L.nCcalls = nativeCalls;
  return handler.status;
}

/** Puts the value of an error at `at`, the new top. */
function setErrorValue(L: LuaState, status: number, at: number): void {
  const from = L.top - 1;
  adjustTop(L, Math.max(L.top, at + 1));
  const slot = L.stack[at]!;
  if (status === STATUS_ERROR_IN_ERROR) {
    slot.type = STRING;
    slot.value = stringOf("error in error handling");
  } else if (from !== at) {
    copyValue(L.stack[from]!, slot);
  }
  L.top = at + 1;
}

/** A protected call that cannot be suspended. */
export function protectedCall<A>(
  L: LuaState,
  body: (L: LuaState, argument: A) => void,
  argument: A,
  top: number,
): number {
  const { ci, nny } = L;
  const status = runProtected(L, body, argument);
  if (status !== STATUS_OK) {
    lfunc.luaF_close(L, top);
    setErrorValue(L, status, top);
    L.ci = ci;
    L.nny = nny;
  }
  return status;
}

/**
 * A protected call from a native function. When the callee fails or was suspended, `k` runs instead of the rest of the
 * caller; only where the caller cannot be suspended a failure is returned.
 */
export function protectedCallWithContinuation(
  L: LuaState,
  args: number,
  results: number,
  context: unknown,
  k: Continuation,
): number {
  const { ci } = L;
  const at = L.top - (args + 1);
  let status = STATUS_OK;
  if (L.nny > 0) {
    status = protectedCall(L, callBody, { at, results }, at);
  } else {
    ci.c_k = k;
    ci.c_ctx = context;
    ci.extra = at;
    ci.nativeCalls = L.nCcalls;
    ci.callstatus |= CALL_IS_PCALL;
    call(L, at, results);
    ci.callstatus &= ~CALL_IS_PCALL;
  }
  if (results === MULTIPLE_RESULTS && ci.top < L.top) ci.top = L.top;
  return status;
}

/** Lets a native function that waited for a call go on. */
function finishNative(L: LuaState, status: number): void {
  const { ci } = L;
  ci.callstatus &= ~CALL_IS_PCALL;
  if (ci.nresults === MULTIPLE_RESULTS && ci.top < L.top) ci.top = L.top;
  const count = ci.c_k!(L, status, ci.c_ctx);
  postCall(L, ci, L.top - count, count);
  uncount(L, ci);
}

/** The call has ended that `call` counted, but `call` itself is not there any more. */
function uncount(L: LuaState, ci: CallInfo): void {
  if ((ci.callstatus & CALL_IS_COUNTED) !== 0) L.nCcalls--;
}

/** Runs what is left of the thread; `status` is given to the native function that waits innermost. */
function unroll(L: LuaState, status: number | undefined): void {
  if (status !== undefined) finishNative(L, status);
  while (L.ci !== L.base_ci) {
    const { ci } = L;
    if (isLuaCall(ci)) {
      finishInstruction(L);
      execute(L);
      uncount(L, ci);
    } else {
      finishNative(L, STATUS_YIELD);
    }
  }
}

/** Goes back to the innermost `pcall`; false when there is none. */
function recover(L: LuaState, status: number): boolean {
  let ci: CallInfo | null = L.ci;
  while (ci !== null && (ci.callstatus & CALL_IS_PCALL) === 0) ci = ci.previous as CallInfo | null;
  if (ci === null) return false;
  const top = ci.extra;
  lfunc.luaF_close(L, top);
  setErrorValue(L, status, top);
  L.ci = ci;
  L.nny = 0;
  L.nCcalls = ci.nativeCalls;
  return true;
}

function resumeBody(L: LuaState, count: number): void {
  const { ci } = L;
  let first = L.top - count;
  if (L.status === STATUS_OK) {
    if (!preCall(L, first - 1, MULTIPLE_RESULTS)) execute(L);
    return;
  }
  L.status = STATUS_OK;
  ci.funcOff = ci.extra;
  ci.func = L.stack[ci.funcOff]!;
  if (isLuaCall(ci)) {
    execute(L);
  } else {
    // A yield of the script's own, or of the engine in a coroutine that this one resumed.
    let results = count;
    if (ci.c_k !== null) {
      results = ci.c_k(L, STATUS_YIELD, ci.c_ctx);
      first = L.top - results;
    }
    postCall(L, ci, first, results);
  }
  uncount(L, ci);
  unroll(L, undefined);
}

/**
 * Starts or continues a thread with `count` values on its stack, until it ends, yields or fails. The thread must be
 * able to: not started, or yielded. What it leaves on its stack is its results or the error.
 */
export function resume(L: LuaState, from: LuaState | null, count: number): number {
  const { nny } = L;
  L.nCcalls = L.suspendedCalls > 0 ? L.suspendedCalls : (from === null ? 0 : from.nCcalls) + 1;
  L.suspendedCalls = 0;
  L.nny = 0;
  let status = runProtected(L, resumeBody, count);
  while (status > STATUS_YIELD && recover(L, status)) status = runProtected(L, unroll, status);
  if (status > STATUS_YIELD) {
    L.status = status;
    setErrorValue(L, status, L.top - (status === STATUS_ERROR_IN_ERROR ? 0 : 1));
    L.ci.top = L.top;
  }
  L.nny = nny;
  return status;
}

/** Whether a thread can go deeper in native calls by being resumed from this one. */
export function canResumeFrom(L: LuaState): boolean {
  return L.nCcalls < NATIVE_CALLS_MAX;
}

/** Ends a native function for now with the top `count` values; `k` runs instead of its rest when it is resumed. */
export function yieldFrom(L: LuaState, count: number, context: unknown, k: CallInfo["c_k"]): never {
  const { ci } = L;
  L.status = STATUS_YIELD;
  ci.extra = ci.funcOff;
  ci.c_k = k;
  ci.c_ctx = context;
  ci.funcOff = L.top - count - 1;
  ci.func = L.stack[ci.funcOff]!;
  throwStatus(L, STATUS_YIELD);
}

/** Replaces fengari's lua_pcall body for native functions that cannot be suspended. */
export function callBody(L: LuaState, { at, results }: { at: number; results: number }): void {
  callWithoutYield(L, at, results);
}
