/**
 * The keys of a database: everything that does not ask what a key holds. {@link Database} adds the values; the two
 * are the one door through which all data is read and changed. Here happens, and nowhere else:
 *
 *  1. a key past its time is removed when it is met (and counted, and told to the listeners);
 *  2. the access clock is advanced, hits and misses are counted;
 *  3. before a change the snapshot is told, after it `dirty` grows and watchers are told.
 *
 * Keys are looked up by their bytes. What comes back is the entry's {@link Ref}, valid until the next change of
 * the same key.
 */
import { type Arena, BLOCK_BYTES_MAX, OFFSET_MASK, type Ref, SEGMENT_SHIFT } from "./memory/arena.ts";
import * as entry from "./memory/entry.ts";
import { EXPIRE_BYTES, HEADER_BYTES } from "./memory/entry.ts";
import { EntrySet, type Wanted } from "./memory/entry_set.ts";
import type { EventClass, Keyspace } from "./keyspace.ts";
import { isCollection } from "./memory/objects.ts";
import { keyTooLong } from "./memory/store_error.ts";
import { newSwapPlace } from "./swap_store.ts";
import { copyBytes, Slice } from "../sys/bytes.ts";

/** A key drawn at random that turns out to be dead is drawn again, this often. */
const RANDOM_KEY_TRIES = 100;

export abstract class Keys {
  readonly id: number;
  readonly keyspace: Keyspace;
  protected entries: EntrySet;
  protected readonly arena: Arena;
  readonly #key: Slice = new Slice();

  constructor(keyspace: Keyspace, id: number) {
    this.keyspace = keyspace;
    this.id = id;
    this.arena = keyspace.arena;
    this.entries = new EntrySet(keyspace.arena, keyspace.objects, keyspace.hashKey, keyspace);
  }

  /** For the snapshot alone. */
  get entrySet(): EntrySet {
    return this.entries;
  }

  /** Number of keys, those included that are past their time but were not met yet. */
  get size(): number {
    return this.entries.dict.size;
  }

  /** Number of keys with a time to live. */
  get expiring(): number {
    return this.entries.expires.size;
  }

  /** Bytes of the tables and of the expiry index. */
  get overheadBytes(): number {
    return this.entries.dict.tableBytes + this.entries.expires.bytes;
  }

  /** Bytes of the expiry index alone. */
  get expiryBytes(): number {
    return this.entries.expires.bytes;
  }

  get slots(): number {
    return this.entries.dict.slots;
  }

  // ---- looking up -------------------------------------------------------------------------------------------

  /** The entry of a key that a command reads, or 0. Advances its access clock, counts a hit or a miss. */
  read(key: Slice): Ref {
    const ref = this.live(key);
    if (ref === 0) {
      this.keyspace.misses++;
      this.event("m", "keymiss", key);
      return 0;
    }
    this.keyspace.hits++;
    this.touch(ref);
    return ref;
  }

  /** As {@link read}, without advancing the access clock: for commands that ask about a key, not for its value. */
  peek(key: Slice): Ref {
    const ref = this.live(key);
    if (ref !== 0) this.keyspace.hits++;
    else {
      this.keyspace.misses++;
      this.event("m", "keymiss", key);
    }
    return ref;
  }

  /** The entry of a key that a command will change, or 0. Advances its access clock. */
  write(key: Slice): Ref {
    const ref = this.live(key);
    if (ref !== 0) this.touch(ref);
    return ref;
  }

  /** The entry of a key, or 0, leaving no trace: no clock, no count. A dead key is still removed. */
  find(key: Slice): Ref {
    return this.live(key);
  }

  /** As {@link find}, but of a dead key as well, which stays. */
  findDeadOrAlive(key: Slice): Ref {
    return this.entries.find(key);
  }

  /** Whether a key is there, and whether it is past its time. Removes nothing. */
  presence(key: Slice): "alive" | "dead" | "absent" {
    const ref = this.entries.find(key);
    if (ref === 0) return "absent";
    return this.isDead(ref) ? "dead" : "alive";
  }

  /** Tells which keys will be looked up next, in this order: see {@link Dict.fetchAhead}. */
  fetchAhead(keys: readonly Slice[], count: number): void {
    this.entries.dict.fetchAhead(keys, count);
  }

  typeOf(ref: Ref): number {
    return entry.typeOf(this.arena, ref);
  }

  encodingOf(ref: Ref): number {
    return entry.encodingOf(this.arena, ref);
  }

