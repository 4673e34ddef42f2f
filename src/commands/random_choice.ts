/** Drawing several different ones out of many, for HRANDFIELD, SRANDMEMBER and ZRANDMEMBER. */

/** When more than one in so many is wanted, putting all in a random order is cheaper than drawing again and again. */
const SHUFFLE_SHARE = 3;

/**
 * `count` different numbers below `size`, each set of them equally likely, in random order; all of them, in their
 * order, when there are no more. O(count), or O(size) when count is a good part of it.
 * @param random gives a uniform number in [0, bound)
 */
export function chooseIndices(size: number, count: number, random: (bound: number) => number): Int32Array {
  if (count >= size) return Int32Array.from({ length: size }, (_, i) => i);
  if (count * SHUFFLE_SHARE > size) return chooseFrom(chooseIndices(size, size, random), count, random);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(random(size));
  return Int32Array.from(chosen);
}

/** `count` different ones of `all`, which is put into another order, likewise. O(count). */
export function chooseFrom(all: Int32Array, count: number, random: (bound: number) => number): Int32Array {
  if (count >= all.length) return all;
  for (let i = 0; i < count; i++) {
    const j = i + random(all.length - i);
    const other = all[j]!;
    all[j] = all[i]!;
    all[i] = other;
  }
  return all.subarray(0, count);
}

/** A collection that can be drawn from one at a time, or all of whose elements can be told. */
export interface Drawable {
  readonly size: number;
  sample(random: (bound: number) => number): number;
  refs(): Int32Array;
}

/** `count` different elements of a collection, likewise. */
export function chooseRefs(from: Drawable, count: number, random: (bound: number) => number): Int32Array {
  if (count * SHUFFLE_SHARE > from.size) return chooseFrom(from.refs(), count, random);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(from.sample(random));
  return Int32Array.from(chosen);
}
