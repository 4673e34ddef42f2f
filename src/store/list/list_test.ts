import { assert, assertEquals } from "@std/assert";
import { Type } from "../memory/entry.ts";
import { Keyspace } from "../keyspace.ts";
import {
  insertElement,
  listLength,
  pushElements,
  quicklistAt,
  removeElements,
  removeEqual,
  replaceElement,
} from "./list.ts";
import { limitsOf } from "./list_limits.ts";
import { ListReader } from "./list_reader.ts";
import { validateListpack } from "../packed/listpack.ts";
import type { Quicklist } from "./quicklist.ts";
import { type ListLimits, listLimits } from "./quicklist_fill.ts";
import { RdbWriter } from "../rdb/rdb_codec.ts";
import { latin1, Slice } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";

const KEY = new Slice(latin1("key"));
const LARGE = 100;
const STEPS = 1500;
const OTHER_LIMITS = listLimits(2, 5);

/** A list and the array that it must be equal to. */
class Model {
  readonly keyspace: Keyspace;
  readonly db: Keyspace["databases"][0];
  readonly random: Random;
  readonly limits: ListLimits;
  array: string[] = [];

  constructor(seed: number, limits: ListLimits, plainThreshold = LARGE) {
    this.random = new Random(seed);
    this.keyspace = new Keyspace({ databases: 1, random: this.random, now: 1000 });
    this.keyspace.listPlainThreshold = plainThreshold;
    this.db = this.keyspace.databases[0]!;
    this.limits = limits;
  }

  get ref(): number {
    return this.db.readTyped(KEY, Type.list);
  }

  push(elements: string[], atHead: boolean): void {
    const slices = elements.map((element) => new Slice(latin1(element)));
    const source = { at: (i: number) => slices[i]! };
    // What is said about a list that is there already has no effect.
    const limits = this.ref === 0 ? this.limits : OTHER_LIMITS;
    const length = pushElements(this.db, KEY, this.ref, source, 0, slices.length, atHead, limits);
    if (atHead) this.array.unshift(...elements.toReversed());
    else this.array.push(...elements);
    assertEquals(length, this.array.length);
  }

  remove(index: number, count: number): void {
    const left = removeElements(this.db, KEY, this.ref, index, count);
    this.array.splice(index, count);
    assertEquals(left, this.array.length);
  }

  removeEqual(element: string, count: number): void {
    const wanted = count === 0 ? Infinity : Math.abs(count);
    if (count < 0) this.array.reverse();
    let expected = 0;
    this.array = this.array.filter((each) => each !== element || expected++ >= wanted);
    if (count < 0) this.array.reverse();
    const removed = removeEqual(this.db, KEY, this.ref, new Slice(latin1(element)), count);
    assertEquals(removed, Math.min(expected, wanted));
  }

  replace(index: number, element: string): void {
    replaceElement(this.db, KEY, this.ref, index, new Slice(latin1(element)));
    this.array[index] = element;
  }

  insert(index: number, element: string, behind: boolean): void {
    const slice = new Slice(latin1(element));
    const length = insertElement(this.db, KEY, this.ref, index, slice, behind);
    this.array.splice(behind ? index + 1 : index, 0, element);
    assertEquals(length, this.array.length);
  }

  element(): string {
    const { random } = this;
    switch (random.below(8)) {
      case 0:
        return String(random.below(100000) - 50000);
      case 1:
        return String(random.below(10));
      case 2:
        return "x".repeat(random.below(60));
      case 3:
        return random.below(4) === 0 ? "large".repeat(20 + random.below(20)) : "";
      case 4:
        return "9007199254740993";
      default:
        return `element ${random.below(30)}`;
    }
  }

  step(): void {
    const { random, array } = this;
    const some = () => Array.from({ length: 1 + random.below(5) }, () => this.element());
    const index = array.length === 0 ? 0 : random.below(array.length);
    const choice = array.length === 0 ? 0 : random.below(array.length > 150 ? 12 : 10);
    if (choice < 2) return this.push(some(), random.below(2) === 0);
    if (choice === 2) return this.remove(0, 1);
    if (choice === 3) return this.remove(array.length - 1, 1);
    if (choice < 6) return this.insert(index, this.element(), random.below(2) === 0);
    if (choice < 8) return this.replace(index, this.element());
    if (choice === 8) {
      const element = random.below(2) === 0 ? this.element() : array[index]!;
      return this.removeEqual(element, random.below(5) - 2);
    }
    this.remove(index, Math.min(array.length - index, 1 + random.below(choice > 9 ? 40 : 6)));
  }

  check(): void {
    const { db, ref, array } = this;
    assertEquals(ref !== 0, array.length > 0);
    if (ref === 0) return;
    assertEquals(listLength(db, ref), array.length);
    assertEquals(forwards(this), array);
    assertEquals(backwards(this), array);
    const index = this.random.below(array.length);
    const reader = new ListReader().open(db, ref);
    reader.seek(index);
    assertEquals(reader.next().text(), array[index]);
    const list = quicklistAt(db, ref);
    if (list !== undefined) checkNodes(list);
    assertEquals(list?.limits ?? limitsOf(db.bytesAt(ref)), this.limits);
    assertEquals(this.keyspace.objects.bytes, list?.bytes ?? 0);
  }
}

function forwards({ db, ref }: Model): string[] {
  const reader = new ListReader().open(db, ref);
  reader.seek(0);
  return Array.from({ length: reader.length }, () => reader.next().text());
}

