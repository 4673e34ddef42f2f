/**
 * The nodes of a stream: a table of their ids, and the bytes of each, which are a listpack (node_entries.ts).
 *
 * The bytes lie in a block of the arena or, beyond what a block takes, in a buffer of their own. A node that grows has room
 * to grow; {@link StreamNodes.shrink} gives it back once the node is not the last any more.
 *
 * Invariants: `heldBytes` is what the table and all nodes take, `ownBytes` the part that is not in the arena. A node is
 * named by a cursor at its row.
 */
import { Arena, OFFSET_MASK, type Ref, SEGMENT_SHIFT, SMALL_BLOCK_BYTES_MAX } from "../memory/arena.ts";
import { listpackBytes } from "../packed/listpack.ts";
import { IdCursor, IdTable } from "./id_table.ts";
import { StreamId } from "./stream_id.ts";
import { copyBytes, NO_BYTES } from "../../sys/bytes.ts";

/** Words of a row: the block, or 0; then the number of the buffer. */
const BLOCK = 0;
const BUFFER = 1;
const PAYLOAD_WORDS = 2;

/** The least room that a node which grows is given. */
const ROOM_MIN = 128;
/** So many nodes are given back in one step. */
const RELEASED_NODES = 1024;

const removed = new StreamId();

export class StreamNodes {
  readonly table: IdTable;
  ownBytes = 0;
  readonly #arena: Arena;
  #blockBytes = 0;
  /** Buffers of nodes that no block takes, and the numbers that are free. */
  #buffers: Uint8Array[] | undefined;
  #freeBuffers: number[] | undefined;

  constructor(arena: Arena, table: IdTable = new IdTable(arena, PAYLOAD_WORDS)) {
    this.#arena = arena;
    this.table = table;
  }

  get length(): number {
    return this.table.size;
  }

  get heldBytes(): number {
    return this.table.heldBytes + this.#blockBytes + this.ownBytes;
  }

  /** The array in which the bytes of a node lie. */
  bytes(node: IdCursor): Uint8Array {
    const block = node.get(BLOCK);
    return block === 0 ? this.#buffers![node.get(BUFFER)]! : this.#arena.bytes[block >>> SEGMENT_SHIFT]!;
  }

  /** Where in {@link bytes} they begin. */
  start(node: IdCursor): number {
    return (node.get(BLOCK) & OFFSET_MASK) << 3;
  }

  #capacity(node: IdCursor): number {
    const block = node.get(BLOCK);
    return block === 0 ? this.#buffers![node.get(BUFFER)]!.length : this.#arena.sizeOf(block);
  }

  /**
   * Makes a node with room for `room` bytes, which are the caller's to write, and moves the cursor to it. There must be none with
   * this id.
   */
  create(id: StreamId, room: number, node: IdCursor): void {
    this.table.insert(id);
    node.open(this.table).seek(id);
    try {
      this.#allocate(node, room);
    } catch (error) {
      this.table.remove();
      throw error;
    }
  }

  /** Makes room for a node to be `needed` bytes, and for some more if it must move. @param most how large it is expected to become */
  reserve(node: IdCursor, needed: number, most: number): void {
    if (needed <= this.#capacity(node)) return;
    const room = Math.max(ROOM_MIN, needed * 2);
    this.#move(node, Math.max(needed, Math.min(room, most)));
  }

  /** Gives back the room that a node has too much. */
  shrink(node: IdCursor): void {
    const size = listpackBytes(this.bytes(node), this.start(node));
    if (this.#sizeFor(size) < this.#capacity(node)) this.#move(node, size);
  }

  #sizeFor(room: number): number {
    return room <= SMALL_BLOCK_BYTES_MAX ? Arena.roundedSize(room) : room;
  }

  /** Removes a node. The cursor must be sought anew. */
  remove(node: IdCursor): void {
    this.#give(node.get(BLOCK), node.get(BUFFER));
    this.table.seek(node.readId(removed));
    this.table.remove();
  }

  /** Gives a row memory; what it had is the caller's to give back. */
  #allocate(node: IdCursor, room: number): void {
    if (room <= SMALL_BLOCK_BYTES_MAX) {
      const block = this.#arena.allocate(room);
      node.setWord(BLOCK, block);
      this.#blockBytes += this.#arena.sizeOf(block);
      return;
    }
    const buffer = new Uint8Array(room);
    this.#buffers ??= [];
    const number = this.#freeBuffers?.pop() ?? this.#buffers.length;
    this.#buffers[number] = buffer;
    node.setWord(BLOCK, 0);
    node.setWord(BUFFER, number);
    this.ownBytes += room;
  }

  #move(node: IdCursor, room: number): void {
    const bytes = this.bytes(node);
    const start = this.start(node);
    const block = node.get(BLOCK);
    const buffer = node.get(BUFFER);
    this.#allocate(node, room);
    copyBytes(bytes, start, start + listpackBytes(bytes, start), this.bytes(node), this.start(node));
    this.#give(block, buffer);
  }

  #give(block: Ref, buffer: number): void {
    if (block !== 0) {
      this.#blockBytes -= this.#arena.sizeOf(block);
      this.#arena.free(block);
      return;
    }
    this.ownBytes -= this.#buffers![buffer]!.length;
    this.#buffers![buffer] = NO_BYTES;
    this.#freeBuffers ??= [];
    this.#freeBuffers.push(buffer);
  }

  /** The same nodes once more. O(bytes). */
  copy(): StreamNodes {
    const copy = new StreamNodes(this.#arena, this.table.copy());
    const to = new IdCursor(copy.table);
    const from = new IdCursor(this.table);
    for (let isAt = from.seekFirst() && to.seekFirst(); isAt; isAt = from.next() && to.next()) {
      const bytes = this.bytes(from);
      const start = this.start(from);
      const end = start + listpackBytes(bytes, start);
      copy.#allocate(to, end - start);
      copyBytes(bytes, start, end, copy.bytes(to), copy.start(to));
    }
    return copy;
  }

  /** Gives back some nodes and tells whether any are left. */
  releaseSome(): boolean {
    const { table } = this;
    for (let i = 0; i < RELEASED_NODES && table.seekLast(); i++) {
      this.#give(table.get(BLOCK), table.get(BUFFER));
      table.remove();
    }
    return table.size > 0;
  }
}
