/**
 * Loading before a command: the values of some keys are read in the background, and whoever waits for them goes on when the
 * last one is there. A value that many want is read once.
 *
 * Nothing depends on a load: who finds a value missing after all (it was swapped out again, its key was renamed, or a
 * script reaches for it) reads it at once. So a load whose entry is no more what it was is simply forgotten.
 */
import type { Ref } from "../store/memory/arena.ts";
import * as entry from "../store/memory/entry.ts";
import type { EntrySet } from "../store/memory/entry_set.ts";
import { readCollection } from "../store/rdb/swapped_value.ts";
import { newSwapPlace, type SwapPlace } from "../store/swap_store.ts";
import { LatencyHistogram } from "../sys/latency_histogram.ts";
import type { SwapHost, SwapStatistics } from "./host.ts";
import { isIntact, readFailure, type SwapFile } from "./swap_file.ts";

/** A buffer that a large value needs is not kept. */
const BUFFER_KEPT_BYTES_MAX = 1 << 20;

/** Somebody who waits for several values. */
export interface Waiter {
  /** Values still to come. */
  left: number;
  /** Called once, when none is. */
  readonly done: () => void;
}

interface Load {
  readonly place: SwapPlace;
  readonly entries: EntrySet;
  readonly ref: Ref;
  readonly waiters: Waiter[];
  readonly wantedAt: number;
}

export class Loader {
  /** Microseconds from being wanted to being there. */
  latency: LatencyHistogram = new LatencyHistogram();
  /** The longest of them. */
  slowest = 0;
  /** Reads under way. */
  reading = 0;
  readonly #host: SwapHost;
  readonly #file: SwapFile;
  readonly #statistics: SwapStatistics;
  readonly #isInUse: (entries: EntrySet) => boolean;
  /** By first page. */
  readonly #loads: Map<number, Load> = new Map();
  #waiting: Load[] = [];
  /** The first of those that wait. */
  #next = 0;
  readonly #idle: number[] = [];
  readonly #buffers: Uint8Array[] = [];
  readonly #found: SwapPlace = newSwapPlace();
  #isClosed = false;

  constructor(
    host: SwapHost,
    file: SwapFile,
    statistics: SwapStatistics,
    isInUse: (entries: EntrySet) => boolean,
  ) {
    this.#host = host;
    this.#file = file;
    this.#statistics = statistics;
    this.#isInUse = isInUse;
    for (let i = file.readers - 1; i >= 0; i--) {
      this.#idle.push(i);
      this.#buffers[i] = new Uint8Array(0);
    }
  }

  /** Loads that wait for a reader. */
  get queued(): number {
    return this.#waiting.length - this.#next;
  }

  /** Begins to load the value of a swapped entry, or joins those who wait for it. @param waiter counts it as one more */
  want(entries: EntrySet, ref: Ref, waiter: Waiter): void {
    const place = entry.readSwapPlace(this.#host.keyspace.arena, ref, newSwapPlace());
    waiter.left++;
    const under = this.#loads.get(place.page);
    if (under !== undefined && isSame(under.place, place)) {
      under.waiters.push(waiter);
      this.#statistics.loadsShared++;
      return;
    }
    const wantedAt = this.#host.clock.monotonicMs();
    const load: Load = { place, entries, ref, waiters: [waiter], wantedAt };
    this.#loads.set(place.page, load);
    this.#waiting.push(load);
    const reader = this.#idle.pop();
    if (reader !== undefined) this.#work(reader);
  }

  /** Nothing is loaded any more. */
  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
    this.#next = 0;
  }

  /** Reads one value after the other, as long as there are any. */
  async #work(reader: number): Promise<void> {
    this.reading++;
    for (let load = this.#take(); load !== undefined; load = this.#take()) {
      const { place } = load;
      let buffer = this.#buffers[reader]!;
      if (buffer.length < place.length) buffer = new Uint8Array(Math.max(place.length, 4096));
      if (buffer.length <= BUFFER_KEPT_BYTES_MAX) this.#buffers[reader] = buffer;
      let isRead = true;
      try {
        await this.#file.readLater(reader, place, buffer);
      } catch (error) {
        readFailure(error); // Who reads it at once finds out what to say of it.
        isRead = false;
      }
      if (this.#isClosed) return;
      if (this.#loads.get(place.page) === load) this.#loads.delete(place.page);
      if (isRead) this.#install(load, buffer);
      this.#end(load);
    }
    this.reading--;
    this.#idle.push(reader);
  }

  #take(): Load | undefined {
    const load = this.#waiting[this.#next];
    if (load === undefined) {
      this.#waiting = [];
      this.#next = 0;
    } else {
      this.#next++;
    }
    return load;
  }

  /** Puts a value into its entry, if that still is what it was. */
  #install({ place, entries, ref }: Load, buffer: Uint8Array): void {
    const { keyspace } = this.#host;
    const { arena } = keyspace;
    if (!this.#isInUse(entries) || !entries.findRef(ref) || !entry.isSwapped(arena, ref)) return;
    if (!isSame(entry.readSwapPlace(arena, ref, this.#found), place) || !isIntact(buffer, place)) return;
    const bytes = buffer.subarray(0, place.length);
    if (place.isCollection) {
      const object = keyspace.objects.add(readCollection(bytes, keyspace));
      entries.findRef(ref);
      entries.swapInObject(ref, object);
    } else {
      entries.swapIn(ref, bytes);
    }
    this.#statistics.swappedIn++;
  }

  #end(load: Load): void {
    const took = (this.#host.clock.monotonicMs() - load.wantedAt) * 1000;
    this.latency.record(took);
    this.slowest = Math.max(this.slowest, took);
    for (const waiter of load.waiters) {
      if (--waiter.left === 0) waiter.done();
    }
  }
}

function isSame(a: SwapPlace, b: SwapPlace): boolean {
  return a.page === b.page && a.checksum === b.checksum && a.length === b.length;
}
