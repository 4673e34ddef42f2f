/**
 * The longest common subsequence of two byte strings, as the LCS command answers it.
 *
 * Among equally long subsequences the reference's is chosen: it walks the table of lengths from the far corner, takes
 * a pair of equal bytes wherever it stands on one, and else goes back in the first string if that loses nothing
 * compared with going back in the second, where a draw means the second.
 *
 * Invariant: the walk only asks "is the length above greater than the length to the left?", so one bit a cell is kept
 * and the lengths themselves only for one row. That is 1/32 of a table of lengths.
 */

export interface LongestCommonSubsequence {
  /** Bytes of the subsequence. */
  readonly length: number;
  readonly text: Uint8Array;
  /**
   * Its maximal runs that are contiguous in both strings, last one first, four numbers each: first and last index in
   * a, first and last index in b (both inclusive, counted from the start of the given ranges).
   */
  readonly ranges: Uint32Array;
}

/**
 * Bytes that the table of lengths of the reference takes. The command is refused when this exceeds
 * `proto-max-bulk-len`, whatever this implementation needs itself.
 */
export function lcsTableBytes(aLength: number, bLength: number): number {
  return (aLength + 1) * (bLength + 1) * 4;
}

/** Length of the longest common subsequence. O(a x b) time, O(b) memory. */
export function lcsLength(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const row = fillTable(a.subarray(aStart, aEnd), b.subarray(bStart, bEnd), undefined, 0);
  return row[bEnd - bStart]!;
}

/** The longest common subsequence and where it stands. O(a x b) time, a x b / 8 + O(a + b) bytes of memory. */
export function lcs(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): LongestCommonSubsequence {
  const first = a.subarray(aStart, aEnd);
  const second = b.subarray(bStart, bEnd);
  const stride = (second.length + 31) >>> 5;
  const steps = new Int32Array(stride * first.length);
  const row = fillTable(first, second, steps, stride);
  return walkBack(first, second, steps, stride, row[second.length]!);
}

/**
 * Computes the lengths row by row and returns the last row. Bit j of row i in `steps` tells whether the length for
 * (i bytes of a, j + 1 of b) is greater than the one for (i + 1, j).
 */
function fillTable(
  a: Uint8Array,
  b: Uint8Array,
  steps: Int32Array | undefined,
  stride: number,
): Int32Array {
  const width = b.length;
  const row = new Int32Array(width + 1);
  for (let i = 0; i < a.length; i++) {
    const byte = a[i]!;
    let left = 0;
    let diagonal = 0;
    let word = 0;
    let wordAt = i * stride;
    for (let j = 0; j < width; j++) {
      const above = row[j + 1]!;
      if (b[j] === byte) {
        left = diagonal + 1;
      } else if (above > left) {
        word |= 1 << (j & 31);
        left = above;
      }
      diagonal = above;
      row[j + 1] = left;
      if ((j & 31) === 31 || j === width - 1) {
        if (steps !== undefined) steps[wordAt++] = word;
        word = 0;
      }
    }
  }
  return row;
}

function walkBack(
  a: Uint8Array,
  b: Uint8Array,
  steps: Int32Array,
  stride: number,
  length: number,
): LongestCommonSubsequence {
  const text = new Uint8Array(length);
  const ranges: number[] = [];
  let rest = length;
  let run = 0;
  let i = a.length;
  let j = b.length;
  while (i > 0 && j > 0) {
    if (a[i - 1] === b[j - 1]) {
      i--;
      j--;
      text[--rest] = a[i]!;
      run++;
    } else {
      if (run > 0) ranges.push(i, i + run - 1, j, j + run - 1);
      run = 0;
      if ((steps[(i - 1) * stride + ((j - 1) >> 5)]! & (1 << ((j - 1) & 31))) !== 0) i--;
      else j--;
    }
  }
  if (run > 0) ranges.push(i, i + run - 1, j, j + run - 1);
  return { length, text, ranges: Uint32Array.from(ranges) };
}
