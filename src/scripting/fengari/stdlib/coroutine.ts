/**
 * The coroutine library of Lua 5.1. A coroutine cannot yield through a native function, a metamethod or an iterator,
 * although the VM could: scripts see the original's error.
 *
 * When the engine suspends a script inside of a coroutine, every coroutine around it is suspended too, by the
 * function that resumed it.
 */
import { copyValue, hasSlots, pushNil } from "../calls.ts";
import { isLuaCall, where } from "../debug_info.ts";
import { argumentError, libraryError, raise, runError } from "../errors.ts";
import { lstate } from "../modules.ts";
import {
  argument,
  argumentCount,
  bytesOf,
  isStringOrNumber,
  pushBoolean,
  pushCopy,
  pushFunction,
  pushString,
} from "../native.ts";
import { latin1Text, nameString, stringOf } from "../strings.ts";
import { canResumeFrom, resume, throwStatus, yieldFrom } from "../threads.ts";
import { turn } from "../turn.ts";
import {
  CALL_IN_METAMETHOD,
  type Continuation,
  LUA_FUNCTION,
  type LuaState,
  NATIVE_FUNCTION,
  type NativeBody,
  STATUS_OK,
  STATUS_RUNTIME_ERROR,
  STATUS_YIELD,
  THREAD,
} from "../types.ts";

type CoroutineStatus = "running" | "suspended" | "normal" | "dead";

function statusOf(L: LuaState, thread: LuaState): CoroutineStatus {
  if (L === thread) return "running";
  if (thread.status === STATUS_YIELD) return "suspended";
  if (thread.status !== STATUS_OK) return "dead";
  if (thread.ci !== thread.base_ci) return "normal";
  return thread.top - (thread.ci.funcOff + 1) === 0 ? "dead" : "suspended";
}

function checkThread(L: LuaState): LuaState {
  const o = argument(L, 1);
  if (o.type !== THREAD) argumentError(L, 1, "coroutine expected");
  return o.value as LuaState;
}

/** Makes a thread of the function that is the first argument, and pushes it. */
function create(L: LuaState): LuaState {
  const body = argument(L, 1);
  if (body.type !== LUA_FUNCTION) argumentError(L, 1, "Lua function expected");
  const thread = lstate.lua_newthread(L);
  pushCopy(thread, body);
  return thread;
}

function luaCreate(L: LuaState): number {
  create(L);
  return 1;
}

/** Moves the top values of one thread to another. */
function move(from: LuaState, to: LuaState, count: number): void {
  const first = from.top - count;
  for (let i = 0; i < count; i++) pushCopy(to, from.stack[first + i]!);
  from.top = first;
}

/** What resuming left on the stack: results, or an error. */
type Outcome = { readonly results: number } | undefined;

/** Resumes with the top `count` values. Undefined when it failed, with the error on top. */
function resumeThread(L: LuaState, thread: LuaState, count: number, again: Continuation): Outcome {
  const status = statusOf(L, thread);
  if (!hasSlots(thread, count)) libraryError(L, "too many arguments to resume");
  if (status !== "suspended") {
    pushString(L, stringOf(`cannot resume ${status} coroutine`));
    return undefined;
  }
  if (!canResumeFrom(L)) {
    pushString(L, nameString("C stack overflow"));
    return undefined;
  }
  move(L, thread, count);
  return run(L, thread, count, again);
}

function run(L: LuaState, thread: LuaState, count: number, again: Continuation): Outcome {
  const pinned = L.nny > 0;
  if (pinned) turn.pinned++;
  const status = resume(thread, L, count);
  if (pinned) turn.pinned--;
  if (status === STATUS_YIELD && turn.suspending) yieldFrom(L, 0, thread, again);
  if (status !== STATUS_OK && status !== STATUS_YIELD) {
    move(thread, L, 1);
    return undefined;
  }
  const results = thread.top - (thread.ci.funcOff + 1);
  if (!hasSlots(L, results + 1)) libraryError(L, "too many results to resume");
  move(thread, L, results);
  return { results };
}

function resumeResults(L: LuaState, outcome: Outcome): number {
  const results = outcome === undefined ? 1 : outcome.results;
  pushBoolean(L, outcome !== undefined);
  // The flag goes in front of the results.
  const { stack } = L;
  const first = L.top - 1 - results;
  const flag = outcome !== undefined;
  for (let at = L.top - 1; at > first; at--) copyValue(stack[at - 1]!, stack[at]!);
  stack[first]!.type = 1;
  stack[first]!.value = flag;
  return results + 1;
}

const resumeAgain: Continuation = (L, _status, context) =>
  resumeResults(L, run(L, context as LuaState, 0, resumeAgain));

function luaResume(L: LuaState): number {
  const thread = checkThread(L);
  return resumeResults(L, resumeThread(L, thread, argumentCount(L) - 1, resumeAgain));
}

function wrapResults(L: LuaState, outcome: Outcome): number {
  if (outcome !== undefined) return outcome.results;
  const error = L.stack[L.top - 1]!;
  if (isStringOrNumber(error)) raise(L, where(L, 1) + latin1Text(bytesOf(error)));
  throwStatus(L, STATUS_RUNTIME_ERROR);
}

const wrapAgain: Continuation = (L, _status, context) =>
  wrapResults(L, run(L, context as LuaState, 0, wrapAgain));

function luaWrap(L: LuaState): number {
  const thread = create(L);
  L.top--;
  pushFunction(
    L,
    NATIVE_FUNCTION,
    (L: LuaState) => wrapResults(L, resumeThread(L, thread, argumentCount(L), wrapAgain)),
  );
  return 1;
}

/** Whether a native function or a metamethod stands between the running function and the start of the thread. */
function crossesBoundary(L: LuaState): boolean {
  if (L === L.l_G.scriptThread) return true;
  for (let ci = L.ci.previous; ci !== L.base_ci; ci = ci.previous) {
    if (!isLuaCall(ci) || (ci.callstatus & CALL_IN_METAMETHOD) !== 0) return true;
  }
  return false;
}

function luaYield(L: LuaState): number {
  if (crossesBoundary(L)) runError(L, "attempt to yield across metamethod/C-call boundary");
  yieldFrom(L, argumentCount(L), undefined, null);
}

function luaStatus(L: LuaState): number {
  pushString(L, nameString(statusOf(L, checkThread(L))));
  return 1;
}

function luaRunning(L: LuaState): number {
  if (L === L.l_G.scriptThread) {
    pushNil(L);
  } else {
    pushFunction(L, THREAD, L);
  }
  return 1;
}

export const COROUTINE_LIBRARY: Readonly<Record<string, NativeBody>> = {
  create: luaCreate,
  resume: luaResume,
  running: luaRunning,
  status: luaStatus,
  wrap: luaWrap,
  yield: luaYield,
};
