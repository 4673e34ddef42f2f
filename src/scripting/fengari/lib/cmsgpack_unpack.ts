/**
 * cmsgpack.unpack, unpack_one and unpack_limit: MessagePack as Lua values.
 *
 * Open arrays and maps lie on the Lua stack with the key of the item that is read above them, and no JavaScript
 * recursion is involved. Formats that the original does not know (bin, ext, 0xc1) are bad data.
 */
import { lua, LUA_TNIL, LUA_TNUMBER, type LuaState } from "../api.ts";
import {
  checkNumber,
  checkString,
  needSlots,
  optionalNumber,
  pushSigned,
  raise,
  raiseBare,
} from "./arguments.ts";
import { toInt32, toInt64 } from "../../c_numbers.ts";

const MAX_VALUES = 2147483647;

/** The Lua function `unpack`: all values of a string. O(bytes). */
export function unpack(L: LuaState): number {
  return unpackFrom(L, 0, 0);
}

/** The Lua function `unpack_one`: where to go on (-1 at the end), and the value at an offset. */
export function unpackOne(L: LuaState): number {
  const offset = optionalNumber(L, 2, 0);
  keepFirst(L);
  return unpackFrom(L, 1, offset);
}

/** The Lua function `unpack_limit`: where to go on (-1 at the end), and so many values from an offset. */
export function unpackLimit(L: LuaState): number {
  const limit = checkNumber(L, 2);
  const offset = optionalNumber(L, 3, 0);
  keepFirst(L);
  return unpackFrom(L, limit, offset);
}

function keepFirst(L: LuaState): void {
  if (lua.lua_gettop(L) > 1) lua.lua_settop(L, 1);
}

function unpackFrom(L: LuaState, limitArgument: number, offsetArgument: number): number {
  const input = checkString(L, 1);
  const limit = toInt64(limitArgument);
  const offset = toInt64(offsetArgument);
  const length = input.length;
  if (offset < 0n || limit < 0n) {
    const shown = toInt32(offsetArgument);
    raise(L, `Invalid request to unpack with offset of ${shown} and limit of ${length}.`);
  }
  if (offset > length) {
    raise(L, `Start offset ${toInt32(offsetArgument)} greater than input length ${length}.`);
  }
  const all = limit === 0n && offset === 0n;
  const reader = new Reader(L, input, Number(offset));
  const wanted = all ? MAX_VALUES : Number(limit);
  let count = 0;
  for (; reader.left > 0 && count < wanted; count++) reader.value();
  if (all) return count;
  needSlots(L, 1, "in function mp_unpack_full");
  lua.lua_pushnumber(L, reader.left === 0 ? -1 : length - reader.left);
  lua.lua_insert(L, 2);
  return count + 1;
}

class Reader {
  readonly #L: LuaState;
  readonly #input: Uint8Array;
  readonly #view: DataView;
  #at: number;
  /** Of each open table: how many values are still to be stored; keys of a map count as well. */
  readonly #missing: number[] = [];
  /** Of each open table: the key of the next item of an array, 0 for a map. */
  readonly #keys: number[] = [];

  constructor(L: LuaState, input: Uint8Array, at: number) {
    this.#L = L;
    this.#input = input;
    this.#view = new DataView(input.buffer, input.byteOffset, input.byteLength);
    this.#at = at;
  }

  get left(): number {
    return this.#input.length - this.#at;
  }

  /** Pushes the next value. */
  value(): void {
    while (this.#start() || this.#store());
  }

  /**
   * Stores the finished value on top of the stack in the table it belongs to, and that one where it is finished then;
   * false where no table is open any more.
   */
  #store(): boolean {
    for (let innermost = this.#missing.length - 1; innermost >= 0; innermost--) {
      const missing = this.#missing[innermost]! - 1;
      const key = this.#keys[innermost]!;
      if (key > 0 || missing % 2 === 0) this.#set();
      if (missing > 0) {
        this.#missing[innermost] = missing;
        if (key > 0) {
          this.#keys[innermost] = key + 1;
          lua.lua_pushnumber(this.#L, key + 1);
        }
        return true;
      }
      this.#missing.pop();
      this.#keys.pop();
    }
    return false;
  }

  /** Sets a field of a table from the key and the value above it. */
  #set(): void {
    const L = this.#L;
    const keyType = lua.lua_type(L, -2);
    if (keyType === LUA_TNIL) raiseBare(L, "table index is nil");
    if (keyType === LUA_TNUMBER && Number.isNaN(lua.lua_tonumber(L, -2))) raiseBare(L, "table index is NaN");
    lua.lua_rawset(L, -3);
  }

