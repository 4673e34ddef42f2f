/**
 * `maxmemory` as the server keeps it: whether there is room, making it, and what commands are told when there is none.
 * Which key goes is the business of {@link Evictor}; docs/eviction.md tells how it fits together.
 *
 * Invariant: while there is a limit, `dataLimit` is what it leaves for the data, whose size is known at any time, so that
 * asking whether there is room is one comparison.
 */
import type { Args } from "../args.ts";
import type { Command } from "../command_table.ts";
import type { MemoryGate } from "../gates.ts";
import { Evictor } from "../store/eviction/evictor.ts";
import type { Keyspace } from "../store/keyspace.ts";
import type { Clock } from "../sys/clock.ts";
import type { Timer, Timers } from "../sys/timers.ts";

type Room = ReturnType<MemoryGate["makeRoom"]>;

/** What eviction needs of the server. */
export interface EvictionHost {
  readonly keyspace: Keyspace;
  readonly clock: Clock;
  readonly timers: Timers;
  /** What counts against the limit beside the data, and adding it up. */
  readonly memoryLedger: { readonly beside: number; refresh(): void };
  /** Swaps values out until the data takes no more than so many bytes; absent without virtual memory. */
  readonly swapping: Swapping | undefined;
  /** Whether keys may go now: no data is being loaded, nobody is paused, no script is suspended. */
  mayEvict(): boolean;
  /** Runs something as if a client had sent it: what it does is written and told at the end of the turn. */
  inTurn(action: () => void): void;
  /** Is told what took long, and from how many ms on that is of interest. */
  readonly latency: { readonly threshold: number; took(what: EvictionEvent, ms: number): void };
  /** See {@link MemoryGate}. */
  readonly declaredNeed: MemoryGate["declaredNeed"];
}

type EvictionEvent = "eviction-cycle" | "eviction-del";

/** What virtual memory can do first. */
export interface Swapping {
  /** Bytes of data beyond which values are swapped out because of `maxmemory`. */
  dataLimit: number;
  /** To be called between commands. */
  relieve(): void;
  /** Bytes that are free as soon as writes have ended that are under way. */
  readonly pendingBytes: number;
  /** Whether there is more that can be swapped out. */
  readonly canGoOn: boolean;
}

/** Keys between two looks at the clock, unless they are large. */
const KEYS_PER_LOOK = 16;
const LARGE_BYTES = 256 << 10;
const UNLIMITED_TENACITY = 100;

/** Ms that one command, or one slice in the background, may take. @param tenacity 0-100 */
export function evictionSliceMs(tenacity: number): number {
  if (tenacity <= 10) return 0.05 * tenacity;
  return tenacity < UNLIMITED_TENACITY ? 0.5 * 1.15 ** (tenacity - 10) : Infinity;
}

export class Eviction implements MemoryGate {
  readonly evictor: Evictor;
  /** `maxmemory`, bytes; 0: there is no limit. */
  limit = 0;
  /** See {@link evictionSliceMs}. */
  sliceMs: number = evictionSliceMs(10);
  /** Bytes that the data may take. */
  dataLimit = Infinity;
  /** Whether the last command that was looked at found that there is no room. */
  isOutOfMemory = false;
  readonly #host: EvictionHost;
  /** The time at which {@link dataLimit} was computed. */
  #measuredAt = NaN;
  #timer: Timer | undefined;
  #isDue = false;
  #isClosed = false;
  /** Since when too much is used, on the monotonic clock. */
  #exceededSince: number | undefined;
  #exceededMs = 0;

  constructor(host: EvictionHost) {
    this.#host = host;
    this.evictor = new Evictor(host.keyspace);
  }

