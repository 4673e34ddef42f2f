/**
 * The arena: where keys and values live, outside the JS heap.
 *
 * Memory is taken from the system in segments of 16 MiB (each an ArrayBuffer, whose untouched pages cost
 * nothing), cut into pages of 64 KiB. A page holds blocks of one size class, or is part of a run of pages for
 * one large block. A block is named by a `Ref`: its address in units of 8 bytes, as a signed 32-bit integer
 * (so that V8 keeps it unboxed), which reaches 32 GiB. Ref 0 is no block.
 *
 * Invariants:
 *  1. A block never moves while it is allocated; its bytes are not cleared when it is handed out.
 *  2. Every page of a class with a free block, except the class's current page, is on that class's list.
 *  3. A page whose last block is freed goes back to the pool, unless it is the one of its class from which blocks are taken; a
 *     segment whose last page is freed stands idle until it is used again, or goes back to the system
 *     ({@link Arena.releaseIdle}).
 *  4. `usedBytes` is the sum of the sizes of all allocated blocks, as rounded up to their class.
 */

/** The name of a block: (address in the arena) / 8, as an int32. 0 is none. */
export type Ref = number;

const SEGMENT_BYTES = 16 << 20;
/**
 * The C library gives back to the system at once what takes more than anything of that size that was freed before, or more than 32
 * MiB; less it keeps between other things, and clears all of it when it is asked for again. So segments are asked for with some
 * more behind them, which is never touched, and with more each time that some have been given back.
 */
const MAPPED_STEP_BYTES = 64 << 10;
const MAPPED_BYTES_MAX: number = (32 << 20) + MAPPED_STEP_BYTES;
let mappedBytes: number = SEGMENT_BYTES + MAPPED_STEP_BYTES;

/** Gives memory back to the system, whatever still names it. */
export function giveBack(buffer: ArrayBuffer): void {
  const bytes = buffer.byteLength;
  if (bytes >= mappedBytes) mappedBytes = Math.min(bytes + MAPPED_STEP_BYTES, MAPPED_BYTES_MAX);
  buffer.transfer(0);
}

/** `ref >>> SEGMENT_SHIFT` is the number of the segment. */
export const SEGMENT_SHIFT = 21;
/** `ref & OFFSET_MASK` is the place in the segment, in units of 8 bytes. */
export const OFFSET_MASK: number = (1 << SEGMENT_SHIFT) - 1;
const PAGE_BYTES = 64 << 10;
const PAGE_SHIFT = 13; // ref >>> 13 is the page
const PAGE_GRANULES = 1 << PAGE_SHIFT;
const SEGMENT_PAGES = SEGMENT_BYTES / PAGE_BYTES;
const SEGMENTS_MAX = 2048; // what 32-bit refs reach: 32 GiB

/** The largest block that shares its page with others. */
export const SMALL_BLOCK_BYTES_MAX: number = 32 << 10;
/** The largest block there is; entries know the lengths of their keys in 24 bits. */
export const BLOCK_BYTES_MAX: number = (16 << 20) - PAGE_BYTES;

const FREE_PAGE = 0;
const RUN_HEAD = 254;
const RUN_TAIL = 255;

/** Size classes in granules of 8 bytes: every 8 bytes up to 128, then eight steps per doubling. */
const CLASS_GRANULES: number[] = [];
for (let granules = 2; granules <= 16; granules++) CLASS_GRANULES.push(granules);
for (let step = 2; step * 16 <= SMALL_BLOCK_BYTES_MAX / 8; step *= 2) {
  for (let i = 9; i <= 16 && i * step <= SMALL_BLOCK_BYTES_MAX / 8; i++) CLASS_GRANULES.push(i * step);
}
/** Class 0 is none, so that page 0 can stand for "no page". */
const GRANULES_OF_CLASS: Int32Array = Int32Array.of(0, ...CLASS_GRANULES);
const CLASS_OF_GRANULES: Uint8Array = new Uint8Array(SMALL_BLOCK_BYTES_MAX / 8 + 1);
for (let granules = 0, cls = 1; granules < CLASS_OF_GRANULES.length; granules++) {
  while (GRANULES_OF_CLASS[cls]! < granules) cls++;
  CLASS_OF_GRANULES[granules] = cls;
}

