/**
 * The turns of swapped values in a walk over all entries: in the order of their pages, many at a time, so that the swap
 * file is read in one direction instead of at random.
 *
 * What is remembered of a value is its page and the hash of its key, not its entry, which may go or move before its turn
 * comes: {@link Dict.forHash} finds out who is there by then.
 */

/** Values whose turns are put in order together. */
export const PAGE_ORDER_VALUES: number = 1 << 15;
/** More room than the steps of a walk can add before they look whether it is full. */
const CAPACITY = 2 * PAGE_ORDER_VALUES;

export class PageOrder {
  /** Values that wait for their turn. */
  waiting = 0;
  /** The page of the value whose turn was taken last. */
  page = 0;
  /** Whether turns are being taken; nothing may be added before all are. */
  isTaking = false;
  readonly #keys = new Float64Array(CAPACITY);
  readonly #hashes = new Int32Array(CAPACITY);
  #next = 0;

  get isFull(): boolean {
    return this.waiting >= PAGE_ORDER_VALUES;
  }

  /** @param page its first page @param hash the hash of its key */
  add(page: number, hash: number): void {
    this.#hashes[this.waiting] = hash;
    this.#keys[this.waiting] = page * CAPACITY + this.waiting;
    this.waiting++;
  }

  /** Begins to take turns. O(n log n) for n that wait. */
  begin(): void {
    this.#keys.subarray(0, this.waiting).sort();
    this.#next = 0;
    this.isTaking = true;
  }

  /** The hash of the key whose turn it is; somebody must be waiting. */
  take(): number {
    const key = this.#keys[this.#next++]!;
    const i = key % CAPACITY;
    this.page = (key - i) / CAPACITY;
    const hash = this.#hashes[i]!;
    if (--this.waiting === 0) this.isTaking = false;
    return hash;
  }
}
