import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Arena } from "./arena.ts";
import { Dict, forgetAhead } from "./dict.ts";
import { HEADER_BYTES, keyLengthOf, keyStartOf, segmentOf, writeHeader } from "./entry.ts";
import { latin1, latin1Text, Slice } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";

const SEED = 2;
const KEY = { k0: 12345, k1: -6789 };

/** A dict of entries without values, by text. */
class Names {
  readonly arena = new Arena();
  readonly dict = new Dict(this.arena, KEY);

  find(name: string): number {
    const bytes = latin1(name);
    return this.dict.find(bytes, 0, bytes.length);
  }

  makeEntry(name: string): number {
    const { arena } = this;
    const bytes = latin1(name);
    const ref = arena.allocate(HEADER_BYTES + bytes.length);
    writeHeader(arena, ref, 0, 0, bytes.length, 0, false, false);
    segmentOf(arena, ref).set(bytes, keyStartOf(arena, ref));
    return ref;
  }

  add(name: string): void {
    assertEquals(this.find(name), 0);
    this.dict.insertFound(this.makeEntry(name));
  }

  remove(name: string): void {
    const ref = this.find(name);
    assertNotEquals(ref, 0);
    this.dict.removeFound();
    this.arena.free(ref);
  }

  nameOf(ref: number): string {
    const start = keyStartOf(this.arena, ref);
    return latin1Text(segmentOf(this.arena, ref), start, start + keyLengthOf(this.arena, ref));
  }

  /** One walk with so many entries a call; `between` runs after every call. */
  walk(count: number, between: () => void = () => {}): string[] {
    const seen: string[] = [];
    let cursor = 0;
    do {
      cursor = this.dict.scan(cursor, count, (ref) => seen.push(this.nameOf(ref)));
      between();
    } while (cursor !== 0);
    return seen;
  }
}

Deno.test("a dict answers as a Map does, while it grows over many tables and shrinks again", () => {
  const random = new Random(SEED);
  const names = new Names();
  const model = new Map<string, number>();
  const list: string[] = [];
  for (let step = 0; step < 120_000; step++) {
    const grows = random.below(100) < (Math.floor(step / 40_000) === 1 ? 12 : 75);
    if (grows || list.length === 0) {
      const name = `key:${random.below(200_000)}`;
      const ref = names.find(name);
      assertEquals(ref, model.get(name) ?? 0, `seed ${SEED}, step ${step}`);
      const fresh = names.makeEntry(name);
      if (ref === 0) {
        names.dict.insertFound(fresh);
        list.push(name);
      } else {
        names.dict.replaceFound(fresh);
        names.arena.free(ref);
      }
      model.set(name, fresh);
    } else {
      const at = random.below(list.length);
      const name = list[at]!;
      list[at] = list[list.length - 1]!;
      list.pop();
      assertEquals(names.find(name), model.get(name));
      names.remove(name);
      model.delete(name);
      assertEquals(names.find(name), 0);
    }
    if (step % 20_000 === 19_999) {
      assertEquals(names.dict.size, model.size);
      for (const [name, ref] of model) assertEquals(names.find(name), ref, `seed ${SEED}, step ${step}`);
      assertEquals(names.walk(100).sort(), [...model.keys()].sort());
    }
  }
});

Deno.test("an empty dict takes as little memory after many keys came and went as before", () => {
  const names = new Names();
  const before = names.arena.usedBytes;
  const slots = names.dict.slots;
  const count = 100_000;
  for (let i = 0; i < count; i++) names.add(`k${i}`);
  assert(names.dict.slots > count);
  for (let i = 0; i < count; i++) names.remove(`k${i}`);
  assertEquals(names.dict.slots, slots);
  assertEquals(names.arena.usedBytes, before);
});

