/**
 * A snapshot on its way into a file, in the background: slices of the walk between the turns of the clients, and bytes
 * that go to the disk meanwhile.
 *
 * Invariants: the walk pauses while much waits for the disk; what is about to change is added regardless, so nothing
 * is lost by waiting. The file is whole and synced when `done` is called without an error; with one, it is gone.
 */
import type { SnapshotVisitor } from "../store/snapshot.ts";
import { Snapshot } from "../store/snapshot.ts";
import type { Disk, DiskFile } from "../sys/disk.ts";
import type { PersistenceHost } from "./host.ts";

/** What makes bytes of what the snapshot shows. */
export interface SnapshotEncoder extends SnapshotVisitor {
  /** Bytes that are ready. */
  readonly length: number;
  /** Bytes that are made and cannot be taken yet. */
  readonly aside: number;
  /** Does what {@link take} would have to do for the bytes that are ready by now: so that it is done in small parts. */
  prepare?(): void;
  /** Hands over the bytes that are ready. */
  take(): Uint8Array;
  /** Gives a buffer back. */
  recycle(buffer: Uint8Array): void;
  /** Writes what comes after the last entry. */
  end(): void;
}

/** Ms of work between two turns of the clients: while they want much, little, and nothing. */
const SLICE_MS_BUSY = 0.7;
const SLICE_MS_LIGHT = 3;
const SLICE_MS_IDLE = 10;
/** Commands a millisecond from which on clients want much. */
const BUSY_RATE = 1;
/** Ms that clients have for themselves between two slices, while they want much. */
const REST_MS_BUSY = 3;
/** The same while clients wait for a value to be written before they may change it. */
const SLICE_MS_URGENT = 2;
const REST_MS_URGENT = 1;
/** Clients that wanted nothing for so long want nothing now. */
const QUIET_MS = 100;
/** Bytes that are handed to the disk at once. */
const CHUNK_BYTES = 512 << 10;
/** Bytes waiting for the disk at which the walk pauses. */
const PENDING_BYTES_MAX = 8 << 20;
/** Bytes after which the file is synced, so that the last sync is short. */
const SYNC_BYTES = 4 << 20;

export interface SnapshotFileOptions {
  readonly path: string;
  readonly encoder: SnapshotEncoder;
  /** Whether the file is synced every {@link SYNC_BYTES}. */
  readonly syncsOnTheWay: boolean;
  /** Microseconds that each key takes at least; for tests, which want to see it under way. */
  readonly keyDelayUs: () => number;
  /** Called once, in a turn of its own, unless it is cancelled. */
  readonly done: (error: Error | undefined) => void;
}

export class SnapshotFile {
  readonly snapshot: Snapshot;
  readonly startedAt: number;
  /** Bytes of the file so far. */
  bytes = 0;
  /** The most that was held in memory for it at once, in bytes. */
  heldPeak = 0;
  /** When it was last looked at what is held, unix ms. */
  heldAt: number;
  readonly #host: PersistenceHost;
  readonly #options: SnapshotFileOptions;
  readonly #disk: Disk;
  readonly #file: DiskFile;
  readonly #chunks: Uint8Array[] = [];
  #pendingBytes = 0;
  #unsyncedBytes = 0;
  #isWriting = false;
  #isWalked = false;
  #isPaused = false;
  #isOver = false;
  #isCancelled = false;
  #isRemoved = false;
  #commandsSeen = 0;
  /** When clients last wanted something, monotonic ms. */
  #wantedMs: number;
  /** When the last slice began, monotonic ms. */
  #beganMs: number;
  readonly #startedMs: number;

