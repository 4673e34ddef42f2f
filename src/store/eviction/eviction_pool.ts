/**
 * The best candidates for eviction that were seen so far, the best last. It is kept from one eviction to the next: keys
 * that were good, but not the best, are not forgotten, so a few samples each time come near to looking at all keys.
 *
 * It names blocks, which may be gone, or hold something else, when they are taken: the caller looks.
 *
 * Invariants: scores never fall along the places; a block stands here once.
 */
import type { Ref } from "../memory/arena.ts";

const PLACES = 16;

export class EvictionPool {
  /** Candidates that are here. */
  size = 0;
  /** Of the candidate that {@link take} gave. */
  database = 0;
  ref: Ref = 0;
  score = 0;

  readonly #databases: Int32Array = new Int32Array(PLACES);
  readonly #refs: Int32Array = new Int32Array(PLACES);
  readonly #scores: Float64Array = new Float64Array(PLACES);

  /** Puts a candidate in its place, if it is better than the worst or there is room. A higher score goes first. O(places). */
  offer(database: number, ref: Ref, score: number): void {
    const scores = this.#scores;
    const isFull = this.size === PLACES;
    if (isFull && score <= scores[0]!) return;
    for (let i = 0; i < this.size; i++) {
      if (this.#refs[i] !== ref || this.#databases[i] !== database) continue;
      // Seen again: it stands in the place of the score that it has now.
      this.#shift(i + 1, this.size, -1);
      this.size--;
      return this.#insert(database, ref, score);
    }
    if (isFull) {
      this.#shift(1, PLACES, -1);
      this.size--;
    }
    this.#insert(database, ref, score);
  }

  #insert(database: number, ref: Ref, score: number): void {
    let place = this.size;
    while (place > 0 && this.#scores[place - 1]! > score) place--;
    this.#shift(place, this.size, 1);
    this.#databases[place] = database;
    this.#refs[place] = ref;
    this.#scores[place] = score;
    this.size++;
  }

  /** Moves the candidates in [from, to) by one place. */
  #shift(from: number, to: number, by: number): void {
    this.#databases.copyWithin(from + by, from, to);
    this.#refs.copyWithin(from + by, from, to);
    this.#scores.copyWithin(from + by, from, to);
  }

  /** Takes the best candidate out, into {@link database}, {@link ref} and {@link score}; false when there is none. */
  take(): boolean {
    if (this.size === 0) return false;
    const place = --this.size;
    this.database = this.#databases[place]!;
    this.ref = this.#refs[place]!;
    this.score = this.#scores[place]!;
    return true;
  }

  /** All candidates have become better by so much: time has passed. */
  age(by: number): void {
    for (let i = 0; i < this.size; i++) this.#scores[i]! += by;
  }

  clear(): void {
    this.size = 0;
  }
}
