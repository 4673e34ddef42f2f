/** A sorted set that is put together outside of the database, to be given or to become the value of a key. */
import type { Database } from "../../store/database.ts";
import type { Keyspace } from "../../store/keyspace.ts";
import { SortedSet } from "../../store/sorted_set.ts";
import { valueOfSortedSet } from "../../store/sorted_set_editor.ts";
import type { Slice } from "../../sys/bytes.ts";

/** To be ended by {@link StoredResult.store} or {@link StoredResult.release}. */
export class StoredResult {
  readonly set: SortedSet;
  readonly #keyspace: Keyspace;
  /** Bytes of the longest member. */
  #longest = 0;

  constructor(keyspace: Keyspace) {
    this.#keyspace = keyspace;
    this.set = new SortedSet(keyspace.arena, keyspace.hashKey);
  }

  /** Adds a member that may not be there. */
  add(member: Slice, score: number): void {
    this.set.find(member);
    this.set.add(member, score);
    this.#longest = Math.max(this.#longest, member.length);
  }

  /** Makes it the value of a key, whatever that was; an empty one removes the key. The number of members. */
  store(db: Database, name: Slice, event: string): number {
    const { size } = this.set;
    if (size === 0) {
      this.release();
      if (db.delete(name)) db.event("g", "del", name);
      return 0;
    }
    db.setValue(name, valueOfSortedSet(this.#keyspace, this.set, this.#longest));
    db.event("z", event, name);
    return size;
  }

  release(): void {
    this.set.release();
  }
}