  /** Begins the snapshot of this moment. @throws DiskError when the file cannot be made; then nothing has begun */
  constructor(host: PersistenceHost, options: SnapshotFileOptions) {
    this.#host = host;
    this.#options = options;
    this.#disk = host.disk;
    this.#file = host.disk.open(options.path, "create");
    this.snapshot = new Snapshot(host.keyspace, options.encoder);
    this.startedAt = this.heldAt = host.clock.now();
    // The first slice comes at once, when nobody can have said yet that he wants something.
    this.#startedMs = this.#wantedMs = this.#beganMs = host.clock.monotonicMs();
    this.#commandsSeen = host.commandsProcessed;
    host.later(0, () => this.#slice());
  }

  /** Bytes held in memory for the snapshot now. */
  get held(): number {
    const { length, aside } = this.#options.encoder;
    return length + aside + this.#pendingBytes;
  }

  /** Gives up: the file goes, and `done` is not called any more. */
  cancel(): void {
    this.#isCancelled = true;
    if (this.#isOver) return;
    this.#isOver = true;
    this.snapshot.abort();
    this.#discard();
  }

  #slice(): void {
    if (this.#isOver || this.#isWalked) return;
    const { clock } = this.#host;
    const { encoder } = this.#options;
    const began = clock.monotonicMs();
    const [sliceMs, restMs] = this.#pace(began);
    const goesOn = (): boolean => {
      encoder.prepare?.();
      if (encoder.length >= CHUNK_BYTES) this.#handOver();
      if (this.#pendingBytes > PENDING_BYTES_MAX) return false;
      const now = clock.monotonicMs();
      return now - began < sliceMs && this.#isDue(now);
    };
    try {
      this.#isWalked = goesOn() && this.snapshot.step(goesOn) && this.#isDue(clock.monotonicMs());
      if (this.#isWalked) encoder.end();
    } catch (error) {
      return this.#fail(error as Error);
    }
    this.#measure();
    if (encoder.length >= CHUNK_BYTES || this.#isWalked) this.#handOver();
    if (this.#isWalked) return;
    this.#isPaused = this.#pendingBytes > PENDING_BYTES_MAX;
    if (!this.#isPaused) this.#host.later(restMs, () => this.#slice());
  }

  /** For how long to work, and how long to rest then. @param now monotonic ms */
  #pace(now: number): readonly [sliceMs: number, restMs: number] {
    const { commandsProcessed } = this.#host;
    const commands = commandsProcessed - this.#commandsSeen;
    const isBusy = commands >= BUSY_RATE * (now - this.#beganMs);
    if (commands !== 0) this.#wantedMs = now;
    this.#commandsSeen = commandsProcessed;
    this.#beganMs = now;
    if (this.snapshot.isUrgent) return [SLICE_MS_URGENT, REST_MS_URGENT];
    if (now - this.#wantedMs > QUIET_MS) return [SLICE_MS_IDLE, 0];
    return isBusy ? [SLICE_MS_BUSY, REST_MS_BUSY] : [SLICE_MS_LIGHT, 0];
  }

  /** Whether the keys so far have taken as long as they are to take. @param now monotonic ms */
  #isDue(now: number): boolean {
    return this.snapshot.shown * this.#options.keyDelayUs() <= (now - this.#startedMs) * 1000;
  }

  /** Notes how much is held in memory. */
  #measure(): void {
    this.heldAt = this.#host.clock.now();
    this.heldPeak = Math.max(this.heldPeak, this.held);
  }

  #handOver(): void {
    const chunk = this.#options.encoder.take();
    this.#chunks.push(chunk);
    this.#pendingBytes += chunk.length;
    if (!this.#isWriting) this.#write();
  }

  /** Writes what waits, chunk by chunk, then, at the end of the walk, ends the file. */
  async #write(): Promise<void> {
    this.#isWriting = true;
    try {
      for (let chunk = this.#chunks.shift(); chunk !== undefined; chunk = this.#chunks.shift()) {
        for (let at = 0; at < chunk.length;) {
          at += await this.#file.writeLater(at === 0 ? chunk : chunk.subarray(at));
          if (this.#isOver) return this.#discard();
        }
        this.bytes += chunk.length;
        this.#pendingBytes -= chunk.length;
        this.#unsyncedBytes += chunk.length;
        this.#options.encoder.recycle(chunk);
        if (this.#options.syncsOnTheWay && this.#unsyncedBytes >= SYNC_BYTES) await this.#sync();
        if (this.#isPaused && this.#pendingBytes <= PENDING_BYTES_MAX / 2) {
          this.#isPaused = false;
          this.#host.later(0, () => this.#slice());
        }
      }
      this.#isWriting = false;
      if (!this.#isWalked || this.#isOver) return;
      await this.#sync();
      if (this.#isOver) return this.#discard();
      this.#isOver = true;
      this.#file.close();
    } catch (error) {
      this.#isWriting = false;
      if (this.#isOver) this.#discard();
      else this.#fail(error as Error);
      return;
    }
    this.#options.done(undefined);
  }

  async #sync(): Promise<void> {
    this.#unsyncedBytes = 0;
    await this.#file.syncLater();
  }

  #fail(error: Error): void {
    this.#isOver = true;
    this.snapshot.abort();
    this.#discard();
    this.#host.later(0, () => {
      if (!this.#isCancelled) this.#options.done(error);
    });
  }

  /** Lets go of the file. To be called again when a write that was under way has ended. */
  #discard(): void {
    try {
      this.#file.close();
    } catch {
      // A write is under way, or it is closed already.
    }
    // The next snapshot may have a file of this name by the time that the last write ends.
    if (this.#isRemoved) return;
    this.#isRemoved = true;
    try {
      this.#disk.remove(this.#options.path);
    } catch {
      // It never came to be.
    }
  }
}
