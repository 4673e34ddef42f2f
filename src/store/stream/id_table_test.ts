import { assert, assertEquals } from "@std/assert";
import { Arena } from "../memory/arena.ts";
import { IdCursor, IdTable } from "./id_table.ts";
import { StreamId, streamIdText } from "./stream_id.ts";
import { Random } from "../../sys/random.ts";

const id = new StreamId();

function idsOf(table: IdTable): string[] {
  const ids: string[] = [];
  const cursor = new IdCursor(table);
  for (let isAt = cursor.seekFirst(); isAt; isAt = cursor.next()) ids.push(streamIdText(cursor.readId(id)));
  return ids;
}

function filled(arena: Arena, count: number): IdTable {
  const table = new IdTable(arena, 1);
  for (let i = 1; i <= count; i++) {
    assert(table.insert(id.setTo(i, 0)));
    table.setWord(0, -i);
  }
  return table;
}

Deno.test("a table without rows holds nothing and finds nothing", () => {
  const arena = new Arena();
  const table = new IdTable(arena, 2);
  assertEquals([table.size, table.heldBytes, arena.usedBytes], [0, 0, 0]);
  assertEquals(table.seek(id.setTo(1, 1)), false);
  assertEquals(table.isAtRow, false);
  assertEquals([table.seekFirst(), table.seekLast(), table.seekAtMost(id.setMax())], [false, false, false]);
});

Deno.test("a table of one row takes 32 bytes", () => {
  const arena = new Arena();
  filled(arena, 1);
  assertEquals(arena.usedBytes, 32);
});

Deno.test("an id stands in a table once, and a new row is filled with zeros", () => {
  const arena = new Arena();
  const table = filled(arena, 3);
  assertEquals(table.insert(id.setTo(2, 0)), false);
  assertEquals(table.get(0), -2);
  assertEquals(table.size, 3);
  table.remove();
  assert(table.insert(id.setTo(2, 0)));
  assertEquals(table.get(0), 0);
});

Deno.test("seeking stops at the row, at the next greater one, or at the last smaller one", () => {
  const table = new IdTable(new Arena(), 0);
  for (const ms of [10, 20, 30]) table.insert(id.setTo(ms, 5));
  const at = (found: boolean) => [found, table.isAtRow ? streamIdText(table.readId(new StreamId())) : ""];
  assertEquals(at(table.seek(id.setTo(20, 5))), [true, "20-5"]);
  assertEquals(at(table.seek(id.setTo(20, 4))), [false, "20-5"]);
  assertEquals(at(table.seek(id.setMin())), [false, "10-5"]);
  assertEquals(at(table.seek(id.setTo(30, 6))), [false, ""]);
  assertEquals(at(table.seekAtMost(id.setTo(20, 5))), [true, "20-5"]);
  assertEquals(at(table.seekAtMost(id.setTo(20, 4))), [true, "10-5"]);
  assertEquals(at(table.seekAtMost(id.setMax())), [true, "30-5"]);
  assertEquals(at(table.seekAtMost(id.setTo(10, 4))), [false, ""]);
});

Deno.test("ids are ordered as unsigned numbers", () => {
  const table = new IdTable(new Arena(), 0);
  const texts = ["0-1", "2147483647-4294967295", "2147483648-0", "4294967296-1", "4294967296-2147483648"];
  for (const text of texts.toReversed()) {
    const [ms, sequence] = text.split("-").map(Number);
    table.insert(id.setTo(ms!, sequence!));
  }
  table.insert(id.setMax());
  assertEquals(idsOf(table), [...texts, "18446744073709551615-18446744073709551615"]);
});

Deno.test("rows that are added behind the others fill their chunks", () => {
  const arena = new Arena();
  const count = 10_000;
  const table = filled(arena, count);
  assertEquals(table.heldBytes, arena.usedBytes);
  assert(arena.usedBytes < count * 5 * 4 * 1.03, `${arena.usedBytes} bytes for ${count} rows`);
});

Deno.test("a queue of a few rows takes the memory of a few rows", () => {
  const arena = new Arena();
  const table = filled(arena, 10);
  for (let i = 11; i < 5000; i++) {
    table.insert(id.setTo(i, 0));
    table.seekFirst();
    assertEquals(table.readId(id).ms, i - 10);
    table.remove();
  }
  assertEquals(table.size, 10);
  assert(arena.usedBytes < 10 * 20 * 4, `${arena.usedBytes} bytes`);
});

