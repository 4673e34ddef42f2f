/**
 * Lua 5.1's tokens. What 5.2 and 5.3 added (goto, ::, //, bit operators, \x, \z, \u) is not known here.
 *
 * A message names the text of a name, number or string as it was read so far, up to its first zero byte.
 */
import { numberOfString } from "../c_numbers.ts";
import { chunkName, COMPILER_CHUNK_NAME_BYTES, constantString, latin1Text, untilZero } from "./strings.ts";
import type { TString } from "./types.ts";

/** A chunk that does not compile; the message is text of one character a byte and names the line. */
export class LuaSyntaxError extends Error {}

const RESERVED = [
  ...[
    "and",
    "break",
    "do",
    "else",
    "elseif",
    "end",
    "false",
    "for",
    "function",
    "if",
    "in",
    "local",
    "nil",
    "not",
  ],
  ...["or", "repeat", "return", "then", "true", "until", "while"],
];

const TOKEN_TEXTS = [
  ...RESERVED,
  "..",
  "...",
  "==",
  ">=",
  "<=",
  "~=",
  "<number>",
  "<name>",
  "<string>",
  "<eof>",
];

/** Tokens of one character are that character; others start here. */
const FIRST_TOKEN = 257;

function token(text: string): number {
  return TOKEN_TEXTS.indexOf(text) + FIRST_TOKEN;
}

export const T = {
  AND: token("and"),
  BREAK: token("break"),
  DO: token("do"),
  ELSE: token("else"),
  ELSEIF: token("elseif"),
  END: token("end"),
  FALSE: token("false"),
  FOR: token("for"),
  FUNCTION: token("function"),
  IF: token("if"),
  IN: token("in"),
  LOCAL: token("local"),
  NIL: token("nil"),
  NOT: token("not"),
  OR: token("or"),
  REPEAT: token("repeat"),
  RETURN: token("return"),
  THEN: token("then"),
  TRUE: token("true"),
  UNTIL: token("until"),
  WHILE: token("while"),
  CONCAT: token(".."),
  DOTS: token("..."),
  EQ: token("=="),
  GE: token(">="),
  LE: token("<="),
  NE: token("~="),
  NUMBER: token("<number>"),
  NAME: token("<name>"),
  STRING: token("<string>"),
  EOS: token("<eof>"),
} as const;

const RESERVED_TOKENS = new Map(RESERVED.map((word) => [word, token(word)]));

const END_OF_SOURCE = -1;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BACKSLASH = 0x5c;
const DOT = 0x2e;

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