  /** Ms for which too much has been used until now, or in all. */
  get exceededMs(): { readonly current: number; readonly total: number } {
    const since = this.#exceededSince;
    const current = since === undefined ? 0 : this.#host.clock.monotonicMs() - since;
    return { current, total: this.#exceededMs + current };
  }

  resetStatistics(): void {
    this.#exceededMs = 0;
    this.#exceededSince = undefined;
  }

  /** Adds up what counts beside the data, as cron does now and then. */
  measure(): void {
    const { keyspace, memoryLedger, swapping } = this.#host;
    memoryLedger.refresh();
    this.#measuredAt = keyspace.now;
    this.dataLimit = this.limit === 0 ? Infinity : this.limit - memoryLedger.beside;
    if (swapping !== undefined) swapping.dataLimit = Math.max(0, this.dataLimit);
  }

  /** Clients take so many bytes more than when {@link dataLimit} was computed. */
  clientsGrew(bytes: number): void {
    this.dataLimit -= bytes;
  }

  /** `maxmemory` was set: what is too much goes from the end of this turn on. @returns whether too much is used */
  setLimit(bytes: number): boolean {
    this.limit = bytes;
    this.measure();
    if (bytes === 0) this.#exceeds(false);
    this.#isDue = this.isShort;
    return this.#isDue;
  }

  get isShort(): boolean {
    return this.#host.keyspace.usedBytes > this.dataLimit;
  }

  mustLook(): boolean {
    if (this.isShort) return true;
    if (this.#exceededSince !== undefined) this.#exceeds(false);
    this.isOutOfMemory = false;
    return false;
  }

  declaredNeed(command: Command, args: Args): boolean | undefined {
    return this.#host.declaredNeed(command, args);
  }

  /** To be called at the end of each turn while there is a limit. */
  endTurn(): void {
    if (!this.#isDue) return;
    this.#isDue = false;
    this.makeRoom();
  }

  /** Makes room, for as long as a command may take for it. To be called between commands. */
  makeRoom(): Room {
    const { keyspace, swapping } = this.#host;
    this.isOutOfMemory = false;
    if (this.limit === 0 || !this.#host.mayEvict()) return "enough";
    if (this.isShort && this.#measuredAt !== keyspace.now) this.measure();
    if (!this.isShort) {
      this.#exceeds(false);
      return "enough";
    }
    const began = this.#host.clock.monotonicMs();
    let room: Room = "none";
    if (swapping !== undefined && this.#freeWaiting(began)) room = this.#swapOut(swapping);
    if (room === "none") room = this.#evict(began);
    this.#exceeds(room !== "enough");
    this.isOutOfMemory = room === "none";
    return room;
  }

  #swapOut(swapping: Swapping): Room {
    swapping.relieve();
    if (!this.isShort) return "enough";
    const isOnItsWay = this.#host.keyspace.usedBytes - swapping.pendingBytes <= this.dataLimit;
    return isOnItsWay || swapping.canGoOn ? "soon" : "none";
  }

  /** Frees what waits for that; whether nothing is left, or there is room. */
  #freeWaiting(began: number): boolean {
    const { keyspace, clock } = this.#host;
    const isInTime = () => clock.monotonicMs() - began <= this.sliceMs;
    return !keyspace.freeSome(() => this.isShort && isInTime()) || !this.isShort;
  }

  /** Frees what waits for that, then evicts, until there is room or the time is up. */
  #evict(began: number): Room {
    const { keyspace, clock, latency } = this.#host;
    let room: Room = "enough";
    for (let done = 1; this.isShort; done++) {
      const before = keyspace.usedBytes;
      if (keyspace.lazyFreePending > 0) keyspace.freeSome(() => false);
      else if (!this.#evictOne()) {
        room = "none";
        break;
      }
      if (done % KEYS_PER_LOOK !== 0 && before - keyspace.usedBytes < LARGE_BYTES) continue;
      if (clock.monotonicMs() - began > this.sliceMs && this.isShort) {
        room = "soon";
        this.#goOnLater();
        break;
      }
    }
    if (latency.threshold < Infinity) latency.took("eviction-cycle", clock.monotonicMs() - began);
    return room;
  }

  #evictOne(): boolean {
    const { clock, latency } = this.#host;
    if (latency.threshold === Infinity) return this.evictor.evictOne();
    const began = clock.monotonicMs();
    const isGone = this.evictor.evictOne();
    latency.took("eviction-del", clock.monotonicMs() - began);
    return isGone;
  }

  #goOnLater(): void {
    if (this.#timer !== undefined || this.#isClosed) return;
    this.#timer = this.#host.timers.after(0, () => {
      this.#timer = undefined;
      this.#host.inTurn(() => this.makeRoom());
    });
  }

  #exceeds(isOver: boolean): void {
    if (isOver) {
      this.#exceededSince ??= this.#host.clock.monotonicMs();
    } else if (this.#exceededSince !== undefined) {
      this.#exceededMs = this.exceededMs.total;
      this.#exceededSince = undefined;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }
}
