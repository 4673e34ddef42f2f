/**
 * The dict: from the bytes of a key to its entry, by extendible hashing over the arena.
 *
 * The upper bits of a key's 32-bit hash choose, through a small directory, one of many tables; the following bits
 * choose the home slot in it; a taken slot moves the key on to the next (linear probing). A slot is two words: the hash
 * and the entry. A table grows from 16 slots, doubling, to one page of the arena (8192 slots), then to two, three
 * and four pages, then splits in two, each half with one more bit of the hash. So there is never a rehash of
 * everything: the most that one insertion can cost is splitting one table (some 300 microseconds), at any
 * size; and because tables grow by less than double, they are never far from full.
 *
 * Invariants:
 *  1. A table of depth d holds exactly the keys whose upper d bits are its prefix; 2^(depth of the dict - d)
 *     neighbouring places of the directory name it.
 *  2. Between a key's home slot and its slot no slot is empty (removal shifts back what follows).
 *  3. No table is fuller than 13/16. Two sibling tables that together would fill less than a quarter of the largest
 *     table are merged.
 *
 * Walking goes in the order of the hashes, home slot by home slot. A cursor is a hash; splitting and merging
 * change how finely the homes lie but never their order. That is SCAN's guarantee: what stays in the dict from
 * the first call to the last is seen.
 */
import { type Arena, OFFSET_MASK, type Ref, SEGMENT_SHIFT } from "./arena.ts";
import { hasRoom, looseSize, nextSize, roomySize, Table, TABLE_SLOTS_MAX } from "./dict_table.ts";
import { EXPIRE_BYTES, HEADER_BYTES, KEY_LENGTH_MASK } from "./entry.ts";
import { halfSipHash } from "./siphash.ts";
import { NO_BYTES, type Slice } from "../../sys/bytes.ts";

const SLOTS_MIN = 16;
/** Empty slots drawn in a row before the next entry is looked for in order. */
const RANDOM_TRIES_MAX = 256;
const DRAIN_SLOTS = 4096;
/** A dict of fewer entries lies near to the processor anyway. */
const TOUCHED_ENTRIES_MIN = 20_000;
const TOUCHED_SLOTS = 32;
/** Entries that a reserved table is to hold: below 13/16 of the largest by much more than chance adds. */
const RESERVED_ENTRIES_MAX = 24000;

/** The secret of this process's dicts: two random 32-bit words. */
export interface HashKey {
  readonly k0: number;
  readonly k1: number;
}

/** Keys that can be fetched ahead at once. */
export const AHEAD_MAX = 64;

/** The keys that were fetched ahead: of one dict at a time, since they are looked up before anything else is. */
const ahead = {
  dict: undefined as Dict | undefined,
  bytes: NO_BYTES,
  starts: new Int32Array(AHEAD_MAX),
  ends: new Int32Array(AHEAD_MAX),
  hashes: new Int32Array(AHEAD_MAX),
  count: 0,
  next: 0,
  /** Depends on all that was read, so that no reading can be left out. */
  touched: 0,
};

/** To be called before the buffer with the keys that were fetched ahead changes. */
export function forgetAhead(): void {
  ahead.count = ahead.next = 0;
  ahead.bytes = NO_BYTES;
}

export class Dict {
  /** Number of entries. */
  size = 0;
  /** The hash of the key that {@link find} looked for last. */
  foundHash = 0;

  readonly #arena: Arena;
  readonly #k0: number;
  readonly #k1: number;
  #directory: Table[];
  #tables: Table[];
  #depth = 0;
  #foundTable: Table;
  #foundSlot = 0;
  #drainedSlots = 0;

  /** @param expected entries to have room for at once; more than one table holds are not worth telling */
  constructor(arena: Arena, key: HashKey, expected = 0) {
    this.#arena = arena;
    this.#k0 = key.k0 | 0;
    this.#k1 = key.k1 | 0;
    const table = new Table(arena, expected === 0 ? SLOTS_MIN : looseSize(expected), 0);
    this.#tables = [table];
    this.#directory = [table];
    this.#foundTable = table;
  }

