/**
 * What must be different before the rest of fengari loads: constants that its modules copy.
 *
 * - The tag of integers becomes that of doubles, so that whatever fengari makes as an integer is a double.
 * - The stack may hold as many slots as Lua 5.1's limit of calls can need; 5.1 has no limit of its own.
 */
import defs from "fengari/src/defs.js";
import luaconf from "fengari/src/luaconf.js";

const types = (defs as unknown as { constant_types: Record<string, number> }).constant_types;
types.LUA_TNUMINT = types.LUA_TNUMFLT!;

(luaconf as unknown as Record<string, unknown>).LUAI_MAXSTACK = 4_500_000;
