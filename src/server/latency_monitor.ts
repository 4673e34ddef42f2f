/**
 * The latency monitor: for each event that took at least `latency-monitor-threshold` ms, when and how long. Events are few
 * and named in the code, so nothing here needs a limit.
 */
import type { LatencyCommands, LatencyEvent, LatencySample } from "../observation.ts";
import { adviseOnLatency } from "./latency_doctor.ts";

/** What the server watches. The names are the reference's where it watches the same. */
export type LatencyEventName =
  | "command"
  | "fast-command"
  | "command-unblocking"
  | "expire-cycle"
  | "eviction-cycle"
  | "eviction-del"
  | "lazyfree-slice"
  | "aof-write"
  | "aof-fsync-always"
  | "snapshot-slice"
  | "cron";

const SAMPLES_MAX = 160;

class Series implements LatencyEvent {
  readonly name: string;
  readonly samples: LatencySample[] = [];
  maxMs = 0;

  constructor(name: string) {
    this.name = name;
  }

  add(at: number, ms: number): void {
    this.maxMs = Math.max(this.maxMs, ms);
    const last = this.samples.at(-1);
    // Of each second the worst stands for all.
    if (last?.at === at) {
      if (ms > last.ms) this.samples[this.samples.length - 1] = { at, ms };
      return;
    }
    this.samples.push({ at, ms });
    if (this.samples.length > SAMPLES_MAX) this.samples.shift();
  }
}

export class LatencyMonitor implements LatencyCommands {
  /** Ms from which on an event is kept; Infinity: none is. */
  threshold = Infinity;
  readonly #series: Map<string, Series> = new Map();
  readonly #now: () => number;

  /** @param now unix ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Something took so long. @param ms fractional; whole ones count */
  took(event: LatencyEventName, ms: number): void {
    if (ms < this.threshold) return;
    let series = this.#series.get(event);
    if (series === undefined) this.#series.set(event, series = new Series(event));
    series.add(Math.floor(this.#now() / 1000), Math.floor(ms));
  }

  events(): Iterable<LatencyEvent> {
    return this.#series.values();
  }

  event(name: string): LatencyEvent | undefined {
    return this.#series.get(name);
  }

  reset(name?: string): number {
    if (name !== undefined) return this.#series.delete(name) ? 1 : 0;
    const { size } = this.#series;
    this.#series.clear();
    return size;
  }

  advise(): string {
    return adviseOnLatency(this, Math.floor(this.#now() / 1000));
  }
}
