/**
 * cjson.encode: a Lua value as JSON.
 *
 * A table whose keys are all whole numbers from 1 on is an array, with null in its holes; any other table, the empty
 * one included, is an object. Metatables do not count. Open tables lie on the Lua stack, an object's with its current
 * key above it, and no JavaScript recursion is involved, so that only the depth limits decide how deep is too deep.
 */
import { latin1 } from "../../../sys/bytes.ts";
import { lua, LUA_TBOOLEAN, LUA_TNIL, LUA_TNUMBER, LUA_TSTRING, LUA_TTABLE, type LuaState } from "../api.ts";
import { hasSlots, isNull, raise, raiseArgument, typeName } from "./arguments.ts";
import { ByteBuffer } from "./byte_buffer.ts";
import type { CjsonOptions } from "./cjson_options.ts";
import { doubleToInt, formatSignificant } from "../../c_numbers.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const NULL = latin1("null");
const TRUE = latin1("true");
const FALSE = latin1("false");

const ESCAPES: readonly (Uint8Array | undefined)[] = escapes();

function escapes(): (Uint8Array | undefined)[] {
  const byByte = new Array<Uint8Array | undefined>(256).fill(undefined);
  const unicode = (byte: number) => latin1("\\u" + byte.toString(16).padStart(4, "0"));
  for (let byte = 0; byte < 0x20; byte++) byByte[byte] = unicode(byte);
  byByte[0x7f] = unicode(0x7f);
  const short = { "\b": "b", "\t": "t", "\n": "n", "\f": "f", "\r": "r", '"': '"', "\\": "\\", "/": "/" };
  for (const [character, letter] of Object.entries(short)) {
    byByte[character.charCodeAt(0)] = latin1("\\" + letter);
  }
  return byByte;
}

/** The encoder of one `cjson` table. */
export class CjsonEncoder {
  readonly #options: CjsonOptions;
  #out = new ByteBuffer();
  /** Of each open table: the length of an array, -1 for an object. */
  readonly #lengths: number[] = [];
  /** Of each open table: how many of its items were written. */
  readonly #written: number[] = [];
  #depth = 0;

  constructor(options: CjsonOptions) {
    this.#options = options;
  }

  /** The Lua function. O(size of the value). */
  call(L: LuaState): number {
    if (lua.lua_gettop(L) !== 1) raiseArgument(L, 1, "expected 1 argument");
    if (this.#options.keepBuffer) this.#out.clear();
    else this.#out = new ByteBuffer();
    this.#depth = 0;
    do {
      this.#value(L);
      while (this.#depth > 0 && !this.#nextItem(L)) this.#close(L);
    } while (this.#depth > 0);
    lua.lua_pushstring(L, this.#out.contents());
    this.#out.clear();
    return 1;
  }

  /** Writes the value on top of the stack and takes it off; a table stays, opened. */
  #value(L: LuaState): void {
    const type = lua.lua_type(L, -1);
    if (type === LUA_TTABLE) {
      this.#open(L);
      return;
    }
    if (type === LUA_TSTRING) this.#string(lua.lua_tostring(L, -1)!);
    else if (type === LUA_TNUMBER) this.#number(L, lua.lua_tonumber(L, -1));
    else if (type === LUA_TBOOLEAN) this.#out.bytes(lua.lua_toboolean(L, -1) ? TRUE : FALSE);
    else if (type === LUA_TNIL || isNull(L, -1)) this.#out.bytes(NULL);
    else refuse(L, -1, "type not supported");
    lua.lua_pop(L, 1);
  }

  #open(L: LuaState): void {
    const depth = this.#depth + 1;
    if (depth > this.#options.encodeMaxDepth || !hasSlots(L, 3)) {
      raise(L, `Cannot serialise, excessive nesting (${depth})`);
    }
    const length = this.#arrayLength(L);
    this.#lengths[this.#depth] = length > 0 ? length : -1;
    this.#written[this.#depth] = 0;
    this.#depth = depth;
    this.#out.byte(length > 0 ? 0x5b : 0x7b);
    if (length <= 0) lua.lua_pushnil(L);
  }

  /** The length of the array on top of the stack; 0 or less where it is to be an object. O(its items). */
  #arrayLength(L: LuaState): number {
    let max = 0;
    let items = 0;
    lua.lua_pushnil(L);
    while (lua.lua_next(L, -2) !== 0) {
      const key = lua.lua_type(L, -2) === LUA_TNUMBER ? lua.lua_tonumber(L, -2) : 0;
      if (key < 1 || Math.floor(key) !== key) {
        lua.lua_pop(L, 2);
        return -1;
      }
      // The reference keeps the length in a C int: one that does not fit is negative then.
      if (key > max) max = doubleToInt(key);
      items++;
      lua.lua_pop(L, 1);
    }
    const { sparseRatio, sparseSafe, convertSparse } = this.#options;
    if (sparseRatio > 0 && max > items * sparseRatio && max > sparseSafe) {
      return convertSparse ? -1 : refuse(L, -1, "excessively sparse array");
    }
    return max;
  }

  /** Brings the next item of the innermost table to the top of the stack; false where there is none. */
  #nextItem(L: LuaState): boolean {
    const innermost = this.#depth - 1;
    const length = this.#lengths[innermost]!;
    const written = this.#written[innermost]!++;
    if (length >= 0) {
      if (written >= length) return false;
      if (written > 0) this.#out.byte(COMMA);
      lua.lua_rawgeti(L, -1, written + 1);
      return true;
    }
    if (lua.lua_next(L, -2) === 0) return false;
    if (written > 0) this.#out.byte(COMMA);
    this.#key(L);
    return true;
  }

  #key(L: LuaState): void {
    const type = lua.lua_type(L, -2);
    if (type === LUA_TSTRING) {
      this.#string(lua.lua_tostring(L, -2)!);
    } else if (type === LUA_TNUMBER) {
      this.#out.byte(QUOTE);
      this.#number(L, lua.lua_tonumber(L, -2));
      this.#out.byte(QUOTE);
    } else {
      refuse(L, -2, "table key must be a number or string");
    }
    this.#out.byte(0x3a);
  }

  #close(L: LuaState): void {
    this.#depth--;
    this.#out.byte(this.#lengths[this.#depth]! >= 0 ? 0x5d : 0x7d);
    lua.lua_pop(L, 1);
  }

  #number(L: LuaState, value: number): void {
    if (!Number.isFinite(value) && this.#options.encodeInvalidNumbers !== "on") {
      if (this.#options.encodeInvalidNumbers === "off") refuse(L, -1, "must not be NaN or Inf");
      this.#out.bytes(NULL);
      return;
    }
    this.#out.text(formatSignificant(value, this.#options.precision));
  }

  #string(value: Uint8Array): void {
    const out = this.#out;
    out.reserve(value.length + 2);
    out.byte(QUOTE);
    let plain = 0;
    for (let i = 0; i < value.length; i++) {
      const escape = ESCAPES[value[i]!];
      if (escape === undefined) continue;
      if (plain < i) out.bytes(value.subarray(plain, i));
      out.bytes(escape);
      plain = i + 1;
    }
    out.bytes(plain === 0 ? value : value.subarray(plain));
    out.byte(QUOTE);
  }
}

function refuse(L: LuaState, index: number, reason: string): never {
  return raise(L, `Cannot serialise ${typeName(L, index)}: ${reason}`);
}