function backwards({ db, ref }: Model): string[] {
  const reader = new ListReader().open(db, ref);
  reader.seekBehind(reader.length - 1);
  return Array.from({ length: reader.length }, () => reader.previous().text()).reverse();
}

/** Fails when a node is not what the file that describes them promises. */
function checkNodes({ nodes, size, limits: { depth } }: Quicklist): void {
  let count = 0;
  let at = 0;
  for (let node = nodes.first; node !== 0; node = nodes.next(node), at++) {
    count += nodes.count(node);
    if (nodes.previous(node) === 0) assertEquals(node, nodes.first);
    else assertEquals(nodes.next(nodes.previous(node)), node);
    const isNear = depth === 0 || at < depth || nodes.length - 1 - at < depth;
    if (isNear) assertEquals(nodes.compressedBytes(node), 0);
    if (nodes.isPlain(node)) {
      assertEquals(nodes.count(node), 1);
    } else if (nodes.compressedBytes(node) === 0) {
      const [bytes, start] = [nodes.bytes(node), nodes.start(node)];
      assertEquals(validateListpack(bytes, start, nodes.size(node)), nodes.count(node));
    } else {
      const listpack = nodes.readable(node, new Uint8Array(0));
      assertEquals(validateListpack(listpack, 0, nodes.size(node)), nodes.count(node));
    }
  }
  assertEquals(at, nodes.length);
  assertEquals(count, size);
}

for (const [size, depth] of [[-2, 0], [-1, 1], [1, 0], [3, 0], [3, 1], [7, 2], [0, 0], [128, 1]] as const) {
  Deno.test(`a list with nodes of ${size} and compress depth ${depth} is what an array is`, () => {
    const seed = 1 + Math.floor(Math.random() * 1e9);
    const model = new Model(seed, listLimits(size, depth));
    for (let i = 0; i < STEPS; i++) {
      try {
        model.step();
        model.check();
      } catch (error) {
        throw new Error(`seed ${seed}, step ${i}`, { cause: error });
      }
    }
  });
}

Deno.test("a list gives all its memory back with its last element", () => {
  const model = new Model(7, listLimits(3, 1));
  model.push(["first"], true);
  model.remove(0, 1);
  const { usedBytes } = model.keyspace;
  for (let i = 0; i < 300; i++) model.push([`element ${i}`, "large".repeat(30)], i % 2 === 0);
  assert(model.keyspace.usedBytes > usedBytes);
  model.remove(0, model.array.length);
  assertEquals(model.keyspace.usedBytes, usedBytes);
  assertEquals(model.keyspace.objects.bytes, 0);
});

Deno.test("an element that no block of the arena takes has a buffer of its own, which goes with it", () => {
  const model = new Model(7, listLimits(-2, 0), 1 << 30);
  model.push(["a".repeat(5000), "b".repeat(70_000), "c".repeat(5000), "d".repeat(40_000)], false);
  model.check();
  assert(model.keyspace.objects.bytes > 110_000);
  model.replace(1, "short");
  model.replace(0, "e".repeat(50_000));
  model.check();
  model.remove(1, 3);
  model.check();
});

Deno.test("a copy of a list is the same to the byte, and lives on its own", () => {
  const model = new Model(11, listLimits(5, 1));
  for (let i = 0; i < 60; i++) model.push([model.element(), "same ".repeat(12)], i % 3 === 0);
  const list = quicklistAt(model.db, model.ref)!;
  const [before, after] = [new RdbWriter(), new RdbWriter()];
  const copy = list.copy();
  assertEquals(copy.size, list.size);
  assertEquals(list.dump(before), 18);
  model.remove(0, model.array.length);
  copy.dump(after);
  assertEquals(after.toBytes(), before.toBytes());
  checkNodes(copy);
  copy.release();
});

Deno.test("a list nobody can reach is freed in steps", () => {
  const model = new Model(13, listLimits(1, 0));
  for (let i = 0; i < 1300; i++) model.push(["x"], false);
  const list = quicklistAt(model.db, model.ref)!;
  const copy = list.copy();
  let steps = 1;
  while (copy.releaseSome()) steps++;
  assertEquals(steps, 3);
  assertEquals(copy.size, 0);
});

Deno.test("nodes that are not near an end are compressed, and an element is found in them", () => {
  const model = new Model(17, listLimits(10, 2), 1 << 30);
  for (let i = 0; i < 200; i++) model.push([`the same text again and again ${i}`], false);
  const { nodes, memory } = quicklistAt(model.db, model.ref)!;
  let compressed = 0;
  for (let node = nodes.first; node !== 0; node = nodes.next(node)) {
    if (nodes.compressedBytes(node) > 0) compressed++;
  }
  assertEquals([nodes.length, compressed], [20, 16]);
  assert(memory < 200 * 30, `${memory} bytes`);
  model.check();
});

Deno.test("pushing at the head of a node that is full of short elements moves none of them", () => {
  const model = new Model(19, listLimits(-2, 0));
  for (let i = 0; i < 3000; i++) model.push(["12345678"], true);
  const { nodes } = quicklistAt(model.db, model.ref)!;
  const end = nodes.start(nodes.first) + nodes.size(nodes.first);
  const room = nodes.start(nodes.first);
  model.push(["x"], true);
  assertEquals(nodes.start(nodes.first) + nodes.size(nodes.first), end);
  assertEquals(nodes.start(nodes.first), room - 3);
});
