/**
 * Values that are too large, or too lively, for a block of the arena: an entry names one by its number here.
 */

import { giveBack } from "./arena.ts";
import type { RdbWriter } from "../rdb/rdb_codec.ts";

/** What an external value must tell. */
export interface StoredObject {
  /** Bytes that it holds outside the JS heap. */
  readonly bytes: number;
  /** Gives back what it holds in the arena. */
  release(): void;
}

/** A large collection: what every type of them can do, so that COPY, DUMP, MEMORY and freeing know no types. */
export interface Collection extends StoredObject {
  /** Number of elements (fields, members). */
  readonly size: number;
  /** Bytes that it takes in all: in the arena, in buffers, in the JS heap as far as that is known. O(1). */
  readonly memory: number;
  /** The same collection once more. O(size). */
  copy(): Collection;
  /** Writes the value in its RDB form; the RDB type, which the caller writes before it. O(size). */
  dump(writer: RdbWriter): number;
  /** The same in parts: writes what stands before the elements; the RDB type. */
  dumpHead(writer: RdbWriter): number;
  /**
   * Writes some of the elements. Between parts the collection must not change.
   * @param from where the last part ended; 0 to begin with
   * @returns where the next part begins; 0 when there is none
   */
  dumpSome(writer: RdbWriter, from: number): number;
  /**
   * Frees some thousand elements and tells whether any are left; for a collection that nobody can reach any more.
   */
  releaseSome(): boolean;
}

/** A part of {@link Collection.dumpSome} is over after so many elements, or so many bytes. */
export const DUMPED_ELEMENTS = 512;
export const DUMPED_BYTES: number = 64 << 10;
/** Elements that are written between two looks at that. */
export const DUMPED_STEP = 32;

export function isCollection(object: StoredObject): object is Collection {
  return "releaseSome" in object;
}

/** A collection of at most so many elements is freed at once, since that costs no more than putting it off. */
const FREED_AT_ONCE_MAX = 64;

/** Bytes that do not fit a block of the arena: a buffer of their own, with room to grow. */
export class BigString implements StoredObject {
  buffer: Uint8Array;
  length: number;

  constructor(buffer: Uint8Array, length: number) {
    this.buffer = buffer;
    this.length = length;
  }

  get bytes(): number {
    return this.buffer.length;
  }

  release(): void {
    this.buffer = new Uint8Array(0);
  }

  /**
   * Makes room for `length` bytes, twice as much as is there when it must grow, and sets the length; bytes
   * that were not there before are 0. Amortised O(bytes added).
   * @returns by how many bytes the buffer grew
   */
  resize(length: number): number {
    const before = this.buffer.length;
    if (length > before) {
      // transfer() gives the old memory back at once, and may grow it in place.
      const buffer = this.buffer.buffer as ArrayBuffer;
      this.buffer = new Uint8Array(buffer.transfer(Math.max(length, before * 2)));
    } else if (length > this.length) {
      this.buffer.fill(0, this.length, length);
    }
    this.length = length;
    return this.buffer.length - before;
  }
}

/** Beyond so many bytes that strings have left behind, the oldest are given back while others are still removed. */
const LEFT_BYTES_MAX = 16 << 20;

/** Numbers for objects: the lowest free one is given out again. */
export class ObjectTable {
  #objects: (StoredObject | undefined)[] = [];
  #free: number[] = [];
  /** Sum of what all objects hold. */
  bytes = 0;
  #removals = 0;
  /** Buffers of strings that are gone, the oldest first; who removed the last ones may still be reading them. */
  readonly #left: ArrayBuffer[] = [];
  #leftBytes = 0;
  /** Collections that nobody can reach any more, to be freed in steps. */
  readonly condemned: Collection[] = [];

  /** Number of objects. */
  get count(): number {
    return this.#objects.length - this.#free.length;
  }

  /** A number that changes whenever an object is removed, or holds more or less than before. */
  get stir(): number {
    return this.bytes + this.#removals;
  }

  add(object: StoredObject): number {
    this.bytes += object.bytes;
    const id = this.#free.pop() ?? this.#objects.length;
    this.#objects[id] = object;
    return id;
  }

  get(id: number): StoredObject {
    return this.#objects[id]!;
  }

  /** Forgets an object and releases what it holds; a large collection, when `later`, in steps: {@link condemned}. */
  remove(id: number, later = false): void {
    const object = this.#objects[id]!;
    this.bytes -= object.bytes;
    this.#removals++;
    if (later && isCollection(object) && object.size > FREED_AT_ONCE_MAX) this.condemned.push(object);
    else {
      if (object instanceof BigString) this.#leave(object.buffer.buffer as ArrayBuffer);
      object.release();
    }
    this.#objects[id] = undefined;
    this.#free.push(id);
  }

  #leave(buffer: ArrayBuffer): void {
    this.#leftBytes += buffer.byteLength;
    this.#left.push(buffer);
    while (this.#leftBytes > LEFT_BYTES_MAX && this.#left.length > 1) this.#giveBack(this.#left.shift()!);
  }

  #giveBack(buffer: ArrayBuffer): void {
    this.#leftBytes -= buffer.byteLength;
    giveBack(buffer);
  }

  /**
   * Gives the memory of strings that are gone back to the system; to be called between commands. Without it, it would be
   * taken until the engine looks for garbage, which it does not while nothing happens. O(strings gone since the last call).
   */
  freeLeft(): void {
    if (this.#leftBytes === 0) return;
    for (const buffer of this.#left.splice(0)) this.#giveBack(buffer);
  }
}
