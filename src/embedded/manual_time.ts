/**
 * Time that a test owns: a clock that stands still, and the timers beside it. When the test lets time pass, what is due
 * on the way happens one after the other, each at its own time.
 */
import { ManualClock } from "../sys/clock.ts";
import { ManualTimers } from "../sys/timers.ts";

/** What is done again and again (the cron) happens at most so many times while time passes once. */
const REPEATS_MAX = 10_000;

/** What else is there to be done while time passes. */
export interface TimeHost {
  /** When it is fulfilled, what the last timer has caused is done as well. */
  settled(): Promise<void>;
  /** The same after a timer of the cron, which usually causes nothing: undefined, then. */
  settledAfterCron(): Promise<void> | undefined;
}

export class ManualTime {
  readonly clock: ManualClock;
  readonly timers: ManualTimers;
  #last: Promise<void> = Promise.resolve();

  /** @param startMs unix ms */
  constructor(startMs: number) {
    this.clock = new ManualClock(startMs);
    this.timers = new ManualTimers((ms) => this.#pass(ms));
  }

  /** Lets time pass, and all that is due on the way happen. One call waits for the one before. @throws RangeError */
  advance(ms: number, host: TimeHost): Promise<void> {
    if (!(ms >= 0 && ms < Infinity)) throw new RangeError(`time cannot advance by ${ms} ms`);
    const mine = this.#last.then(() => this.#advance(ms, host));
    this.#last = mine.catch(() => {});
    return mine;
  }

  #pass(ms: number): void {
    this.clock.advance(ms);
    this.timers.advance(ms);
  }

  async #advance(ms: number, host: TimeHost): Promise<void> {
    const lateMs = ms / REPEATS_MAX;
    let left = ms;
    await host.settled();
    for (;;) {
      const step = Math.min(left, this.timers.next(lateMs));
      this.#pass(step);
      left -= step;
      for (let kind = this.timers.fire(); kind !== undefined; kind = this.timers.fire()) {
        const settled = kind === "exact" ? host.settled() : host.settledAfterCron();
        if (settled !== undefined) await settled;
      }
      if (left <= 0) return;
    }
  }
}
