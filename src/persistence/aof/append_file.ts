/**
 * The append-only file that is being written: the bytes of a turn go in, and when they can be relied on depends on
 * `appendfsync`.
 *
 * - "always": when {@link AppendFile.commit} returns they survive a power cut. If that cannot be had the server must end.
 * - "everysec": when it returns they survive the end of the process, and a sync beside that begins every second makes them
 *   survive a power cut. While a sync takes long they are kept in memory instead, two seconds at most.
 * - "no": as "everysec", without the syncs: the system writes back when it likes.
 *
 * Invariants:
 *  1. What the file holds is whole commits, `size` bytes of them, and then, after a write that failed and could not be
 *     taken back, a beginning of the bytes that wait. Those are written next, from where that beginning ends: so nothing is
 *     ever put behind a torn commit but its rest.
 *  2. Bytes are written in the order in which they were committed.
 *  3. `syncedSize <= size`.
 */
import type { Clock } from "../../sys/clock.ts";
import { type Disk, DiskError, type DiskFile } from "../../sys/disk.ts";
import { NO_BYTES } from "../../sys/bytes.ts";

/** When what was written is made to survive a power cut, `appendfsync`. */
export type FsyncPolicy = "always" | "everysec" | "no";

/** How long writes wait for a sync that is under way: the two seconds that are promised, less a tick. */
const POSTPONED_MS_MAX = 1900;
const SYNC_INTERVAL_MS = 1000;
/** The same trouble is told at most so often. */
const LOG_INTERVAL_MS = 30_000;
/** A larger buffer for what waits is let go of when it is empty. */
const BUFFER_BYTES_KEPT_MAX = 1 << 20;

export interface AppendFileOptions {
  readonly disk: Disk;
  readonly path: string;
  readonly clock: Clock;
  readonly policy: FsyncPolicy;
  /**
   * With "always" nothing can be promised any more: the server is to end, after this line in its log. If it returns,
   * the commit throws.
   */
  readonly onFatal: (text: string) => void;
  /**
   * Whether, with "always", a commit is only written, and the owner calls {@link AppendFile.syncAll} before it tells
   * anybody: so that commands can go on meanwhile.
   */
  readonly syncsBeside?: boolean;
  readonly log: (text: string, level: "notice" | "warning") => void;
}

export class AppendFile {
  policy: FsyncPolicy;
  /** While set nothing is synced, whatever the policy: `no-appendfsync-on-rewrite`. {@link flush} syncs all the same. */
  pausesSync = false;
  /** How often a write did not wait any longer for a sync that was under way: `aof_delayed_fsync`. */
  delayedFsyncs = 0;
  /** Why the last write failed, until one succeeds. */
  lastWriteFailed: DiskError | undefined;
  /** Why the last sync in the background failed, until one succeeds. */
  lastSyncFailed: DiskError | undefined;

  readonly #options: AppendFileOptions;
  readonly #clock: Clock;
  readonly #file: DiskFile;
  /** The same file once more, since one handle takes one call at a time. */
  readonly #syncFile: DiskFile;
  #size: number;
  /** 0 at first: who wrote what was there may have ended before it was synced. */
  #syncedSize = 0;
  /** Bytes that were committed and are not written, `#buffer[0 .. #buffered)`. */
  #buffer: Uint8Array = NO_BYTES;
  #buffered = 0;
  /** How many of them are in the file all the same: a torn write that could not be taken back. */
  #torn = 0;
  #syncInProgress = false;
  #syncUnderWay: Promise<void> = Promise.resolve();
  /** Monotonic ms. */
  #lastSyncAt: number;
  #postponedSince = -1;
  #loggedAt = -Infinity;
  #isClosed = false;

  /** Opens the file, which is made if it is not there. @throws DiskError */
  constructor(options: AppendFileOptions) {
    const { disk, path } = options;
    this.#options = options;
    this.#clock = options.clock;
    this.policy = options.policy;
    this.#file = disk.open(path, "append");
    try {
      this.#syncFile = disk.open(path, "append");
    } catch (error) {
      this.#file.close();
      throw error;
    }
    this.#size = this.#file.size;
    this.#lastSyncAt = this.#clock.monotonicMs();
  }

  /** Bytes of whole commits in the file. */
  get size(): number {
    return this.#size;
  }

  /** So many of them are known to survive a power cut. */
  get syncedSize(): number {
    return this.#syncedSize;
  }

  /** Bytes that were committed and are in memory only: `aof_buffer_length`. */
  get bufferedBytes(): number {
    return this.#buffered;
  }

