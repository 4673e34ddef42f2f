/**
 * The checksum of a value in the swap file: 32 bits, kept in memory beside its place. Each step is a bijection of the
 * state and of the word that is mixed in, so whatever changes within one word of four bytes changes the sum.
 */

/** Of `bytes[start, end)`. @param seed tells equal bytes in different places apart */
export function checksum(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let sum = Math.imul(seed ^ (end - start), 0x9e3779b1);
  const from = bytes.byteOffset + start;
  const whole = (end - start) >>> 2;
  if ((from & 3) === 0) {
    const words = new Int32Array(bytes.buffer, from, whole);
    for (let i = 0; i < whole; i++) sum = mixed(sum, words[i]!);
  } else {
    for (let i = 0, at = start; i < whole; i++, at += 4) {
      sum = mixed(
        sum,
        bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24),
      );
    }
  }
  let rest = 0;
  for (let at = start + 4 * whole; at < end; at++) rest = (rest << 8) | bytes[at]!;
  sum = mixed(sum, rest);
  sum = Math.imul(sum ^ (sum >>> 16), 0x7feb352d);
  return sum ^ (sum >>> 15);
}

function mixed(sum: number, word: number): number {
  const spread = Math.imul(word, 0x85ebca77);
  const turned = sum ^ Math.imul((spread << 15) | (spread >>> 17), 0xc2b2ae3d);
  return (Math.imul((turned << 13) | (turned >>> 19), 5) + 0x3c6ef372) | 0;
}
