/**
 * The entries of one database: the dict that finds them, the index of those that will die, and the blocks they lie in.
 * Knows nothing of time, clients or listeners; {@link Database} does, and is the only one that comes here.
 *
 * {@link find} remembers where it looked, as the dict does; {@link install}, {@link relocate} and {@link unlink} act
 * on that place and must come before anything else that changes the set.
 */
import { Arena, BLOCK_BYTES_MAX, type Ref, SMALL_BLOCK_BYTES_MAX } from "./arena.ts";
import { Dict, type HashKey } from "./dict.ts";
import * as entry from "./entry.ts";
import { EXPIRE_BYTES, HEADER_BYTES } from "./entry.ts";
import { ExpiryIndex } from "./expiry_index.ts";
import { BigString, type ObjectTable } from "./objects.ts";
import { keyTooLong } from "./store_error.ts";
import { copyBytes, type Slice } from "../sys/bytes.ts";

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
  /** The number of the object that is the value; -1: the value is bytes. */
  object: number;
}

export class EntrySet {
  readonly dict: Dict;
  readonly expires: ExpiryIndex;
  readonly #arena: Arena;
  readonly #objects: ObjectTable;
  /** The block that {@link install} replaced, whose bytes may still be the source of the new value. */
  #replaced: Ref = 0;

  constructor(arena: Arena, objects: ObjectTable, key: HashKey) {
    this.#arena = arena;
    this.#objects = objects;
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
    const { typeAndEncoding, access, length, room, object } = wanted;
    const keyLength = key.end - key.start;
    const oldExpires = old !== 0 && entry.hasExpire(arena, old);
    const expires = wanted.keepExpire && oldExpires;
    const header = expires ? HEADER_BYTES + EXPIRE_BYTES : HEADER_BYTES;
    const external = object >= 0 || header + keyLength + room > SMALL_BLOCK_BYTES_MAX;
    const size = external ? header + keyLength : header + keyLength + room;
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
    return ref;
  }

  /** Frees what {@link install} replaced. @param later see {@link ObjectTable.remove} */
  releaseReplaced(later = false): void {
    if (this.#replaced === 0) return;
    this.release(this.#replaced, later);
    this.#replaced = 0;
  }

  /** Gives back an entry's block and its object. @param later see {@link ObjectTable.remove} */
  release(ref: Ref, later = false): void {
    if (entry.isExternal(this.#arena, ref)) this.#objects.remove(entry.valueWordOf(this.#arena, ref), later);
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
    const value = entry.valueWordOf(arena, ref);
    const bytes = keyLength + (external ? 0 : value);
    const header = expires ? HEADER_BYTES + EXPIRE_BYTES : HEADER_BYTES;
    const to = arena.allocate(header + bytes);
    const typeAndEncoding = entry.typeOf(arena, ref) | (entry.encodingOf(arena, ref) << 4);
    const access = entry.accessOf(arena, ref);
    entry.writeHeader(arena, to, typeAndEncoding, access, keyLength, value, expires, external);
    const from = entry.keyStartOf(arena, ref);
    const into = entry.segmentOf(arena, to);
    copyBytes(entry.segmentOf(arena, ref), from, from + bytes, into, entry.keyStartOf(arena, to));
    this.dict.replaceFound(to);
    arena.free(ref);
    return to;
  }
}
