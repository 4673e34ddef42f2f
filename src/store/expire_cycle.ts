/**
 * Active expiry: removes keys past their time that nobody asks for.
 *
 * A cycle draws keys with a time to live at random, database by database, and removes the dead; while more than a
 * tenth of a draw was dead it draws again, until its time is used up. So the share of dead keys stays small at
 * a small, bounded price, whatever their number.
 */
import type { Keyspace } from "./keyspace.ts";

/** Keys in one draw, at effort 1. */
const DRAW_KEYS = 20;
/** Share of dead keys in a draw, in percent, from which on another one is worth it, at effort 1. */
const STALE_PERCENT = 10;
/** Draws between two looks at the clock. */
const DRAWS_PER_LOOK = 4;

export class ExpireCycle {
  readonly #keyspace: Keyspace;
  /** The database to begin with: where the last cycle was cut short. */
  #next = 0;

  constructor(keyspace: Keyspace) {
    this.#keyspace = keyspace;
  }

  /**
   * Runs one cycle of at most about `budgetMs`.
   * @param effort 1-10, `active-expire-effort`
   * @param elapsed ms since the cycle began
   * @returns whether it was cut short
   */
  run(budgetMs: number, effort: number, elapsed: () => number): boolean {
    const { databases } = this.#keyspace;
    const draw = DRAW_KEYS + Math.floor(DRAW_KEYS / 4) * (effort - 1);
    const acceptable = Math.max(1, STALE_PERCENT - (effort - 1));
    let drawn = 0;
    let dead = 0;
    let draws = 0;
    let cutShort = false;
    for (let i = 0; i < databases.length && !cutShort; i++) {
      const database = databases[this.#next]!;
      for (;;) {
        const size = Math.min(draw, database.expiring);
        const found = this.#draw(this.#next, size);
        drawn += size;
        dead += found;
        if (size === 0 || found * 100 <= size * acceptable) break;
        if (++draws % DRAWS_PER_LOOK === 0 && elapsed() > budgetMs) {
          cutShort = true;
          break;
        }
      }
      this.#next = (this.#next + 1) % databases.length;
    }
    if (drawn > 0) {
      const share = dead * 100 / drawn;
      this.#keyspace.staleEstimate = this.#keyspace.staleEstimate * 0.95 + share * 0.05;
    }
    if (cutShort) this.#keyspace.expireCyclesCutShort++;
    return cutShort;
  }

  /** Removes every key whose time has passed, however long that takes. O(keys with a time to live) */
  runAll(): void {
    const { databases, now } = this.#keyspace;
    for (const database of databases) {
      // From the end, since the last one takes the place of one that goes.
      for (let at = database.entrySet.expires.size - 1; at >= 0; at--) {
        const ref = database.entrySet.expires.at(at);
        if (database.expireAt(ref) >= now) continue;
        database.expire(ref);
        this.#keyspace.expiredByCycle++;
      }
    }
  }

  /** Draws so many keys of a database and removes the dead ones; how many those were. */
  #draw(id: number, size: number): number {
    const database = this.#keyspace.databases[id]!;
    let dead = 0;
    for (let i = 0; i < size; i++) {
      const ref = database.randomExpiring();
      if (ref === 0) break;
      if (database.expireAt(ref) < this.#keyspace.now) {
        database.expire(ref);
        this.#keyspace.expiredByCycle++;
        dead++;
      }
    }
    return dead;
  }
}
