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
 * inputs and count as empty, which spares clearing 256 KB for every string. (A constant, so that the compiler knows its
 * length; its pages cost nothing until they are used.)
 */
const lastSeen: Int32Array = new Int32Array(HASH_SIZE);
let nextBase = 1;

/**
 * Compresses `input` into `output` and returns the bytes written, or 0 when `output` is too small for the result;
 * give an output smaller than the input to find out whether it is worth it. `output` is scribbled on in both cases.
 * O(n), no allocation after the first call.
 */
export function lzfCompress(input: Uint8Array, output: Uint8Array): number {
  return lzfCompressRange(input, viewOf(input), 0, input.length, output, 0, output.length);
}

/**
 * {@linkcode lzfCompress} of `input[from, to)` into `output[start, limit)`. The view is of all of the same bytes, for looking
 * at four of them at once. In one piece, since most of what a snapshot costs is spent here.
 */
export function lzfCompressRange(
  input: Uint8Array,
  view: DataView,
  from: number,
  to: number,
  output: Uint8Array,
  start: number,
  limit: number,
): number {
  if (to <= from || limit <= start) return 0;
  if (nextBase + to - from > 0x7fffffff) {
    lastSeen.fill(0);
    nextBase = 1;
  }
  // Positions in the table count from the beginning of the input.
  const base = nextBase - from;
  nextBase += to - from;
  const lastStart = to - 2;
  let at = from;
  let out = start + 1;
  // Where the control byte of the literals being gathered is to be, and where they are too many for it.
  let control = start;
  let literalsEnd = out + LITERALS_MAX;
  /** The two bytes before the next one to look at, then the three from `at` on. */
  let three = (input[at]! << 8) | input[at + 1]!;
  while (at < lastStart) {
    three = ((three << 8) | input[at + 2]!) & 0xffffff;
    const slot = ((three >>> 8) - three * 5) & (HASH_SIZE - 1);
    const earlier = lastSeen[slot]! - base;
    lastSeen[slot] = base + at;
    const distance = at - earlier - 1;
    if (
      earlier > from && distance < DISTANCE_MAX &&
      (view.getInt32(earlier - 1) & 0xffffff) === three
    ) {
      const literals = out - control - 1;
      // Room for the copy and for the control byte of what follows; an unused control byte is taken back.
      if (out - (literals === 0 ? 1 : 0) + 4 >= limit) return 0;
      if (literals === 0) out--;
      else output[control] = literals - 1;
      const bound = to - at - 2 < COPY_MAX ? to - at - 2 : COPY_MAX;
      // The reference checks the bound only after 3 bytes, or after 19 where there is room for more than 16.
      const stop = at + (bound > 16 ? (bound < 19 ? 19 : bound) : bound < 3 ? 3 : bound);
      let end = at + 3;
      let same = earlier + 3;
      let difference = 0;
      for (; end + 4 <= stop; end += 4, same += 4) {
        difference = view.getInt32(end, true) ^ view.getInt32(same, true);
        if (difference !== 0) break;
      }
      if (difference !== 0) {
        // The bytes below the lowest bit that differs are the same.
        end += (31 - Math.clz32(difference & -difference)) >> 3;
      } else {
        while (end < stop && input[same] === input[end]) {
          end++;
          same++;
        }
      }
      const code = end - at - 2;
      if (code < 7) {
        output[out] = (code << 5) | (distance >> 8);
        out++;
      } else {
        output[out] = 0xe0 | (distance >> 8);
        output[out + 1] = code - 7;
        out += 2;
      }
      output[out] = distance;
      control = out + 1;
      out += 2;
      at = end;
      literalsEnd = out + LITERALS_MAX;
      if (at >= lastStart) break;
      // Of the copied bytes only the last two positions are remembered.
      const four = view.getInt32(at - 2);
      const first = four >>> 8;
      const second = four & 0xffffff;
      lastSeen[((first >>> 8) - first * 5) & (HASH_SIZE - 1)] = base + at - 2;
      lastSeen[((second >>> 8) - second * 5) & (HASH_SIZE - 1)] = base + at - 1;
      three = second;
    } else {
      if (out >= limit) return 0;
      output[out++] = three >>> 16;
      at++;
      if (out === literalsEnd) {
        output[control] = LITERALS_MAX - 1;
        control = out;
        out++;
        literalsEnd = out + LITERALS_MAX;
      }
    }
  }
  if (out + 3 > limit) return 0;
  while (at < to) {
    output[out++] = input[at++]!;
    if (out === literalsEnd) {
      output[control] = LITERALS_MAX - 1;
      control = out;
      out++;
      literalsEnd = out + LITERALS_MAX;
    }
  }
  const literals = out - control - 1;
  if (literals === 0) return control - start;
  output[control] = literals - 1;
  return out - start;
}

/**
 * Decompresses `input` into `output` and returns the bytes written, or -1 when `input` is damaged (ends inside a run,
 * reaches back before the beginning) or does not fit. O(output).
 */
export function lzfDecompress(input: Uint8Array, output: Uint8Array): number {
  return lzfDecompressRange(input, viewOf(input), 0, input.length, output, viewOf(output), 0, output.length);
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/**
 * {@linkcode lzfDecompress} of `input[from, to)` into `output[start, limit)`. The views are of all of the same bytes: short
 * runs are copied through them by words, as long as there is room for more than is needed.
 */
export function lzfDecompressRange(
  input: Uint8Array,
  inputView: DataView,
  from: number,
  to: number,
  output: Uint8Array,
  outputView: DataView,
  start: number,
  limit: number,
): number {
  const wordsFrom = to - 8;
  const wordsTo = limit - 12;
  let at = from;
  let out = start;
  while (at < to) {
    const control = input[at++]!;
    if (control < LITERALS_MAX) {
      if (control < 8 && at <= wordsFrom && out <= wordsTo) {
        outputView.setInt32(out, inputView.getInt32(at));
        outputView.setInt32(out + 4, inputView.getInt32(at + 4));
        at += control + 1;
        out += control + 1;
        continue;
      }
      const end = at + control + 1;
      if (end > to || out + control >= limit) return -1;
      do output[out++] = input[at++]!; while (at < end);
      continue;
    }
    let length = control >> 5;
    if (length === 7) {
      if (at >= to) return -1;
      length += input[at++]!;
    }
    length += 2;
    if (at >= to) return -1;
    const distance = ((control & 0x1f) << 8) + input[at++]! + 1;
    let earlier = out - distance;
    const end = out + length;
    if (earlier < start || end > limit) return -1;
    if (distance >= 4 && out <= wordsTo) {
      outputView.setInt32(out, outputView.getInt32(earlier));
      outputView.setInt32(out + 4, outputView.getInt32(earlier + 4));
      outputView.setInt32(out + 8, outputView.getInt32(earlier + 8));
      if (length <= 12) {
        out = end;
        continue;
      }
      out += 12;
      earlier += 12;
    }
    // Byte by byte on purpose: a copy may overlap what it writes, which is how runs are expressed.
    do output[out++] = output[earlier++]!; while (out < end);
  }
  return out - start;
}
