/**
 * When a node of a list is full: the meaning of `list-max-listpack-size`. It decides where nodes begin and end, which DUMP
 * shows, so it is counted as the reference counts.
 *
 * A negative fill is a class of bytes (-1: 4 KiB, -2: 8 KiB ... -5: 64 KiB), a positive one a number of elements, which
 * holds as long as the node stays below 8 KiB.
 */

const FILL_MAX = 0x7fff;
const FILL_MIN = -5;
const DEPTH_MAX = 0xffff;
const SAFE_BYTES_MAX = 8192;
/** What the header and the back length of one more element may take: rather too much. */
const ENTRY_OVERHEAD_BYTES = 8;
/** What two listpacks that become one are thought to save: 4 bytes more than it is, since older nodes had longer headers. */
const MERGED_BYTES = 11;

/** The settings of one list, kept from when it was made. */
export interface ListLimits {
  /** See above; -5 to 32767. */
  readonly fill: number;
  /** So many nodes from either end stay uncompressed; 0: no node is compressed. */
  readonly depth: number;
}

/** Limits from the values of `list-max-listpack-size` and `list-compress-depth`. */
export function listLimits(listpackSize: number, compressDepth: number): ListLimits {
  return {
    fill: Math.max(FILL_MIN, Math.min(FILL_MAX, listpackSize)),
    depth: Math.min(DEPTH_MAX, compressDepth),
  };
}

/** The most bytes that a node grows to by short elements. */
export function nodeBytesMax(fill: number): number {
  return fill < 0 ? 2048 << -fill : SAFE_BYTES_MAX;
}

function fits(bytes: number, fill: number): boolean {
  return fill < 0 && bytes <= nodeBytesMax(fill);
}

/** Whether a node of so many bytes and elements takes an element of `length` bytes. */
export function allowsInsert(bytes: number, count: number, length: number, fill: number): boolean {
  const grown = bytes + length + ENTRY_OVERHEAD_BYTES;
  return fits(grown, fill) || (grown <= SAFE_BYTES_MAX && count < fill);
}

/** Whether two nodes of so many bytes together, and elements together, become one. */
export function allowsMerge(bytes: number, count: number, fill: number): boolean {
  const merged = bytes - MERGED_BYTES;
  return fits(merged, fill) || (merged <= SAFE_BYTES_MAX && count <= fill);
}
