/**
 * What must be different before the rest of fengari loads, because its modules copy it:
 *
 * - the tag of integers becomes that of doubles, so that whatever fengari makes as an integer is a double;
 * - numbers become text as C's `%.14g`, without `.0`;
 * - the stack may hold as many slots as Lua 5.1's limit of calls can need; 5.1 has no limit of its own;
 * - a string is copied at the speed of memory, not through an iterator.
 */
import defs from "fengari/src/defs.js";
import luaconf from "fengari/src/luaconf.js";
import lstring from "fengari/src/lstring.js";
import { copyOf } from "../short_bytes.ts";
import { formatSignificant } from "../c_numbers.ts";

const { constant_types: types } = defs as unknown as { constant_types: Record<string, number> };
types.LUA_TNUMINT = types.LUA_TNUMFLT!;

Object.assign(luaconf, {
  LUAI_MAXSTACK: 4_500_000,
  LUA_COMPAT_FLOATSTRING: true,
  lua_number2str: (value: number) => formatSignificant(value, 14, true),
});

const { luaS_bless } = lstring as unknown as { luaS_bless: (L: unknown, bytes: Uint8Array) => unknown };

Object.assign(lstring, {
  // fengari calls it with `new` in one place.
  luaS_new: function (L: unknown, bytes: Uint8Array): unknown {
    return luaS_bless(L, copyOf(bytes, 0, bytes.length));
  },
});
