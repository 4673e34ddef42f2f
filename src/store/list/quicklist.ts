/**
 * Quicklist: a list of more than one node, and how its nodes come and go. Which element stands in which node shows in DUMP,
 * so nodes are begun, split and merged at the same points as in the reference.
 *
 * Invariants:
 *  1. `size` is the sum of the counts of all nodes; every node holds at least one element.
 *  2. With a compress depth, so many nodes from either end are not compressed; the others are, as far as it pays, once
 *     nodes were added or removed.
 */
import type { Arena } from "../memory/arena.ts";
import { writeCompressedNode, writePackedNode, writePlainNode } from "../rdb/collection_rdb.ts";
import { RdbType } from "../rdb/collection_rdb.ts";
import * as listpack from "../packed/listpack.ts";
import { type Collection, DUMPED_BYTES, DUMPED_ELEMENTS } from "../memory/objects.ts";
import { allowsInsert, allowsMerge, type ListLimits, nodeBytesMax } from "./quicklist_fill.ts";
import { type Node, QuicklistNodes } from "./quicklist_nodes.ts";
import type { RdbWriter } from "../rdb/rdb_codec.ts";

/** Room of a node that an element begins. */
const FIRST_ROOM_BYTES = 256;
/** Nodes that are freed in one step. */
const RELEASED_NODES = 512;
/** About what the JS objects of a list take. */
const OBJECT_BYTES = 256;

/** From how many bytes on an element has a node of its own; may change at any time. */
export interface PlainThreshold {
  readonly listPlainThreshold: number;
}

/** Where an element is: its node, and its place there. */
export interface ElementPlace {
  node: Node;
  offset: number;
}

let scratch: Uint8Array = new Uint8Array(1 << 13);

export class Quicklist implements Collection {
  readonly limits: ListLimits;
  readonly #arena: Arena;
  readonly #threshold: PlainThreshold;
  readonly nodes: QuicklistNodes;
  #size = 0;

  constructor(arena: Arena, limits: ListLimits, threshold: PlainThreshold, rows?: number) {
    this.#arena = arena;
    this.limits = limits;
    this.#threshold = threshold;
    this.nodes = new QuicklistNodes(arena, rows);
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.nodes.ownBytes;
  }

  get memory(): number {
    return this.nodes.heldBytes + OBJECT_BYTES;
  }

  // ---- ends -------------------------------------------------------------------------------------------------

  /** Adds an element at either end. Amortised O(length of the element). */
  push(value: Uint8Array, from: number, to: number, atHead: boolean): void {
    const { nodes, limits } = this;
    const end = atHead ? nodes.first : nodes.last;
    this.#size++;
    const length = to - from;
    if (end !== 0 && length < this.#threshold.listPlainThreshold && this.#takes(end, length)) {
      const room = nodeBytesMax(limits.fill);
      if (atHead) nodes.prepend(end, value, from, to, room);
      else nodes.append(end, value, from, to, room);
      return;
    }
    const node = this.#isLarge(length)
      ? nodes.createPlain(value, from, to)
      : nodes.createPacked(value, from, to, FIRST_ROOM_BYTES, !atHead);
    if (end !== 0) nodes.trim(end);
    nodes.linkAfter(node, atHead ? 0 : end);
    this.#settle(node);
  }

  /** Adds a valid listpack of `count` elements as the last node. O(bytes). */
  addPackedNode(bytes: Uint8Array, from: number, to: number, count: number): void {
    const node = this.nodes.createFrom(bytes, from, to, count);
    this.nodes.linkAfter(node, this.nodes.last);
    this.#size += count;
    this.#settle(node);
  }

  /** Adds an element as the last node, alone. O(bytes). */
  addPlainNode(bytes: Uint8Array, from: number, to: number): void {
    const node = this.nodes.createPlain(bytes, from, to);
    this.nodes.linkAfter(node, this.nodes.last);
    this.#size++;
    this.#settle(node);
  }

