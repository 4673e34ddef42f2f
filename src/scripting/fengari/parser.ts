/**
 * Lua 5.1's grammar: statements. Expressions are in expression_parser.ts, instructions in code_builder.ts, variables
 * in function_scope.ts.
 */
import { type Expression, expression, hasManyResults, NO_JUMP } from "./expression.ts";
import { ExpressionParser } from "./expression_parser.ts";
import { FunctionScope } from "./function_scope.ts";
import { T } from "./lexer.ts";
import {
  OP_CLOSE,
  OP_FORLOOP,
  OP_FORPREP,
  OP_LOADK,
  OP_MOVE,
  OP_TAILCALL,
  OP_TFORLOOP,
  SBX_BIAS,
  VARARG_IS,
  withC,
  withOpcode,
} from "./opcodes.ts";
import { newString } from "./strings.ts";
import { MULTIPLE_RESULTS, type Proto, type TString } from "./types.ts";

/** A variable of a multiple assignment, and the ones before it. */
interface Assigned {
  readonly variable: Expression;
  readonly previous: Assigned | undefined;
}

/**
 * Compiles a chunk. `chunk` names it in messages: `@name`, `=name` or its text. `nativeCalls` is how deep in native
 * calls the caller already is, which leaves less for nesting. Throws LuaSyntaxError.
 */
export function compile(source: Uint8Array, chunk: Uint8Array, nativeCalls = 0): Proto {
  return new Parser(source, chunk, nativeCalls).main();
}

class Parser extends ExpressionParser {
  main(): Proto {
    const main = new FunctionScope(this.lexer, undefined, newString(this.lexer.chunk));
    main.variadic = VARARG_IS;
    this.scope = main;
    this.lexer.next();
    this.statements();
    this.check(T.EOS);
    return main.finish(0);
  }

