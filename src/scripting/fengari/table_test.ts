import "./patches.ts";
import { assert, assertEquals } from "@std/assert";
import { lobject } from "./modules.ts";
import { stringOf } from "./strings.ts";
import { ABSENT, Table } from "./table.ts";
import { BOOLEAN, NIL, NUMBER, STRING, type TString, type TValue } from "./types.ts";

function box(value: number | string | boolean | null): TValue {
  if (typeof value === "number") return new lobject.TValue(NUMBER, value);
  if (typeof value === "string") return new lobject.TValue(STRING, stringOf(value));
  if (typeof value === "boolean") return new lobject.TValue(BOOLEAN, value);
  return new lobject.TValue(NIL, null);
}

function unbox(o: TValue): unknown {
  return o.type === STRING ? String.fromCharCode(...(o.value as TString).realstring) : o.value;
}

function set(table: Table, key: number | string | boolean, value: number | null): void {
  const slot = table.slot(box(key));
  slot.type = value === null ? NIL : NUMBER;
  slot.value = value;
}

function entries(table: Table): [unknown, unknown][] {
  const found: [unknown, unknown][] = [];
  const key = box(null);
  const value = box(null);
  while (table.next(key, key, value) === "found") found.push([unbox(key), unbox(value)]);
  return found;
}

Deno.test("keys are found by their bytes, numbers by their value", () => {
  const table = new Table();
  set(table, "key", 1);
  set(table, 1.5, 2);
  set(table, true, 3);
  set(table, 0, 4);
  assertEquals(table.get(box("key")).value, 1);
  assertEquals(table.get(box(1.5)).value, 2);
  assertEquals(table.get(box(true)).value, 3);
  assertEquals(table.get(box(-0)).value, 4);
  assert(table.get(box("1.5")) === ABSENT);
  assert(table.get(box(false)) === ABSENT);
  assert(table.get(box(NaN)) === ABSENT);
});

Deno.test("an array filled in order is walked in order", () => {
  const table = new Table();
  for (let i = 1; i <= 100; i++) set(table, i, i * i);
  assertEquals(table.length(), 100);
  assertEquals(entries(table), Array.from({ length: 100 }, (_, i) => [i + 1, (i + 1) ** 2]));
});

Deno.test("a walk goes on after the key at hand was removed", () => {
  const table = new Table();
  for (let i = 1; i <= 10; i++) set(table, `k${i}`, i);
  const key = box(null);
  const value = box(null);
  let seen = 0;
  while (table.next(key, key, value) === "found") {
    set(table, unbox(key) as string, null);
    seen++;
  }
  assertEquals(seen, 10);
  assertEquals(entries(table), []);
});

Deno.test("a key that was never there is no place to go on from", () => {
  assertEquals(new Table().next(box("x"), box(null), box(null)), "invalid");
});

Deno.test("random changes leave what a plain map has", () => {
  const seed = Math.floor(Math.random() * 2 ** 31) || 1;
  console.log(`SEED=${seed}`);
  let state = seed;
  const below = (n: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
  const table = new Table();
  const model = new Map<number | string | boolean, number>();
  for (let step = 0; step < 20_000; step++) {
    const key = [below(60), `key${below(60)}`, below(40) / 8, below(2) === 0, -below(50)][below(5)]!;
    if (below(3) === 0) {
      set(table, key, null);
      model.delete(key === 0 ? 0 : key);
    } else {
      set(table, key, step);
      model.set(key === 0 ? 0 : key, step);
    }
  }
  const found = entries(table);
  assertEquals(found.length, model.size);
  for (const [key, value] of found) assertEquals(model.get(key as string), value);
  const border = table.length();
  assertEquals(border > 0 ? model.has(border) : true, true);
  assertEquals(model.has(border + 1), false);
});
