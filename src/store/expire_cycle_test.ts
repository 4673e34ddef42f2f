import { assert, assertEquals } from "@std/assert";
import { ExpireCycle } from "./expire_cycle.ts";
import { Keyspace } from "./keyspace.ts";
import { latin1, Slice } from "../sys/bytes.ts";
import { Random } from "../sys/random.ts";

const SEED = 5;
const START = 1_700_000_000_000;

function keyspaceWith(keys: number, ttlOf: (i: number) => number | undefined, database = 0): Keyspace {
  const keyspace = new Keyspace({ databases: 4, random: new Random(SEED), now: START });
  const db = keyspace.databases[database]!;
  for (let i = 0; i < keys; i++) {
    const key = new Slice(latin1(`k${i}`));
    db.setString(key, key);
    const ttl = ttlOf(i);
    if (ttl !== undefined) db.setExpireAt(key, START + ttl);
  }
  return keyspace;
}

Deno.test("cycles with time enough remove nearly all dead keys, and no other", () => {
  const keyspace = keyspaceWith(10_000, (i) => [undefined, 10, 10, 1_000_000][i % 4]);
  const cycle = new ExpireCycle(keyspace);
  keyspace.tick(START + 100);
  for (let i = 0; i < 200; i++) assertEquals(cycle.run(25, 1, () => 0), false);
  const left = keyspace.size - 5000;
  assert(left >= 0, `${-left} living keys were removed`);
  // While more than a tenth of the keys drawn is dead, drawing goes on.
  assert(left <= 2500 * 0.15, `seed ${SEED}: ${left} dead keys are left`);
  assertEquals(keyspace.expiredByCycle, 5000 - left);
  assertEquals(keyspace.expiredKeys, 5000 - left);
});

Deno.test("a higher effort leaves fewer dead keys", () => {
  const left = [1, 10].map((effort) => {
    const keyspace = keyspaceWith(20_000, (i) => i % 2 === 0 ? 10 : 1_000_000);
    const cycle = new ExpireCycle(keyspace);
    keyspace.tick(START + 100);
    for (let i = 0; i < 3; i++) cycle.run(25, effort, () => 0);
    return keyspace.size - 10_000;
  });
  assert(left[1]! < left[0]!, `seed ${SEED}: ${left}`);
});

Deno.test("a cycle stops when its time is used up, and the next one goes on", () => {
  const keyspace = keyspaceWith(10_000, () => 10);
  const cycle = new ExpireCycle(keyspace);
  keyspace.tick(START + 100);
  let looks = 0;
  assertEquals(cycle.run(25, 1, () => ++looks * 20), true);
  assertEquals(looks, 2);
  assertEquals(keyspace.expireCyclesCutShort, 1);
  const before = keyspace.size;
  assert(before > 9000, `${before}`);
  cycle.run(25, 1, () => 0);
  assert(keyspace.size < before);
});

Deno.test("a cycle comes to every database", () => {
  const keyspace = keyspaceWith(100, () => 10, 3);
  keyspace.tick(START + 100);
  new ExpireCycle(keyspace).run(25, 1, () => 0);
  assertEquals(keyspace.size, 0);
});

Deno.test("keys that die at this very millisecond still live", () => {
  const keyspace = keyspaceWith(100, () => 10);
  const cycle = new ExpireCycle(keyspace);
  keyspace.tick(START + 10);
  cycle.run(25, 1, () => 0);
  assertEquals(keyspace.size, 100);
  keyspace.tick(START + 11);
  cycle.run(25, 1, () => 0);
  assertEquals(keyspace.size, 0);
});

Deno.test("the estimate of stale keys follows what the draws find", () => {
  const keyspace = keyspaceWith(1000, () => 10);
  const cycle = new ExpireCycle(keyspace);
  cycle.run(25, 1, () => 0);
  assertEquals(keyspace.staleEstimate, 0);
  keyspace.tick(START + 100);
  cycle.run(25, 1, () => 0);
  assertEquals(keyspace.staleEstimate, 5);
});
