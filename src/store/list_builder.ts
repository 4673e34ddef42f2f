/**
 * A list that has no key yet: what RESTORE and the loader read, and what SORT stores. Its nodes stay as they were written;
 * elements that come one by one make nodes as RPUSH does.
 */
import type { ListSink } from "./collection_rdb.ts";
import type { Value } from "./database.ts";
import { Encoding, Type } from "./entry.ts";
import type { Keyspace } from "./keyspace.ts";
import { listpackCount } from "./listpack.ts";
import { Quicklist } from "./quicklist.ts";
import type { ListLimits } from "./quicklist_fill.ts";
import { Slice } from "../sys/bytes.ts";

/** To be ended with {@link value} or {@link discard}. */
export class ListBuilder implements ListSink {
  readonly #list: Quicklist;
  /** Whether only an object keeps the limits that the list is to have. */
  readonly #ownLimits: boolean;

  constructor(keyspace: Keyspace, limits: ListLimits = keyspace.limits.list) {
    this.#list = new Quicklist(keyspace.arena, limits, keyspace);
    const { fill, depth } = keyspace.limits.list;
    this.#ownLimits = fill !== limits.fill || depth !== limits.depth;
  }

  get size(): number {
    return this.#list.size;
  }

  expect(): void {}

  packedNode(listpack: Uint8Array): void {
    this.#list.addPackedNode(listpack, 0, listpack.length, listpackCount(listpack, 0));
  }

  plainNode(element: Slice): void {
    this.#list.addPlainNode(element.bytes, element.start, element.end);
  }

  element(element: Slice): void {
    this.#list.push(element.bytes, element.start, element.end, false);
  }

  /** The list, of at least one element; of one listpack its bytes. */
  value(): Value {
    const list = this.#list;
    const { nodes } = list;
    const { first } = nodes;
    if (nodes.length > 1 || nodes.isPlain(first) || this.#ownLimits) {
      return { type: Type.list, encoding: Encoding.quicklist, value: list };
    }
    const start = nodes.start(first);
    const bytes = nodes.bytes(first).slice(start, start + nodes.size(first));
    list.release();
    return { type: Type.list, encoding: Encoding.quicklist, value: new Slice(bytes) };
  }

  /** Gives back what was built. */
  discard(): void {
    this.#list.release();
  }
}