  /** Bytes of the tables (the entries are not counted). */
  get tableBytes(): number {
    let bytes = 0;
    for (const table of this.#tables) bytes += table.bytes;
    return bytes;
  }

  /** Slots in all tables. */
  get slots(): number {
    return this.tableBytes / 8;
  }

  /**
   * Makes room for so many entries at once, if there are none yet, so that loading splits no tables. Without it, entries
   * that come in the order of their hashes, as a dict of the same key gives them, would crowd in a corner of each table.
   * O(expected).
   */
  reserve(expected: number): void {
    if (this.size > 0 || expected <= this.slots / 2) return;
    let depth = 0;
    while (expected / 2 ** depth > RESERVED_ENTRIES_MAX) depth++;
    const slots = roomySize(expected / 2 ** depth);
    for (const table of this.#tables) table.release();
    this.#tables = [];
    for (let i = 0; i < 2 ** depth; i++) this.#tables.push(new Table(this.#arena, slots, depth));
    this.#directory = [...this.#tables];
    this.#depth = depth;
    this.#foundTable = this.#tables[0]!;
  }

  /**
   * The entry of a key, or 0. O(1) expected.
   *
   * Remembers where it looked: {@link insertFound}, {@link replaceFound} and {@link removeFound} act on that place,
   * and may be called only before any other call that changes the dict.
   */
  find(bytes: Uint8Array, start: number, end: number): Ref {
    const hash = ahead.next < ahead.count
      ? this.#hashAhead(bytes, start, end)
      : halfSipHash(bytes, start, end, this.#k0, this.#k1);
    this.foundHash = hash;
    const table = this.#directory[(hash >>> 1) >>> (31 - this.#depth)]!;
    this.#foundTable = table;
    const words = table.words;
    const base = table.base;
    const slots = table.slots;
    const length = end - start;
    const arena = this.#arena;
    let slot = table.home(hash);
    for (;;) {
      const at = base + (slot << 1);
      const ref = words[at + 1]!;
      if (ref === 0) {
        this.#foundSlot = slot;
        return 0;
      }
      if (words[at] === hash) {
        const segment = ref >>> SEGMENT_SHIFT;
        const place = ref & OFFSET_MASK;
        const keyWord = arena.words[segment]![(place << 1) + 1]!;
        if ((keyWord & KEY_LENGTH_MASK) === length) {
          const stored = arena.bytes[segment]!;
          let key = (place << 3) + (keyWord < 0 ? HEADER_BYTES + EXPIRE_BYTES : HEADER_BYTES);
          let i = start;
          while (i < end && stored[key] === bytes[i]) {
            i++;
            key++;
          }
          if (i === end) {
            this.#foundSlot = slot;
            return ref;
          }
        }
      }
      if (++slot === slots) slot = 0;
    }
  }

  /**
   * Tells which keys will be looked up next, in this order, at most {@link AHEAD_MAX}; they must lie one after the other
   * in one buffer that does not change until {@link forgetAhead}. Their hashes are kept, and their slots and entries are
   * touched in loops in which no step waits for another, so that the processor has many cache misses under way at once.
   */
  fetchAhead(keys: readonly Slice[], count: number): void {
    const arena = this.#arena;
    const { starts, ends, hashes } = ahead;
    const buffer = keys[0]!.bytes;
    for (let i = 0; i < count; i++) {
      const { bytes, start, end } = keys[i]!;
      if (bytes !== buffer) {
        count = i; // An inline request with quotes has bytes of its own.
        break;
      }
      starts[i] = start;
      ends[i] = end;
      hashes[i] = halfSipHash(bytes, start, end, this.#k0, this.#k1);
    }
    let touched = 0;
    for (let i = 0; i < count; i++) {
      const table = this.#directory[(hashes[i]! >>> 1) >>> (31 - this.#depth)]!;
      touched ^= table.refAt(table.home(hashes[i]!));
    }
    for (let i = 0; i < count; i++) {
      const hash = hashes[i]!;
      const table = this.#directory[(hash >>> 1) >>> (31 - this.#depth)]!;
      let slot = table.home(hash);
      let ref = table.refAt(slot);
      while (ref !== 0 && table.hashAt(slot) !== hash) {
        if (++slot === table.slots) slot = 0;
        ref = table.refAt(slot);
      }
      if (ref !== 0) touched ^= arena.words[ref >>> SEGMENT_SHIFT]![(ref & OFFSET_MASK) << 1]!;
    }
    ahead.dict = this;
    ahead.bytes = buffer;
    ahead.count = count;
    ahead.next = 0;
    ahead.touched = touched;
  }

  /** Puts a new entry where {@link find} has just looked in vain. O(1) amortised; at worst one table is split. */
  insertFound(ref: Ref): void {
    const hash = this.foundHash;
    let table = this.#foundTable;
    this.size++;
    if (hasRoom(table.count + 1, table.slots)) {
      table.put(this.#foundSlot, hash, ref);
      table.count++;
      return;
    }
    do {
      if (table.slots < TABLE_SLOTS_MAX) table.resize(nextSize(table.slots));
      else this.#split(table, hash);
      table = this.#directory[(hash >>> 1) >>> (31 - this.#depth)]!;
    } while (!hasRoom(table.count + 1, table.slots));
    table.add(hash, ref);
  }

  /** Puts another entry, of the same key, in the place of the one that {@link find} found. O(1). */
  replaceFound(ref: Ref): void {
    this.#foundTable.put(this.#foundSlot, this.foundHash, ref);
  }

  /** Removes the entry that {@link find} found; its block stays the caller's. O(1) expected. */
  removeFound(): void {
    const table = this.#foundTable;
    table.removeAt(this.#foundSlot);
    this.size--;
    if (table.count * 6 < table.slots) this.#shrink(table);
  }

  /**
   * Calls `visit` for every entry whose home is at or after the cursor, home by home, until at least `count` entries
   * were visited or `count * 10` homes; the cursor to go on from, or 0 when the walk is over.
   *
   * Of a large dict the entries are touched some at a time before they are visited, as in {@link fetchAhead}.
   *
   * Cursors are unsigned 32-bit numbers; a walk begins with 0. `visit` must not change the dict. It is told the hash of each
   * entry's key as well.
   */
  scan(cursor: number, count: number, visit: (ref: Ref, hash: number) => void): number {
    let homes = count * 10;
    let left = count;
    let hash = cursor >>> 0;
    let touchedTable = this.size < TOUCHED_ENTRIES_MIN ? undefined : this.#foundTable;
    let touchedSlots = 0;
    while (left > 0 && homes > 0) {
      const table = this.#directory[(hash >>> 1) >>> (31 - this.#depth)]!;
      const home = table.home(hash);
      const stop = Math.min(home + Math.min(left, homes), table.slots);
      if (touchedTable !== undefined && (home >= touchedSlots || table !== touchedTable)) {
        touchedTable = table;
        touchedSlots = Math.min(home + Math.min(2 * left, TOUCHED_SLOTS), table.slots);
        const start = table.base + 1;
        this.#touch(table.words, start + 2 * home, start + 2 * touchedSlots);
      }
      left -= visitHomes(table, home, stop, visit);
      homes -= stop - home;
      hash = table.hashOfHome(stop, hash);
      if (hash >= 4294967296) return 0;
    }
    return hash;
  }

  /** Calls `visit` for every entry whose key has this hash; it must not change the dict. O(1) expected. */
  forHash(hash: number, visit: (ref: Ref) => void): void {
    const table = this.#directory[(hash >>> 1) >>> (31 - this.#depth)]!;
    for (let slot = table.home(hash);; slot = slot + 1 === table.slots ? 0 : slot + 1) {
      const ref = table.refAt(slot);
      if (ref === 0) return;
      if (table.hashAt(slot) === hash) visit(ref);
    }
  }

  /**
   * Calls `visit` for every entry, in no order that means anything. `visit` must not change the dict. Of a large dict the
   * entries are touched some at a time before they are visited, as in {@link fetchAhead}. O(slots).
   */
  forEach(visit: (ref: Ref) => void): void {
    const step = this.size < TOUCHED_ENTRIES_MIN ? 2 * TABLE_SLOTS_MAX : 2 * TOUCHED_SLOTS;
    for (const table of this.#tables) {
      const { words } = table;
      const end = table.base + 2 * table.slots;
      for (let from = table.base + 1; from < end; from += step) {
        const to = Math.min(from + step, end);
        if (step === 2 * TOUCHED_SLOTS) this.#touch(words, from, to);
        for (let at = from; at < to; at += 2) {
          const ref = words[at]!;
          if (ref !== 0) visit(ref);
        }
      }
    }
  }

  /** Reads a little of every entry of some slots, without one having to wait for the other. */
  #touch(words: Int32Array, from: number, to: number): void {
    const arenaWords = this.#arena.words;
    let touched = 0;
    for (let at = from; at < to; at += 2) {
      const ref = words[at]!;
      if (ref !== 0) touched ^= arenaWords[ref >>> SEGMENT_SHIFT]![(ref & OFFSET_MASK) << 1]!;
    }
    ahead.touched = touched;
  }

  /** Whether `test` says true of an entry: it is called for each until it does. It must not change the dict. */
  some(test: (ref: Ref) => boolean): boolean {
    for (const table of this.#tables) {
      const { words } = table;
      const end = table.base + 2 * table.slots;
      for (let at = table.base + 1; at < end; at += 2) {
        const ref = words[at]!;
        if (ref !== 0 && test(ref)) return true;
      }
    }
    return false;
  }

  /**
   * A random entry, each with the same probability, or 0 when there is none. O(1) expected.
   * @param random gives a uniform number in [0, bound)
   */
  sample(random: (bound: number) => number): Ref {
    if (this.size === 0) return 0;
    const tables = this.#tables;
    // Drawing beyond a small table's end, and then again, makes every slot of every table equally likely.
    const bound = tables.length === 1 ? tables[0]!.slots : TABLE_SLOTS_MAX;
    for (let tries = 0; tries < RANDOM_TRIES_MAX; tries++) {
      const table = tables[tables.length === 1 ? 0 : random(tables.length)]!;
      const slot = random(bound);
      const ref = slot < table.slots ? table.refAt(slot) : 0;
      if (ref !== 0) return ref;
    }
    return this.#firstFrom(random(tables.length), random(bound));
  }

  /**
   * Hands the entries of some {@link DRAIN_SLOTS} slots to `visit` and takes them out for good; false when none is left.
   * Only for emptying a dict that nobody looks into any more, in steps.
   */
  drainSome(visit: (ref: Ref) => void): boolean {
    const table = this.#tables[this.#tables.length - 1];
    if (table === undefined) return false;
    const end = Math.min(table.slots, this.#drainedSlots + DRAIN_SLOTS);
    for (let slot = this.#drainedSlots; slot < end; slot++) {
      const ref = table.refAt(slot);
      if (ref === 0) continue;
      visit(ref);
      this.size--;
    }
    this.#drainedSlots = end;
    if (end === table.slots) {
      table.release();
      this.#tables.pop();
      this.#drainedSlots = 0;
    }
    return true;
  }

  /** The first entry at or after a slot of a table, going on with the other tables; the dict must not be empty. */
  #firstFrom(first: number, slot: number): Ref {
    const tables = this.#tables;
    for (let i = 0;; i++) {
      const table = tables[(first + i) % tables.length]!;
      for (let s = 0; s < table.slots; s++) {
        const ref = table.refAt((s + slot) % table.slots);
        if (ref !== 0) return ref;
      }
    }
  }

  /** The hash of a key, taken from those that were computed ahead if it is one of them. */
  #hashAhead(bytes: Uint8Array, start: number, end: number): number {
    if (ahead.dict === this && ahead.bytes === bytes) {
      let i = ahead.next;
      while (i < ahead.count && ahead.starts[i]! < start) i++;
      if (i < ahead.count && ahead.starts[i] === start && ahead.ends[i] === end) {
        // Not the one behind it: a gate of dispatch may look a key up before its command does.
        ahead.next = i;
        return ahead.hashes[i]!;
      }
    }
    return halfSipHash(bytes, start, end, this.#k0, this.#k1);
  }

  #split(table: Table, hash: number): void {
    if (table.depth === this.#depth) {
      const doubled: Table[] = [];
      for (const named of this.#directory) doubled.push(named, named);
      this.#directory = doubled;
      this.#depth++;
    }
    const upper = table.split();
    this.#tables.push(upper);
    // The places of the directory that named the table: the upper half of them names the new one.
    const span = 1 << (this.#depth - table.depth);
    const prefix = (hash >>> (32 - table.depth)) | 1;
    this.#directory.fill(upper, prefix * span, (prefix + 1) * span);
  }

  /** A table has become sparse: merges it with its sibling, or makes it smaller. */
  #shrink(table: Table): void {
    if (table.depth > 0 && this.#mergeWithSibling(table)) return;
    const slots = looseSize(table.count);
    if (slots < table.slots) table.resize(slots);
  }

  #mergeWithSibling(table: Table): boolean {
    const span = 1 << (this.#depth - table.depth);
    const place = this.#directory.indexOf(table);
    const sibling = this.#directory[place ^ span]!;
    if (sibling.depth !== table.depth || (table.count + sibling.count) << 2 > TABLE_SLOTS_MAX) return false;
    table.merge(sibling);
    const start = place & ~span;
    this.#directory.fill(table, start, start + 2 * span);
    this.#tables.splice(this.#tables.indexOf(sibling), 1);
    this.#halveDirectory();
    return true;
  }

  #halveDirectory(): void {
    while (this.#depth > 0 && this.#tables.length << 1 <= this.#directory.length) {
      for (let i = 0; i < this.#directory.length; i += 2) {
        if (this.#directory[i] !== this.#directory[i + 1]) return;
      }
      this.#directory = this.#directory.filter((_, i) => (i & 1) === 0);
      this.#depth--;
    }
  }
}

/**
 * Calls `visit` for the entries of a table whose homes are in [from, to), and tells how many there were. They lie from the
 * first of the homes on, up to the first free slot behind the last, which may be beyond the end, at the beginning.
 */
function visitHomes(
  table: Table,
  from: number,
  to: number,
  visit: (ref: Ref, hash: number) => void,
): number {
  const { slots } = table;
  let visited = 0;
  for (let slot = from;; slot++) {
    const isBeyond = slot >= slots;
    const place = isBeyond ? slot - slots : slot;
    const ref = table.refAt(place);
    if (ref === 0) {
      if (slot >= to) return visited;
      continue;
    }
    const hash = table.hashAt(place);
    const home = table.home(hash);
    // At the beginning of the table lie also those that found no room at its end.
    if (home >= from && home < to && home > place === isBeyond) {
      visit(ref, hash);
      visited++;
    }
  }
}
