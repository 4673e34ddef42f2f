/** A sorted set that was put together becomes the value of a key. */
import type { Reply } from "../../resp/reply.ts";
import type { Database } from "../../store/database.ts";
import type { SortedSetBuilder } from "../../store/sorted_set/sorted_set_builder.ts";
import type { Slice } from "../../sys/bytes.ts";

/** Replaces whatever the key held; an empty one removes the key. Replies the number of members. */
export function storeResult(
  db: Database,
  name: Slice,
  result: SortedSetBuilder,
  event: string,
  reply: Reply,
): void {
  const { size } = result;
  if (size === 0) {
    result.discard();
    const wasThere = db.deleteDeadOrAlive(name);
    reply.integer(0);
    if (wasThere) db.event("g", "del", name);
    return;
  }
  db.setValue(name, result.value());
  reply.integer(size);
  db.event("z", event, name);
}
