/**
 * Which pages of the swap file are taken: one bit a page.
 *
 * Values lie in neighbouring pages. They are taken in sequence, from where the last search ended, so that values swapped out
 * together lie together and are written at once. While the file is mostly full it grows at its end, up to its limit; once a
 * quarter of it is free, the search begins again in the holes, and after a while without room it jumps to a random page.
 * So the file stays below 4/3 of what is used, as far as the holes are large enough.
 *
 * Invariants: no page at or beyond `extent` is taken, and the last one before it is; `used` is the number of bits set.
 */

/** Names of pages fit 32 bits. */
export const PAGES_MAX = 2 ** 32 - 1;
/** Below so many pages holes are not worth a search. */
const HOLES_PAGES_MIN = 4096;
/** Pages looked at in a row before the search goes on somewhere else. */
const NEAR_PAGES = 1 << 14;
const JUMPS = 4;
const FULL = 0xffffffff;

export class PageMap {
  /** Pages taken. */
  used = 0;
  /** The first page behind all that are taken. */
  extent = 0;
  readonly limit: number;
  readonly #below: (bound: number) => number;
  #words: Uint32Array = new Uint32Array(1024);
  #cursor = 0;
  /** So many pages in a row were looked for everywhere in vain, and none was given back since. */
  #lackingFrom = Infinity;

  /**
   * @param limit the most pages; 0: as many as there are numbers for
   * @param below a uniform number in [0, bound)
   */
  constructor(limit: number, below: (bound: number) => number) {
    this.limit = limit === 0 ? PAGES_MAX : Math.min(limit, PAGES_MAX);
    this.#below = below;
  }

  /** Bytes of the map itself. */
  get bytes(): number {
    return this.#words.byteLength;
  }

  /** Takes `count` pages in a row; the first one, or -1 when there is no room. */
  allocate(count: number): number {
    if (count >= this.#lackingFrom) return -1;
    let page = (this.extent - this.used) * 4 > this.extent && this.extent >= HOLES_PAGES_MIN
      ? this.#searchNear(count)
      : -1;
    if (page < 0 && this.extent + count <= this.limit) page = this.extent;
    if (page < 0) page = this.#findRun(0, this.extent, count);
    if (page < 0 || page + count > this.limit) {
      this.#lackingFrom = count;
      return -1;
    }
    this.#set(page, count, true);
    this.used += count;
    this.extent = Math.max(this.extent, page + count);
    this.#cursor = page + count;
    return page;
  }

  /** Gives pages back, which must be taken. */
  free(page: number, count: number): void {
    this.#set(page, count, false);
    this.used -= count;
    this.#lackingFrom = Infinity;
    if (page + count === this.extent) this.#lowerExtent(page);
  }

  isTaken(page: number): boolean {
    return page < this.extent && ((this.#words[page >>> 5]! >>> (page & 31)) & 1) === 1;
  }

  /** The share of pages taken, 0 to 1, in each of `blocks` equal parts of the file up to its extent. O(extent). */
  occupancy(blocks: number): number[] {
    const shares: number[] = [];
    for (let i = 0; i < blocks; i++) {
      const from = Math.floor(this.extent * i / blocks);
      const to = Math.max(from + 1, Math.floor(this.extent * (i + 1) / blocks));
      shares.push(this.#count(from, Math.min(to, this.extent)) / (to - from));
    }
    return shares;
  }

  /** Runs of free pages before the extent, and the longest of them. O(extent). */
  holes(): { readonly count: number; readonly longest: number } {
    let count = 0;
    let longest = 0;
    for (let page = 0; page < this.extent;) {
      page = this.#next(page, this.extent, false);
      const end = this.#next(page, this.extent, true);
      if (end > page) count++;
      longest = Math.max(longest, end - page);
      page = end;
    }
    return { count, longest };
  }

  #searchNear(count: number): number {
    let from = this.#cursor;
    for (let i = 0; i < JUMPS; i++) {
      if (from + count > this.extent) from = 0;
      const page = this.#findRun(from, Math.min(from + NEAR_PAGES + count, this.extent), count);
      if (page >= 0) return page;
      from = this.#below(this.extent);
    }
    return -1;
  }

  /** The first of `count` free pages in a row in [from, to), or -1. */
  #findRun(from: number, to: number, count: number): number {
    for (let page = from; page + count <= to;) {
      page = this.#next(page, to, false);
      if (page + count > to) return -1;
      const end = this.#next(page, page + count, true);
      if (end === page + count) return page;
      page = end;
    }
    return -1;
  }

  /** The first page in [from, to) that is taken, or free; `to` when there is none. */
  #next(from: number, to: number, taken: boolean): number {
    const words = this.#words;
    let page = from;
    while (page < to) {
      const word = taken ? words[page >>> 5]! : ~words[page >>> 5]!;
      const rest = word >>> (page & 31);
      if (rest !== 0) return Math.min(to, page + 31 - Math.clz32(rest & -rest));
      page += 32 - (page & 31);
    }
    return to;
  }

  #count(from: number, to: number): number {
    let taken = 0;
    for (let page = from; page < to;) {
      const start = this.#next(page, to, true);
      page = this.#next(start, to, false);
      taken += page - start;
    }
    return taken;
  }

  #set(page: number, count: number, taken: boolean): void {
    const last = (page + count - 1) >>> 5;
    if (last >= this.#words.length) this.#grow(last + 1);
    const words = this.#words;
    for (let at = page, left = count; left > 0;) {
      const bit = at & 31;
      const bits = Math.min(left, 32 - bit);
      const mask = bits === 32 ? FULL : ((1 << bits) - 1) << bit;
      if (taken) words[at >>> 5]! |= mask;
      else words[at >>> 5]! &= ~mask;
      at += bits;
      left -= bits;
    }
  }

  #grow(words: number): void {
    const most = Math.ceil(this.limit / 32);
    const grown = new Uint32Array(Math.max(words, Math.min(most, this.#words.length * 2)));
    grown.set(this.#words);
    this.#words = grown;
  }

  #lowerExtent(page: number): void {
    const words = this.#words;
    while (page > 0) {
      const bit = (page - 1) & 31;
      const word = words[(page - 1) >>> 5]! & (bit === 31 ? FULL : (1 << (bit + 1)) - 1);
      if (word !== 0) {
        page = page - 1 - bit + 32 - Math.clz32(word);
        break;
      }
      page -= bit + 1;
    }
    this.extent = page;
    if (this.#cursor > page) this.#cursor = 0;
  }
}
