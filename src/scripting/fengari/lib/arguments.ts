/**
 * Arguments of library functions, checked as Lua 5.1's auxiliary library checks them, with its error texts; and the
 * table of functions that makes a library.
 *
 * Lua 5.1 gives a C function 8000 stack slots and no more, and some errors of the libraries are about that limit;
 * `hasSlots` keeps it although this VM has more.
 */
import { latin1, latin1Text } from "../../../sys/bytes.ts";
import {
  debug,
  lua,
  LUA_TLIGHTUSERDATA,
  LUA_TNIL,
  LUA_TNONE,
  LUA_TNUMBER,
  LUA_TSTRING,
  type LuaDebug,
  type LuaFunction,
  type LuaState,
} from "../api.ts";
import { POSITIVE_NAN } from "../types.ts";
import { formatSignificant, numberOfString, toInt32 } from "../../c_numbers.ts";

const STACK_SLOTS = 8000;
const NAME_FIELDS = latin1("n");
const PLACE_FIELDS = latin1("Sl");
const MINUS = 0x2d;
const NOTHING = new Uint8Array(0);

/** Whether Lua 5.1 would give the running function so many slots more; makes sure that they exist. */
export function hasSlots(L: LuaState, slots: number): boolean {
  return lua.lua_gettop(L) + slots <= STACK_SLOTS && lua.lua_checkstack(L, slots);
}

/** As `hasSlots`, but an error with `what` where there are no more. */
export function needSlots(L: LuaState, slots: number, what: string): void {
  if (!hasSlots(L, slots)) raise(L, `stack overflow (${what})`);
}

/** Raises an error whose text starts with the place of the call. The text's characters are bytes. */
export function raise(L: LuaState, message: string): never {
  return raiseBare(L, callPlace(L) + message);
}

/** `script:line: ` of the Lua function that called, an empty text where none did. */
function callPlace(L: LuaState): string {
  const frame = newFrame();
  if (!debug.lua_getstack(L, 1, frame)) return "";
  debug.lua_getinfo(L, PLACE_FIELDS, frame);
  return frame.currentline > 0 ? `${latin1Text(frame.short_src)}:${frame.currentline}: ` : "";
}

function newFrame(): LuaDebug {
  return { name: null, namewhat: null, short_src: NOTHING, currentline: -1 };
}

/** Raises an error without a place, as the VM of Lua 5.1 does from inside a C function. */
export function raiseBare(L: LuaState, message: string): never {
  // An error finds room beyond the limit of a function's own values.
  lua.lua_checkstack(L, 1);
  lua.lua_pushstring(L, latin1(message));
  return lua.lua_error(L);
}

/** Raises `bad argument #n to 'name' (reason)`; the name is the one the caller used, `?` where there is none. */
export function raiseArgument(L: LuaState, argument: number, reason: string): never {
  const frame = newFrame();
  if (!debug.lua_getstack(L, 0, frame)) return raise(L, `bad argument #${argument} (${reason})`);
  debug.lua_getinfo(L, NAME_FIELDS, frame);
  const kind = latin1Text(frame.namewhat ?? NOTHING);
  // Lua 5.3 names functions that 5.1 does not: those called for an operator.
  const name = frame.name === null || kind === "metamethod" ? "?" : latin1Text(frame.name);
  if (kind !== "method") return raise(L, `bad argument #${argument} to '${name}' (${reason})`);
  if (argument === 1) return raise(L, `calling '${name}' on bad self (${reason})`);
  return raise(L, `bad argument #${argument - 1} to '${name}' (${reason})`);
}

/** The name of the type of a value, `no value` behind the last argument. */
export function typeName(L: LuaState, index: number): string {
  return latin1Text(lua.lua_typename(L, lua.lua_type(L, index)));
}

function raiseType(L: LuaState, argument: number, expected: string): never {
  return raiseArgument(L, argument, `${expected} expected, got ${typeName(L, argument)}`);
}

/** A number, or a string that Lua 5.1 converts to one; undefined for anything else. */
export function numberAt(L: LuaState, index: number): number | undefined {
  const type = lua.lua_type(L, index);
  if (type === LUA_TNUMBER) return lua.lua_tonumber(L, index);
  return type === LUA_TSTRING ? numberOfString(lua.lua_tostring(L, index)!) : undefined;
}

export function checkNumber(L: LuaState, argument: number): number {
  return numberAt(L, argument) ?? raiseType(L, argument, "number");
}

/** The low 32 bits of an integer argument. */
export function checkInt32(L: LuaState, argument: number): number {
  return toInt32(checkNumber(L, argument));
}

/** The number of an optional argument, `fallback` where it is nil or missing. */
export function optionalNumber(L: LuaState, argument: number, fallback: number): number {
  return isNilOrNone(L, argument) ? fallback : checkNumber(L, argument);
}

/** The bytes of a string argument; a number is printed as Lua 5.1 prints it. */
export function checkString(L: LuaState, argument: number): Uint8Array {
  const type = lua.lua_type(L, argument);
  if (type === LUA_TSTRING) return lua.lua_tostring(L, argument)!;
  if (type === LUA_TNUMBER) {
    return latin1(formatSignificant(lua.lua_tonumber(L, argument), 14, isNanNegative(L, argument)));
  }
  return raiseType(L, argument, "string");
}

/**
 * The sign of an argument that is NaN. JavaScript has one NaN; here it stands for the negative one, which is what
 * x86-64 makes of 0/0, unless its tag says otherwise.
 */
export function isNanNegative(L: LuaState, index: number): boolean {
  if (lua.lua_type(L, index) === LUA_TSTRING) return lua.lua_tostring(L, index)!.includes(MINUS);
  lua.lua_pushvalue(L, index);
  const tag = L.stack[L.top - 1]!.type;
  lua.lua_pop(L, 1);
  return tag !== POSITIVE_NAN;
}

/** Pushes a number; `negative` is the sign of a NaN. */
export function pushSigned(L: LuaState, value: number, negative: boolean): void {
  lua.lua_pushnumber(L, value);
  if (Number.isNaN(value) && !negative) L.stack[L.top - 1]!.type = POSITIVE_NAN;
}

export function isNilOrNone(L: LuaState, index: number): boolean {
  const type = lua.lua_type(L, index);
  return type === LUA_TNIL || type === LUA_TNONE;
}

/** Whether it is the null pointer as a light userdata, which is what `cjson.null` is. */
export function isNull(L: LuaState, index: number): boolean {
  return lua.lua_type(L, index) === LUA_TLIGHTUSERDATA && lua.lua_touserdata(L, index) === null;
}

/** Pushes a new table with these functions. */
export function pushFunctions(L: LuaState, functions: Readonly<Record<string, LuaFunction>>): void {
  const entries = Object.entries(functions);
  lua.lua_createtable(L, 0, entries.length);
  for (const [name, body] of entries) {
    lua.lua_pushcfunction(L, body);
    lua.lua_setfield(L, -2, latin1(name));
  }
}

/** Sets string fields of the table on top of the stack. */
export function setTexts(L: LuaState, texts: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(texts)) {
    lua.lua_pushstring(L, latin1(text));
    lua.lua_setfield(L, -2, latin1(name));
  }
}

/** Makes the table on top of the stack a global and takes it off. */
export function setGlobal(L: LuaState, name: string): void {
  lua.lua_setglobal(L, latin1(name));
}
