/**
 * Which clients may hold which keys in their caches: the table of default tracking.
 *
 * Nothing of a key is a JS object. Keys lie in the arena as entries of a {@link Dict}, as those of the keyspace do, and
 * behind the key stand the numbers of the clients that read it, six bytes each. Only a key that very many clients hold has
 * a set of its own.
 *
 * Invariants: a key is in the table while at least one client may hold it; a client stands behind a key once; keys are
 * names, whatever the database, as in the reference. Clients that are gone stay until their keys change.
 */
import { type Arena, BLOCK_BYTES_MAX, type Ref, SMALL_BLOCK_BYTES_MAX } from "../store/memory/arena.ts";
import { Dict } from "../store/memory/dict.ts";
import * as entry from "../store/memory/entry.ts";
import { HEADER_BYTES } from "../store/memory/entry.ts";
import type { Random } from "../sys/random.ts";
import { copyBytes, type Slice } from "../sys/bytes.ts";

/** Numbers of clients are below 2^48. */
const CLIENT_BYTES = 6;
/** From so many clients on a key has a set: a look at all of them for each read would cost more. */
const LISTED_CLIENTS_MAX = 16;
const LOW = 2 ** 24;

export class CachingTable {
  readonly #arena: Arena;
  readonly #random: Random;
  #dict: Dict;
  /** Of keys that are forgotten, and take memory still. */
  readonly #condemned: Dict[] = [];
  /** Of the keys that very many clients hold; the entry of such a key is external and has the place here for a value. */
  #crowds: (Set<number> | undefined)[] = [];
  #freeCrowds: number[] = [];
  /** How many pairs of a key and a client there are. */
  items = 0;

  constructor(arena: Arena, random: Random) {
    this.#arena = arena;
    this.#random = random;
    this.#dict = this.#newDict();
  }

  #newDict(): Dict {
    return new Dict(this.#arena, { k0: this.#random.uint32(), k1: this.#random.uint32() });
  }

  /** Number of keys. */
  get size(): number {
    return this.#dict.size;
  }

