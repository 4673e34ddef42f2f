/**
 * Where a script is and what its variables are called: what error messages are made of.
 *
 * The name of a value is found as Lua 5.1 finds it: by the instruction that wrote its register last, following jumps
 * forward and never back. A level counts calls from the running function outwards, and calls that a tail call
 * replaced are counted too.
 */
import {
  argA,
  argB,
  argBx,
  argC,
  argSBx,
  CONSTANT_BIT,
  OP_CALL,
  OP_CLOSURE,
  OP_FORLOOP,
  OP_FORPREP,
  OP_GETGLOBAL,
  OP_GETTABLE,
  OP_GETUPVAL,
  OP_JMP,
  OP_LOADNIL,
  OP_MOVE,
  OP_SELF,
  OP_SETLIST,
  OP_TAILCALL,
  OP_TFORLOOP,
  opcodeOf,
  setsRegisterA,
} from "./opcodes.ts";
import { CHUNK_NAME_BYTES, chunkName, latin1Text, untilZero } from "./strings.ts";
import {
  CALL_IS_LUA,
  type CallInfo,
  type LuaClosure,
  type LuaState,
  type Proto,
  STRING,
  type TString,
} from "./types.ts";

export interface VariableName {
  readonly kind: "global" | "local" | "field" | "upvalue" | "method";
  readonly name: string;
}

export function isLuaCall(ci: CallInfo): boolean {
  return (ci.callstatus & CALL_IS_LUA) !== 0;
}

function protoOf(ci: CallInfo): Proto {
  return (ci.func.value as LuaClosure).p;
}

function currentPc(ci: CallInfo): number {
  return ci.l_savedpc - 1;
}

/** The line that a Lua function is at. */
export function currentLine(ci: CallInfo): number {
  return protoOf(ci).lineinfo[currentPc(ci)] ?? -1;
}

/** The line at which a Lua function that was suspended goes on. */
export function nextLine(ci: CallInfo): number {
  return protoOf(ci).lineinfo[ci.l_savedpc] ?? -1;
}

/** The calls of Lua functions in a thread, the innermost first. */
export function luaCalls(L: LuaState): CallInfo[] {
  const calls: CallInfo[] = [];
  for (let { ci } = L; ci !== L.base_ci; ci = ci.previous) if (isLuaCall(ci)) calls.push(ci);
  return calls;
}

/** The names of the active local variables at an instruction, in the order of their registers. */
export function namesOfLocals(ci: CallInfo, pc: number): string[] {
  const names: string[] = [];
  for (const { name, startPc, endPc } of protoOf(ci).locals) {
    if (startPc > pc) break;
    if (pc < endPc) names.push(text(name));
  }
  return names;
}

/** `chunk:line:` of a Lua function. */
export function positionOf(ci: CallInfo): string {
  return `${chunkName(protoOf(ci).source.realstring, CHUNK_NAME_BYTES)}:${currentLine(ci)}:`;
}

/**
 * The call at a level: 0 is the running function. "tail" for one that a tail call replaced, undefined above the
 * outermost.
 */
export function callAtLevel(L: LuaState, level: number): CallInfo | "tail" | undefined {
  let left = level;
  let ci = L.ci;
  while (left > 0 && ci !== L.base_ci) {
    left--;
    if (isLuaCall(ci)) left -= ci.tailcalls;
    ci = ci.previous;
  }
  if (left < 0) return "tail";
  return left === 0 && ci !== L.base_ci ? ci : undefined;
}

/** `chunk:line: ` of the function at a level, and nothing for native functions. */
export function where(L: LuaState, level: number): string {
  const ci = callAtLevel(L, level);
  if (ci === undefined || ci === "tail" || !isLuaCall(ci)) return "";
  return currentLine(ci) > 0 ? positionOf(ci) + " " : "";
}

/** The source of a Lua function as it was named to the compiler, one character a byte. */
export function sourceOf(ci: CallInfo): string {
  return latin1Text(protoOf(ci).source.realstring);
}

