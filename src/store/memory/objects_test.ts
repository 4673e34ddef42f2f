import { assert, assertEquals } from "@std/assert";
import { BigString, ObjectTable } from "./objects.ts";

function bigString(length: number): BigString {
  return new BigString(new Uint8Array(length), length);
}

Deno.test("objects keep their number until they are removed, and free numbers are given out again", () => {
  const table = new ObjectTable();
  const strings = [10, 20, 30].map(bigString);
  const ids = strings.map((string) => table.add(string));
  assertEquals(table.bytes, 60);
  table.remove(ids[1]!);
  assertEquals(table.bytes, 40);
  assertEquals(table.get(ids[0]!), strings[0]);
  assertEquals(table.get(ids[2]!), strings[2]);
  const fresh = bigString(5);
  assertEquals(table.add(fresh), ids[1]);
  assertEquals(table.get(ids[1]!), fresh);
  assertEquals(table.bytes, 45);
});

Deno.test("a removed object holds nothing any more", () => {
  const table = new ObjectTable();
  const string = bigString(1000);
  table.remove(table.add(string));
  assertEquals(string.bytes, 0);
  assertEquals(table.bytes, 0);
});

Deno.test("a removed string can be read until the turn is over, then its memory is given back", () => {
  const table = new ObjectTable();
  const string = bigString(1000);
  const { buffer } = string;
  buffer[999] = 7;
  table.remove(table.add(string));
  assertEquals(buffer[999], 7);
  table.freeLeft();
  assertEquals(buffer.byteLength, 0);
});

Deno.test("many strings that are removed at once do not take memory until the turn is over, but for the last ones", () => {
  const table = new ObjectTable();
  const strings = Array.from({ length: 30 }, () => bigString(1 << 20));
  const buffers = strings.map(({ buffer }) => buffer);
  for (const id of strings.map((string) => table.add(string))) table.remove(id);
  assertEquals(buffers.map(({ byteLength }) => byteLength > 0), buffers.map((_, i) => i >= 14));
  const huge = bigString(20 << 20);
  const { buffer } = huge;
  table.remove(table.add(huge));
  assertEquals(buffer.length, 20 << 20);
  table.freeLeft();
  assertEquals([...buffers, buffer].filter(({ byteLength }) => byteLength > 0), []);
});

Deno.test("a big string that grows keeps its bytes and is zero behind them", () => {
  const string = bigString(4);
  string.buffer.set([1, 2, 3, 4]);
  assertEquals(string.resize(6), 4);
  assertEquals([...string.buffer.subarray(0, 6)], [1, 2, 3, 4, 0, 0]);
  string.buffer.set([5, 6], 4);
  string.resize(3);
  assertEquals(string.resize(7), 0);
  assertEquals([...string.buffer.subarray(0, 7)], [1, 2, 3, 0, 0, 0, 0]);
});

Deno.test("a big string built of small pieces is copied rarely", () => {
  const string = bigString(1000);
  let copies = 0;
  for (let length = 1000; length <= 1_000_000; length += 1000) if (string.resize(length) > 0) copies++;
  assert(copies <= 11, `${copies} copies`);
});
