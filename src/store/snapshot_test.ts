import { assert, assertEquals } from "@std/assert";
import { Slice, utf8 } from "../sys/bytes.ts";
import { Random } from "../sys/random.ts";
import type { Database } from "./database.ts";
import { Keyspace } from "./keyspace.ts";
import { showAll, Snapshot, type SnapshotVisitor } from "./snapshot.ts";

const NOW = 1_700_000_000_000;
const slice = (text: string) => new Slice(utf8(text));

function newKeyspace(seed: number): Keyspace {
  return new Keyspace({ databases: 4, random: new Random(seed), now: NOW });
}

/** What a visitor was shown: `database/key` and the string. */
class Shown implements SnapshotVisitor {
  readonly keys: Map<string, string> = new Map();
  readonly databases: string[] = [];
  readonly #db: Database;

  constructor(keyspace: Keyspace) {
    this.#db = keyspace.databases[0]!;
  }

  database(id: number, keys: number, expires: number): void {
    this.databases.push(`${id}: ${keys}, ${expires}`);
  }

  entry(database: number, ref: number): void {
    const name = `${database}/${this.#db.keyOf(ref).text()}`;
    assert(!this.keys.has(name), `${name} is shown twice`);
    this.keys.set(name, `${this.#db.stringAt(ref).text()} ${this.#db.expireAt(ref)}`);
  }
}

function contents(keyspace: Keyspace): Map<string, string> {
  const shown = new Shown(keyspace);
  showAll(keyspace, shown);
  return new Map([...shown.keys].sort());
}

const sorted = (shown: Shown) => new Map([...shown.keys].sort());
const oneStep = () => false;

Deno.test("whatever happens to the keys meanwhile, a snapshot shows the moment at which it began", () => {
  const seed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  const keyspace = newKeyspace(seed);
  const name = () => slice(`key:${random.below(600)}`);
  const change = () => {
    const db = keyspace.databases[random.below(3)]!;
    switch (random.below(40)) {
      case 0:
        keyspace.swap(random.below(3), random.below(3));
        return;
      case 1:
        if (random.below(10) === 0) db.flush(random.below(2) === 0);
        return;
      case 2:
      case 3:
        keyspace.freeSome(() => false);
        return;
    }
    switch (random.below(8)) {
      case 0:
      case 1:
        db.delete(name());
        break;
      case 2:
        db.setExpireAt(name(), NOW + random.below(1000));
        break;
      case 3:
        db.persist(name());
        break;
      case 4: {
        const key = name();
        const ref = db.find(key);
        const to = keyspace.databases[random.below(3)]!;
        const target = name();
        if (ref !== 0 && (to !== db || target.text() !== key.text())) db.moveTo(key, ref, to, target);
        break;
      }
      case 5: {
        const key = name();
        const value = db.resizeString(key, db.find(key), random.below(100));
        value.bytes.fill(65 + random.below(26), value.start, value.end);
        break;
      }
      default:
        db.setString(name(), slice("v".repeat(random.below(80)) + random.below(1000)));
    }
  };
  for (let round = 0; round < 80; round++) {
    for (let i = 0; i < 300; i++) change();
    const expected = contents(keyspace);
    const shown = new Shown(keyspace);
    const snapshot = new Snapshot(keyspace, shown);
    assertEquals(snapshot.total, expected.size);
    const givesUp = random.below(3) === 0;
    while (!snapshot.step(oneStep)) {
      for (let i = random.below(30); i > 0; i--) change();
      if (givesUp && snapshot.shown * 2 > snapshot.total) break;
    }
    if (givesUp) snapshot.abort();
    else {
      assertEquals(sorted(shown), expected);
      assertEquals(snapshot.shown, snapshot.total);
    }
    assertEquals(keyspace.snapshot, undefined);
  }
  for (const db of keyspace.databases) db.flush(false);
  keyspace.freeSome(() => true);
  assertEquals(keyspace.lazyFreePending, 0);
});

Deno.test("after any number of snapshots that were given up, one still shows everything", () => {
  const keyspace = newKeyspace(1);
  const [db] = keyspace.databases;
  for (let i = 0; i < 100; i++) db!.setString(slice(`key:${i}`), slice(`${i}`));
  for (let i = 0; i < 200; i++) {
    const snapshot = new Snapshot(keyspace, new Shown(keyspace));
    db!.setString(slice(`key:${i % 100}`), slice("x"));
    snapshot.abort();
    snapshot.abort();
    if (i % 7 > 0) continue;
    const shown = new Shown(keyspace);
    const whole = new Snapshot(keyspace, shown);
    assert(whole.step(() => true));
    assertEquals(sorted(shown), contents(keyspace));
    if (i > 70) break;
  }
  for (let i = 0; i < 100; i++) new Snapshot(keyspace, new Shown(keyspace)).abort();
  const shown = new Shown(keyspace);
  new Snapshot(keyspace, shown).step(() => true);
  assertEquals(sorted(shown), contents(keyspace));
});

Deno.test("entries of a flushed database are freed when the walk is through with them", () => {
  const keyspace = newKeyspace(2);
  const [db] = keyspace.databases;
  const empty = keyspace.arena.usedBytes;
  for (let i = 0; i < 1000; i++) db!.setString(slice(`key:${i}`), slice("value"));
  const shown = new Shown(keyspace);
  const snapshot = new Snapshot(keyspace, shown);
  assertEquals(db!.flush(false), 1000);
  assertEquals(db!.size, 0);
  assertEquals(keyspace.lazyFreePending, 0);
  while (!snapshot.step(oneStep));
  assertEquals(shown.keys.size, 1000);
  assertEquals(shown.databases, ["0: 1000, 0"]);
  assertEquals(keyspace.lazyFreePending, 1000);
  while (keyspace.freeSome(() => true));
  assert(keyspace.arena.usedBytes <= empty + 1024, `${keyspace.arena.usedBytes} bytes are left`);
});

Deno.test("what is shown is counted, and what was shown early", () => {
  const keyspace = newKeyspace(3);
  const [db] = keyspace.databases;
  for (let i = 0; i < 500; i++) db!.setString(slice(`key:${i}`), slice("value"));
  const snapshot = new Snapshot(keyspace, new Shown(keyspace));
  db!.setString(slice("key:1"), slice("other"));
  db!.setString(slice("key:1"), slice("another"));
  db!.setString(slice("new"), slice("value"));
  db!.delete(slice("new"));
  assertEquals([snapshot.total, snapshot.shown, snapshot.shownEarly], [500, 1, 1]);
  snapshot.step(() => true);
  assertEquals([snapshot.shown, snapshot.shownEarly], [500, 1]);
});
