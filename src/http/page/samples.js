/**
 * Samples of the keyspace, put together: the latest ones are taken as one larger sample, so that what is estimated stays steadier
 * than each of them, and the largest keys are those of all samples of the last minutes.
 */

const SAMPLES_KEPT = 6;
/** When the number of keys has changed by more than this share, older samples tell nothing any more. */
const CHANGE_MAX = 0.2;
const LARGEST_KEPT_MS = 180_000;

export class Samples {
  #kept = [];
  #largest = new Map();

  /** What is known with one more sample of the server. @param now ms of any clock */
  add(sample, now) {
    const last = this.#kept.at(-1);
    const isOther = last !== undefined &&
      (sample.isWhole || last.isWhole || Math.abs(sample.keys - last.keys) > last.keys * CHANGE_MAX);
    if (isOther) {
      this.#kept = [];
      this.#largest.clear();
    }
    this.#kept = [...this.#kept, sample].slice(-SAMPLES_KEPT);
    const { keys, isWhole } = sample;
    const sum = { keys, isWhole, sampled: 0, swapped: 0, types: {}, sizes: [] };
    for (const each of this.#kept) {
      sum.sampled += each.sampled;
      sum.swapped += each.swapped;
      each.sizes.forEach((number, i) => sum.sizes[i] = (sum.sizes[i] ?? 0) + number);
      for (const [type, share] of Object.entries(each.types)) {
        const total = sum.types[type] ??= { keys: 0, bytes: 0, expiring: 0 };
        for (const name of Object.keys(total)) total[name] += share[name];
      }
    }
    return { ...sum, largest: this.#largestWith(sample, now) };
  }

  #largestWith({ isWhole, largest }, now) {
    if (isWhole) this.#largest.clear();
    for (const each of largest) this.#largest.set(`${each.database}/${each.key}`, { ...each, seenAt: now });
    for (const [id, { seenAt }] of this.#largest) {
      if (now - seenAt > LARGEST_KEPT_MS) this.#largest.delete(id);
    }
    return [...this.#largest.values()].sort((a, b) => b.bytes - a.bytes).slice(0, 10)
      .map(({ seenAt: _, ...each }) => each);
  }
}
