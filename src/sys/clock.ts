/**
 * Time as a parameter: whoever needs it is handed a Clock, so tests decide what time it is.
 *
 * Two kinds of time. The wall clock says when something happens to people and to other machines (expiry times, TIME,
 * LASTSAVE); it may be set, so it may jump both ways. The monotonic clock only measures how long something took.
 */

export interface Clock {
  /** Wall clock: integer milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Wall clock: integer microseconds since 1970-01-01 UTC; always within the millisecond that now() would give. */
  micros(): number;
  /** Milliseconds, with a fraction, since some fixed moment; never goes back. */
  monotonicMs(): number;
}

class SystemClock implements Clock {
  /** Wall clock minus monotonic clock, in milliseconds; corrected whenever the two are seen to disagree. */
  #offsetMs = performance.timeOrigin;

  now(): number {
    return Date.now();
  }

  micros(): number {
    const millisecond = Date.now();
    const fraction = performance.now() + this.#offsetMs - millisecond;
    // The wall clock has no finer unit than milliseconds here, so the monotonic clock supplies the rest. A value
    // outside of the current millisecond means that the offset is stale (the clock was set, or drifted).
    if (fraction >= 0 && fraction < 1) return millisecond * 1000 + Math.floor(fraction * 1000);
    const nearest = fraction < 0 ? 0 : 0.999;
    this.#offsetMs += nearest - fraction;
    return millisecond * 1000 + Math.floor(nearest * 1000);
  }

  monotonicMs(): number {
    return performance.now();
  }
}

/** The machine's clock. */
export const systemClock: Clock = new SystemClock();

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  #wallMs: number;
  #monotonicMs = 0;

  /** @param startMs wall clock at the beginning, in milliseconds since 1970. */
  constructor(startMs = 1_700_000_000_000) {
    this.#wallMs = startMs;
  }

  now(): number {
    return Math.floor(this.#wallMs);
  }

  micros(): number {
    return Math.floor(this.#wallMs * 1000);
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  /** Lets `ms` milliseconds pass (a fraction is fine), on both clocks. Time does not pass backwards. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`time cannot advance by ${ms} ms`);
    this.#wallMs += ms;
    this.#monotonicMs += ms;
  }

  /** Sets the wall clock, as an administrator would: no time passes. */
  setWallClock(ms: number): void {
    this.#wallMs = ms;
  }
}
