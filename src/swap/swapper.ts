/**
 * Swapping out: which values go, and how they get to the file.
 *
 * Of some values drawn at random the one with the highest age x log(size) goes, until no more memory is used than is
 * allowed. Values are gathered in batches that lie in neighbouring pages, each written by one call in the background;
 * until that is done they are in memory and served from there. Who writes faster than the disk does pays for it: beyond
 * {@link LAG_BYTES_MAX} batches are written at once.
 *
 * Invariants: an entry whose value is on its way is marked as busy in {@link Residents}, until its write ends or somebody
 * changes, moves or removes it; its pages are taken until the write ends, whatever happens, since they may still be written to.
 */
import type { Ref } from "../store/memory/arena.ts";
import * as entry from "../store/memory/entry.ts";
import type { EntrySet } from "../store/memory/entry_set.ts";
import { BigString, isCollection } from "../store/memory/objects.ts";
import { RdbWriter } from "../store/rdb/rdb_codec.ts";
import { sizeOf, writeCollection } from "../store/rdb/swapped_value.ts";
import { newSwapPlace, type SwapPlace } from "../store/swap_store.ts";
import { DiskError } from "../sys/disk.ts";
import { copyBytes, Slice } from "../sys/bytes.ts";
import { checksum } from "./checksum.ts";
import { Batch, BATCH_BYTES } from "./batch.ts";
import type { SwapHost, SwapStatistics } from "./host.ts";
import type { PageMap } from "./page_map.ts";
import { Residents } from "./residents.ts";
import type { SwapFile } from "./swap_file.ts";

/** Values of which the best one is chosen. */
const SAMPLES = 5;
/** Values drawn for that at most: some of them are on their way already. */
const DRAWS_MAX = 20;
/** Batches on their way to the disk. */
const BATCHES_MAX = 2;
/** Bytes over the limit at which writing in the background is too slow. */
const LAG_BYTES_MAX = 4 << 20;
/** Bytes over the limit that values used within this second may take. */
const FRESH_BYTES_MAX = 1 << 20;
/** Ms that one look takes at most, unless clients write faster than that. */
const SLICE_MS = 2;
/** Of what was added since the last look so much is matched at once. */
const MATCHED_BYTES_MAX = 16 << 20;
/** Values between two looks at the clock. */
const VALUES_PER_LOOK = 16;
/** After a write that failed nothing is tried for so long, ms. */
const RETRY_MS = 1000;
/** The file is no more called full when less than this share of its pages is used. */
const ROOM_AGAIN_SHARE = 0.75;
/** A value of more bytes stays where it is. */
const VALUE_BYTES_MAX = 2 ** 31 - 1;
/** The counter of a key that is used all the time. */
const LFU_MAX = 255;

export class Swapper {
  readonly residents: Residents = new Residents();
  /** `vm-max-memory`, bytes. */
  limit = 0;
  /** What `maxmemory` leaves for the data, if that is less. */
  dataLimit = Infinity;
  /** `rdbcompression`, for collections. */
  compression = true;
  readonly #host: SwapHost;
  readonly #file: SwapFile;
  readonly #map: PageMap;
  readonly #statistics: SwapStatistics;
  readonly #inBackground: boolean;
  readonly #below: (bound: number) => number;
  readonly #value: Slice = new Slice();
  readonly #writer: RdbWriter = new RdbWriter();
  /** The one that is being filled. */
  #batch: Batch | undefined;
  /** Those that are to be written, one after the other, and the one that is. */
  readonly #queue: Batch[] = [];
  #written: Batch | undefined;
  #isWriting = false;
  readonly #spare: Batch[] = [];
  /** Of the value that is put into a batch, and of one whose batch is written, which may happen in between. */
  readonly #place: SwapPlace = newSwapPlace();
  readonly #writtenPlace: SwapPlace = newSwapPlace();
  /** Values on their way to the disk. */
  jobs = 0;
  /** Bytes that they will free. */
  #pendingGain = 0;
  /** Bytes freed so far. */
  #freed = 0;
  #usedBefore = 0;
  #retryAt = -Infinity;
  #failed = false;
  #toldFull = false;
  #isClosed = false;

