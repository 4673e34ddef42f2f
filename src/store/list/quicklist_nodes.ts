/**
 * The nodes of large lists: a doubly linked chain of listpacks, without a JS object for each.
 *
 * A node is a row of {@link FIELDS} int32 in one table. Its bytes lie in a block of the arena or, beyond what a block
 * takes, in a buffer of its own. They need not begin where the block begins: with room on either side, elements come and
 * go at both ends without the others being moved.
 *
 * Invariants:
 *  1. Node 0 is none. Freed rows are chained through NEXT and are used again.
 *  2. A packed node holds a valid listpack of COUNT >= 1 elements in `bytes[start, start + size)`, unless COMPRESSED is not
 *     0: then so many bytes of LZF lie there, which stand for a listpack of SIZE bytes. A plain node holds one element's
 *     bytes and is never compressed.
 *  3. `heldBytes` is what all nodes and the table take; `ownBytes` the part that is not in the arena.
 */
import { Arena, OFFSET_MASK, type Ref, SEGMENT_SHIFT, SMALL_BLOCK_BYTES_MAX } from "../memory/arena.ts";
import { writeInt32 } from "../numbers/int64_words.ts";
import { writeCount } from "../packed/listpack.ts";
import { END, prepareEntry, writeEntry } from "../packed/listpack_entry.ts";
import { lzfCompress, lzfDecompress } from "../packed/lzf.ts";
import { copyBytes } from "../../sys/bytes.ts";

/** The name of a node, while it exists; 0 is none. */
export type Node = number;

const FIELDS = 8;
const NEXT = 0;
const PREVIOUS = 1;
const BLOCK = 2;
/** Where in the block the bytes begin. */
const START = 3;
const COUNT = 4;
const SIZE = 5;
const COMPRESSED = 6;
const PLAIN = 7;

const HEADER_BYTES = 6;
const EMPTY_BYTES = 7;
const ROWS_MIN = 4;
const COMPRESS_BYTES_MIN = 48;
const COMPRESS_GAIN_MIN = 8;
/** The least room that a node which grows is given. */
const ROOM_MIN = 128;

let compressed = new Uint8Array(1 << 13);

export class QuicklistNodes {
  heldBytes: number;
  ownBytes: number;
  first: Node = 0;
  last: Node = 0;
  /** Number of nodes. */
  length = 0;
  readonly #arena: Arena;
  #table: Int32Array;
  #free: Node = 0;
  /** Rows that were ever used, row 0 included. */
  #rows = 1;
  /** Buffers of nodes that no block takes. */
  #buffers: Map<Node, Uint8Array> | undefined;

  constructor(arena: Arena, rows = ROWS_MIN) {
    this.#arena = arena;
    this.#table = new Int32Array(Math.max(rows, ROWS_MIN) * FIELDS);
    this.heldBytes = this.ownBytes = this.#table.byteLength;
  }

  next(node: Node): Node {
    return this.#table[node * FIELDS + NEXT]!;
  }

  previous(node: Node): Node {
    return this.#table[node * FIELDS + PREVIOUS]!;
  }

  count(node: Node): number {
    return this.#table[node * FIELDS + COUNT]!;
  }

  /** Bytes of the listpack, or of the plain element. */
  size(node: Node): number {
    return this.#table[node * FIELDS + SIZE]! >>> 0;
  }

  isPlain(node: Node): boolean {
    return this.#table[node * FIELDS + PLAIN] === 1;
  }

  /** Bytes of LZF that the node is kept as; 0 when it is not compressed. */
  compressedBytes(node: Node): number {
    return this.#table[node * FIELDS + COMPRESSED]!;
  }

  /** The array in which the node's bytes lie. */
  bytes(node: Node): Uint8Array {
    const block = this.#table[node * FIELDS + BLOCK]!;
    return block === 0 ? this.#buffers!.get(node)! : this.#arena.bytes[block >>> SEGMENT_SHIFT]!;
  }