Deno.test("no insertion or removal does more than split one table, or merge two", () => {
  const names = new Names();
  const { arena, dict } = names;
  // By block, since allocate() may call itself.
  const allocated = new Set<number>();
  const allocate = arena.allocate.bind(arena);
  arena.allocate = (size) => {
    const ref = allocate(size);
    allocated.add(ref);
    return ref;
  };
  const TABLE_BYTES_MAX = 256 << 10;
  const step = (change: () => void) => {
    const before = dict.tableBytes;
    allocated.clear();
    change();
    // The entry and the two halves of a table.
    assert(allocated.size <= 3, `${allocated.size} blocks at ${dict.size} keys`);
    assert(
      Math.abs(dict.tableBytes - before) <= TABLE_BYTES_MAX,
      `${dict.tableBytes - before} at ${dict.size}`,
    );
  };
  for (let i = 0; i < 60_000; i++) step(() => names.add(`k${i}`));
  for (let i = 0; i < 60_000; i++) step(() => names.remove(`k${i}`));
});

Deno.test("a dict of a hundred thousand keys is more than half full", () => {
  const names = new Names();
  for (let i = 0; i < 100_000; i++) {
    names.add(`k${i}`);
    if (i < 100) continue;
    const load = names.dict.size / names.dict.slots;
    assert(load > 0.25 && load <= 0.875, `load ${load} at ${i}`);
  }
});

Deno.test("a walk sees every key that stays, whatever comes and goes between its steps", () => {
  const random = new Random(SEED);
  for (let round = 0; round < 6; round++) {
    const names = new Names();
    const count = [5, 100, 3000, 20_000, 20_000, 40_000][round]!;
    const stays: string[] = [];
    const goes: string[] = [];
    for (let i = 0; i < count; i++) {
      const name = `k${i}`;
      names.add(name);
      // Round 3 and later lose nearly all their keys, so that tables merge under the walk.
      if (random.below(100) < (round < 3 ? 50 : 3)) stays.push(name);
      else goes.push(name);
    }
    let fresh = 0;
    const seen = new Set(names.walk(1 + random.below(50), () => {
      const removals = random.below(round < 3 ? 5 : 400);
      for (let i = 0; i < removals && goes.length > 0; i++) names.remove(goes.pop()!);
      const additions = random.below(round === 5 ? 2000 : 20);
      for (let i = 0; i < additions && fresh < 2 * count; i++) names.add(`new${fresh++}`);
    }));
    const missed = stays.filter((name) => !seen.has(name));
    assertEquals(missed, [], `seed ${SEED}, round ${round}`);
  }
});

Deno.test("a walk over a dict that does not change sees every key once", () => {
  const names = new Names();
  const all: string[] = [];
  for (let i = 0; i < 30_000; i++) {
    names.add(`k${i}`);
    all.push(`k${i}`);
  }
  for (const count of [1, 10, 1000, 1_000_000]) assertEquals(names.walk(count).sort(), all.toSorted());
});

Deno.test("one step of a walk shows about as many keys as asked for", () => {
  const names = new Names();
  for (let i = 0; i < 30_000; i++) names.add(`k${i}`);
  let seen = 0;
  const cursor = names.dict.scan(0, 100, () => seen++);
  assert(seen >= 100 && seen < 130, `${seen}`);
  assertNotEquals(cursor, 0);
});

/** Chi-square of counts that should all be equal, in standard deviations above its mean. */
function unevenness(counts: Iterable<number>): number {
  const list = [...counts];
  const mean = list.reduce((sum, count) => sum + count, 0) / list.length;
  const chiSquare = list.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
  const freedom = list.length - 1;
  return (chiSquare - freedom) / Math.sqrt(2 * freedom);
}

Deno.test("random keys are uniform, in one table and in many, dense and sparse", () => {
  const random = new Random(SEED);
  for (
    const [count, kept] of [[10, 10], [1000, 1000], [1000, 200], [12_000, 12_000], [30_000, 4000]] as const
  ) {
    const names = new Names();
    for (let i = 0; i < count; i++) names.add(`k${i}`);
    for (let i = kept; i < count; i++) names.remove(`k${i}`);
    const counts = new Map<number, number>();
    names.dict.scan(0, count, (ref) => counts.set(ref, 0));
    assertEquals(counts.size, kept);
    for (let i = 0; i < kept * 50; i++) {
      const ref = names.dict.sample((bound) => random.below(bound));
      counts.set(ref, counts.get(ref)! + 1);
    }
    // Taking the next key behind a random slot would give hundreds here.
    const found = unevenness(counts.values());
    assert(found < 5, `seed ${SEED}: ${kept} of ${count} keys, ${found} standard deviations`);
  }
});

