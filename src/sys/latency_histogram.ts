/**
 * How long things took, as counts in buckets: 32 of the same width to each doubling, so that a percentile is right within
 * 3 %. What took longer than 4.29 s counts as that long.
 */

/** The logarithm of the buckets to a doubling. */
const STEP_BITS = 5;
const STEPS = 1 << STEP_BITS;
const NANOSECONDS_MAX = 2 ** 32 - 1;
const BUCKETS = bucketOf(NANOSECONDS_MAX) + 1;

function bucketOf(nanoseconds: number): number {
  const shift = Math.max(0, 31 - STEP_BITS - Math.clz32(nanoseconds));
  return (shift << STEP_BITS) + (nanoseconds >>> shift);
}

/** The largest value that falls into a bucket, in nanoseconds. */
function largestIn(bucket: number): number {
  if (bucket < 2 * STEPS) return bucket;
  const shift = (bucket >> STEP_BITS) - 1;
  return ((bucket & (STEPS - 1)) + STEPS + 1) * 2 ** shift - 1;
}

export class LatencyHistogram {
  readonly #counts: Float64Array = new Float64Array(BUCKETS);
  total = 0;

  /** @param microseconds fractional, >= 0 */
  record(microseconds: number, times = 1): void {
    this.#counts[bucketOf(Math.min(NANOSECONDS_MAX, microseconds * 1000) >>> 0)]! += times;
    this.total += times;
  }

  /** Counts what another one has counted as well. O(1) */
  add(other: LatencyHistogram): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) this.#counts[bucket]! += other.#counts[bucket]!;
    this.total += other.total;
  }

  /**
   * What was counted since an earlier copy of this one was made; everything, when that counted more, because this one was
   * reset meanwhile. O(1)
   */
  since(earlier: LatencyHistogram): LatencyHistogram {
    const rest = new LatencyHistogram();
    rest.add(this);
    if (earlier.total > this.total) return rest;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      rest.#counts[bucket] = Math.max(0, rest.#counts[bucket]! - earlier.#counts[bucket]!);
    }
    rest.total -= earlier.total;
    return rest;
  }

  /** The value in microseconds that `percent` of the recorded ones do not exceed; 0 when there are none. */
  percentile(percent: number): number {
    let left = Math.max(1, Math.ceil(this.total * percent / 100));
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#counts[bucket]!;
      if (left <= 0) return largestIn(bucket) / 1000;
    }
    return 0;
  }

  /** Pairs of a bound in microseconds, doubling, and how many values were less. */
  *cumulative(): IterableIterator<[bound: number, count: number]> {
    let sum = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      sum += this.#counts[bucket]!;
      if (bucket % STEPS === STEPS - 1) yield [(largestIn(bucket) + 1) / 1000, sum];
    }
  }
}
