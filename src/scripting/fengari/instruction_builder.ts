/**
 * Emits the instructions of one function and keeps its registers, constants and jumps.
 *
 * Jumps whose target is not known yet are chained through their own offsets, NO_JUMP ends a chain.
 */
import { type Expression, type Kind, NO_JUMP } from "./expression.ts";
import type { Lexer } from "./lexer.ts";
import { lobject } from "./modules.ts";
import {
  argA,
  argB,
  argC,
  argSBx,
  BX_MAX,
  CONSTANT_BIT,
  isTest,
  makeABC,
  makeABx,
  NO_REGISTER,
  OP_JMP,
  OP_LOADNIL,
  OP_RETURN,
  OP_TEST,
  OP_TESTSET,
  opcodeOf,
  SBX_BIAS,
  withA,
  withB,
  withSBx,
} from "./opcodes.ts";
import { latin1Text } from "./strings.ts";
import { BOOLEAN, NIL, NUMBER, STRING, type TString, type TValue } from "./types.ts";

/** Registers of a function at most, the working ones included. */
const REGISTERS_MAX = 250;

export class InstructionBuilder {
  readonly lexer: Lexer;
  readonly code: number[] = [];
  readonly lines: number[] = [];
  readonly constants: TValue[] = [];
  readonly #constantIndex = new Map<unknown, number>();
  /** First free register. */
  freeRegister = 0;
  /** Registers below this one are local variables. */
  activeLocals = 0;
  maxStackSize = 2;
  /** The last position that something jumps to: no merging of instructions across it. */
  #lastTarget = -1;
  /** Jumps to the next instruction to be emitted. */
  #pending = NO_JUMP;

  constructor(lexer: Lexer) {
    this.lexer = lexer;
  }

  get pc(): number {
    return this.code.length;
  }

  emit(instruction: number, line = this.lexer.lastLine): number {
    this.patch(this.#pending, this.pc, NO_REGISTER, this.pc);
    this.#pending = NO_JUMP;
    this.code.push(instruction | 0);
    this.lines.push(line);
    return this.pc - 1;
  }

  emitABC(op: number, a: number, b: number, c: number): number {
    return this.emit(makeABC(op, a, b, c));
  }

  emitABx(op: number, a: number, bx: number): number {
    return this.emit(makeABx(op, a, bx));
  }

  /** The line of the instruction emitted last. */
  fixLine(line: number): void {
    this.lines[this.pc - 1] = line;
  }

  emitNil(from: number, count: number): void {
    if (this.pc > this.#lastTarget) {
      if (this.pc === 0) {
        if (from >= this.activeLocals) return; // registers are nil when a function begins
      } else {
        const previous = this.code[this.pc - 1]!;
        if (opcodeOf(previous) === OP_LOADNIL) {
          const [first, last] = [argA(previous), argB(previous)];
          if (first <= from && from <= last + 1) {
            if (from + count - 1 > last) this.code[this.pc - 1] = withB(previous, from + count - 1);
            return;
          }
        }
      }
    }
    this.emitABC(OP_LOADNIL, from, from + count - 1, 0);
  }

  emitReturn(first: number, count: number): void {
    this.emitABC(OP_RETURN, first, count + 1, 0);
  }

  // Jumps

  jump(): number {
    const pending = this.#pending;
    this.#pending = NO_JUMP;
    return this.chain(this.emitABx(OP_JMP, 0, NO_JUMP + SBX_BIAS), pending);
  }

  /** Marks the next instruction as a target of jumps. */
  label(): number {
    this.#lastTarget = this.pc;
    return this.pc;
  }

  protected conditionalJump(op: number, a: number, b: number, c: number): number {
    this.emitABC(op, a, b, c);
    return this.jump();
  }

  #target(pc: number): number {
    const offset = argSBx(this.code[pc]!);
    return offset === NO_JUMP ? NO_JUMP : pc + 1 + offset;
  }

