import type { Snapshot } from "./snapshot.ts";
import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import type { Database } from "./database.ts";
import { Encoding, encodingName, Type } from "./memory/entry.ts";
import { ExpireCycle } from "./expire_cycle.ts";
import { Keyspace } from "./keyspace.ts";
import { keyTooLong, wrongType } from "./memory/store_error.ts";
import { latin1, latin1Text, Slice } from "../sys/bytes.ts";
import { Random } from "../sys/random.ts";

const SEED = 6;
const START = 1_700_000_000_000;

function newKeyspace(): Keyspace {
  return new Keyspace({ databases: 3, random: new Random(SEED), now: START });
}

function slice(text: string): Slice {
  return new Slice(latin1(text));
}

function valueAt(db: Database, key: string): string | undefined {
  const ref = db.find(slice(key));
  return ref === 0 ? undefined : db.stringAt(ref).text();
}

function encodingAt(db: Database, key: string): string {
  return encodingName(db.encodingOf(db.find(slice(key))));
}

interface ModelValue {
  readonly value: string;
  readonly when: number;
}

/** What a keyspace should hold: a Map a database. */
class Model {
  databases: Map<string, ModelValue>[] = [new Map(), new Map(), new Map()];
  now = START;

  get(db: number, key: string): ModelValue | undefined {
    const found = this.databases[db]!.get(key);
    if (found === undefined || found.when < 0 || this.now <= found.when) return found;
    this.databases[db]!.delete(key);
    return undefined;
  }

  set(db: number, key: string, value: string, when: number): void {
    this.databases[db]!.set(key, { value, when });
  }

  /** Keys that live. */
  living(db: number): string[] {
    return [...this.databases[db]!.keys()].filter((key) => this.get(db, key) !== undefined);
  }
}

/** Lengths on both sides of every boundary: of embstr, of the arena's classes, of large blocks. */
function drawValue(random: Random): string {
  const length = [
    random.below(10),
    random.below(64),
    random.below(300),
    30_000 + random.below(6000),
    60_000 + random.below(60_000),
  ][[0, 0, 0, 1, 1, 1, 2, 2, 3, 4][random.below(10)]!]!;
  if (length < 10 && random.below(2) === 0) return String(random.below(100_000));
  return String.fromCharCode(97 + random.below(26)).repeat(length);
}

class Run {
  readonly random = new Random(SEED);
  readonly keyspace = newKeyspace();
  readonly model = new Model();
  readonly cycle = new ExpireCycle(this.keyspace);

  /** One random operation on both; its name. */
  step(): string {
    const { random, keyspace, model } = this;
    const id = random.below(2);
    const db = keyspace.databases[id]!;
    const key = `k${random.below(60)}`;
    const old = model.get(id, key);
    const target = random.below(2);
    const other = `k${random.below(60)}`;
    switch (random.below(14)) {
      case 0:
      case 1:
      case 2: {
        const value = drawValue(random);
        const keepTtl = random.below(3) === 0;
        db.setString(slice(key), slice(value), keepTtl);
        model.set(id, key, value, keepTtl && old !== undefined ? old.when : -1);
        return `set ${key}`;
      }
      case 3:
      case 4: {
        const ref = db.write(slice(key));
        const before = old?.value ?? "";
        const length = before.length + random.below(random.below(10) === 0 ? 50_000 : 40);
        const bytes = db.resizeString(slice(key), ref, length);
        assertEquals(bytes.length, length);
        assertEquals(latin1Text(bytes.bytes, bytes.start, bytes.end), before.padEnd(length, "\0"));
        bytes.bytes.fill(0x7a, bytes.start + before.length, bytes.end);
        model.set(id, key, before.padEnd(length, "z"), old?.when ?? -1);
        return `append ${key}`;
      }
      case 5:
        assertEquals(db.delete(slice(key)), old !== undefined);
        model.databases[id]!.delete(key);
        return `delete ${key}`;
      case 6:
      case 7: {
        if (old === undefined) return "nothing";
        const when = model.now + random.below(200);
        db.setExpireAt(slice(key), random.below(2) === 0 ? when : BigInt(when));
        model.set(id, key, old.value, when);
        return `expire ${key}`;
      }
      case 8:
        if (old === undefined) return "nothing";
        assertEquals(db.persist(slice(key)), old.when >= 0);
        model.set(id, key, old.value, -1);
        return `persist ${key}`;
      case 9:
      case 10:
        return this.transfer(id, key, target, other);
      case 11:
        model.now += random.below(20);
        keyspace.tick(model.now);
        return "time";
      case 12:
        if (random.below(10) === 0) this.cycle.run(1, 1, () => 0);
        return "cycle";
      default:
        return this.rare(id);
    }
  }

