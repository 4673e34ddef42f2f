/**
 * Rows ordered by an id: the nodes of a stream, what is pending in a group, what is pending at a consumer. A row is an id and
 * some int32 words, which are the owner's to fill. Everything lies in the arena.
 *
 * Rows are mostly added behind the last one and taken from the front, both in O(1); anywhere else they come and go in
 * O(log n), and at most the rows of a chunk are moved.
 *
 * A table has a position of its own; whoever walks for longer than that stays takes an {@link IdCursor}, which is good until
 * rows are inserted or removed.
 */
import type { Arena } from "../memory/arena.ts";
import { SEGMENT_SHIFT } from "../memory/arena.ts";
import { IdChunks } from "./id_chunks.ts";
import type { StreamId } from "./stream_id.ts";

const ID_WORDS = 4;
const NO_WORDS = new Int32Array(0);
/** So many chunks are given back in one step. */
const RELEASED_CHUNKS = 64;

/** A position in a table. */
export class IdCursor {
  #chunks!: IdChunks;
  #chunk = 0;
  #row = 0;
  /** Rows in the chunk; 0 when the position is at no row. */
  #rows = 0;
  #words: Int32Array = NO_WORDS;
  /** Where the row begins. */
  #at = 0;

  /** @param table may be left out when {@link open} follows */
  constructor(table?: { readonly chunks: IdChunks }) {
    if (table !== undefined) this.#chunks = table.chunks;
  }

  /** Goes to another table, to no row of it. */
  open(table: IdTable): this {
    this.#chunks = table.chunks;
    this.#rows = 0;
    return this;
  }

  /** Whether the position is at a row. */
  get isAtRow(): boolean {
    return this.#rows > 0;
  }

  /** The number of the chunk at whose row the position is, and of the row in it. */
  get chunk(): number {
    return this.#chunk;
  }

  get row(): number {
    return this.#row;
  }

  /** A number for this position, at least 1: {@link goTo} goes back to it while the table does not change. */
  get mark(): number {
    return this.#chunk * this.#chunks.rowsMax + this.#row + 1;
  }

  /** Moves to where {@link mark} was told. */
  goTo(mark: number): boolean {
    const { rowsMax } = this.#chunks;
    return this.moveTo(Math.floor((mark - 1) / rowsMax), (mark - 1) % rowsMax);
  }

  /** Moves to a row of a chunk, or to the first row of the next one; false when there is none. */
  moveTo(chunk: number, row: number): boolean {
    const chunks = this.#chunks;
    this.#rows = 0;
    if (chunk >= chunks.length) return false;
    let ref = chunks.at(chunk);
    let rows = chunks.countOf(ref);
    if (row >= rows) {
      if (++chunk === chunks.length) return false;
      ref = chunks.at(chunk);
      rows = chunks.countOf(ref);
      row = 0;
    }
    this.#chunk = chunk;
    this.#row = row;
    this.#rows = rows;
    this.#words = chunks.arena.words[ref >>> SEGMENT_SHIFT]!;
    this.#at = chunks.rowAt(ref, row);
    return true;
  }