  #setTarget(pc: number, target: number): void {
    const offset = target - (pc + 1);
    if (Math.abs(offset) > SBX_BIAS) this.lexer.syntaxError("control structure too long");
    this.code[pc] = withSBx(this.code[pc]!, offset);
  }

  /** Joins two chains. */
  chain(first: number, second: number): number {
    if (second === NO_JUMP) return first;
    if (first === NO_JUMP) return second;
    let last = first;
    for (let next = this.#target(last); next !== NO_JUMP; next = this.#target(last)) last = next;
    this.#setTarget(last, second);
    return first;
  }

  patchList(list: number, target: number): void {
    if (target === this.pc) this.patchToHere(list);
    else this.patch(list, target, NO_REGISTER, target);
  }

  patchToHere(list: number): void {
    this.label();
    this.#pending = this.chain(this.#pending, list);
  }

  /** Where the test that controls a jump is, or the jump itself. */
  protected control(pc: number): number {
    return pc >= 1 && isTest(opcodeOf(this.code[pc - 1]!)) ? pc - 1 : pc;
  }

  protected needsValue(list: number): boolean {
    for (let pc = list; pc !== NO_JUMP; pc = this.#target(pc)) {
      if (opcodeOf(this.code[this.control(pc)]!) !== OP_TESTSET) return true;
    }
    return false;
  }

  /** Gives a TESTSET its register, or makes it a TEST when nobody wants the value; false for other jumps. */
  #patchTest(pc: number, register: number): boolean {
    const at = this.control(pc);
    const instruction = this.code[at]!;
    if (opcodeOf(instruction) !== OP_TESTSET) return false;
    this.code[at] = register !== NO_REGISTER && register !== argB(instruction)
      ? withA(instruction, register)
      : makeABC(OP_TEST, argB(instruction), 0, argC(instruction)) | 0;
    return true;
  }

  protected dropValues(list: number): void {
    for (let pc = list; pc !== NO_JUMP; pc = this.#target(pc)) this.#patchTest(pc, NO_REGISTER);
  }

  protected patch(list: number, valueTarget: number, register: number, otherTarget: number): void {
    for (let pc = list; pc !== NO_JUMP;) {
      const next = this.#target(pc);
      this.#setTarget(pc, this.#patchTest(pc, register) ? valueTarget : otherTarget);
      pc = next;
    }
  }

  // Registers and constants

  checkStack(count: number): void {
    const size = this.freeRegister + count;
    if (size <= this.maxStackSize) return;
    if (size >= REGISTERS_MAX) this.lexer.syntaxError("function or expression too complex");
    this.maxStackSize = size;
  }

  reserve(count: number): void {
    this.checkStack(count);
    this.freeRegister += count;
  }

  protected free(register: number): void {
    if ((register & CONSTANT_BIT) === 0 && register >= this.activeLocals) this.freeRegister--;
  }

  protected freeExpression(e: Expression): void {
    if (e.kind === "register") this.free(e.info);
  }

  /** `key` finds an equal constant again; 0 and -0 are one key, as in the original. */
  #constant(key: unknown, type: number, value: unknown): number {
    const known = this.#constantIndex.get(key);
    if (known !== undefined) return known;
    if (this.constants.length > BX_MAX) this.lexer.fail("constant table overflow", 0);
    this.constants.push(new lobject.TValue(type, value));
    this.#constantIndex.set(key, this.constants.length - 1);
    return this.constants.length - 1;
  }

  stringConstant(string: TString): number {
    return this.#constant(latin1Text(string.realstring), STRING, string);
  }

  numberConstant(value: number): number {
    return this.#constant(value, NUMBER, value);
  }

  protected simpleConstant(kind: Kind): number {
    return kind === "nil"
      ? this.#constant(null, NIL, null)
      : this.#constant(kind === "true", BOOLEAN, kind === "true");
  }
}
