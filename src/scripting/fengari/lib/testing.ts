/**
 * Runs Lua snippets with the libraries of this folder, for their tests.
 */
import { latin1, latin1Text } from "../../../sys/bytes.ts";
import fengari from "fengari";
import type { LuaState } from "../api.ts";
import { lua } from "../api.ts";
import { openBit } from "./bit.ts";
import { openCjson } from "./cjson.ts";
import { openCmsgpack } from "./cmsgpack.ts";
import { formatSignificant } from "../../c_numbers.ts";
import { openStruct } from "./struct.ts";

interface Auxiliary {
  luaL_newstate(): LuaState;
  luaL_loadbuffer(L: LuaState, source: Uint8Array, length: number, name: Uint8Array): number;
}
interface Api {
  lua_pcall(L: LuaState, args: number, results: number, handler: number): number;
  lua_getglobal(L: LuaState, name: Uint8Array): number;
}

const { lauxlib, lualib, lua: api } = fengari as unknown as {
  lauxlib: Auxiliary;
  lualib: { luaL_openlibs(L: LuaState): void };
  lua: Api;
};

/** A Lua state with the standard libraries, those of this folder, and what 5.1 has and 5.3 has not. */
export class LuaRunner {
  readonly #L = lauxlib.luaL_newstate();

  constructor() {
    const L = this.#L;
    lualib.luaL_openlibs(L);
    openBit(L);
    openCjson(L);
    openCmsgpack(L);
    openStruct(L);
    lua.lua_pushcfunction(L, (L) => {
      lua.lua_pushstring(L, latin1(formatSignificant(lua.lua_tonumber(L, 2), 17)));
      return 1;
    });
    api.lua_getglobal(L, latin1("string"));
    lua.lua_insert(L, -2);
    lua.lua_setfield(L, -2, latin1("format"));
    lua.lua_settop(L, 0);
    this.run("unpack = table.unpack");
  }

  /** What a chunk returns as text, one character per byte; the error where it fails. */
  run(source: string): string {
    const L = this.#L;
    const bytes = latin1(source);
    const failed = lauxlib.luaL_loadbuffer(L, bytes, bytes.length, latin1("@user_script")) ||
      api.lua_pcall(L, 0, 1, 0);
    const result = lua.lua_type(L, -1) === 0
      ? ""
      : latin1Text(lua.lua_tostring(L, -1) ?? latin1("(no string)"));
    lua.lua_settop(L, 0);
    return failed ? "error: " + result : result;
  }
}