  transfer(id: number, key: string, target: number, other: string): string {
    const { keyspace, model, random } = this;
    const db = keyspace.databases[id]!;
    const from = model.get(id, key);
    if (from === undefined || (id === target && key === other)) return "nothing";
    const into = keyspace.databases[target]!;
    const moves = random.below(2) === 0;
    into.write(slice(other));
    const ref = db.write(slice(key));
    if (moves) {
      db.moveTo(slice(key), ref, into, slice(other));
      model.databases[id]!.delete(key);
    } else {
      db.copyTo(ref, into, slice(other));
    }
    model.set(target, other, from.value, from.when);
    return `${moves ? "move" : "copy"} ${id} ${key} to ${target} ${other}`;
  }

  rare(id: number): string {
    const { keyspace, model, random } = this;
    const choice = random.below(60);
    if (choice === 0) {
      keyspace.databases[id]!.flush(random.below(2) === 0);
      model.databases[id]!.clear();
      return "flush";
    }
    if (choice === 1) {
      keyspace.swap(0, 1);
      model.databases = [model.databases[1]!, model.databases[0]!, model.databases[2]!];
      return "swap";
    }
    if (choice < 10) {
      const ref = keyspace.databases[id]!.randomEntry();
      const name = ref === 0 ? undefined : keyspace.databases[id]!.keyOf(ref).text();
      if (name === undefined) assertEquals(model.living(id), []);
      else assertNotEquals(model.get(id, name), undefined);
      return "random";
    }
    keyspace.freeSome(() => false);
    return "free";
  }

  check(): void {
    const { keyspace, model } = this;
    for (let id = 0; id < 3; id++) {
      const db = keyspace.databases[id]!;
      const shown: string[] = [];
      db.forEach((ref) => shown.push(db.keyOf(ref).text()));
      assertEquals(shown.sort(), model.living(id).sort());
      let expiring = 0;
      for (const key of shown) {
        const { value, when } = model.get(id, key)!;
        const ref = db.find(slice(key));
        assertEquals(db.stringAt(ref).text(), value);
        assertEquals(db.expireAt(ref), when);
        if (when >= 0) expiring++;
      }
      // Dead keys that nobody met yet are counted.
      assert(db.expiring >= expiring && db.expiring <= expiring + db.size - shown.length);
    }
  }
}

Deno.test("a keyspace holds what a Map would, whatever is done to it, and gives all memory back", () => {
  const run = new Run();
  const { keyspace } = run;
  const before = keyspace.usedBytes;
  let last = "";
  try {
    for (let step = 0; step < 20_000; step++) {
      last = `step ${step}: ${run.step()}`;
      if (step % 50 === 0) run.check();
    }
    run.check();
  } catch (error) {
    console.error(`seed ${SEED}, ${last}`);
    throw error;
  }
  for (const db of keyspace.databases) db.flush(true);
  keyspace.freeSome(() => true);
  assertEquals(keyspace.usedBytes, before);
  assertEquals(keyspace.objects.bytes, 0);
  assertEquals(keyspace.size, 0);
  assertEquals(keyspace.lazyFreePending, 0);
  for (const db of keyspace.databases) assertEquals(db.expiring, 0);
});

