/**
 * Chance as a parameter: whoever needs it is handed a Random, and a test that prints its seed can be repeated.
 *
 * The generator is xoshiro128**: fast, 32 bits at a time, good enough for sampling, eviction and skip lists. Its
 * output can be computed backwards by whoever sees enough of it, so keys and seeds that must stay unknown to clients
 * come from secret().
 */

/** Length of run ids and replication ids, in hexadecimal digits. */
export const RUN_ID_DIGITS = 40;

const TWO_32 = 0x100000000;

function rotateLeft(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}

export class Random {
  /** The seed it was made with, or undefined when it came from the operating system. */
  readonly seed: number | undefined;
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @param seed an unsigned 32-bit integer; left out, the operating system's entropy decides. */
  constructor(seed?: number) {
    this.seed = seed;
    const state = new Int32Array(4);
    if (seed === undefined) {
      crypto.getRandomValues(state);
    } else {
      // Spreads 32 bits over 128 (a Weyl sequence through a mixing function), so that close seeds are strangers.
      let weyl = seed | 0;
      for (let i = 0; i < 4; i++) {
        weyl = (weyl + 0x9e3779b9) | 0;
        let mixed = Math.imul(weyl ^ (weyl >>> 16), 0x21f0aaad);
        mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
        state[i] = mixed ^ (mixed >>> 15);
      }
    }
    this.#a = state[0]!;
    this.#b = state[1]!;
    this.#c = state[2]!;
    this.#d = state[3]!;
    // The all-zero state is the one that never leaves itself.
    if ((this.#a | this.#b | this.#c | this.#d) === 0) this.#a = 1;
  }

  /** A uniform unsigned 32-bit integer. */
  uint32(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return result >>> 0;
  }

  /** A uniform integer of 53 bits. */
  #uint53(): number {
    return (this.uint32() >>> 11) * TWO_32 + this.uint32();
  }

  /** A uniform integer in [0, n), without bias. n is an integer in 1..2^53 - 1; throws RangeError otherwise. */
  below(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1) throw new RangeError(`no integer is below ${n}`);
    const wide = n > TWO_32;
    const span = wide ? TWO_32 * (1 << 21) : TWO_32;
    // Values of the last, incomplete round of n would be drawn more often.
    const limit = span - (span % n);
    for (;;) {
      const drawn = wide ? this.#uint53() : this.uint32();
      if (drawn < limit) return drawn % n;
    }
  }

  /** A uniform double in [0, 1). */
  float(): number {
    return this.#uint53() / (TWO_32 * (1 << 21));
  }

  /** `n` uniform bytes. */
  bytes(n: number): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(n);
    for (let i = 0; i < n;) {
      let word = this.uint32();
      for (const end = Math.min(n, i + 4); i < end; i++) {
        out[i] = word;
        word >>>= 8;
      }
    }
    return out;
  }

  /**
   * `n` bytes that nobody can guess from other output: the operating system's, unless a seed was given (then they
   * are as repeatable as the rest). For hash keys.
   */
  secret(n: number): Uint8Array<ArrayBuffer> {
    if (this.seed !== undefined) return this.bytes(n);
    const out = new Uint8Array(n);
    // One call fills at most 64 KB.
    for (let i = 0; i < n; i += 65536) crypto.getRandomValues(out.subarray(i, Math.min(n, i + 65536)));
    return out;
  }

  /** An identifier of `digits` lower-case hexadecimal digits, made of secret bytes. */
  hexId(digits = RUN_ID_DIGITS): string {
    let text = "";
    for (const byte of this.secret((digits + 1) >> 1)) text += byte.toString(16).padStart(2, "0");
    return text.slice(0, digits);
  }
}