/**
 * Segments of arenas that are gone. Taking one again is much cheaper than a new one for who makes many arenas one after the other:
 * the engine collects garbage the more often the more memory is asked for.
 */
const spareSegments: ArrayBuffer[] = [];
const SPARE_SEGMENTS_MAX = 2;

export class ArenaFullError extends Error {
  constructor() {
    super("the arena is full: 32 GiB of keys and values are the most that it can address");
  }
}

export class Arena {
  /** The bytes of each segment; an absent segment is empty. */
  readonly bytes: Uint8Array[] = [];
  /** The same memory in 32-bit words. */
  readonly words: Int32Array[] = [];
  usedBytes = 0;
  /** The epoch that entries made now belong to, see entry.ts; snapshots change it. */
  epoch = 0;

  #pageCount = 0;
  #pageClass: Uint8Array = new Uint8Array(0);
  #pageFreeHead: Int32Array = new Int32Array(0); // first freed block of the page
  #pageBump: Int32Array = new Int32Array(0); // first block of the page that was never handed out
  #pageLive: Uint16Array = new Uint16Array(0);
  #pageListed: Uint8Array = new Uint8Array(0);
  #pageNext: Int32Array = new Int32Array(0);
  #pagePrevious: Int32Array = new Int32Array(0);
  #runPages: Int32Array = new Int32Array(0);
  #segmentPagesUsed: Int32Array = new Int32Array(0);
  #pageHint = 1;
  /** Segments without a block; the one that became empty last is used again first. */
  readonly #idle: ArrayBuffer[] = [];
  /** The fewest that stood idle since {@link releaseIdle} was called. */
  #idleLeast = 0;
  /** By class: the page that blocks are taken from, and the first of the list of others with room. 0 is none. */
  readonly #current: Int32Array = new Int32Array(GRANULES_OF_CLASS.length);
  readonly #listed: Int32Array = new Int32Array(GRANULES_OF_CLASS.length);

  constructor() {
    this.#growColumns(SEGMENT_PAGES);
  }

  /** Gives all memory back. Nobody may use the arena any more. */
  discard(): void {
    for (const [i, segment] of this.bytes.entries()) {
      if (segment.length > 0 && spareSegments.length < SPARE_SEGMENTS_MAX) {
        spareSegments.push(segment.buffer as ArrayBuffer);
      }
      this.bytes[i] = new Uint8Array(0);
      this.words[i] = new Int32Array(0);
    }
    this.#idle.length = this.#idleLeast = 0;
  }

