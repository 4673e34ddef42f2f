/**
 * Walks through a list of either form, forwards or backwards, an element at a time and without allocating.
 *
 * Invariant: a reader is good until the list, or anything else in the database, changes. It goes one way: `seek` for
 * {@link ListReader.next}, `seekBehind` for {@link ListReader.previous}.
 */
import type { Reply } from "../../resp/reply.ts";
import type { Ref } from "../memory/arena.ts";
import type { Database } from "../database.ts";
import { quicklistAt } from "./list.ts";
import * as listpack from "../packed/listpack.ts";
import { ListpackEntry } from "../packed/listpack.ts";
import { replyElements } from "../packed/listpack_reply.ts";
import type { ElementPlace, Quicklist } from "./quicklist.ts";
import type { Node } from "./quicklist_nodes.ts";
import { NO_BYTES, Slice } from "../../sys/bytes.ts";

const value = new Slice();
const place: ElementPlace = { node: 0, offset: 0 };

export class ListReader {
  /** Number of elements of the list. */
  length = 0;
  #list: Quicklist | undefined;
  #node: Node = 0;
  #bytes: Uint8Array = NO_BYTES;
  #start = 0;
  #position = 0;
  /** Whether the node is one element; then that has been read when {@link #taken}. */
  #plain = false;
  #taken = false;
  #scratch: Uint8Array = NO_BYTES;
  readonly #element: ListpackEntry = new ListpackEntry();

  /** Begins with the list of an entry; `ref` 0 is an empty one. */
  open(db: Database, ref: Ref): this {
    this.#list = ref === 0 ? undefined : quicklistAt(db, ref);
    this.#plain = false;
    if (this.#list !== undefined) {
      this.length = this.#list.size;
    } else if (ref === 0) {
      this.length = 0;
    } else {
      db.bytesAt(ref, value);
      this.#bytes = value.bytes;
      this.#start = value.start;
      this.length = listpack.listpackCount(value.bytes, value.start);
    }
    return this;
  }

  /** Lets go of the list. */
  close(): void {
    this.#list = undefined;
    this.#bytes = NO_BYTES;
    if (this.#scratch.length > 1 << 16) this.#scratch = NO_BYTES;
  }

  /** The next element is that at `index`, 0 <= index < length. O(index) within a node, nodes passed over outside. */
  seek(index: number): void {
    if (this.#list !== undefined) {
      this.#list.locate(index, place);
      this.#enter(place.node);
      index = place.offset;
    }
    if (!this.#plain) this.#position = listpack.seek(this.#bytes, this.#start, index);
  }

  /** The previous element is that at `index`, 0 <= index < length. */
  seekBehind(index: number): void {
    this.seek(index);
    if (!this.#plain) this.#position = listpack.nextPosition(this.#bytes, this.#position);
  }

  /** The next element, which must be there; the slice is good until the next call. */
  next(): Slice {
    for (;;) {
      if (this.#plain) {
        if (!this.#taken) return this.#takePlain();
      } else if (!listpack.isEnd(this.#bytes, this.#position)) {
        this.#position = this.#element.read(this.#bytes, this.#position);
        return this.#element;
      }
      this.#enter(this.#list!.nodes.next(this.#node));
      this.#position = listpack.firstPosition(this.#start);
    }
  }

  /** Writes `count` elements from `index` on, which must be there, as strings of bytes. O(nodes passed over + bytes). */
  replyRange(index: number, count: number, reply: Reply): void {
    const list = this.#list;
    if (list === undefined) {
      replyElements(this.#bytes, listpack.seek(this.#bytes, this.#start, index), count, reply);
      return;
    }
    list.locate(index, place);
    let { node, offset } = place;
    for (let left = count; left > 0; offset = 0) {
      this.#enter(node);
      const taken = Math.min(left, list.nodes.count(node) - offset);
      if (this.#plain) reply.bulk(this.#takePlain());
      else replyElements(this.#bytes, listpack.seek(this.#bytes, this.#start, offset), taken, reply);
      left -= taken;
      node = list.nodes.next(node);
    }
  }

  /** The element before, which must be there; the slice is good until the next call. */
  previous(): Slice {
    for (;;) {
      if (this.#plain) {
        if (!this.#taken) return this.#takePlain();
      } else {
        const position = listpack.previousPosition(this.#bytes, this.#start, this.#position);
        if (position >= 0) {
          this.#position = position;
          this.#element.read(this.#bytes, position);
          return this.#element;
        }
      }
      this.#enter(this.#list!.nodes.previous(this.#node));
      if (!this.#plain) this.#position = listpack.endPosition(this.#bytes, this.#start);
    }
  }

  /** The first or the last element, which must be there. O(1). */
  end(atHead: boolean): Slice {
    if (atHead) {
      this.seek(0);
      return this.next();
    }
    this.seek(this.length - 1);
    return this.next();
  }

  #takePlain(): Slice {
    this.#taken = true;
    const end = this.#start + this.#list!.nodes.size(this.#node);
    return this.#element.point(this.#bytes, this.#start, end);
  }

  #enter(node: Node): void {
    const { nodes } = this.#list!;
    this.#node = node;
    this.#plain = nodes.isPlain(node);
    this.#taken = false;
    if (nodes.compressedBytes(node) === 0) {
      this.#bytes = nodes.bytes(node);
      this.#start = nodes.start(node);
    } else {
      this.#bytes = this.#scratch = nodes.readable(node, this.#scratch);
      this.#start = 0;
    }
  }
}
