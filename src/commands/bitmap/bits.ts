/**
 * Bits of byte strings: counting, finding, reading and writing. Bit 0 is the highest bit of the first byte, as in all
 * commands of this group. The loops over long strings work on 32-bit words, which have to lie on a multiple of four
 * bytes in their buffer; the bytes before the first and after the last whole word are done one by one.
 *
 * Long runs of one byte are skipped a block at a time, by comparing with a block of such bytes.
 *
 * Positions of bits can be larger than 2^32, so they are divided, never shifted.
 */
import { nodeModule } from "../../sys/node_modules.ts";

const ONES_OF_BYTE: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  let ones = 0;
  for (let rest = byte; rest > 0; rest >>= 1) ones += rest & 1;
  return ones;
});

/** What is compared at once: enough that calling costs little, and little enough to stay in a near cache. */
const BLOCK_BYTES = 64 << 10;
const ZEROS: Uint8Array = new Uint8Array(BLOCK_BYTES);
const ONES: Uint8Array = new Uint8Array(BLOCK_BYTES).fill(0xff);

/** Strings shorter than this are not worth a view of words. */
const WORDWISE_BYTES_MIN = 64;

/** `bytes[start..end)`, `start` on a multiple of four bytes of the buffer, as words of the machine. */
export function wordsOf(bytes: Uint8Array, start: number, end: number): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset + start, (end - start) >>> 2);
}

/** Bytes from `start` to the next multiple of four in the buffer. */
export function toAlignment(bytes: Uint8Array, start: number): number {
  return -(bytes.byteOffset + start) & 3;
}

/** The bits that are 1 in `bytes[start..end)`. O(length). */
export function countOnes(bytes: Uint8Array, start: number, end: number): number {
  let ones = 0;
  let at = start;
  if (end - start >= WORDWISE_BYTES_MIN) {
    const first = start + toAlignment(bytes, start);
    for (; at < first; at++) ones += ONES_OF_BYTE[bytes[at]!]!;
    const words = wordsOf(bytes, first, end);
    ones += countOnesOfWords(words);
    at = first + words.length * 4;
  }
  for (; at < end; at++) ones += ONES_OF_BYTE[bytes[at]!]!;
  return ones;
}

