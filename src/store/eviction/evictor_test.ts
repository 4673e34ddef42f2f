import { assert, assertEquals } from "@std/assert";
import { evictionPolicy, Evictor } from "./evictor.ts";
import { Keyspace } from "../keyspace.ts";
import { latin1, Slice } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";

const START_MS = 1_700_000_000_000;

function slice(text: string): Slice {
  return new Slice(latin1(text));
}

class World {
  readonly keyspace: Keyspace;
  readonly evictor: Evictor;
  readonly evicted: string[] = [];
  seconds = 0;

  constructor(policy: string, samples = 5, seed = 1) {
    this.keyspace = new Keyspace({ databases: 16, random: new Random(seed), now: START_MS });
    this.keyspace.access.lfu = policy.endsWith("lfu");
    this.keyspace.access.refresh();
    this.evictor = new Evictor(this.keyspace);
    this.evictor.policy = evictionPolicy(policy);
    this.evictor.samples = samples;
    this.keyspace.listeners.evicted = (database, key) => this.evicted.push(`${key.text()}@${database}`);
  }

  wait(seconds: number): void {
    this.seconds += seconds;
    this.keyspace.tick(START_MS + this.seconds * 1000);
  }

  set(name: string, ttlMs?: number, database = 0): void {
    const db = this.keyspace.databases[database]!;
    db.setString(slice(name), slice("value"));
    if (ttlMs !== undefined) db.setExpireAt(slice(name), this.keyspace.now + ttlMs);
  }

  /** Whether it is there. */
  use(name: string, database = 0): boolean {
    return this.keyspace.databases[database]!.read(slice(name)) !== 0;
  }

  evictAll(): string[] {
    while (this.evictor.evictOne());
    return this.evicted.splice(0);
  }
}

Deno.test("allkeys-lru takes what was used longest ago, whatever the database", () => {
  const world = new World("allkeys-lru");
  for (const [name, database] of [["a", 0], ["b", 3], ["c", 0], ["d", 15]] as const) {
    world.set(name, undefined, database);
    world.wait(2);
  }
  world.use("a");
  assertEquals(world.evictAll(), ["b@3", "c@0", "d@15", "a@0"]);
});

Deno.test("allkeys-lfu takes what was used least often, and what was used often long ago", () => {
  const world = new World("allkeys-lfu");
  for (const name of ["often", "once", "never", "formerly"]) world.set(name);
  for (let i = 0; i < 200; i++) world.use("formerly");
  world.wait(60 * 30);
  for (let i = 0; i < 200; i++) world.use("often");
  for (let i = 0; i < 10; i++) world.use("once");
  const { access, databases } = world.keyspace;
  const frequency = (name: string) => {
    const db = databases[0]!;
    return access.frequency(db.accessOf(db.find(slice(name))));
  };
  assert(frequency("once") > 0 && frequency("often") > frequency("once"));
  assertEquals([frequency("never"), frequency("formerly")], [0, 0]);
  const order = world.evictAll();
  assertEquals(order.slice(0, 2).sort(), ["formerly@0", "never@0"]);
  assertEquals(order.slice(2), ["once@0", "often@0"]);
});

Deno.test("volatile-ttl takes what would die first", () => {
  const world = new World("volatile-ttl");
  world.set("stays");
  world.set("late", 3e6);
  world.set("soon", 1e6, 1);
  world.set("between", 2e6);
  assertEquals(world.evictAll(), ["soon@1", "between@0", "late@0"]);
  assertEquals(world.use("stays"), true);
});

Deno.test("volatile policies leave keys without a time to live alone, the others do not", () => {
  for (const by of ["lru", "lfu", "random", "ttl"]) {
    const world = new World(`volatile-${by}`);
    for (let i = 0; i < 100; i++) world.set(`k${i}`, i % 2 === 0 ? 1000 * i + 1e6 : undefined, i % 3);
    assertEquals(world.evictAll().length, 50, by);
    assertEquals(world.keyspace.size, 50, by);
    assertEquals(world.keyspace.evictedKeys, 50, by);
  }
  for (const by of ["lru", "lfu", "random"]) {
    const world = new World(`allkeys-${by}`);
    for (let i = 0; i < 100; i++) world.set(`k${i}`, i % 2 === 0 ? 1e6 : undefined, i % 3);
    assertEquals(world.evictAll().length, 100, by);
    assertEquals(world.keyspace.size, 0, by);
    assertEquals(world.keyspace.arena.usedBytes, new World("noeviction").keyspace.arena.usedBytes, by);
  }
});

