/**
 * The entries whose value could be swapped out, in no order: so that one can be drawn at random in O(1), however many
 * others are in the file already.
 *
 * Entries do not know their position here. A block that is given back is crossed out by a bit of its address, and its place
 * in the list is cleared when it is drawn, or when another block is entered and many are crossed out.
 *
 * Invariants: a ref stands in the list once (bit `listed`); it may be drawn only if its bit `valid` is set too.
 */
import { type Ref, SEGMENT_SHIFT } from "../store/arena.ts";

const CHUNK_SHIFT = 14;
const CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;
/** A block takes 16 bytes at least, two granules: so many pairs of bits a segment. */
const SEGMENT_WORDS = 1 << (SEGMENT_SHIFT - 5);
const LISTED = 1;
const VALID = 2;
/** Crossed out refs are cleared away once they are more than one in so many. */
const CROSSED_OUT_SHARE = 4;

export class Residents {
  /** Refs that can be drawn. */
  size = 0;
  #listed = 0;
  readonly #chunks: Int32Array[] = [];
  readonly #marks: (Uint32Array | undefined)[] = [];
  #sweep = 0;

  get bytes(): number {
    let marks = 0;
    for (const segment of this.#marks) marks += segment?.byteLength ?? 0;
    return marks + (this.#chunks.length << (CHUNK_SHIFT + 2));
  }

  add(ref: Ref): void {
    const marks = this.#marksOf(ref);
    if ((marks & VALID) !== 0) return;
    this.size++;
    if ((marks & LISTED) === 0) this.#append(ref);
    this.#mark(ref, LISTED | VALID);
    if (this.#listed > 64 && (this.#listed - this.size) * CROSSED_OUT_SHARE > this.#listed) this.#clearSome();
  }

  /** A block is given back, or not to be drawn any more. */
  remove(ref: Ref): void {
    const marks = this.#marksOf(ref);
    if ((marks & VALID) === 0) return;
    this.size--;
    this.#mark(ref, marks & LISTED);
  }

  /** A random one, or 0 when there is none. @param below a uniform number in [0, bound) */
  sample(below: (bound: number) => number): Ref {
    while (this.size > 0) {
      const position = below(this.#listed);
      const ref = this.#at(position);
      if ((this.#marksOf(ref) & VALID) !== 0) return ref;
      this.#clear(position);
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
    this.#mark(this.#at(position), 0);
    const last = this.#at(--this.#listed);
    this.#chunks[position >>> CHUNK_SHIFT]![position & CHUNK_MASK] = last;
    const needed = (this.#listed >>> CHUNK_SHIFT) + 2;
    if (this.#chunks.length > needed) this.#chunks.length = needed;
  }

  #clearSome(): void {
    for (let i = 0; i < 4 && this.#listed > 0; i++) {
      if (this.#sweep >= this.#listed) this.#sweep = 0;
      if ((this.#marksOf(this.#at(this.#sweep)) & VALID) === 0) this.#clear(this.#sweep);
      else this.#sweep++;
    }
  }

  #marksOf(ref: Ref): number {
    const marks = this.#marks[ref >>> SEGMENT_SHIFT];
    return marks === undefined ? 0 : (marks[wordOf(ref)]! >>> shiftOf(ref)) & 3;
  }

  #mark(ref: Ref, bits: number): void {
    const marks = this.#marks[ref >>> SEGMENT_SHIFT] ??= new Uint32Array(SEGMENT_WORDS);
    const word = wordOf(ref);
    marks[word] = (marks[word]! & ~(3 << shiftOf(ref))) | (bits << shiftOf(ref));
  }
}

function wordOf(ref: Ref): number {
  return (ref >>> 5) & (SEGMENT_WORDS - 1);
}

function shiftOf(ref: Ref): number {
  return ((ref >>> 1) & 15) << 1;
}
