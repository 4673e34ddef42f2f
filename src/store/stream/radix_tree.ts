/**
 * XINFO STREAM tells how many nodes the radix tree of the reference has. There is none here, but its shape follows from its
 * keys: the ids of a stream's nodes, 16 bytes each.
 *
 * A chain of bytes without a fork is one node, a fork is one, and so is the end of each key.
 */
import { IdCursor, type IdTable } from "./id_table.ts";
import { STREAM_ID_BYTES, StreamId } from "./stream_id.ts";

const id = new StreamId();

/** Number of nodes of a radix tree over the ids of a table; an empty one is its root. O(rows). */
export function radixTreeNodes(table: IdTable): number {
  if (table.size === 0) return 1;
  const cursor = new IdCursor(table);
  let previous = new Uint8Array(STREAM_ID_BYTES);
  let key = new Uint8Array(STREAM_ID_BYTES);
  // The forks on the way to the last key, by the number of bytes before them. Above the first one there is none.
  const forks = [-1];
  let nodes = 0;
  cursor.seekFirst();
  cursor.readId(id).writeBytes(previous, 0);
  for (let isAt = true; isAt;) {
    isAt = cursor.next();
    // The last key parts from nothing.
    let common = -1;
    if (isAt) {
      cursor.readId(id).writeBytes(key, 0);
      common = 0;
      while (key[common] === previous[common]) common++;
    }
    let below = STREAM_ID_BYTES;
    for (;;) {
      const fork = forks.at(-1)!;
      const above = Math.max(fork, common);
      // What hangs here, and the chain that leads to it from the fork above, which takes one byte itself.
      nodes += below - above > 1 ? 2 : 1;
      if (fork <= common) {
        if (fork < common) forks.push(common);
        break;
      }
      below = fork;
      forks.pop();
    }
    [previous, key] = [key, previous];
  }
  return nodes;
}
