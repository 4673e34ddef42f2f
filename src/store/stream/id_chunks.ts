/**
 * Where the rows of an {@link IdTable} lie: chunks in blocks of the arena, and a directory of the chunks.
 *
 * ```text
 * chunk       2 words: number of rows, rows passed over at the beginning; then the rows, which lie side by side
 * directory   one word a chunk, in the order of the chunks; its first words may be unused too
 * ```
 *
 * Rows and chunks are taken from the front without moving the others: what is passed over grows instead.
 *
 * Invariants:
 *  1. No chunk is empty. The only chunk there is may have any capacity, more than one have room for {@link IdChunks.rowsMax} each.
 *  2. With one chunk or none there is no directory.
 *  3. `heldBytes` is what chunks and directory take in the arena.
 */
import {
  type Arena,
  ArenaFullError,
  BLOCK_BYTES_MAX,
  OFFSET_MASK,
  type Ref,
  SEGMENT_SHIFT,
} from "../memory/arena.ts";

/** Bytes of a chunk with room for as many rows as it may have: those of a block. */
const CHUNK_BYTES = 4096;
/** Words before the rows of a chunk. */
export const CHUNK_HEADER_WORDS = 2;
const COUNT = 0;
const SKIPPED = 1;

const DIRECTORY_WORDS_MIN = 8;

export class IdChunks {
  heldBytes = 0;
  /** Number of chunks. */
  length = 0;
  readonly arena: Arena;
  /** Words of a row. */
  readonly rowWords: number;
  /** The most rows of a chunk. */
  readonly rowsMax: number;
  #only: Ref = 0;
  #directory: Ref = 0;
  /** Words of the directory that are passed over. */
  #skipped = 0;

  constructor(arena: Arena, rowWords: number) {
    this.arena = arena;
    this.rowWords = rowWords;
    this.rowsMax = Math.floor((CHUNK_BYTES / 4 - CHUNK_HEADER_WORDS) / rowWords);
  }

