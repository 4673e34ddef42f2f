/**
 * The entries of a database that will die, in no order: so that any of them can be drawn at random in O(1).
 *
 * Every such entry knows its position here, and every position names an entry of the database; the list is kept in
 * chunks so that it never has to be copied as a whole.
 */
import type { Arena, Ref } from "./arena.ts";
import { setExpirePosition } from "./entry.ts";

const CHUNK_SHIFT = 14;
const CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;

export class ExpiryIndex {
  size = 0;
  readonly #arena: Arena;
  readonly #chunks: Int32Array[] = [];

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  get bytes(): number {
    return this.#chunks.length << (CHUNK_SHIFT + 2);
  }

  at(position: number): Ref {
    return this.#chunks[position >>> CHUNK_SHIFT]![position & CHUNK_MASK]!;
  }

  /** Appends an entry and tells it its position. */
  add(ref: Ref): void {
    const position = this.size++;
    if (position >>> CHUNK_SHIFT === this.#chunks.length) this.#chunks.push(new Int32Array(1 << CHUNK_SHIFT));
    this.#put(position, ref);
  }

  /** The entry at a position lies in another block now. */
  moved(position: number, ref: Ref): void {
    this.#put(position, ref);
  }

  /** Takes the entry at a position out; the last one takes its place. */
  remove(position: number): void {
    const last = --this.size;
    if (position !== last) this.#put(position, this.at(last));
    // One spare chunk stays, so that a size at a boundary does not allocate again and again.
    const needed = (this.size >>> CHUNK_SHIFT) + 2;
    if (this.#chunks.length > needed) this.#chunks.length = needed;
  }

  #put(position: number, ref: Ref): void {
    this.#chunks[position >>> CHUNK_SHIFT]![position & CHUNK_MASK] = ref;
    setExpirePosition(this.#arena, ref, position);
  }
}
