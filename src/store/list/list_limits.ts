/**
 * The limits that a list of one node was made with, which it keeps. They lie behind its listpack, in the same value, but
 * only when they are not the default ones:
 *
 *     listpack | fill i16 | depth u16          little endian
 *
 * Invariant: whoever gives the value another length puts them behind the listpack again.
 */
import { readInt32, writeInt32 } from "../numbers/int64_words.ts";
import { listpackBytes } from "../packed/listpack.ts";
import { type ListLimits, listLimits } from "./quicklist_fill.ts";
import type { Slice } from "../../sys/bytes.ts";

/** What a list has of which nothing else is said, such as one that SORT stores. */
export const DEFAULT_LIST_LIMITS: ListLimits = listLimits(-2, 0);

const LIMITS_BYTES = 4;

/** The limits read last, other than the default: most lists have the same. */
let latest = DEFAULT_LIST_LIMITS;

/** Bytes that limits take in the value of a list. */
export function bytesOfLimits({ fill, depth }: ListLimits): number {
  return fill === DEFAULT_LIST_LIMITS.fill && depth === DEFAULT_LIST_LIMITS.depth ? 0 : LIMITS_BYTES;
}

/** The limits of the list that is the value `bytes[start, end)`. */
export function limitsOf({ bytes, start, end }: Slice): ListLimits {
  const at = start + listpackBytes(bytes, start);
  if (end - at < LIMITS_BYTES) return DEFAULT_LIST_LIMITS;
  const word = readInt32(bytes, at);
  const fill = (word << 16) >> 16;
  const depth = word >>> 16;
  if (latest.fill !== fill || latest.depth !== depth) latest = { fill, depth };
  return latest;
}

/** Puts limits behind the listpack that begins at `bytes[start]`; there must be room for {@link bytesOfLimits}. */
export function writeLimits(bytes: Uint8Array, start: number, limits: ListLimits): void {
  if (bytesOfLimits(limits) === 0) return;
  writeInt32(bytes, start + listpackBytes(bytes, start), (limits.depth << 16) | (limits.fill & 0xffff));
}