  /** The 24 bits of the access clock. */
  accessOf(ref: Ref): number {
    return entry.accessOf(this.arena, ref);
  }

  setAccess(ref: Ref, access: number): void {
    entry.setAccess(this.arena, ref, access);
  }

  /** The key of an entry; the slice is reused by the next call. */
  keyOf(ref: Ref): Slice {
    const start = entry.keyStartOf(this.arena, ref);
    return this.#key.point(
      entry.segmentOf(this.arena, ref),
      start,
      start + entry.keyLengthOf(this.arena, ref),
    );
  }

  /** When an entry dies, unix ms, or -1; rounded beyond 2^53. */
  expireAt(ref: Ref): number {
    return entry.expireAtOf(this.arena, ref);
  }

  /** When an entry dies, unix ms, exactly, or -1. */
  exactExpireAt(ref: Ref): bigint {
    return entry.hasExpire(this.arena, ref) ? entry.exactExpireAtOf(this.arena, ref) : -1n;
  }

  /**
   * Tells the snapshot that an entry's bytes are about to be written to in place. To be followed by
   * {@link changed}.
   */
  aboutToChange(ref: Ref): void {
    this.keyspace.beforeChange?.beforeChange(this.entries, ref);
  }

  /** Counts a change of a key and tells those who watch it. */
  changed(key: Slice): void {
    this.keyspace.dirty++;
    this.keyspace.listeners.changed?.(this.id, key);
    this.#tellWaiting(key);
  }

  #tellWaiting(key: Slice): void {
    if (this.keyspace.waits.size > 0) this.keyspace.waits.keyChanged(this.id, key);
  }

  /** As {@link changed}, where nothing has come that somebody could wait for. */
  lessened(key: Slice): void {
    this.keyspace.dirty++;
    this.keyspace.listeners.changed?.(this.id, key);
  }

  /** Publishes a keyspace event. */
  event(type: EventClass, event: string, key: Slice): void {
    this.keyspace.listeners.event?.(this.id, type, event, key);
  }

  /** Whether the value of an entry is in the swap file. */
  isSwapped(ref: Ref): boolean {
    return entry.isSwapped(this.arena, ref);
  }

  /** Whether there is a key, dead or alive, whose value is in the swap file. Leaves no trace. */
  isSwappedOut(key: Slice): boolean {
    const ref = this.entries.find(key);
    return ref !== 0 && entry.isSwapped(this.arena, ref);
  }

  /** The size of a value that is in the swap file (bytes of a string, elements of a collection); else undefined. */
  swappedSize(ref: Ref): number | undefined {
    return entry.isSwapped(this.arena, ref) ? entry.valueWordOf(this.arena, ref) : undefined;
  }

  setEncoding(ref: Ref, encoding: number): void {
    entry.setTypeAndEncoding(this.arena, ref, this.typeOf(ref), encoding);
  }

  // ---- keys -------------------------------------------------------------------------------------------------

  /**
   * Removes a key; whether it was there.
   * @param later whether a large collection is freed in steps, by the server's cron
   */
  delete(key: Slice, later: boolean = this.keyspace.lazyFreeing.serverDelete): boolean {
    const ref = this.live(key);
    if (ref === 0) return false;
    this.remove(ref, later);
    this.changed(key);
    return true;
  }

  /** As {@link delete}, but a key that is past its time is removed as if it were not. */
  deleteDeadOrAlive(key: Slice): boolean {
    const ref = this.entries.find(key);
    if (ref === 0) return false;
    this.remove(ref, this.keyspace.lazyFreeing.serverDelete);
    this.changed(key);
    return true;
  }

  /** Removes a key whose collection has become empty, as part of a change that was told already. */
  deleteEmpty(key: Slice): void {
    const ref = this.entries.find(key);
    if (ref !== 0) this.remove(ref, false);
  }

  /**
   * Sets when a key dies.
   * @param when unix ms, 0 <= when < 2^63
   * @param counted whether it is part of a change that was counted already
   */
  setExpireAt(key: Slice, when: number | bigint, counted = false): void {
    const ref = this.entries.find(key);
    if (ref === 0) return;
    this.aboutToChange(ref);
    this.entries.setExpire(ref, when);
    if (!counted) this.lessened(key);
  }

  /** Lets a key live for ever; whether it had a time to live. */
  persist(key: Slice): boolean {
    const ref = this.entries.find(key);
    if (ref === 0 || !entry.hasExpire(this.arena, ref)) return false;
    this.aboutToChange(ref);
    this.entries.dropExpire(ref);
    this.lessened(key);
    return true;
  }

  /**
   * Gives a key another name, or moves it to another database: value, time to live and access clock stay. What the
   * new name held is removed.
   * @param ref the entry of `from`
   */
  moveTo(from: Slice, ref: Ref, target: Keys, to: Slice): void {
    const arena = this.arena;
    const external = entry.isExternal(arena, ref);
    const swapped = entry.isSwapped(arena, ref);
    const word = entry.valueWordOf(arena, ref);
    const when = this.exactExpireAt(ref);
    const typeAndEncoding = entry.typeOf(arena, ref) | (entry.encodingOf(arena, ref) << 4);
    // Nothing may fail once the source is out of its dict.
    if (entry.swappedEntryBytes(HEADER_BYTES + EXPIRE_BYTES, to.length) > BLOCK_BYTES_MAX) throw keyTooLong;
    this.entries.find(from);
    this.aboutToChange(ref);
    this.entries.unlink(ref);
    const old = target.entries.find(to);
    const length = external ? 0 : word;
    const object = external ? word : -1;
    const fresh = target.install(to, old, typeAndEncoding, length, false, length, object, swapped);
    const start = entry.valueStartOf(arena, ref);
    const into = entry.segmentOf(arena, fresh);
    copyBytes(entry.segmentOf(arena, ref), start, start + length, into, entry.valueStartOf(arena, fresh));
    if (swapped) entry.writeSwapPlace(arena, fresh, entry.readSwapPlace(arena, ref, place));
    target.entries.releaseReplaced(this.keyspace.lazyFreeing.serverDelete);
    if (old !== 0) target.event("n", "new", to);
    entry.setAccess(arena, fresh, entry.accessOf(arena, ref));
    this.keyspace.swapStore?.forget(ref);
    arena.free(ref);
    if (when >= 0n) target.setExpireAt(to, when, true);
    this.keyspace.listeners.changed?.(this.id, from);
    target.changed(to);
    // Who waits for both is asked about what came before he is about what went.
    this.#tellWaiting(from);
  }

  /** A random living key's entry, or 0. Dead keys that are drawn are removed; where they must stay, one may come out. */
  randomEntry(): Ref {
    const random = (bound: number) => this.keyspace.random.below(bound);
    const keepsDead = !this.keyspace.expiresLazily;
    for (let tries = 0;; tries++) {
      const ref = this.entries.dict.sample(random);
      if (ref === 0 || !this.isDead(ref)) return ref;
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
    const next = this.entries.dict.scan(cursor, count, (ref) => {
      if (accepts !== undefined && !accepts(this.keyOf(ref))) return;
      if (this.isDead(ref)) dead.push(ref);
      else visit(ref);
    });
    if (this.keyspace.expiresLazily) { for (const ref of dead) this.expire(ref); }
    return next;
  }

  /** Calls `visit` for every living key's entry; `visit` must not change the database. O(keys). */
  forEach(visit: (ref: Ref) => void): void {
    let cursor = 0;
    do {
      cursor = this.entries.dict.scan(cursor, 1024, (ref) => {
        if (!this.isDead(ref)) visit(ref);
      });
    } while (cursor !== 0);
  }

  /**
   * Removes all keys. Their memory is given back now or, when `later`, in steps by the server's cron.
   * @returns how many there were
   */
  flush(later: boolean): number {
    this.keyspace.listeners.databaseChanging?.(this, undefined);
    const size = this.entries.dict.size;
    if (size > 0) {
      this.keyspace.condemn(this.entries);
      if (!later) {
        this.keyspace.freeSome(() => true);
        // What follows then lies at the beginning of the arena, and no block of it keeps a segment.
        this.arena.releaseEmptyPages();
      }
      this.entries = new EntrySet(this.arena, this.keyspace.objects, this.keyspace.hashKey, this.keyspace);
      this.keyspace.dirty += size;
      if (this.keyspace.waits.size > 0) this.keyspace.waits.databaseChanged(this.id);
    }
    return size;
  }

  /** Bytes that an entry and its value take, its share of the table included. */
  memoryOf(ref: Ref): number {
    const bytes = this.arena.sizeOf(ref) + 8;
    if (!entry.isExternal(this.arena, ref) || entry.isSwapped(this.arena, ref)) return bytes;
    const object = this.keyspace.objects.get(entry.valueWordOf(this.arena, ref));
    return bytes + (isCollection(object) ? object.memory : object.bytes);
  }

  /** Changes contents with another database. */
  exchange(other: Keys): void {
    [this.entries, other.entries] = [other.entries, this.entries];
  }

  // ---- expiry -----------------------------------------------------------------------------------------------

  /** Removes an entry because its time has come. */
  expire(ref: Ref): void {
    const key = new Slice(this.keyOf(ref).copy());
    if (this.entries.find(key) !== ref) return;
    this.remove(ref, this.keyspace.lazyFreeing.expire);
    this.keyspace.expiredKeys++;
    this.keyspace.listeners.expired?.(this.id, key);
    this.keyspace.listeners.changed?.(this.id, key, true);
    this.#tellWaiting(key);
    this.event("x", "expired", key);
  }

  /** Removes the entry that {@link EntrySet.findRef} has just found, because memory is short. */
  evictFound(ref: Ref): void {
    const key = new Slice(this.keyOf(ref).copy());
    this.remove(ref, this.keyspace.lazyFreeing.eviction);
    this.keyspace.evictedKeys++;
    this.keyspace.listeners.changed?.(this.id, key, true);
    this.#tellWaiting(key);
    this.event("e", "evicted", key);
    this.keyspace.listeners.evicted?.(this.id, key);
  }

  /** A random entry of those with a time to live, or 0. O(1). */
  randomExpiring(): Ref {
    const size = this.entries.expires.size;
    return size === 0 ? 0 : this.entries.expires.at(this.keyspace.random.below(size));
  }

  // ---- inside -----------------------------------------------------------------------------------------------

  /** The entry of a key that is to be set; one past its time is removed first. */
  protected foundForChange(key: Slice): Ref {
    const ref = this.entries.find(key);
    if (ref === 0) return 0;
    const keyWord = this.arena.words[ref >>> SEGMENT_SHIFT]![((ref & OFFSET_MASK) << 1) + 1]!;
    if (keyWord >= 0 || !this.isDead(ref) || !this.keyspace.expiresLazily) return ref;
    this.expire(ref);
    return this.entries.find(key);
  }

  protected live(key: Slice): Ref {
    const ref = this.entries.find(key);
    if (ref === 0) return 0;
    const keyWord = this.arena.words[ref >>> SEGMENT_SHIFT]![((ref & OFFSET_MASK) << 1) + 1]!;
    if (keyWord < 0 && this.isDead(ref)) {
      if (this.keyspace.expiresLazily) this.expire(ref);
      return 0;
    }
    return ref;
  }

  protected isDead(ref: Ref): boolean {
    const when = entry.expireAtOf(this.arena, ref);
    return when >= 0 && this.keyspace.now > when && !this.keyspace.isLoading;
  }

  protected touch(ref: Ref): void {
    const words = this.arena.words[ref >>> SEGMENT_SHIFT]!;
    const at = (ref & OFFSET_MASK) << 1;
    const word = words[at]!;
    words[at] = (this.keyspace.access.used(word >>> 8) << 8) | (word & 0xff);
  }

  /** Makes an entry for a key whose old one {@link foundForChange} gave. See {@link EntrySet.install}. */
  protected install(
    key: Slice,
    old: Ref,
    typeAndEncoding: number,
    length: number,
    keepExpire: boolean,
    room: number = length,
    object = -1,
    swapped = false,
  ): Ref {
    const { access } = this.keyspace;
    wanted.typeAndEncoding = typeAndEncoding;
    // How often a key is used does not depend on what it holds.
    wanted.access = old !== 0 && access.lfu ? entry.accessOf(this.arena, old) : access.fresh;
    wanted.keepExpire = keepExpire;
    wanted.length = length;
    wanted.room = room;
    wanted.object = object;
    wanted.swapped = swapped;
    if (old !== 0) this.aboutToChange(old);
    const ref = this.entries.install(key, old, wanted);
    if (old === 0) this.event("n", "new", key);
    return ref;
  }

  /** Takes an entry that was just found out of everything, and frees it. */
  protected remove(ref: Ref, later: boolean): void {
    this.aboutToChange(ref);
    this.entries.unlink(ref);
    this.entries.release(ref, later);
  }
}

/** What {@link EntrySet.install} is asked for; one object for all, so that SET makes none. */
const wanted: Wanted = {
  typeAndEncoding: 0,
  access: 0,
  keepExpire: false,
  length: 0,
  room: 0,
  object: -1,
  swapped: false,
};
const place = newSwapPlace();
