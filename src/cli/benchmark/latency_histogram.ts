/**
 * How often which latency occurred: a histogram whose buckets keep three significant digits, as HdrHistogram's do, so it
 * has a fixed size whatever is recorded, and two of them can be added.
 *
 * Latencies are in microseconds. The finest bucket is 8 wide; from 16384 on the width doubles with the latency. A bucket is
 * called by its upper end, the largest latency that falls into it.
 */

/** Longer latencies are recorded as this, in microseconds. */
export const LATENCY_US_MAX = 3_000_000;

/** A bucket's width is at least 2 to this power. */
const UNIT_BITS = 3;
/** Buckets of the finest width; each doubling above has half as many. */
const FINE_BITS = 11;
const FINE_BUCKETS = 1 << FINE_BITS;
const HALF_BUCKETS = FINE_BUCKETS >> 1;
const BUCKETS = indexOf(LATENCY_US_MAX) + 1;

/** The bucket of a latency; O(1). */
function indexOf(us: number): number {
  const unit = us >>> UNIT_BITS;
  const doublings = Math.max(0, 32 - Math.clz32(unit) - FINE_BITS);
  return doublings * HALF_BUCKETS + (unit >>> doublings);
}

/** The largest latency of a bucket. */
function upperEnd(index: number): number {
  const doublings = Math.max(0, Math.floor(index / HALF_BUCKETS) - 1);
  return (((index - doublings * HALF_BUCKETS + 1) << doublings) << UNIT_BITS) - 1;
}

/** The smallest latency of a bucket. */
function lowerEnd(index: number): number {
  return index === 0 ? 0 : upperEnd(index - 1) + 1;
}

/** A line of a distribution: how many latencies were at most `us`. */
export interface Point {
  /** 0 to 100. */
  readonly percentile: number;
  readonly us: number;
  readonly count: number;
}

export class LatencyHistogram {
  /** How many latencies are in each bucket; for {@link add}, and to be sent between threads. */
  readonly counts: Float64Array;
  #sum = 0;

  constructor(counts: Float64Array = new Float64Array(BUCKETS), sum = 0) {
    this.counts = counts;
    this.#sum = sum;
  }

  /** All latencies together, in microseconds. */
  get sum(): number {
    return this.#sum;
  }

  /** Records a latency `times` times. O(1). */
  record(us: number, times: number): void {
    const latency = Math.max(0, Math.min(LATENCY_US_MAX, us));
    const index = indexOf(latency);
    this.counts[index] = this.counts[index]! + times;
    this.#sum += latency * times;
  }

  /** Takes over what another one recorded. */
  add(other: LatencyHistogram): void {
    for (let i = 0; i < BUCKETS; i++) this.counts[i] = this.counts[i]! + other.counts[i]!;
    this.#sum += other.#sum;
  }

  /** How many latencies were recorded. */
  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** The mean; 0 of none. */
  get mean(): number {
    const { total } = this;
    return total === 0 ? 0 : this.#sum / total;
  }

  /** The smallest latency, to the width of its bucket; 0 of none. */
  get min(): number {
    const index = this.counts.findIndex((count) => count > 0);
    return index < 0 ? 0 : lowerEnd(index);
  }

  /** The largest latency, to the width of its bucket; 0 of none. */
  get max(): number {
    const index = this.counts.findLastIndex((count) => count > 0);
    return index < 0 ? 0 : upperEnd(index);
  }

  /** The latency that so many percent of all do not exceed; 0 of none. */
  at(percentile: number): number {
    const rank = Math.max(1, Math.floor(percentile / 100 * this.total + 0.5));
    let seen = 0;
    for (let i = 0; i < BUCKETS; i++) {
      seen += this.counts[i]!;
      if (seen >= rank) return upperEnd(i);
    }
    return 0;
  }

  /**
   * The distribution by percentiles that halve the way to 100 at each step, up to the one beyond which there is no
   * latency; the last point is always 100. Nothing of none.
   */
  percentiles(): Point[] {
    const { total } = this;
    const points: Point[] = [];
    let seen = 0;
    let wanted = 0;
    let share = 100;
    for (let i = 0; i < BUCKETS && seen < total; i++) {
      const count = this.counts[i]!;
      if (count === 0) continue;
      seen += count;
      if (100 * seen / total < wanted) continue;
      points.push({ percentile: wanted, us: upperEnd(i), count: seen });
      // A bucket may pass several steps at once: the last of them is the one to go on from.
      do {
        share /= 2;
        wanted = 100 - share;
      } while (wanted <= 100 * seen / total && seen < total);
    }
    const last = points.at(-1);
    if (last !== undefined) points.push({ percentile: 100, us: this.max, count: total });
    return points;
  }

  /**
   * How many latencies were at most 0.1 ms, 0.2 ms and so on, in steps of a millisecond behind 2 ms, until it is all of
   * them. Points that say the same as the one before are left out. Nothing of none.
   */
  cumulative(): Point[] {
    const { total } = this;
    const points: Point[] = [];
    let seen = 0;
    let next = 0;
    let step = 100;
    for (let level = step; seen < total;) {
      const bucket = Math.min(indexOf(level), BUCKETS - 1);
      while (next <= bucket) seen += this.counts[next++]!;
      if (points.at(-1)?.count !== seen) {
        points.push({ percentile: 100 * seen / total, us: upperEnd(bucket), count: seen });
      }
      level += step;
      if (upperEnd(bucket) > 2000) step = 1000;
    }
    return points;
  }
}
