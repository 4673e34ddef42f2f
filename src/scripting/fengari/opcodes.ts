/**
 * Lua 5.1's instructions: 32 bits each, the operation in bits 0-5, A in 6-13, C in 14-22, B in 23-31; Bx is C and B
 * together, sBx the same minus SBX_BIAS. A B or C of 256 and more names a constant.
 *
 * The encoding is the original's because its results can be seen: the name of a variable in an error message is found
 * by following the instructions, and string.dump gives them out.
 */

export const OP_MOVE = 0;
export const OP_LOADK = 1;
export const OP_LOADBOOL = 2;
export const OP_LOADNIL = 3;
export const OP_GETUPVAL = 4;
export const OP_GETGLOBAL = 5;
export const OP_GETTABLE = 6;
export const OP_SETGLOBAL = 7;
export const OP_SETUPVAL = 8;
export const OP_SETTABLE = 9;
export const OP_NEWTABLE = 10;
export const OP_SELF = 11;
export const OP_ADD = 12;
export const OP_SUB = 13;
export const OP_MUL = 14;
export const OP_DIV = 15;
export const OP_MOD = 16;
export const OP_POW = 17;
export const OP_UNM = 18;
export const OP_NOT = 19;
export const OP_LEN = 20;
export const OP_CONCAT = 21;
export const OP_JMP = 22;
export const OP_EQ = 23;
export const OP_LT = 24;
export const OP_LE = 25;
export const OP_TEST = 26;
export const OP_TESTSET = 27;
export const OP_CALL = 28;
export const OP_TAILCALL = 29;
export const OP_RETURN = 30;
export const OP_FORLOOP = 31;
export const OP_FORPREP = 32;
export const OP_TFORLOOP = 33;
export const OP_SETLIST = 34;
export const OP_CLOSE = 35;
export const OP_CLOSURE = 36;
export const OP_VARARG = 37;
/** No instruction of Lua: stands in the place of one that may be the first of a line (line_traps.ts). */
export const OP_TRAP = 38;

/** Bits of `Proto.variadic`: the function has `arg`; it takes `...`; `arg` must be filled in. */
export const VARARG_HAS_ARG = 1;
export const VARARG_IS = 2;
export const VARARG_NEEDS_ARG = 4;

export const CONSTANT_BIT = 256;
/** Largest index of a constant that fits B or C. */
export const RK_CONSTANT_MAX = 255;
export const BX_MAX = 262143;
export const SBX_BIAS = 131071;
export const C_MAX = 511;
/** Stands for "no register" in A. */
export const NO_REGISTER = 255;
/** Items that one SETLIST stores. */
export const FIELDS_PER_FLUSH = 50;

export function opcodeOf(instruction: number): number {
  return instruction & 0x3f;
}

export function argA(instruction: number): number {
  return (instruction >>> 6) & 0xff;
}

export function argB(instruction: number): number {
  return instruction >>> 23;
}

export function argC(instruction: number): number {
  return (instruction >>> 14) & 0x1ff;
}

export function argBx(instruction: number): number {
  return instruction >>> 14;
}

export function argSBx(instruction: number): number {
  return (instruction >>> 14) - SBX_BIAS;
}

export function makeABC(op: number, a: number, b: number, c: number): number {
  return op | (a << 6) | (c << 14) | (b << 23);
}

export function makeABx(op: number, a: number, bx: number): number {
  return op | (a << 6) | (bx << 14);
}

export function withOpcode(instruction: number, op: number): number {
  return (instruction & ~0x3f) | op;
}

export function withA(instruction: number, a: number): number {
  return (instruction & ~(0xff << 6)) | (a << 6);
}

export function withB(instruction: number, b: number): number {
  return (instruction & ~(0x1ff << 23)) | (b << 23);
}

export function withC(instruction: number, c: number): number {
  return (instruction & ~(0x1ff << 14)) | (c << 14);
}

export function withSBx(instruction: number, sbx: number): number {
  return (instruction & 0x3fff) | ((sbx + SBX_BIAS) << 14);
}

/** Operations that write register A. */
const SETS_A = new Set([
  ...[
    OP_MOVE,
    OP_LOADK,
    OP_LOADBOOL,
    OP_LOADNIL,
    OP_GETUPVAL,
    OP_GETGLOBAL,
    OP_GETTABLE,
    OP_NEWTABLE,
    OP_SELF,
  ],
  ...[OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_MOD, OP_POW, OP_UNM, OP_NOT, OP_LEN, OP_CONCAT, OP_TEST, OP_TESTSET],
  ...[OP_CALL, OP_TAILCALL, OP_FORLOOP, OP_FORPREP, OP_CLOSURE, OP_VARARG],
]);

/** Operations that skip the next instruction, a jump, when their test fails. */
const TESTS = new Set([OP_EQ, OP_LT, OP_LE, OP_TEST, OP_TESTSET, OP_TFORLOOP]);

export function setsRegisterA(op: number): boolean {
  return SETS_A.has(op);
}

export function isTest(op: number): boolean {
  return TESTS.has(op);
}

/** A size as a byte of 5 bits exponent and 3 bits mantissa, rounded up. */
export function sizeToByte(size: number): number {
  let exponent = 0;
  let rest = size;
  while (rest >= 16) {
    rest = (rest + 1) >> 1;
    exponent++;
  }
  return rest < 8 ? rest : ((exponent + 1) << 3) | (rest - 8);
}

/** What {@link sizeToByte} made, as a size. */
export function byteToSize(byte: number): number {
  const exponent = byte >> 3;
  return exponent === 0 ? byte : ((byte & 7) + 8) * 2 ** (exponent - 1);
}