Deno.test("rows taken out here and there let their chunks grow together", () => {
  const arena = new Arena();
  const count = 8000;
  const table = filled(arena, count);
  const before = arena.usedBytes;
  for (let i = 1; i <= count; i++) {
    if (i % 20 === 0) continue;
    assert(table.seek(id.setTo(i, 0)));
    table.remove();
  }
  assertEquals(table.size, count / 20);
  assert(arena.usedBytes < before / 4, `${arena.usedBytes} of ${before} bytes`);
});

Deno.test("a mark leads back to its row", () => {
  const table = filled(new Arena(), 1000);
  const cursor = new IdCursor(table);
  cursor.seek(id.setTo(777, 0));
  const { mark } = cursor;
  const other = new IdCursor(table);
  assert(other.goTo(mark));
  assertEquals(streamIdText(other.readId(id)), "777-0");
});

Deno.test("a copy has rows of its own", () => {
  const arena = new Arena();
  const table = filled(arena, 300);
  const copy = table.copy();
  copy.seekFirst();
  copy.setWord(0, 5);
  copy.next();
  copy.remove();
  assertEquals([table.size, copy.size], [300, 299]);
  table.seekFirst();
  assertEquals(table.get(0), -1);
  copy.release();
  assertEquals(arena.usedBytes, table.heldBytes);
  assertEquals(idsOf(table).length, 300);
});

Deno.test("giving a table back leaves nothing in the arena", () => {
  const arena = new Arena();
  const table = filled(arena, 20_000);
  assertEquals(table.releaseSome(), true);
  while (table.releaseSome());
  assertEquals([arena.usedBytes, table.size, table.heldBytes], [0, 0, 0]);
  assert(table.insert(id.setTo(1, 1)), "and it can be filled again");
});

/** The model: sorted rows, found by walking. */
type Row = [id: number, word: number];

function compareWithModel(table: IdTable, model: Row[], arena: Arena): void {
  assertEquals(table.size, model.length);
  assertEquals(table.heldBytes, arena.usedBytes);
  const cursor = new IdCursor(table);
  let i = 0;
  for (let isAt = cursor.seekFirst(); isAt; isAt = cursor.next(), i++) {
    const [sequence, word] = model[i]!;
    if (cursor.readId(id).sequence !== sequence || cursor.get(1) !== word) {
      assertEquals([cursor.readId(id).sequence, cursor.get(1)], model[i]);
    }
  }
  assertEquals(i, model.length);
  for (let isAt = cursor.seekLast(); isAt; isAt = cursor.previous()) {
    if (cursor.readId(id).sequence !== model[--i]![0]) assertEquals(cursor.readId(id).sequence, model[i]![0]);
  }
  assertEquals(i, 0);
}

Deno.test("a table does what a sorted array does", () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  const arena = new Arena();
  const table = new IdTable(arena, 2);
  const model: Row[] = [];
  let growing = true;
  for (let step = 0; step < 12_000; step++) {
    if (step % 1500 === 0) growing = random.below(3) > 0;
    const last = model.at(-1)?.[0] ?? 0;
    // Behind the others, at the front, or anywhere.
    const place = random.below(3);
    const wanted = place === 0 ? last + 1 + random.below(3) : 1 + random.below(last + 10);
    if (random.below(4) > 0 === growing) {
      const at = model.findIndex(([sequence]) => sequence >= wanted);
      const isThere = at >= 0 && model[at]![0] === wanted;
      assertEquals(table.insert(id.setTo(0, wanted)), !isThere);
      if (!isThere) {
        table.setWord(1, step);
        if (at < 0) model.push([wanted, step]);
        else model.splice(at, 0, [wanted, step]);
      }
    } else if (model.length > 0) {
      const at = place === 0 ? 0 : place === 1 ? model.length - 1 : random.below(model.length);
      assert(table.seek(id.setTo(0, model[at]![0])));
      assertEquals(table.get(1), model[at]![1]);
      table.remove();
      model.splice(at, 1);
      assertEquals(table.isAtRow ? table.readId(id).sequence : 0, model[at]?.[0] ?? 0);
    }
    if (step % 97 === 0) compareWithModel(table, model, arena);
    const sought = random.below(last + 10);
    table.seek(id.setTo(0, sought));
    const expected = model.find(([sequence]) => sequence >= sought)?.[0] ?? -1;
    assertEquals(table.isAtRow ? table.readId(id).sequence : -1, expected);
  }
  compareWithModel(table, model, arena);
});
