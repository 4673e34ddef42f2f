/**
 * Values in neighbouring pages, on their way to the file together. Columns rather than objects, and used again and again: a
 * million values that pass through here must not leave a million objects behind for the collector.
 *
 * Invariant: rows below `count` are in use; a row whose ref is 0 was cancelled, but its pages are taken until the write ends.
 */
import type { Ref } from "../store/memory/arena.ts";
import type { EntrySet } from "../store/memory/entry_set.ts";
import type { SwapPlace } from "../store/swap_store.ts";

/** Bytes that are written at once; a value that is longer is a batch of its own. */
export const BATCH_BYTES: number = 256 << 10;
const BATCH_VALUES = 1024;

export class Batch {
  /** What is written. */
  readonly bytes: Uint8Array;
  /** The first page. */
  page = 0;
  /** Pages taken from there on. */
  pages = 0;
  /** Bytes up to the end of the last value. */
  length = 0;
  count = 0;
  readonly refs: Int32Array = new Int32Array(BATCH_VALUES);
  readonly sets: EntrySet[] = [];
  /** What commands that ask for the size of the value are answered. */
  readonly sizes: Float64Array = new Float64Array(BATCH_VALUES);
  /** The access clock when the value was chosen. */
  readonly accesses: Int32Array = new Int32Array(BATCH_VALUES);
  /** Bytes of memory that will be free. */
  readonly gains: Float64Array = new Float64Array(BATCH_VALUES);
  readonly #firstPages: Float64Array = new Float64Array(BATCH_VALUES);
  readonly #lengths: Int32Array = new Int32Array(BATCH_VALUES);
  readonly #checksums: Int32Array = new Int32Array(BATCH_VALUES);
  readonly #collections: Uint8Array = new Uint8Array(BATCH_VALUES);

  /** @param bytes room for values */
  constructor(bytes: number) {
    this.bytes = new Uint8Array(bytes);
  }

  begin(page: number): void {
    this.page = page;
    this.pages = this.length = this.count = 0;
  }

  /** Whether `pages` pages from `page` on follow what is here, and there is room for them. */
  takes(page: number, pages: number, pageSize: number): boolean {
    return this.page + this.pages === page && this.count < BATCH_VALUES &&
      (this.pages + pages) * pageSize <= this.bytes.length;
  }

  /** Adds a value whose bytes are here already. */
  add(ref: Ref, entries: EntrySet, place: SwapPlace, size: number, access: number, gain: number): void {
    const row = this.count++;
    this.refs[row] = ref;
    this.sets[row] = entries;
    this.sizes[row] = size;
    this.accesses[row] = access;
    this.gains[row] = gain;
    this.#firstPages[row] = place.page;
    this.#lengths[row] = place.length;
    this.#checksums[row] = place.checksum;
    this.#collections[row] = place.isCollection ? 1 : 0;
  }

  placeOf(row: number, into: SwapPlace): SwapPlace {
    into.page = this.#firstPages[row]!;
    into.length = this.#lengths[row]!;
    into.checksum = this.#checksums[row]!;
    into.isCollection = this.#collections[row] === 1;
    return into;
  }

  /** The row of a value, or -1. O(values). */
  rowOf(ref: Ref): number {
    const row = this.refs.indexOf(ref);
    return row < this.count ? row : -1;
  }
}
