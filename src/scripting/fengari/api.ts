/**
 * fengari's C-like API for native libraries, with types: fengari itself has none.
 *
 * Indices are Lua's (1 is the first argument, -1 the top of the stack). Strings go in and come out as bytes; an array
 * that lua_tostring returned is the VM's own and must not be changed. Call the functions through `lua`, and keep none
 * in a constant: they may be replaced after this module is loaded.
 */
import { lapi, ldebug } from "./modules.ts";

/** The part of a Lua thread that libraries see. */
export interface LuaState {
  readonly top: number;
  readonly stack: { type: number }[];
}

/** A function that Lua can call: takes its arguments from the stack, pushes its results, returns their number. */
export type LuaFunction = (L: LuaState) => number;

/** What lua_getstack and lua_getinfo fill in. */
export interface LuaDebug {
  name: Uint8Array | null;
  namewhat: Uint8Array | null;
  short_src: Uint8Array;
  currentline: number;
}

export const LUA_TNONE = -1;
export const LUA_TNIL = 0;
export const LUA_TBOOLEAN = 1;
export const LUA_TLIGHTUSERDATA = 2;
export const LUA_TNUMBER = 3;
export const LUA_TSTRING = 4;
export const LUA_TTABLE = 5;

interface LuaApi {
  lua_checkstack(L: LuaState, slots: number): boolean;
  lua_concat(L: LuaState, count: number): void;
  lua_createtable(L: LuaState, items: number, fields: number): void;
  lua_error(L: LuaState): never;
  lua_gettop(L: LuaState): number;
  lua_insert(L: LuaState, index: number): void;
  lua_next(L: LuaState, index: number): number;
  lua_pop(L: LuaState, count: number): void;
  lua_pushboolean(L: LuaState, value: boolean): void;
  lua_pushcfunction(L: LuaState, body: LuaFunction): void;
  lua_pushlightuserdata(L: LuaState, value: unknown): void;
  lua_pushnil(L: LuaState): void;
  lua_pushnumber(L: LuaState, value: number): void;
  /** Copies the bytes. */
  lua_pushstring(L: LuaState, bytes: Uint8Array): Uint8Array;
  lua_pushvalue(L: LuaState, index: number): void;
  lua_rawgeti(L: LuaState, index: number, key: number): number;
  lua_rawset(L: LuaState, index: number): void;
  lua_rawseti(L: LuaState, index: number, key: number): void;
  lua_setfield(L: LuaState, index: number, key: Uint8Array): void;
  lua_setglobal(L: LuaState, name: Uint8Array): void;
  lua_settop(L: LuaState, top: number): void;
  lua_toboolean(L: LuaState, index: number): boolean;
  /** 0 where the value is not a number and not a string that reads as one. */
  lua_tonumber(L: LuaState, index: number): number;
  /** Changes a number on the stack to a string; null for other types. */
  lua_tostring(L: LuaState, index: number): Uint8Array | null;
  lua_touserdata(L: LuaState, index: number): unknown;
  lua_type(L: LuaState, index: number): number;
  lua_typename(L: LuaState, type: number): Uint8Array;
}

interface DebugApi {
  lua_getinfo(L: LuaState, what: Uint8Array, into: LuaDebug): number;
  lua_getstack(L: LuaState, level: number, into: LuaDebug): number;
}

export const lua = lapi as unknown as LuaApi;
export const debug = ldebug as unknown as DebugApi;
