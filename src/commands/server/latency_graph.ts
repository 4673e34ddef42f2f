/** An event's samples as a picture of characters, in the form of the reference's. */
import type { LatencyEvent } from "../../observation.ts";

const COLUMNS_MAX = 80;
const ROWS = 4;
/** The heights that one row can show, from the lowest up. */
const HEIGHTS = "_o#";
const STEM = "|";

/** @param now unix seconds */
export function drawLatency({ name, samples, maxMs }: LatencyEvent, now: number): string {
  const values = samples.map(({ ms }) => ms);
  const high = Math.max(...values);
  const low = Math.min(...values);
  let text = `${name} - high ${high} ms, low ${low} ms (all time high ${maxMs} ms)\n${
    "-".repeat(COLUMNS_MAX)
  }\n`;
  const heights = values.map((value) => heightOf(value - low, high - low));
  const ages = samples.map(({ at }) => age(now - at));
  for (let from = 0; from < values.length; from += COLUMNS_MAX) {
    const to = from + COLUMNS_MAX;
    text += drawColumns(heights.slice(from, to)) + drawLabels(ages.slice(from, to));
  }
  return text;
}

/** How many of the steps of all rows a value rises above the lowest. */
function heightOf(above: number, range: number): number {
  const steps = ROWS * HEIGHTS.length;
  return Math.min(steps - 1, Math.trunc(above * steps / Math.max(1, range)));
}

function drawColumns(heights: readonly number[]): string {
  let text = "";
  for (let row = ROWS - 1; row >= 0; row--) {
    for (const height of heights) {
      const inRow = height - row * HEIGHTS.length;
      text += inRow < 0 ? " " : HEIGHTS[inRow] ?? STEM;
    }
    text += "\n";
  }
  return text;
}

/** Under each column how long ago that was, from top to bottom, below an empty line. */
function drawLabels(labels: readonly string[]): string {
  const rows = Math.max(...labels.map((label) => label.length));
  let text = `${" ".repeat(labels.length)}\n`;
  for (let row = 0; row < rows; row++) text += `${labels.map((label) => label[row] ?? " ").join("")}\n`;
  return text;
}

function age(seconds: number): string {
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86400)}d`;
}
