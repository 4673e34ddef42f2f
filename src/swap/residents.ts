/**
 * The entries whose value could be swapped out, in no order: so that one can be drawn at random in O(1), however many
 * others are in the file already.
 *
 * Entries do not know their position here. A block that is given back is crossed out, by two bits for its address, and its place
 * in the list is cleared when it is drawn, or when another block is entered and many are crossed out.
 *
 * Invariant: a ref that is not absent stands in the list once; `size` is the number of those that can be drawn.
 */
import type { Ref } from "../store/memory/arena.ts";

const CHUNK_SHIFT = 14;
const CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;
/** Marks are kept for 64 KiB of the arena at once, and only while there is one. */
const AREA_SHIFT = 13;
/**
 * Words of the pairs of bits of an area, one for each granule. Blocks take two granules at least, but a block that is crossed out
 * may begin in the other one of two than the block that lies there now.
 */
const AREA_WORDS = 1 << (AREA_SHIFT - 4);
/** Behind them: how many are not absent. */
const MARKED = AREA_WORDS;
/** Areas without marks that are kept for the next one. */
const SPARE_AREAS_MAX = 64;
/** What is known of a block. */
const ABSENT = 0;
/** It stands in the list, but is given back, or not to be drawn. */
const CROSSED_OUT = 1;
/** Its value is on the way to the disk. */
const BUSY = 2;
const DRAWABLE = 3;
/** Positions drawn in vain, since those there are busy. */
const DRAWS_MAX = 64;
/** Crossed out refs are cleared away once they are more than one in so many. */
const CROSSED_OUT_SHARE = 4;
/** Steps of clearing away for each that is crossed out while none can be drawn: nobody else would do it. */
const CLEARED_WHEN_EMPTY = 16;

export class Residents {
  /** Refs that can be drawn. */
  size = 0;
  #listed = 0;
  readonly #chunks: Int32Array[] = [];
  /** By area; one without a mark is all zeros. */
  readonly #marks: (Uint32Array | undefined)[] = [];
  readonly #spareAreas: Uint32Array[] = [];
  #areas = 0;
  #sweep = 0;

  get bytes(): number {
    const areas = this.#areas + this.#spareAreas.length;
    return areas * (AREA_WORDS + 1) * 4 + (this.#chunks.length << (CHUNK_SHIFT + 2));
  }

  add(ref: Ref): void {
    const state = this.#stateOf(ref);
    if (state >= BUSY) return;
    this.size++;
    if (state === ABSENT) this.#append(ref);
    this.#setState(ref, DRAWABLE);
    const crossedOut = this.#listed - this.size;
    if (this.#listed > 64 && crossedOut * CROSSED_OUT_SHARE > this.#listed) this.#clearSome(4);
  }

  /** A block is given back, or not to be drawn any more. */
  remove(ref: Ref): void {
    const state = this.#stateOf(ref);
    if (state < BUSY) return;
    if (state === DRAWABLE) this.size--;
    this.#setState(ref, CROSSED_OUT);
    if (this.size === 0) this.#clearSome(CLEARED_WHEN_EMPTY);
  }

  isBusy(ref: Ref): boolean {
    return this.#stateOf(ref) === BUSY;
  }

  /** A drawable one is not to be drawn for a while. */
  setBusy(ref: Ref): void {
    if (this.#stateOf(ref) !== DRAWABLE) return;
    this.size--;
    this.#setState(ref, BUSY);
  }

  /** A busy one can be drawn again. */
  setDrawable(ref: Ref): void {
    if (this.#stateOf(ref) !== BUSY) return;
    this.size++;
    this.#setState(ref, DRAWABLE);
  }

  /** A random one, or 0 when there is none, or too many others are busy. @param below a uniform number in [0, bound) */
  sample(below: (bound: number) => number): Ref {
    for (let draws = 0; this.size > 0 && draws < DRAWS_MAX;) {
      const position = below(this.#listed);
      const ref = this.#at(position);
      const state = this.#stateOf(ref);
      if (state === DRAWABLE) return ref;
      if (state === BUSY) draws++;
      else this.#clear(position);
    }
    return 0;
  }

  #at(position: number): Ref {
    return this.#chunks[position >>> CHUNK_SHIFT]![position & CHUNK_MASK]!;
  }

  #append(ref: Ref): void {
    const position = this.#listed++;
    if (position >>> CHUNK_SHIFT === this.#chunks.length) this.#chunks.push(new Int32Array(1 << CHUNK_SHIFT));
    this.#chunks[position >>> CHUNK_SHIFT]![position & CHUNK_MASK] = ref;
  }

  /** Takes a crossed out ref off the list; the last one takes its position. */
  #clear(position: number): void {
    this.#setState(this.#at(position), ABSENT);
    const last = this.#at(--this.#listed);
    this.#chunks[position >>> CHUNK_SHIFT]![position & CHUNK_MASK] = last;
    const needed = (this.#listed >>> CHUNK_SHIFT) + 2;
    if (this.#chunks.length > needed) this.#chunks.length = needed;
  }

  #clearSome(steps: number): void {
    for (let i = 0; i < steps && this.#listed > 0; i++) {
      if (this.#sweep >= this.#listed) this.#sweep = 0;
      if (this.#stateOf(this.#at(this.#sweep)) === CROSSED_OUT) this.#clear(this.#sweep);
      else this.#sweep++;
    }
  }

  #stateOf(ref: Ref): number {
    const marks = this.#marks[ref >>> AREA_SHIFT];
    return marks === undefined ? ABSENT : (marks[wordOf(ref)]! >>> shiftOf(ref)) & 3;
  }

  #setState(ref: Ref, state: number): void {
    const area = ref >>> AREA_SHIFT;
    const marks = this.#marks[area] ?? this.#openArea(area);
    const word = wordOf(ref);
    const before = (marks[word]! >>> shiftOf(ref)) & 3;
    marks[word] = (marks[word]! & ~(3 << shiftOf(ref))) | (state << shiftOf(ref));
    if (before === ABSENT && state !== ABSENT) marks[MARKED]!++;
    else if (before !== ABSENT && state === ABSENT && --marks[MARKED]! === 0) this.#closeArea(area, marks);
  }

  #openArea(area: number): Uint32Array {
    this.#areas++;
    return this.#marks[area] = this.#spareAreas.pop() ?? new Uint32Array(AREA_WORDS + 1);
  }

  #closeArea(area: number, marks: Uint32Array): void {
    this.#areas--;
    this.#marks[area] = undefined;
    if (this.#spareAreas.length < SPARE_AREAS_MAX) this.#spareAreas.push(marks);
  }
}

function wordOf(ref: Ref): number {
  return (ref >>> 4) & (AREA_WORDS - 1);
}

function shiftOf(ref: Ref): number {
  return (ref & 15) << 1;
}