Deno.test("keys deleted one by one leave nothing behind", () => {
  const keyspace = newKeyspace();
  const db = keyspace.databases[0]!;
  const before = keyspace.usedBytes;
  const random = new Random(SEED);
  for (let i = 0; i < 2000; i++) {
    db.setString(slice(`k${i}`), slice(drawValue(random)));
    if (i % 3 === 0) db.setExpireAt(slice(`k${i}`), START + 1000);
  }
  for (let i = 0; i < 2000; i++) assertEquals(db.delete(slice(`k${i}`)), true);
  assertEquals(keyspace.usedBytes, before);
  assertEquals(db.expiring, 0);
});

Deno.test("keys that expire leave nothing behind", () => {
  const keyspace = newKeyspace();
  const db = keyspace.databases[0]!;
  const before = keyspace.usedBytes;
  for (let i = 0; i < 1000; i++) {
    db.setString(slice(`k${i}`), slice("x".repeat(i * 50)));
    db.setExpireAt(slice(`k${i}`), START + 10);
  }
  keyspace.tick(START + 11);
  for (let i = 0; i < 1000; i++) assertEquals(db.read(slice(`k${i}`)), 0);
  assertEquals(keyspace.usedBytes, before);
  assertEquals(keyspace.expiredKeys, 1000);
  assertEquals(keyspace.misses, 1000);
  // A key that dies of age is no change that a client made.
  assertEquals(keyspace.dirty, 2000);
});

Deno.test("flushing later gives memory back in steps, and what is set meanwhile stays", () => {
  const keyspace = newKeyspace();
  const db = keyspace.databases[0]!;
  const before = keyspace.usedBytes;
  for (let i = 0; i < 20_000; i++) db.setString(slice(`k${i}`), slice("value"));
  assertEquals(db.flush(true), 20_000);
  assertEquals(db.size, 0);
  assertEquals(keyspace.lazyFreePending, 20_000);
  db.setString(slice("k1"), slice("new"));
  let steps = 0;
  while (keyspace.freeSome(() => false)) steps++;
  assert(steps >= 2, `${steps} steps`);
  assertEquals(keyspace.lazyFreePending, 0);
  assertEquals(valueAt(db, "k1"), "new");
  db.delete(slice("k1"));
  assertEquals(keyspace.usedBytes, before);
});

Deno.test("the encoding of a string follows from its bytes", () => {
  const db = newKeyspace().databases[0]!;
  const cases: [string, string][] = [
    ["", "embstr"],
    ["0", "int"],
    ["-5", "int"],
    ["9223372036854775807", "int"],
    ["9223372036854775808", "embstr"],
    ["007", "embstr"],
    ["1 ", "embstr"],
    ["x".repeat(44), "embstr"],
    ["x".repeat(45), "raw"],
  ];
  for (const [value, encoding] of cases) {
    db.setString(slice("k"), slice(value));
    assertEquals(encodingAt(db, "k"), encoding, value);
  }
});

Deno.test("a string that grew is raw, and room is left so that it is seldom copied", () => {
  const keyspace = newKeyspace();
  const db = keyspace.databases[0]!;
  db.setString(slice("k"), slice("12"));
  let copies = 0;
  let ref = db.find(slice("k"));
  for (let length = 3; length <= 200_000; length += 10) {
    db.resizeString(slice("k"), ref, length);
    const now = db.find(slice("k"));
    if (now !== ref) copies++;
    ref = now;
  }
  assertEquals(encodingAt(db, "k"), "raw");
  assert(copies <= 16, `${copies} copies`);
});

Deno.test("a value may be moved to a name that is a part of it, and set from a slice of itself", () => {
  const db = newKeyspace().databases[0]!;
  db.setString(slice("k"), slice("hello world"));
  const value = db.stringAt(db.find(slice("k")), new Slice());
  db.setString(slice("k"), value.point(value.bytes, value.start + 6, value.end));
  assertEquals(valueAt(db, "k"), "world");
  const big = "abc".repeat(20_000);
  db.setString(slice("b"), slice(big));
  const source = db.stringAt(db.find(slice("b")), new Slice());
  db.setString(slice("b"), source.point(source.bytes, source.start + 3, source.end));
  assertEquals(valueAt(db, "b"), big.slice(3));
});