  /** A client may hold a key from now on. O(key length); a key that is too long to exist is left out. */
  add({ bytes, start, end }: Slice, client: number): void {
    const ref = this.#dict.find(bytes, start, end);
    if (ref !== 0) return this.#addTo(ref, client);
    const size = HEADER_BYTES + end - start + CLIENT_BYTES;
    if (size > SMALL_BLOCK_BYTES_MAX) return this.#addLong(bytes, start, end, client);
    const made = this.#arena.allocate(size);
    entry.writeHeader(this.#arena, made, 0, 0, end - start, CLIENT_BYTES, false, false);
    const segment = entry.segmentOf(this.#arena, made);
    const at = entry.keyStartOf(this.#arena, made);
    copyBytes(bytes, start, end, segment, at);
    writeClient(segment, at + end - start, client);
    this.#dict.insertFound(made);
    this.items++;
  }

  /** Adds a key, just looked for in vain, that leaves no room for clients in a block. */
  #addLong(bytes: Uint8Array, start: number, end: number, client: number): void {
    if (HEADER_BYTES + end - start > BLOCK_BYTES_MAX) return;
    this.#dict.insertFound(this.#makeCrowded(bytes, start, end, new Set([client])));
    this.items++;
  }

  #addTo(ref: Ref, client: number): void {
    const arena = this.#arena;
    const word = entry.valueWordOf(arena, ref);
    if (entry.isExternal(arena, ref)) {
      const crowd = this.#crowds[word]!;
      const before = crowd.size;
      this.items += crowd.add(client).size - before;
      return;
    }
    const segment = entry.segmentOf(arena, ref);
    const start = entry.keyStartOf(arena, ref);
    const end = start + entry.keyLengthOf(arena, ref);
    for (let at = end; at < end + word; at += CLIENT_BYTES) if (readClient(segment, at) === client) return;
    this.items++;
    const size = HEADER_BYTES + end - start + word + CLIENT_BYTES;
    if (size > SMALL_BLOCK_BYTES_MAX || word >= LISTED_CLIENTS_MAX * CLIENT_BYTES) {
      const crowd = new Set<number>();
      for (let at = end; at < end + word; at += CLIENT_BYTES) crowd.add(readClient(segment, at));
      this.#dict.replaceFound(this.#makeCrowded(segment, start, end, crowd.add(client)));
      return arena.free(ref);
    }
    if (size <= arena.sizeOf(ref)) {
      entry.setValueWord(arena, ref, word + CLIENT_BYTES);
      return writeClient(segment, end + word, client);
    }
    const made = arena.allocate(size);
    entry.writeHeader(arena, made, 0, 0, end - start, word + CLIENT_BYTES, false, false);
    const into = entry.segmentOf(arena, made);
    const at = entry.keyStartOf(arena, made);
    copyBytes(segment, start, end + word, into, at);
    writeClient(into, at + end - start + word, client);
    this.#dict.replaceFound(made);
    arena.free(ref);
  }

  #makeCrowded(bytes: Uint8Array, start: number, end: number, crowd: Set<number>): Ref {
    const place = this.#freeCrowds.pop() ?? this.#crowds.length;
    this.#crowds[place] = crowd;
    const ref = this.#arena.allocate(HEADER_BYTES + end - start);
    entry.writeHeader(this.#arena, ref, 0, 0, end - start, place, false, true);
    copyBytes(bytes, start, end, entry.segmentOf(this.#arena, ref), entry.keyStartOf(this.#arena, ref));
    return ref;
  }

  /**
   * Takes a key out: nobody holds it any more.
   * @param into is given the numbers of the clients that held it, from place 0 on
   * @returns how many these are
   */
  take({ bytes, start, end }: Slice, into: number[]): number {
    const ref = this.#dict.find(bytes, start, end);
    return ref === 0 ? 0 : this.#takeFound(ref, into);
  }

  #takeFound(ref: Ref, into: number[]): number {
    const arena = this.#arena;
    const word = entry.valueWordOf(arena, ref);
    let count = 0;
    if (entry.isExternal(arena, ref)) {
      for (const client of this.#crowds[word]!) into[count++] = client;
      this.#crowds[word] = undefined;
      this.#freeCrowds.push(word);
    } else {
      const segment = entry.segmentOf(arena, ref);
      const start = entry.valueStartOf(arena, ref);
      for (let at = start; at < start + word; at += CLIENT_BYTES) into[count++] = readClient(segment, at);
    }
    this.items -= count;
    this.#dict.removeFound();
    arena.free(ref);
    return count;
  }

  /** A copy of a random key, each with the same probability; undefined when there is none. */
  randomKey(): Uint8Array | undefined {
    const ref = this.#dict.sample((bound) => this.#random.below(bound));
    if (ref === 0) return undefined;
    const start = entry.keyStartOf(this.#arena, ref);
    return entry.segmentOf(this.#arena, ref).slice(start, start + entry.keyLengthOf(this.#arena, ref));
  }

  /** Forgets all keys; the memory of many is given back in steps: {@link releaseSome}. */
  clear(): void {
    if (this.size === 0) return;
    this.#condemned.push(this.#dict);
    this.releaseSome();
    this.#dict = this.#newDict();
    this.#crowds = [];
    this.#freeCrowds = [];
    this.items = 0;
  }

  /** Gives back the memory of some thousand keys that are forgotten. */
  releaseSome(): void {
    const dict = this.#condemned.at(-1);
    if (dict !== undefined && !dict.drainSome((ref) => this.#arena.free(ref))) this.#condemned.pop();
  }
}

function writeClient(bytes: Uint8Array, at: number, client: number): void {
  const low = client % LOW;
  const high = (client - low) / LOW;
  bytes[at] = low;
  bytes[at + 1] = low >>> 8;
  bytes[at + 2] = low >>> 16;
  bytes[at + 3] = high;
  bytes[at + 4] = high >>> 8;
  bytes[at + 5] = high >>> 16;
}

function readClient(bytes: Uint8Array, at: number): number {
  const low = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
  return (bytes[at + 3]! | (bytes[at + 4]! << 8) | (bytes[at + 5]! << 16)) * LOW + low;
}