/** The bits that are 1 in a word: pairs of bits are replaced by their sums, those by sums of four, and so on. */
function countOnesOfWord(word: number): number {
  const pairs = (word - ((word >>> 1) & 0x55555555)) | 0;
  const nibbles = ((pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)) | 0;
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/**
 * Adds words up like columns of a sum, 32 columns at once (Harley and Seal's method): `ones` keeps the last binary digit of
 * each column's sum, `twos` and `fours` the next ones, and only what is carried beyond is counted, once for eight words.
 * Adding `a` and `b` to a digit `d` leaves d ^ a ^ b, and carries where two of the three are 1.
 */
function countOnesOfWords(words: Int32Array): number {
  let ones = 0;
  let twos = 0;
  let fours = 0;
  let eights = 0;
  const whole = words.length & ~7;
  let i = 0;
  for (; i < whole; i += 8) {
    let a = words[i]!;
    let b = words[i + 1]!;
    let sum = ones ^ a;
    let twosA = (ones & a) | (sum & b);
    ones = sum ^ b;
    a = words[i + 2]!;
    b = words[i + 3]!;
    sum = ones ^ a;
    let twosB = (ones & a) | (sum & b);
    ones = sum ^ b;
    sum = twos ^ twosA;
    const foursA = (twos & twosA) | (sum & twosB);
    twos = sum ^ twosB;
    a = words[i + 4]!;
    b = words[i + 5]!;
    sum = ones ^ a;
    twosA = (ones & a) | (sum & b);
    ones = sum ^ b;
    a = words[i + 6]!;
    b = words[i + 7]!;
    sum = ones ^ a;
    twosB = (ones & a) | (sum & b);
    ones = sum ^ b;
    sum = twos ^ twosA;
    const foursB = (twos & twosA) | (sum & twosB);
    twos = sum ^ twosB;
    sum = fours ^ foursA;
    eights += countOnesOfWord((fours & foursA) | (sum & foursB));
    fours = sum ^ foursB;
  }
  let count = eights * 8 + countOnesOfWord(fours) * 4 + countOnesOfWord(twos) * 2 + countOnesOfWord(ones);
  for (; i < words.length; i++) count += countOnesOfWord(words[i]!);
  return count;
}

/** The bits that are 1 from bit `from` up to, not including, bit `to` of the string that begins at `bytes[start]`. */
export function countOnesOfBits(bytes: Uint8Array, start: number, from: number, to: number): number {
  const firstByte = start + Math.floor(from / 8);
  const lastByte = start + Math.floor((to - 1) / 8);
  const before = ONES_OF_BYTE[bytes[firstByte]! & ~(0xff >> (from % 8))]!;
  const after = ONES_OF_BYTE[bytes[lastByte]! & ((1 << (7 - (to - 1) % 8)) - 1)]!;
  return countOnes(bytes, firstByte, lastByte + 1) - before - after;
}

/**
 * The first bit that is `bit` from bit `from` up to, not including, bit `to` of the string that begins at `bytes[start]`;
 * -1 when there is none. `from` < `to`. O(length).
 */
export function findBit(bytes: Uint8Array, start: number, from: number, to: number, bit: 0 | 1): number {
  // With the bits turned over when zeros are looked for, it is always the first 1 that counts.
  const flip = bit === 1 ? 0 : 0xff;
  const end = start + Math.ceil(to / 8);
  let at = start + Math.floor(from / 8);
  let found = (bytes[at]! ^ flip) & (0xff >> (from % 8));
  if (found === 0) {
    at = skipBytes(bytes, at + 1, end, flip);
    if (at === end) return -1;
    found = bytes[at]! ^ flip;
  }
  const position = (at - start) * 8 + Math.clz32(found) - 24;
  return position < to ? position : -1;
}

/** The first place in `bytes[at..end)` with another byte, or `end`. */
function skipBytes(bytes: Uint8Array, at: number, end: number, byte: number): number {
  if (end - at >= BLOCK_BYTES) {
    const block = byte === 0 ? ZEROS : ONES;
    const { Buffer } = nodeModule("node:buffer");
    while (end - at >= BLOCK_BYTES && Buffer.compare(block, bytes.subarray(at, at + BLOCK_BYTES)) === 0) {
      at += BLOCK_BYTES;
    }
  }
  if (end - at >= WORDWISE_BYTES_MIN) {
    const first = at + toAlignment(bytes, at);
    for (; at < first; at++) if (bytes[at] !== byte) return at;
    const words = wordsOf(bytes, first, end);
    at = first + 4 * (byte === 0 ? wordsOfZeros(words) : wordsOfOnes(words));
  }
  while (at < end && bytes[at] === byte) at++;
  return at;
}

/** How many eights of words from the first one on are all zeros, in words. */
function wordsOfZeros(words: Int32Array): number {
  const whole = words.length & ~7;
  let i = 0;
  while (
    i < whole &&
    (words[i]! | words[i + 1]! | words[i + 2]! | words[i + 3]! | words[i + 4]! | words[i + 5]! |
        words[i + 6]! | words[i + 7]!) === 0
  ) i += 8;
  return i;
}

/** The same for ones. */
function wordsOfOnes(words: Int32Array): number {
  const whole = words.length & ~7;
  let i = 0;
  while (
    i < whole &&
    (words[i]! & words[i + 1]! & words[i + 2]! & words[i + 3]! & words[i + 4]! & words[i + 5]! &
        words[i + 6]! & words[i + 7]!) === -1
  ) i += 8;
  return i;
}

/** Most bits that {@link readBits} and {@link writeBits} take at once. */
export const FIELD_BITS_MAX = 51;

/**
 * `width` bits from bit `offset` of `bytes[start..end)` on as a number without sign; what lies behind the end is 0.
 * @param width 1 to {@link FIELD_BITS_MAX}
 */
export function readBits(
  bytes: Uint8Array,
  start: number,
  end: number,
  offset: number,
  width: number,
): number {
  let at = start + Math.floor(offset / 8);
  let used = offset % 8;
  let value = 0;
  for (let left = width; left > 0;) {
    const take = Math.min(left, 8 - used);
    const byte = at < end ? bytes[at]! : 0;
    value = value * (1 << take) + ((byte >> (8 - used - take)) & ((1 << take) - 1));
    left -= take;
    used = 0;
    at++;
  }
  return value;
}

/** Writes the lowest `width` bits of a number without sign from bit `offset` on; the bytes must be there. */
export function writeBits(
  bytes: Uint8Array,
  start: number,
  offset: number,
  width: number,
  value: number,
): void {
  const last = offset + width - 1;
  let at = start + Math.floor(last / 8);
  let shift = 7 - last % 8;
  let rest = value;
  for (let left = width; left > 0;) {
    const take = Math.min(left, 8 - shift);
    const mask = (1 << take) - 1;
    const above = Math.floor(rest / (1 << take));
    const bits = rest - above * (1 << take);
    bytes[at] = (bytes[at]! & ~(mask << shift)) | (bits << shift);
    rest = above;
    left -= take;
    shift = 0;
    at--;
  }
}