function isNameStart(c: number): boolean {
  return (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || c === 0x5f;
}

function isNameByte(c: number): boolean {
  return isNameStart(c) || isDigit(c);
}

/** The letters after a backslash that stand for a control character. */
const ESCAPES: Readonly<Record<number, number>> = {
  0x61: 7,
  0x62: 8,
  0x66: 12,
  0x6e: 10,
  0x72: 13,
  0x74: 9,
  0x76: 11,
};

export class Lexer {
  readonly #source: Uint8Array;
  /** How the chunk is called: `@name`, `=name` or its text. */
  readonly chunk: Uint8Array;
  #at = 0;
  #current: number;
  #buffer: number[] = [];
  /** Line of the byte that is read next. */
  line = 1;
  /** Line of the token that was consumed last. */
  lastLine = 1;
  token: number = T.EOS;
  /** The value of a NUMBER. */
  number = 0;
  /** The value of a NAME or STRING. */
  string!: TString;
  #ahead: { token: number; number: number; string: TString } | undefined = undefined;

  constructor(source: Uint8Array, chunk: Uint8Array) {
    this.#source = source;
    this.chunk = chunk;
    this.#current = source.length > 0 ? source[0]! : END_OF_SOURCE;
  }

  /** Consumes the token: the next one becomes current. */
  next(): void {
    this.lastLine = this.line;
    if (this.#ahead !== undefined) {
      this.token = this.#ahead.token;
      this.number = this.#ahead.number;
      this.string = this.#ahead.string;
      this.#ahead = undefined;
    } else {
      this.token = this.#read();
    }
  }

  /** The token after the current one. */
  lookAhead(): number {
    const { number, string } = this;
    const token = this.#read();
    this.#ahead = { token, number: this.number, string: this.string };
    this.number = number;
    this.string = string;
    return token;
  }

  /** Fails at the current token. */
  syntaxError(message: string): never {
    return this.fail(message, this.token);
  }

  /** Fails; `near` is the token to name, 0 for none. */
  fail(message: string, near: number): never {
    const name = chunkName(this.chunk, COMPILER_CHUNK_NAME_BYTES);
    const where = `${name}:${this.line}: ${message}`;
    throw new LuaSyntaxError(near === 0 ? where : `${where} near '${this.#textOf(near)}'`);
  }

  #textOf(token: number): string {
    if (token === T.NAME || token === T.STRING || token === T.NUMBER) {
      return latin1Text(untilZero(Uint8Array.from(this.#buffer)));
    }
    return tokenText(token);
  }

  #advance(): void {
    this.#at++;
    this.#current = this.#at < this.#source.length ? this.#source[this.#at]! : END_OF_SOURCE;
  }

  #save(): void {
    this.#buffer.push(this.#current);
    this.#advance();
  }

  #at2(one: number, other: number): boolean {
    return this.#current === one || this.#current === other;
  }

  #atNewline(): boolean {
    return this.#at2(NEWLINE, RETURN);
  }

  /** Passes over `\n`, `\r`, `\n\r` or `\r\n`. */
  #newline(): void {
    const first = this.#current;
    this.#advance();
    if (this.#atNewline() && this.#current !== first) this.#advance();
    this.line++;
  }

  #read(): number {
    this.#buffer.length = 0;
    for (;;) {
      const c = this.#current;
      if (c === NEWLINE || c === RETURN) this.#newline();
      else if (c === 0x20 || (c >= 9 && c <= 13)) this.#advance();
      else if (c === 0x2d) {
        this.#advance();
        if (this.#current !== 0x2d) return c;
        this.#comment();
      } else return this.#token(c);
    }
  }

  #comment(): void {
    this.#advance();
    if (this.#current === 0x5b) {
      const level = this.#bracketLevel();
      this.#buffer.length = 0;
      if (level >= 0) {
        this.#longText(level, false);
        this.#buffer.length = 0;
        return;
      }
    }
    while (!this.#atNewline() && this.#current !== END_OF_SOURCE) this.#advance();
  }

  #token(c: number): number {
    switch (c) {
      case 0x5b: { // [
        const level = this.#bracketLevel();
        if (level >= 0) {
          this.#longText(level, true);
          return T.STRING;
        }
        return level === -1 ? c : this.fail("invalid long string delimiter", T.STRING);
      }
      case 0x3d: // =
        return this.#maybeEqual(c, T.EQ);
      case 0x3c: // <
        return this.#maybeEqual(c, T.LE);
      case 0x3e: // >
        return this.#maybeEqual(c, T.GE);
      case 0x7e: // ~
        return this.#maybeEqual(c, T.NE);
      case 0x22: // "
      case 0x27: // '
        this.#quoted(c);
        return T.STRING;
      case DOT:
        this.#save();
        if (this.#current === DOT) {
          this.#save();
          if (this.#current !== DOT) return T.CONCAT;
          this.#save();
          return T.DOTS;
        }
        return isDigit(this.#current) ? this.#numeral() : c;
      case END_OF_SOURCE:
        return T.EOS;
      default:
        if (isDigit(c)) return this.#numeral();
        if (isNameStart(c)) return this.#name();
        this.#advance();
        return c;
    }
  }

  #maybeEqual(alone: number, withEqual: number): number {
    this.#advance();
    if (this.#current !== 0x3d) return alone;
    this.#advance();
    return withEqual;
  }

  #name(): number {
    do this.#save(); while (isNameByte(this.#current));
    this.string = constantString(Uint8Array.from(this.#buffer));
    return RESERVED_TOKENS.get(latin1Text(this.string.realstring)) ?? T.NAME;
  }

  #numeral(): number {
    do this.#save(); while (isDigit(this.#current) || this.#current === DOT);
    if (this.#at2(0x45, 0x65)) {
      this.#save();
      if (this.#at2(0x2b, 0x2d)) this.#save();
    }
    while (isNameByte(this.#current)) this.#save();
    const value = numberOfString(Uint8Array.from(this.#buffer));
    if (value === undefined) this.fail("malformed number", T.NUMBER);
    this.number = value;
    return T.NUMBER;
  }

  /**
   * Reads `[==[` or `]==]` but for its last bracket: the number of equal signs, or where the last bracket is missing
   * -1 minus that number.
   */
  #bracketLevel(): number {
    const bracket = this.#current;
    let count = 0;
    this.#save();
    while (this.#current === 0x3d) {
      this.#save();
      count++;
    }
    return this.#current === bracket ? count : -count - 1;
  }

  #longText(level: number, keep: boolean): void {
    this.#save();
    if (this.#atNewline()) this.#newline();
    for (;;) {
      const c = this.#current;
      if (c === END_OF_SOURCE) {
        this.fail(keep ? "unfinished long string" : "unfinished long comment", T.EOS);
      } else if (c === 0x5d) {
        if (this.#bracketLevel() === level) {
          this.#save();
          break;
        }
      } else if (c === NEWLINE || c === RETURN) {
        this.#buffer.push(NEWLINE);
        this.#newline();
        if (!keep) this.#buffer.length = 0;
      } else if (keep) {
        this.#save();
      } else {
        this.#advance();
      }
    }
    if (keep) this.string = constantString(Uint8Array.from(this.#buffer.slice(2 + level, -2 - level)));
  }

  #quoted(quote: number): void {
    this.#save();
    while (this.#current !== quote) {
      if (this.#current === END_OF_SOURCE) this.fail("unfinished string", T.EOS);
      if (this.#atNewline()) this.fail("unfinished string", T.STRING);
      if (this.#current === BACKSLASH) this.#escape();
      else this.#save();
    }
    this.#save();
    this.string = constantString(Uint8Array.from(this.#buffer.slice(1, -1)));
  }

  #escape(): void {
    this.#advance();
    const c = this.#current;
    const control = ESCAPES[c];
    if (control !== undefined) {
      this.#buffer.push(control);
      this.#advance();
    } else if (c === NEWLINE || c === RETURN) {
      this.#buffer.push(NEWLINE);
      this.#newline();
    } else if (isDigit(c)) {
      let value = 0;
      for (let i = 0; i < 3 && isDigit(this.#current); i++) {
        value = value * 10 + this.#current - 0x30;
        this.#advance();
      }
      if (value > 255) this.fail("escape sequence too large", T.STRING);
      this.#buffer.push(value);
    } else if (c !== END_OF_SOURCE) {
      this.#save();
    }
  }
}

/** How messages name a token: control characters by their number, words by themselves. */
export function tokenText(token: number): string {
  if (token >= FIRST_TOKEN) return TOKEN_TEXTS[token - FIRST_TOKEN]!;
  return token < 32 || token === 127 ? `char(${token})` : String.fromCharCode(token);
}
