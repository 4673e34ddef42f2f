/**
 * A database: its keys ({@link Keys}) and what they hold. Values are read and changed here, where their type is
 * checked. A value comes as a {@link Slice} of the arena, valid until the next change of the database.
 */
import {
  Arena,
  BLOCK_BYTES_MAX,
  OFFSET_MASK,
  type Ref,
  SEGMENT_SHIFT,
  SMALL_BLOCK_BYTES_MAX,
} from "./memory/arena.ts";
import * as entry from "./memory/entry.ts";
import { Encoding, EXPIRE_BYTES, HEADER_BYTES, Type } from "./memory/entry.ts";
import { isCanonicalInteger } from "./numbers/int64.ts";
import { Keys } from "./keys.ts";
import { type BigString, type Collection, isCollection, type StoredObject } from "./memory/objects.ts";
import { keyTooLong, wrongType } from "./memory/store_error.ts";
import { bringIn } from "./rdb/swapped_value.ts";
import { newSwapPlace } from "./swap_store.ts";
import { copyBytes, NO_BYTES, Slice } from "../sys/bytes.ts";

/** Strings up to this length are `embstr` when they are set as a whole. */
const EMBSTR_BYTES_MAX = 44;
const INTEGER_TEXT_BYTES_MAX = 20;
/** A value moves to a smaller block when that is at most one part in so many of its own. */
const SHRINK_FACTOR = 4;

export class Database extends Keys {
  /** What {@link stringAt} points at the value that it finds. */
  readonly #value: Slice = new Slice();
  /** Where {@link setBytes} writes to; the source may be `#value`. */
  readonly #target: Slice = new Slice();

  /** The string of a key that a command reads, or undefined. @throws ReplyError when it is not a string */
  readString(key: Slice, into: Slice = this.#value): Slice | undefined {
    const ref = this.read(key);
    return ref === 0 ? undefined : this.stringAt(ref, into);
  }

  /** The string of a key that a command changes, or undefined. @throws ReplyError when it is not a string */
  writeString(key: Slice, into: Slice = this.#value): Slice | undefined {
    const ref = this.write(key);
    return ref === 0 ? undefined : this.stringAt(ref, into);
  }

  /**
   * The string that an entry holds. The slice may be written to, with as many bytes, after {@link aboutToChange}.
   * @throws ReplyError when it is not a string
   */
  stringAt(ref: Ref, into: Slice = this.#value): Slice {
    const segment = ref >>> SEGMENT_SHIFT;
    const at = (ref & OFFSET_MASK) << 1;
    const words = this.arena.words[segment]!;
    if ((words[at]! & 0xf) !== Type.string) throw wrongType;
    const keyWord = words[at + 1]!;
    const value = words[at + 2]!;
    if ((keyWord & (1 << 30)) === 0) {
      const start = (at << 2) + HEADER_BYTES + (keyWord < 0 ? EXPIRE_BYTES : 0) +
        (keyWord & entry.KEY_LENGTH_MASK);
      return into.point(this.arena.bytes[segment]!, start, start + value);
    }
    const big = this.objectAt(ref) as BigString;
    return into.point(big.buffer, 0, big.length);
  }

  /**
   * Sets a key to a string, whatever it was. The encoding is chosen from the bytes (`int`, `embstr`, `raw`)
   * unless given. O(length).
   */
  setString(key: Slice, value: Slice, keepTtl = false, encoding: number = stringEncoding(value)): Ref {
    const old = this.foundForChange(key);
    const ref = this.install(key, old, Type.string | (encoding << 4), value.length, keepTtl);
    if (entry.isExternal(this.arena, ref)) {
      const big = this.keyspace.objects.get(entry.valueWordOf(this.arena, ref)) as BigString;
      big.buffer.set(value.view());
    } else {
      const start = entry.valueStartOf(this.arena, ref);
      copyBytes(value.bytes, value.start, value.end, entry.segmentOf(this.arena, ref), start);
    }
    this.entries.releaseReplaced(this.keyspace.lazyFreeing.serverDelete);
    this.changed(key);
    return ref;
  }

