/**
 * Clients that wait for a key to have something for them (BLPOP and its kin).
 *
 * A wait stands in the line of each of its keys. When one of them is changed it is noted as ready; after the command, or
 * the whole transaction, that changed it, those in line are asked in turn, first come first served, to take what
 * they wait for, until one finds nothing. A change of type does not end a wait: who finds nothing of his kind waits on.
 *
 * Invariants. A key has a line only while somebody stands in it, so that keys cost nothing while nobody waits. A wait
 * stands in the lines of all of its keys, or, when it has ended, in none.
 */
import type { Slice } from "../sys/bytes.ts";

/** One client waiting. */
export interface Wait {
  /** The number of the database in which it waits. */
  readonly database: number;
  /** The keys, as text of one character a byte, in the order in which they were asked for. */
  readonly keys: readonly string[];
  /** Takes what is waited for from this key, and answers the client; false when there is nothing. */
  serve(key: string): boolean;
}

export class WaitRegistry {
  /** Number of waits. */
  size = 0;
  /** The waits of each key, in the order in which they began. */
  readonly #lines: Map<string, Set<Wait>> = new Map();
  /** Keys with a line that were changed since {@link serve} was last called, in the order of their change. */
  #ready: Set<string> = new Set();

  /** Whether {@link serve} has something to look at. */
  get hasReady(): boolean {
    return this.#ready.size > 0;
  }

  /** Puts a wait at the end of the lines of its keys. O(keys). */
  add(wait: Wait): void {
    for (const key of wait.keys) {
      const name = lineName(wait.database, key);
      const line = this.#lines.get(name);
      if (line === undefined) this.#lines.set(name, new Set([wait]));
      else line.add(wait);
    }
    this.size++;
  }

  /** Ends a wait; nothing happens when it has ended already. O(keys). */
  remove(wait: Wait): void {
    let stood = false;
    for (const key of wait.keys) {
      const name = lineName(wait.database, key);
      const line = this.#lines.get(name);
      if (line === undefined) continue;
      stood = line.delete(wait) || stood;
      if (line.size === 0) this.#lines.delete(name);
    }
    if (stood) this.size--;
  }

  /** A key was changed in whatever way. To be called only while somebody waits. */
  keyChanged(database: number, key: Slice): void {
    const name = lineName(database, key.text());
    if (this.#lines.has(name)) this.#ready.add(name);
  }

  /** All keys of a database may have changed. O(keys that are waited for). */
  databaseChanged(database: number): void {
    const prefix = lineName(database, "");
    for (const name of this.#lines.keys()) if (name.startsWith(prefix)) this.#ready.add(name);
  }

  /**
   * Asks those who wait for changed keys, until nothing more changes: serving one may change a key that another waits
   * for. Those that come to wait meanwhile are not asked about the change that was before them.
   */
  serve(): void {
    while (this.#ready.size > 0) {
      const ready = this.#ready;
      this.#ready = new Set();
      for (const name of ready) {
        const key = name.slice(name.indexOf(":") + 1);
        for (const wait of [...this.#lines.get(name) ?? []]) {
          if (!this.#lines.get(name)?.has(wait)) continue;
          if (wait.serve(key)) this.remove(wait);
        }
      }
    }
  }
}

function lineName(database: number, key: string): string {
  return `${database}:${key}`;
}
