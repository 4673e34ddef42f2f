/**
 * Lua 5.1's grammar: expressions, tables and function bodies.
 */
import { type BinaryOperator, type Expression, expression, hasManyResults } from "./expression.ts";
import { FunctionScope } from "./function_scope.ts";
import { Lexer, T, tokenText } from "./lexer.ts";
import {
  FIELDS_PER_FLUSH,
  OP_CALL,
  OP_CLOSURE,
  OP_GETUPVAL,
  OP_MOVE,
  OP_NEWTABLE,
  OP_SETTABLE,
  OP_VARARG,
  sizeToByte,
  VARARG_HAS_ARG,
  VARARG_IS,
  VARARG_NEEDS_ARG,
  withB,
  withC,
} from "./opcodes.ts";
import { MULTIPLE_RESULTS, type TString } from "./types.ts";

/** How deep statements and expressions may nest, with the native calls around the compiler. */
const LEVELS_MAX = 200;

/** [operator, left priority, right priority]; a right priority below the left makes it associate to the right. */
const BINARY = new Map<number, readonly [BinaryOperator, number, number]>([
  [0x2b, ["+", 6, 6]],
  [0x2d, ["-", 6, 6]],
  [0x2a, ["*", 7, 7]],
  [0x2f, ["/", 7, 7]],
  [0x25, ["%", 7, 7]],
  [0x5e, ["^", 10, 9]],
  [T.CONCAT, ["..", 5, 4]],
  [T.NE, ["~=", 3, 3]],
  [T.EQ, ["==", 3, 3]],
  [0x3c, ["<", 3, 3]],
  [T.LE, ["<=", 3, 3]],
  [0x3e, [">", 3, 3]],
  [T.GE, [">=", 3, 3]],
  [T.AND, ["and", 2, 2]],
  [T.OR, ["or", 1, 1]],
]);

const UNARY = new Map<number, "-" | "not" | "#">([[T.NOT, "not"], [0x2d, "-"], [0x23, "#"]]);
const UNARY_PRIORITY = 8;

/** A table constructor on its way. */
interface Constructor {
  readonly table: number;
  /** The item read last, not yet in a register. */
  item: Expression;
  items: number;
  fields: number;
  /** Items in registers, not yet stored. */
  pending: number;
}

export abstract class ExpressionParser {
  protected readonly lexer: Lexer;
  protected scope!: FunctionScope;
  #level: number;

  constructor(source: Uint8Array, chunk: Uint8Array, nativeCalls: number) {
    this.lexer = new Lexer(source, chunk);
    this.#level = nativeCalls;
  }

  /** Levels of nesting that are left. */
  protected get levelsLeft(): number {
    return LEVELS_MAX - this.#level;
  }

  /** The statements of a block, up to the token that ends it. */
  protected abstract statements(): void;

  protected enterLevel(): void {
    if (++this.#level > LEVELS_MAX) this.lexer.fail("chunk has too many syntax levels", 0);
  }

  protected leaveLevel(): void {
    this.#level--;
  }

  protected at(token: number): boolean {
    return this.lexer.token === token;
  }

  /** Consumes the token if it is this one. */
  protected take(token: number): boolean {
    if (this.lexer.token !== token) return false;
    this.lexer.next();
    return true;
  }

  protected check(token: number): void {
    if (this.lexer.token !== token) this.#expected(token);
  }

  protected expect(token: number): void {
    this.check(token);
    this.lexer.next();
  }

  #expected(token: number): never {
    this.lexer.syntaxError(`'${tokenText(token)}' expected`);
  }

  /** Expects the token that closes `opener`, which stood at `line`. */
  protected closes(token: number, opener: number, line: number): void {
    if (this.take(token)) return;
    if (line === this.lexer.line) this.#expected(token);
    this.lexer.syntaxError(
      `'${tokenText(token)}' expected (to close '${tokenText(opener)}' at line ${line})`,
    );
  }

  protected name(): TString {
    this.check(T.NAME);
    const name = this.lexer.string;
    this.lexer.next();
    return name;
  }

