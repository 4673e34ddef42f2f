/**
 * What SORT sorts: copies of elements, since looking up the keys that they name may change the database, and the order in
 * which they come out. One buffer and a few typed arrays, however many elements there are.
 */
import { copyBytes, Slice } from "../../sys/bytes.ts";

export class SortVector {
  length = 0;
  #bytes: Uint8Array = new Uint8Array(256);
  #used = 0;
  /** Where element i begins; it ends where i + 1 begins. */
  #starts: Float64Array = new Float64Array(17);
  readonly #slice: Slice = new Slice();

  add({ bytes, start, end }: Slice): void {
    const used = this.#used + end - start;
    if (used > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(used, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = grown;
    }
    copyBytes(bytes, start, end, this.#bytes, this.#used);
    this.#used = used;
    if (++this.length >= this.#starts.length) {
      const grown = new Float64Array(this.#starts.length * 2);
      grown.set(this.#starts);
      this.#starts = grown;
    }
    this.#starts[this.length] = used;
  }

  /** Element `i`; the slice is good until the next call. */
  at(i: number): Slice {
    return this.#slice.point(this.#bytes, this.#starts[i]!, this.#starts[i + 1]!);
  }

  /** Negative, 0 or positive, as the bytes of `a` come before, are those of, or come after those of `b`. */
  compare(a: number, b: number): number {
    const bytes = this.#bytes;
    const aStart = this.#starts[a]!;
    const bStart = this.#starts[b]!;
    const aLength = this.#starts[a + 1]! - aStart;
    const bLength = this.#starts[b + 1]! - bStart;
    const length = Math.min(aLength, bLength);
    for (let i = 0; i < length; i++) {
      const difference = bytes[aStart + i]! - bytes[bStart + i]!;
      if (difference !== 0) return difference;
    }
    return aLength - bLength;
  }

  /** The same, of texts that end with their first zero byte. */
  compareTexts(a: number, b: number): number {
    const bytes = this.#bytes;
    const aStart = this.#starts[a]!;
    const bStart = this.#starts[b]!;
    const aEnd = this.#starts[a + 1]!;
    const bEnd = this.#starts[b + 1]!;
    for (let i = 0;; i++) {
      const x = aStart + i < aEnd ? bytes[aStart + i]! : 0;
      const y = bStart + i < bEnd ? bytes[bStart + i]! : 0;
      if (x !== y || x === 0) return x - y;
    }
  }
}
