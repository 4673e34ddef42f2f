/**
 * cmsgpack.pack: its arguments as MessagePack, one after the other.
 *
 * A number that is a whole one of 64 bits takes the shortest integer format, any other a float where that is exact
 * and a double where not. A table whose keys are exactly 1 to n is an array, the empty one too, any other a map.
 * What MessagePack has no format for, and tables inside sixteen others, are nil.
 */
import { lua, LUA_TBOOLEAN, LUA_TNUMBER, LUA_TSTRING, LUA_TTABLE, type LuaState } from "../api.ts";
import { hasSlots, isNanNegative, raiseArgument } from "./arguments.ts";
import { ByteBuffer } from "./byte_buffer.ts";

const MAX_NESTING = 16;

const out = new ByteBuffer();
const double = new DataView(new ArrayBuffer(8));

/** The Lua function. O(size of the values). */
export function pack(L: LuaState): number {
  const count = lua.lua_gettop(L);
  if (count === 0) raiseArgument(L, 0, "MessagePack pack needs input.");
  if (!hasSlots(L, count)) raiseArgument(L, 0, "Too many arguments for MessagePack pack.");
  lua.lua_checkstack(L, 3 * MAX_NESTING);
  out.clear();
  for (let i = 1; i <= count; i++) {
    lua.lua_pushvalue(L, i);
    packTop(L, 0);
  }
  lua.lua_pushstring(L, out.contents());
  out.clear();
  return 1;
}

/** Packs the value on top of the stack and takes it off. */
function packTop(L: LuaState, nesting: number): void {
  const type = lua.lua_type(L, -1);
  if (type === LUA_TSTRING) packString(lua.lua_tostring(L, -1)!);
  else if (type === LUA_TNUMBER) packNumber(L, lua.lua_tonumber(L, -1));
  else if (type === LUA_TBOOLEAN) out.byte(lua.lua_toboolean(L, -1) ? 0xc3 : 0xc2);
  else if (type === LUA_TTABLE && nesting < MAX_NESTING) packTable(L, nesting + 1);
  else out.byte(0xc0);
  lua.lua_pop(L, 1);
}

function packString(value: Uint8Array): void {
  const length = value.length;
  if (length < 32) {
    out.byte(0xa0 | length);
  } else if (length <= 0xff) {
    out.byte(0xd9);
    out.byte(length);
  } else if (length <= 0xffff) {
    out.byte(0xda);
    out.bigEndian(length, 2);
  } else {
    out.byte(0xdb);
    out.bigEndian(length, 4);
  }
  out.bytes(value);
}

function packNumber(L: LuaState, value: number): void {
  if (Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63) {
    packInteger(value);
  } else if (Math.fround(value) === value) {
    out.byte(0xca);
    double.setFloat32(0, value);
    out.bigEndian(double.getUint32(0), 4);
  } else {
    out.byte(0xcb);
    double.setFloat64(0, value);
    if (Number.isNaN(value)) double.setUint8(0, isNanNegative(L, -1) ? 0xff : 0x7f);
    out.int64(double.getBigUint64(0));
  }
}

function packInteger(value: number): void {
  if (value >= 0) {
    if (value <= 0x7f) out.byte(value);
    else if (value <= 0xff) packSized(0xcc, value, 1);
    else if (value <= 0xffff) packSized(0xcd, value, 2);
    else if (value <= 0xffffffff) packSized(0xce, value, 4);
    else packSized(0xcf, value, 8);
  } else if (value >= -0x20) out.byte(value & 0xff);
  else if (value >= -0x80) packSized(0xd0, value, 1);
  else if (value >= -0x8000) packSized(0xd1, value, 2);
  else if (value >= -0x80000000) packSized(0xd2, value, 4);
  else packSized(0xd3, value, 8);
}

function packSized(format: number, value: number, size: number): void {
  out.byte(format);
  if (size === 8) out.int64(BigInt(value));
  else out.bigEndian(value, size);
}

function packTable(L: LuaState, nesting: number): void {
  const { entries, isArray } = countEntries(L);
  if (isArray) {
    packLength(entries, 0x90, 0xdc);
    for (let i = 1; i <= entries; i++) {
      lua.lua_rawgeti(L, -1, i);
      packTop(L, nesting);
    }
    return;
  }
  packLength(entries, 0x80, 0xde);
  lua.lua_pushnil(L);
  while (lua.lua_next(L, -2) !== 0) {
    lua.lua_pushvalue(L, -2);
    packTop(L, nesting);
    packTop(L, nesting);
  }
}

/** The number of entries of the table on top of the stack, and whether their keys are 1 to that number. */
function countEntries(L: LuaState): { entries: number; isArray: boolean } {
  let entries = 0;
  let max = 0;
  let isArray = true;
  lua.lua_pushnil(L);
  while (lua.lua_next(L, -2) !== 0) {
    lua.lua_pop(L, 1);
    entries++;
    if (!isArray) continue;
    const key = lua.lua_type(L, -1) === LUA_TNUMBER ? lua.lua_tonumber(L, -1) : 0;
    isArray = key > 0 && Number.isInteger(key);
    if (key > max) max = key;
  }
  return { entries, isArray: isArray && max === entries };
}

/** `short` is the format of up to 15 entries, `long` that with two bytes of length; four bytes follow it. */
function packLength(entries: number, short: number, long: number): void {
  if (entries <= 15) {
    out.byte(short | entries);
  } else if (entries <= 0xffff) {
    out.byte(long);
    out.bigEndian(entries, 2);
  } else {
    out.byte(long + 1);
    out.bigEndian(entries, 4);
  }
}