Deno.test("a sample of an empty dict is nothing, and of one with a single key that key", () => {
  const random = new Random(SEED);
  const names = new Names();
  assertEquals(names.dict.sample((bound) => random.below(bound)), 0);
  for (let i = 0; i < 10_000; i++) names.add(`k${i}`);
  for (let i = 1; i < 10_000; i++) names.remove(`k${i}`);
  assertEquals(names.nameOf(names.dict.sample((bound) => random.below(bound))), "k0");
});

Deno.test("draining gives every entry once and all memory back", () => {
  const names = new Names();
  const before = names.arena.usedBytes;
  const tables = names.dict.tableBytes;
  for (let i = 0; i < 50_000; i++) names.add(`k${i}`);
  let drained = 0;
  let steps = 0;
  while (
    names.dict.drainSome((ref) => {
      names.arena.free(ref);
      drained++;
    })
  ) steps++;
  assertEquals(drained, 50_000);
  assert(steps >= 7, `${steps} steps`);
  assertEquals(names.dict.size, 0);
  assertEquals(names.arena.usedBytes, before - tables);
});

Deno.test("keys that differ in one byte, and the empty key, are told apart", () => {
  const names = new Names();
  const all = ["", "\0", "\0\0", "a", "b", "ab", "ba", "\xff"];
  for (let i = 0; i < 256; i++) all.push(`x${String.fromCharCode(i)}`);
  for (const name of all) names.add(name);
  for (const name of all) assertEquals(names.nameOf(names.find(name)), name);
  assertEquals(names.dict.size, all.length);
});

Deno.test("keys that were fetched ahead are found, in order, skipped, repeated, or while the dict grows", () => {
  const names = new Names();
  for (let i = 0; i < 5000; i++) names.add(`k${i}`);
  const text = "k1k2k3k4k5";
  const buffer = latin1(text);
  const keys = [0, 2, 4, 6, 8].map((start) => new Slice(buffer, start, start + 2));
  names.dict.fetchAhead(keys, keys.length);
  const look = (i: number) => names.nameOf(names.dict.find(buffer, keys[i]!.start, keys[i]!.end));
  assertEquals([0, 0, 2, 1, 3, 4, 4].map(look), ["k1", "k1", "k3", "k2", "k4", "k5", "k5"]);
  names.dict.fetchAhead(keys, keys.length);
  for (let i = 5000; i < 50_000; i++) names.add(`k${i}`);
  assertEquals([0, 1, 2, 3, 4].map(look), ["k1", "k2", "k3", "k4", "k5"]);
});

Deno.test("what was fetched ahead is forgotten before the buffer changes", () => {
  const names = new Names();
  for (const name of ["k1", "k2", "k3", "k4"]) names.add(name);
  const buffer = latin1("k1k2");
  const keys = [new Slice(buffer, 0, 2), new Slice(buffer, 2, 4)];
  names.dict.fetchAhead(keys, 2);
  forgetAhead();
  buffer.set(latin1("k3k4"));
  assertEquals(names.nameOf(names.dict.find(buffer, 0, 2)), "k3");
  assertEquals(names.nameOf(names.dict.find(buffer, 2, 4)), "k4");
});

Deno.test("a dict with room reserved takes entries in the order of their hashes without splitting a table", () => {
  const source = new Names();
  for (let i = 0; i < 60_000; i++) source.add(`name:${i}`);
  const inOrder = source.walk(1000);
  const target = new Names();
  target.dict.reserve(inOrder.length);
  const { slots } = target.dict;
  for (const name of inOrder) target.add(name);
  assertEquals(target.dict.slots, slots);
  assert(slots < 2 * inOrder.length);
  for (const name of inOrder) assertNotEquals(target.find(name), 0);
  assertEquals(target.walk(1000).sort(), inOrder.sort());
  // What is there is not disturbed.
  target.dict.reserve(1_000_000);
  assertEquals(target.dict.slots, slots);
});
