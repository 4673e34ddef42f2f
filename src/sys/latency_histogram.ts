/**
 * How long things took, as counts in buckets whose width grows with the value: eight to a doubling, so that a
 * percentile is right within 6 %.
 */

const STEPS = 8;
const BUCKETS = 32 * STEPS;

export class LatencyHistogram {
  readonly #counts: Float64Array = new Float64Array(BUCKETS);
  total = 0;

  /** @param microseconds fractional, >= 0 */
  record(microseconds: number, times = 1): void {
    const nanoseconds = Math.max(1, microseconds * 1000);
    this.#counts[Math.min(BUCKETS - 1, (Math.log2(nanoseconds) * STEPS) | 0)]! += times;
    this.total += times;
  }

  /** The value in microseconds that `percent` of the recorded ones do not exceed; 0 when there are none. */
  percentile(percent: number): number {
    let left = Math.max(1, Math.ceil(this.total * percent / 100));
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#counts[bucket]!;
      if (left <= 0) return 2 ** ((bucket + 1) / STEPS) / 1000;
    }
    return 0;
  }

  /** Pairs of an upper bound in microseconds, doubling, and how many values were at most that. */
  *cumulative(): IterableIterator<[bound: number, count: number]> {
    let sum = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      sum += this.#counts[bucket]!;
      if ((bucket + 1) % STEPS === 0) yield [2 ** ((bucket + 1) / STEPS) / 1000, sum];
    }
  }
}