  /**
   * Sets a key that holds a string to another one, keeping its time to live; in place when it fits, without looking
   * the key up again.
   * @param ref the key's entry, or 0: then the key is made
   */
  replaceString(key: Slice, ref: Ref, value: Slice, encoding: number): void {
    const arena = this.arena;
    if (ref === 0 || entry.isExternal(arena, ref)) {
      this.setString(key, value, true, encoding);
      return;
    }
    const start = entry.valueStartOf(arena, ref);
    const used = start - ((ref & OFFSET_MASK) << 3) + value.length;
    if (arena.sizeOf(ref) !== Arena.roundedSize(used)) {
      this.setString(key, value, true, encoding);
      return;
    }
    this.aboutToChange(ref);
    entry.setTypeAndEncoding(arena, ref, Type.string, encoding);
    entry.setValueWord(arena, ref, value.length);
    copyBytes(value.bytes, value.start, value.end, entry.segmentOf(arena, ref), start);
    this.changed(key);
  }

  /**
   * Makes a new key that holds a string. Of what had the name before nothing is kept, not even that it was
   * used often. O(length).
   */
  addString(key: Slice, value: Slice, encoding: number = stringEncoding(value)): Ref {
    const isNew = this.foundForChange(key) === 0;
    const ref = this.setString(key, value, false, encoding);
    entry.setAccess(this.arena, ref, this.keyspace.access.fresh);
    if (!isNew) this.event("n", "new", key);
    return ref;
  }

  /**
   * Makes the string of a key `length` bytes long, for bytes to be written into it: see {@link resizeBytes}. Leaves room
   * to grow, so that appending is amortised O(bytes added).
   * @param ref the key's entry, or 0
   * @param counted whether the caller calls {@link changed}, if it changes something
   */
  resizeString(key: Slice, ref: Ref, length: number, counted = false): Slice {
    if (ref !== 0 && entry.typeOf(this.arena, ref) !== Type.string) throw wrongType;
    return this.resizeBytes(key, ref, Type.string, Encoding.raw, length, 2, counted);
  }

  // ---- values of any type -----------------------------------------------------------------------------------

  /** The entry of a key that a command reads, or 0. @throws ReplyError when it is of another type */
  readTyped(key: Slice, type: number): Ref {
    const ref = this.read(key);
    if (ref !== 0 && entry.typeOf(this.arena, ref) !== type) throw wrongType;
    return ref;
  }

  /** The entry of a key that a command changes, or 0. @throws ReplyError when it is of another type */
  writeTyped(key: Slice, type: number): Ref {
    const ref = this.write(key);
    if (ref !== 0 && entry.typeOf(this.arena, ref) !== type) throw wrongType;
    return ref;
  }

  /** @throws ReplyError when an entry is of another type */
  checkType(ref: Ref, type: number): void {
    if (entry.typeOf(this.arena, ref) !== type) throw wrongType;
  }

  /**
   * The bytes that are the value of an entry: a string, or a small encoding (listpack, intset) of another type. They
   * may be written to, as many as there are, after {@link aboutToChange}.
   */
  bytesAt(ref: Ref, into: Slice = this.#value): Slice {
    if (entry.isExternal(this.arena, ref)) {
      const big = this.objectAt(ref) as BigString;
      return into.point(big.buffer, 0, big.length);
    }
    const word = entry.valueWordOf(this.arena, ref);
    const start = entry.valueStartOf(this.arena, ref);
    return into.point(entry.segmentOf(this.arena, ref), start, start + word);
  }