  /** Where in {@link bytes} they begin. */
  start(node: Node): number {
    const at = node * FIELDS;
    return ((this.#table[at + BLOCK]! & OFFSET_MASK) << 3) + this.#table[at + START]!;
  }

  // ---- the chain --------------------------------------------------------------------------------------------

  /** Makes a node with room for `room` bytes, which are the caller's to write; it stands nowhere yet. */
  create(room: number, size: number, count: number, plain = false): Node {
    let node = this.#free;
    if (node !== 0) {
      this.#free = this.#table[node * FIELDS + NEXT]!;
    } else {
      node = this.#rows++;
      if (node * FIELDS >= this.#table.length) this.#growTable();
    }
    const table = this.#table;
    const at = node * FIELDS;
    table[at + START] = 0;
    table[at + COUNT] = count;
    table[at + SIZE] = size;
    table[at + COMPRESSED] = 0;
    table[at + PLAIN] = plain ? 1 : 0;
    this.#allocate(node, room);
    return node;
  }

  /** Makes a node that is a listpack of one element, with room for more at one of its sides. */
  createPacked(value: Uint8Array, from: number, to: number, room: number, atEnd: boolean): Node {
    const added = prepareEntry(value, from, to);
    const size = EMPTY_BYTES + added;
    const node = this.create(Math.max(size, room), size, 1);
    if (!atEnd) this.#table[node * FIELDS + START] = this.#capacity(node) - size;
    const bytes = this.bytes(node);
    const start = this.start(node);
    writeInt32(bytes, start, size);
    writeCount(bytes, start, 1);
    writeEntry(bytes, start + HEADER_BYTES, value, from, to);
    bytes[start + size - 1] = END;
    return node;
  }

  /** Makes a node that is one element. */
  createPlain(value: Uint8Array, from: number, to: number): Node {
    const node = this.create(to - from, to - from, 1, true);
    copyBytes(value, from, to, this.bytes(node), this.start(node));
    return node;
  }

  /** Makes a node that is a copy of `bytes[from, to)`, a listpack of `count` elements. */
  createFrom(bytes: Uint8Array, from: number, to: number, count: number): Node {
    const node = this.create(to - from, to - from, count);
    copyBytes(bytes, from, to, this.bytes(node), this.start(node));
    return node;
  }

  /** Makes a node like one of another chain. */
  createLike(other: QuicklistNodes, node: Node): Node {
    const size = other.size(node);
    const stored = other.compressedBytes(node) || size;
    const copy = this.create(stored, size, other.count(node), other.isPlain(node));
    this.#table[copy * FIELDS + COMPRESSED] = other.compressedBytes(node);
    const start = other.start(node);
    copyBytes(other.bytes(node), start, start + stored, this.bytes(copy), this.start(copy));
    return copy;
  }

  /** Puts a new node behind another one; behind 0: before all others. */
  linkAfter(node: Node, before: Node): void {
    const table = this.#table;
    const after = before === 0 ? this.first : table[before * FIELDS + NEXT]!;
    table[node * FIELDS + PREVIOUS] = before;
    table[node * FIELDS + NEXT] = after;
    if (before === 0) this.first = node;
    else table[before * FIELDS + NEXT] = node;
    if (after === 0) this.last = node;
    else table[after * FIELDS + PREVIOUS] = node;
    this.length++;
  }

  /** Takes a node out of the chain and frees it. */
  remove(node: Node): void {
    const table = this.#table;
    const next = table[node * FIELDS + NEXT]!;
    const previous = table[node * FIELDS + PREVIOUS]!;
    if (previous === 0) this.first = next;
    else table[previous * FIELDS + NEXT] = next;
    if (next === 0) this.last = previous;
    else table[next * FIELDS + PREVIOUS] = previous;
    this.length--;
    this.#release(node);
    table[node * FIELDS + NEXT] = this.#free;
    this.#free = node;
  }

  // ---- the bytes of a node ----------------------------------------------------------------------------------

  /** Adds an element at the end of a packed node that is not compressed. Amortised O(length of the element). */
  append(node: Node, value: Uint8Array, from: number, to: number, roomMax: number): void {
    const added = prepareEntry(value, from, to);
    this.makeRoom(node, added, true, roomMax);
    const at = node * FIELDS;
    const size = this.size(node) + added;
    const bytes = this.bytes(node);
    const start = this.start(node);
    writeEntry(bytes, start + size - added - 1, value, from, to);
    bytes[start + size - 1] = END;
    this.#table[at + SIZE] = size;
    this.#writeHeader(bytes, start, size, ++this.#table[at + COUNT]!);
  }

  /** Adds an element at the beginning of such a node. Amortised O(length of the element). */
  prepend(node: Node, value: Uint8Array, from: number, to: number, roomMax: number): void {
    const added = prepareEntry(value, from, to);
    this.makeRoom(node, added, false, roomMax);
    const at = node * FIELDS;
    const size = this.size(node) + added;
    this.#table[at + START]! -= added;
    const bytes = this.bytes(node);
    const start = this.start(node);
    writeEntry(bytes, start + HEADER_BYTES, value, from, to);
    this.#table[at + SIZE] = size;
    this.#writeHeader(bytes, start, size, ++this.#table[at + COUNT]!);
  }

  /**
   * Removes `count` elements that take the bytes between two positions. O(1) when one of the positions is the first
   * element or the end, else O(bytes behind them). Some must be left.
   */
  cut(node: Node, from: number, to: number, count: number): void {
    const at = node * FIELDS;
    const bytes = this.bytes(node);
    let start = this.start(node);
    const end = start + this.size(node);
    const size = this.size(node) - (to - from);
    if (from === start + HEADER_BYTES) {
      this.#table[at + START]! += to - from;
      start += to - from;
    } else if (to === end - 1) {
      bytes[from] = END;
    } else {
      copyBytes(bytes, to, end, bytes, from);
    }
    this.#table[at + SIZE] = size;
    const left = this.#table[at + COUNT]! -= count;
    this.#writeHeader(bytes, start, size, left);
  }

  /** Makes a node that is the `count` entries in `bytes[from, to)`, which may be those of another node. */
  createOfEntries(bytes: Uint8Array, from: number, to: number, count: number): Node {
    const size = EMPTY_BYTES + to - from;
    const node = this.create(size, size, count);
    const into = this.bytes(node);
    const start = this.start(node);
    copyBytes(bytes, from, to, into, start + HEADER_BYTES);
    into[start + size - 1] = END;
    this.#writeHeader(into, start, size, count);
    return node;
  }

  /** Adds the elements of the next node to this one and removes that; neither is compressed or plain. */
  mergeWithNext(node: Node): void {
    const next = this.next(node);
    const added = this.size(next) - EMPTY_BYTES;
    const size = this.size(node) + added;
    const count = this.count(node) + this.count(next);
    this.makeRoom(node, added, true, size);
    const source = this.start(next) + HEADER_BYTES;
    const into = this.bytes(node);
    const start = this.start(node);
    copyBytes(this.bytes(next), source, source + added, into, start + size - added - 1);
    into[start + size - 1] = END;
    this.resized(node, size, count);
    this.#writeHeader(into, start, size, count);
    this.remove(next);
  }

  /** Gives back room after much was cut off. */
  shrink(node: Node): void {
    const size = this.size(node);
    const capacity = this.#capacity(node);
    if (capacity > 2 * ROOM_MIN && size < capacity >> 3) this.#move(node, size, size * 2, false);
  }

  /** Takes over size and count after a listpack was changed in place. */
  resized(node: Node, size: number, count: number): void {
    this.#table[node * FIELDS + SIZE] = size;
    this.#table[node * FIELDS + COUNT] = count;
  }

  /**
   * Makes room for `added` bytes behind the bytes of a node, or before them. They may move.
   * @param roomMax how large a node is expected to become: up to there it is given more than it needs
   */
  makeRoom(node: Node, added: number, behind: boolean, roomMax: number): void {
    const at = node * FIELDS;
    const capacity = this.#capacity(node);
    const offset = this.#table[at + START]!;
    const size = this.size(node);
    if (behind ? offset + size + added <= capacity : added <= offset) return;
    const needed = size + added;
    const spare = capacity - needed;
    // Sliding costs as much as what it gains, so it is not done for a few bytes.
    if (spare >= size >> 2 && spare >= 0) {
      const to = behind ? 0 : capacity - size;
      const bytes = this.bytes(node);
      const start = this.start(node);
      copyBytes(bytes, start, start + size, bytes, start - offset + to);
      this.#table[at + START] = to;
      return;
    }
    const room = Math.max(needed, Math.min(Math.max(ROOM_MIN, needed * 2), roomMax));
    this.#move(node, size, room, !behind);
  }

  /** Gives back the room that a node has too much, once it is not expected to grow. */
  trim(node: Node): void {
    const stored = this.compressedBytes(node) || this.size(node);
    const capacity = this.#capacity(node);
    if (capacity - Arena.roundedSize(stored) > capacity >> 3) this.#move(node, stored, stored, false);
  }

  /** Lets a node be its listpack again, for the listpack to be changed or to be the end of the list. */
  decompress(node: Node): void {
    const stored = this.compressedBytes(node);
    if (stored === 0) return;
    const start = this.start(node);
    const lzf = this.bytes(node).subarray(start, start + stored);
    const oldBlock = this.#table[node * FIELDS + BLOCK]!;
    const oldBuffer = this.#buffers?.get(node);
    this.#table[node * FIELDS + START] = 0;
    this.#table[node * FIELDS + COMPRESSED] = 0;
    this.#allocate(node, this.size(node));
    const to = this.start(node);
    lzfDecompress(lzf, this.bytes(node).subarray(to, to + this.size(node)));
    this.#give(oldBlock, oldBuffer);
  }

  /** The listpack of a node, decompressed into `scratch` (or a larger buffer) if it must be: to look at it only. */
  readable(node: Node, scratch: Uint8Array): Uint8Array {
    const size = this.size(node);
    const buffer = scratch.length >= size ? scratch : new Uint8Array(size + (size >> 1));
    const start = this.start(node);
    const lzf = this.bytes(node).subarray(start, start + this.compressedBytes(node));
    lzfDecompress(lzf, buffer.subarray(0, size));
    return buffer;
  }

  /** Compresses a packed node where that saves a little. */
  compress(node: Node): void {
    const size = this.size(node);
    if (this.compressedBytes(node) !== 0 || this.isPlain(node) || size < COMPRESS_BYTES_MIN) return;
    if (compressed.length < size) compressed = new Uint8Array(size * 2);
    const start = this.start(node);
    const listpack = this.bytes(node).subarray(start, start + size);
    const stored = lzfCompress(listpack, compressed.subarray(0, size));
    if (stored === 0 || stored + COMPRESS_GAIN_MIN >= size) return;
    const oldBlock = this.#table[node * FIELDS + BLOCK]!;
    const oldBuffer = this.#buffers?.get(node);
    this.#table[node * FIELDS + START] = 0;
    this.#table[node * FIELDS + COMPRESSED] = stored;
    this.#allocate(node, stored);
    copyBytes(compressed, 0, stored, this.bytes(node), this.start(node));
    this.#give(oldBlock, oldBuffer);
  }

  // ---- inside -----------------------------------------------------------------------------------------------

  #writeHeader(bytes: Uint8Array, start: number, size: number, count: number): void {
    writeInt32(bytes, start, size);
    writeCount(bytes, start, count);
  }

  #capacity(node: Node): number {
    const block = this.#table[node * FIELDS + BLOCK]!;
    return block === 0 ? this.#buffers!.get(node)!.length : this.#arena.sizeOf(block);
  }

  /** Gives a node memory for `room` bytes; what it had before is the caller's to give back. */
  #allocate(node: Node, room: number): void {
    if (room <= SMALL_BLOCK_BYTES_MAX) {
      const block = this.#arena.allocate(room);
      this.#table[node * FIELDS + BLOCK] = block;
      this.heldBytes += this.#arena.sizeOf(block);
      this.#buffers?.delete(node);
      return;
    }
    const buffer = new Uint8Array(room);
    this.#buffers ??= new Map();
    this.#buffers.set(node, buffer);
    this.#table[node * FIELDS + BLOCK] = 0;
    this.heldBytes += room;
    this.ownBytes += room;
  }