  /**
   * Gives the segments back to the system that nobody needed since the last call; to be called now and then, between commands.
   * O(segments + classes).
   */
  releaseIdle(): void {
    // Without this they would take memory until the engine looks for garbage, which it does not while nothing happens.
    this.releaseEmptyPages();
    for (const buffer of this.#idle.splice(0, this.#idleLeast)) giveBack(buffer);
    this.#idleLeast = this.#idle.length;
  }

  /** Lets go of pages that are kept for the next block of their class though they have none: each may keep a segment. O(classes). */
  releaseEmptyPages(): void {
    for (let cls = 1; cls < this.#current.length; cls++) {
      const page = this.#current[cls]!;
      if (page === 0 || this.#pageLive[page] !== 0) continue;
      this.#current[cls] = 0;
      this.#releasePages(page, 1);
    }
  }

  /** Bytes of address space taken from the system (touched or not). */
  get reservedBytes(): number {
    let segments = this.#idle.length;
    for (const segment of this.bytes) if (segment.length > 0) segments++;
    return segments * SEGMENT_BYTES;
  }

  /** Bytes in pages that hold at least one block: what the arena costs, fragmentation included. */
  get pageBytes(): number {
    let pages = 0;
    for (let segment = 0; segment < this.bytes.length; segment++) pages += this.#segmentPagesUsed[segment]!;
    return pages * PAGE_BYTES;
  }

  /**
   * A block of at least `size` bytes, 0 < size <= {@link BLOCK_BYTES_MAX}; its content is undefined. O(1).
   * @throws ArenaFullError when 32 GiB are in use.
   */
  allocate(size: number): Ref {
    if (size > SMALL_BLOCK_BYTES_MAX) return this.#allocateRun(size);
    const cls = CLASS_OF_GRANULES[(size + 7) >>> 3]!;
    const page = this.#current[cls]!;
    const granules = GRANULES_OF_CLASS[cls]!;
    const head = this.#pageFreeHead[page]!;
    if (head !== 0) {
      this.#pageFreeHead[page] = this.words[head >>> SEGMENT_SHIFT]![(head & OFFSET_MASK) << 1]!;
      this.#pageLive[page]!++;
      this.usedBytes += granules << 3;
      return head;
    }
    const bump = this.#pageBump[page]!;
    if (
      page !== 0 && (bump & (PAGE_GRANULES - 1)) + granules <= PAGE_GRANULES && bump >>> PAGE_SHIFT === page
    ) {
      this.#pageBump[page] = (bump + granules) | 0;
      this.#pageLive[page]!++;
      this.usedBytes += granules << 3;
      return bump;
    }
    this.#nextPage(cls);
    return this.allocate(size);
  }

  /** Gives a block back. O(1). The ref must be one that {@link allocate} returned and that is not free yet. */
  free(ref: Ref): void {
    const page = ref >>> PAGE_SHIFT;
    const cls = this.#pageClass[page]!;
    if (cls === RUN_HEAD) return this.#freeRun(page);
    this.words[ref >>> SEGMENT_SHIFT]![(ref & OFFSET_MASK) << 1] = this.#pageFreeHead[page]!;
    this.#pageFreeHead[page] = ref;
    this.usedBytes -= GRANULES_OF_CLASS[cls]! << 3;
    const live = --this.#pageLive[page]!;
    if (page === this.#current[cls]) return;
    if (live === 0) {
      if (this.#pageListed[page] === 1) this.#unlist(page, cls);
      this.#releasePages(page, 1);
    } else if (this.#pageListed[page] === 0) {
      this.#list(page, cls);
    }
  }

  /** The size in bytes of an allocated block: what was asked for, rounded up to the class. O(1). */
  sizeOf(ref: Ref): number {
    const page = ref >>> PAGE_SHIFT;
    const cls = this.#pageClass[page]!;
    return cls === RUN_HEAD ? this.#runPages[page]! * PAGE_BYTES : GRANULES_OF_CLASS[cls]! << 3;
  }

  /** What a block of `size` bytes would take. O(1). */
  static roundedSize(size: number): number {
    if (size > SMALL_BLOCK_BYTES_MAX) return Math.ceil(size / PAGE_BYTES) * PAGE_BYTES;
    return GRANULES_OF_CLASS[CLASS_OF_GRANULES[(size + 7) >>> 3]!]! << 3;
  }

  /** Makes a page with room the current one of the class. */
  #nextPage(cls: number): void {
    // The page that was current is full here; it is listed again when one of its blocks is freed.
    const listed = this.#listed[cls]!;
    if (listed !== 0) {
      this.#unlist(listed, cls);
      this.#current[cls] = listed;
      return;
    }
    const page = this.#takePages(1);
    this.#pageClass[page] = cls;
    this.#pageFreeHead[page] = 0;
    this.#pageBump[page] = page << PAGE_SHIFT;
    this.#pageLive[page] = 0;
    this.#current[cls] = page;
  }

  #list(page: number, cls: number): void {
    const first = this.#listed[cls]!;
    this.#pageNext[page] = first;
    this.#pagePrevious[page] = 0;
    if (first !== 0) this.#pagePrevious[first] = page;
    this.#listed[cls] = page;
    this.#pageListed[page] = 1;
  }

  #unlist(page: number, cls: number): void {
    const next = this.#pageNext[page]!;
    const previous = this.#pagePrevious[page]!;
    if (next !== 0) this.#pagePrevious[next] = previous;
    if (previous !== 0) this.#pageNext[previous] = next;
    else this.#listed[cls] = next;
    this.#pageListed[page] = 0;
  }

  #allocateRun(size: number): Ref {
    const pages = Math.ceil(size / PAGE_BYTES);
    const page = this.#takePages(pages);
    this.#pageClass[page] = RUN_HEAD;
    this.#runPages[page] = pages;
    for (let i = 1; i < pages; i++) this.#pageClass[page + i] = RUN_TAIL;
    this.usedBytes += pages * PAGE_BYTES;
    return page << PAGE_SHIFT;
  }

