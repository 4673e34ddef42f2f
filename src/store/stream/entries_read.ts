/**
 * How many entries a group has read, guessed from the id that it read last: what XREADGROUP, XINFO and old files ask for.
 */
import { type Count, ENTRIES_READ_UNKNOWN } from "./consumer_group.ts";
import type { Stream } from "./stream.ts";
import { StreamId } from "./stream_id.ts";

const first = new StreamId();

/**
 * How many entries were ever added to a stream up to an id, itself included; {@link ENTRIES_READ_UNKNOWN} when that cannot be
 * told without counting. O(1).
 */
export function entriesReadAt(stream: Stream, id: StreamId): Count {
  const { entriesAdded, lastId, maxDeletedId, size } = stream;
  if (entriesAdded === 0) return 0;
  if (size === 0 && id.compare(lastId) <= 0) return entriesAdded;
  if (!id.isZero && id.compare(maxDeletedId) < 0) return ENTRIES_READ_UNKNOWN;
  const toLast = id.compare(lastId);
  if (toLast === 0) return entriesAdded;
  if (toLast > 0) return ENTRIES_READ_UNKNOWN;
  stream.firstId(first);
  // A deletion among the entries that are there leaves a gap that nobody has counted.
  if (!maxDeletedId.isZero && maxDeletedId.compare(first) >= 0) return ENTRIES_READ_UNKNOWN;
  const toFirst = id.compare(first);
  if (toFirst > 0) return ENTRIES_READ_UNKNOWN;
  return minus(entriesAdded, toFirst < 0 ? size : size - 1);
}

function minus(count: Count, amount: number): Count {
  if (typeof count === "number") return count - amount;
  const difference = count - BigInt(amount);
  const safe = Number(difference);
  return Number.isSafeInteger(safe) ? safe : difference;
}