  /** Chunk `i`, which must exist. */
  at(i: number): Ref {
    const directory = this.#directory;
    if (directory === 0) return this.#only;
    return this.arena.words[directory >>> SEGMENT_SHIFT]![wordAt(directory) + this.#skipped + i]!;
  }

  /** Number of rows in a chunk. */
  countOf(chunk: Ref): number {
    return this.arena.words[chunk >>> SEGMENT_SHIFT]![wordAt(chunk) + COUNT]!;
  }

  /** Where in the words of its segment a row begins; there need not be one. */
  rowAt(chunk: Ref, row: number): number {
    const words = this.arena.words[chunk >>> SEGMENT_SHIFT]!;
    const at = wordAt(chunk);
    return at + CHUNK_HEADER_WORDS + (words[at + SKIPPED]! + row) * this.rowWords;
  }

  // ---- chunks -----------------------------------------------------------------------------------------------

  /** Makes a chunk without rows, with room for so many, and puts it in the directory as number `i`. */
  insertChunk(i: number, rows: number): Ref {
    const chunk = this.#allocate(rows);
    const { length } = this;
    this.length++;
    if (length === 0) {
      this.#only = chunk;
      return chunk;
    }
    this.#makeDirectoryRoom(length + 1);
    const words = this.arena.words[this.#directory >>> SEGMENT_SHIFT]!;
    const first = wordAt(this.#directory) + this.#skipped;
    if (i < length) words.copyWithin(first + i + 1, first + i, first + length);
    words[first + i] = chunk;
    return chunk;
  }

  /** Gives chunk `i` back. */
  removeChunk(i: number): void {
    this.#free(this.at(i));
    const length = --this.length;
    if (this.#directory === 0) {
      this.#only = 0;
      return;
    }
    const words = this.arena.words[this.#directory >>> SEGMENT_SHIFT]!;
    const first = wordAt(this.#directory) + this.#skipped;
    if (i === 0) this.#skipped++;
    else words.copyWithin(first + i, first + i + 1, first + length + 1);
    if (length > 1) return;
    this.#only = this.at(0);
    this.#free(this.#directory);
    this.#directory = this.#skipped = 0;
  }

  /** Moves the rows of the only chunk into one with room for `rows`. */
  #refit(rows: number): Ref {
    const chunk = this.#only;
    const count = this.countOf(chunk);
    const moved = this.#allocate(rows);
    this.#only = moved;
    this.#copyRows(chunk, 0, moved, count);
    this.#free(chunk);
    return moved;
  }

  /** Makes the directory one of at least `needed` words, or makes room at its end. */
  #makeDirectoryRoom(needed: number): void {
    const { arena } = this;
    const directory = this.#directory;
    const words = directory === 0 ? 0 : arena.sizeOf(directory) >> 2;
    if (this.#skipped + needed <= words) return;
    const length = needed - 1;
    const skipped = this.#skipped;
    this.#skipped = 0;
    if (needed <= words - (words >> 2)) {
      const from = wordAt(directory) + skipped;
      arena.words[directory >>> SEGMENT_SHIFT]!.copyWithin(wordAt(directory), from, from + length);
      return;
    }
    const bytes = Math.max(DIRECTORY_WORDS_MIN, needed * 2) * 4;
    if (bytes > BLOCK_BYTES_MAX) throw new ArenaFullError();
    const grown = arena.allocate(bytes);
    this.heldBytes += arena.sizeOf(grown);
    const into = arena.words[grown >>> SEGMENT_SHIFT]!;
    const to = wordAt(grown);
    if (directory === 0) {
      into[to] = this.#only;
    } else {
      const from = arena.words[directory >>> SEGMENT_SHIFT]!;
      const at = wordAt(directory) + skipped;
      for (let i = 0; i < length; i++) into[to + i] = from[at + i]!;
      this.#free(directory);
    }
    this.#directory = grown;
  }

  #allocate(rows: number): Ref {
    const chunk = this.arena.allocate((CHUNK_HEADER_WORDS + rows * this.rowWords) * 4);
    this.heldBytes += this.arena.sizeOf(chunk);
    const words = this.arena.words[chunk >>> SEGMENT_SHIFT]!;
    const at = wordAt(chunk);
    words[at + COUNT] = words[at + SKIPPED] = 0;
    return chunk;
  }

  #free(block: Ref): void {
    this.heldBytes -= this.arena.sizeOf(block);
    this.arena.free(block);
  }

  // ---- rows -------------------------------------------------------------------------------------------------

  /** How many rows a chunk has room for. */
  #capacityOf(chunk: Ref): number {
    const rows = ((this.arena.sizeOf(chunk) >> 2) - CHUNK_HEADER_WORDS) / this.rowWords;
    return Math.min(this.rowsMax, Math.floor(rows));
  }

  /**
   * Makes room for one more row of chunk `i` without making another chunk; what the row holds is undefined.
   * @returns false when the chunk is full
   */
  openRow(i: number, row: number): boolean {
    let chunk = this.at(i);
    const count = this.countOf(chunk);
    const capacity = this.#capacityOf(chunk);
    const isAppended = row === count;
    if (!this.#hasRoomBehind(chunk, capacity)) {
      const skipped = this.#skippedIn(chunk);
      // To slide all rows for the sake of a few is not worth it: an append takes a larger chunk, or another one.
      const isSlid = skipped > 0 && skipped >= capacity >> 2;
      if (count === capacity || isAppended && !isSlid) {
        if (capacity === this.rowsMax) return false;
        chunk = this.#refit(Math.min(this.rowsMax, capacity * 2));
      } else if (isAppended) {
        this.#slideToStart(chunk);
      }
    }
    const words = this.arena.words[chunk >>> SEGMENT_SHIFT]!;
    const first = this.rowAt(chunk, 0);
    const place = first + row * this.rowWords;
    if (isAppended || this.#hasRoomBehind(chunk, this.#capacityOf(chunk))) {
      if (!isAppended) words.copyWithin(place + this.rowWords, place, first + count * this.rowWords);
    } else {
      words.copyWithin(first - this.rowWords, first, place);
      words[wordAt(chunk) + SKIPPED]!--;
    }
    words[wordAt(chunk) + COUNT] = count + 1;
    return true;
  }

  #skippedIn(chunk: Ref): number {
    return this.arena.words[chunk >>> SEGMENT_SHIFT]![wordAt(chunk) + SKIPPED]!;
  }

