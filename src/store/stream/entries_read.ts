/**
 * How many entries a group has read, guessed from the id that it read last, and how many are still before it: what XREADGROUP,
 * XINFO and old files ask for.
 */
import { type ConsumerGroup, type Count, difference, ENTRIES_READ_UNKNOWN } from "./consumer_group.ts";
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
  const toLast = id.compare(lastId);
  if (toLast === 0) return entriesAdded;
  if (toLast > 0) return ENTRIES_READ_UNKNOWN;
  stream.firstId(first);
  // A deletion among the entries that are there leaves a gap that nobody has counted.
  if (!maxDeletedId.isZero && maxDeletedId.compare(first) >= 0) return ENTRIES_READ_UNKNOWN;
  const toFirst = id.compare(first);
  if (toFirst > 0) return ENTRIES_READ_UNKNOWN;
  return difference(entriesAdded, toFirst < 0 ? size : size - 1);
}

/**
 * Whether an entry was deleted at an id or behind it, so that nobody knows how many there were: only the greatest id that was
 * deleted is remembered. What was deleted before the first entry leaves no gap.
 */
function hasGapFrom(stream: Stream, id: StreamId): boolean {
  const { size, maxDeletedId } = stream;
  return size > 0 && !maxDeletedId.isZero && id.compare(maxDeletedId) <= 0 &&
    stream.firstId(first).compare(maxDeletedId) <= 0;
}

/** A group is given the entry behind its last id: that and the count of what it has read move on. O(1). */
export function advanceGroup(stream: Stream, group: ConsumerGroup, id: StreamId): void {
  const { entriesRead } = group;
  if (entriesRead !== ENTRIES_READ_UNKNOWN && !hasGapFrom(stream, id)) {
    group.entriesRead = difference(entriesRead, -1);
  } else if (stream.entriesAdded !== 0) {
    group.entriesRead = entriesReadAt(stream, id);
  }
  group.lastId.set(id);
}

/** How many entries were added that a group has not read yet; undefined when that cannot be told. O(1). */
export function lagOf(stream: Stream, group: ConsumerGroup): Count | undefined {
  const { entriesAdded } = stream;
  if (entriesAdded === 0) return 0;
  const isCounted = group.entriesRead !== ENTRIES_READ_UNKNOWN && !hasGapFrom(stream, group.lastId);
  const read = isCounted ? group.entriesRead : entriesReadAt(stream, group.lastId);
  return isCounted || read !== ENTRIES_READ_UNKNOWN ? difference(entriesAdded, read) : undefined;
}
