/**
 * Emits the instructions of one function: registers, constants, jumps and expressions.
 *
 * An expression is described by an `Expression` until it is known where its value is wanted ("discharged"): a
 * constant costs nothing until it is put into a register, a comparison may end as a jump and never have a value.
 * Jumps whose target is not known yet are chained through their own offsets, NO_JUMP ends a chain.
 *
 * The choices (what is folded, which register, which operand first) are Lua 5.1's, see opcodes.ts.
 */
import type { Lexer } from "./lexer.ts";
import { lobject } from "./modules.ts";
import {
  argA,
  argB,
  argC,
  argSBx,
  BX_MAX,
  C_MAX,
  CONSTANT_BIT,
  FIELDS_PER_FLUSH,
  isTest,
  makeABC,
  makeABx,
  NO_REGISTER,
  OP_ADD,
  OP_CONCAT,
  OP_DIV,
  OP_EQ,
  OP_GETGLOBAL,
  OP_GETTABLE,
  OP_GETUPVAL,
  OP_JMP,
  OP_LE,
  OP_LEN,
  OP_LOADBOOL,
  OP_LOADK,
  OP_LOADNIL,
  OP_LT,
  OP_MOD,
  OP_MOVE,
  OP_MUL,
  OP_NOT,
  OP_POW,
  OP_RETURN,
  OP_SELF,
  OP_SETGLOBAL,
  OP_SETLIST,
  OP_SETTABLE,
  OP_SETUPVAL,
  OP_SUB,
  OP_TEST,
  OP_TESTSET,
  OP_UNM,
  opcodeOf,
  RK_CONSTANT_MAX,
  SBX_BIAS,
  withA,
  withB,
  withC,
  withSBx,
} from "./opcodes.ts";
import { latin1Text } from "./strings.ts";
import { BOOLEAN, MULTIPLE_RESULTS, NIL, NUMBER, STRING, type TString, type TValue } from "./types.ts";

export const NO_JUMP = -1;

/** Registers of a function at most, the working ones included. */
const REGISTERS_MAX = 250;

export type Kind =
  | "void"
  | "nil"
  | "true"
  | "false"
  /** `info` is a constant. */
  | "constant"
  /** `number` is the value. */
  | "number"
  /** `info` is the register. */
  | "local"
  | "upvalue"
  /** `info` is the constant of its name. */
  | "global"
  /** `info` is the register of the table, `aux` the register or constant of the key. */
  | "indexed"
  /** `info` is the jump of a comparison. */
  | "jump"
  /** `info` is an instruction whose register A is free to choose. */
  | "relocatable"
  /** `info` is the register. */
  | "register"
  | "call"
  | "vararg";

export interface Expression {
  kind: Kind;
  info: number;
  aux: number;
  number: number;
  /** Jumps taken when it is true, and false. */
  whenTrue: number;
  whenFalse: number;
}

export function expression(kind: Kind = "void", info = 0): Expression {
  return { kind, info, aux: 0, number: 0, whenTrue: NO_JUMP, whenFalse: NO_JUMP };
}

export function hasManyResults(e: Expression): boolean {
  return e.kind === "call" || e.kind === "vararg";
}

function hasJumps(e: Expression): boolean {
  return e.whenTrue !== e.whenFalse;
}

function isNumeral(e: Expression): boolean {
  return e.kind === "number" && e.whenTrue === NO_JUMP && e.whenFalse === NO_JUMP;
}

function assign(to: Expression, from: Expression): void {
  to.kind = from.kind;
  to.info = from.info;
  to.aux = from.aux;
  to.number = from.number;
  to.whenTrue = from.whenTrue;
  to.whenFalse = from.whenFalse;
}

export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "^"
  | ".."
  | "~="
  | "=="
  | "<"
  | "<="
  | ">"
  | ">="
  | "and"
  | "or";

