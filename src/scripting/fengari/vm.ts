/**
 * The interpreter of Lua 5.1's instructions, on fengari's stacks and calls.
 *
 * Lua functions call each other without recursion here. What may raise an error or call back first saves the place
 * (`l_savedpc`), from which line numbers, names of variables and resumption are told.
 *
 * The instructions are numbers in the switch, not the names of opcodes.ts: only then V8 makes a jump table of it, which
 * takes a fifth off the time of a call.
 *
 * Backward jumps and entries of functions count down the turn (turn.ts). When it is over the thread may be suspended
 * right there: everything it needs is in its CallInfos and its stack, and `execute` goes on from them.
 */
import {
  callNative,
  copyValue,
  enterLua,
  insertCallMetamethod,
  postCall,
  preCall,
  restoreTop,
} from "./calls.ts";
import { modulo, power } from "./conversions.ts";
import { iterateNext } from "./iteration.ts";
import {
  arithmetic,
  concatenate,
  equal,
  index,
  isFalse,
  length,
  lessOrEqual,
  lessThan,
  negate,
  setIndex,
} from "./metamethods.ts";
import { lfunc } from "./modules.ts";
import { passTrap } from "./line_traps.ts";
import { Table } from "./table.ts";
import { turn, turnIsOver } from "./turn.ts";
import {
  BOOLEAN,
  CALL_IS_FRESH,
  LUA_FUNCTION,
  type LuaClosure,
  type LuaState,
  MULTIPLE_RESULTS,
  NATIVE_CLOSURE,
  NATIVE_FUNCTION,
  NIL,
  NUMBER,
  STRING,
  TABLE,
  type TString,
  type TValue,
} from "./types.ts";
import * as events from "./metamethod_names.ts";
import { byteToSize, SBX_BIAS } from "./opcodes.ts";
import {
  callIterator,
  closeBelow,
  copyVariableArguments,
  isCallable,
  makeClosure,
  prepareLoop,
  replaceCall,
  setNil,
  storeList,
} from "./instructions.ts";

const BIAS = SBX_BIAS;