  #text(e: Expression, text: TString): void {
    Object.assign(e, expression("constant", this.scope.stringConstant(text)));
  }

  /** A variable by its name. */
  protected variable(e: Expression): void {
    const name = this.name();
    Object.assign(e, expression());
    if (this.scope.resolve(name, e, true)) return;
    e.kind = "global";
    e.info = this.scope.stringConstant(name);
  }

  /** `.name` or `:name` behind a table. */
  protected field(e: Expression): void {
    this.scope.toAnyRegister(e);
    this.lexer.next();
    const key = expression();
    this.#text(key, this.name());
    this.scope.index(e, key);
  }

  /** `[key]`. */
  #bracketed(key: Expression): void {
    this.lexer.next();
    this.expression(key);
    this.scope.toValue(key);
    this.expect(0x5d);
  }

  /** Expressions with commas between; all but the last are put into registers. Returns their number. */
  protected list(e: Expression): number {
    let count = 1;
    this.expression(e);
    while (this.take(0x2c)) {
      this.scope.toNextRegister(e);
      Object.assign(e, expression());
      this.expression(e);
      count++;
    }
    return count;
  }

  protected expression(e: Expression): void {
    this.#operators(e, 0);
  }

  /** Reads operands while operators bind tighter than `limit`; the token of the operator that does not. */
  #operators(e: Expression, limit: number): number {
    this.enterLevel();
    const unary = UNARY.get(this.lexer.token);
    if (unary !== undefined) {
      this.lexer.next();
      this.#operators(e, UNARY_PRIORITY);
      this.scope.prefix(unary, e);
    } else {
      this.#simple(e);
    }
    let token = this.lexer.token;
    for (;;) {
      const binary = BINARY.get(token);
      if (binary === undefined || binary[1] <= limit) break;
      this.lexer.next();
      this.scope.infix(binary[0], e);
      const right = expression();
      token = this.#operators(right, binary[2]);
      this.scope.postfix(binary[0], e, right);
    }
    this.leaveLevel();
    return token;
  }

  #simple(e: Expression): void {
    const { lexer, scope } = this;
    switch (lexer.token) {
      case T.NUMBER:
        Object.assign(e, expression("number"));
        e.number = lexer.number;
        break;
      case T.STRING:
        this.#text(e, lexer.string);
        break;
      case T.NIL:
        Object.assign(e, expression("nil"));
        break;
      case T.TRUE:
        Object.assign(e, expression("true"));
        break;
      case T.FALSE:
        Object.assign(e, expression("false"));
        break;
      case T.DOTS:
        if (scope.variadic === 0) lexer.syntaxError("cannot use '...' outside a vararg function");
        scope.variadic &= ~VARARG_NEEDS_ARG;
        Object.assign(e, expression("vararg", scope.emitABC(OP_VARARG, 0, 1, 0)));
        break;
      case 0x7b:
        this.#table(e);
        return;
      case T.FUNCTION:
        lexer.next();
        this.functionBody(e, false, lexer.line);
        return;
      default:
        this.primary(e);
        return;
    }
    lexer.next();
  }

  /** A name or a parenthesis, and what is indexed in it or called of it. */
  protected primary(e: Expression): void {
    const { lexer, scope } = this;
    this.#prefix(e);
    for (;;) {
      switch (lexer.token) {
        case 0x2e:
          this.field(e);
          break;
        case 0x5b: {
          scope.toAnyRegister(e);
          const key = expression();
          this.#bracketed(key);
          scope.index(e, key);
          break;
        }
        case 0x3a: {
          lexer.next();
          const key = expression();
          this.#text(key, this.name());
          scope.method(e, key);
          this.#arguments(e);
          break;
        }
        case 0x28:
        case T.STRING:
        case 0x7b:
          scope.toNextRegister(e);
          this.#arguments(e);
          break;
        default:
          return;
      }
    }
  }

  #prefix(e: Expression): void {
    const { lexer } = this;
    if (lexer.token === T.NAME) {
      this.variable(e);
      return;
    }
    if (lexer.token !== 0x28) lexer.syntaxError("unexpected symbol");
    const line = lexer.line;
    lexer.next();
    this.expression(e);
    this.closes(0x29, 0x28, line);
    this.scope.dischargeVariable(e);
  }

  /** The arguments of a call whose function is in register `e.info`. */
  #arguments(e: Expression): void {
    const { lexer, scope } = this;
    const args = expression();
    const line = lexer.line;
    switch (lexer.token) {
      case 0x28:
        if (line !== lexer.lastLine) lexer.syntaxError("ambiguous syntax (function call x new statement)");
        lexer.next();
        if (!this.at(0x29)) {
          this.list(args);
          scope.setManyResults(args);
        }
        this.closes(0x29, 0x28, line);
        break;
      case 0x7b:
        this.#table(args);
        break;
      case T.STRING:
        this.#text(args, lexer.string);
        lexer.next();
        break;
      default:
        lexer.syntaxError("function arguments expected");
    }
    const base = e.info;
    let count = MULTIPLE_RESULTS;
    if (!hasManyResults(args)) {
      if (args.kind !== "void") scope.toNextRegister(args);
      count = scope.freeRegister - (base + 1);
    }
    Object.assign(e, expression("call", scope.emitABC(OP_CALL, base, count + 1, 2)));
    scope.fixLine(line);
    scope.freeRegister = base + 1;
  }

  #table(e: Expression): void {
    const { lexer, scope } = this;
    const line = lexer.line;
    const pc = scope.emitABC(OP_NEWTABLE, 0, 0, 0);
    Object.assign(e, expression("relocatable", pc));
    scope.toNextRegister(e);
    const state: Constructor = { table: e.info, item: expression(), items: 0, fields: 0, pending: 0 };
    this.expect(0x7b);
    while (lexer.token !== 0x7d) {
      this.#storeItem(state);
      if (lexer.token === 0x5b || (lexer.token === T.NAME && lexer.lookAhead() === 0x3d)) {
        this.#recordField(state);
      } else {
        Object.assign(state.item, expression());
        this.expression(state.item);
        state.items++;
        state.pending++;
      }
      if (!this.take(0x2c) && !this.take(0x3b)) break;
    }
    this.closes(0x7d, 0x7b, line);
    this.#storeLastItems(state);
    scope.code[pc] = withC(withB(scope.code[pc]!, sizeToByte(state.items)), sizeToByte(state.fields));
  }

  #storeItem(state: Constructor): void {
    if (state.item.kind === "void") return;
    this.scope.toNextRegister(state.item);
    state.item.kind = "void";
    if (state.pending === FIELDS_PER_FLUSH) {
      this.scope.setList(state.table, state.items, state.pending);
      state.pending = 0;
    }
  }

  #storeLastItems(state: Constructor): void {
    if (state.pending === 0) return;
    if (hasManyResults(state.item)) {
      this.scope.setManyResults(state.item);
      this.scope.setList(state.table, state.items, MULTIPLE_RESULTS);
      state.items--;
    } else {
      if (state.item.kind !== "void") this.scope.toNextRegister(state.item);
      this.scope.setList(state.table, state.items, state.pending);
    }
  }

  #recordField(state: Constructor): void {
    const { scope } = this;
    const register = scope.freeRegister;
    const key = expression();
    if (this.lexer.token === T.NAME) this.#text(key, this.name());
    else this.#bracketed(key);
    state.fields++;
    this.expect(0x3d);
    const operand = scope.toOperand(key);
    const value = expression();
    this.expression(value);
    scope.emitABC(OP_SETTABLE, state.table, operand, scope.toOperand(value));
    scope.freeRegister = register;
  }

  /** Parameters and body of a function; `e` becomes its closure. */
  protected functionBody(e: Expression, method: boolean, line: number): void {
    const { lexer } = this;
    const outer = this.scope;
    const scope = new FunctionScope(lexer, outer, outer.source);
    scope.lineDefined = line;
    this.scope = scope;
    this.expect(0x28);
    if (method) {
      scope.newLocal("self", 0);
      scope.activateLocals(1);
    }
    this.#parameters();
    this.expect(0x29);
    this.statements();
    const lastLine = lexer.line;
    this.closes(T.END, T.FUNCTION, line);
    const proto = scope.finish(lastLine);
    this.scope = outer;
    outer.protos.push(proto);
    Object.assign(e, expression("relocatable", outer.emitABx(OP_CLOSURE, 0, outer.protos.length - 1)));
    for (const { fromLocal, index } of scope.upvalues) {
      outer.emitABC(fromLocal ? OP_MOVE : OP_GETUPVAL, 0, index, 0);
    }
  }

  #parameters(): void {
    const { lexer, scope } = this;
    let count = 0;
    if (lexer.token !== 0x29) {
      do {
        if (lexer.token === T.NAME) {
          scope.newLocal(this.name(), count++);
        } else if (lexer.token === T.DOTS) {
          lexer.next();
          scope.newLocal("arg", count++);
          scope.variadic = VARARG_IS | VARARG_HAS_ARG | VARARG_NEEDS_ARG;
        } else {
          lexer.syntaxError("<name> or '...' expected");
        }
      } while (scope.variadic === 0 && this.take(0x2c));
    }
    scope.activateLocals(count);
    scope.parameters = scope.activeLocals - (scope.variadic & VARARG_HAS_ARG);
    scope.reserve(scope.activeLocals);
  }
}
