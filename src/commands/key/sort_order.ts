/** Numbers of elements in the order of their scores. */

/** Below so many, comparing is quicker than counting digits. */
const RADIX_MIN = 512;
const DIGIT_BITS = 16;
const DIGITS = 1 << DIGIT_BITS;

type Compare = (a: number, b: number) => number;

/**
 * 0, 1, ... in ascending order of their scores, which are not NaN; `compareEqual` decides between equal scores.
 * O(n), and O(m log m) for m equal scores.
 */
export function orderByScore(scores: Float64Array, compareEqual: Compare): Uint32Array {
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i);
  if (scores.length < RADIX_MIN) {
    return order.sort((a, b) => {
      const x = scores[a]!;
      const y = scores[b]!;
      return x < y ? -1 : x > y ? 1 : compareEqual(a, b);
    });
  }
  const sorted = radixSort(scores, order);
  for (let start = 0, end = 1; end <= sorted.length; end++) {
    if (end < sorted.length && scores[sorted[end]!] === scores[sorted[start]!]) continue;
    if (end - start > 1) sorted.subarray(start, end).sort(compareEqual);
    start = end;
  }
  return sorted;
}

/** Sorts by the bits of the scores, 16 at a time from the lowest; a place in which all agree costs only a look. */
function radixSort(scores: Float64Array, order: Uint32Array): Uint32Array {
  const digits = sortableBits(scores);
  let from = order;
  let to: Uint32Array = new Uint32Array(order.length);
  const ends = new Uint32Array(DIGITS);
  for (let place = 0; place < 4; place++) {
    ends.fill(0);
    for (let i = place; i < digits.length; i += 4) ends[digits[i]!]!++;
    if (ends[digits[place]!] === order.length) continue;
    for (let digit = 0, sum = 0; digit < DIGITS; digit++) {
      const count = ends[digit]!;
      ends[digit] = sum;
      sum += count;
    }
    for (let i = 0; i < from.length; i++) {
      const element = from[i]!;
      to[ends[digits[element * 4 + place]!]!++] = element;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** For each score four numbers of 16 bits, the lowest first, that compare as the scores do. */
function sortableBits(scores: Float64Array): Uint16Array {
  // Adding 0 makes one of the two zeros.
  const copies = scores.map((score) => score + 0);
  const words = new Int32Array(copies.buffer);
  for (let i = 0; i < words.length; i += 2) {
    const high = words[i + 1]!;
    // Of negative numbers all bits are turned round, of others only the sign.
    if (high < 0) words[i] = ~words[i]!;
    words[i + 1] = high < 0 ? ~high : high ^ (1 << 31);
  }
  return new Uint16Array(copies.buffer);
}
