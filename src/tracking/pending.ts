/**
 * What clients are to be told when their replies are written: keys, one behind the other in one buffer, so that a client
 * that changes what it caches costs no object a key.
 */
import { copyBytes, Slice } from "../sys/bytes.ts";

const BYTES_MIN = 4096;
/** A larger buffer is not kept. */
const BYTES_KEPT_MAX = 1 << 20;
/** In the place of a key: all keys. */
const EVERYTHING = -1;

export class Pending<To> {
  #to: To[] = [];
  /** Where each key ends, and so the next one begins; below 0: no key, all of them. */
  #ends: number[] = [];
  #bytes: Uint8Array = new Uint8Array(BYTES_MIN);
  #end = 0;
  readonly #key: Slice = new Slice();

  get isEmpty(): boolean {
    return this.#to.length === 0;
  }

  /** @param key what has changed; undefined: everything */
  add(to: To, key: Slice | undefined): void {
    this.#to.push(to);
    if (key === undefined) {
      this.#ends.push(EVERYTHING);
      return;
    }
    const start = this.#end;
    const end = start + key.end - key.start;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(end * 2);
      larger.set(this.#bytes.subarray(0, start));
      this.#bytes = larger;
    }
    copyBytes(key.bytes, key.start, key.end, this.#bytes, start);
    this.#ends.push(this.#end = end);
  }

  /**
   * Hands out, in their order, what is for those that `isWanted`; keys are valid until `tell` returns, and nothing may be
   * added meanwhile. What is for others stays, if `isKept`. O(all).
   */
  take(
    isWanted: (to: To) => boolean,
    tell: (to: To, key: Slice | undefined) => void,
    isKept: (to: To) => boolean,
  ): void {
    const [to, ends, bytes] = [this.#to, this.#ends, this.#bytes];
    let others: number[] | undefined;
    let start = 0;
    for (let i = 0; i < to.length; i++) {
      const end = ends[i]!;
      if (!isWanted(to[i]!)) (others ??= []).push(i, start);
      else tell(to[i]!, end === EVERYTHING ? undefined : this.#key.point(bytes, start, end));
      if (end !== EVERYTHING) start = end;
    }
    this.#end = 0;
    if (others === undefined) {
      to.length = ends.length = 0;
      if (bytes.length > BYTES_KEPT_MAX) this.#bytes = new Uint8Array(BYTES_MIN);
      return;
    }
    [this.#to, this.#ends, this.#bytes] = [[], [], new Uint8Array(BYTES_MIN)];
    for (let at = 0; at < others.length; at += 2) {
      const i = others[at]!;
      if (!isKept(to[i]!)) continue;
      const end = ends[i]!;
      this.add(to[i]!, end === EVERYTHING ? undefined : this.#key.point(bytes, others[at + 1]!, end));
    }
  }
}
