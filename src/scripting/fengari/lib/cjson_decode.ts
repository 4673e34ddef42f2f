/**
 * cjson.decode: JSON as Lua values. null becomes `cjson.null`; strings are taken as bytes, whatever they encode.
 *
 * The text ends at its first zero byte, as the original's does. Open arrays and objects lie on the Lua stack, an
 * object's with its key above it, and no JavaScript recursion is involved.
 */
import { latin1 } from "../../../sys/bytes.ts";
import { lua, type LuaState } from "../api.ts";
import { checkString, hasSlots, pushSigned, raise, raiseArgument } from "./arguments.ts";
import { ByteBuffer } from "./byte_buffer.ts";
import type { CjsonOptions } from "./cjson_options.ts";
import { hexDigit, isWord, readNumber } from "../../c_numbers.ts";

/** Kinds of tokens, by the names that error texts give them. */
type Token =
  | "T_OBJ_BEGIN"
  | "T_OBJ_END"
  | "T_ARR_BEGIN"
  | "T_ARR_END"
  | "T_STRING"
  | "T_NUMBER"
  | "T_BOOLEAN"
  | "T_NULL"
  | "T_COLON"
  | "T_COMMA"
  | "T_END"
  | "T_ERROR";

const MINUS = 0x2d;
const PLUS = 0x2b;
const ZERO = 0x30;
const NINE = 0x39;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const TRUE = latin1("true");
const FALSE = latin1("false");
const NULL = latin1("null");
const INF = latin1("inf");
const NAN = latin1("nan");
const EMPTY = new Uint8Array(0);

/** What the letter after a backslash stands for; 0 where it may not follow one. */
const ESCAPED = new Uint8Array(256);
for (
  const [letter, character] of Object.entries({
    '"': '"',
    "\\": "\\",
    "/": "/",
    b: "\b",
    t: "\t",
    n: "\n",
    f: "\f",
    r: "\r",
  })
) {
  ESCAPED[letter.charCodeAt(0)] = character.charCodeAt(0);
}

/** The decoder of one `cjson` table. */
export class CjsonDecoder {
  readonly #options: CjsonOptions;
  #data: Uint8Array = EMPTY;
  #at = 0;
  /** Where the last token starts, or where an error is. */
  #tokenAt = 0;
  #error = "";
  #string: Uint8Array = EMPTY;
  #number = 0;
  #negative = false;
  #boolean = false;
  readonly #unescaped = new ByteBuffer();
  /** Of each open table: the items of an array so far, -1 for an object. */
  readonly #counts: number[] = [];
  #depth = 0;

  constructor(options: CjsonOptions) {
    this.#options = options;
  }

  /** The Lua function. O(bytes). */
  call(L: LuaState): number {
    if (lua.lua_gettop(L) !== 1) raiseArgument(L, 1, "expected 1 argument");
    const data = checkString(L, 1);
    if (data.length >= 2 && (data[0] === 0 || data[1] === 0)) {
      raise(L, "JSON parser does not support UTF-16 or UTF-32");
    }
    this.#data = data;
    this.#at = 0;
    this.#depth = 0;
    this.#document(L);
    const token = this.#next();
    if (token !== "T_END") this.#expected(L, "the end", token);
    this.#data = EMPTY;
    this.#string = EMPTY;
    return 1;
  }

