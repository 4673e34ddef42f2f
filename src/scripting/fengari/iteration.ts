/**
 * `next`, and the short way for `for k, v in pairs(t)`: no call is made for it.
 */
import { ABSENT, type Table } from "./table.ts";
import { adjustTop, copyValue, pushCopy } from "./calls.ts";
import { argumentError, runError, typeName } from "./errors.ts";
import { lobject } from "./modules.ts";
import { checkInt, checkTable, pushNumber } from "./native.ts";
import { type LuaState, NATIVE_FUNCTION, NIL, NUMBER, TABLE, type TValue } from "./types.ts";

const spareValue: TValue = new lobject.TValue(NIL, null);

/** `next(table, key)` of the base library. */
export function luaNext(L: LuaState): number {
  const first = L.ci.funcOff + 1;
  const o = first < L.top ? L.stack[first]! : ABSENT;
  if (o.type !== TABLE) {
    argumentError(L, 1, `table expected, got ${first < L.top ? typeName(o) : "no value"}`);
  }
  adjustTop(L, first + 2);
  const key = L.stack[first + 1]!;
  adjustTop(L, first + 3);
  const found = (o.value as Table).next(key, key, L.stack[first + 2]!);
  if (found === "invalid") runError(L, "invalid key to 'next'");
  if (found === "found") return 2;
  key.type = NIL;
  key.value = null;
  L.top = first + 2;
  return 1;
}

/** The iterator of `ipairs`. */
export function iterateItems(L: LuaState): number {
  const at = checkInt(L, 2) + 1;
  const item = checkTable(L, 1).getNumber(at);
  if (item.type === NIL) return 0;
  pushNumber(L, at);
  pushCopy(L, item);
  return 2;
}

/**
 * Does what a generic `for` wants of its iterator when that is the one of `pairs` or `ipairs`; false when it is
 * something else.
 */
export function iterateNext(L: LuaState, ra: number, results: number): boolean {
  const { stack } = L;
  const func = stack[ra]!;
  if (func.type !== NATIVE_FUNCTION) return false;
  const table = stack[ra + 1]!;
  if (table.type !== TABLE) return false;
  if (func.value === iterateItems) return nextItem(L, ra, results);
  if (func.value !== luaNext) return false;
  const key = stack[ra + 3]!;
  copyValue(stack[ra + 2]!, key);
  const value = results > 1 ? stack[ra + 4]! : spareValue;
  const found = (table.value as Table).next(key, key, value);
  if (found === "invalid") return false;
  const given = found === "end" ? 0 : 2;
  for (let i = given; i < results; i++) {
    const slot = stack[ra + 3 + i]!;
    slot.type = NIL;
    slot.value = null;
  }
  return true;
}

function nextItem(L: LuaState, ra: number, results: number): boolean {
  const { stack } = L;
  const control = stack[ra + 2]!;
  if (control.type !== NUMBER) return false;
  const at = ((control.value as number) | 0) + 1;
  const item = (stack[ra + 1]!.value as Table).getNumber(at);
  const found = item.type !== NIL;
  for (let i = 0; i < results; i++) {
    const slot = stack[ra + 3 + i]!;
    slot.type = NIL;
    slot.value = null;
  }
  if (!found) return true;
  stack[ra + 3]!.type = NUMBER;
  stack[ra + 3]!.value = at;
  if (results > 1) copyValue(item, stack[ra + 4]!);
  return true;
}
