/**
 * The entries of one database: the dict that finds them, the index of those that will die, and the blocks they lie in.
 * Knows nothing of time, clients or listeners; {@link Database} does, and is the only one that comes here.
 *
 * {@link find} remembers where it looked, as the dict does; {@link install}, {@link relocate} and {@link unlink} act
 * on that place and must come before anything else that changes the set.
 */
import { Arena, BLOCK_BYTES_MAX, type Ref, SEGMENT_SHIFT, SMALL_BLOCK_BYTES_MAX } from "./arena.ts";
import { Dict, type HashKey } from "./dict.ts";
import * as entry from "./entry.ts";
import { EXPIRE_BYTES, HEADER_BYTES } from "./entry.ts";
import { ExpiryIndex } from "./expiry_index.ts";
import { BigString, type ObjectTable } from "./objects.ts";
import { keyTooLong } from "./store_error.ts";
import { newSwapPlace, type SwapPlace, type SwapStore } from "../swap_store.ts";
import { copyBytes, type Slice } from "../../sys/bytes.ts";

/** What a new value of a key is to be. */
export interface Wanted {
  /** Type in the low 4 bits, encoding in the high 4 bits. */
  typeAndEncoding: number;
  /** The 24 bits of the access clock. */
  access: number;
  /** Whether the time to live of the old entry stays. */
  keepExpire: boolean;
  /** Bytes of the value. */
  length: number;
  /** Bytes of the value to have room for, at least `length`. */
  room: number;
  /** The number of the object that is the value; -1: the value is bytes. Of a swapped value its size. */
  object: number;
  /** Whether the value is in the swap file; where, is the caller's to write. */
  swapped: boolean;
}

/** Where the entries' values may be, other than in memory: the keyspace. */
export interface SwapHome {
  readonly swapStore: SwapStore | undefined;
}

/** A collection of more elements is freed in steps when it was swapped out. */
const FREED_AT_ONCE_MAX = 4096;
/** Shorter values take no less room when they are swapped out. */
const SWAPPED_BYTES_MIN = 24;

const place = newSwapPlace();

export class EntrySet {
  readonly dict: Dict;
  readonly expires: ExpiryIndex;
  readonly #arena: Arena;
  readonly #objects: ObjectTable;
  readonly #home: SwapHome;
  /** The block that {@link install} replaced, whose bytes may still be the source of the new value. */
  #replaced: Ref = 0;

  constructor(arena: Arena, objects: ObjectTable, key: HashKey, home: SwapHome) {
    this.#arena = arena;
    this.#objects = objects;
    this.#home = home;
    this.dict = new Dict(arena, key);
    this.expires = new ExpiryIndex(arena);
  }

  /** The entry of a key, dead or alive, or 0. */
  find(key: Slice): Ref {
    return this.dict.find(key.bytes, key.start, key.end);
  }

