/**
 * Memory for the strings of scripts. V8 takes about five times as long for an array with memory of its own as for a view,
 * so short ones are views of a shared piece, which is let go when nobody holds one of them any more.
 *
 * It is not for what stays when its script has ended: one short string keeps a whole piece.
 */
import { copyBytes } from "../sys/bytes.ts";

const PIECE_BYTES = 8 << 10;
const SHORT_BYTES_MAX = 128;

let piece = new Uint8Array(PIECE_BYTES);
let used = 0;

/** An array of zeros. Its `buffer` may hold others, too. */
export function newBytes(length: number): Uint8Array {
  if (length > SHORT_BYTES_MAX) return new Uint8Array(length);
  if (used + length > PIECE_BYTES) {
    piece = new Uint8Array(PIECE_BYTES);
    used = 0;
  }
  const start = used;
  used += length;
  return piece.subarray(start, used);
}

/** The bytes from `start` to before `end`. Their `buffer` may hold others, too. O(length). */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const length = end - start;
  if (length > SHORT_BYTES_MAX) return bytes.slice(start, end);
  const copy = newBytes(length);
  copyBytes(bytes, start, end, copy, 0);
  return copy;
}