function text(string: TString): string {
  return latin1Text(untilZero(string.realstring));
}

function localName(proto: Proto, register: number, pc: number): string | undefined {
  let left = register + 1;
  for (const { name, startPc, endPc } of proto.locals) {
    if (startPc > pc) break;
    if (pc < endPc && --left === 0) return text(name);
  }
  return undefined;
}

/** The instruction before `lastPc` that wrote the register last. */
function writerOf(proto: Proto, lastPc: number, register: number): number {
  const { original: code } = proto;
  let last = code.length - 1;
  for (let pc = 0; pc < lastPc; pc++) {
    const instruction = code[pc]!;
    const op = opcodeOf(instruction);
    const a = argA(instruction);
    if (setsRegisterA(op) && a === register) last = pc;
    switch (op) {
      case OP_LOADNIL:
        if (a <= register && register <= argB(instruction)) last = pc;
        break;
      case OP_SELF:
        if (register === a + 1) last = pc;
        break;
      case OP_TFORLOOP:
        if (register >= a + 2) last = pc;
        break;
      case OP_CALL:
      case OP_TAILCALL:
        if (register >= a) last = pc;
        break;
      case OP_JMP:
      case OP_FORLOOP:
      case OP_FORPREP: {
        const target = pc + 1 + argSBx(instruction);
        if (pc < target && target <= lastPc) pc += argSBx(instruction);
        break;
      }
      case OP_CLOSURE:
        pc += proto.p[argBx(instruction)]!.upvalueNames.length;
        break;
      case OP_SETLIST:
        if (argC(instruction) === 0) pc++;
        break;
      default:
    }
  }
  return code[last]!;
}

function constantName(proto: Proto, operand: number): string {
  if ((operand & CONSTANT_BIT) !== 0) {
    const constant = proto.k[operand & ~CONSTANT_BIT]!;
    if (constant.type === STRING) return text(constant.value as TString);
  }
  return "?";
}

/** What the value in a register of a running Lua function is called. */
export function registerName(ci: CallInfo, register: number): VariableName | undefined {
  if (!isLuaCall(ci)) return undefined;
  const proto = protoOf(ci);
  const pc = currentPc(ci);
  const local = localName(proto, register, pc);
  if (local !== undefined) return { kind: "local", name: local };
  const writer = writerOf(proto, pc, register);
  switch (opcodeOf(writer)) {
    case OP_GETGLOBAL:
      return { kind: "global", name: text(proto.k[argBx(writer)]!.value as TString) };
    case OP_MOVE:
      return argB(writer) < argA(writer) ? registerName(ci, argB(writer)) : undefined;
    case OP_GETTABLE:
      return { kind: "field", name: constantName(proto, argC(writer)) };
    case OP_GETUPVAL: {
      const name = proto.upvalueNames[argB(writer)];
      return { kind: "upvalue", name: name === undefined ? "?" : text(name) };
    }
    case OP_SELF:
      return { kind: "method", name: constantName(proto, argC(writer)) };
    default:
      return undefined;
  }
}

/** Whether the running native function was called in a `return` statement, where a Lua function replaces its caller. */
export function isInTailPosition(L: LuaState): boolean {
  const caller = L.ci.previous;
  return isLuaCall(caller) && opcodeOf(protoOf(caller).original[currentPc(caller)]!) === OP_TAILCALL;
}

/** What a function was called by, as far as its caller's code tells. */
export function calledName(ci: CallInfo): VariableName | undefined {
  if (isLuaCall(ci) && ci.tailcalls > 0) return undefined;
  const caller = ci.previous;
  if (!isLuaCall(caller)) return undefined;
  const instruction = protoOf(caller).original[currentPc(caller)]!;
  switch (opcodeOf(instruction)) {
    case OP_CALL:
    case OP_TAILCALL:
    case OP_TFORLOOP:
      return registerName(caller, argA(instruction));
    default:
      return undefined;
  }
}