  constructor(
    host: SwapHost,
    file: SwapFile,
    map: PageMap,
    statistics: SwapStatistics,
    inBackground: boolean,
  ) {
    this.#host = host;
    this.#file = file;
    this.#map = map;
    this.#statistics = statistics;
    this.#inBackground = inBackground;
    this.#below = (bound) => host.keyspace.random.below(bound);
  }

  /** Bytes that will be free when all has been written that is on its way. */
  get pendingBytes(): number {
    return this.#pendingGain;
  }

  /** Whether more could be swapped out. */
  get canGoOn(): boolean {
    return this.residents.size > 0 && !this.#isClosed && this.#host.clock.monotonicMs() >= this.#retryAt;
  }

  /** Batches on their way to the disk. */
  get writing(): number {
    return this.#queue.length + (this.#written === undefined ? 0 : 1);
  }

  /** An entry's value changes, or its block is given back. */
  cancel(ref: Ref): void {
    if (this.jobs === 0 || !this.residents.isBusy(ref)) return;
    for (const batch of [this.#batch, this.#written, ...this.#queue]) {
      const row = batch?.rowOf(ref) ?? -1;
      if (row < 0) continue;
      this.#drop(batch!, row);
      this.#statistics.cancelled++;
      return;
    }
  }

  /** Swaps out what is too much, within a slice of time. To be called between commands. */
  relieve(): void {
    const { keyspace, clock } = this.#host;
    const used = keyspace.usedBytes;
    const grown = Math.min(Math.max(0, used - this.#usedBefore), MATCHED_BYTES_MAX);
    this.#usedBefore = used;
    let over = used - this.#pendingGain - Math.min(this.limit, this.dataLimit);
    if (this.#toldFull && this.#map.used < this.#map.limit * ROOM_AGAIN_SHARE) this.#toldFull = false;
    if (over <= 0 || this.residents.size === 0 || this.#isClosed) return;
    // What was cut off or swapped out is about to be free.
    if (keyspace.lazyFreePending > 0) return;
    const began = clock.monotonicMs();
    if (began < this.#retryAt) return;
    // What clients add has to be matched; the rest takes its time.
    const needed = used - this.#pendingGain - 2 * grown;
    for (let done = 1; over > 0; done++) {
      if (this.writing >= BATCHES_MAX && over <= LAG_BYTES_MAX) break;
      const gained = this.#pendingGain + this.#freed;
      if (!this.#takeOne(over <= FRESH_BYTES_MAX)) break;
      over -= this.#pendingGain + this.#freed - gained;
      if (done % VALUES_PER_LOOK === 0 && clock.monotonicMs() - began > SLICE_MS) {
        if (over <= LAG_BYTES_MAX || keyspace.usedBytes - this.#pendingGain <= needed) break;
      }
    }
    this.#submit();
    this.#usedBefore = keyspace.usedBytes;
  }

  /** Swaps a value out at once. @returns why it cannot be, or undefined @throws DiskError */
  swapOutNow(entries: EntrySet, ref: Ref): string | undefined {
    this.cancel(ref);
    if (entries.bytesSwappable(ref) === -Infinity) return "the key is too long";
    const batch = this.#batch;
    this.#batch = undefined;
    try {
      if (!this.#prepare(entries, ref)) return "there is no room in the swap file";
      this.#writeNow(this.#batch!);
    } finally {
      this.#batch = batch;
    }
    return undefined;
  }

  /** Nothing is swapped out any more. */
  close(): void {
    this.#isClosed = true;
  }

  // ---- choosing ---------------------------------------------------------------------------------------------

  /** Takes the best of some values into the batch; false when there is none, or no room for it. */
  #takeOne(onlyIdle: boolean): boolean {
    const ref = this.#choose(onlyIdle);
    if (ref === 0) return false;
    const entries = this.#setOf(ref);
    if (entries === undefined || entries.bytesSwappable(ref) === -Infinity) {
      this.residents.remove(ref);
      return true;
    }
    return this.#prepare(entries, ref);
  }

  /** The value with the highest age x log(size) of some, or 0. */
  #choose(onlyIdle: boolean): Ref {
    const { arena, access } = this.#host.keyspace;
    let best = 0;
    let bestScore = 0;
    let seen = 0;
    for (let draws = 0; draws < DRAWS_MAX && seen < SAMPLES; draws++) {
      const ref = this.residents.sample(this.#below);
      if (ref === 0) break;
      const bytes = this.#bytesInMemory(ref);
      if (bytes <= 0) {
        this.residents.remove(ref);
        continue;
      }
      seen++;
      const clock = entry.accessOf(arena, ref);
      const age = access.lfu ? LFU_MAX - access.frequency(clock) : access.idleSeconds(clock);
      if (onlyIdle && age === 0) continue;
      // Beyond what the reference does: of values used within the same second the largest goes.
      const score = (age + 1) * Math.log(bytes + 1);
      if (score > bestScore) {
        best = ref;
        bestScore = score;
      }
    }
    return best;
  }

  /** Bytes that a value takes in memory, of which swapping out frees nearly all; 0 or less when it frees nothing. */
  #bytesInMemory(ref: Ref): number {
    const { arena, objects } = this.#host.keyspace;
    const word = entry.valueWordOf(arena, ref);
    if (!entry.isExternal(arena, ref)) return word - entry.SWAP_PLACE_BYTES;
    if (entry.isSwapped(arena, ref)) return 0;
    const object = objects.get(word);
    const bytes = isCollection(object) ? object.memory : object.bytes;
    return bytes > VALUE_BYTES_MAX ? 0 : bytes;
  }

  #setOf(ref: Ref): EntrySet | undefined {
    for (const { entrySet } of this.#host.keyspace.databases) {
      if (entrySet.dict.size > 0 && entrySet.findRef(ref)) return entrySet;
    }
    return undefined;
  }

  /** Whether a set still is the one of a database; else it waits to be freed. */
  isInUse(entries: EntrySet): boolean {
    return this.#host.keyspace.databases.some(({ entrySet }) => entrySet === entries);
  }

  // ---- writing ----------------------------------------------------------------------------------------------

  /** Puts a value into the batch; false when there is no room for it. */
  #prepare(entries: EntrySet, ref: Ref): boolean {
    const { arena, objects } = this.#host.keyspace;
    const place = this.#place;
    const type = entry.typeOf(arena, ref);
    const object = entry.isExternal(arena, ref) ? objects.get(entry.valueWordOf(arena, ref)) : undefined;
    let { bytes, start, end } = this.#value;
    let size: number;
    let gain: number;
    if (object !== undefined && isCollection(object)) {
      this.#writer.reset();
      this.#writer.compression = this.compression;
      writeCollection(this.#writer, object);
      ({ bytes, start, end } = this.#value.point(this.#writer.written(), 0, this.#writer.length));
      size = object.size;
      gain = object.memory;
    } else {
      if (object instanceof BigString) {
        ({ bytes, start, end } = this.#value.point(object.buffer, 0, object.length));
        gain = object.bytes;
      } else {
        start = entry.valueStartOf(arena, ref);
        end = start + entry.valueWordOf(arena, ref);
        ({ bytes, start, end } = this.#value.point(entry.segmentOf(arena, ref), start, end));
        gain = entries.bytesSwappable(ref);
      }
      size = sizeOf(type, this.#value);
    }
    place.isCollection = object !== undefined && isCollection(object);
    place.length = end - start;
    const pages = Math.max(1, this.#file.pagesOf(place.length));
    const page = place.length > VALUE_BYTES_MAX ? -1 : this.#map.allocate(pages);
    if (page < 0) {
      this.#statistics.noRoom++;
      this.#fileIsFull();
      return false;
    }
    place.page = page;
    const batch = this.#batchFor(page, pages);
    const at = batch.pages * this.#file.pageSize;
    copyBytes(bytes, start, end, batch.bytes, at);
    place.checksum = checksum(batch.bytes, at, at + place.length, page);
    batch.length = at + place.length;
    batch.pages += pages;
    batch.add(ref, entries, place, size, entry.accessOf(arena, ref), gain);
    this.residents.setBusy(ref);
    this.jobs++;
    this.#pendingGain += gain;
    if (this.#writer.length > BATCH_BYTES) this.#writer.exchange(new Uint8Array(BATCH_BYTES));
    return true;
  }

  /** The batch to which these pages belong. */
  #batchFor(page: number, pages: number): Batch {
    const { pageSize } = this.#file;
    if (this.#batch?.takes(page, pages, pageSize) === true) return this.#batch;
    this.#submit();
    const room = pages * pageSize;
    const batch = room > BATCH_BYTES ? new Batch(room) : this.#spare.pop() ?? new Batch(BATCH_BYTES);
    batch.begin(page);
    return this.#batch = batch;
  }

  /** Has the batch written, in the background unless that is too slow. */
  #submit(): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    this.#batch = undefined;
    if (this.#inBackground && this.writing < BATCHES_MAX) {
      this.#queue.push(batch);
      if (!this.#isWriting) this.#writeLater();
      return;
    }
    try {
      this.#writeNow(batch);
    } catch (error) {
      this.#writeFailed(error);
    }
  }

  async #writeLater(): Promise<void> {
    this.#isWriting = true;
    for (let batch = this.#queue.shift(); batch !== undefined; batch = this.#queue.shift()) {
      this.#written = batch;
      let failure: unknown;
      try {
        await this.#file.writeLater(batch.bytes.subarray(0, batch.length), batch.page);
      } catch (error) {
        failure = error;
      }
      if (this.#isClosed) return;
      this.#written = undefined;
      this.#finish(batch, failure === undefined);
      if (failure !== undefined) this.#writeFailed(failure);
      this.relieve();
    }
    this.#isWriting = false;
  }

  /** @throws DiskError */
  #writeNow(batch: Batch): void {
    let isWritten = false;
    try {
      this.#file.write(batch.bytes.subarray(0, batch.length), batch.page);
      isWritten = true;
    } finally {
      this.#finish(batch, isWritten);
    }
  }

  /** A write ended: what is in the file leaves memory, unless somebody wanted it meanwhile. */
  #finish(batch: Batch, isWritten: boolean): void {
    const { arena } = this.#host.keyspace;
    const place = this.#writtenPlace;
    let swapped = 0;
    for (let row = 0; row < batch.count; row++) {
      const ref = batch.refs[row]!;
      const entries = batch.sets[row]!;
      batch.placeOf(row, place);
      if (ref !== 0) this.#drop(batch, row);
      const goes = isWritten && ref !== 0 && entry.accessOf(arena, ref) === batch.accesses[row] &&
        this.isInUse(entries) && entries.findRef(ref);
      if (goes) {
        entries.swapOut(ref, place, batch.sizes[row]!);
        this.#freed += batch.gains[row]!;
        swapped++;
      } else {
        this.#map.free(place.page, Math.max(1, this.#file.pagesOf(place.length)));
        if (isWritten && ref !== 0) this.#statistics.cancelled++;
      }
    }
    if (isWritten) this.#failed = false;
    this.#statistics.swappedOut += swapped;
    if (swapped > 0) this.#host.swappedSome();
    batch.sets.length = 0;
    if (batch.bytes.length === BATCH_BYTES && this.#spare.length <= BATCHES_MAX) this.#spare.push(batch);
  }

  /** A value is not on its way any more. */
  #drop(batch: Batch, row: number): void {
    this.residents.setDrawable(batch.refs[row]!);
    batch.refs[row] = 0;
    this.jobs--;
    this.#pendingGain -= batch.gains[row]!;
  }

  #writeFailed(error: unknown): void {
    if (!(error instanceof DiskError)) throw error;
    this.#statistics.writeErrors++;
    this.#retryAt = this.#host.clock.monotonicMs() + RETRY_MS;
    // Told once, until it works again.
    if (this.#failed) return;
    this.#failed = true;
    this.#host.log.warning(`Values stay in memory, since the swap file cannot be written: ${error.message}`);
  }

  /** Told once, until much of it is free. */
  #fileIsFull(): void {
    const { used, limit } = this.#map;
    this.#retryAt = this.#host.clock.monotonicMs() + RETRY_MS;
    if (this.#toldFull) return;
    this.#toldFull = true;
    this.#host.log.warning(
      `The swap file is full, so that values stay in memory: ${used} of ${limit} pages of ${this.#file.pageSize} bytes are used`,
    );
  }
}