  /**
   * Makes an entry for the key that {@link find} has just looked for, in the old entry's block when it fits. The value's
   * bytes are the caller's to write; then {@link releaseReplaced} is to be called.
   * @param old what find gave
   * @throws ReplyError when the key is too long; then nothing has changed
   */
  install(key: Slice, old: Ref, wanted: Wanted): Ref {
    const arena = this.#arena;
    const { typeAndEncoding, access, length, room, object, swapped } = wanted;
    const keyLength = key.end - key.start;
    const oldExpires = old !== 0 && entry.hasExpire(arena, old);
    const expires = wanted.keepExpire && oldExpires;
    const header = expires ? HEADER_BYTES + EXPIRE_BYTES : HEADER_BYTES;
    const external = object >= 0 || header + keyLength + room > SMALL_BLOCK_BYTES_MAX;
    const size = swapped
      ? entry.swappedEntryBytes(header, keyLength)
      : external
      ? header + keyLength
      : header + keyLength + room;
    if (
      old !== 0 && !external && expires === oldExpires && !entry.isExternal(arena, old) &&
      arena.sizeOf(old) === Arena.roundedSize(size)
    ) {
      entry.writeHeader(arena, old, typeAndEncoding, access, keyLength, length, expires, false);
      return old;
    }
    if (size > BLOCK_BYTES_MAX) throw keyTooLong;
    // The buffer first: when the system has no room for it, nothing has happened yet.
    const big = external && object < 0 ? new BigString(new Uint8Array(room), length) : undefined;
    const ref = arena.allocate(size);
    const word = big !== undefined ? this.#objects.add(big) : external ? object : length;
    entry.writeHeader(arena, ref, typeAndEncoding, access, keyLength, word, expires, external);
    copyBytes(key.bytes, key.start, key.end, entry.segmentOf(arena, ref), entry.keyStartOf(arena, ref));
    if (swapped) entry.setSwapped(arena, ref, true);
    else if (this.#home.swapStore !== undefined) this.#appeared(ref, external, room);
    if (old === 0) {
      this.dict.insertFound(ref);
      return ref;
    }
    this.dict.replaceFound(ref);
    if (oldExpires) {
      const position = entry.expirePositionOf(arena, old);
      if (expires) {
        entry.copyExpire(arena, old, ref);
        this.expires.moved(position, ref);
      } else {
        this.expires.remove(position);
      }
    }
    this.#replaced = old;
    return ref;
  }

  /**
   * Makes an entry for a key that {@link find} has just looked for in vain, as a loader does. The value's bytes, and when
   * it dies, are the caller's to write.
   * @param length bytes of the value
   * @param object the number of the object that is the value, or -1
   * @throws ReplyError when the key is too long; then nothing has changed
   */
  insertNew(
    key: Slice,
    typeAndEncoding: number,
    access: number,
    length: number,
    object: number,
    expires: boolean,
  ): Ref {
    const arena = this.#arena;
    const keyLength = key.end - key.start;
    const header = (expires ? HEADER_BYTES + EXPIRE_BYTES : HEADER_BYTES) + keyLength;
    const external = object >= 0 || header + length > SMALL_BLOCK_BYTES_MAX;
    if (header > BLOCK_BYTES_MAX) throw keyTooLong;
    const big = external && object < 0 ? new BigString(new Uint8Array(length), length) : undefined;
    const ref = arena.allocate(external ? header : header + length);
    const word = big !== undefined ? this.#objects.add(big) : external ? object : length;
    entry.writeHeader(arena, ref, typeAndEncoding, access, keyLength, word, expires, external);
    copyBytes(key.bytes, key.start, key.end, entry.segmentOf(arena, ref), entry.keyStartOf(arena, ref));
    this.dict.insertFound(ref);
    if (expires) this.expires.add(ref);
    if (this.#home.swapStore !== undefined) this.#appeared(ref, external, length);
    return ref;
  }

  #appeared(ref: Ref, external: boolean, bytes: number): void {
    if (external || bytes >= SWAPPED_BYTES_MIN) this.#home.swapStore!.appeared(ref);
  }

  /** Frees what {@link install} replaced. @param later see {@link ObjectTable.remove} */
  releaseReplaced(later = false): void {
    if (this.#replaced === 0) return;
    this.release(this.#replaced, later);
    this.#replaced = 0;
  }

  /** Gives back an entry's block and its object. @param later see {@link ObjectTable.remove} */
  release(ref: Ref, later = false): void {
    const { swapStore: swap } = this.#home;
    if (entry.isExternal(this.#arena, ref)) {
      if (!entry.isSwapped(this.#arena, ref)) {
        this.#objects.remove(entry.valueWordOf(this.#arena, ref), later);
      } else {
        swap!.free(entry.readSwapPlace(this.#arena, ref, place));
        swap!.swapped--;
      }
    }
    swap?.forget(ref);
    this.#arena.free(ref);
  }

  /** Takes the entry that {@link find} has just found out of dict and index; its block stays. */
  unlink(ref: Ref): void {
    this.dict.removeFound();
    if (entry.hasExpire(this.#arena, ref)) this.expires.remove(entry.expirePositionOf(this.#arena, ref));
  }

  /**
   * Sets when the entry that {@link find} has just found dies; it may be moved to another block.
   * @param when unix ms, 0 <= when < 2^63
   */
  setExpire(ref: Ref, when: number | bigint): void {
    const arena = this.#arena;
    if (!entry.hasExpire(arena, ref)) {
      ref = this.#relocate(ref, true);
      this.expires.add(ref);
    }
    if (typeof when === "number" && Number.isSafeInteger(when)) {
      entry.setExpireWords(arena, ref, when | 0, Math.floor(when / 4294967296));
    } else {
      const exact = BigInt(when);
      entry.setExpireWords(arena, ref, Number(BigInt.asIntN(32, exact)), Number(exact >> 32n));
    }
  }

  /** Takes the time to live off the entry that {@link find} has just found, which is moved to another block. */
  dropExpire(ref: Ref): void {
    this.expires.remove(entry.expirePositionOf(this.#arena, ref));
    this.#relocate(ref, false);
  }

  /** Moves an entry to a block with, or without, room for a time to live. */
  #relocate(ref: Ref, expires: boolean): Ref {
    const arena = this.#arena;
    const keyLength = entry.keyLengthOf(arena, ref);
    const external = entry.isExternal(arena, ref);
    const swapped = external && entry.isSwapped(arena, ref);
    const value = entry.valueWordOf(arena, ref);
    const bytes = keyLength + (external ? 0 : value);
    const header = expires ? HEADER_BYTES + EXPIRE_BYTES : HEADER_BYTES;
    const to = arena.allocate(swapped ? entry.swappedEntryBytes(header, keyLength) : header + bytes);
    this.#copyHeader(ref, to, value, expires, external);
    const from = entry.keyStartOf(arena, ref);
    const into = entry.segmentOf(arena, to);
    copyBytes(entry.segmentOf(arena, ref), from, from + bytes, into, entry.keyStartOf(arena, to));
    if (swapped) {
      entry.setSwapped(arena, to, true);
      entry.writeSwapPlace(arena, to, entry.readSwapPlace(arena, ref, place));
    } else if (this.#home.swapStore !== undefined) {
      this.#home.swapStore.forget(ref);
      this.#appeared(to, external, value);
    }
    this.dict.replaceFound(to);
    arena.free(ref);
    return to;
  }

  /** Writes the words of an entry that takes the place of another one of the same key. */
  #copyHeader(ref: Ref, to: Ref, valueWord: number, expires: boolean, external: boolean): void {
    const arena = this.#arena;
    const typeAndEncoding = entry.typeOf(arena, ref) | (entry.encodingOf(arena, ref) << 4);
    const access = entry.accessOf(arena, ref);
    const keyLength = entry.keyLengthOf(arena, ref);
    entry.writeHeader(arena, to, typeAndEncoding, access, keyLength, valueWord, expires, external);
  }

  // ---- virtual memory ---------------------------------------------------------------------------------------

  /**
   * Whether a block is that of an entry of this set, which is found then, as by {@link find}. The block may have been given
   * back long ago, and hold anything. O(1).
   */
  findRef(ref: Ref): boolean {
    const arena = this.#arena;
    const segment = arena.bytes[ref >>> SEGMENT_SHIFT];
    if (segment === undefined || segment.length === 0) return false;
    const header = entry.headerBytesOf(arena, ref);
    const keyLength = entry.keyLengthOf(arena, ref);
    if (!(header + keyLength <= arena.sizeOf(ref))) return false;
    const start = entry.keyStartOf(arena, ref);
    return start + keyLength <= segment.length && this.dict.find(segment, start, start + keyLength) === ref;
  }

  /** Bytes that the value of an entry takes more in memory than swapped out; an object's without what it refers to. */
  bytesSwappable(ref: Ref): number {
    const arena = this.#arena;
    const size = entry.swappedEntryBytes(entry.headerBytesOf(arena, ref), entry.keyLengthOf(arena, ref));
    if (size + EXPIRE_BYTES > BLOCK_BYTES_MAX) return -Infinity;
    return arena.sizeOf(ref) - Arena.roundedSize(size);
  }

  /**
   * The value of the entry that {@link findRef} has just found is in the swap file now; its memory is given back. To a
   * snapshot it is the same entry.
   * @param size what commands that ask for the size of the value are answered
   */
  swapOut(ref: Ref, where: SwapPlace, size: number): void {
    const arena = this.#arena;
    const bytes = entry.swappedEntryBytes(entry.headerBytesOf(arena, ref), entry.keyLengthOf(arena, ref));
    const to = this.#moveHeader(ref, bytes, size, true);
    entry.setSwapped(arena, to, true);
    entry.writeSwapPlace(arena, to, where);
    this.#home.swapStore!.swapped++;
    this.release(ref, size > FREED_AT_ONCE_MAX);
  }

  /** The bytes of the swapped entry that {@link findRef} or {@link find} has just found are in memory again. */
  swapIn(ref: Ref, bytes: Uint8Array): void {
    const arena = this.#arena;
    const header = entry.headerBytesOf(arena, ref) + entry.keyLengthOf(arena, ref);
    const external = header + bytes.length > SMALL_BLOCK_BYTES_MAX;
    const to = external
      ? this.#moveHeader(ref, header, this.#objects.add(new BigString(bytes.slice(), bytes.length)), true)
      : this.#moveInto(ref, header, bytes);
    this.#appeared(to, external, bytes.length);
    this.release(ref);
  }

  /** The same for a collection, which has a number already. */
  swapInObject(ref: Ref, object: number): void {
    const header = entry.headerBytesOf(this.#arena, ref) + entry.keyLengthOf(this.#arena, ref);
    const to = this.#moveHeader(ref, header, object, true);
    this.#appeared(to, true, 0);
    this.release(ref);
  }

  /**
   * Puts the value of the entry that {@link findRef} has just found into its block, if it is bytes that fit and were
   * brought in as an object, since that happened in the middle of a command.
   */
  settle(ref: Ref): void {
    const arena = this.#arena;
    if (!entry.isExternal(arena, ref) || entry.isSwapped(arena, ref)) return;
    const object = this.#objects.get(entry.valueWordOf(arena, ref));
    const header = entry.headerBytesOf(arena, ref) + entry.keyLengthOf(arena, ref);
    if (!(object instanceof BigString) || header + object.length > SMALL_BLOCK_BYTES_MAX) return;
    const bytes = object.buffer.subarray(0, object.length);
    this.#appeared(this.#moveInto(ref, header, bytes), false, bytes.length);
    this.release(ref);
  }

  #moveInto(ref: Ref, header: number, bytes: Uint8Array): Ref {
    const to = this.#moveHeader(ref, header + bytes.length, bytes.length, false);
    const start = entry.valueStartOf(this.#arena, to);
    copyBytes(bytes, 0, bytes.length, entry.segmentOf(this.#arena, to), start);
    return to;
  }

  /** A block of some bytes takes the place of the one of the entry that was just found, which is still to be given back. */
  #moveHeader(ref: Ref, bytes: number, valueWord: number, external: boolean): Ref {
    const arena = this.#arena;
    const to = arena.allocate(bytes);
    const expires = entry.hasExpire(arena, ref);
    this.#copyHeader(ref, to, valueWord, expires, external);
    entry.copyEpoch(arena, ref, to);
    const start = entry.keyStartOf(arena, ref);
    const end = start + entry.keyLengthOf(arena, ref);
    copyBytes(
      entry.segmentOf(arena, ref),
      start,
      end,
      entry.segmentOf(arena, to),
      entry.keyStartOf(arena, to),
    );
    this.dict.replaceFound(to);
    if (expires) {
      entry.copyExpire(arena, ref, to);
      this.expires.moved(entry.expirePositionOf(arena, ref), to);
    }
    return to;
  }
}