/** Runs the current Lua call, and the ones it makes, until it returns. */
export function execute(L: LuaState): void {
  const { stack } = L;
  let ci = L.ci;
  ci.callstatus |= CALL_IS_FRESH;
  for (;;) {
    const closure = ci.func.value as LuaClosure;
    const proto = closure.p;
    const k = proto.k;
    let code = proto.code;
    const base = ci.l_base;
    let pc = ci.l_savedpc;
    if (pc === 0 && --turn.left < 0) turnIsOver(L);
    frame: for (;;) {
      const i = code[pc++]!;
      const ra = base + ((i >>> 6) & 0xff);
      switch (i & 0x3f) {
        case 0: { // OP_MOVE
          const from = stack[base + (i >>> 23)]!;
          const to = stack[ra]!;
          to.type = from.type;
          to.value = from.value;
          break;
        }
        case 1: { // OP_LOADK
          const from = k[i >>> 14]!;
          const to = stack[ra]!;
          to.type = from.type;
          to.value = from.value;
          break;
        }
        case 2: { // OP_LOADBOOL
          const to = stack[ra]!;
          to.type = BOOLEAN;
          to.value = (i >>> 23) !== 0;
          if (((i >>> 14) & 0x1ff) !== 0) pc++;
          break;
        }
        case 3: { // OP_LOADNIL
          for (let at = base + (i >>> 23); at >= ra; at--) setNil(stack[at]!);
          break;
        }
        case 4: { // OP_GETUPVAL
          const from = closure.upvals[i >>> 23]!;
          const to = stack[ra]!;
          to.type = from.type;
          to.value = from.value;
          break;
        }
        case 5: { // OP_GETGLOBAL
          const globals = L.l_G.globals;
          const key = k[i >>> 14]!;
          const found = (globals.value as Table).getString(key.value as TString);
          if (found.type !== NIL) {
            const to = stack[ra]!;
            to.type = found.type;
            to.value = found.value;
          } else {
            ci.l_savedpc = pc;
            index(L, globals, key, ra);
          }
          break;
        }
        case 6: { // OP_GETTABLE
          const c = (i >>> 14) & 0x1ff;
          const key = c > 255 ? k[c & 255]! : stack[base + c]!;
          const t = stack[base + (i >>> 23)]!;
          if (t.type === TABLE) {
            const table = t.value as Table;
            const found = key.type === NUMBER
              ? table.getNumber(key.value as number)
              : key.type === STRING
              ? table.getString(key.value as TString)
              : table.get(key);
            if (found.type !== NIL || table.metatable === null) {
              const to = stack[ra]!;
              to.type = found.type;
              to.value = found.value;
              break;
            }
          }
          ci.l_savedpc = pc;
          index(L, t, key, ra);
          break;
        }
        case 7: // OP_SETGLOBAL
          ci.l_savedpc = pc;
          setIndex(L, L.l_G.globals, k[i >>> 14]!, stack[ra]!);
          break;
        case 8: // OP_SETUPVAL
          copyValue(stack[ra]!, closure.upvals[i >>> 23]!);
          break;
        case 9: { // OP_SETTABLE
          const b = i >>> 23;
          const c = (i >>> 14) & 0x1ff;
          const key = b > 255 ? k[b & 255]! : stack[base + b]!;
          const value = c > 255 ? k[c & 255]! : stack[base + c]!;
          const t = stack[ra]!;
          if (t.type === TABLE) {
            const table = t.value as Table;
            if (table.metatable === null && !table.readonly) {
              let slot: TValue | undefined;
              if (key.type === STRING) slot = table.stringSlot(key.value as TString);
              else if (key.type === NUMBER && key.value === key.value) {
                slot = table.numberSlot(key.value as number);
              }
              if (slot !== undefined) {
                slot.type = value.type;
                slot.value = value.value;
                break;
              }
            }
          }
          ci.l_savedpc = pc;
          setIndex(L, t, key, value);
          break;
        }
        case 10: { // OP_NEWTABLE
          const to = stack[ra]!;
          to.value = new Table(byteToSize(i >>> 23), byteToSize((i >>> 14) & 0x1ff));
          to.type = TABLE;
          break;
        }
        case 11: { // OP_SELF
          const c = (i >>> 14) & 0x1ff;
          const object = stack[base + (i >>> 23)]!;
          copyValue(object, stack[ra + 1]!);
          ci.l_savedpc = pc;
          index(L, object, c > 255 ? k[c & 255]! : stack[base + c]!, ra);
          break;
        }
        case 12: { // OP_ADD
          const b = i >>> 23;
          const c = (i >>> 14) & 0x1ff;
          const left = b > 255 ? k[b & 255]! : stack[base + b]!;
          const right = c > 255 ? k[c & 255]! : stack[base + c]!;
          if (left.type === NUMBER && right.type === NUMBER) {
            const to = stack[ra]!;
            to.value = (left.value as number) + (right.value as number);
            to.type = NUMBER;
          } else {
            ci.l_savedpc = pc;
            arithmetic(L, left, right, ra, events.ADD);
          }
          break;
        }
        case 13: { // OP_SUB
          const b = i >>> 23;
          const c = (i >>> 14) & 0x1ff;
          const left = b > 255 ? k[b & 255]! : stack[base + b]!;
          const right = c > 255 ? k[c & 255]! : stack[base + c]!;
          if (left.type === NUMBER && right.type === NUMBER) {
            const to = stack[ra]!;
            to.value = (left.value as number) - (right.value as number);
            to.type = NUMBER;
          } else {
            ci.l_savedpc = pc;
            arithmetic(L, left, right, ra, events.SUB);
          }
          break;
        }
        case 14: { // OP_MUL
          const b = i >>> 23;
          const c = (i >>> 14) & 0x1ff;
          const left = b > 255 ? k[b & 255]! : stack[base + b]!;
          const right = c > 255 ? k[c & 255]! : stack[base + c]!;
          if (left.type === NUMBER && right.type === NUMBER) {
            const to = stack[ra]!;
            to.value = (left.value as number) * (right.value as number);
            to.type = NUMBER;
          } else {
            ci.l_savedpc = pc;
            arithmetic(L, left, right, ra, events.MUL);
          }
          break;
        }
        case 15: { // OP_DIV
          const b = i >>> 23;
          const c = (i >>> 14) & 0x1ff;
          const left = b > 255 ? k[b & 255]! : stack[base + b]!;
          const right = c > 255 ? k[c & 255]! : stack[base + c]!;
          if (left.type === NUMBER && right.type === NUMBER) {
            const to = stack[ra]!;
            to.value = (left.value as number) / (right.value as number);
            to.type = NUMBER;
          } else {
            ci.l_savedpc = pc;
            arithmetic(L, left, right, ra, events.DIV);
          }
          break;
        }
        case 16: { // OP_MOD
          const b = i >>> 23;
          const c = (i >>> 14) & 0x1ff;
          const left = b > 255 ? k[b & 255]! : stack[base + b]!;
          const right = c > 255 ? k[c & 255]! : stack[base + c]!;
          if (left.type === NUMBER && right.type === NUMBER) {
            const to = stack[ra]!;
            to.value = modulo(left.value as number, right.value as number);
            to.type = NUMBER;
          } else {
            ci.l_savedpc = pc;
            arithmetic(L, left, right, ra, events.MOD);
          }
          break;
        }
        case 17: { // OP_POW
          const b = i >>> 23;
          const c = (i >>> 14) & 0x1ff;
          const left = b > 255 ? k[b & 255]! : stack[base + b]!;
          const right = c > 255 ? k[c & 255]! : stack[base + c]!;
          if (left.type === NUMBER && right.type === NUMBER) {
            const to = stack[ra]!;
            to.value = power(left.value as number, right.value as number);
            to.type = NUMBER;
          } else {
            ci.l_savedpc = pc;
            arithmetic(L, left, right, ra, events.POW);
          }
          break;
        }
        case 18: { // OP_UNM
          const operand = stack[base + (i >>> 23)]!;
          if (operand.type === NUMBER) {
            negate(L, operand.value as number, ra);
          } else {
            ci.l_savedpc = pc;
            arithmetic(L, operand, operand, ra, events.UNM);
          }
          break;
        }
        case 19: { // OP_NOT
          const negated = isFalse(stack[base + (i >>> 23)]!);
          const to = stack[ra]!;
          to.type = BOOLEAN;
          to.value = negated;
          break;
        }
        case 20: // OP_LEN
          ci.l_savedpc = pc;
          length(L, stack[base + (i >>> 23)]!, ra);
          break;
        case 21: { // OP_CONCAT
          const b = i >>> 23;
          const c = (i >>> 14) & 0x1ff;
          ci.l_savedpc = pc;
          L.top = base + c + 1;
          concatenate(L, c - b + 1);
          restoreTop(L, ci);
          copyValue(stack[base + b]!, stack[ra]!);
          break;
        }
        case 22: { // OP_JMP
          const offset = (i >>> 14) - BIAS;
          pc += offset;
          if (offset < 0 && --turn.left < 0) {
            ci.l_savedpc = pc;
            turnIsOver(L);
          }
          break;
        }
        case 23: { // OP_EQ
          const b = i >>> 23;
          const c = (i >>> 14) & 0x1ff;
          ci.l_savedpc = pc;
          const holds = equal(
            L,
            b > 255 ? k[b & 255]! : stack[base + b]!,
            c > 255 ? k[c & 255]! : stack[base + c]!,
          );
          if (holds !== (((i >>> 6) & 0xff) !== 0)) pc++;
          break;
        }
        case 24: { // OP_LT
          const b = i >>> 23;
          const c = (i >>> 14) & 0x1ff;
          const left = b > 255 ? k[b & 255]! : stack[base + b]!;
          const right = c > 255 ? k[c & 255]! : stack[base + c]!;
          let holds: boolean;
          if (left.type === NUMBER && right.type === NUMBER) {
            holds = (left.value as number) < (right.value as number);
          } else {
            ci.l_savedpc = pc;
            holds = lessThan(L, left, right);
          }
          if (holds !== (((i >>> 6) & 0xff) !== 0)) pc++;
          break;
        }
        case 25: { // OP_LE
          const b = i >>> 23;
          const c = (i >>> 14) & 0x1ff;
          const left = b > 255 ? k[b & 255]! : stack[base + b]!;
          const right = c > 255 ? k[c & 255]! : stack[base + c]!;
          let holds: boolean;
          if (left.type === NUMBER && right.type === NUMBER) {
            holds = (left.value as number) <= (right.value as number);
          } else {
            ci.l_savedpc = pc;
            holds = lessOrEqual(L, left, right);
          }
          if (holds !== (((i >>> 6) & 0xff) !== 0)) pc++;
          break;
        }
        case 26: // OP_TEST
          if (isFalse(stack[ra]!) === (((i >>> 14) & 0x1ff) !== 0)) pc++;
          break;
        case 27: { // OP_TESTSET
          const from = stack[base + (i >>> 23)]!;
          if (isFalse(from) === (((i >>> 14) & 0x1ff) !== 0)) pc++;
          else copyValue(from, stack[ra]!);
          break;
        }
        case 28: { // OP_CALL
          const b = i >>> 23;
          if (b !== 0) L.top = ra + b;
          const results = ((i >>> 14) & 0x1ff) - 1;
          ci.l_savedpc = pc;
          let func = stack[ra]!;
          if (func.type !== LUA_FUNCTION && func.type !== NATIVE_FUNCTION && func.type !== NATIVE_CLOSURE) {
            do insertCallMetamethod(L, ra); while (!isCallable(func = stack[ra]!));
          }
          if (func.type === LUA_FUNCTION) {
            ci = enterLua(L, ra, func, results);
            break frame;
          }
          callNative(L, ra, func, results);
          if (results >= 0) restoreTop(L, ci);
          break;
        }
        case 29: { // OP_TAILCALL
          const b = i >>> 23;
          if (b !== 0) L.top = ra + b;
          ci.l_savedpc = pc;
          if (preCall(L, ra, MULTIPLE_RESULTS)) break; // native: its results are returned next
          ci = replaceCall(L, ci, proto);
          break frame;
        }
        case 30: { // OP_RETURN
          const b = i >>> 23;
          if (b !== 0) L.top = ra + b - 1;
          if (proto.p.length > 0) closeBelow(L, base, ci.top);
          const fixed = postCall(L, ci, ra, L.top - ra);
          if ((ci.callstatus & CALL_IS_FRESH) !== 0) return;
          ci = L.ci;
          if (fixed) restoreTop(L, ci);
          break frame;
        }
        case 31: { // OP_FORLOOP
          const counter = stack[ra]!;
          const limit = stack[ra + 1]!.value as number;
          const step = stack[ra + 2]!.value as number;
          const next = (counter.value as number) + step;
          if (step > 0 ? next <= limit : limit <= next) {
            pc += (i >>> 14) - BIAS;
            counter.value = next;
            const variable = stack[ra + 3]!;
            variable.type = NUMBER;
            variable.value = next;
            if (--turn.left < 0) {
              ci.l_savedpc = pc;
              turnIsOver(L);
            }
          }
          break;
        }
        case 32: // OP_FORPREP
          ci.l_savedpc = pc;
          prepareLoop(L, ra);
          pc += (i >>> 14) - BIAS;
          break;
        case 33: { // OP_TFORLOOP
          ci.l_savedpc = pc;
          const results = (i >>> 14) & 0x1ff;
          if (!iterateNext(L, ra, results)) callIterator(L, ci, ra, results);
          const first = stack[ra + 3]!;
          if (first.type !== NIL) {
            copyValue(first, stack[ra + 2]!);
            pc += (code[pc]! >>> 14) - BIAS + 1;
            code = proto.code; // An empty loop comes back to this instruction, and may have to meet a trap again.
            if (--turn.left < 0) {
              ci.l_savedpc = pc;
              turnIsOver(L);
            }
          } else pc++;
          break;
        }
        case 34: { // OP_SETLIST
          let batch = (i >>> 14) & 0x1ff;
          if (batch === 0) batch = code[pc++]!;
          storeList(L, ci, ra, i >>> 23, batch);
          break;
        }
        case 35: // OP_CLOSE
          lfunc.luaF_close(L, ra);
          break;
        case 36: { // OP_CLOSURE
          const inner = proto.p[i >>> 14]!;
          makeClosure(L, closure, inner, pc, base, ra);
          pc += inner.upvalueNames.length;
          break;
        }
        case 37: // OP_VARARG
          ci.l_savedpc = pc;
          copyVariableArguments(L, ci, proto, ra, (i >>> 23) - 1);
          break;
        case 38: // OP_TRAP
          ci.l_savedpc = --pc;
          code = passTrap(L, ci, proto, pc);
          break;
        default:
          throw new Error("unknown instruction");
      }
    }
  }
}