Deno.test("renaming does not copy a big value", () => {
  const keyspace = newKeyspace();
  const db = keyspace.databases[0]!;
  db.setString(slice("k"), slice("x".repeat(1_000_000)));
  const before = db.stringAt(db.find(slice("k")), new Slice()).bytes;
  db.moveTo(slice("k"), db.find(slice("k")), db, slice("other"));
  assertEquals(db.stringAt(db.find(slice("other")), new Slice()).bytes === before, true);
  assertEquals(db.find(slice("k")), 0);
});

Deno.test("a new name that is too long is refused before anything is lost", () => {
  const db = newKeyspace().databases[0]!;
  db.setString(slice("k"), slice("v"));
  const long = new Slice(new Uint8Array(17_000_000));
  assertEquals(
    thrownBy(() => db.moveTo(slice("k"), db.find(slice("k")), db, long)),
    keyTooLong,
  );
  assertEquals(thrownBy(() => db.setString(long, slice("v"))), keyTooLong);
  assertEquals(valueAt(db, "k"), "v");
  assertEquals(db.size, 1);
});

Deno.test("when the system has no room for a big value, the old one stays", () => {
  const keyspace = newKeyspace();
  const db = keyspace.databases[0]!;
  db.setString(slice("k"), slice("v"));
  const before = keyspace.usedBytes;
  assertThrows(() => db.resizeString(slice("k"), db.find(slice("k")), 2 ** 53), RangeError);
  assertThrows(() => db.resizeString(slice("new"), 0, 2 ** 53), RangeError);
  assertEquals(valueAt(db, "k"), "v");
  assertEquals(db.size, 1);
  assertEquals(keyspace.usedBytes, before);
});

Deno.test("a key that is dead is replaced as if it were not there", () => {
  const keyspace = newKeyspace();
  const db = keyspace.databases[0]!;
  const events: string[] = [];
  db.setString(slice("k"), slice("v"));
  db.setExpireAt(slice("k"), START + 10);
  keyspace.listeners.event = (_id, _class, event) => events.push(event);
  keyspace.tick(START + 11);
  db.setString(slice("k"), slice("w"), true);
  assertEquals(events, ["expired", "new"]);
  assertEquals(db.expireAt(db.find(slice("k"))), -1);
});

Deno.test("while dead keys must stay, they are not shown and not removed", () => {
  const keyspace = newKeyspace();
  const db = keyspace.databases[0]!;
  db.setString(slice("k"), slice("v"));
  db.setExpireAt(slice("k"), START + 10);
  keyspace.tick(START + 11);
  keyspace.expiresLazily = false;
  assertEquals(db.read(slice("k")), 0);
  db.scan(0, 100, () => assert(false));
  assertEquals(db.size, 1);
  assertNotEquals(db.randomEntry(), 0);
  db.setString(slice("k"), slice("w"));
  assertEquals(db.size, 1);
  assertEquals(valueAt(db, "k"), "w");
});

Deno.test("a random key is never a dead one, however many of those there are", () => {
  const keyspace = newKeyspace();
  const db = keyspace.databases[0]!;
  for (let i = 0; i < 500; i++) {
    db.setString(slice(`k${i}`), slice("v"));
    db.setExpireAt(slice(`k${i}`), START + 10);
  }
  keyspace.tick(START + 11);
  assertEquals(db.randomEntry(), 0);
  assertEquals(db.size, 0);
});

Deno.test("a walk removes the dead keys that it meets", () => {
  const keyspace = newKeyspace();
  const db = keyspace.databases[0]!;
  for (let i = 0; i < 100; i++) {
    db.setString(slice(`k${i}`), slice("v"));
    if (i % 2 === 0) db.setExpireAt(slice(`k${i}`), START + 10);
  }
  keyspace.tick(START + 11);
  let seen = 0;
  db.forEach(() => seen++);
  assertEquals([seen, db.size], [50, 100]);
  let cursor = 0;
  do cursor = db.scan(cursor, 7, () => seen++); while (cursor !== 0);
  assertEquals([seen, db.size], [100, 50]);
});

