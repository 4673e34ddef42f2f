/**
 * A database: the one door to its keys. Whoever reads or changes a key comes through here, and here, nowhere else:
 *
 *  1. a key past its time is removed when it is met (and counted, and told to the listeners);
 *  2. the type is checked;
 *  3. the access clock is advanced, hits and misses are counted;
 *  4. before a change the snapshot is told, after it `dirty` grows and watchers are told.
 *
 * Keys are looked up by their bytes. What comes back is the entry's {@link Ref}, valid until the next change of
 * the same key, or the value as a {@link Slice} of the arena, valid until the next change of the database.
 */
import {
  Arena,
  BLOCK_BYTES_MAX,
  OFFSET_MASK,
  type Ref,
  SEGMENT_SHIFT,
  SMALL_BLOCK_BYTES_MAX,
} from "./arena.ts";
import * as entry from "./entry.ts";
import { Encoding, EXPIRE_BYTES, HEADER_BYTES, Type } from "./entry.ts";
import { EntrySet, type Wanted } from "./entry_set.ts";
import { keyTooLong, wrongType } from "./store_error.ts";
import type { EventClass, Keyspace } from "./keyspace.ts";
import type { BigString } from "./objects.ts";
import { copyBytes, NO_BYTES, Slice } from "../sys/bytes.ts";
import { isCanonicalInteger } from "./int64.ts";

/** Strings up to this length are `embstr` when they are set as a whole. */
const EMBSTR_BYTES_MAX = 44;
const INTEGER_TEXT_BYTES_MAX = 20;
/** A key drawn at random that turns out to be dead is drawn again, this often. */
const RANDOM_KEY_TRIES = 100;

export class Database {
  readonly id: number;
  readonly keyspace: Keyspace;
  #entries: EntrySet;
  readonly #arena: Arena;
  /** What {@link stringAt} points at the value that it finds. */
  readonly #value: Slice = new Slice();
  readonly #key: Slice = new Slice();

  constructor(keyspace: Keyspace, id: number) {
    this.keyspace = keyspace;
    this.id = id;
    this.#arena = keyspace.arena;
    this.#entries = new EntrySet(keyspace.arena, keyspace.objects, keyspace.hashKey);
  }

  /** Number of keys, those included that are past their time but were not met yet. */
  get size(): number {
    return this.#entries.dict.size;
  }

  /** Number of keys with a time to live. */
  get expiring(): number {
    return this.#entries.expires.size;
  }

  /** Bytes of the tables and of the expiry index. */
  get overheadBytes(): number {
    return this.#entries.dict.tableBytes + this.#entries.expires.bytes;
  }

  /** Bytes of the expiry index alone. */
  get expiryBytes(): number {
    return this.#entries.expires.bytes;
  }

  get slots(): number {
    return this.#entries.dict.slots;
  }

  // ---- looking up -------------------------------------------------------------------------------------------

  /** The entry of a key that a command reads, or 0. Advances its access clock, counts a hit or a miss. */
  read(key: Slice): Ref {
    const ref = this.#live(key);
    if (ref === 0) {
      this.keyspace.misses++;
      this.event("m", "keymiss", key);
      return 0;
    }
    this.keyspace.hits++;
    this.#touch(ref);
    return ref;
  }

  /** As {@link read}, without advancing the access clock: for commands that ask about a key, not for its value. */
  peek(key: Slice): Ref {
    const ref = this.#live(key);
    if (ref !== 0) this.keyspace.hits++;
    else {
      this.keyspace.misses++;
      this.event("m", "keymiss", key);
    }
    return ref;
  }

  /** The entry of a key that a command will change, or 0. Advances its access clock. */
  write(key: Slice): Ref {
    const ref = this.#live(key);
    if (ref !== 0) this.#touch(ref);
    return ref;
  }

  /** The entry of a key, or 0, leaving no trace: no clock, no count. A dead key is still removed. */
  find(key: Slice): Ref {
    return this.#live(key);
  }

  /** Whether a key is there, and whether it is past its time. Removes nothing. */
  presence(key: Slice): "alive" | "dead" | "absent" {
    const ref = this.#entries.find(key);
    if (ref === 0) return "absent";
    return this.#isDead(ref) ? "dead" : "alive";
  }

