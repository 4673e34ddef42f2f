/**
 * A list that has no key yet: what RESTORE and the loader read, and what SORT stores. Its nodes stay as they were written;
 * elements that come one by one make nodes as RPUSH does, each of which is put together in a buffer before it gets a
 * place.
 */
import type { ListSink } from "../rdb/collection_rdb.ts";
import type { Value } from "../database.ts";
import { Encoding, Type } from "../memory/entry.ts";
import { writeInt32 } from "../numbers/int64_words.ts";
import type { Keyspace } from "../keyspace.ts";
import { bytesOfLimits, writeLimits } from "./list_limits.ts";
import { LISTPACK_EMPTY_BYTES, listpackCount, writeCount } from "../packed/listpack.ts";
import { END, prepareEntry, writeEntry } from "../packed/listpack_entry.ts";
import { Quicklist } from "./quicklist.ts";
import { allowsInsert, type ListLimits } from "./quicklist_fill.ts";
import { NO_BYTES, Slice } from "../../sys/bytes.ts";

const BUFFER_BYTES_MIN = 512;

/** To be ended with {@link value} or {@link discard}. */
export class ListBuilder implements ListSink {
  readonly #list: Quicklist;
  readonly #keyspace: Keyspace;
  /** The entries of the last node, at their places, while it is put together; then there are `#count` of them. */
  #buffer: Uint8Array = NO_BYTES;
  #bytes = LISTPACK_EMPTY_BYTES;
  #count = 0;

  constructor(keyspace: Keyspace, limits: ListLimits = keyspace.limits.list) {
    this.#list = new Quicklist(keyspace.arena, limits, keyspace);
    this.#keyspace = keyspace;
  }

  get size(): number {
    return this.#list.size + this.#count;
  }

  expect(): void {}

  packedNode(listpack: Uint8Array): void {
    this.#endNode();
    this.#list.addPackedNode(listpack, 0, listpack.length, listpackCount(listpack, 0));
  }

  plainNode(element: Slice): void {
    this.#endNode();
    this.#list.addPlainNode(element.bytes, element.start, element.end);
  }

  element({ bytes, start, end }: Slice): void {
    const length = end - start;
    const isLarge = length >= this.#keyspace.listPlainThreshold;
    if (
      this.#count > 0 && (isLarge || !allowsInsert(this.#bytes, this.#count, length, this.#list.limits.fill))
    ) {
      this.#endNode();
    }
    if (isLarge) return this.#list.addPlainNode(bytes, start, end);
    const added = prepareEntry(bytes, start, end);
    const grown = this.#bytes + added;
    if (grown > this.#buffer.length) this.#growBuffer(grown);
    writeEntry(this.#buffer, this.#bytes - 1, bytes, start, end);
    this.#bytes = grown;
    this.#count++;
  }

  #growBuffer(needed: number): void {
    const buffer = new Uint8Array(Math.max(BUFFER_BYTES_MIN, needed * 2));
    buffer.set(this.#buffer.subarray(0, this.#bytes));
    this.#buffer = buffer;
  }

  /** Makes the buffer a whole listpack; its bytes. */
  #endListpack(): number {
    const bytes = this.#bytes;
    writeInt32(this.#buffer, 0, bytes);
    writeCount(this.#buffer, 0, this.#count);
    this.#buffer[bytes - 1] = END;
    this.#bytes = LISTPACK_EMPTY_BYTES;
    this.#count = 0;
    return bytes;
  }

  #endNode(): void {
    const count = this.#count;
    if (count > 0) this.#list.addPackedNode(this.#buffer, 0, this.#endListpack(), count);
  }

  /** The list, of at least one element; of one listpack its bytes. */
  value(): Value {
    const list = this.#list;
    if (list.size === 0) return oneNode(this.#buffer, 0, this.#endListpack(), list.limits);
    this.#endNode();
    const { nodes } = list;
    const { first } = nodes;
    if (nodes.length > 1 || nodes.isPlain(first)) {
      return { type: Type.list, encoding: Encoding.quicklist, value: list };
    }
    const value = oneNode(nodes.bytes(first), nodes.start(first), nodes.size(first), list.limits);
    list.release();
    return value;
  }

  /** Gives back what was built. */
  discard(): void {
    this.#list.release();
  }
}

/** A list of one node: the listpack `bytes[start, start + size)`, and its limits. */
function oneNode(bytes: Uint8Array, start: number, size: number, limits: ListLimits): Value {
  const value = new Uint8Array(size + bytesOfLimits(limits));
  value.set(bytes.subarray(start, start + size));
  writeLimits(value, 0, limits);
  return { type: Type.list, encoding: Encoding.quicklist, value: new Slice(value) };
}