const ARITHMETIC = new Map<BinaryOperator, number>([
  ["+", OP_ADD],
  ["-", OP_SUB],
  ["*", OP_MUL],
  ["/", OP_DIV],
  ["%", OP_MOD],
  ["^", OP_POW],
]);

/** The value of an operation on constants, or undefined where it is left to the run. */
function fold(op: number, a: number, b: number): number | undefined {
  let result: number;
  switch (op) {
    case OP_ADD:
      result = a + b;
      break;
    case OP_SUB:
      result = a - b;
      break;
    case OP_MUL:
      result = a * b;
      break;
    case OP_DIV:
      if (b === 0) return undefined;
      result = a / b;
      break;
    case OP_MOD:
      if (b === 0) return undefined;
      result = a - Math.floor(a / b) * b;
      break;
    case OP_POW:
      result = Math.pow(a, b);
      break;
    case OP_UNM:
      result = -a;
      break;
    default:
      return undefined;
  }
  return Number.isNaN(result) ? undefined : result;
}

export class CodeBuilder {
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
    this.#patch(this.#pending, this.pc, NO_REGISTER, this.pc);
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

  #conditionalJump(op: number, a: number, b: number, c: number): number {
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
    else this.#patch(list, target, NO_REGISTER, target);
  }

  patchToHere(list: number): void {
    this.label();
    this.#pending = this.chain(this.#pending, list);
  }

  /** Where the test that controls a jump is, or the jump itself. */
  #control(pc: number): number {
    return pc >= 1 && isTest(opcodeOf(this.code[pc - 1]!)) ? pc - 1 : pc;
  }

  #needsValue(list: number): boolean {
    for (let pc = list; pc !== NO_JUMP; pc = this.#target(pc)) {
      if (opcodeOf(this.code[this.#control(pc)]!) !== OP_TESTSET) return true;
    }
    return false;
  }

  /** Gives a TESTSET its register, or makes it a TEST when nobody wants the value; false for other jumps. */
  #patchTest(pc: number, register: number): boolean {
    const at = this.#control(pc);
    const instruction = this.code[at]!;
    if (opcodeOf(instruction) !== OP_TESTSET) return false;
    this.code[at] = register !== NO_REGISTER && register !== argB(instruction)
      ? withA(instruction, register)
      : makeABC(OP_TEST, argB(instruction), 0, argC(instruction)) | 0;
    return true;
  }

  #dropValues(list: number): void {
    for (let pc = list; pc !== NO_JUMP; pc = this.#target(pc)) this.#patchTest(pc, NO_REGISTER);
  }

  #patch(list: number, valueTarget: number, register: number, otherTarget: number): void {
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

  #free(register: number): void {
    if ((register & CONSTANT_BIT) === 0 && register >= this.activeLocals) this.freeRegister--;
  }

  #freeExpression(e: Expression): void {
    if (e.kind === "register") this.#free(e.info);
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

  #simpleConstant(kind: Kind): number {
    return kind === "nil"
      ? this.#constant(null, NIL, null)
      : this.#constant(kind === "true", BOOLEAN, kind === "true");
  }

  // Expressions

  setResults(e: Expression, count: number): void {
    if (e.kind === "call") {
      this.code[e.info] = withC(this.code[e.info]!, count + 1);
    } else if (e.kind === "vararg") {
      this.code[e.info] = withA(withB(this.code[e.info]!, count + 1), this.freeRegister);
      this.reserve(1);
    }
  }

  setManyResults(e: Expression): void {
    this.setResults(e, MULTIPLE_RESULTS);
  }

  setOneResult(e: Expression): void {
    if (e.kind === "call") {
      e.kind = "register";
      e.info = argA(this.code[e.info]!);
    } else if (e.kind === "vararg") {
      this.code[e.info] = withB(this.code[e.info]!, 2);
      e.kind = "relocatable";
    }
  }

  /** Turns a variable into its value, in a register or about to be in one. */
  dischargeVariable(e: Expression): void {
    switch (e.kind) {
      case "local":
        e.kind = "register";
        return;
      case "upvalue":
        e.info = this.emitABC(OP_GETUPVAL, 0, e.info, 0);
        break;
      case "global":
        e.info = this.emitABx(OP_GETGLOBAL, 0, e.info);
        break;
      case "indexed":
        this.#free(e.aux);
        this.#free(e.info);
        e.info = this.emitABC(OP_GETTABLE, 0, e.info, e.aux);
        break;
      default:
        this.setOneResult(e);
        return;
    }
    e.kind = "relocatable";
  }

  #toRegisterOrJump(e: Expression, register: number): void {
    this.dischargeVariable(e);
    switch (e.kind) {
      case "nil":
        this.emitNil(register, 1);
        break;
      case "true":
      case "false":
        this.emitABC(OP_LOADBOOL, register, e.kind === "true" ? 1 : 0, 0);
        break;
      case "constant":
        this.emitABx(OP_LOADK, register, e.info);
        break;
      case "number":
        this.emitABx(OP_LOADK, register, this.numberConstant(e.number));
        break;
      case "relocatable":
        this.code[e.info] = withA(this.code[e.info]!, register);
        break;
      case "register":
        if (register !== e.info) this.emitABC(OP_MOVE, register, e.info, 0);
        break;
      default:
        return;
    }
    e.info = register;
    e.kind = "register";
  }

  #toAnyRegisterOrJump(e: Expression): void {
    if (e.kind === "register") return;
    this.reserve(1);
    this.#toRegisterOrJump(e, this.freeRegister - 1);
  }

  #loadBoolean(register: number, value: number, skip: number): number {
    this.label();
    return this.emitABC(OP_LOADBOOL, register, value, skip);
  }

  #toRegister(e: Expression, register: number): void {
    this.#toRegisterOrJump(e, register);
    if (e.kind === "jump") e.whenTrue = this.chain(e.whenTrue, e.info);
    if (hasJumps(e)) {
      let loadFalse = NO_JUMP;
      let loadTrue = NO_JUMP;
      if (this.#needsValue(e.whenTrue) || this.#needsValue(e.whenFalse)) {
        const over = e.kind === "jump" ? NO_JUMP : this.jump();
        loadFalse = this.#loadBoolean(register, 0, 1);
        loadTrue = this.#loadBoolean(register, 1, 0);
        this.patchToHere(over);
      }
      const end = this.label();
      this.#patch(e.whenFalse, end, register, loadFalse);
      this.#patch(e.whenTrue, end, register, loadTrue);
    }
    e.whenFalse = e.whenTrue = NO_JUMP;
    e.info = register;
    e.kind = "register";
  }

  toNextRegister(e: Expression): void {
    this.dischargeVariable(e);
    this.#freeExpression(e);
    this.reserve(1);
    this.#toRegister(e, this.freeRegister - 1);
  }

  toAnyRegister(e: Expression): number {
    this.dischargeVariable(e);
    if (e.kind === "register") {
      if (!hasJumps(e)) return e.info;
      if (e.info >= this.activeLocals) {
        this.#toRegister(e, e.info);
        return e.info;
      }
    }
    this.toNextRegister(e);
    return e.info;
  }

  toValue(e: Expression): void {
    if (hasJumps(e)) this.toAnyRegister(e);
    else this.dischargeVariable(e);
  }

  /** A register or, where it fits, a constant (with CONSTANT_BIT). */
  toOperand(e: Expression): number {
    this.toValue(e);
    switch (e.kind) {
      case "number":
      case "true":
      case "false":
      case "nil":
        if (this.constants.length <= RK_CONSTANT_MAX) {
          e.info = e.kind === "number" ? this.numberConstant(e.number) : this.#simpleConstant(e.kind);
          e.kind = "constant";
          return e.info | CONSTANT_BIT;
        }
        break;
      case "constant":
        if (e.info <= RK_CONSTANT_MAX) return e.info | CONSTANT_BIT;
        break;
      default:
    }
    return this.toAnyRegister(e);
  }

  store(variable: Expression, value: Expression): void {
    switch (variable.kind) {
      case "local":
        this.#freeExpression(value);
        this.#toRegister(value, variable.info);
        return;
      case "upvalue":
        this.emitABC(OP_SETUPVAL, this.toAnyRegister(value), variable.info, 0);
        break;
      case "global":
        this.emitABx(OP_SETGLOBAL, this.toAnyRegister(value), variable.info);
        break;
      default:
        this.emitABC(OP_SETTABLE, variable.info, variable.aux, this.toOperand(value));
    }
    this.#freeExpression(value);
  }

  /** Puts the method `key` of `e`, and `e` itself behind it, into two new registers. */
  method(e: Expression, key: Expression): void {
    this.toAnyRegister(e);
    this.#freeExpression(e);
    const register = this.freeRegister;
    this.reserve(2);
    this.emitABC(OP_SELF, register, e.info, this.toOperand(key));
    this.#freeExpression(key);
    e.info = register;
    e.kind = "register";
  }

  index(table: Expression, key: Expression): void {
    table.aux = this.toOperand(key);
    table.kind = "indexed";
  }

  #invert(e: Expression): void {
    const at = this.#control(e.info);
    this.code[at] = withA(this.code[at]!, argA(this.code[at]!) === 0 ? 1 : 0);
  }

  #jumpOn(e: Expression, condition: number): number {
    if (e.kind === "relocatable") {
      const instruction = this.code[e.info]!;
      if (opcodeOf(instruction) === OP_NOT) {
        this.code.pop();
        this.lines.pop();
        return this.#conditionalJump(OP_TEST, argB(instruction), 0, condition === 0 ? 1 : 0);
      }
    }
    this.#toAnyRegisterOrJump(e);
    this.#freeExpression(e);
    return this.#conditionalJump(OP_TESTSET, NO_REGISTER, e.info, condition);
  }

  /** Goes on when `e` is true, jumps when it is false. */
  goIfTrue(e: Expression): void {
    this.dischargeVariable(e);
    let jump: number;
    switch (e.kind) {
      case "constant":
      case "number":
      case "true":
        jump = NO_JUMP;
        break;
      case "jump":
        this.#invert(e);
        jump = e.info;
        break;
      default:
        jump = this.#jumpOn(e, 0);
    }
    e.whenFalse = this.chain(e.whenFalse, jump);
    this.patchToHere(e.whenTrue);
    e.whenTrue = NO_JUMP;
  }

  #goIfFalse(e: Expression): void {
    this.dischargeVariable(e);
    let jump: number;
    switch (e.kind) {
      case "nil":
      case "false":
        jump = NO_JUMP;
        break;
      case "jump":
        jump = e.info;
        break;
      default:
        jump = this.#jumpOn(e, 1);
    }
    e.whenTrue = this.chain(e.whenTrue, jump);
    this.patchToHere(e.whenFalse);
    e.whenFalse = NO_JUMP;
  }

  #not(e: Expression): void {
    this.dischargeVariable(e);
    switch (e.kind) {
      case "nil":
      case "false":
        e.kind = "true";
        break;
      case "constant":
      case "number":
      case "true":
        e.kind = "false";
        break;
      case "jump":
        this.#invert(e);
        break;
      default:
        this.#toAnyRegisterOrJump(e);
        this.#freeExpression(e);
        e.info = this.emitABC(OP_NOT, 0, e.info, 0);
        e.kind = "relocatable";
    }
    [e.whenFalse, e.whenTrue] = [e.whenTrue, e.whenFalse];
    this.#dropValues(e.whenFalse);
    this.#dropValues(e.whenTrue);
  }

  #arithmetic(op: number, a: Expression, b: Expression): void {
    if (isNumeral(a) && isNumeral(b)) {
      const folded = fold(op, a.number, b.number);
      if (folded !== undefined) {
        a.number = folded;
        return;
      }
    }
    const right = op !== OP_UNM && op !== OP_LEN ? this.toOperand(b) : 0;
    const left = this.toOperand(a);
    if (left > right) {
      this.#freeExpression(a);
      this.#freeExpression(b);
    } else {
      this.#freeExpression(b);
      this.#freeExpression(a);
    }
    a.info = this.emitABC(op, 0, left, right);
    a.kind = "relocatable";
  }

  #compare(op: number, condition: number, a: Expression, b: Expression): void {
    let left = this.toOperand(a);
    let right = this.toOperand(b);
    this.#freeExpression(b);
    this.#freeExpression(a);
    let wanted = condition;
    if (condition === 0 && op !== OP_EQ) {
      [left, right] = [right, left];
      wanted = 1;
    }
    a.info = this.#conditionalJump(op, wanted, left, right);
    a.kind = "jump";
  }

  prefix(operator: "-" | "not" | "#", e: Expression): void {
    if (operator === "not") {
      this.#not(e);
      return;
    }
    if (operator === "#" || !isNumeral(e)) this.toAnyRegister(e);
    const zero = expression("number");
    this.#arithmetic(operator === "-" ? OP_UNM : OP_LEN, e, zero);
  }

  /** Prepares the left operand, before the right one is read. */
  infix(operator: BinaryOperator, e: Expression): void {
    if (operator === "and") this.goIfTrue(e);
    else if (operator === "or") this.#goIfFalse(e);
    else if (operator === "..") this.toNextRegister(e);
    else if (!ARITHMETIC.has(operator) || !isNumeral(e)) this.toOperand(e);
  }

  /** Leaves the result of the operation in `a`. */
  postfix(operator: BinaryOperator, a: Expression, b: Expression): void {
    switch (operator) {
      case "and":
        this.dischargeVariable(b);
        b.whenFalse = this.chain(b.whenFalse, a.whenFalse);
        assign(a, b);
        break;
      case "or":
        this.dischargeVariable(b);
        b.whenTrue = this.chain(b.whenTrue, a.whenTrue);
        assign(a, b);
        break;
      case "..":
        this.#concatenate(a, b);
        break;
      case "==":
        this.#compare(OP_EQ, 1, a, b);
        break;
      case "~=":
        this.#compare(OP_EQ, 0, a, b);
        break;
      case "<":
        this.#compare(OP_LT, 1, a, b);
        break;
      case "<=":
        this.#compare(OP_LE, 1, a, b);
        break;
      case ">":
        this.#compare(OP_LT, 0, a, b);
        break;
      case ">=":
        this.#compare(OP_LE, 0, a, b);
        break;
      default:
        this.#arithmetic(ARITHMETIC.get(operator)!, a, b);
    }
  }

  /** `a .. (b .. c)` becomes one instruction over consecutive registers. */
  #concatenate(a: Expression, b: Expression): void {
    this.toValue(b);
    if (b.kind === "relocatable" && opcodeOf(this.code[b.info]!) === OP_CONCAT) {
      this.#freeExpression(a);
      this.code[b.info] = withB(this.code[b.info]!, a.info);
      a.kind = "relocatable";
      a.info = b.info;
    } else {
      this.toNextRegister(b);
      this.#arithmetic(OP_CONCAT, a, b);
    }
  }

  /** Stores the last `pending` of `total` items, which lie behind the table's register. */
  setList(table: number, total: number, pending: number): void {
    const batch = Math.floor((total - 1) / FIELDS_PER_FLUSH) + 1;
    const count = pending === MULTIPLE_RESULTS ? 0 : pending;
    if (batch <= C_MAX) {
      this.emitABC(OP_SETLIST, table, count, batch);
    } else {
      this.emitABC(OP_SETLIST, table, count, 0);
      this.emit(batch);
    }
    this.freeRegister = table + 1;
  }
}