  /** Removes the first or the last element; there must be one. O(1). */
  drop(atHead: boolean): void {
    const { nodes } = this;
    const node = atHead ? nodes.first : nodes.last;
    this.#size--;
    if (nodes.count(node) === 1) return this.#removeNode(node);
    const bytes = nodes.bytes(node);
    const start = nodes.start(node);
    if (atHead) {
      const first = listpack.firstPosition(start);
      nodes.cut(node, first, listpack.nextPosition(bytes, first), 1);
    } else {
      nodes.cut(node, listpack.lastPosition(bytes, start), listpack.endPosition(bytes, start), 1);
    }
    nodes.shrink(node);
  }

  // ---- anywhere ---------------------------------------------------------------------------------------------

  /** Where the element at `index` is, 0 <= index < size. O(nodes between it and the nearer end). */
  locate(index: number, place: ElementPlace): void {
    const { nodes } = this;
    if (index < this.#size >> 1) {
      let node = nodes.first;
      for (let count = nodes.count(node); index >= count; count = nodes.count(node)) {
        index -= count;
        node = nodes.next(node);
      }
      place.node = node;
      place.offset = index;
      return;
    }
    let behind = this.#size - index;
    let node = nodes.last;
    for (let count = nodes.count(node); behind > count; count = nodes.count(node)) {
      behind -= count;
      node = nodes.previous(node);
    }
    place.node = node;
    place.offset = nodes.count(node) - behind;
  }

  /** Removes `count` elements from `index` on, which must be there. O(nodes passed over + bytes of two nodes). */
  removeRange(index: number, count: number): void {
    if (count === 0) return;
    const { nodes } = this;
    this.locate(index, found);
    let { node, offset } = found;
    this.#size -= count;
    while (count > 0) {
      const next = nodes.next(node);
      const removed = Math.min(count, nodes.count(node) - offset);
      if (removed === nodes.count(node)) {
        this.#removeNode(node);
      } else {
        nodes.decompress(node);
        const bytes = nodes.bytes(node);
        const start = nodes.start(node);
        const from = listpack.seek(bytes, start, offset);
        let to = from;
        if (offset + removed === nodes.count(node)) to = listpack.endPosition(bytes, start);
        else for (let i = 0; i < removed; i++) to = listpack.nextPosition(bytes, to);
        nodes.cut(node, from, to, removed);
        nodes.shrink(node);
        this.#settle(node);
      }
      count -= removed;
      node = next;
      offset = 0;
    }
  }

  /**
   * Removes elements that are `value[from, to)`: the first `count`, or the last when it is negative, or all when it is 0.
   * Returns how many. O(n).
   */
  removeEqual(value: Uint8Array, from: number, to: number, count: number): number {
    const { nodes } = this;
    const wanted = count === 0 ? this.#size : Math.abs(count);
    let removed = 0;
    let node = count < 0 ? nodes.last : nodes.first;
    while (node !== 0 && removed < wanted) {
      const following = count < 0 ? nodes.previous(node) : nodes.next(node);
      removed += this.#removeEqualIn(node, value, from, to, wanted - removed, count < 0);
      node = following;
    }
    this.#size -= removed;
    return removed;
  }

