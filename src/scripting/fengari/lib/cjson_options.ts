/**
 * The settings of one `cjson` table and the functions that read and change them: each takes nil or nothing to leave
 * a setting as it is, and returns what holds then.
 */
import { latin1, latin1Text } from "../../../sys/bytes.ts";
import { lua, LUA_TBOOLEAN, type LuaFunction, type LuaState } from "../api.ts";
import { checkInt32, checkString, isNilOrNone, raiseArgument } from "./arguments.ts";

const INT_MAX = 2147483647;

/** What a number that JSON cannot express becomes: an error, a word that is no JSON, or null. */
export type InvalidNumbers = "off" | "on" | "null";

/** One table made by `cjson.new` has its own; the defaults are those of the reference. */
export class CjsonOptions {
  /** An array with holes as an object, instead of an error, where it is too sparse. */
  convertSparse = false;
  /** An array is too sparse if its length is more than this times its items; 0 turns the check off. */
  sparseRatio = 2;
  /** Lengths up to this are never too sparse. */
  sparseSafe = 10;
  encodeMaxDepth = 1000;
  decodeMaxDepth = 1000;
  encodeInvalidNumbers: InvalidNumbers = "off";
  decodeInvalidNumbers = true;
  /** No effect but on memory: whether the buffer of encode is used again. */
  keepBuffer = true;
  /** Significant digits of an encoded number. */
  precision = 14;
}

function allowArguments(L: LuaState, count: number): void {
  if (lua.lua_gettop(L) > count) raiseArgument(L, count + 1, "found too many arguments");
  lua.lua_settop(L, count);
}

/** Reads an optional integer of a range and pushes what holds. */
function integerOption(L: LuaState, argument: number, current: number, min: number, max: number): number {
  let value = current;
  if (!isNilOrNone(L, argument)) {
    value = checkInt32(L, argument);
    if (value < min || value > max) {
      // The original names the first argument, whichever it was.
      raiseArgument(L, 1, `expected integer between ${min} and ${max}`);
    }
  }
  lua.lua_pushnumber(L, value);
  return value;
}

/** Reads an optional boolean or word and pushes what holds: booleans for `off` and `on`. */
function wordOption<Word extends string>(
  L: LuaState,
  argument: number,
  current: Word,
  words: readonly Word[],
): Word {
  let value = current;
  if (lua.lua_type(L, argument) === LUA_TBOOLEAN) {
    value = words[lua.lua_toboolean(L, argument) ? 1 : 0]!;
  } else if (!isNilOrNone(L, argument)) {
    const given = latin1Text(checkString(L, argument)).replace(/\0.*/s, "");
    value = words.find((word) => word === given) ?? raiseArgument(L, argument, `invalid option '${given}'`);
  }
  if (value === words[0] || value === words[1]) lua.lua_pushboolean(L, value === words[1]);
  else lua.lua_pushstring(L, latin1(value));
  return value;
}

function switchOption(L: LuaState, argument: number, current: boolean): boolean {
  return wordOption(L, argument, current ? "on" : "off", ["off", "on"]) === "on";
}

/** The functions of a `cjson` table that change these options. */
export function optionFunctions(options: CjsonOptions): Readonly<Record<string, LuaFunction>> {
  return {
    encode_sparse_array(L) {
      allowArguments(L, 3);
      options.convertSparse = switchOption(L, 1, options.convertSparse);
      options.sparseRatio = integerOption(L, 2, options.sparseRatio, 0, INT_MAX);
      options.sparseSafe = integerOption(L, 3, options.sparseSafe, 0, INT_MAX);
      return 3;
    },
    encode_max_depth(L) {
      allowArguments(L, 1);
      options.encodeMaxDepth = integerOption(L, 1, options.encodeMaxDepth, 1, INT_MAX);
      return 1;
    },
    decode_max_depth(L) {
      allowArguments(L, 1);
      options.decodeMaxDepth = integerOption(L, 1, options.decodeMaxDepth, 1, INT_MAX);
      return 1;
    },
    encode_number_precision(L) {
      allowArguments(L, 1);
      options.precision = integerOption(L, 1, options.precision, 1, 14);
      return 1;
    },
    encode_keep_buffer(L) {
      allowArguments(L, 1);
      options.keepBuffer = switchOption(L, 1, options.keepBuffer);
      return 1;
    },
    encode_invalid_numbers(L) {
      allowArguments(L, 1);
      options.encodeInvalidNumbers = wordOption(L, 1, options.encodeInvalidNumbers, ["off", "on", "null"]);
      return 1;
    },
    decode_invalid_numbers(L) {
      allowArguments(L, 1);
      options.decodeInvalidNumbers = switchOption(L, 1, options.decodeInvalidNumbers);
      return 1;
    },
  };
}
