/**
 * How near eviction comes to what it approximates: the real store against an ideal LRU and an ideal LFU that know all
 * keys. The bounds stand between what is measured and what a choice without samples, or without the pool, would give.
 */
import { assert } from "@std/assert";
import type { Database } from "../database.ts";
import { evictionPolicy, Evictor } from "./evictor.ts";
import { Keyspace } from "../keyspace.ts";
import { latin1, Slice } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";

const START_MS = 1_700_000_000_000;
const SEED = 20_261_120;

interface Store {
  readonly db: Database;
  readonly evictor: Evictor;
  readonly random: Random;
  /** A second passes. */
  second(): void;
}

function newStore(policy: string, samples: number): Store {
  const random = new Random(SEED);
  const keyspace = new Keyspace({ databases: 2, random, now: START_MS });
  keyspace.access.lfu = policy.endsWith("lfu");
  keyspace.access.refresh();
  const evictor = new Evictor(keyspace);
  evictor.policy = evictionPolicy(policy);
  evictor.samples = samples;
  return {
    db: keyspace.databases[0]!,
    evictor,
    random,
    second: () => keyspace.tick(keyspace.now + 1000),
  };
}

const names = Array.from({ length: 20_000 }, (_, i) => new Slice(latin1(`key:${i}`)));
const VALUE = new Slice(latin1("v"));

/**
 * Half of some keys are evicted: the share of these that should have stayed. The keys are of all ages, times to live
 * and counters, and which of them should stay is known.
 */
function shareOfWrongOnes(policy: string, samples: number): number {
  const { db, evictor, second } = newStore(policy, samples);
  const keys = 10_000;
  for (let i = 0; i < keys; i++) {
    db.setString(names[i]!, VALUE);
    db.setExpireAt(names[i]!, START_MS + 1e9 + 1000 * i);
    if (policy.endsWith("lfu")) {
      const access = db.keyspace.access.withFrequency(Math.floor(i / keys * 256));
      db.setAccess(db.find(names[i]!), access);
    } else {
      second();
    }
  }
  for (let i = 0; i < keys / 2; i++) evictor.evictOne();
  let wrong = 0;
  for (let i = keys / 2; i < keys; i++) if (db.find(names[i]!) === 0) wrong++;
  return wrong / (keys / 2);
}

const KEYS = 20_000;
const CAPACITY = 2000;
const REQUESTS = 100_000;
/** Hits count from here on: the cache is full then. */
const COUNTED_FROM = REQUESTS / 4;

/** Keys as they are asked for: a few very often, most seldom (Zipf, exponent 1). */
const requests: Int32Array = (() => {
  const random = new Random(SEED);
  const sums = new Float64Array(KEYS);
  for (let i = 0, sum = 0; i < KEYS; i++) sums[i] = sum += 1 / (i + 1);
  return Int32Array.from({ length: REQUESTS }, () => {
    const drawn = random.float() * sums[KEYS - 1]!;
    let [low, high] = [0, KEYS - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sums[middle]! < drawn) low = middle + 1;
      else high = middle;
    }
    return low;
  });
})();

/** The share of requests that are hits. @param perSecond requests a second */
function hitsOfStore(policy: string, samples: number, perSecond: number): number {
  const { db, evictor, second } = newStore(policy, samples);
  let hits = 0;
  for (const [n, key] of requests.entries()) {
    if (n % perSecond === 0) second();
    if (db.read(names[key]!) !== 0) {
      if (n >= COUNTED_FROM) hits++;
      continue;
    }
    db.setString(names[key]!, VALUE);
    if (policy.startsWith("volatile")) db.setExpireAt(names[key]!, START_MS * 2);
    while (db.size > CAPACITY) evictor.evictOne();
  }
  return hits / (REQUESTS - COUNTED_FROM);
}

function hitsOfIdealLru(): number {
  // A Set keeps the order in which its members came.
  const cache = new Set<number>();
  let hits = 0;
  for (const [n, key] of requests.entries()) {
    if (cache.delete(key) && n >= COUNTED_FROM) hits++;
    cache.add(key);
    if (cache.size > CAPACITY) cache.delete(cache.values().next().value!);
  }
  return hits / (REQUESTS - COUNTED_FROM);
}

/** Of one that keeps the keys that are asked for most often, from the beginning. */
function hitsOfIdealLfu(): number {
  return requests.subarray(COUNTED_FROM).filter((key) => key < CAPACITY).length / (REQUESTS - COUNTED_FROM);
}

for (const [samples, most] of [[5, 0.095], [10, 0.05]] as const) {
  for (const policy of ["allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-lfu", "volatile-ttl"]) {
    Deno.test(`${policy} with ${samples} samples: of the half that goes at most ${most} should have stayed`, () => {
      // One sample is 0.5, three are 0.15.
      const share = shareOfWrongOnes(policy, samples);
      assert(share < most, `${share}, seed ${SEED}`);
    });
  }
}

Deno.test("LRU by samples has nearly the hits of the ideal one", () => {
  const ideal = hitsOfIdealLru();
  for (const policy of ["allkeys-lru", "volatile-lru"]) {
    // A random choice is 0.041 below, three samples are 0.005.
    for (const [samples, most] of [[5, 0.0035], [10, 0.002]] as const) {
      const hits = hitsOfStore(policy, samples, 20);
      assert(ideal - hits < most, `${policy}, ${samples} samples: ${hits}, ideal ${ideal}, seed ${SEED}`);
    }
  }
});

Deno.test("LFU by samples has more hits than the ideal LRU, and much of what the ideal LFU has beyond it", () => {
  const [lru, lfu] = [hitsOfIdealLru(), hitsOfIdealLfu()];
  // The rest is what eight bits, and beginning without knowledge, cost. Three samples reach 0.40.
  for (const [samples, least] of [[5, 0.44], [10, 0.47]] as const) {
    const hits = hitsOfStore("allkeys-lfu", samples, 1000);
    assert((hits - lru) / (lfu - lru) > least, `${samples} samples: ${hits}, ideal ${lfu}, seed ${SEED}`);
  }
});