  /** Pushes what the next byte starts; true where it is a table whose items come next. */
  #start(): boolean {
    const L = this.#L;
    this.#need(1);
    needSlots(L, 1, "too many return values at once; use unpack_one or unpack_limit instead.");
    const format = this.#input[this.#at]!;
    if (format < 0x80) return this.#fixed(format);
    if (format < 0x90) return this.#table(format & 0x0f, 1, false);
    if (format < 0xa0) return this.#table(format & 0x0f, 1, true);
    if (format < 0xc0) return this.#string(format & 0x1f, 1);
    if (format >= 0xe0) return this.#fixed(format - 0x100);
    return this.#sized(format);
  }

  #sized(format: number): boolean {
    const at = this.#at + 1;
    const view = this.#view;
    switch (format) {
      case 0xc0:
        lua.lua_pushnil(this.#L);
        this.#at = at;
        return false;
      case 0xc2:
      case 0xc3:
        lua.lua_pushboolean(this.#L, format === 0xc3);
        this.#at = at;
        return false;
      case 0xca:
        return this.#number(4, () => view.getFloat32(at));
      case 0xcb:
        return this.#number(8, () => view.getFloat64(at));
      case 0xcc:
        return this.#number(1, () => view.getUint8(at));
      case 0xcd:
        return this.#number(2, () => view.getUint16(at));
      case 0xce:
        return this.#number(4, () => view.getUint32(at));
      case 0xcf:
      // The reference reads the unsigned one as signed: from 2^63 on it is negative.
      case 0xd3:
        return this.#number(8, () => Number(view.getBigInt64(at)));
      case 0xd0:
        return this.#number(1, () => view.getInt8(at));
      case 0xd1:
        return this.#number(2, () => view.getInt16(at));
      case 0xd2:
        return this.#number(4, () => view.getInt32(at));
      case 0xd9:
        return this.#string(this.#length(1), 2);
      case 0xda:
        return this.#string(this.#length(2), 3);
      case 0xdb:
        return this.#string(this.#length(4), 5);
      case 0xdc:
        return this.#table(this.#length(2), 3, true);
      case 0xdd:
        return this.#table(this.#length(4), 5, true);
      case 0xde:
        return this.#table(this.#length(2), 3, false);
      case 0xdf:
        return this.#table(this.#length(4), 5, false);
      default:
        return raise(this.#L, "Bad data format in input.");
    }
  }

  #need(bytes: number): void {
    if (this.left < bytes) raise(this.#L, "Missing bytes in input.");
  }

  #fixed(value: number): boolean {
    lua.lua_pushnumber(this.#L, value);
    this.#at++;
    return false;
  }

  #number(size: number, read: () => number): boolean {
    this.#need(1 + size);
    // The first bit is the sign of a float, and without meaning for integers here.
    pushSigned(this.#L, read(), this.#input[this.#at + 1]! >= 0x80);
    this.#at += 1 + size;
    return false;
  }

  /** The length of so many bytes that follows the format byte. */
  #length(size: number): number {
    this.#need(1 + size);
    const at = this.#at + 1;
    if (size === 1) return this.#view.getUint8(at);
    return size === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #string(length: number, header: number): boolean {
    this.#need(header + length);
    const start = this.#at + header;
    lua.lua_pushstring(this.#L, this.#input.subarray(start, start + length));
    this.#at = start + length;
    return false;
  }

  #table(length: number, header: number, isArray: boolean): boolean {
    const L = this.#L;
    this.#at += header;
    if (isArray) needSlots(L, 2, "in function mp_decode_to_lua_array");
    lua.lua_createtable(L, 0, 0);
    if (length === 0) return false;
    this.#missing.push(isArray ? length : 2 * length);
    this.#keys.push(isArray ? 1 : 0);
    if (isArray) lua.lua_pushnumber(L, 1);
    return true;
  }
}
