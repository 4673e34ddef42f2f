import { assertEquals } from "@std/assert";
import { markdownTable, median, percentile, short } from "./table.ts";

Deno.test("a median is one of the numbers, a percentile is reached", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(median([4, 1, 3, 2]), 2);
  assertEquals(median([]), NaN);
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
  assertEquals([50, 99, 99.9, 100].map((percent) => percentile(hundred, percent)), [50, 99, 100, 100]);
});

Deno.test("tables are Markdown, numbers short", () => {
  assertEquals(markdownTable(["a", "b"], [["x", "1000"]]), "| a   |    b |\n| --- | ---: |\n| x   | 1000 |");
  assertEquals([1, 999, 1000, 45_678, 1_234_567].map(short), ["1", "999", "1.0k", "45.7k", "1.23M"]);
});
