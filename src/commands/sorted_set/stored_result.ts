/** A sorted set that was put together becomes the value of a key. */
import type { Database } from "../../store/database.ts";
import type { SortedSetBuilder } from "../../store/sorted_set_builder.ts";
import type { Slice } from "../../sys/bytes.ts";

/** Replaces whatever the key held; an empty one removes the key. The number of members. */
export function storeResult(db: Database, name: Slice, result: SortedSetBuilder, event: string): number {
  const { size } = result;
  if (size === 0) {
    result.discard();
    if (db.deleteDeadOrAlive(name)) db.event("g", "del", name);
    return 0;
  }
  db.setValue(name, result.value());
  db.event("z", event, name);
  return size;
}