  /** Whether a sync is under way beside: `aof_pending_bio_fsync`. */
  get syncInProgress(): boolean {
    return this.#syncInProgress;
  }

  /**
   * Takes the bytes of one turn, which may be overwritten when it returns. See the head of the file for what is then
   * certain; after a write that failed ({@link lastWriteFailed}) they wait in memory, in order.
   * @throws DiskError with "always", after onFatal, when they could not be made to survive
   */
  commit(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#buffered > 0 || this.#syncInProgress) return this.#commitLater(bytes);
    const written = this.#write(bytes, 0);
    if (written === bytes.length) this.#size += written;
    else {
      this.#keep(bytes);
      this.#wasTorn(written);
    }
    if (this.policy === "always") this.#syncNow();
  }

  /**
   * What is due: a sync, bytes that wait for one, bytes of a write that failed. To be called some ten times a second.
   * @throws DiskError with "always", after onFatal
   */
  tick(): void {
    if (this.#isClosed) return;
    if (this.#buffered > 0 && !this.#mustWait()) this.#writeBuffer();
    if (this.policy === "always" && this.#options.syncsBeside !== true) return this.#syncNow();
    if (this.policy === "no" || this.pausesSync || this.#syncInProgress) return;
    if (this.#syncedSize === this.#size && this.lastSyncFailed === undefined) return;
    if (this.#clock.monotonicMs() - this.#lastSyncAt >= SYNC_INTERVAL_MS) this.syncLater();
  }

  /** Writes everything and syncs it: before the file is closed or another one takes its place. @throws DiskError */
  flush(): void {
    this.#postponedSince = -1;
    if (this.#buffered > 0) {
      this.#writeBuffer();
      if (this.lastWriteFailed !== undefined) throw this.lastWriteFailed;
    }
    if (this.#syncedSize === this.#size && this.lastSyncFailed === undefined) return;
    this.#file.sync();
    this.#syncedSize = this.#size;
    this.lastSyncFailed = undefined;
  }

  /**
   * Begins a sync in the background, unless one is under way. When the promise is fulfilled it has ended;
   * {@link lastSyncFailed} tells how.
   */
  syncLater(): Promise<void> {
    if (!this.#syncInProgress && !this.#isClosed) this.#syncUnderWay = this.#syncBeside();
    return this.#syncUnderWay;
  }

  /** With "always" and `syncsBeside`: whether something was written that nobody may be told of yet. */
  get needsSync(): boolean {
    return this.policy === "always" && this.#options.syncsBeside === true && !this.pausesSync &&
      this.#syncedSize < this.#size && !this.#isClosed;
  }

  /** When the promise is fulfilled, what was written before the call survives a power cut, or the server ends. */
  async syncAll(): Promise<void> {
    const size = this.#size;
    while (this.#syncedSize < size && !this.#isClosed) {
      await this.syncLater();
      if (this.lastSyncFailed === undefined) continue;
      this.#options.onFatal(
        "Can't persist AOF for fsync error when the AOF fsync policy is 'always': " +
          `${this.lastSyncFailed.message}. Exiting...`,
      );
      // Whoever waits for what could not be kept is not told that it was.
      await new Promise<never>(() => {});
    }
  }

  /** Like {@link syncAll}, on the spot. Whether it worked: if not, the server ends. */
  syncNow(): boolean {
    try {
      this.#syncOnTheSpot();
      return true;
    } catch (error) {
      if (error instanceof DiskError) return false;
      throw error;
    }
  }

  async #syncBeside(): Promise<void> {
    const size = this.#size;
    this.#syncInProgress = true;
    this.#lastSyncAt = this.#clock.monotonicMs();
    try {
      await this.#syncFile.syncLater();
      this.#syncedSize = Math.max(this.#syncedSize, size);
      this.lastSyncFailed = undefined;
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      if (this.lastSyncFailed === undefined) this.#warn(`Fail to fsync the AOF file: ${error.message}`);
      this.lastSyncFailed = error;
    } finally {
      this.#syncInProgress = false;
      if (this.#isClosed) this.#syncFile.close();
      else if (this.#buffered > 0 && this.lastWriteFailed === undefined) this.#writeBuffer();
    }
  }

  /** Lets go of the file as it is; what waits in memory is lost, so {@link flush} comes before. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#torn > 0) this.#takeBack();
    this.#buffered = 0;
    this.#buffer = NO_BYTES;
    this.#file.close();
    // A sync that is under way needs its handle until it ends.
    if (!this.#syncInProgress) this.#syncFile.close();
  }

  // ---- writing ----------------------------------------------------------------------------------------------

  #commitLater(bytes: Uint8Array): void {
    this.#keep(bytes);
    if (this.#mustWait()) return;
    // What failed is tried again by tick(); here only what nothing has happened to.
    if (this.lastWriteFailed === undefined || this.policy === "always") this.#writeBuffer();
    if (this.policy === "always") this.#syncNow();
  }

  /** Whether writing now would wait for a sync that is under way, and may still be put off. */
  #mustWait(): boolean {
    if (!this.#syncInProgress || this.policy !== "everysec") return false;
    const now = this.#clock.monotonicMs();
    if (this.#postponedSince < 0) this.#postponedSince = now;
    if (now - this.#postponedSince < POSTPONED_MS_MAX) return true;
    this.#postponedSince = -1;
    this.delayedFsyncs++;
    this.#options.log(
      "Asynchronous AOF fsync is taking too long (disk is busy?). Writing the AOF buffer without waiting for fsync " +
        "to complete, this may slow down Redis.",
      "notice",
    );
    return false;
  }

  #keep(bytes: Uint8Array): void {
    const length = this.#buffered + bytes.length;
    if (length > this.#buffer.length) {
      const wider = new Uint8Array(Math.max(length, this.#buffer.length * 2, 1 << 16));
      wider.set(this.#buffer.subarray(0, this.#buffered));
      this.#buffer = wider;
    }
    this.#buffer.set(bytes, this.#buffered);
    this.#buffered = length;
  }

  #writeBuffer(): void {
    const { length } = this.#buffer;
    const waiting = length === this.#buffered ? this.#buffer : this.#buffer.subarray(0, this.#buffered);
    const written = this.#write(waiting, this.#torn);
    if (written < waiting.length) return this.#wasTorn(written);
    this.#size += written;
    this.#buffered = this.#torn = 0;
    this.#postponedSince = -1;
    if (length > BUFFER_BYTES_KEPT_MAX) this.#buffer = NO_BYTES;
  }

  /** Writes `bytes[from..)`; how many of `bytes` are in the file then, all unless {@link lastWriteFailed}. */
  #write(bytes: Uint8Array, from: number): number {
    let at = from;
    try {
      while (at < bytes.length) at += this.#file.write(at === 0 ? bytes : bytes.subarray(at));
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      const isNew = this.lastWriteFailed === undefined;
      this.lastWriteFailed = error;
      if (isNew || this.#clock.monotonicMs() - this.#loggedAt >= LOG_INTERVAL_MS) {
        this.#loggedAt = this.#clock.monotonicMs();
        this.#warn(
          at === from
            ? `Error writing to the AOF file: ${error.message}`
            : `Short write while writing to the AOF file: (nwritten=${at - from}, expected=${
              bytes.length - from
            })`,
        );
      }
      return at;
    }
    if (this.lastWriteFailed !== undefined) {
      this.lastWriteFailed = undefined;
      this.#warn("AOF write error looks solved, Redis can write again.");
    }
    return at;
  }

  /** A write of what waits ended after so many bytes of it. */
  #wasTorn(written: number): void {
    this.#torn = written === 0 || this.#takeBack() ? 0 : written;
    if (this.policy !== "always") return;
    this.#options.onFatal(
      "Can't recover from AOF write error when the AOF fsync policy is 'always'. Exiting...",
    );
    throw this.lastWriteFailed;
  }

  /** Cuts the file off behind its last whole commit; whether that worked. */
  #takeBack(): boolean {
    try {
      this.#file.truncate(this.#size);
      return true;
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      // Told once for a tear, however often it grows.
      if (this.#torn === 0) {
        this.#warn(
          "Could not remove short write from the append-only file.  Redis may refuse to load the AOF the next time it " +
            `starts.  ftruncate: ${error.message}`,
        );
      }
      return false;
    }
  }

  #syncNow(): void {
    if (this.#options.syncsBeside !== true && !this.pausesSync) this.#syncOnTheSpot();
  }

  #syncOnTheSpot(): void {
    if (this.#syncedSize === this.#size) return;
    try {
      this.#file.sync();
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#options.onFatal(
        "Can't persist AOF for fsync error when the AOF fsync policy is 'always': " +
          `${error.message}. Exiting...`,
      );
      throw error;
    }
    this.#syncedSize = this.#size;
    this.lastSyncFailed = undefined;
  }

  #warn(text: string): void {
    this.#options.log(text, "warning");
  }
}
