/**
 * fengari's modules as they are used here, loaded one by one and in this order.
 *
 * fengari is Lua 5.3 with integers of 32 bits. It is made into Lua 5.1 by replacing functions that its modules export
 * (patches.ts). Most of its modules call each other through the exporting module's object, so a replacement is seen
 * by all; some take what they need into constants while they load, and for those a value must be right before. This
 * module therefore loads `defs` and `luaconf` first and changes them at once.
 *
 * Every import is static, so `deno compile` finds the files.
 */
import "./early_patches.ts";
import lapiModule from "fengari/src/lapi.js";
import ldebugModule from "fengari/src/ldebug.js";
import ldoModule from "fengari/src/ldo.js";
import lfuncModule from "fengari/src/lfunc.js";
import llexModule from "fengari/src/llex.js";
import lobjectModule from "fengari/src/lobject.js";
import lparserModule from "fengari/src/lparser.js";
import lstateModule from "fengari/src/lstate.js";
import lstringModule from "fengari/src/lstring.js";
import ltableModule from "fengari/src/ltable.js";
import ltmModule from "fengari/src/ltm.js";
import lvmModule from "fengari/src/lvm.js";
import type {
  CallInfo,
  Continuation,
  LuaClosure,
  LuaState,
  NativeBody,
  NativeClosure,
  TString,
  TValue,
  Userdata,
} from "./types.ts";

/** Any function that is only replaced, never called from here. */
type Replaced = unknown;

interface ApiModule {
  lua_callk(L: LuaState, args: number, results: number, context: unknown, k: Continuation | null): void;
  lua_pcallk(
    L: LuaState,
    args: number,
    results: number,
    handler: number,
    context: unknown,
    k: Continuation | null,
  ): number;
  lua_createtable: Replaced;
  lua_pop: Replaced;
  lua_pushinteger: Replaced;
  lua_rawset: Replaced;
  lua_rawseti: Replaced;
  lua_rawsetp: Replaced;
  lua_setmetatable: Replaced;
}

interface DebugModule {
  luaG_errormsg(L: LuaState): never;
  [name: string]: Replaced;
}

interface DoModule {
  luaD_call(L: LuaState, func: number, results: number): void;
  luaD_callnoyield(L: LuaState, func: number, results: number): void;
  luaD_checkstack(L: LuaState, slots: number): void;
  luaD_throw(L: LuaState, status: number): never;
  lua_resume(L: LuaState, from: LuaState | null, args: number): number;
  lua_yieldk(L: LuaState, results: number, context: unknown, k: Continuation | null): number;
  [name: string]: Replaced;
}

interface FunctionModule {
  Proto: new (L: LuaState) => object;
  luaF_close(L: LuaState, level: number): void;
}

interface ObjectModule {
  TValue: new (type: number, value: unknown) => TValue;
  LClosure: new (L: LuaState, upvalues: number) => LuaClosure;
  CClosure: new (L: LuaState, body: NativeBody, upvalues: number) => NativeClosure;
  Udata: new (L: LuaState, size: number) => Userdata;
  luaO_nilobject: TValue;
  [name: string]: Replaced;
}

interface StateModule {
  lua_newstate(): LuaState;
  lua_newthread(L: LuaState): LuaState;
  CallInfo: new () => CallInfo;
  luaE_extendCI: Replaced;
}

interface StringModule {
  TString: new (L: unknown, bytes: Uint8Array) => TString;
  [name: string]: Replaced;
}

type PatchedModule = Record<string, Replaced>;

export const lapi: ApiModule = lapiModule as unknown as ApiModule;
export const ldebug: DebugModule = ldebugModule as unknown as DebugModule;
export const ldo: DoModule = ldoModule as unknown as DoModule;
export const lfunc: FunctionModule = lfuncModule as unknown as FunctionModule;
export const llex: PatchedModule = llexModule as unknown as PatchedModule;
export const lobject: ObjectModule = lobjectModule as unknown as ObjectModule;
export const lparser: PatchedModule = lparserModule as unknown as PatchedModule;
export const lstate: StateModule = lstateModule as unknown as StateModule;
export const lstring: StringModule = lstringModule as unknown as StringModule;
export const ltable: PatchedModule = ltableModule as unknown as PatchedModule;
export const ltm: PatchedModule = ltmModule as unknown as PatchedModule;
export const lvm: PatchedModule = lvmModule as unknown as PatchedModule;