  #freeRun(page: number): void {
    const pages = this.#runPages[page]!;
    this.usedBytes -= pages * PAGE_BYTES;
    this.#releasePages(page, pages);
  }

  /** Finds `count` free pages side by side in one segment, first fit from where the last search ended. */
  #takePages(count: number): number {
    let page = this.#findPages(this.#pageHint, this.#pageCount, count);
    if (page === 0) page = this.#findPages(1, Math.min(this.#pageHint + count, this.#pageCount), count);
    if (page === 0) page = this.#addSegment();
    const segment = page >>> (SEGMENT_SHIFT - PAGE_SHIFT);
    if (this.bytes[segment]!.length === 0) this.#openSegment(segment);
    this.#segmentPagesUsed[segment]! += count;
    this.#pageHint = page + count;
    return page;
  }

  #findPages(from: number, to: number, count: number): number {
    const classes = this.#pageClass;
    let run = 0;
    for (let page = from; page < to; page++) {
      if ((page & (SEGMENT_PAGES - 1)) === 0) run = 0;
      run = classes[page] === FREE_PAGE && page !== 0 ? run + 1 : 0;
      if (run === count) return page - count + 1;
    }
    return 0;
  }

  #releasePages(page: number, count: number): void {
    for (let i = 0; i < count; i++) this.#pageClass[page + i] = FREE_PAGE;
    const segment = page >>> (SEGMENT_SHIFT - PAGE_SHIFT);
    this.#segmentPagesUsed[segment]! -= count;
    if (page < this.#pageHint) this.#pageHint = page === 0 ? 1 : page;
    if (this.#segmentPagesUsed[segment] === 0) {
      this.#idle.push(this.bytes[segment]!.buffer as ArrayBuffer);
      this.bytes[segment] = new Uint8Array(0);
      this.words[segment] = new Int32Array(0);
    }
  }

  /** Opens one more segment; the first page in it that can be used. */
  #addSegment(): number {
    const segment = this.bytes.length;
    if (segment === SEGMENTS_MAX) throw new ArenaFullError();
    this.#growColumns((segment + 1) * SEGMENT_PAGES);
    this.bytes.push(new Uint8Array(0));
    this.words.push(new Int32Array(0));
    this.#openSegment(segment);
    this.#pageCount = this.bytes.length * SEGMENT_PAGES;
    return segment === 0 ? 1 : segment * SEGMENT_PAGES; // page 0 holds ref 0, which names no block
  }

  #openSegment(segment: number): void {
    const buffer = this.#idle.pop() ?? spareSegments.pop() ?? new ArrayBuffer(mappedBytes);
    this.#idleLeast = Math.min(this.#idleLeast, this.#idle.length);
    this.bytes[segment] = new Uint8Array(buffer, 0, SEGMENT_BYTES);
    this.words[segment] = new Int32Array(buffer, 0, SEGMENT_BYTES / 4);
  }

  #growColumns(pages: number): void {
    if (pages <= this.#pageClass.length) return;
    const length = Math.max(pages, this.#pageClass.length * 2);
    this.#pageClass = grown(new Uint8Array(length), this.#pageClass);
    this.#pageFreeHead = grown(new Int32Array(length), this.#pageFreeHead);
    this.#pageBump = grown(new Int32Array(length), this.#pageBump);
    this.#pageLive = grown(new Uint16Array(length), this.#pageLive);
    this.#pageListed = grown(new Uint8Array(length), this.#pageListed);
    this.#pageNext = grown(new Int32Array(length), this.#pageNext);
    this.#pagePrevious = grown(new Int32Array(length), this.#pagePrevious);
    this.#runPages = grown(new Int32Array(length), this.#runPages);
    this.#segmentPagesUsed = grown(new Int32Array(length / SEGMENT_PAGES), this.#segmentPagesUsed);
  }
}

function grown<T extends { set(from: ArrayLike<number>): void }>(to: T, from: ArrayLike<number>): T {
  to.set(from);
  return to;
}
