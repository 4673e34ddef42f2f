/**
 * Virtual memory as the server owns it: it swaps values out when memory is scarce, brings them back before commands that want
 * them, and gives them to whoever reaches for them in the middle of one. docs/virtual-memory.md tells how it fits together.
 *
 * Invariant: blocks of entries move only in {@link VirtualMemory.betweenCommands}, in what is called from there, and when
 * reads and writes in the background end; never while a command runs.
 */
import type { Ref } from "../store/memory/arena.ts";
import type { Database } from "../store/database.ts";
import * as entry from "../store/memory/entry.ts";
import type { EntrySet } from "../store/memory/entry_set.ts";
import type { ChangeListener, Keyspace } from "../store/keyspace.ts";
import { bringIn } from "../store/rdb/swapped_value.ts";
import { newSwapPlace, type SwapPlace, type SwapStore } from "../store/swap_store.ts";
import { DiskError } from "../sys/disk.ts";
import { LatencyHistogram } from "../sys/latency_histogram.ts";
import type { Slice } from "../sys/bytes.ts";
import { type SwapHost, type SwapOptions, SwapStatistics } from "./host.ts";
import { Loader, type Waiter } from "./loader.ts";
import { drawPageMap } from "./page_map_picture.ts";
import { PageMap, PAGES_MAX } from "./page_map.ts";
import { checksum } from "./checksum.ts";
import { isIntact, readFailure, SwapFile, SwapFileError, SwapReadError } from "./swap_file.ts";
import { Swapper } from "./swapper.ts";

/** Entries whose values were brought in in the middle of commands, remembered until the next safe point. */
const UNSETTLED_MAX = 1 << 14;
const BUFFER_KEPT_BYTES_MAX = 1 << 20;

export class VirtualMemory implements SwapStore, ChangeListener {
  /** Values in the file. */
  swapped = 0;
  readonly statistics: SwapStatistics = new SwapStatistics();
  readonly map: PageMap;
  readonly swapper: Swapper;
  readonly loader: Loader;
  readonly file: SwapFile;
  readonly options: SwapOptions;
  readonly #host: SwapHost;
  readonly #keyspace: Keyspace;
  readonly #unsettled: Ref[] = [];
  #buffer: Uint8Array = new Uint8Array(4096);

  /** Makes the swap file. The keyspace must be empty. @throws SwapFileError when that is not possible */
  constructor(host: SwapHost, options: SwapOptions) {
    if (options.pages > PAGES_MAX) {
      throw new SwapFileError(`vm-pages can be ${PAGES_MAX} at most, or 0 for as many as are needed`);
    }
    this.#host = host;
    this.#keyspace = host.keyspace;
    this.options = options;
    this.map = new PageMap(options.pages, (bound) => host.keyspace.random.below(bound));
    this.file = new SwapFile(host.disk, options.path, options.pageSize, options.threads, host.pid);
    this.swapper = new Swapper(host, this.file, this.map, this.statistics, options.threads > 0);
    this.loader = new Loader(host, this.file, this.statistics, (entries) => this.swapper.isInUse(entries));
    host.keyspace.useSwap(this);
  }

  // ---- what the keyspace asks -------------------------------------------------------------------------------

  read(place: SwapPlace): Uint8Array {
    if (this.#buffer.length < place.length || this.#buffer.length > BUFFER_KEPT_BYTES_MAX) {
      this.#buffer = new Uint8Array(Math.max(place.length, 4096));
    }
    const bytes = this.#buffer;
    this.statistics.readsAtOnce++;
    try {
      this.file.read(place, bytes);
      if (!isIntact(bytes, place)) throw new SwapReadError("its checksum is wrong", true);
    } catch (error) {
      const failure = readFailure(error);
      if (failure.isDamage) this.statistics.damaged++;
      else this.statistics.readErrors++;
      this.#host.log.warning(`Page ${place.page} of ${this.file.path}: ${failure.message}`);
      throw failure;
    }
    return bytes.subarray(0, place.length);
  }

