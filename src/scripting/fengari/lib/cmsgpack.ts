/**
 * The `cmsgpack` library of scripts, as lua-cmsgpack 0.4.0: MessagePack without its bin and ext formats.
 */
import type { LuaState } from "../api.ts";
import { pushFunctions, setGlobal, setTexts } from "./arguments.ts";
import { pack } from "./cmsgpack_pack.ts";
import { unpack, unpackLimit, unpackOne } from "./cmsgpack_unpack.ts";

/** Registers the global table `cmsgpack`. */
export function openCmsgpack(L: LuaState): void {
  pushFunctions(L, { pack, unpack, unpack_one: unpackOne, unpack_limit: unpackLimit });
  setTexts(L, {
    _NAME: "cmsgpack",
    _VERSION: "lua-cmsgpack 0.4.0",
    _COPYRIGHT: "Copyright (C) 2012, Salvatore Sanfilippo",
    _DESCRIPTION: "MessagePack C implementation for Lua",
  });
  setGlobal(L, "cmsgpack");
}
