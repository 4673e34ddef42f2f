/** Numbers and tables for the eye: medians, percentiles, Markdown. */

/** The middle one of some numbers (the lower of two middles); NaN of none. */
export function median(numbers: readonly number[]): number {
  return percentile(numbers, 50);
}

/** The smallest number that `percent` of all numbers do not exceed; NaN of none. */
export function percentile(numbers: readonly number[], percent: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const index = Math.ceil(sorted.length * percent / 100) - 1;
  return sorted[Math.max(0, index)] ?? NaN;
}

/** A Markdown table; all columns but the first are aligned to the right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(3, title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    "| " + cells.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)).join(" | ") +
    " |";
  const rule = "| " +
    widths.map((width, i) => i === 0 ? "-".repeat(width) : "-".repeat(width - 1) + ":").join(" | ") + " |";
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** 1234567 as "1.23M", 45678 as "45.7k". */
export function short(number: number): string {
  if (!Number.isFinite(number)) return "-";
  if (Math.abs(number) >= 1e6) return (number / 1e6).toFixed(2) + "M";
  if (Math.abs(number) >= 1e3) return (number / 1e3).toFixed(1) + "k";
  return String(Math.round(number));
}

/** A ratio as "1.23x". */
export function times(ratio: number): string {
  return Number.isFinite(ratio) ? ratio.toFixed(2) + "x" : "-";
}

/** Bytes as "12.3 MB" (millions of bytes). */
export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1) + " MB";
}

/** What is closer than this counts as the same: runs differ by more. */
const TIE = 0.01;

/** Whether a ratio, of which more is worse, is a loss and not a tie. */
export function isLoss(ratio: number): boolean {
  return ratio > 1 + TIE;
}
