/**
 * What is looked for in a {@link ScoreTree}. One for all trees, set before every search: searches do not overlap.
 *
 * The order of a score is its 64 bits, changed so that comparing the upper, then the lower halves as signed integers
 * compares the scores; -0 has the order of 0.
 */
import { NO_BYTES } from "../../sys/bytes.ts";

const SIGN = 1 << 31;

const doubles = new Float64Array(1);
const halves = new Int32Array(doubles.buffer);

export const wanted = {
  /** The order of the score. */
  high: 0,
  low: 0,
  /** Before (-1) or after (1) all elements that compare equal as far as is looked; 0: there is only one. */
  side: 0,
  byScore: true,
  byMember: true,
  /** The member: `bytes[start, end)`. */
  bytes: NO_BYTES,
  start: 0,
  end: 0,
};

export function wantScore(score: number): void {
  doubles[0] = score === 0 ? 0 : score;
  const high = halves[1]!;
  wanted.high = high < 0 ? high ^ 0x7fffffff : high;
  wanted.low = high < 0 ? ~halves[0]! ^ SIGN : halves[0]! ^ SIGN;
}

export function wantMember(bytes: Uint8Array, start: number, end: number): void {
  wanted.bytes = bytes;
  wanted.start = start;
  wanted.end = end;
}
