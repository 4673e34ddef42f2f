/**
 * What a debugger is called by: the first instruction of each line.
 *
 * As in Lua 5.1 a line begins with a function, where the line changes from one executed instruction to the next, and with
 * every jump backward. Functions that are compiled for a debugger have traps in the place of all their instructions. A
 * trap looks whether a line begins, and then has the instruction carried out from a copy of the code in which only this
 * one trap is missing, so the next instruction meets the next trap. Functions that are compiled without have no traps,
 * and cost nothing.
 */
import {
  argA,
  argBx,
  argC,
  argSBx,
  OP_CLOSURE,
  OP_FORLOOP,
  OP_JMP,
  OP_SETLIST,
  OP_TFORLOOP,
  OP_TRAP,
  opcodeOf,
} from "./opcodes.ts";
import { suspend, turn, turnIsOver } from "./turn.ts";
import { type CallInfo, type LuaState, NUMBER, type Proto } from "./types.ts";

/** The code of each function with traps in which one of them is missing at a time. */
const windows = new WeakMap<Proto, { readonly code: Int32Array; open: number }>();

/** Puts traps into a function and all that are defined in it. O(instructions). */
export function setTraps(proto: Proto): void {
  const { original, p } = proto;
  const trapped = new Int32Array(original.length).fill(OP_TRAP);
  for (let pc = 0; pc < original.length; pc++) {
    // What stands behind these is read by them, and never carried out by itself.
    for (let words = wordsBehind(original[pc]!, p); words > 0; words--) trapped[++pc] = original[pc]!;
  }
  proto.code = trapped;
  for (const inner of p) setTraps(inner);
}

function wordsBehind(instruction: number, inner: readonly Proto[]): number {
  switch (opcodeOf(instruction)) {
    case OP_CLOSURE:
      return inner[argBx(instruction)]!.upvalueNames.length;
    case OP_SETLIST:
      return argC(instruction) === 0 ? 1 : 0;
    case OP_TFORLOOP:
      return 1;
    default:
      return 0;
  }
}

/**
 * A function has come to a trap: suspends it if a line begins here and somebody wants that.
 * @returns the code with which it goes on, at the same place
 */
export function passTrap(L: LuaState, ci: CallInfo, proto: Proto, pc: number): Int32Array {
  const line = proto.lineinfo[pc]!;
  if (ci.isAtLine) {
    ci.isAtLine = false;
  } else {
    const last = ci.trappedPc;
    const begins = pc === 0 || pc <= last || line !== proto.lineinfo[last];
    ci.trappedPc = pc;
    if (begins && L.nny === 0 && turn.pinned === 0 && turn.atLine(line)) {
      ci.isAtLine = true;
      suspend(L);
    }
  }
  if (jumpsToItself(L, ci, proto.original[pc]!)) {
    if (--turn.left < 0) turnIsOver(L);
    return proto.code;
  }
  let window = windows.get(proto);
  if (window === undefined) windows.set(proto, window = { code: proto.code.slice(), open: pc });
  window.code[window.open] = proto.code[window.open]!;
  window.code[pc] = proto.original[pc]!;
  window.open = pc;
  return window.code;
}

/** Whether an instruction is followed by itself, as in an empty loop; what it does but for that is done. */
function jumpsToItself(L: LuaState, ci: CallInfo, instruction: number): boolean {
  const op = opcodeOf(instruction);
  if ((op !== OP_JMP && op !== OP_FORLOOP) || argSBx(instruction) !== -1) return false;
  if (op === OP_JMP) return true;
  const ra = ci.l_base + argA(instruction);
  const { stack } = L;
  const counter = stack[ra]!;
  const limit = stack[ra + 1]!.value as number;
  const step = stack[ra + 2]!.value as number;
  const next = (counter.value as number) + step;
  if (step > 0 ? next > limit : limit > next) return false;
  counter.value = next;
  const variable = stack[ra + 3]!;
  variable.type = NUMBER;
  variable.value = next;
  return true;
}