  /** Moves the first `size` bytes of a node into new memory, to its end or its beginning. */
  #move(node: Node, size: number, room: number, toEnd: boolean): void {
    const bytes = this.bytes(node);
    const start = this.start(node);
    const oldBlock = this.#table[node * FIELDS + BLOCK]!;
    const oldBuffer = this.#buffers?.get(node);
    this.#allocate(node, room);
    this.#table[node * FIELDS + START] = toEnd ? this.#capacity(node) - size : 0;
    copyBytes(bytes, start, start + size, this.bytes(node), this.start(node));
    this.#give(oldBlock, oldBuffer);
  }

  #give(block: Ref, buffer: Uint8Array | undefined): void {
    if (block !== 0) {
      this.heldBytes -= this.#arena.sizeOf(block);
      this.#arena.free(block);
    } else if (buffer !== undefined) {
      this.heldBytes -= buffer.length;
      this.ownBytes -= buffer.length;
    }
  }

  #release(node: Node): void {
    const block = this.#table[node * FIELDS + BLOCK]!;
    this.#give(block, this.#buffers?.get(node));
    this.#buffers?.delete(node);
  }

  #growTable(): void {
    const grown = new Int32Array(this.#table.length * 2);
    grown.set(this.#table);
    this.heldBytes += grown.byteLength - this.#table.byteLength;
    this.ownBytes += grown.byteLength - this.#table.byteLength;
    this.#table = grown;
  }
}
