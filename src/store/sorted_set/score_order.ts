/** Numbers of elements in the order of their scores. */

/** Below so many, comparing is quicker than counting digits. */
const RADIX_MIN = 256;
/** From so many on digits of 16 bits are worth their 65536 counters; before, they are of 8 bits. */
const LARGE_DIGITS_MIN = 1 << 15;

/** So many equal scores are put in order where they are. */
const SMALL_GROUP_MAX = 8;

type Compare = (a: number, b: number) => number;

/**
 * 0, 1, ... in ascending order of their scores, which are not NaN; `compareEqual` decides between equal scores.
 * O(n), and O(m log m) for m equal scores.
 */
export function orderByScore(scores: Float64Array, compareEqual: Compare): Uint32Array {
  const order = numbersBelow(scores.length);
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
    if (end - start > SMALL_GROUP_MAX) sorted.subarray(start, end).sort(compareEqual);
    else if (end - start > 1) insertionSort(sorted, start, end, compareEqual);
    start = end;
  }
  return sorted;
}

/** 0, 1, ... up to, not including, `length`. */
export function numbersBelow(length: number): Uint32Array {
  const numbers = new Uint32Array(length);
  for (let i = 0; i < length; i++) numbers[i] = i;
  return numbers;
}

function insertionSort(numbers: Uint32Array, start: number, end: number, compare: Compare): void {
  for (let i = start + 1; i < end; i++) {
    const number = numbers[i]!;
    let place = i;
    for (; place > start && compare(numbers[place - 1]!, number) > 0; place--) {
      numbers[place] = numbers[place - 1]!;
    }
    numbers[place] = number;
  }
}

/** Sorts by the bits of the scores, a digit at a time from the lowest; one in which all agree costs only a look. */
function radixSort(scores: Float64Array, order: Uint32Array): Uint32Array {
  const bits = sortableBits(scores);
  const digits = scores.length < LARGE_DIGITS_MIN ? new Uint8Array(bits) : new Uint16Array(bits);
  const places = digits.length / scores.length;
  const ends = new Uint32Array(1 << (64 / places));
  let from = order;
  let to: Uint32Array = new Uint32Array(order.length);
  for (let place = 0; place < places; place++) {
    ends.fill(0);
    for (let i = place; i < digits.length; i += places) ends[digits[i]!]!++;
    if (ends[digits[place]!] === order.length) continue;
    for (let digit = 0, sum = 0; digit < ends.length; digit++) {
      const count = ends[digit]!;
      ends[digit] = sum;
      sum += count;
    }
    for (let i = 0; i < from.length; i++) {
      const element = from[i]!;
      to[ends[digits[element * places + place]!]!++] = element;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** For each score 64 bits, the lowest byte first, that compare as the scores do. */
function sortableBits(scores: Float64Array): ArrayBuffer {
  // Adding 0 makes one of the two zeros.
  const copies = new Float64Array(scores.length);
  for (let i = 0; i < scores.length; i++) copies[i] = scores[i]! + 0;
  const words = new Int32Array(copies.buffer);
  for (let i = 0; i < words.length; i += 2) {
    const high = words[i + 1]!;
    // Of negative numbers all bits are turned round, of others only the sign.
    if (high < 0) words[i] = ~words[i]!;
    words[i + 1] = high < 0 ? ~high : high ^ (1 << 31);
  }
  return copies.buffer;
}
