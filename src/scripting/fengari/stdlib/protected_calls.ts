/**
 * pcall, which is the reference's own, and xpcall.
 */
import { copyValue, pushNil } from "../calls.ts";
import { boxed, index } from "../metamethods.ts";
import {
  argument,
  argumentCount,
  checkAny,
  isStringOrNumber,
  pushBoolean,
  pushCopy,
  pushString,
  setArgumentCount,
} from "../native.ts";
import { nameString } from "../strings.ts";
import { protectedCallWithContinuation } from "../threads.ts";
import {
  BOOLEAN,
  type Continuation,
  FUNCTION_TYPE,
  type LuaState,
  MULTIPLE_RESULTS,
  type NativeBody,
  STATUS_OK,
  STATUS_RUNTIME_ERROR,
  STATUS_YIELD,
  STRING,
  TABLE,
  TYPE_MASK,
} from "../types.ts";

const ERR = nameString("err");

/**
 * The reference's own pcall: an error that is a table with a text in its field `err`, as its functions raise it, is
 * given as that text. From any other table the field follows behind the table.
 */
const pcallResults: Continuation = (L, status) => {
  const first = argument(L, 1);
  first.type = BOOLEAN;
  first.value = status === STATUS_OK || status === STATUS_YIELD;
  const error = L.stack[L.top - 1]!;
  if (first.value === true || error.type !== TABLE) return argumentCount(L);
  const key = boxed(STRING, ERR);
  pushNil(L);
  index(L, error, key, L.top - 1);
  const text = L.stack[L.top - 1]!;
  if (isStringOrNumber(text)) {
    copyValue(text, error);
    L.top--;
  }
  return argumentCount(L);
};

function luaPcall(L: LuaState): number {
  if (argumentCount(L) === 0) {
    pushBoolean(L, false);
    pushString(L, nameString("attempt to call a boolean value"));
    return 2;
  }
  insertSlot(L);
  const args = argumentCount(L) - 2;
  return pcallResults(L, protectedCallWithContinuation(L, args, MULTIPLE_RESULTS, null, pcallResults), null);
}

/** Moves all arguments up by one; the first is free. */
function insertSlot(L: LuaState): void {
  const { stack } = L;
  const first = L.ci.funcOff + 1;
  pushCopy(L, stack[L.top - 1]!);
  for (let at = L.top - 2; at > first; at--) copyValue(stack[at - 1]!, stack[at]!);
}

/** Errors of error handlers that are handled by the handler again. */
const HANDLED_ERRORS_MAX = 220;

function luaXpcall(L: LuaState): number {
  checkAny(L, 2);
  setArgumentCount(L, 2);
  pushCopy(L, argument(L, 1));
  const status = protectedCallWithContinuation(L, 0, MULTIPLE_RESULTS, 0, finishXpcall);
  return status === STATUS_OK ? xpcallSuccess(L) : handleError(L, status, 0);
}

const finishXpcall: Continuation = (L, status, handled) =>
  status === STATUS_OK || status === STATUS_YIELD
    ? (handled as number) > 0 ? xpcallFailure(L) : xpcallSuccess(L)
    : handleError(L, status, handled as number);

/** The arguments make place for `true` before the results. */
function xpcallSuccess(L: LuaState): number {
  const second = argument(L, 2);
  second.type = BOOLEAN;
  second.value = true;
  return argumentCount(L) - 1;
}

function xpcallFailure(L: LuaState): number {
  const second = argument(L, 2);
  second.type = BOOLEAN;
  second.value = false;
  return 2;
}

/**
 * Calls the handler with the error on top. The original calls it where the error is raised; here the stack is already
 * unwound, which a script could tell only by the levels of `error`.
 */
function handleError(L: LuaState, status: number, alreadyHandled: number): number {
  let [handled, now] = [alreadyHandled, status];
  const handler = argument(L, 2);
  while (now === STATUS_RUNTIME_ERROR && handled < HANDLED_ERRORS_MAX - L.nCcalls) {
    if ((handler.type & TYPE_MASK) !== FUNCTION_TYPE) break;
    handled++;
    const error = L.stack[L.top - 1]!;
    pushCopy(L, error);
    copyValue(handler, error);
    now = protectedCallWithContinuation(L, 1, 1, handled, finishXpcall);
    if (now === STATUS_OK) return xpcallFailure(L);
  }
  if (now === STATUS_RUNTIME_ERROR) {
    const error = L.stack[L.top - 1]!;
    error.type = STRING;
    error.value = nameString("error in error handling");
  }
  return xpcallFailure(L);
}

export const PROTECTED_CALLS: Readonly<Record<string, NativeBody>> = { pcall: luaPcall, xpcall: luaXpcall };