  /** Moves to the row with this id, or to the first one with a greater id; true when it is equal. O(log n). */
  seek(id: StreamId): boolean {
    const chunk = chunkOf(this.#chunks, id);
    if (chunk < 0) {
      this.moveTo(0, 0);
      return false;
    }
    return this.moveTo(chunk, rowOf(this.#chunks, chunk, id)) && this.compare(id) === 0;
  }

  /** Moves to the row with this id, or to the last one with a smaller id; false when there is none. O(log n). */
  seekAtMost(id: StreamId): boolean {
    const chunk = chunkOf(this.#chunks, id);
    if (chunk < 0) {
      this.#rows = 0;
      return false;
    }
    const row = rowOf(this.#chunks, chunk, id);
    const isThere = row < this.#chunks.countOf(this.#chunks.at(chunk)) &&
      this.moveTo(chunk, row) && this.compare(id) === 0;
    return isThere || this.moveTo(chunk, row - 1);
  }

  /** Moves to the row with the least id; false when there is none. */
  seekFirst(): boolean {
    return this.moveTo(0, 0);
  }

  /** Moves to the row with the greatest id; false when there is none. */
  seekLast(): boolean {
    const chunks = this.#chunks;
    const last = chunks.length - 1;
    if (last < 0) {
      this.#rows = 0;
      return false;
    }
    return this.moveTo(last, chunks.countOf(chunks.at(last)) - 1);
  }

  /** Moves to the next row; false, and at no row, when there is none. */
  next(): boolean {
    const row = this.#row + 1;
    if (row >= this.#rows) return this.#rows > 0 && this.moveTo(this.#chunk + 1, 0);
    this.#row = row;
    this.#at += this.#chunks.rowWords;
    return true;
  }

  /** Moves to the row before; false, and at no row, when there is none. */
  previous(): boolean {
    if (this.#rows === 0) return false;
    if (this.#row > 0) {
      this.#row--;
      this.#at -= this.#chunks.rowWords;
      return true;
    }
    const chunk = this.#chunk - 1;
    if (chunk < 0) {
      this.#rows = 0;
      return false;
    }
    return this.moveTo(chunk, this.#chunks.countOf(this.#chunks.at(chunk)) - 1);
  }

  /** Negative, 0 or positive, as the id of the row is less than, equal to or greater than another. */
  compare(id: StreamId): number {
    return compareAt(this.#words, this.#at, id);
  }

  readId(into: StreamId): StreamId {
    const words = this.#words;
    const at = this.#at;
    into.msHigh = words[at]!;
    into.msLow = words[at + 1]!;
    into.sequenceHigh = words[at + 2]!;
    into.sequenceLow = words[at + 3]!;
    return into;
  }

  /** Begins the row with an id: for a row that was just opened. */
  writeId(id: StreamId): void {
    const words = this.#words;
    const at = this.#at;
    words[at] = id.msHigh;
    words[at + 1] = id.msLow;
    words[at + 2] = id.sequenceHigh;
    words[at + 3] = id.sequenceLow;
    words.fill(0, at + ID_WORDS, at + this.#chunks.rowWords);
  }

  /** A word of the row. */
  get(word: number): number {
    return this.#words[this.#at + ID_WORDS + word]!;
  }

  setWord(word: number, value: number): void {
    this.#words[this.#at + ID_WORDS + word] = value;
  }
}

export class IdTable {
  readonly chunks: IdChunks;
  readonly #cursor: IdCursor;
  #size = 0;

  constructor(
    arena: Arena,
    payloadWords: number,
    chunks: IdChunks = new IdChunks(arena, ID_WORDS + payloadWords),
  ) {
    this.chunks = chunks;
    this.#cursor = new IdCursor(this);
  }

  /** Number of rows. */
  get size(): number {
    return this.#size;
  }

  /** Bytes that it holds in the arena; elsewhere it holds none. */
  get heldBytes(): number {
    return this.chunks.heldBytes;
  }

  // ---- its own position, as an IdCursor has one ---------------------------------------------------------------

  get isAtRow(): boolean {
    return this.#cursor.isAtRow;
  }

  seek(id: StreamId): boolean {
    return this.#cursor.seek(id);
  }

  seekAtMost(id: StreamId): boolean {
    return this.#cursor.seekAtMost(id);
  }

  seekFirst(): boolean {
    return this.#cursor.seekFirst();
  }

  seekLast(): boolean {
    return this.#cursor.seekLast();
  }

  next(): boolean {
    return this.#cursor.next();
  }

  previous(): boolean {
    return this.#cursor.previous();
  }

  compare(id: StreamId): number {
    return this.#cursor.compare(id);
  }

  readId(into: StreamId): StreamId {
    return this.#cursor.readId(into);
  }

  get(word: number): number {
    return this.#cursor.get(word);
  }

  setWord(word: number, value: number): void {
    this.#cursor.setWord(word, value);
  }

  // ---- changing -----------------------------------------------------------------------------------------------

  /**
   * Adds a row whose words are 0, and moves to it; false, with nothing changed, when there is one with this id: then moves to
   * that. O(1) behind the last row, else O(log n).
   */
  insert(id: StreamId): boolean {
    const { chunks } = this;
    const cursor = this.#cursor;
    let chunk = Math.max(0, chunkOf(chunks, id));
    let row = 0;
    if (chunks.length === 0) {
      chunks.insertChunk(0, 1);
    } else {
      row = rowOf(chunks, chunk, id);
      const count = chunks.countOf(chunks.at(chunk));
      if (row < count && cursor.moveTo(chunk, row) && cursor.compare(id) === 0) return false;
    }
    if (!chunks.openRow(chunk, row)) {
      const count = chunks.countOf(chunks.at(chunk));
      if (row === count && chunk === chunks.length - 1) {
        chunks.insertChunk(++chunk, chunks.rowsMax);
        row = 0;
      } else {
        chunks.split(chunk);
        const kept = chunks.countOf(chunks.at(chunk));
        if (row > kept) {
          chunk++;
          row -= kept;
        }
      }
      chunks.openRow(chunk, row);
    }
    this.#size++;
    cursor.moveTo(chunk, row);
    cursor.writeId(id);
    return true;
  }

  /** Removes the row at the position, which is at the next one then, or at none. O(1) at either end. */
  remove(): void {
    const { chunks } = this;
    const cursor = this.#cursor;
    let { chunk, row } = cursor;
    this.#size--;
    if (chunks.countOf(chunks.at(chunk)) === 1) {
      chunks.removeChunk(chunk);
    } else {
      chunks.closeRow(chunk, row);
      const before = chunk > 0 ? chunks.countOf(chunks.at(chunk - 1)) : 0;
      if (!chunks.join(chunk) && chunks.join(chunk - 1)) {
        chunk--;
        row += before;
      }
    }
    cursor.moveTo(chunk, row);
  }

  // ---- as a whole ---------------------------------------------------------------------------------------------

  /** The same rows once more. O(n). */
  copy(): IdTable {
    const copy = new IdTable(this.chunks.arena, 0, this.chunks.copy());
    copy.#size = this.#size;
    return copy;
  }

  /** Gives all rows back. O(n). */
  release(): void {
    while (this.releaseSome());
  }

  /** Gives back some thousand rows and tells whether any are left. */
  releaseSome(): boolean {
    const { chunks } = this;
    for (let i = 0; i < RELEASED_CHUNKS && chunks.length > 0; i++) {
      const last = chunks.length - 1;
      this.#size -= chunks.countOf(chunks.at(last));
      chunks.removeChunk(last);
    }
    this.#cursor.seekFirst();
    return chunks.length > 0;
  }
}

/** The last chunk whose first id is not greater than `id`; -1 when there is none. O(log n), O(1) when it is the last. */
function chunkOf(chunks: IdChunks, id: StreamId): number {
  let low = 0;
  let high = chunks.length;
  for (let middle = high - 1; low < high; middle = (low + high) >> 1) {
    const chunk = chunks.at(middle);
    const words = chunks.arena.words[chunk >>> SEGMENT_SHIFT]!;
    if (compareAt(words, chunks.rowAt(chunk, 0), id) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The first row of a chunk whose id is not less than `id`; the number of rows when there is none. O(log n). */
function rowOf(chunks: IdChunks, chunk: number, id: StreamId): number {
  const ref = chunks.at(chunk);
  const words = chunks.arena.words[ref >>> SEGMENT_SHIFT]!;
  const first = chunks.rowAt(ref, 0);
  let low = 0;
  let high = chunks.countOf(ref);
  for (let middle = high - 1; low < high; middle = (low + high) >> 1) {
    if (compareAt(words, first + middle * chunks.rowWords, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compareAt(words: Int32Array, at: number, id: StreamId): number {
  if (words[at] !== id.msHigh) return (words[at]! >>> 0) - (id.msHigh >>> 0);
  if (words[at + 1] !== id.msLow) return (words[at + 1]! >>> 0) - (id.msLow >>> 0);
  if (words[at + 2] !== id.sequenceHigh) return (words[at + 2]! >>> 0) - (id.sequenceHigh >>> 0);
  return (words[at + 3]! >>> 0) - (id.sequenceLow >>> 0);
}
