/**
 * The longer instructions of the interpreter, and how one is completed that was left in the middle.
 */
import { adjustTop, call, copyValue, pushCopy, restoreTop } from "./calls.ts";
import { toNumber } from "./conversions.ts";
import { runError } from "./errors.ts";
import { CALL_COMPARES_REVERSED, concatenate, isFalse } from "./metamethods.ts";
import { ldo, lobject } from "./modules.ts";
import type { Table } from "./table.ts";
import {
  CALL_IN_METAMETHOD,
  type CallInfo,
  LUA_FUNCTION,
  type LuaClosure,
  type LuaState,
  MULTIPLE_RESULTS,
  NATIVE_CLOSURE,
  NATIVE_FUNCTION,
  NIL,
  NUMBER,
  type Proto,
  type TValue,
} from "./types.ts";
import * as op from "./opcodes.ts";

export function setNil(o: TValue): void {
  o.type = NIL;
  o.value = null;
}

export function isCallable(o: TValue): boolean {
  return o.type === LUA_FUNCTION || o.type === NATIVE_FUNCTION || o.type === NATIVE_CLOSURE;
}

/** Turns the call that was just entered into the one of its caller, which it replaces. */
export function replaceCall(L: LuaState, caller: CallInfo, proto: Proto): CallInfo {
  const { stack } = L;
  const callee = L.ci;
  if (proto.p.length > 0) closeBelow(L, caller.l_base, callee.funcOff);
  const shift = callee.funcOff - caller.funcOff;
  const top = callee.l_base + (callee.func.value as LuaClosure).p.numparams +
    ((callee.func.value as LuaClosure).p.variadic & op.VARARG_HAS_ARG);
  for (let at = callee.funcOff; at < top; at++) copyValue(stack[at]!, stack[at - shift]!);
  caller.func = stack[caller.funcOff]!;
  caller.l_base = callee.l_base - shift;
  caller.l_code = callee.l_code;
  caller.l_savedpc = 0;
  caller.tailcalls++;
  const size = (caller.func.value as LuaClosure).p.maxstacksize;
  caller.top = caller.l_base + size;
  L.ci = caller;
  L.top = Math.min(top - shift, caller.top);
  adjustTop(L, caller.top);
  return caller;
}

/** Gives up the boxes of a function's registers, which may be upvalues. */
export function closeBelow(L: LuaState, from: number, to: number): void {
  for (let at = from; at < to; at++) {
    const old = L.stack[at];
    // A call may have room for registers that nothing was ever put into.
    if (old !== undefined) L.stack[at] = new lobject.TValue(old.type, old.value);
  }
}

export function prepareLoop(L: LuaState, ra: number): void {
  const { stack } = L;
  const initial = toNumber(stack[ra]!);
  if (initial === undefined) runError(L, "'for' initial value must be a number");
  const limit = toNumber(stack[ra + 1]!);
  if (limit === undefined) runError(L, "'for' limit must be a number");
  const step = toNumber(stack[ra + 2]!);
  if (step === undefined) runError(L, "'for' step must be a number");
  setLoopNumber(stack[ra]!, initial - step);
  setLoopNumber(stack[ra + 1]!, limit);
  setLoopNumber(stack[ra + 2]!, step);
}

export function setLoopNumber(o: TValue, value: number): void {
  o.type = NUMBER;
  o.value = value;
}

/** Calls the iterator of a generic `for`; its results are wanted behind the control variable. */
export function callIterator(L: LuaState, ci: CallInfo, ra: number, results: number): void {
  const { stack } = L;
  L.top = ra + 3;
  pushCopy(L, stack[ra]!);
  pushCopy(L, stack[ra + 1]!);
  pushCopy(L, stack[ra + 2]!);
  ci.callstatus |= CALL_IN_METAMETHOD;
  call(L, ra + 3, results);
  ci.callstatus &= ~CALL_IN_METAMETHOD;
  restoreTop(L, ci);
}