Deno.test("looking up counts hits and misses, advances the access clock, and finding leaves no trace", () => {
  const keyspace = newKeyspace();
  const db = keyspace.databases[0]!;
  db.setString(slice("k"), slice("v"));
  const access = () => db.accessOf(db.find(slice("k")));
  const first = access();
  keyspace.tick(START + 60_000);
  db.peek(slice("k"));
  db.peek(slice("nokey"));
  assertEquals([keyspace.hits, keyspace.misses, access() === first], [1, 1, true]);
  db.write(slice("k"));
  db.write(slice("nokey"));
  assertEquals([keyspace.hits, keyspace.misses, access() - first], [1, 1, 60]);
  keyspace.tick(START + 90_000);
  db.read(slice("k"));
  db.read(slice("nokey"));
  assertEquals([keyspace.hits, keyspace.misses, access() - first], [2, 2, 90]);
});

Deno.test("under LFU a new value keeps the counter of its key, and a key made anew does not", () => {
  const keyspace = newKeyspace();
  const db = keyspace.databases[0]!;
  keyspace.access.lfu = true;
  keyspace.access.refresh();
  db.setString(slice("k"), slice("v"));
  for (let i = 0; i < 1000; i++) db.read(slice("k"));
  const frequency = () => keyspace.access.frequency(db.accessOf(db.find(slice("k"))));
  const used = frequency();
  assert(used > 10, `${used}`);
  db.setString(slice("k"), slice("a longer value than it was before"));
  assertEquals(frequency(), used);
  db.addString(slice("k"), slice("v"));
  assertEquals(frequency(), 5);
});

Deno.test("every change tells the listeners: before it, with the old value, and after it", () => {
  const keyspace = newKeyspace();
  const db = keyspace.databases[0]!;
  const log: string[] = [];
  keyspace.snapshot = {
    beforeChange: (_entries: unknown, ref: number) =>
      log.push(`before ${db.stringAt(ref, new Slice()).text()}`),
  } as unknown as Snapshot;
  keyspace.listeners.changed = (id, key) => log.push(`changed ${key.text()}@${id}`);
  const after = (change: () => void) => {
    change();
    return log.splice(0);
  };
  assertEquals(after(() => db.setString(slice("k"), slice("a"))), ["changed k@0"]);
  assertEquals(after(() => db.setString(slice("k"), slice("b"))), ["before a", "changed k@0"]);
  assertEquals(after(() => db.setString(slice("k"), slice("c".repeat(99)))), ["before b", "changed k@0"]);
  db.setString(slice("k"), slice("d"));
  log.length = 0;
  assertEquals(after(() => db.setExpireAt(slice("k"), START + 10)), ["before d", "changed k@0"]);
  assertEquals(after(() => db.persist(slice("k"))), ["before d", "changed k@0"]);
  assertEquals(after(() => db.persist(slice("k"))), []);
  assertEquals(after(() => db.resizeString(slice("k"), db.find(slice("k")), 3)), ["before d", "changed k@0"]);
  assertEquals(
    after(() => db.moveTo(slice("k"), db.find(slice("k")), keyspace.databases[1]!, slice("m"))),
    ["before d\0\0", "changed k@0", "changed m@1"],
  );
  assertEquals(keyspace.dirty, 8);
});

Deno.test("a key of another type is no string", () => {
  const db = newKeyspace().databases[0]!;
  db.setString(slice("k"), slice("v"));
  const ref = db.find(slice("k"));
  // There is no other type to make one of yet, so the entry is told a lie.
  db.keyspace.arena.words[0]![(ref & 0x1fffff) << 1]! |= Type.list;
  assertEquals(db.typeOf(ref), Type.list);
  assertEquals(thrownBy(() => db.readString(slice("k"))), wrongType);
  assertEquals(thrownBy(() => db.resizeString(slice("k"), ref, 5)), wrongType);
  db.setString(slice("k"), slice("w"), false, Encoding.embstr);
  assertEquals(valueAt(db, "k"), "w");
});

/** What a function throws; store errors are no `Error`. */
function thrownBy(fn: () => void): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