  free(place: SwapPlace): void {
    this.map.free(place.page, this.#pagesOf(place));
  }

  copy(place: SwapPlace): boolean {
    const bytes = this.read(place);
    const page = this.map.allocate(this.#pagesOf(place));
    if (page < 0) return false;
    try {
      this.file.write(bytes, page);
    } catch (error) {
      this.map.free(page, this.#pagesOf(place));
      if (error instanceof DiskError) return false;
      throw error;
    }
    place.page = page;
    place.checksum = checksum(bytes, 0, bytes.length, page);
    return true;
  }

  appeared(ref: Ref): void {
    this.swapper.residents.add(ref);
  }

  forget(ref: Ref): void {
    this.swapper.cancel(ref);
    this.swapper.residents.remove(ref);
  }

  broughtIn(ref: Ref): void {
    this.statistics.swappedIn++;
    this.swapper.residents.add(ref);
    if (this.#unsettled.length < UNSETTLED_MAX) this.#unsettled.push(ref);
  }

  beforeChange(_entries: EntrySet, ref: Ref): void {
    this.swapper.cancel(ref);
  }

  #pagesOf(place: SwapPlace): number {
    return Math.max(1, this.file.pagesOf(place.length));
  }

  // ---- what the server asks ---------------------------------------------------------------------------------

  /** To be called between commands, as often as is convenient: settles what was brought in, and swaps out what is too much. */
  betweenCommands(): void {
    if (this.#unsettled.length > 0) this.settle();
    this.swapper.relieve();
  }

  resetStatistics(): void {
    this.statistics.reset();
    this.loader.latency = new LatencyHistogram();
    this.loader.slowest = 0;
  }

  /** What there is to do now and then. */
  tick(): void {
    this.betweenCommands();
    this.file.trim(this.map.extent);
  }

  /** Values that were brought in in the middle of commands move into their entries. To be called between commands. */
  settle(): void {
    for (const ref of this.#unsettled.splice(0)) {
      for (const { entrySet } of this.#keyspace.databases) {
        if (entrySet.dict.size === 0 || !entrySet.findRef(ref)) continue;
        entrySet.settle(ref);
        break;
      }
    }
  }

  /**
   * Begins to load the value of a key, if it is in the file.
   * @param waiter counts it as one more to come
   */
  want(db: Database, key: Slice, waiter: Waiter): void {
    const ref = db.findDeadOrAlive(key);
    if (ref !== 0 && db.isSwapped(ref)) this.loader.want(db.entrySet, ref, waiter);
  }

  /**
   * Reads the value of a key into memory, if it is in the file. To be called between commands.
   * @throws SwapReadError
   */
  load(db: Database, key: Slice): void {
    const ref = db.findDeadOrAlive(key);
    if (ref === 0 || !db.isSwapped(ref)) return;
    bringIn(this.#keyspace, ref);
    this.settle();
  }

  /** Removes the swap file. What is in it is lost. */
  close(): void {
    this.swapper.close();
    this.loader.close();
    this.file.close();
  }

  // ---- DEBUG ------------------------------------------------------------------------------------------------

  /** Swaps the value of an entry out at once; why not, or undefined. */
  swapOut(db: Database, ref: Ref): string | undefined {
    if (db.isSwapped(ref)) return "it is in the swap file already";
    try {
      return this.swapper.swapOutNow(db.entrySet, ref);
    } catch (error) {
      if (error instanceof DiskError) return error.message;
      throw error;
    }
  }

  /** Brings the value of an entry in at once; false when it is in memory. @throws SwapReadError */
  swapIn(db: Database, ref: Ref): boolean {
    if (!db.isSwapped(ref)) return false;
    bringIn(this.#keyspace, ref);
    return true;
  }

  /** Where the value of a swapped entry is. */
  describe(ref: Ref): string {
    const place = entry.readSwapPlace(this.#keyspace.arena, ref, newSwapPlace());
    return `swapped:1 page:${place.page} pages:${this.#pagesOf(place)} bytes:${place.length}`;
  }

  /** The occupancy of the file, as blocks in a terminal. */
  picture(): string {
    return drawPageMap(this.map, this.options.pageSize, this.swapped);
  }
}
