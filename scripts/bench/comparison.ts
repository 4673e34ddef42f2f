/** Several figures of both rivals as one table, for benchmarks that have more to tell than one number each. */
import type { Results, Rival } from "./rivals.ts";
import { isLoss, markdownTable, median, times } from "./table.ts";

/** What the parts of the persistence benchmark are told. */
export interface PersistenceOptions {
  readonly rounds: number;
  /** Keys of the files part; the others have numbers in proportion. */
  readonly keys: number;
  readonly rivals: readonly [Rival, Rival];
}

/** A figure of which less is better (or more), as it is shown. */
export interface Figure<Sample> {
  readonly what: string;
  readonly of: (sample: Sample) => number;
  readonly show: (value: number) => string;
  readonly better?: "less" | "more";
}

/** A table of medians with ratios, and a list of what is lost. */
export function comparison<Sample>(results: Results<Sample>, figures: readonly Figure<Sample>[]): string {
  const rows: string[][] = [];
  const losses: string[] = [];
  for (const { what, of, show, better = "less" } of figures) {
    const [real, ours] = [median(results["redis-server"].map(of)), median(results.redeno.map(of))];
    const ratio = ours / real;
    rows.push([what, show(real), show(ours), times(ratio)]);
    if (isLoss(better === "less" ? ratio : 1 / ratio)) losses.push(`- ${what}: ${times(ratio)}`);
  }
  return [
    markdownTable(["", "redis-server", "redeno", "ratio"], rows),
    "",
    "Where we lose:",
    ...(losses.length > 0 ? losses : ["- nowhere in this run"]),
  ].join("\n");
}
