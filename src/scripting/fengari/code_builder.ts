/**
 * Emits the instructions of expressions.
 *
 * An expression is described by an `Expression` until it is known where its value is wanted ("discharged"): a
 * constant costs nothing until it is put into a register, a comparison may end as a jump and never have a value.
 *
 * The choices (what is folded, which register, which operand first) are Lua 5.1's, see opcodes.ts.
 */
import {
  ARITHMETIC,
  assign,
  type BinaryOperator,
  type Expression,
  expression,
  fold,
  hasJumps,
  isNumeral,
  NO_JUMP,
} from "./expression.ts";
import { InstructionBuilder } from "./instruction_builder.ts";
import {
  argA,
  argB,
  C_MAX,
  CONSTANT_BIT,
  FIELDS_PER_FLUSH,
  NO_REGISTER,
  OP_CONCAT,
  OP_EQ,
  OP_GETGLOBAL,
  OP_GETTABLE,
  OP_GETUPVAL,
  OP_LE,
  OP_LEN,
  OP_LOADBOOL,
  OP_LOADK,
  OP_LT,
  OP_MOVE,
  OP_NOT,
  OP_SELF,
  OP_SETGLOBAL,
  OP_SETLIST,
  OP_SETTABLE,
  OP_SETUPVAL,
  OP_TEST,
  OP_TESTSET,
  OP_UNM,
  opcodeOf,
  RK_CONSTANT_MAX,
  withA,
  withB,
  withC,
} from "./opcodes.ts";
import { MULTIPLE_RESULTS } from "./types.ts";

export class CodeBuilder extends InstructionBuilder {
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
        this.free(e.aux);
        this.free(e.info);
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
      if (this.needsValue(e.whenTrue) || this.needsValue(e.whenFalse)) {
        const over = e.kind === "jump" ? NO_JUMP : this.jump();
        loadFalse = this.#loadBoolean(register, 0, 1);
        loadTrue = this.#loadBoolean(register, 1, 0);
        this.patchToHere(over);
      }
      const end = this.label();
      this.patch(e.whenFalse, end, register, loadFalse);
      this.patch(e.whenTrue, end, register, loadTrue);
    }
    e.whenFalse = e.whenTrue = NO_JUMP;
    e.info = register;
    e.kind = "register";
  }

  toNextRegister(e: Expression): void {
    this.dischargeVariable(e);
    this.freeExpression(e);
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
          e.info = e.kind === "number" ? this.numberConstant(e.number) : this.simpleConstant(e.kind);
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
        this.freeExpression(value);
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
    this.freeExpression(value);
  }

  /** Puts the method `key` of `e`, and `e` itself behind it, into two new registers. */
  method(e: Expression, key: Expression): void {
    this.toAnyRegister(e);
    this.freeExpression(e);
    const register = this.freeRegister;
    this.reserve(2);
    this.emitABC(OP_SELF, register, e.info, this.toOperand(key));
    this.freeExpression(key);
    e.info = register;
    e.kind = "register";
  }

  index(table: Expression, key: Expression): void {
    table.aux = this.toOperand(key);
    table.kind = "indexed";
  }

  #invert(e: Expression): void {
    const at = this.control(e.info);
    this.code[at] = withA(this.code[at]!, argA(this.code[at]!) === 0 ? 1 : 0);
  }

  #jumpOn(e: Expression, condition: number): number {
    if (e.kind === "relocatable") {
      const instruction = this.code[e.info]!;
      if (opcodeOf(instruction) === OP_NOT) {
        this.code.pop();
        this.lines.pop();
        return this.conditionalJump(OP_TEST, argB(instruction), 0, condition === 0 ? 1 : 0);
      }
    }
    this.#toAnyRegisterOrJump(e);
    this.freeExpression(e);
    return this.conditionalJump(OP_TESTSET, NO_REGISTER, e.info, condition);
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
        this.freeExpression(e);
        e.info = this.emitABC(OP_NOT, 0, e.info, 0);
        e.kind = "relocatable";
    }
    [e.whenFalse, e.whenTrue] = [e.whenTrue, e.whenFalse];
    this.dropValues(e.whenFalse);
    this.dropValues(e.whenTrue);
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
      this.freeExpression(a);
      this.freeExpression(b);
    } else {
      this.freeExpression(b);
      this.freeExpression(a);
    }
    a.info = this.emitABC(op, 0, left, right);
    a.kind = "relocatable";
  }

  #compare(op: number, condition: number, a: Expression, b: Expression): void {
    let left = this.toOperand(a);
    let right = this.toOperand(b);
    this.freeExpression(b);
    this.freeExpression(a);
    let wanted = condition;
    if (condition === 0 && op !== OP_EQ) {
      [left, right] = [right, left];
      wanted = 1;
    }
    a.info = this.conditionalJump(op, wanted, left, right);
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
      this.freeExpression(a);
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
