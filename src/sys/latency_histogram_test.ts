import { assert, assertEquals } from "@std/assert";
import { LatencyHistogram } from "./latency_histogram.ts";
import { Random } from "./random.ts";

Deno.test("an empty histogram has no values and only zero percentiles", () => {
  const histogram = new LatencyHistogram();
  assertEquals(histogram.total, 0);
  assertEquals(histogram.percentile(50), 0);
  assertEquals([...histogram.cumulative()].every(([, count]) => count === 0), true);
});

Deno.test("one value is every percentile, and is never shown as less than it is by more than the bucket's width", () => {
  for (const value of [0.001, 0.5, 1, 3, 17, 1000, 12_345, 1_000_000]) {
    const histogram = new LatencyHistogram();
    histogram.record(value);
    for (const percent of [0, 1, 50, 99, 99.9, 100]) {
      const shown = histogram.percentile(percent);
      assert(shown >= value * 0.999 && shown <= value * 1.1, `${value} is shown as ${shown}`);
    }
  }
});

Deno.test("percentiles of random values are those of the sorted list, within a bucket", () => {
  const seed = Number(Deno.env.get("SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  console.log(`SEED=${seed}`);
  const random = new Random(seed);
  const histogram = new LatencyHistogram();
  const values = Array.from({ length: 5000 }, () => 2 ** (random.float() * 20));
  for (const value of values) histogram.record(value);
  values.sort((a, b) => a - b);
  for (const percent of [1, 10, 50, 90, 99, 99.9, 100]) {
    const exact = values[Math.ceil(values.length * percent / 100) - 1]!;
    const shown = histogram.percentile(percent);
    assert(shown >= exact * 0.999 && shown <= exact * 1.1, `p${percent}: ${shown} for ${exact}`);
  }
});

Deno.test("many values at once count as many values", () => {
  const [once, often] = [new LatencyHistogram(), new LatencyHistogram()];
  once.record(5, 1000);
  for (let i = 0; i < 1000; i++) often.record(5);
  assertEquals(once.total, 1000);
  assertEquals([...once.cumulative()], [...often.cumulative()]);
});

Deno.test("nothing at all and more than a bucket holds have their place too", () => {
  const histogram = new LatencyHistogram();
  histogram.record(0);
  histogram.record(1e12);
  assertEquals(histogram.total, 2);
  assert(histogram.percentile(50) <= 0.002);
  assertEquals([...histogram.cumulative()].at(-1)![1], 2);
});

Deno.test("the cumulative counts double their bounds, never fall, and end with the total", () => {
  const histogram = new LatencyHistogram();
  for (const value of [1, 2, 3, 100, 100, 5000]) histogram.record(value);
  const pairs = [...histogram.cumulative()];
  for (let i = 1; i < pairs.length; i++) {
    assertEquals(Math.round(pairs[i]![0] / pairs[i - 1]![0] * 1e6) / 1e6, 2);
    assert(pairs[i]![1] >= pairs[i - 1]![1]);
  }
  assertEquals(pairs.at(-1)![1], 6);
  for (const [bound, count] of pairs) {
    const least = [1, 2, 3, 100, 100, 5000].filter((value) => value * 1.1 <= bound).length;
    assert(count >= least, `${count} values up to ${bound}`);
  }
});
