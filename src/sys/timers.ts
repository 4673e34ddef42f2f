/**
 * What happens after a while, as a parameter: whoever wants to be called back asks a Timers, so that where a test owns
 * the clock it owns these as well.
 */

/** The longest time that a timer can be set to, in ms: some 24 days. */
export const TIMER_MS_MAX = 2 ** 31 - 1;

/** A call that is to come. */
export interface Timer {
  /** It does not come. Nothing happens when it has come. */
  cancel(): void;
}

export interface Timers {
  /**
   * Calls back once, in a turn of the event loop of its own.
   * @param ms at least so many, 0 to TIMER_MS_MAX
   * @param mayBeLate whether it is no matter when exactly, as of what is done again and again
   */
  after(ms: number, callback: () => void, mayBeLate?: boolean): Timer;
  /** Lets time pass while nothing else happens in this thread. */
  sleep(ms: number): void;
}

/** The runtime's timers. @param keepsAlive whether the process goes on for those that may be late */
export function newSystemTimers(keepsAlive: boolean): Timers {
  return {
    after(ms, callback, mayBeLate = false) {
      const timer = setTimeout(callback, ms);
      if (mayBeLate && !keepsAlive) Deno.unrefTimer(timer);
      return { cancel: () => clearTimeout(timer) };
    },
    sleep: (ms) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
  };
}

/** The runtime's timers, which keep the process alive. */
export const systemTimers: Timers = newSystemTimers(true);

interface Entry extends Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** Timers in the order in which they are due; those of one moment in the order in which they were set. */
class Line {
  readonly entries: Entry[] = [];

  add(entry: Entry): void {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.entries[middle]!.dueMs <= entry.dueMs) low = middle + 1;
      else high = middle;
    }
    this.entries.splice(low, 0, entry);
  }

  remove(entry: Entry): void {
    const at = this.entries.indexOf(entry);
    if (at >= 0) this.entries.splice(at, 1);
  }

  get dueMs(): number {
    return this.entries[0]?.dueMs ?? Infinity;
  }
}

/**
 * Timers that come when they are told to: beside a clock that is moved by the same hand, at the same pace. Nothing keeps the
 * process alive.
 *
 *     timers.advance(timers.next());   // time passes
 *     while (timers.fire() !== undefined);
 */
export class ManualTimers implements Timers {
  readonly #exact = new Line();
  readonly #elastic = new Line();
  readonly #slept: (ms: number) => void;
  #nowMs = 0;

  /** @param slept is told that so many ms have passed in {@link sleep} */
  constructor(slept: (ms: number) => void) {
    this.#slept = slept;
  }

  /** O(log n) to find the place among those that are to come, O(n) to take it. */
  after(ms: number, callback: () => void, mayBeLate = false): Timer {
    const line = mayBeLate ? this.#elastic : this.#exact;
    const entry: Entry = {
      dueMs: this.#nowMs + Math.max(0, ms),
      callback,
      cancel: () => line.remove(entry),
    };
    line.add(entry);
    return entry;
  }

  sleep(ms: number): void {
    this.#slept(ms);
  }

  /** Ms until the next timer; Infinity when there is none. @param lateMs by how much those may be late that may */
  next(lateMs = 0): number {
    const exact = this.#exact.dueMs - this.#nowMs;
    const elastic = Math.max(this.#elastic.dueMs - this.#nowMs, lateMs);
    return Math.max(0, Math.min(exact, elastic));
  }

  /** Lets time pass. What is due comes with {@link fire}. */
  advance(ms: number): void {
    this.#nowMs += ms;
  }

  /** Calls the first timer that is due; which kind it was, undefined: none is. What it throws goes through. */
  fire(): "exact" | "may be late" | undefined {
    const isExact = this.#exact.dueMs <= this.#elastic.dueMs;
    const line = isExact ? this.#exact : this.#elastic;
    if (line.dueMs > this.#nowMs) return undefined;
    line.entries.shift()!.callback();
    return isExact ? "exact" : "may be late";
  }
}
