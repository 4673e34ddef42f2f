/**
 * What is known of an expression while its code is not complete, see code_builder.ts; and what can be computed while
 * compiling.
 */
import { OP_ADD, OP_DIV, OP_MOD, OP_MUL, OP_POW, OP_SUB, OP_UNM } from "./opcodes.ts";

export const NO_JUMP = -1;

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

export function hasJumps(e: Expression): boolean {
  return e.whenTrue !== e.whenFalse;
}

export function isNumeral(e: Expression): boolean {
  return e.kind === "number" && e.whenTrue === NO_JUMP && e.whenFalse === NO_JUMP;
}

export function assign(to: Expression, from: Expression): void {
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

/** The operation of an arithmetic operator. */
export const ARITHMETIC = new Map<BinaryOperator, number>([
  ["+", OP_ADD],
  ["-", OP_SUB],
  ["*", OP_MUL],
  ["/", OP_DIV],
  ["%", OP_MOD],
  ["^", OP_POW],
]);

/** The value of an operation on constants, or undefined where it is left to the run. */
export function fold(op: number, a: number, b: number): number | undefined {
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
