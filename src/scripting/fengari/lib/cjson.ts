/**
 * The `cjson` library of scripts, as lua-cjson 2.1.0: `encode`, `decode`, `null`, and settings of its own for each
 * table that `new` makes.
 */
import { lua, type LuaState } from "../api.ts";
import { pushFunctions, setGlobal, setTexts } from "./arguments.ts";
import { latin1 } from "../../../sys/bytes.ts";
import { CjsonDecoder } from "./cjson_decode.ts";
import { CjsonEncoder } from "./cjson_encode.ts";
import { CjsonOptions, optionFunctions } from "./cjson_options.ts";

/** Pushes a new table with default settings. */
function pushCjson(L: LuaState): number {
  const options = new CjsonOptions();
  const encoder = new CjsonEncoder(options);
  const decoder = new CjsonDecoder(options);
  pushFunctions(L, {
    encode: (L) => encoder.call(L),
    decode: (L) => decoder.call(L),
    ...optionFunctions(options),
    new: pushCjson,
  });
  setTexts(L, { _NAME: "cjson", _VERSION: "2.1.0" });
  lua.lua_pushlightuserdata(L, null);
  lua.lua_setfield(L, -2, latin1("null"));
  return 1;
}

/** Registers the global table `cjson`. */
export function openCjson(L: LuaState): void {
  pushCjson(L);
  setGlobal(L, "cjson");
}
