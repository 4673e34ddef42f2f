/** How values and their differences look in a failure's message. Pure text; colour is left to the terminal. */
import { inspect } from "node:util";

/** Elements of one array, map or set that are printed before the rest is only counted. */
const ELEMENTS_MAX = 10_000;
/** Lines on both sides together above which the difference is cut down to the first place that differs. */
const DIFF_LINES_MAX = 2_000;
/** Equal lines shown before and after each change. */
const CONTEXT_LINES = 3;

/** One value on as few lines as fit, deterministic (keys, map entries and set members are sorted). */
export function show(value: unknown): string {
  return inspect(value, { depth: 20, maxArrayLength: ELEMENTS_MAX, maxStringLength: null, sorted: true });
}

function lines(value: unknown): string[] {
  // Strings are cut at their own newlines, so that two texts are compared line by line.
  if (typeof value === "string") {
    return value.split(/(?<=\n)/).map((line) => inspect(line, { maxStringLength: null }));
  }
  const options = { depth: 20, maxArrayLength: ELEMENTS_MAX, maxStringLength: null, sorted: true };
  return inspect(value, { ...options, compact: false, breakLength: 1 }).split("\n");
}

/**
 * The difference between two values: `-` lines stand only in `actual`, `+` lines only in `expected`.
 * Values that print alike but differ (another prototype, for instance) are said to do so.
 *
 * O(lines squared) below DIFF_LINES_MAX, linear above.
 */
export function diff(actual: unknown, expected: unknown): string {
  const [left, right] = [lines(actual), lines(expected)];
  if (left.length === 1 && right.length === 1) {
    if (left[0] === right[0]) return `  ${left[0]}\n(both print alike; prototype or hidden state differs)`;
    return `- ${left[0]}\n+ ${right[0]}`;
  }
  const marked = left.length + right.length > DIFF_LINES_MAX
    ? firstChange(left, right)
    : allChanges(left, right);
  if (marked.every((line) => line.startsWith(" "))) {
    return `${marked.join("\n")}\n(both print alike; prototype or hidden state differs)`;
  }
  return foldContext(marked).join("\n");
}

/** Replaces long runs of equal lines by a count. */
function foldContext(marked: string[]): string[] {
  const near = new Uint8Array(marked.length);
  marked.forEach((line, at) => {
    if (!line.startsWith(" ")) near.fill(1, Math.max(0, at - CONTEXT_LINES), at + CONTEXT_LINES + 1);
  });
  const folded: string[] = [];
  let hidden = 0;
  const flush = () => {
    if (hidden > 0) folded.push(`  … ${hidden} equal line${hidden === 1 ? "" : "s"}`);
    hidden = 0;
  };
  marked.forEach((line, at) => {
    if (near[at] === 0) return void hidden++;
    flush();
    folded.push(line);
  });
  flush();
  return folded;
}

/** The lines around the first one that differs, for values too large to align. */
function firstChange(left: string[], right: string[]): string[] {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  const end = at + 10;
  return [
    ...left.slice(Math.max(0, at - CONTEXT_LINES), at).map((line) => `  ${line}`),
    ...left.slice(at, end).map((line) => `- ${line}`),
    ...right.slice(at, end).map((line) => `+ ${line}`),
    `+ … (${left.length} and ${right.length} lines; only the first difference, at line ${at + 1}, is shown)`,
  ];
}

/** Aligns two texts by their longest common subsequence of lines. */
function allChanges(left: string[], right: string[]): string[] {
  const width = right.length + 1;
  // common[i * width + j] is the length of the longest common subsequence of left[i..] and right[j..].
  const common = new Uint16Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      common[i * width + j] = left[i] === right[j]
        ? common[(i + 1) * width + j + 1]! + 1
        : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
    }
  }
  const marked: string[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      marked.push(`  ${left[i]}`);
      i++, j++;
    } else if (
      j === right.length || (i < left.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!)
    ) {
      marked.push(`- ${left[i++]}`);
    } else {
      marked.push(`+ ${right[j++]}`);
    }
  }
  return marked;
}
