/**
 * What a script finds in its globals, and the sandbox around it: every table that can be reached from them is
 * read-only, and reading a global that is not there is an error.
 */
import { textOfNumber } from "./conversions.ts";
import { callAtLevel, currentLine, isInTailPosition, isLuaCall, sourceOf } from "./debug_info.ts";
import { libraryError } from "./errors.ts";
import { openBit } from "./lib/bit.ts";
import { openCjson } from "./lib/cjson.ts";
import { openCmsgpack } from "./lib/cmsgpack.ts";
import { openStruct } from "./lib/struct.ts";
import { lobject } from "./modules.ts";
import {
  argument,
  argumentCount,
  bytesOf,
  isStringOrNumber,
  pushTable,
  type Steps,
  steps,
} from "./native.ts";
import { BASE_LIBRARY } from "./stdlib/base.ts";
import { COROUTINE_LIBRARY } from "./stdlib/coroutine.ts";
import { MATH_LIBRARY } from "./stdlib/math.ts";
import { STRING_LIBRARY } from "./stdlib/string.ts";
import { TABLE_LIBRARY } from "./stdlib/table.ts";
import { latin1Text, nameString, stringOf } from "./strings.ts";
import { Table } from "./table.ts";
import {
  type LuaState,
  NATIVE_FUNCTION,
  type NativeBody,
  NIL,
  NUMBER,
  STRING,
  TABLE,
  type TValue,
} from "./types.ts";
import type { ScriptPosition } from "../engine.ts";
import { CALL_1_1, pushCopy } from "./native.ts";

export function setField(table: Table, name: string, type: number, value: unknown): void {
  const slot = table.stringSlot(nameString(name));
  slot.type = type;
  slot.value = value;
}

function tableOf(functions: Readonly<Record<string, NativeBody>>): Table {
  const table = new Table();
  for (const [name, body] of Object.entries(functions)) setField(table, name, NATIVE_FUNCTION, body);
  return table;
}

/** Fills the globals of a new state with the language's own libraries and those of the reference. */
export function openLibraries(L: LuaState): void {
  const globals = L.l_G.globals.value as Table;
  for (const [name, body] of Object.entries(BASE_LIBRARY)) setField(globals, name, NATIVE_FUNCTION, body);
  setField(globals, "_G", TABLE, globals);
  setField(globals, "_VERSION", STRING, nameString("Lua 5.1"));
  setField(globals, "coroutine", TABLE, tableOf(COROUTINE_LIBRARY));
  setField(globals, "table", TABLE, tableOf(TABLE_LIBRARY));
  setField(globals, "math", TABLE, mathTable());
  setField(globals, "string", TABLE, openString(L));
  openCjson(L);
  openStruct(L);
  openCmsgpack(L);
  openBit(L);
  setField(globals, "__redis__err__handler", NATIVE_FUNCTION, steps(errorHandler));
}

function mathTable(): Table {
  const math = tableOf(MATH_LIBRARY);
  setField(math, "pi", NUMBER, Math.PI);
  setField(math, "huge", NUMBER, Infinity);
  return math;
}

/** The library is also what strings find their methods in. */
function openString(L: LuaState): Table {
  const string = tableOf(STRING_LIBRARY);
  const metatable = new Table();
  setField(metatable, "__index", TABLE, string);
  L.l_G.mt[STRING & 15] = metatable;
  return string;
}

function missingGlobal(L: LuaState): number {
  if (argumentCount(L) !== 2) libraryError(L, "Wrong number of arguments to luaProtectedTableError");
  const name = argument(L, 2);
  if (!isStringOrNumber(name)) {
    libraryError(L, "Second argument to luaProtectedTableError must be a string or number");
  }
  const text = latin1Text(bytesOf(name));
  const end = text.indexOf("\0");
  libraryError(
    L,
    `Script attempted to access nonexistent global variable '${end < 0 ? text : text.slice(0, end)}'`,
  );
}

/** Makes the globals and all that is reached from them read-only. */
export function protectGlobals(L: LuaState): void {
  const globals = L.l_G.globals.value as Table;
  globals.metatable = tableOf({ __index: missingGlobal });
  protect(globals);
  for (const metatable of L.l_G.mt) if (metatable) protect(metatable);
}

function protect(table: Table): void {
  if (table.readonly) return;
  table.readonly = true;
  if (table.metatable !== null) protect(table.metatable);
  const key: TValue = new lobject.TValue(NIL, null);
  const value: TValue = new lobject.TValue(NIL, null);
  while (table.next(key, key, value) === "found") if (value.type === TABLE) protect(value.value as Table);
}

const TAIL_CALL: ScriptPosition = { source: "=(tail call)", line: -1 };

/** The place of the function at a level, or of its caller where it is native. */
export function positionAt(L: LuaState, level: number): ScriptPosition | undefined {
  let ci = callAtLevel(L, level);
  if (ci !== undefined && ci !== "tail" && !isLuaCall(ci)) ci = callAtLevel(L, level + 1);
  if (ci === undefined) return undefined;
  if (ci === "tail") return TAIL_CALL;
  return isLuaCall(ci) ? { source: sourceOf(ci), line: currentLine(ci) } : { source: "=[C]", line: -1 };
}

/** The function that the reference hands to its protected call, which scripts can see: makes a table of an error. */
function* errorHandler(L: LuaState): Steps {
  // In the reference it is a Lua function.
  const position = isInTailPosition(L) ? TAIL_CALL : positionAt(L, 1);
  const error = argument(L, 1);
  if (error.type !== TABLE) {
    pushTable(L, new Table());
    const made = L.stack[L.top - 1]!.value as Table;
    pushCopy(L, (L.l_G.globals.value as Table).getString(nameString("tostring")));
    pushCopy(L, error);
    yield CALL_1_1;
    const text = L.stack[--L.top]!;
    const bytes = text.type === NUMBER ? textOfNumber(text).realstring : bytesOf(text);
    setField(made, "err", STRING, stringOf("ERR " + latin1Text(bytes)));
  } else {
    pushCopy(L, error);
  }
  const table = L.stack[L.top - 1]!.value as Table;
  if (position !== undefined) {
    setField(table, "source", STRING, stringOf(position.source));
    setField(table, "line", NUMBER, position.line);
  }
  return 1;
}