  /** Leaves the first value of the text on the stack. */
  #document(L: LuaState): void {
    let token = this.#next();
    for (;;) {
      const opened = this.#value(L, token);
      if (opened) {
        token = this.#next();
        if (token === (opened === "T_ARR_BEGIN" ? "T_ARR_END" : "T_OBJ_END")) {
          this.#depth--;
        } else {
          if (opened === "T_OBJ_BEGIN") token = this.#key(L, token);
          continue;
        }
      }
      const following = this.#store(L);
      if (following === undefined) return;
      token = following;
    }
  }

  /** Pushes the value that a token starts; returns the token where it opens a table. */
  #value(L: LuaState, token: Token): "T_ARR_BEGIN" | "T_OBJ_BEGIN" | undefined {
    switch (token) {
      case "T_STRING":
        lua.lua_pushstring(L, this.#string);
        return undefined;
      case "T_NUMBER":
        pushSigned(L, this.#number, this.#negative);
        return undefined;
      case "T_BOOLEAN":
        lua.lua_pushboolean(L, this.#boolean);
        return undefined;
      case "T_NULL":
        lua.lua_pushlightuserdata(L, null);
        return undefined;
      case "T_ARR_BEGIN":
        this.#open(L, 2, 0);
        return token;
      case "T_OBJ_BEGIN":
        this.#open(L, 3, -1);
        return token;
      default:
        return this.#expected(L, "value", token);
    }
  }

  #open(L: LuaState, slots: number, count: number): void {
    const depth = this.#depth + 1;
    if (depth > this.#options.decodeMaxDepth || !hasSlots(L, slots)) {
      raise(L, `Found too many nested data structures (${depth}) at character ${this.#at}`);
    }
    lua.lua_createtable(L, 0, 0);
    this.#counts[this.#depth] = count;
    this.#depth = depth;
  }

  /**
   * Stores finished values in the tables they belong to, innermost first, until another value follows: returns its
   * token, or undefined where the document is complete.
   */
  #store(L: LuaState): Token | undefined {
    while (this.#depth > 0) {
      const innermost = this.#depth - 1;
      const isArray = this.#counts[innermost]! >= 0;
      if (isArray) lua.lua_rawseti(L, -2, ++this.#counts[innermost]!);
      else lua.lua_rawset(L, -3);
      const token = this.#next();
      if (token === "T_COMMA") return isArray ? this.#next() : this.#key(L, this.#next());
      if (token !== (isArray ? "T_ARR_END" : "T_OBJ_END")) {
        this.#expected(L, isArray ? "comma or array end" : "comma or object end", token);
      }
      this.#depth--;
    }
    return undefined;
  }

  /** Pushes a key and returns the token of its value. */
  #key(L: LuaState, token: Token): Token {
    if (token !== "T_STRING") this.#expected(L, "object key string", token);
    lua.lua_pushstring(L, this.#string);
    const colon = this.#next();
    if (colon !== "T_COLON") this.#expected(L, "colon", colon);
    return this.#next();
  }

  #expected(L: LuaState, what: string, token: Token): never {
    const found = token === "T_ERROR" ? this.#error : token;
    this.#data = EMPTY;
    return raise(L, `Expected ${what} but found ${found} at character ${this.#tokenAt + 1}`);
  }

  #next(): Token {
    const data = this.#data;
    let byte = data[this.#at];
    while (byte === 0x20 || byte === 0x0a || byte === 0x09 || byte === 0x0d) byte = data[++this.#at];
    this.#tokenAt = this.#at;
    switch (byte) {
      case undefined:
      case 0:
        return "T_END";
      case 0x7b:
        return this.#skip(1, "T_OBJ_BEGIN");
      case 0x7d:
        return this.#skip(1, "T_OBJ_END");
      case 0x5b:
        return this.#skip(1, "T_ARR_BEGIN");
      case 0x5d:
        return this.#skip(1, "T_ARR_END");
      case 0x2c:
        return this.#skip(1, "T_COMMA");
      case 0x3a:
        return this.#skip(1, "T_COLON");
      case QUOTE:
        return this.#readString();
      default:
        return this.#readWord(byte);
    }
  }

  #skip(bytes: number, token: Token): Token {
    this.#at += bytes;
    return token;
  }

  #fail(reason: string): Token {
    this.#tokenAt = this.#at;
    this.#error = reason;
    return "T_ERROR";
  }

  #readWord(byte: number): Token {
    const lenient = this.#options.decodeInvalidNumbers;
    if (byte === MINUS || (byte >= ZERO && byte <= NINE)) {
      return !lenient && this.#isInvalidNumber() ? this.#fail("invalid number") : this.#readNumber();
    }
    if (this.#follows(TRUE) || this.#follows(FALSE)) {
      this.#boolean = byte === 0x74;
      return this.#skip(this.#boolean ? 4 : 5, "T_BOOLEAN");
    }
    if (this.#follows(NULL)) return this.#skip(4, "T_NULL");
    if (lenient && (byte === PLUS || this.#isInvalidNumber())) return this.#readNumber();
    return this.#fail("invalid token");
  }

  #follows(word: Uint8Array): boolean {
    for (let i = 0; i < word.length; i++) if (this.#data[this.#at + i] !== word[i]) return false;
    return true;
  }

  /** Whether what starts here is a number that JSON does not allow: hexadecimal, with leading zeros, inf or nan. */
  #isInvalidNumber(): boolean {
    const at = this.#data[this.#at] === MINUS ? this.#at + 1 : this.#at;
    if (this.#data[at] === ZERO) {
      const second = this.#data[at + 1] ?? 0;
      return (second | 0x20) === 0x78 || (second >= ZERO && second <= NINE);
    }
    return isWord(this.#data, at, INF) || isWord(this.#data, at, NAN);
  }

  #readNumber(): Token {
    const read = readNumber(this.#data, this.#at);
    if (read === undefined) return this.#fail("invalid number");
    this.#number = read.value;
    this.#negative = read.negative;
    this.#at = read.end;
    return "T_NUMBER";
  }

  #readString(): Token {
    const data = this.#data;
    const start = ++this.#at;
    let at = start;
    let byte = data[at];
    while (byte !== QUOTE && byte !== BACKSLASH && byte !== 0 && byte !== undefined) byte = data[++at];
    if (byte === QUOTE) {
      this.#string = data.subarray(start, at);
      this.#at = at + 1;
      return "T_STRING";
    }
    return this.#readEscapedString(start, at);
  }

  /** A string with an escape or without an end; the bytes from `start` to `at` are read already. */
  #readEscapedString(start: number, at: number): Token {
    const data = this.#data;
    const out = this.#unescaped;
    out.clear();
    out.bytes(data.subarray(start, at));
    this.#at = at;
    for (;;) {
      const byte = data[this.#at];
      if (byte === undefined || byte === 0) return this.#fail("unexpected end of string");
      if (byte === QUOTE) break;
      if (byte !== BACKSLASH) {
        out.byte(byte);
        this.#at++;
        continue;
      }
      const letter = data[this.#at + 1] ?? 0;
      if (letter === 0x75) {
        if (!this.#readUnicodeEscape()) return this.#fail("invalid unicode escape code");
        continue;
      }
      const character = ESCAPED[letter]!;
      if (character === 0) return this.#fail("invalid escape code");
      out.byte(character);
      this.#at += 2;
    }
    this.#at++;
    this.#string = out.contents();
    return "T_STRING";
  }

  /** Appends what `\uXXXX`, or a pair of them, stands for as UTF-8; false where it stands for nothing. */
  #readUnicodeEscape(): boolean {
    const high = this.#hex4(this.#at + 2);
    if (high < 0) return false;
    if ((high & 0xf800) !== 0xd800) {
      appendUtf8(this.#unescaped, high);
      this.#at += 6;
      return true;
    }
    if ((high & 0x400) !== 0) return false;
    if (this.#data[this.#at + 6] !== BACKSLASH || this.#data[this.#at + 7] !== 0x75) return false;
    const low = this.#hex4(this.#at + 8);
    if (low < 0 || (low & 0xfc00) !== 0xdc00) return false;
    appendUtf8(this.#unescaped, 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff));
    this.#at += 12;
    return true;
  }

  #hex4(at: number): number {
    let value = 0;
    for (let i = at; i < at + 4; i++) {
      const digit = hexDigit(this.#data[i]);
      if (digit < 0) return -1;
      value = value * 16 + digit;
    }
    return value;
  }
}

function appendUtf8(out: ByteBuffer, codePoint: number): void {
  if (codePoint < 0x80) {
    out.byte(codePoint);
    return;
  }
  if (codePoint < 0x800) {
    out.byte(0xc0 | (codePoint >> 6));
  } else {
    if (codePoint < 0x10000) {
      out.byte(0xe0 | (codePoint >> 12));
    } else {
      out.byte(0xf0 | (codePoint >> 18));
      out.byte(0x80 | ((codePoint >> 12) & 0x3f));
    }
    out.byte(0x80 | ((codePoint >> 6) & 0x3f));
  }
  out.byte(0x80 | (codePoint & 0x3f));
}
