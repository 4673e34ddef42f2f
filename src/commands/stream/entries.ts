/** Entries as replies: the one form in which all commands give them. */
import type { Reply } from "../../resp/reply.ts";
import type { Stream } from "../../store/stream/stream.ts";
import { StreamCursor } from "../../store/stream/stream_cursor.ts";
import { StreamId } from "../../store/stream/stream_id.ts";
import type { Slice } from "../../sys/bytes.ts";
import { replyId } from "./ids.ts";

const entries = new StreamCursor();
const edge = new StreamId();

/** Replies the entry at which a cursor is: its id, and its fields and values in turns. */
export function replyEntry(reply: Reply, cursor: StreamCursor): void {
  reply.array(2);
  replyId(reply, cursor.id);
  reply.array(cursor.fieldCount * 2);
  while (cursor.nextField()) {
    reply.bulk(cursor.field);
    reply.bulk(cursor.value);
  }
}

/**
 * Replies an array of the entries between two ids, both included. O(log n + entries).
 * @param count at most so many of them; 0: all
 * @returns how many there are
 */
export function replyEntries(
  reply: Reply,
  stream: Stream,
  from: StreamId,
  to: StreamId,
  reverse: boolean,
  count: number,
): number {
  const most = count === 0 ? Infinity : count;
  const isWhole = from.compare(stream.firstId(edge)) <= 0 && to.compare(stream.lastId) >= 0;
  if (isWhole) {
    // What is written first is not moved when the number is known.
    reply.array(Math.min(most, stream.size));
    return writeEntries(reply, stream, from, to, reverse, most);
  }
  const begun = reply.beginArray();
  const written = writeEntries(reply, stream, from, to, reverse, most);
  reply.endArray(begun, written);
  return written;
}

function writeEntries(
  reply: Reply,
  stream: Stream,
  from: StreamId,
  to: StreamId,
  reverse: boolean,
  most: number,
): number {
  entries.open(stream, from, to, reverse);
  let written = 0;
  while (written < most && entries.next()) {
    replyEntry(reply, entries);
    written++;
  }
  return written;
}

/** Begins what XREAD gives: of so many streams the names and entries, which follow. @see replyStreamName */
export function replyStreams(reply: Reply, streams: number): void {
  if (reply.resp3) reply.map(streams);
  else reply.array(streams);
}

/** Begins one stream of these; the array of its entries follows. */
export function replyStreamName(reply: Reply, name: Slice): void {
  if (!reply.resp3) reply.array(2);
  reply.bulk(name);
}
