/**
 * table.sort: the quicksort of Lua 5.1, step by step, because what an inconsistent comparison makes of a table, how
 * often it is called and which error it ends with can be seen.
 */
import { copyValue } from "../calls.ts";
import { libraryError, runError } from "../errors.ts";
import { LT, metamethodOf } from "../metamethod_names.ts";
import { boxed, lessThan, rawEqual } from "../metamethods.ts";
import { argument, type Call, CALL_2_1, isTrue, pushCopy } from "../native.ts";
import type { Table } from "../table.ts";
import { type LuaState, NIL, NUMBER, STRING, type TValue } from "../types.ts";

type Comparing<T> = Generator<Call, T, void>;

/** Sorts items 1..count of the table by `<`, or by the function that is the second argument. */
export function* sortTable(L: LuaState, table: Table, count: number): Comparing<void> {
  yield* sortRange(L, table, 1, count);
}

function item(table: Table, at: number): TValue {
  const slot = table.getNumber(at);
  return boxed(slot.type, slot.value);
}

function store(L: LuaState, table: Table, at: number, value: TValue): void {
  if (table.readonly) runError(L, "Attempt to modify a readonly table");
  copyValue(value, table.numberSlot(at));
}

/** `a < b` where it takes no call, or undefined. */
function lessAtOnce(L: LuaState, a: TValue, b: TValue): boolean | undefined {
  if (argument(L, 2).type !== NIL) return undefined;
  if ((a.type === NUMBER && b.type === NUMBER) || (a.type === STRING && b.type === STRING)) {
    return lessThan(L, a, b);
  }
  const metamethod = metamethodOf(L, a, LT);
  if (metamethod.type === NIL || !rawEqual(metamethod, metamethodOf(L, b, LT))) return lessThan(L, a, b);
  return undefined;
}

function* lessByCall(L: LuaState, a: TValue, b: TValue): Comparing<boolean> {
  const comparison = argument(L, 2);
  pushCopy(L, comparison.type !== NIL ? comparison : metamethodOf(L, a, LT));
  pushCopy(L, a);
  pushCopy(L, b);
  yield CALL_2_1;
  return isTrue(L.stack[--L.top]!);
}

function* sortRange(L: LuaState, table: Table, from: number, to: number): Comparing<void> {
  let [low, high] = [from, to];
  while (low < high) {
    yield* order(L, table, low, high);
    if (high - low === 1) return;
    const middle = Math.floor((low + high) / 2);
    const atMiddle = item(table, middle);
    const atLow = item(table, low);
    if (lessAtOnce(L, atMiddle, atLow) ?? (yield* lessByCall(L, atMiddle, atLow))) {
      store(L, table, middle, atLow);
      store(L, table, low, atMiddle);
    } else {
      const atHigh = item(table, high);
      if (lessAtOnce(L, atHigh, atMiddle) ?? (yield* lessByCall(L, atHigh, atMiddle))) {
        store(L, table, middle, atHigh);
        store(L, table, high, atMiddle);
      }
    }
    if (high - low === 2) return;
    const pivotAt = yield* partition(L, table, low, high, middle);
    if (pivotAt - low < high - pivotAt) {
      yield* sortRange(L, table, low, pivotAt - 1);
      low = pivotAt + 1;
    } else {
      yield* sortRange(L, table, pivotAt + 1, high);
      high = pivotAt - 1;
    }
  }
}

/** Exchanges two items that are the wrong way round. */
function* order(L: LuaState, table: Table, low: number, high: number): Comparing<void> {
  const atLow = item(table, low);
  const atHigh = item(table, high);
  if (lessAtOnce(L, atHigh, atLow) ?? (yield* lessByCall(L, atHigh, atLow))) {
    store(L, table, low, atHigh);
    store(L, table, high, atLow);
  }
}

/** Puts what is smaller than the pivot before it and the rest behind; where the pivot ends up. */
function* partition(L: LuaState, table: Table, low: number, high: number, middle: number): Comparing<number> {
  const pivot = item(table, middle);
  const beforeHigh = item(table, high - 1);
  store(L, table, middle, beforeHigh);
  store(L, table, high - 1, pivot);
  let i = low;
  let j = high - 1;
  for (;;) {
    let left: TValue;
    let right: TValue;
    for (;;) {
      left = item(table, ++i);
      if (!(lessAtOnce(L, left, pivot) ?? (yield* lessByCall(L, left, pivot)))) break;
      if (i > high) libraryError(L, "invalid order function for sorting");
    }
    for (;;) {
      right = item(table, --j);
      if (!(lessAtOnce(L, pivot, right) ?? (yield* lessByCall(L, pivot, right)))) break;
      if (j < low) libraryError(L, "invalid order function for sorting");
    }
    if (j < i) break;
    store(L, table, i, right);
    store(L, table, j, left);
  }
  const atPivot = item(table, high - 1);
  const atI = item(table, i);
  store(L, table, high - 1, atI);
  store(L, table, i, atPivot);
  return i;
}
