/**
 * One table of a dict: slots of two words (hash, entry) in a block of the arena, by linear probing. What it knows of the
 * hashes is that their upper `depth` bits are the same; the bits behind them say where each is at home.
 *
 * Homes lie in the order of the hashes, so a walk over the homes is a walk over the hashes, whatever the size.
 */
import { type Arena, OFFSET_MASK, type Ref, SEGMENT_SHIFT } from "./arena.ts";

/** Slots that fill one page of the arena. */
const PAGE_SLOTS = 8192;
export const TABLE_SLOTS_MAX: number = 4 * PAGE_SLOTS;
/** The sizes there are: doubling up to a page, then page by page. */
const SIZES: readonly number[] = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 1, 2, 3, 4].map((size) =>
  size < 16 ? size * PAGE_SLOTS : size
);
/** Of the bits behind the prefix so many are looked at, so that they can be multiplied by 4 in 32 bits. */
const HOME_BITS = 28;

/** The smallest table in which so many entries lie loosely, at most 10/16 full. */
export function looseSize(count: number): number {
  return SIZES.find((size) => count << 4 <= size * 10) ?? TABLE_SLOTS_MAX;
}

/** The smallest table that has room for so many entries, and for those that chance may add. */
export function roomySize(expected: number): number {
  const most = Math.ceil(expected + 6 * Math.sqrt(expected));
  return SIZES.find((size) => hasRoom(most, size)) ?? TABLE_SLOTS_MAX;
}

/** The next larger size; the largest has none. */
export function nextSize(slots: number): number {
  return SIZES[SIZES.indexOf(slots) + 1] ?? TABLE_SLOTS_MAX;
}

/** Whether so many entries in so many slots are still found quickly: at most 13/16. */
export function hasRoom(count: number, slots: number): boolean {
  return count << 4 <= slots * 13;
}

/** Slots of a table that is laid out anew, or of two that become one. */
const lifted = new Int32Array(2 * TABLE_SLOTS_MAX);

export class Table {
  words!: Int32Array;
  ref: Ref = 0;
  /** Index of the first slot in words. */
  base = 0;
  slots = 0;
  /** home = (28 bits behind the prefix) * multiplier >>> shift */
  multiplier = 1;
  shift = 0;
  depth: number;
  count = 0;
  readonly #arena: Arena;

  constructor(arena: Arena, slots: number, depth: number) {
    this.#arena = arena;
    this.depth = depth;
    this.#take(slots);
  }

  #take(slots: number): void {
    this.ref = this.#arena.allocate(8 * slots);
    this.words = this.#arena.words[this.ref >>> SEGMENT_SHIFT]!;
    this.base = (this.ref & OFFSET_MASK) << 1;
    this.slots = slots;
    this.multiplier = Math.max(1, slots / PAGE_SLOTS);
    this.shift = HOME_BITS - Math.log2(slots / this.multiplier);
    this.words.fill(0, this.base, this.base + 2 * slots);
  }

  get bytes(): number {
    return 8 * this.slots;
  }

  /** The slot in which a hash of this table is at home. */
  home(hash: number): number {
    return (((hash << this.depth) >>> (32 - HOME_BITS)) * this.multiplier) >>> this.shift;
  }

  /**
   * The least hash, as an unsigned number, whose home is at or behind a slot; behind the table for its number of slots.
   * @param hash any hash of this table
   */
  hashOfHome(home: number, hash: number): number {
    const bits = Math.ceil(home * 2 ** this.shift / this.multiplier);
    const prefix = Math.floor(hash / 2 ** (32 - this.depth)) * 2 ** (32 - this.depth);
    return prefix + Math.ceil(bits * 2 ** (32 - HOME_BITS - this.depth));
  }

  hashAt(slot: number): number {
    return this.words[this.base + (slot << 1)]!;
  }

  /** The entry in a slot, or 0. */
  refAt(slot: number): Ref {
    return this.words[this.base + (slot << 1) + 1]!;
  }

  put(slot: number, hash: number, ref: Ref): void {
    const at = this.base + (slot << 1);
    this.words[at] = hash;
    this.words[at + 1] = ref;
  }

  /** Adds an entry in the first free slot from its home on. There must be one. */
  add(hash: number, ref: Ref): void {
    const { words, base, slots } = this;
    let slot = this.home(hash);
    while (words[base + (slot << 1) + 1] !== 0) if (++slot === slots) slot = 0;
    words[base + (slot << 1)] = hash;
    words[base + (slot << 1) + 1] = ref;
    this.count++;
  }

  /** Empties a slot and moves back what would not be found any more. O(1) expected. */
  removeAt(removed: number): void {
    const { slots } = this;
    let hole = removed;
    let slot = hole;
    for (;;) {
      if (++slot === slots) slot = 0;
      const ref = this.refAt(slot);
      if (ref === 0) break;
      const hash = this.hashAt(slot);
      let fromHome = slot - this.home(hash);
      if (fromHome < 0) fromHome += slots;
      let fromHole = slot - hole;
      if (fromHole < 0) fromHole += slots;
      // It may move into the hole if its home is not behind it.
      if (fromHome >= fromHole) {
        this.put(hole, hash, ref);
        hole = slot;
      }
    }
    this.put(hole, 0, 0);
    this.count--;
  }

  /** Lays the entries out anew in another number of slots. O(slots). */
  resize(slots: number): void {
    const end = this.#lift(0);
    this.release();
    this.#take(slots);
    this.#addLifted(end);
  }

  /** Gives the entries whose bit behind the prefix is 1 to a new table, which is returned. O(slots). */
  split(): Table {
    const end = this.#lift(0);
    this.depth++;
    const bit = 1 << (32 - this.depth);
    let ones = 0;
    for (let i = 0; i < end; i += 2) if ((lifted[i]! & bit) !== 0) ones++;
    const upper = new Table(this.#arena, looseSize(ones), this.depth);
    this.release();
    this.#take(looseSize(this.count - ones));
    this.count = 0;
    for (let i = 0; i < end; i += 2) {
      ((lifted[i]! & bit) !== 0 ? upper : this).add(lifted[i]!, lifted[i + 1]!);
    }
    return upper;
  }

  /** Takes in the entries of the sibling, whose block is freed. O(slots of both). */
  merge(sibling: Table): void {
    const end = sibling.#lift(this.#lift(0));
    sibling.release();
    this.release();
    this.depth--;
    this.#take(looseSize(end / 2));
    this.#addLifted(end);
  }

  /** Gives the block back. */
  release(): void {
    this.#arena.free(this.ref);
  }

  #addLifted(end: number): void {
    this.count = 0;
    for (let i = 0; i < end; i += 2) this.add(lifted[i]!, lifted[i + 1]!);
  }

  /** Copies the taken slots behind the first `from` words of the scratch; where they end. */
  #lift(from: number): number {
    const { words, base } = this;
    let end = from;
    for (let at = base; at < base + 2 * this.slots; at += 2) {
      if (words[at + 1] === 0) continue;
      lifted[end++] = words[at]!;
      lifted[end++] = words[at + 1]!;
    }
    return end;
  }
}
