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
  /** Calls back once, in a turn of the event loop of its own. @param ms at least so many, 0 to TIMER_MS_MAX */
  after(ms: number, callback: () => void): Timer;
  /** Lets time pass while nothing else happens in this thread. */
  sleep(ms: number): void;
}

/** The runtime's timers. @param keepsAlive whether the process lives at least until they have come */
export function newSystemTimers(keepsAlive: boolean): Timers {
  return {
    after(ms, callback) {
      const timer: unknown = setTimeout(callback, ms);
      // In Node a timer is an object that can do this itself.
      if (!keepsAlive) Deno.unrefTimer(timer as number);
      return { cancel: () => clearTimeout(timer as number) };
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

/**
 * Timers that come when they are told to. Their time has the same rhythm as the clock beside them, which is moved by the same
 * hand. Nothing keeps the process alive.
 */
export class ManualTimers implements Timers {
  /** In the order in which they are due; those of one moment in the order in which they were set. */
  readonly #entries: Entry[] = [];
  #nowMs = 0;
  readonly #slept: (ms: number) => void;

  /** @param slept is told that so many ms have passed in {@link sleep} */
  constructor(slept: (ms: number) => void) {
    this.#slept = slept;
  }

  /** O(log n) to find the place, O(n) to take it. */
  after(ms: number, callback: () => void): Timer {
    const dueMs = this.#nowMs + Math.max(0, ms);
    const entry: Entry = { dueMs, callback, cancel: () => this.#remove(entry) };
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.dueMs <= dueMs) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, entry);
    return entry;
  }

  sleep(ms: number): void {
    this.#slept(ms);
  }

  /** How many are to come. */
  get size(): number {
    return this.#entries.length;
  }

  /** Ms until the next one; Infinity when there is none. */
  get next(): number {
    return this.#entries.length === 0 ? Infinity : Math.max(0, this.#entries[0]!.dueMs - this.#nowMs);
  }

  /** Lets time pass. What is due comes with {@link fire}. */
  advance(ms: number): void {
    this.#nowMs += ms;
  }

  /** Calls the first one that is due; whether there was one. What it throws goes through. */
  fire(): boolean {
    const first = this.#entries[0];
    if (first === undefined || first.dueMs > this.#nowMs) return false;
    this.#entries.shift();
    first.callback();
    return true;
  }

  #remove(entry: Entry): void {
    const at = this.#entries.indexOf(entry);
    if (at >= 0) this.#entries.splice(at, 1);
  }
}