  #removeEqualIn(
    node: Node,
    value: Uint8Array,
    from: number,
    to: number,
    most: number,
    backwards: boolean,
  ): number {
    const { nodes } = this;
    if (nodes.isPlain(node)) {
      if (!this.#plainEquals(node, value, from, to)) return 0;
      this.#removeNode(node);
      return 1;
    }
    if (nodes.compressedBytes(node) !== 0) {
      scratch = nodes.readable(node, scratch);
      if (listpack.find(scratch, listpack.firstPosition(0), value, from, to) < 0) return 0;
      nodes.decompress(node);
    }
    const bytes = nodes.bytes(node);
    let removed = 0;
    let position = backwards
      ? listpack.endPosition(bytes, nodes.start(node))
      : listpack.firstPosition(nodes.start(node));
    while (removed < most) {
      position = backwards
        ? findBefore(bytes, nodes.start(node), position, value, from, to)
        : listpack.find(bytes, position, value, from, to);
      if (position < 0) break;
      removed++;
      if (nodes.count(node) === 1) {
        this.#removeNode(node);
        return removed;
      }
      const next = listpack.nextPosition(bytes, position);
      const isFirst = position === listpack.firstPosition(nodes.start(node));
      nodes.cut(node, position, next, 1);
      // What followed the first element has not moved; what followed another one lies in its place now.
      if (isFirst) position = next;
      if (isFirst && backwards) break;
    }
    if (removed > 0) {
      nodes.shrink(node);
      this.#settle(node);
    }
    return removed;
  }

  /** Puts an element before or behind the one at a place. O(bytes of some nodes). */
  insert({ node, offset }: ElementPlace, value: Uint8Array, from: number, to: number, behind: boolean): void {
    const { nodes } = this;
    const length = to - from;
    this.#size++;
    const atEdge = behind ? offset === nodes.count(node) - 1 : offset === 0;
    if (this.#isLarge(length)) return this.#insertPlain(node, offset, atEdge, value, from, to, behind);
    if (this.#takes(node, length)) {
      return this.#insertIn(node, offset + (behind ? 1 : 0), value, from, to);
    }
    if (!atEdge) {
      const part = this.#split(node, offset, behind);
      if (behind) nodes.prepend(part, value, from, to, 0);
      else nodes.append(part, value, from, to, 0);
      nodes.linkAfter(part, behind ? node : nodes.previous(node));
      return this.#mergeAround(node);
    }
    const neighbour = behind ? nodes.next(node) : nodes.previous(node);
    if (neighbour !== 0 && this.#takes(neighbour, length)) {
      return this.#insertIn(neighbour, behind ? 0 : nodes.count(neighbour), value, from, to);
    }
    const added = nodes.createPacked(value, from, to, 0, true);
    nodes.linkAfter(added, behind ? node : nodes.previous(node));
    this.#settle(added);
  }

  /** Replaces the element at a place. O(bytes of the node). */
  replace(place: ElementPlace, value: Uint8Array, from: number, to: number): void {
    const { nodes } = this;
    const { node, offset } = place;
    if (!nodes.isPlain(node) && !this.#isLarge(to - from)) {
      nodes.decompress(node);
      const bytes = nodes.bytes(node);
      const start = nodes.start(node);
      const position = listpack.seek(bytes, start, offset) - start;
      const size = listpack.bytesAfterReplace(bytes, start, start + position, value, from, to);
      if (size > nodes.size(node)) nodes.makeRoom(node, size - nodes.size(node), true, size);
      const into = nodes.start(node);
      listpack.replace(nodes.bytes(node), into, into + position, value, from, to);
      nodes.resized(node, size, nodes.count(node));
      this.#settle(node);
      return;
    }
    this.insert(place, value, from, to, true);
    this.#size--;
    if (nodes.count(node) === 1) return this.#removeNode(node);
    // The element was the last of what the insertion left in its node.
    nodes.decompress(node);
    const bytes = nodes.bytes(node);
    const start = nodes.start(node);
    nodes.cut(node, listpack.lastPosition(bytes, start), listpack.endPosition(bytes, start), 1);
    this.#settle(node);
  }

  // ---- as a whole -------------------------------------------------------------------------------------------

  copy(): Quicklist {
    const copied = new Quicklist(this.#arena, this.limits, this.#threshold, this.nodes.length + 1);
    for (let node = this.nodes.first; node !== 0; node = this.nodes.next(node)) {
      copied.nodes.linkAfter(copied.nodes.createLike(this.nodes, node), copied.nodes.last);
    }
    copied.#size = this.#size;
    return copied;
  }

  dump(writer: RdbWriter): number {
    const rdbType = this.dumpHead(writer);
    const { nodes } = this;
    for (let node = nodes.first; node !== 0; node = nodes.next(node)) this.#dumpNode(writer, node);
    return rdbType;
  }

  dumpHead(writer: RdbWriter): number {
    writer.lengthPrefix(this.nodes.length);
    return RdbType.listQuicklist2;
  }

  dumpSome(writer: RdbWriter, from: number): number {
    const { nodes } = this;
    const end = writer.length + DUMPED_BYTES;
    let node = from === 0 ? nodes.first : from;
    let left = DUMPED_ELEMENTS;
    for (; node !== 0 && left > 0 && writer.length < end; node = nodes.next(node)) {
      this.#dumpNode(writer, node);
      left -= nodes.count(node);
    }
    return node;
  }

  #dumpNode(writer: RdbWriter, node: Node): void {
    const { nodes } = this;
    const bytes = nodes.bytes(node);
    const start = nodes.start(node);
    const stored = nodes.compressedBytes(node);
    if (nodes.isPlain(node)) writePlainNode(writer, bytes, start, start + nodes.size(node));
    else if (stored === 0) writePackedNode(writer, bytes, start);
    else writeCompressedNode(writer, bytes, start, start + stored, nodes.size(node));
  }

  release(): void {
    while (this.nodes.length > 0) this.nodes.remove(this.nodes.first);
    this.#size = 0;
  }

  releaseSome(): boolean {
    const { nodes } = this;
    for (let i = 0; i < RELEASED_NODES && nodes.length > 0; i++) {
      this.#size -= nodes.count(nodes.first);
      nodes.remove(nodes.first);
    }
    return nodes.length > 0;
  }

  // ---- inside -----------------------------------------------------------------------------------------------

  #isLarge(length: number): boolean {
    return length >= this.#threshold.listPlainThreshold;
  }

  /** Whether a node takes an element of `length` bytes, which is not large. */
  #takes(node: Node, length: number): boolean {
    const { nodes } = this;
    return !nodes.isPlain(node) &&
      allowsInsert(nodes.size(node), nodes.count(node), length, this.limits.fill);
  }

  #plainEquals(node: Node, value: Uint8Array, from: number, to: number): boolean {
    const size = this.nodes.size(node);
    if (size !== to - from) return false;
    const bytes = this.nodes.bytes(node);
    const start = this.nodes.start(node);
    for (let i = 0; i < size; i++) if (bytes[start + i] !== value[from + i]) return false;
    return true;
  }

  /** Puts an element into a node that takes it; a node that was compressed is so again. */
  #insertIn(node: Node, offset: number, value: Uint8Array, from: number, to: number): void {
    const { nodes } = this;
    const wasCompressed = nodes.compressedBytes(node) !== 0;
    nodes.decompress(node);
    const roomMax = nodeBytesMax(this.limits.fill);
    if (offset === 0) {
      nodes.prepend(node, value, from, to, roomMax);
    } else if (offset === nodes.count(node)) {
      nodes.append(node, value, from, to, roomMax);
    } else {
      const size = nodes.size(node);
      const start = nodes.start(node);
      const position = listpack.seek(nodes.bytes(node), start, offset) - start;
      const grown = listpack.bytesAfterInsert(nodes.bytes(node), start, value, from, to);
      nodes.makeRoom(node, grown - size, true, roomMax);
      const into = nodes.start(node);
      listpack.insert(nodes.bytes(node), into, into + position, value, from, to);
      nodes.resized(node, grown, nodes.count(node) + 1);
    }
    if (wasCompressed) nodes.compress(node);
  }

  #insertPlain(
    node: Node,
    offset: number,
    atEdge: boolean,
    value: Uint8Array,
    from: number,
    to: number,
    behind: boolean,
  ): void {
    const { nodes } = this;
    const part = atEdge ? 0 : this.#split(node, offset, behind);
    const plain = nodes.createPlain(value, from, to);
    nodes.linkAfter(plain, behind ? node : nodes.previous(node));
    if (part !== 0) {
      nodes.linkAfter(part, behind ? plain : nodes.previous(plain));
      this.#settle(part);
      this.#settle(node);
    }
    this.#settle(plain);
  }

  /**
   * Cuts a node behind (or before) the element at `offset`, which stays in it, and returns a node, linked to nothing, that
   * is the other part.
   */
  #split(node: Node, offset: number, behind: boolean): Node {
    const { nodes } = this;
    nodes.decompress(node);
    const bytes = nodes.bytes(node);
    const start = nodes.start(node);
    const index = behind ? offset + 1 : offset;
    const position = listpack.seek(bytes, start, index);
    const from = behind ? position : listpack.firstPosition(start);
    const to = behind ? listpack.endPosition(bytes, start) : position;
    const count = behind ? nodes.count(node) - index : index;
    const part = nodes.createOfEntries(bytes, from, to, count);
    nodes.cut(node, from, to, count);
    nodes.trim(node);
    return part;
  }

  /** Merges what fits together around a node that was split: two before it, two behind it, then it with both sides. */
  #mergeAround(center: Node): void {
    const { nodes } = this;
    const previous = nodes.previous(center);
    const next = nodes.next(center);
    if (previous !== 0) this.#mergeNext(nodes.previous(previous));
    if (next !== 0) this.#mergeNext(next);
    const before = nodes.previous(center);
    const merged = this.#mergeNext(before) ? before : center;
    this.#mergeNext(merged);
    this.#settle(merged);
    if (nodes.next(merged) !== 0) this.#settle(nodes.next(merged));
    if (nodes.previous(merged) !== 0) this.#settle(nodes.previous(merged));
  }

  /** Merges a node with the next one, if both are there and fit together. */
  #mergeNext(node: Node): boolean {
    const { nodes } = this;
    const next = node === 0 ? 0 : nodes.next(node);
    if (next === 0 || nodes.isPlain(node) || nodes.isPlain(next)) return false;
    const bytes = nodes.size(node) + nodes.size(next);
    if (!allowsMerge(bytes, nodes.count(node) + nodes.count(next), this.limits.fill)) return false;
    nodes.decompress(node);
    nodes.decompress(next);
    nodes.mergeWithNext(node);
    this.#settle(node);
    return true;
  }

  #removeNode(node: Node): void {
    this.nodes.remove(node);
    this.#settle(0);
  }

  /**
   * Brings compression up to date after nodes came or went: decompresses near the ends, compresses `touched` and what
   * has just come to lie too deep. O(depth).
   */
  #settle(touched: Node): void {
    const { depth } = this.limits;
    if (depth === 0) return;
    const { nodes } = this;
    let left = nodes.first;
    let right = nodes.last;
    let isNear = touched === 0;
    for (let i = 0; i < depth; i++) {
      if (left === 0) return;
      nodes.decompress(left);
      nodes.decompress(right);
      if (touched === left || touched === right) isNear = true;
      if (left === right || nodes.next(left) === right) return;
      left = nodes.next(left);
      right = nodes.previous(right);
    }
    if (!isNear) nodes.compress(touched);
    nodes.compress(left);
    nodes.compress(right);
  }
}

const found: ElementPlace = { node: 0, offset: 0 };

/** Position of the last element before `position` that is `value[from, to)`, or -1. */
function findBefore(
  bytes: Uint8Array,
  start: number,
  position: number,
  value: Uint8Array,
  from: number,
  to: number,
): number {
  for (;;) {
    position = listpack.previousPosition(bytes, start, position);
    if (position < 0 || listpack.elementEquals(bytes, position, value, from, to)) return position;
  }
}