  /** Tells which keys will be looked up next, in this order: see {@link Dict.fetchAhead}. */
  fetchAhead(keys: readonly Slice[], count: number): void {
    this.#entries.dict.fetchAhead(keys, count);
  }

  typeOf(ref: Ref): number {
    return entry.typeOf(this.#arena, ref);
  }

  encodingOf(ref: Ref): number {
    return entry.encodingOf(this.#arena, ref);
  }

  /** The 24 bits of the access clock. */
  accessOf(ref: Ref): number {
    return entry.accessOf(this.#arena, ref);
  }

  setAccess(ref: Ref, access: number): void {
    entry.setAccess(this.#arena, ref, access);
  }

  /** The key of an entry; the slice is reused by the next call. */
  keyOf(ref: Ref): Slice {
    const start = entry.keyStartOf(this.#arena, ref);
    return this.#key.point(
      entry.segmentOf(this.#arena, ref),
      start,
      start + entry.keyLengthOf(this.#arena, ref),
    );
  }

  /** When an entry dies, unix ms, or -1; rounded beyond 2^53. */
  expireAt(ref: Ref): number {
    return entry.expireAtOf(this.#arena, ref);
  }

  /** When an entry dies, unix ms, exactly, or -1. */
  exactExpireAt(ref: Ref): bigint {
    return entry.hasExpire(this.#arena, ref) ? entry.exactExpireAtOf(this.#arena, ref) : -1n;
  }

  // ---- strings ----------------------------------------------------------------------------------------------

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
    const words = this.#arena.words[segment]!;
    if ((words[at]! & 0xf) !== Type.string) throw wrongType;
    const keyWord = words[at + 1]!;
    const value = words[at + 2]!;
    if ((keyWord & (1 << 30)) === 0) {
      const start = (at << 2) + HEADER_BYTES + (keyWord < 0 ? EXPIRE_BYTES : 0) +
        (keyWord & entry.KEY_LENGTH_MASK);
      return into.point(this.#arena.bytes[segment]!, start, start + value);
    }
    const big = this.keyspace.objects.get(value) as BigString;
    return into.point(big.buffer, 0, big.length);
  }

  /**
   * Sets a key to a string, whatever it was. The encoding is chosen from the bytes (`int`, `embstr`, `raw`)
   * unless given. O(length).
   */
  setString(key: Slice, value: Slice, keepTtl = false, encoding: number = stringEncoding(value)): Ref {
    const old = this.#foundForChange(key);
    const ref = this.#install(key, old, Type.string | (encoding << 4), value.length, keepTtl);
    if (entry.isExternal(this.#arena, ref)) {
      const big = this.keyspace.objects.get(entry.valueWordOf(this.#arena, ref)) as BigString;
      big.buffer.set(value.view());
    } else {
      const start = entry.valueStartOf(this.#arena, ref);
      copyBytes(value.bytes, value.start, value.end, entry.segmentOf(this.#arena, ref), start);
    }
    this.#entries.releaseReplaced();
    this.changed(key);
    return ref;
  }

  /**
   * Sets a key that holds a string to another one, keeping its time to live; in place when it fits, without looking
   * the key up again.
   * @param ref the key's entry, or 0: then the key is made
   */
  replaceString(key: Slice, ref: Ref, value: Slice, encoding: number): void {
    const arena = this.#arena;
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
    const isNew = this.#foundForChange(key) === 0;
    const ref = this.setString(key, value, false, encoding);
    entry.setAccess(this.#arena, ref, this.keyspace.access.fresh);
    if (!isNew) this.event("n", "new", key);
    return ref;
  }

  /**
   * Makes the string of a key `length` bytes long, for bytes to be written into it: keeps what was there, fills with
   * zeros, creates the key when there is none, and makes it `raw`. Leaves room to grow, so that appending is
   * amortised O(bytes added).
   * @param ref the key's entry, or 0
   */
  resizeString(key: Slice, ref: Ref, length: number): Slice {
    const arena = this.#arena;
    const old = ref === 0 ? undefined : this.stringAt(ref);
    const oldLength = old === undefined ? 0 : old.length;
    const typeAndEncoding = Type.string | (Encoding.raw << 4);
    if (ref !== 0 && entry.isExternal(arena, ref)) {
      this.aboutToChange(ref);
      const big = this.keyspace.objects.get(entry.valueWordOf(arena, ref)) as BigString;
      this.keyspace.objects.bytes += big.resize(length);
      entry.setTypeAndEncoding(arena, ref, Type.string, Encoding.raw);
      this.changed(key);
      return this.stringAt(ref);
    }
    const overhead = (ref === 0 ? HEADER_BYTES : entry.headerBytesOf(arena, ref)) + key.length;
    if (ref !== 0 && overhead + length <= arena.sizeOf(ref)) {
      this.aboutToChange(ref);
      entry.setTypeAndEncoding(arena, ref, Type.string, Encoding.raw);
      entry.setValueWord(arena, ref, length);
    } else {
      const room = ref === 0
        ? length
        : Math.min(length * 2, Math.max(length, SMALL_BLOCK_BYTES_MAX - overhead));
      const found = this.#entries.find(key);
      const kept = old === undefined ? NO_BYTES : old.bytes;
      const keptStart = old === undefined ? 0 : old.start;
      ref = this.#install(key, found, typeAndEncoding, length, true, room);
      const value = this.stringAt(ref);
      copyBytes(kept, keptStart, keptStart + oldLength, value.bytes, value.start);
      this.#entries.releaseReplaced();
    }
    const value = this.stringAt(ref);
    value.bytes.fill(0, value.start + oldLength, value.end);
    this.changed(key);
    return value;
  }

  /**
   * Tells the snapshot that an entry's bytes are about to be written to in place. To be followed by
   * {@link changed}.
   */
  aboutToChange(ref: Ref): void {
    this.keyspace.listeners.beforeChange?.(this.id, ref);
  }

  /** Counts a change of a key and tells those who watch it. */
  changed(key: Slice): void {
    this.keyspace.dirty++;
    this.keyspace.listeners.changed?.(this.id, key);
  }

  /** Publishes a keyspace event. */
  event(type: EventClass, event: string, key: Slice): void {
    this.keyspace.listeners.event?.(this.id, type, event, key);
  }

  setEncoding(ref: Ref, encoding: number): void {
    entry.setTypeAndEncoding(this.#arena, ref, this.typeOf(ref), encoding);
  }

  // ---- keys -------------------------------------------------------------------------------------------------

  /** Removes a key; whether it was there. */
  delete(key: Slice): boolean {
    const ref = this.#live(key);
    if (ref === 0) return false;
    this.#remove(ref);
    this.changed(key);
    return true;
  }

  /**
   * Sets when a key dies.
   * @param when unix ms, 0 <= when < 2^63
   * @param counted whether it is part of a change that was counted already
   */
  setExpireAt(key: Slice, when: number | bigint, counted = false): void {
    const ref = this.#entries.find(key);
    if (ref === 0) return;
    this.aboutToChange(ref);
    this.#entries.setExpire(ref, when);
    if (!counted) this.changed(key);
  }

  /** Lets a key live for ever; whether it had a time to live. */
  persist(key: Slice): boolean {
    const ref = this.#entries.find(key);
    if (ref === 0 || !entry.hasExpire(this.#arena, ref)) return false;
    this.aboutToChange(ref);
    this.#entries.dropExpire(ref);
    this.changed(key);
    return true;
  }

  /**
   * Gives the value and the time to live of an existing key to another key, of this database or another, replacing
   * what that holds. The source stays as it is.
   * @param ref the source's entry
   */
  copyTo(ref: Ref, target: Database, key: Slice): void {
    const when = this.exactExpireAt(ref);
    // Blocks do not move, so the source's bytes may be read while the target's entry is made.
    const encoding = this.encodingOf(ref);
    target.addString(key, this.stringAt(ref), encoding === Encoding.int ? Encoding.copiedInt : encoding);
    if (when >= 0n) target.setExpireAt(key, when, true);
  }

  /**
   * Gives a key another name, or moves it to another database: value, time to live and access clock stay. What the
   * new name held is removed.
   * @param ref the entry of `from`
   */
  moveTo(from: Slice, ref: Ref, target: Database, to: Slice): void {
    const arena = this.#arena;
    const external = entry.isExternal(arena, ref);
    const word = entry.valueWordOf(arena, ref);
    const when = this.exactExpireAt(ref);
    const typeAndEncoding = entry.typeOf(arena, ref) | (entry.encodingOf(arena, ref) << 4);
    // Nothing may fail once the source is out of its dict.
    if (HEADER_BYTES + EXPIRE_BYTES + to.length > BLOCK_BYTES_MAX) throw keyTooLong;
    this.#entries.find(from);
    this.aboutToChange(ref);
    this.#entries.unlink(ref);
    const old = target.#entries.find(to);
    const length = external ? 0 : word;
    const fresh = target.#install(to, old, typeAndEncoding, length, false, length, external ? word : -1);
    const start = entry.valueStartOf(arena, ref);
    const into = entry.segmentOf(arena, fresh);
    copyBytes(entry.segmentOf(arena, ref), start, start + length, into, entry.valueStartOf(arena, fresh));
    target.#entries.releaseReplaced();
    if (old !== 0) target.event("n", "new", to);
    entry.setAccess(arena, fresh, entry.accessOf(arena, ref));
    arena.free(ref);
    if (when >= 0n) target.setExpireAt(to, when, true);
    this.keyspace.listeners.changed?.(this.id, from);
    target.changed(to);
  }

  /** A random living key's entry, or 0. Dead keys that are drawn are removed; where they must stay, one may come out. */
  randomEntry(): Ref {
    const random = (bound: number) => this.keyspace.random.below(bound);
    const keepsDead = !this.keyspace.expiresLazily;
    for (let tries = 0;; tries++) {
      const ref = this.#entries.dict.sample(random);
      if (ref === 0 || !this.#isDead(ref)) return ref;
      if (!keepsDead) this.expire(ref);
      else if (tries >= RANDOM_KEY_TRIES) return ref;
    }
  }

  /**
   * Some entries from `cursor` on; the cursor to go on from, or 0: see {@link Dict.scan}. Dead keys are not shown but
   * removed. `visit` must not change the database.
   * @param accepts chooses by name; keys that it does not choose are left alone, even dead
   */
  scan(
    cursor: number,
    count: number,
    visit: (ref: Ref) => void,
    accepts?: (name: Slice) => boolean,
  ): number {
    const dead: Ref[] = [];
    const next = this.#entries.dict.scan(cursor, count, (ref) => {
      if (accepts !== undefined && !accepts(this.keyOf(ref))) return;
      if (this.#isDead(ref)) dead.push(ref);
      else visit(ref);
    });
    if (this.keyspace.expiresLazily) { for (const ref of dead) this.expire(ref); }
    return next;
  }

  /** Calls `visit` for every living key's entry; `visit` must not change the database. O(keys). */
  forEach(visit: (ref: Ref) => void): void {
    let cursor = 0;
    do {
      cursor = this.#entries.dict.scan(cursor, 1024, (ref) => {
        if (!this.#isDead(ref)) visit(ref);
      });
    } while (cursor !== 0);
  }

  /**
   * Removes all keys. Their memory is given back now or, when `later`, in steps by the server's cron.
   * @returns how many there were
   */
  flush(later: boolean): number {
    this.keyspace.listeners.databaseChanging?.(this, undefined);
    const size = this.#entries.dict.size;
    if (size > 0) {
      this.keyspace.condemn(this.#entries);
      this.#entries = new EntrySet(this.#arena, this.keyspace.objects, this.keyspace.hashKey);
      this.keyspace.dirty += size;
      if (!later) this.keyspace.freeSome(() => true);
    }
    return size;
  }

  /** Bytes that an entry and its value take, its share of the table included. */
  memoryOf(ref: Ref): number {
    const object = entry.isExternal(this.#arena, ref)
      ? this.keyspace.objects.get(entry.valueWordOf(this.#arena, ref)).bytes
      : 0;
    return this.#arena.sizeOf(ref) + object + 8;
  }

  /** Changes contents with another database. */
  exchange(other: Database): void {
    [this.#entries, other.#entries] = [other.#entries, this.#entries];
  }

  // ---- expiry -----------------------------------------------------------------------------------------------

  /** Removes an entry because its time has come. */
  expire(ref: Ref): void {
    const key = new Slice(this.keyOf(ref).copy());
    if (this.#entries.find(key) !== ref) return;
    this.#remove(ref);
    this.keyspace.expiredKeys++;
    this.keyspace.listeners.expired?.(this.id, key);
    this.keyspace.listeners.changed?.(this.id, key);
    this.event("x", "expired", key);
  }

  /** A random entry of those with a time to live, or 0. O(1). */
  randomExpiring(): Ref {
    const size = this.#entries.expires.size;
    return size === 0 ? 0 : this.#entries.expires.at(this.keyspace.random.below(size));
  }

  // ---- inside -----------------------------------------------------------------------------------------------

  /** The entry of a key that is to be set; one past its time is removed first. */
  #foundForChange(key: Slice): Ref {
    const ref = this.#entries.find(key);
    if (ref === 0) return 0;
    const keyWord = this.#arena.words[ref >>> SEGMENT_SHIFT]![((ref & OFFSET_MASK) << 1) + 1]!;
    if (keyWord >= 0 || !this.#isDead(ref) || !this.keyspace.expiresLazily) return ref;
    this.expire(ref);
    return this.#entries.find(key);
  }

  #live(key: Slice): Ref {
    const ref = this.#entries.find(key);
    if (ref === 0) return 0;
    const keyWord = this.#arena.words[ref >>> SEGMENT_SHIFT]![((ref & OFFSET_MASK) << 1) + 1]!;
    if (keyWord < 0 && this.#isDead(ref)) {
      if (this.keyspace.expiresLazily) this.expire(ref);
      return 0;
    }
    return ref;
  }

  #isDead(ref: Ref): boolean {
    const when = entry.expireAtOf(this.#arena, ref);
    return when >= 0 && this.keyspace.now > when;
  }

  #touch(ref: Ref): void {
    const words = this.#arena.words[ref >>> SEGMENT_SHIFT]!;
    const at = (ref & OFFSET_MASK) << 1;
    const word = words[at]!;
    words[at] = (this.keyspace.access.used(word >>> 8) << 8) | (word & 0xff);
  }

  /** Makes an entry for a key whose old one {@link #foundForChange} gave. See {@link EntrySet.install}. */
  #install(
    key: Slice,
    old: Ref,
    typeAndEncoding: number,
    length: number,
    keepExpire: boolean,
    room: number = length,
    object = -1,
  ): Ref {
    const { access } = this.keyspace;
    wanted.typeAndEncoding = typeAndEncoding;
    // How often a key is used does not depend on what it holds.
    wanted.access = old !== 0 && access.lfu ? entry.accessOf(this.#arena, old) : access.fresh;
    wanted.keepExpire = keepExpire;
    wanted.length = length;
    wanted.room = room;
    wanted.object = object;
    if (old !== 0) this.aboutToChange(old);
    const ref = this.#entries.install(key, old, wanted);
    if (old === 0) this.event("n", "new", key);
    return ref;
  }

  /** Takes an entry that was just found out of everything, and frees it. */
  #remove(ref: Ref): void {
    this.aboutToChange(ref);
    this.#entries.unlink(ref);
    this.#entries.release(ref);
  }
}

/** What {@link EntrySet.install} is asked for; one object for all, so that SET makes none. */
const wanted: Wanted = { typeAndEncoding: 0, access: 0, keepExpire: false, length: 0, room: 0, object: -1 };

/** The encoding of a string that is set as a whole. */
export function stringEncoding(value: Slice): number {
  const length = value.end - value.start;
  if (length <= INTEGER_TEXT_BYTES_MAX && isCanonicalInteger(value.bytes, value.start, value.end)) {
    return Encoding.int;
  }
  return length <= EMBSTR_BYTES_MAX ? Encoding.embstr : Encoding.raw;
}
