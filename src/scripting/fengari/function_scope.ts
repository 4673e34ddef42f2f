/**
 * One function while it is compiled: its blocks, local variables and upvalues, on top of its instructions.
 */
import { CodeBuilder } from "./code_builder.ts";
import { type Expression, NO_JUMP } from "./expression.ts";
import type { Lexer } from "./lexer.ts";
import { OP_CLOSE } from "./opcodes.ts";
import { equalStrings, nameString } from "./strings.ts";
import type { LocalVariable, Proto, TString } from "./types.ts";

const LOCALS_MAX = 200;
const UPVALUES_MAX = 60;
/** All local variables of a function, not only those alive at once. */
const LOCAL_NAMES_MAX = 32767;

export interface Block {
  readonly previous: Block | undefined;
  readonly isLoop: boolean;
  /** Local variables that are active outside of it. */
  readonly activeLocals: number;
  /** A function inside uses one of its local variables. */
  hasCaptured: boolean;
  /** The jumps of its `break`s. */
  breaks: number;
}

interface Upvalue {
  /** From the enclosing function's registers, or from its upvalues. */
  readonly fromLocal: boolean;
  readonly index: number;
}

let lastId = 0;

export class FunctionScope extends CodeBuilder {
  readonly outer: FunctionScope | undefined;
  readonly source: TString;
  block: Block | undefined = undefined;
  readonly locals: LocalVariable[] = [];
  /** The active variables, by register: indices of `locals`; declared ones may follow. */
  readonly #registers: number[] = [];
  readonly upvalues: Upvalue[] = [];
  readonly #upvalueNames: TString[] = [];
  readonly protos: Proto[] = [];
  variadic = 0;
  parameters = 0;
  lineDefined = 0;

  constructor(lexer: Lexer, outer: FunctionScope | undefined, source: TString) {
    super(lexer);
    this.outer = outer;
    this.source = source;
  }

  /** Fails when a limit is passed, naming the function. */
  checkLimit(value: number, limit: number, what: string): void {
    if (value <= limit) return;
    const where = this.lineDefined === 0 ? "main function" : `function at line ${this.lineDefined}`;
    this.lexer.fail(`${where} has more than ${limit} ${what}`, 0);
  }

  /** Declares the n-th variable of a statement; it is active from `activateLocals` on. */
  newLocal(name: TString | string, n: number): void {
    this.checkLimit(this.activeLocals + n + 1, LOCALS_MAX, "local variables");
    if (this.locals.length > LOCAL_NAMES_MAX) this.lexer.fail("too many local variables", 0);
    this.locals.push({ name: typeof name === "string" ? nameString(name) : name, startPc: 0, endPc: 0 });
    this.#registers[this.activeLocals + n] = this.locals.length - 1;
  }

  localAt(register: number): LocalVariable {
    return this.locals[this.#registers[register]!]!;
  }

  activateLocals(count: number): void {
    this.activeLocals += count;
    for (let i = count; i > 0; i--) this.localAt(this.activeLocals - i).startPc = this.pc;
  }

  #removeLocals(to: number): void {
    while (this.activeLocals > to) this.localAt(--this.activeLocals).endPc = this.pc;
  }

  enterBlock(isLoop: boolean): void {
    this.block = {
      previous: this.block,
      isLoop,
      activeLocals: this.activeLocals,
      hasCaptured: false,
      breaks: NO_JUMP,
    };
  }

  leaveBlock(): void {
    const block = this.block!;
    this.block = block.previous;
    this.#removeLocals(block.activeLocals);
    if (block.hasCaptured) this.emitABC(OP_CLOSE, block.activeLocals, 0, 0);
    this.freeRegister = this.activeLocals;
    this.patchToHere(block.breaks);
  }

  /** Makes `e` the variable of that name: local, upvalue, or undefined where only a global is left. */
  resolve(name: TString, e: Expression, innermost: boolean): boolean {
    for (let register = this.activeLocals - 1; register >= 0; register--) {
      if (!equalStrings(this.localAt(register).name, name)) continue;
      e.kind = "local";
      e.info = register;
      if (!innermost) this.#capture(register);
      return true;
    }
    if (this.outer === undefined || !this.outer.resolve(name, e, false)) return false;
    e.info = this.#upvalue(name, e);
    e.kind = "upvalue";
    return true;
  }

  #capture(register: number): void {
    let block = this.block;
    while (block !== undefined && block.activeLocals > register) block = block.previous;
    if (block !== undefined) block.hasCaptured = true;
  }

  #upvalue(name: TString, e: Expression): number {
    const fromLocal = e.kind === "local";
    const known = this.upvalues.findIndex((u) => u.index === e.info && u.fromLocal === fromLocal);
    if (known >= 0) return known;
    this.checkLimit(this.upvalues.length + 1, UPVALUES_MAX, "upvalues");
    this.upvalues.push({ fromLocal, index: e.info });
    this.#upvalueNames.push(name);
    return this.upvalues.length - 1;
  }

  /** Ends the function with a return. */
  finish(lastLine: number): Proto {
    this.#removeLocals(0);
    this.emitReturn(0, 0);
    const code = Int32Array.from(this.code);
    return {
      id: ++lastId,
      code,
      original: code,
      lineinfo: Int32Array.from(this.lines),
      k: this.constants,
      p: this.protos,
      locals: this.locals,
      upvalueNames: this.#upvalueNames,
      numparams: this.parameters,
      variadic: this.variadic,
      maxstacksize: this.maxStackSize,
      linedefined: this.lineDefined,
      lastlinedefined: lastLine,
      source: this.source,
    };
  }
}
