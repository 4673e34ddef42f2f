/**
 * LZF, the compression of strings in RDB files and DUMP payloads.
 *
 * The format is a sequence of runs. A control byte below 32 says that (control + 1) literal bytes follow. Any other
 * says: copy from what was already written. Its upper three bits are the length minus 2 (7 means that the next byte
 * is added), its lower five bits and one more byte are the distance minus 1, so a copy reaches back 1..8192 bytes and
 * takes 3..264.
 *
 * Invariants: nothing is read or written outside of the two arrays whatever the input says; the compressor makes the
 * same choices as the reference's, so equal values give equal bytes (a hash of three bytes leads to the last place
 * where they stood, the first candidate that fits is taken as long as it goes, and position 0 is no candidate).
 */

const DISTANCE_MAX = 1 << 13;
const COPY_MAX = 264;
const LITERALS_MAX = 32;
const HASH_SIZE = 1 << 16;

/**
 * Hash of three bytes -> `base` + position of their last occurrence. Entries below the current `base` are of earlier
 * inputs and count as empty, which spares clearing 256 KB for every string.
 */
let lastSeen: Uint32Array | undefined;
let nextBase = 1;

function claimTable(inputLength: number): number {
  if (lastSeen === undefined) {
    lastSeen = new Uint32Array(HASH_SIZE);
  } else if (nextBase + inputLength > 0xffffffff) {
    lastSeen.fill(0);
    nextBase = 1;
  }
  const base = nextBase;
  nextBase += inputLength;
  return base;
}

function hashAt(input: Uint8Array, i: number): number {
  const a = input[i]!;
  const b = input[i + 1]!;
  const c = input[i + 2]!;
  return ((a << 8) + b - ((b << 8) + c) * 5) & (HASH_SIZE - 1);
}

/** Length of the copy from `from` to `at`, whose first three bytes are known to agree. */
function copyLength(input: Uint8Array, from: number, at: number, end: number): number {
  const bound = Math.min(end - at - 2, COPY_MAX);
  // The reference checks the bound only after 3 bytes, or after 19 where there is room for more than 16.
  const limit = bound > 16 ? Math.max(bound, 19) : Math.max(bound, 3);
  let length = 3;
  while (length < limit && input[from + length] === input[at + length]) length++;
  return length;
}

/**
 * Compresses `input` into `output` and returns the bytes written, or 0 when `output` is too small for the result;
 * give an output smaller than the input to find out whether it is worth it. `output` is scribbled on in both cases.
 * O(n), no allocation after the first call.
 */
export function lzfCompress(input: Uint8Array, output: Uint8Array): number {
  const end = input.length;
  const room = output.length;
  if (end === 0 || room === 0) return 0;
  const base = claimTable(end);
  const table = lastSeen!;
  let at = 0;
  // The control byte of the literals being gathered is at `out - literals - 1`.
  let out = 1;
  let literals = 0;
  while (at < end - 2) {
    const slot = hashAt(input, at);
    const from = table[slot]! - base;
    table[slot] = base + at;
    const distance = at - from - 1;
    if (
      from > 0 && distance < DISTANCE_MAX && input[from] === input[at] &&
      input[from + 1] === input[at + 1] && input[from + 2] === input[at + 2]
    ) {
      // Room for the copy and for the control byte of what follows; an unused control byte is taken back.
      if (out - (literals === 0 ? 1 : 0) + 4 >= room) return 0;
      if (literals === 0) out--;
      else output[out - literals - 1] = literals - 1;
      const length = copyLength(input, from, at, end);
      const code = length - 2;
      if (code < 7) {
        output[out++] = (code << 5) | (distance >> 8);
      } else {
        output[out++] = 0xe0 | (distance >> 8);
        output[out++] = code - 7;
      }
      output[out++] = distance & 0xff;
      literals = 0;
      out++;
      at += length;
      if (at >= end - 2) break;
      // Of the copied bytes only the last two positions are remembered.
      table[hashAt(input, at - 2)] = base + at - 2;
      table[hashAt(input, at - 1)] = base + at - 1;
    } else {
      if (out >= room) return 0;
      output[out++] = input[at++]!;
      if (++literals === LITERALS_MAX) {
        output[out - literals - 1] = literals - 1;
        literals = 0;
        out++;
      }
    }
  }
  if (out + 3 > room) return 0;
  while (at < end) {
    output[out++] = input[at++]!;
    if (++literals === LITERALS_MAX) {
      output[out - literals - 1] = literals - 1;
      literals = 0;
      out++;
    }
  }
  if (literals === 0) return out - 1;
  output[out - literals - 1] = literals - 1;
  return out;
}

/**
 * Decompresses `input` into `output` and returns the bytes written, or -1 when `input` is damaged (ends inside a run,
 * reaches back before the beginning) or does not fit. O(output).
 */
export function lzfDecompress(input: Uint8Array, output: Uint8Array): number {
  const end = input.length;
  const room = output.length;
  let at = 0;
  let out = 0;
  while (at < end) {
    const control = input[at++]!;
    if (control < LITERALS_MAX) {
      const count = control + 1;
      if (at + count > end || out + count > room) return -1;
      for (let i = 0; i < count; i++) output[out++] = input[at++]!;
      continue;
    }
    let length = control >> 5;
    if (length === 7) {
      if (at >= end) return -1;
      length += input[at++]!;
    }
    length += 2;
    if (at >= end) return -1;
    let from = out - ((control & 0x1f) << 8) - input[at++]! - 1;
    if (from < 0 || out + length > room) return -1;
    // Byte by byte on purpose: a copy may overlap what it writes, which is how runs are expressed.
    for (let i = 0; i < length; i++) output[out++] = output[from++]!;
  }
  return out;
}
