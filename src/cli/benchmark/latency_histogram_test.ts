import { assertAlmostEquals, assertEquals } from "@std/assert";
import { Random } from "../../sys/random.ts";
import { LATENCY_US_MAX, LatencyHistogram } from "./latency_histogram.ts";

function histogramOf(...latencies: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const us of latencies) histogram.record(us, 1);
  return histogram;
}

Deno.test("a latency is shown as the upper end of its bucket, which is at most 8 us or a thousandth away", () => {
  const cases = [[0, 7], [7, 7], [8, 15], [200, 207], [16383, 16383], [16384, 16399], [1_000_000, 1_000_447]];
  for (const [us, shown] of cases) assertEquals(histogramOf(us!).max, shown, `${us} us`);
  for (let us = 1; us < LATENCY_US_MAX; us = Math.ceil(us * 1.01)) {
    const { min, max } = histogramOf(us);
    assertEquals(
      min <= us && us <= max && max - min < Math.max(8, us / 1000),
      true,
      `${us} us: ${min} to ${max}`,
    );
  }
});

Deno.test("latencies beyond the longest one count as that", () => {
  assertEquals(histogramOf(10 * LATENCY_US_MAX).max, histogramOf(LATENCY_US_MAX).max);
});

Deno.test("figures are those of the sorted latencies, to the width of a bucket", () => {
  const seed = new Random().uint32();
  const random = new Random(seed);
  const latencies = Array.from({ length: 5000 }, () => random.below(4 ** random.below(10) + 1));
  const histogram = histogramOf(...latencies);
  const sorted = latencies.toSorted((a, b) => a - b);
  for (const percentile of [0, 1, 25, 50, 95, 99, 99.9, 100]) {
    const rank = Math.max(1, Math.floor(percentile / 100 * sorted.length + 0.5));
    assertEquals(
      histogram.at(percentile),
      histogramOf(sorted[rank - 1]!).max,
      `seed ${seed}, ${percentile}%`,
    );
  }
  assertAlmostEquals(histogram.mean, latencies.reduce((sum, us) => sum + us, 0) / latencies.length, 1e-6);
  assertEquals(histogram.total, 5000);
  for (const { us, count } of [...histogram.percentiles(), ...histogram.cumulative()]) {
    assertEquals(count, sorted.filter((latency) => latency <= us).length, `seed ${seed}, ${us} us`);
  }
});

Deno.test("percentiles halve the way to 100 until nothing is left", () => {
  const histogram = histogramOf(...Array.from({ length: 10 }, (_, i) => 8 * i));
  assertEquals(histogram.percentiles(), [
    { percentile: 0, us: 7, count: 1 },
    { percentile: 50, us: 39, count: 5 },
    { percentile: 75, us: 63, count: 8 },
    { percentile: 87.5, us: 71, count: 9 },
    { percentile: 93.75, us: 79, count: 10 },
    { percentile: 100, us: 79, count: 10 },
  ]);
});

Deno.test("a step that a bucket passes together with the one before is left out", () => {
  const histogram = histogramOf(...Array.from({ length: 15 }, () => 100), 900);
  assertEquals(histogram.percentiles().map(({ percentile, count }) => [percentile, count]), [
    [0, 15],
    [96.875, 16],
    [100, 16],
  ]);
});

Deno.test("the cumulative distribution has tenths of a millisecond up to 2 ms, then milliseconds", () => {
  const points = histogramOf(50, 60, 450, 1950, 2050, 2150, 9000).cumulative();
  assertEquals(points.map(({ us, count }) => [us, count]), [
    [103, 2],
    [503, 3],
    [2007, 4],
    [2103, 5],
    [3103, 6],
    [9103, 7],
  ]);
});

Deno.test("of no latencies there is nothing to show", () => {
  const histogram = new LatencyHistogram();
  assertEquals([histogram.mean, histogram.min, histogram.max, histogram.at(50)], [0, 0, 0, 0]);
  assertEquals([...histogram.percentiles(), ...histogram.cumulative()], []);
});

Deno.test("adding a histogram is recording what it recorded", () => {
  const [one, other] = [histogramOf(10, 20, 5000), histogramOf(10, 70_000)];
  one.add(other);
  const both = histogramOf(10, 20, 5000, 10, 70_000);
  assertEquals([one.counts, one.sum], [both.counts, both.sum]);
});
