/**
 * A walk over the entries of a stream between two ids, forwards or backwards.
 *
 * Invariant: a cursor is good until entries are added or removed. What it gives out is pointed elsewhere by its next step.
 */
import { ListpackEntry } from "../packed/listpack.ts";
import { IdCursor } from "./id_table.ts";
import { NodeReader } from "./node_entries.ts";
import type { Stream } from "./stream.ts";
import type { StreamNodes } from "./stream_nodes.ts";
import { StreamId } from "./stream_id.ts";

const nodeId = new StreamId();

export class StreamCursor {
  /** What {@link nextField} found. */
  readonly field: ListpackEntry = new ListpackEntry();
  readonly value: ListpackEntry = new ListpackEntry();
  #nodes!: StreamNodes;
  readonly #node: IdCursor = new IdCursor();
  readonly #entry: NodeReader = new NodeReader();
  readonly #from: StreamId = new StreamId();
  readonly #to: StreamId = new StreamId();
  #isReverse = false;
  /** Whether the walk is inside of the node, and not before its first entry. */
  #isInside = false;

  /** Goes before the first entry of a range, both ends included; in reverse, behind the last one. O(log n). */
  open(stream: Stream, from: StreamId, to: StreamId, reverse: boolean): this {
    this.#nodes = stream.nodes;
    this.#from.set(from);
    this.#to.set(to);
    this.#isReverse = reverse;
    this.#isInside = false;
    const node = this.#node.open(stream.nodes.table);
    if (reverse) node.seekAtMost(to);
    else if (!node.seekAtMost(from)) node.seekFirst();
    return this;
  }

  /** The id of the entry. */
  get id(): StreamId {
    return this.#entry.id;
  }

  /** Number of fields of the entry. */
  get fieldCount(): number {
    return this.#entry.fieldCount;
  }

  /** Moves to the next entry that is not deleted; false when there is none. O(1), and O(entries of a node) for the first one. */
  next(): boolean {
    const node = this.#node;
    const entry = this.#entry;
    const reverse = this.#isReverse;
    while (node.isAtRow) {
      if (!this.#step()) {
        this.#isInside = false;
        if (reverse) node.previous();
        else node.next();
      } else if (!entry.isDeleted) {
        if (reverse ? entry.id.compare(this.#from) < 0 : entry.id.compare(this.#to) > 0) break;
        if (reverse ? entry.id.compare(this.#to) <= 0 : entry.id.compare(this.#from) >= 0) return true;
      }
    }
    node.open(this.#nodes.table);
    return false;
  }

  /** Moves on inside of the node, deleted entries included. */
  #step(): boolean {
    const entry = this.#entry;
    if (this.#isInside) return this.#isReverse ? entry.previous() : entry.next();
    const node = this.#node;
    this.#isInside = true;
    entry.open(this.#nodes.bytes(node), this.#nodes.start(node), node.readId(nodeId));
    return this.#isReverse ? entry.toLast() : entry.toFirst();
  }

  /** Points {@link field} and {@link value} at the next pair of the entry; false when there is none. */
  nextField(): boolean {
    return this.#entry.nextField(this.field, this.value);
  }
}
