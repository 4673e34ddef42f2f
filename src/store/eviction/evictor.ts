/**
 * Which key goes when memory is short: the policies of `maxmemory-policy`. How much has to go, and for how long one may
 * look, is the server's to know. docs/eviction.md tells how it fits together.
 *
 * Of every database some keys are looked at, and the best of all that were seen lately goes: see {@link EvictionPool}.
 * The score of a candidate is that of the moment at which it was seen; a key that was used since has a lower one, and is
 * passed over.
 */
import type { Ref } from "../memory/arena.ts";
import type { Database } from "../database.ts";
import { EvictionPool } from "./eviction_pool.ts";
import type { Keyspace } from "../keyspace.ts";

/** By what keys are chosen, and whether those without a time to live can be. */
export interface EvictionPolicy {
  readonly by: "lru" | "lfu" | "ttl" | "random" | "nothing";
  readonly volatileOnly: boolean;
}

const COUNTER_MAX = 255;
const DEFAULT_SAMPLES = 5;
/** Keys that are drawn before the first of them is looked at. */
const DRAWN_MAX = 16;
const WORD_SHARE = 2 ** -32;
/** The score of what must not go. */
const NEVER = -Infinity;

/** @param name as `maxmemory-policy` names it */
export function evictionPolicy(name: string): EvictionPolicy {
  const [keys, by] = name.split("-");
  const isKnown = by === "lru" || by === "lfu" || by === "ttl" || by === "random";
  return { by: isKnown ? by : "nothing", volatileOnly: keys === "volatile" };
}

export class Evictor {
  /** `maxmemory-samples`: keys of each database that are looked at for one that goes. */
  samples = DEFAULT_SAMPLES;
  readonly #keyspace: Keyspace;
  readonly #below: (bound: number) => number;
  readonly #pool: EvictionPool = new EvictionPool();
  #policy: EvictionPolicy = evictionPolicy("noeviction");
  /** The time to which the scores of the pool belong, in seconds. */
  #pooledAt = 0;
  /** Where a random choice begins. */
  #next = 0;
  readonly #drawn: Int32Array = new Int32Array(DRAWN_MAX);

  constructor(keyspace: Keyspace) {
    this.#keyspace = keyspace;
    // Nobody notices that it is not quite even, as Random.below is at three times the price.
    this.#below = (bound) => Math.floor(keyspace.random.uint32() * WORD_SHARE * bound);
  }

  get policy(): EvictionPolicy {
    return this.#policy;
  }

  set policy(policy: EvictionPolicy) {
    this.#policy = policy;
    this.#pool.clear();
  }

  /** Removes the key that is to go first; false when none may. O(databases + samples) expected. */
  evictOne(): boolean {
    const { by } = this.#policy;
    if (by === "nothing") return false;
    return by === "random" ? this.#evictRandom() : this.#evictBest();
  }

  #evictRandom(): boolean {
    const { databases } = this.#keyspace;
    for (let i = 0; i < databases.length; i++) {
      this.#next = (this.#next + 1) % databases.length;
      const database = databases[this.#next]!;
      const ref = this.#policy.volatileOnly
        ? database.randomExpiring()
        : database.entrySet.dict.sample(this.#below);
      if (ref !== 0 && database.entrySet.findRef(ref)) {
        database.evictFound(ref);
        return true;
      }
    }
    return false;
  }

  #evictBest(): boolean {
    const pool = this.#pool;
    // What was just looked at is as it was then, so the second time at the latest a key goes.
    while (this.#fill()) {
      while (pool.take()) {
        const database = this.#keyspace.databases[pool.database]!;
        if (!database.entrySet.findRef(pool.ref)) continue;
        if (this.#score(database, pool.ref) < pool.score) continue;
        database.evictFound(pool.ref);
        return true;
      }
    }
    return false;
  }

  /** Looks at some keys of each database; false when there are none that may go. */
  #fill(): boolean {
    const { databases } = this.#keyspace;
    this.#agePool();
    let found = false;
    for (const database of databases) {
      const keys = this.#policy.volatileOnly ? database.expiring : database.size;
      if (keys === 0) continue;
      found = true;
      if (keys <= this.samples) this.#sampleAll(database);
      else this.#sampleSome(database, keys);
    }
    return found;
  }

  /** What was idle when it came into the pool is idle for longer now. */
  #agePool(): void {
    const seconds = Math.floor(this.#keyspace.now / 1000);
    if (this.#policy.by === "lru" && seconds > this.#pooledAt) this.#pool.age(seconds - this.#pooledAt);
    this.#pooledAt = seconds;
  }

  #sampleAll(database: Database): void {
    const { dict, expires } = database.entrySet;
    if (!this.#policy.volatileOnly) return dict.forEach((ref) => this.#offer(database, ref));
    for (let i = 0; i < expires.size; i++) this.#offer(database, expires.at(i));
  }

  /**
   * Each is drawn by itself. Neighbours in the dict would cost fewer cache misses, but those behind a gap would be drawn
   * more often than those in a crowd, which is worth a fifth of the samples.
   */
  #sampleSome(database: Database, keys: number): void {
    const { dict, expires } = database.entrySet;
    for (let left = this.samples; left > 0;) {
      const drawn = Math.min(left, DRAWN_MAX);
      // All of them first, so that memory answers for several entries at once.
      for (let i = 0; i < drawn; i++) {
        this.#drawn[i] = this.#policy.volatileOnly ? expires.at(this.#below(keys)) : dict.sample(this.#below);
      }
      for (let i = 0; i < drawn; i++) this.#offer(database, this.#drawn[i]!);
      left -= drawn;
    }
  }

  #offer(database: Database, ref: Ref): void {
    this.#pool.offer(database.id, ref, this.#score(database, ref));
  }

  /** The higher, the sooner a key goes. */
  #score(database: Database, ref: Ref): number {
    const { access } = this.#keyspace;
    const { by, volatileOnly } = this.#policy;
    if (volatileOnly && database.expireAt(ref) < 0) return NEVER;
    switch (by) {
      case "lru":
        return access.idleSeconds(database.accessOf(ref));
      case "lfu":
        return COUNTER_MAX - access.frequency(database.accessOf(ref));
      default:
        return -database.expireAt(ref);
    }
  }
}