  #hasRoomBehind(chunk: Ref, capacity: number): boolean {
    return this.#skippedIn(chunk) + this.countOf(chunk) < capacity;
  }

  /** Removes a row of chunk `i`, which must have others. */
  closeRow(i: number, row: number): void {
    const chunk = this.at(i);
    const words = this.arena.words[chunk >>> SEGMENT_SHIFT]!;
    const at = wordAt(chunk);
    const count = words[at + COUNT]! - 1;
    const first = this.rowAt(chunk, 0);
    const place = first + row * this.rowWords;
    words[at + COUNT] = count;
    if (row < count >> 1) {
      words.copyWithin(first + this.rowWords, first, place);
      words[at + SKIPPED]!++;
    } else {
      words.copyWithin(place, place + this.rowWords, first + (count + 1) * this.rowWords);
    }
    if (this.length === 1 && count * 8 <= this.#capacityOf(chunk)) this.#refit(count * 2);
  }

  /** Cuts a full chunk in two halves; the second one is chunk `i + 1`. */
  split(i: number): void {
    const second = this.insertChunk(i + 1, this.rowsMax);
    const chunk = this.at(i);
    const count = this.countOf(chunk);
    const kept = count >> 1;
    this.#copyRows(chunk, kept, second, count - kept);
    this.arena.words[chunk >>> SEGMENT_SHIFT]![wordAt(chunk) + COUNT] = kept;
  }

  /**
   * Joins chunk `i` and the next one when both are half a chunk together; whether they were.
   */
  join(i: number): boolean {
    if (i < 0 || i + 1 >= this.length) return false;
    const chunk = this.at(i);
    const next = this.at(i + 1);
    const count = this.countOf(chunk);
    if (count + this.countOf(next) > this.rowsMax >> 1) return false;
    this.#slideToStart(chunk);
    this.#copyRows(next, 0, chunk, this.countOf(next));
    this.removeChunk(i + 1);
    return true;
  }

  #slideToStart(chunk: Ref): void {
    const words = this.arena.words[chunk >>> SEGMENT_SHIFT]!;
    const at = wordAt(chunk);
    const first = this.rowAt(chunk, 0);
    words.copyWithin(at + CHUNK_HEADER_WORDS, first, first + words[at + COUNT]! * this.rowWords);
    words[at + SKIPPED] = 0;
  }

  /** Adds `count` rows of one chunk, from row `from` on, behind those of another one, which has room. */
  #copyRows(source: Ref, from: number, target: Ref, count: number): void {
    const words = this.arena.words[source >>> SEGMENT_SHIFT]!;
    const into = this.arena.words[target >>> SEGMENT_SHIFT]!;
    const start = this.rowAt(source, from);
    const end = this.rowAt(target, this.countOf(target));
    for (let i = 0; i < count * this.rowWords; i++) into[end + i] = words[start + i]!;
    into[wordAt(target) + COUNT]! += count;
  }

  /** The same rows once more. O(rows). */
  copy(): IdChunks {
    const copy = new IdChunks(this.arena, this.rowWords);
    for (let i = 0; i < this.length; i++) {
      const chunk = this.at(i);
      const count = this.countOf(chunk);
      copy.#copyRows(chunk, 0, copy.insertChunk(i, this.length === 1 ? count : this.rowsMax), count);
    }
    return copy;
  }
}

/** Where in the words of its segment a block begins. */
function wordAt(ref: Ref): number {
  return (ref & OFFSET_MASK) << 1;
}