export function storeList(L: LuaState, ci: CallInfo, ra: number, count: number, batch: number): void {
  const { stack } = L;
  let items = count;
  if (items === 0) {
    items = L.top - ra - 1;
    restoreTop(L, ci);
  }
  const table = stack[ra]!.value as Table;
  const last = (batch - 1) * op.FIELDS_PER_FLUSH + items;
  table.growArray(last);
  for (let n = items; n > 0; n--) copyValue(stack[ra + n]!, table.numberSlot(last - items + n));
}

export function makeClosure(
  L: LuaState,
  outer: LuaClosure,
  proto: Proto,
  at: number,
  base: number,
  ra: number,
): void {
  const count = proto.upvalueNames.length;
  const made = new lobject.LClosure(L, count);
  made.p = proto;
  const code = outer.p.original;
  for (let j = 0; j < count; j++) {
    const instruction = code[at + j]!;
    const from = instruction >>> 23;
    made.upvals[j] = (instruction & 0x3f) === op.OP_GETUPVAL ? outer.upvals[from]! : L.stack[base + from]!;
  }
  const to = L.stack[ra]!;
  to.type = LUA_FUNCTION;
  to.value = made;
}

export function copyVariableArguments(
  L: LuaState,
  ci: CallInfo,
  proto: Proto,
  ra: number,
  wanted: number,
): void {
  const { stack } = L;
  const count = ci.l_base - ci.funcOff - proto.numparams - 1;
  let results = wanted;
  if (wanted === MULTIPLE_RESULTS) {
    results = count;
    if (L.stack_last - L.top <= count) ldo.luaD_checkstack(L, count);
    adjustTop(L, ra + count);
  }
  for (let j = 0; j < results; j++) {
    if (j < count) copyValue(stack[ci.l_base - count + j]!, stack[ra + j]!);
    else setNil(stack[ra + j]!);
  }
}

/** Completes the instruction during which a Lua function was suspended, after what it called has returned. */
export function finishInstruction(L: LuaState): void {
  const { ci, stack } = L;
  const instruction = ci.l_code![ci.l_savedpc - 1]!;
  const ra = ci.l_base + op.argA(instruction);
  ci.callstatus &= ~CALL_IN_METAMETHOD;
  switch (op.opcodeOf(instruction)) {
    case op.OP_GETGLOBAL:
    case op.OP_GETTABLE:
    case op.OP_SELF:
    case op.OP_ADD:
    case op.OP_SUB:
    case op.OP_MUL:
    case op.OP_DIV:
    case op.OP_MOD:
    case op.OP_POW:
    case op.OP_UNM:
    case op.OP_LEN:
      copyValue(stack[--L.top]!, stack[ra]!);
      break;
    case op.OP_EQ:
    case op.OP_LT:
    case op.OP_LE: {
      let holds = !isFalse(stack[--L.top]!);
      if ((ci.callstatus & CALL_COMPARES_REVERSED) !== 0) {
        ci.callstatus &= ~CALL_COMPARES_REVERSED;
        holds = !holds;
      }
      if (holds !== (op.argA(instruction) !== 0)) ci.l_savedpc++;
      break;
    }
    case op.OP_CONCAT: {
      const top = L.top - 1;
      const first = ci.l_base + op.argB(instruction);
      const left = top - 1 - first;
      copyValue(stack[top]!, stack[top - 2]!);
      L.top = top - 1;
      if (left > 1) concatenate(L, left);
      copyValue(stack[first]!, stack[ra]!);
      restoreTop(L, ci);
      break;
    }
    case op.OP_TFORLOOP: {
      restoreTop(L, ci);
      const first = stack[ra + 3]!;
      if (first.type !== NIL) {
        copyValue(first, stack[ra + 2]!);
        ci.l_savedpc += op.argSBx(ci.l_code![ci.l_savedpc]!) + 1;
      } else {
        ci.l_savedpc++;
      }
      break;
    }
    case op.OP_CALL:
      if (op.argC(instruction) !== 0) restoreTop(L, ci);
      break;
    default:
  }
}
