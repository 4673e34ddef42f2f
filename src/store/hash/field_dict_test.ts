import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { FieldDict } from "./field_dict.ts";
import { Keyspace } from "../keyspace.ts";
import { RdbReader, RdbWriter } from "../rdb/rdb_codec.ts";
import { elementTooLong } from "../memory/store_error.ts";
import { latin1, Slice } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";

function keyspace(seed = 1): Keyspace {
  return new Keyspace({ databases: 1, random: new Random(seed), now: 0 });
}

const slice = (text: string) => new Slice(latin1(text));

function contents(dict: FieldDict): Map<string, string> {
  const found = new Map<string, string>();
  const field = new Slice();
  const value = new Slice();
  dict.forEach((ref) => found.set(dict.keyAt(ref, field).text(), dict.valueAt(ref, value).text()));
  return found;
}

function get(dict: FieldDict, field: string): string | undefined {
  const ref = dict.find(slice(field));
  return ref === 0 ? undefined : dict.valueAt(ref, new Slice()).text();
}

Deno.test("a field dict agrees with a Map through random changes, and gives all its memory back", () => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  const space = keyspace(seed);
  const before = space.usedBytes;
  const dict = new FieldDict(space, "hash");
  const model = new Map<string, string>();
  const lengths = [0, 1, 8, 40, 400, 33_000, 70_000];
  for (let i = 0; i < 20_000; i++) {
    const field = `field${random.below(3000)}`;
    if (random.below(3) === 0) {
      assertEquals(dict.delete(slice(field)), model.delete(field));
    } else {
      const long = random.below(200) === 0 ? lengths.length : 5;
      const value = String(i).padEnd(lengths[random.below(long)]!, "x");
      assertEquals(dict.set(slice(field), slice(value)), !model.has(field));
      model.set(field, value);
    }
    const asked = `field${random.below(3000)}`;
    assertEquals(get(dict, asked), model.get(asked));
    assertEquals(dict.size, model.size);
  }
  assertEquals(contents(dict), model);
  assert(dict.memory > [...model].reduce((sum, [a, b]) => sum + a.length + b.length, 0));
  dict.release();
  assertEquals(space.usedBytes, before);
});

Deno.test("a copy of a field dict is independent of it", () => {
  const space = keyspace();
  const dict = new FieldDict(space, "hash");
  for (let i = 0; i < 1000; i++) dict.set(slice(`f${i}`), slice("v".repeat(i * 50)));
  const copied = dict.copy();
  assertEquals(contents(copied), contents(dict));
  dict.set(slice("f999"), slice("other"));
  dict.delete(slice("f0"));
  assertEquals(copied.size, 1000);
  assertEquals(get(copied, "f999"), "v".repeat(999 * 50));
  dict.release();
  assertEquals(get(copied, "f998"), "v".repeat(998 * 50));
});

Deno.test("members are added once", () => {
  const dict = new FieldDict(keyspace(), "set");
  assertEquals(dict.add(slice("m")), true);
  assertEquals(dict.add(slice("m")), false);
  assertEquals(dict.has(slice("m")), true);
  assertEquals(dict.delete(slice("m")), true);
  assertEquals(dict.delete(slice("m")), false);
  assertEquals(dict.size, 0);
});

Deno.test("members are drawn with the same probability", () => {
  const random = new Random(7);
  const dict = new FieldDict(keyspace(7), "set");
  const members = 100;
  for (let i = 0; i < members; i++) dict.add(slice(`member:${i}`));
  const counts = new Map<string, number>();
  const draws = 100_000;
  const member = new Slice();
  for (let i = 0; i < draws; i++) {
    const name = dict.keyAt(dict.sample((bound) => random.below(bound)), member).text();
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const expected = draws / members;
  let chiSquare = 0;
  for (let i = 0; i < members; i++) {
    chiSquare += ((counts.get(`member:${i}`) ?? 0) - expected) ** 2 / expected;
  }
  // 99 degrees of freedom: beyond 170 with a probability of 1 in 100,000.
  assert(chiSquare < 170, `chi square ${chiSquare}`);
});

Deno.test("a walk sees every member that stays, while others come and go", () => {
  const dict = new FieldDict(keyspace(3), "set");
  for (let i = 0; i < 20_000; i++) dict.add(slice(`stays${i}`));
  const seen = new Set<string>();
  const member = new Slice();
  let cursor = 0;
  let round = 0;
  do {
    cursor = dict.scan(cursor, 100, (ref) => seen.add(dict.keyAt(ref, member).text()));
    for (let i = 0; i < 300; i++) {
      dict.add(slice(`comes${round * 300 + i}`));
      if (round % 2 === 1) dict.delete(slice(`comes${(round - 1) * 300 + i}`));
    }
    round++;
  } while (cursor !== 0);
  for (let i = 0; i < 20_000; i++) assert(seen.has(`stays${i}`), `stays${i}`);
});

Deno.test("a dump lists count and elements", () => {
  const space = keyspace();
  const hash = new FieldDict(space, "hash");
  hash.set(slice("f"), slice("v"));
  const writer = new RdbWriter();
  assertEquals(hash.dump(writer), 4);
  const reader = new RdbReader(writer.toBytes());
  assertEquals([reader.length(), ...reader.string(), ...reader.string()], [1, 0x66, 0x76]);
  const set = new FieldDict(space, "set");
  set.add(slice("m"));
  writer.reset();
  assertEquals(set.dump(writer), 2);
  assertEquals([...writer.written()], [1, 1, 0x6d]);
});

Deno.test("a field dict is freed in steps", () => {
  const space = keyspace();
  const before = space.usedBytes;
  const dict = new FieldDict(space, "set");
  for (let i = 0; i < 50_000; i++) dict.add(slice(`member:${i}`));
  let steps = 0;
  while (dict.releaseSome()) steps++;
  assert(steps > 10, `${steps} steps`);
  assertEquals(space.usedBytes, before);
});

Deno.test("a member that fits no block is refused and changes nothing", () => {
  const dict = new FieldDict(keyspace(), "set");
  let thrown: unknown;
  try {
    dict.add(new Slice(new Uint8Array(17_000_000)));
  } catch (error) {
    thrown = error;
  }
  assertStrictEquals(thrown, elementTooLong);
  assertEquals(dict.size, 0);
  assertEquals(dict.add(slice("m".repeat(100_000))), true);
  assertEquals(dict.has(slice("m".repeat(100_000))), true);
});