  #blockEnds(): boolean {
    switch (this.lexer.token) {
      case T.ELSE:
      case T.ELSEIF:
      case T.END:
      case T.EOS:
      case T.UNTIL:
        return true;
      default:
        return false;
    }
  }

  override statements(): void {
    let last = false;
    this.enterLevel();
    while (!last && !this.#blockEnds()) {
      last = this.#statement();
      this.take(0x3b);
      this.scope.freeRegister = this.scope.activeLocals;
    }
    this.leaveLevel();
  }

  #block(): void {
    this.scope.enterBlock(false);
    this.statements();
    this.scope.leaveBlock();
  }

  /** True for a statement that must be the last of its block. */
  #statement(): boolean {
    const line = this.lexer.line;
    switch (this.lexer.token) {
      case T.IF:
        this.#if(line);
        return false;
      case T.WHILE:
        this.#while(line);
        return false;
      case T.DO:
        this.lexer.next();
        this.#block();
        this.closes(T.END, T.DO, line);
        return false;
      case T.FOR:
        this.#for(line);
        return false;
      case T.REPEAT:
        this.#repeat(line);
        return false;
      case T.FUNCTION:
        this.#function(line);
        return false;
      case T.LOCAL:
        this.lexer.next();
        if (this.take(T.FUNCTION)) this.#localFunction();
        else this.#local();
        return false;
      case T.RETURN:
        this.#return();
        return true;
      case T.BREAK:
        this.lexer.next();
        this.#break();
        return true;
      default:
        this.#expressionStatement();
        return false;
    }
  }

  #expressionStatement(): void {
    const e = expression();
    this.primary(e);
    if (e.kind === "call") this.scope.code[e.info] = withC(this.scope.code[e.info]!, 1);
    else this.#assignment({ variable: e, previous: undefined }, 1);
  }

  #assignment(target: Assigned, count: number): void {
    const { variable } = target;
    const { scope } = this;
    if (!["local", "upvalue", "global", "indexed"].includes(variable.kind)) {
      this.lexer.syntaxError("syntax error");
    }
    if (this.take(0x2c)) {
      const next: Assigned = { variable: expression(), previous: target };
      this.primary(next.variable);
      if (next.variable.kind === "local") this.#keepFromConflict(target, next.variable);
      scope.checkLimit(count, this.levelsLeft, "variables in assignment");
      this.#assignment(next, count + 1);
    } else {
      this.expect(0x3d);
      const value = expression();
      const values = this.list(value);
      if (values === count) {
        scope.setOneResult(value);
        scope.store(variable, value);
        return;
      }
      this.#adjust(count, values, value);
      if (values > count) scope.freeRegister -= values - count;
    }
    scope.store(variable, expression("register", scope.freeRegister - 1));
  }

  /** `i, t[i] = ...`: the earlier targets that use the local go on with a copy of its old value. */
  #keepFromConflict(targets: Assigned, local: Expression): void {
    const copy = this.scope.freeRegister;
    let conflict = false;
    for (let target: Assigned | undefined = targets; target !== undefined; target = target.previous) {
      const { variable } = target;
      if (variable.kind !== "indexed") continue;
      if (variable.info === local.info) {
        conflict = true;
        variable.info = copy;
      }
      if (variable.aux === local.info) {
        conflict = true;
        variable.aux = copy;
      }
    }
    if (!conflict) return;
    this.scope.emitABC(OP_MOVE, copy, local.info, 0);
    this.scope.reserve(1);
  }

  /** Makes `count` values of `values` expressions, the last of which is `last`. */
  #adjust(count: number, values: number, last: Expression): void {
    const { scope } = this;
    let missing = count - values;
    if (hasManyResults(last)) {
      missing = Math.max(missing + 1, 0);
      scope.setResults(last, missing);
      if (missing > 1) scope.reserve(missing - 1);
      return;
    }
    if (last.kind !== "void") scope.toNextRegister(last);
    if (missing > 0) {
      const register = scope.freeRegister;
      scope.reserve(missing);
      scope.emitNil(register, missing);
    }
  }

  /** Reads a condition; the jumps taken when it is false. */
  #condition(): number {
    const e = expression();
    this.expression(e);
    if (e.kind === "nil") e.kind = "false";
    this.scope.goIfTrue(e);
    return e.whenFalse;
  }

  #break(): void {
    const { scope } = this;
    let block = scope.block;
    let captured = false;
    while (block !== undefined && !block.isLoop) {
      captured ||= block.hasCaptured;
      block = block.previous;
    }
    if (block === undefined) this.lexer.syntaxError("no loop to break");
    if (captured) scope.emitABC(OP_CLOSE, block.activeLocals, 0, 0);
    block.breaks = scope.chain(block.breaks, scope.jump());
  }

  #while(line: number): void {
    const { scope } = this;
    this.lexer.next();
    const start = scope.label();
    const exit = this.#condition();
    scope.enterBlock(true);
    this.expect(T.DO);
    this.#block();
    scope.patchList(scope.jump(), start);
    this.closes(T.END, T.WHILE, line);
    scope.leaveBlock();
    scope.patchToHere(exit);
  }

  #repeat(line: number): void {
    const { scope } = this;
    const start = scope.label();
    scope.enterBlock(true);
    scope.enterBlock(false);
    const body = scope.block!;
    this.lexer.next();
    this.statements();
    this.closes(T.UNTIL, T.REPEAT, line);
    const exit = this.#condition();
    if (!body.hasCaptured) {
      scope.leaveBlock();
      scope.patchList(exit, start);
    } else {
      this.#break();
      scope.patchToHere(exit);
      scope.leaveBlock();
      scope.patchList(scope.jump(), start);
    }
    scope.leaveBlock();
  }

  #for(line: number): void {
    const { scope } = this;
    scope.enterBlock(true);
    this.lexer.next();
    const name = this.name();
    switch (this.lexer.token) {
      case 0x3d:
        this.#numericFor(name, line);
        break;
      case 0x2c:
      case T.IN:
        this.#genericFor(name);
        break;
      default:
        this.lexer.syntaxError("'=' or 'in' expected");
    }
    this.closes(T.END, T.FOR, line);
    scope.leaveBlock();
  }

  #numericFor(name: TString, line: number): void {
    const { scope } = this;
    const base = scope.freeRegister;
    scope.newLocal("(for index)", 0);
    scope.newLocal("(for limit)", 1);
    scope.newLocal("(for step)", 2);
    scope.newLocal(name, 3);
    this.expect(0x3d);
    this.#valueInNextRegister();
    this.expect(0x2c);
    this.#valueInNextRegister();
    if (this.take(0x2c)) {
      this.#valueInNextRegister();
    } else {
      scope.emitABx(OP_LOADK, scope.freeRegister, scope.numberConstant(1));
      scope.reserve(1);
    }
    this.#forBody(base, line, 1, true);
  }

  #valueInNextRegister(): void {
    const e = expression();
    this.expression(e);
    this.scope.toNextRegister(e);
  }

  #genericFor(name: TString): void {
    const { scope } = this;
    const base = scope.freeRegister;
    let count = 0;
    scope.newLocal("(for generator)", count++);
    scope.newLocal("(for state)", count++);
    scope.newLocal("(for control)", count++);
    scope.newLocal(name, count++);
    while (this.take(0x2c)) scope.newLocal(this.name(), count++);
    this.expect(T.IN);
    const line = this.lexer.line;
    const e = expression();
    this.#listOf(3, e);
    scope.checkStack(3);
    this.#forBody(base, line, count - 3, false);
  }

  /** Reads expressions as `count` values in registers. */
  #listOf(count: number, e: Expression): void {
    this.#adjust(count, this.list(e), e);
  }

  #forBody(base: number, line: number, variables: number, numeric: boolean): void {
    const { scope } = this;
    scope.activateLocals(3);
    this.expect(T.DO);
    const prepare = numeric ? scope.emitABx(OP_FORPREP, base, NO_JUMP + SBX_BIAS) : scope.jump();
    scope.enterBlock(false);
    scope.activateLocals(variables);
    scope.reserve(variables);
    this.#block();
    scope.leaveBlock();
    scope.patchToHere(prepare);
    const end = numeric
      ? scope.emitABx(OP_FORLOOP, base, NO_JUMP + SBX_BIAS)
      : scope.emitABC(OP_TFORLOOP, base, 0, variables);
    scope.fixLine(line);
    scope.patchList(numeric ? end : scope.jump(), prepare + 1);
  }

  /** `if` or `elseif` up to its block; the jumps taken when the condition is false. */
  #testThenBlock(): number {
    this.lexer.next();
    const exit = this.#condition();
    this.expect(T.THEN);
    this.#block();
    return exit;
  }

  #if(line: number): void {
    const { scope } = this;
    let escapes = NO_JUMP;
    let exit = this.#testThenBlock();
    while (this.lexer.token === T.ELSEIF) {
      escapes = scope.chain(escapes, scope.jump());
      scope.patchToHere(exit);
      exit = this.#testThenBlock();
    }
    if (this.lexer.token === T.ELSE) {
      escapes = scope.chain(escapes, scope.jump());
      scope.patchToHere(exit);
      this.lexer.next();
      this.#block();
    } else {
      escapes = scope.chain(escapes, exit);
    }
    scope.patchToHere(escapes);
    this.closes(T.END, T.IF, line);
  }

  #localFunction(): void {
    const { scope } = this;
    scope.newLocal(this.name(), 0);
    const variable = expression("local", scope.freeRegister);
    scope.reserve(1);
    scope.activateLocals(1);
    const body = expression();
    this.functionBody(body, false, this.lexer.line);
    scope.store(variable, body);
    scope.localAt(scope.activeLocals - 1).startPc = scope.pc;
  }

  #local(): void {
    const { scope } = this;
    let count = 0;
    do scope.newLocal(this.name(), count++); while (this.take(0x2c));
    const e = expression();
    if (this.take(0x3d)) {
      this.#listOf(count, e);
    } else {
      this.#adjust(count, 0, e);
    }
    scope.activateLocals(count);
  }

  #function(line: number): void {
    const { scope } = this;
    this.lexer.next();
    const variable = expression();
    this.variable(variable);
    let method = false;
    while (this.lexer.token === 0x2e) this.field(variable);
    if (this.lexer.token === 0x3a) {
      method = true;
      this.field(variable);
    }
    const body = expression();
    this.functionBody(body, method, line);
    scope.store(variable, body);
    scope.fixLine(line);
  }

  #return(): void {
    const { scope } = this;
    this.lexer.next();
    if (this.#blockEnds() || this.lexer.token === 0x3b) {
      scope.emitReturn(0, 0);
      return;
    }
    const e = expression();
    const count = this.list(e);
    if (hasManyResults(e)) {
      scope.setManyResults(e);
      if (e.kind === "call" && count === 1) {
        scope.code[e.info] = withOpcode(scope.code[e.info]!, OP_TAILCALL);
      }
      scope.emitReturn(scope.activeLocals, MULTIPLE_RESULTS);
    } else if (count === 1) {
      scope.emitReturn(scope.toAnyRegister(e), 1);
    } else {
      scope.toNextRegister(e);
      scope.emitReturn(scope.activeLocals, count);
    }
  }
}