  /**
   * Makes the bytes of a key's value `length` long, for bytes to be written into them: keeps what was there, fills with
   * zeros, creates the key when there is none, keeps its time to live. A block that has become much too large is
   * changed for a smaller one.
   * @param ref the key's entry, or 0; its value must be bytes
   * @param growth how much room a value that outgrows its block is given, as a multiple of its length
   * @param counted whether the caller calls {@link changed}
   */
  resizeBytes(
    key: Slice,
    ref: Ref,
    type: number,
    encoding: number,
    length: number,
    growth = 1,
    counted = false,
  ): Slice {
    const { arena } = this;
    const old = ref === 0 ? undefined : this.bytesAt(ref);
    const oldLength = old === undefined ? 0 : old.length;
    if (ref !== 0 && entry.isExternal(arena, ref)) {
      this.aboutToChange(ref);
      const big = this.keyspace.objects.get(entry.valueWordOf(arena, ref)) as BigString;
      this.keyspace.objects.bytes += big.resize(length);
      entry.setTypeAndEncoding(arena, ref, type, encoding);
      if (!counted) this.changed(key);
      return this.bytesAt(ref);
    }
    const overhead = (ref === 0 ? HEADER_BYTES : entry.headerBytesOf(arena, ref)) + key.length;
    const block = ref === 0 ? 0 : arena.sizeOf(ref);
    if (overhead + length <= block && Arena.roundedSize(overhead + length) * SHRINK_FACTOR >= block) {
      this.aboutToChange(ref);
      entry.setTypeAndEncoding(arena, ref, type, encoding);
      entry.setValueWord(arena, ref, length);
    } else {
      const room = ref === 0 || length < oldLength
        ? length
        : Math.min(length * growth, Math.max(length, SMALL_BLOCK_BYTES_MAX - overhead));
      const found = this.entries.find(key);
      const kept = old === undefined ? NO_BYTES : old.bytes;
      const keptStart = old === undefined ? 0 : old.start;
      ref = this.install(key, found, type | (encoding << 4), length, true, room);
      const value = this.bytesAt(ref);
      copyBytes(kept, keptStart, keptStart + Math.min(length, oldLength), value.bytes, value.start);
      this.entries.releaseReplaced(this.keyspace.lazyFreeing.serverDelete);
    }
    const value = this.bytesAt(ref);
    if (length > oldLength) value.bytes.fill(0, value.start + oldLength, value.end);
    if (!counted) this.changed(key);
    return value;
  }

  /**
   * The object that is the value of an entry: a large collection, or bytes with a buffer of their own. A value that is in the
   * swap file is brought in.
   * @throws ReplyError when it cannot be
   */
  objectAt(ref: Ref): StoredObject {
    if (entry.isSwapped(this.arena, ref)) bringIn(this.keyspace, ref);
    return this.keyspace.objects.get(entry.valueWordOf(this.arena, ref));
  }

  /**
   * Makes an object the value of a key, whatever it held. O(1).
   * @param keepTtl whether its time to live stays, as it does when a value changes its encoding
   * @param counted whether the caller calls {@link changed}
   */
  setObject(
    key: Slice,
    type: number,
    encoding: number,
    object: StoredObject,
    keepTtl = true,
    counted = false,
  ): Ref {
    // Nothing may fail once the object has a number.
    if (entry.swappedEntryBytes(HEADER_BYTES + EXPIRE_BYTES, key.length) > BLOCK_BYTES_MAX) throw keyTooLong;
    const old = this.foundForChange(key);
    const id = this.keyspace.objects.add(object);
    const ref = this.install(key, old, type | (encoding << 4), 0, keepTtl, 0, id);
    this.entries.releaseReplaced(this.keyspace.lazyFreeing.serverDelete);
    if (!counted) this.changed(key);
    return ref;
  }