Deno.test("noeviction takes nothing", () => {
  const world = new World("noeviction");
  world.set("k", 1000);
  assertEquals(world.evictor.evictOne(), false);
  assertEquals(world.use("k"), true);
});

Deno.test("a random policy takes from every database in turn", () => {
  const world = new World("allkeys-random");
  for (let i = 0; i < 10; i++) for (const database of [0, 5, 9]) world.set(`k${i}`, undefined, database);
  for (let i = 0; i < 9; i++) world.evictor.evictOne();
  const databases = world.evicted.map((key) => key.split("@")[1]);
  assertEquals(databases.sort(), ["0", "0", "0", "5", "5", "5", "9", "9", "9"]);
});

Deno.test("what was used, removed, or replaced since it was seen is passed over", () => {
  const world = new World("allkeys-lru", 100);
  for (let i = 0; i < 12; i++) {
    world.set(`k${i}`);
    world.wait(1);
  }
  world.evictor.evictOne();
  assertEquals(world.evicted.splice(0), ["k0@0"]);
  // All others stand in the pool now, in their order.
  world.use("k1");
  world.keyspace.databases[0]!.delete(slice("k2"));
  world.keyspace.databases[0]!.moveTo(
    slice("k3"),
    world.keyspace.databases[0]!.find(slice("k3")),
    world.keyspace.databases[1]!,
    slice("moved"),
  );
  world.set("k2");
  world.wait(1);
  const rest = ["k4", "k5", "k6", "k7", "k8", "k9", "k10", "k11"].map((name) => `${name}@0`);
  const order = world.evictAll();
  assertEquals(order.slice(0, 1), ["moved@1"]);
  assertEquals(order.slice(1, 9), rest);
  assertEquals(order.slice(9).sort(), ["k1@0", "k2@0"]);
});

Deno.test("keys that were emptied away with their database leave nothing behind in the pool", () => {
  const world = new World("allkeys-lru", 100);
  for (let i = 0; i < 16; i++) world.set(`k${i}`);
  world.wait(10);
  world.evictor.evictOne();
  world.keyspace.databases[0]!.flush(false);
  assertEquals(world.evictor.evictOne(), false);
  for (let i = 0; i < 16; i++) world.set(`n${i}`, undefined, 2);
  world.keyspace.swap(2, 4);
  world.evicted.length = 0;
  assertEquals(world.evictAll().length, 16);
});

Deno.test("a change of the policy begins with an empty pool", () => {
  const world = new World("volatile-ttl", 100);
  world.set("old", 9e6);
  world.wait(100);
  world.set("soon", 1e6);
  world.set("sooner", 5e5);
  world.evictor.evictOne();
  assertEquals(world.evicted, ["sooner@0"]);
  world.evictor.policy = evictionPolicy("volatile-lru");
  world.evictor.evictOne();
  assertEquals(world.evicted, ["sooner@0", "old@0"]);
});

Deno.test("watchers and listeners are told of an evicted key, in this order, and it counts as no change", () => {
  const world = new World("allkeys-random");
  const { listeners } = world.keyspace;
  const told: string[] = [];
  world.set("k");
  const { dirty } = world.keyspace;
  listeners.changed = (_, key) => void told.push(`changed ${key.text()}`);
  listeners.event = (_, type, event, key) => void told.push(`${type} ${event} ${key.text()}`);
  listeners.evicted = (_, key) => void told.push(`evicted ${key.text()}`);
  world.evictor.evictOne();
  assertEquals(told, ["changed k", "e evicted k", "evicted k"]);
  assertEquals(world.keyspace.dirty, dirty);
});
