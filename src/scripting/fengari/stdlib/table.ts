/**
 * The table library of Lua 5.1. All of it reads and writes raw.
 */
import { copyValue } from "../calls.ts";
import { isNumber } from "../conversions.ts";
import { libraryError, runError, typeName } from "../errors.ts";
import { ByteBuffer } from "../lib/byte_buffer.ts";
import { boxed } from "../metamethods.ts";
import { lobject } from "../modules.ts";
import {
  argument,
  argumentCount,
  bytesOf,
  CALL_2_1,
  checkBytes,
  checkFunction,
  checkInt,
  checkTable,
  isNilOrMissing,
  isStringOrNumber,
  optionalInt,
  pushBytes,
  pushCopy,
  pushNumber,
  setArgumentCount,
  type Steps,
  steps,
} from "../native.ts";
import { NO_BYTES } from "../../../sys/bytes.ts";
import type { Table } from "../table.ts";
import { type LuaState, type NativeBody, NIL, type TValue } from "../types.ts";
import { sortTable } from "./sort.ts";

/** What is being put together: nothing else runs meanwhile. */
const out = new ByteBuffer();

function luaConcat(L: LuaState): number {
  const separator = isNilOrMissing(L, 2) ? NO_BYTES : checkBytes(L, 2);
  const table = checkTable(L, 1);
  const first = optionalInt(L, 3, 1);
  const last = isNilOrMissing(L, 4) ? table.length() : checkInt(L, 4);
  out.clear();
  for (let at = first; at <= last; at++) {
    const item = table.getNumber(at);
    if (!isStringOrNumber(item)) {
      libraryError(L, `invalid value (${typeName(item)}) at index ${at} in table for 'concat'`);
    }
    out.bytes(bytesOf(item));
    if (at !== last) out.bytes(separator);
  }
  pushBytes(L, out.copy());
  return 1;
}

function* luaForeach(L: LuaState): Steps {
  const table = checkTable(L, 1);
  checkFunction(L, 2);
  const key = new lobject.TValue(NIL, null);
  const value = new lobject.TValue(NIL, null);
  for (;;) {
    const found = table.next(key, key, value);
    if (found === "invalid") runError(L, "invalid key to 'next'");
    if (found === "end") return 0;
    pushCopy(L, argument(L, 2));
    pushCopy(L, key);
    pushCopy(L, value);
    yield CALL_2_1;
    if (L.stack[L.top - 1]!.type !== NIL) return 1;
    L.top--;
  }
}

function* luaForeachi(L: LuaState): Steps {
  const table = checkTable(L, 1);
  const count = table.length();
  checkFunction(L, 2);
  for (let at = 1; at <= count; at++) {
    pushCopy(L, argument(L, 2));
    pushNumber(L, at);
    pushCopy(L, table.getNumber(at));
    yield CALL_2_1;
    if (L.stack[L.top - 1]!.type !== NIL) return 1;
    L.top--;
  }
  return 0;
}

function luaGetn(L: LuaState): number {
  pushNumber(L, checkTable(L, 1).length());
  return 1;
}

function luaMaxn(L: LuaState): number {
  const table = checkTable(L, 1);
  const key = new lobject.TValue(NIL, null);
  const value = new lobject.TValue(NIL, null);
  let largest = 0;
  while (table.next(key, key, value) === "found") {
    if (isNumber(key) && (key.value as number) > largest) largest = key.value as number;
  }
  pushNumber(L, largest);
  return 1;
}

function setItem(L: LuaState, table: Table, at: number, value: TValue): void {
  if (table.readonly) runError(L, "Attempt to modify a readonly table");
  copyValue(value, table.numberSlot(at));
}

function luaInsert(L: LuaState): number {
  const table = checkTable(L, 1);
  let end = table.length() + 1;
  let position = end;
  switch (argumentCount(L)) {
    case 2:
      break;
    case 3:
      position = checkInt(L, 2);
      if (position > end) end = position;
      for (let at = end; at > position; at--) setItem(L, table, at, table.getNumber(at - 1));
      break;
    default:
      libraryError(L, "wrong number of arguments to 'insert'");
  }
  setItem(L, table, position, argument(L, argumentCount(L)));
  return 0;
}

function luaRemove(L: LuaState): number {
  const table = checkTable(L, 1);
  const end = table.length();
  const position = optionalInt(L, 2, end);
  if (position < 1 || position > end) return 0;
  pushCopy(L, table.getNumber(position));
  for (let at = position; at < end; at++) setItem(L, table, at, table.getNumber(at + 1));
  setItem(L, table, end, boxed(NIL, null));
  return 1;
}

function luaSetn(L: LuaState): number {
  checkTable(L, 1);
  libraryError(L, "'setn' is obsolete");
}

function* luaSort(L: LuaState): Steps {
  const table = checkTable(L, 1);
  const count = table.length();
  if (!isNilOrMissing(L, 2)) checkFunction(L, 2);
  setArgumentCount(L, 2);
  yield* sortTable(L, table, count);
  return 0;
}

export const TABLE_LIBRARY: Readonly<Record<string, NativeBody>> = {
  concat: luaConcat,
  foreach: steps(luaForeach),
  foreachi: steps(luaForeachi),
  getn: luaGetn,
  insert: luaInsert,
  maxn: luaMaxn,
  remove: luaRemove,
  setn: luaSetn,
  sort: steps(luaSort),
};