  /** Makes bytes the value of a key, whatever it held; its time to live goes. O(length). */
  setBytes(key: Slice, type: number, encoding: number, value: Slice): Ref {
    const ref = this.install(key, this.foundForChange(key), type | (encoding << 4), value.length, false);
    const into = this.bytesAt(ref, this.#target);
    copyBytes(value.bytes, value.start, value.end, into.bytes, into.start);
    this.entries.releaseReplaced(this.keyspace.lazyFreeing.serverDelete);
    this.changed(key);
    return ref;
  }

  /** Makes a value the one of a key, whatever that held; its time to live goes. */
  setValue(key: Slice, { type, encoding, value }: Value): Ref {
    return value instanceof Slice
      ? this.setBytes(key, type, encoding, value)
      : this.setObject(key, type, encoding, value, false);
  }

  /** As {@link setValue}, but of what had the name before nothing is kept: see {@link addString}. */
  addValue(key: Slice, value: Value): Ref {
    const isNew = this.foundForChange(key) === 0;
    const ref = this.setValue(key, value);
    entry.setAccess(this.arena, ref, this.keyspace.access.fresh);
    if (!isNew) this.event("n", "new", key);
    return ref;
  }

  /**
   * Gives the value and the time to live of an existing key to another key, of this database or another, replacing
   * what that holds. The source stays as it is, in memory or in the swap file. O(1) for bytes, O(elements) for a collection.
   * @param ref the source's entry
   */
  copyTo(ref: Ref, target: Database, key: Slice): void {
    const when = this.exactExpireAt(ref);
    if (!this.#copyPages(ref, target, key)) {
      const object = this.collectionAt(ref);
      // Blocks do not move, so the source's bytes may be read while the target's entry is made.
      target.addValue(key, {
        type: this.typeOf(ref),
        encoding: copiedEncoding(this.encodingOf(ref)),
        value: object === undefined ? this.bytesAt(ref, new Slice()) : object.copy(),
      });
    }
    if (when >= 0n) target.setExpireAt(key, when, true);
  }

  /** Copies a value that is in the swap file; false when it is not, or there is no room for a copy. */
  #copyPages(ref: Ref, target: Database, key: Slice): boolean {
    const { arena } = this;
    if (!entry.isSwapped(arena, ref)) return false;
    const { swapStore: swap, access } = this.keyspace;
    const where = entry.readSwapPlace(arena, ref, newSwapPlace());
    if (entry.swappedEntryBytes(HEADER_BYTES + EXPIRE_BYTES, key.length) > BLOCK_BYTES_MAX) throw keyTooLong;
    if (!swap!.copy(where)) return false;
    const typeAndEncoding = this.typeOf(ref) | (copiedEncoding(this.encodingOf(ref)) << 4);
    const size = entry.valueWordOf(arena, ref);
    const old = target.foundForChange(key);
    const copied = target.install(key, old, typeAndEncoding, 0, false, 0, size, true);
    entry.writeSwapPlace(arena, copied, where);
    swap!.swapped++;
    target.entries.releaseReplaced(this.keyspace.lazyFreeing.serverDelete);
    entry.setAccess(arena, copied, access.fresh);
    target.changed(key);
    if (old !== 0) target.event("n", "new", key);
    return true;
  }

  /** The collection that is the value of an entry, or undefined: then the value is bytes. */
  collectionAt(ref: Ref): Collection | undefined {
    if (!entry.isExternal(this.arena, ref)) return undefined;
    const object = this.objectAt(ref);
    return isCollection(object) ? object : undefined;
  }
}

function copiedEncoding(encoding: number): number {
  return encoding === Encoding.int ? Encoding.copiedInt : encoding;
}

/** A value that no key has yet. */
export interface Value {
  readonly type: number;
  readonly encoding: number;
  readonly value: Slice | Collection;
}

/** The encoding of a string that is set as a whole. */
export function stringEncoding(value: Slice): number {
  const length = value.end - value.start;
  if (length <= INTEGER_TEXT_BYTES_MAX && isCanonicalInteger(value.bytes, value.start, value.end)) {
    return Encoding.int;
  }
  return length <= EMBSTR_BYTES_MAX ? Encoding.embstr : Encoding.raw;
}
