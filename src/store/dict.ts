/**
 * The dict: from the bytes of a key to its entry, by extendible hashing over the arena.
 *
 * The upper bits of a key's 32-bit hash choose, through a small directory, one of many tables; the following bits
 * choose the home slot in it; a taken slot moves the key on to the next (linear probing). A slot is two words: the hash
 * and the entry. A table grows from 16 slots to 8192 (64 KiB, one page of the arena), then splits in two, each
 * half with one more bit of the hash. So there is never a rehash of everything: the most that one insertion can
 * cost is splitting one table (some 50 microseconds), at any size.
 *
 * Invariants:
 *  1. A table of depth d holds exactly the keys whose upper d bits are its prefix; 2^(depth of the dict - d)
 *     neighbouring places of the directory name it.
 *  2. Between a key's home slot and its slot no slot is empty (removal shifts back what follows).
 *  3. No table is fuller than 7/8. Two sibling tables that together would fill less than a quarter are merged.
 *
 * Walking goes in the order of the hashes, home slot by home slot. A cursor is a hash; splitting and merging
 * change how finely the homes lie but never their order. That is SCAN's guarantee: what stays in the dict from
 * the first call to the last is seen.
 */
import { type Arena, OFFSET_MASK, type Ref, SEGMENT_SHIFT } from "./arena.ts";
import { EXPIRE_BYTES, HEADER_BYTES, KEY_LENGTH_MASK } from "./entry.ts";
import { halfSipHash } from "./siphash.ts";

const SLOTS_LOG2_MIN = 4;
const SLOTS_LOG2_MAX = 13;
/** Empty slots drawn in a row before the next entry is looked for in order. */
const RANDOM_TRIES_MAX = 256;

/** The secret of this process's dicts: two random 32-bit words. */
export interface HashKey {
  readonly k0: number;
  readonly k1: number;
}

class Table {
  words: Int32Array;
  ref: Ref;
  base: number; // index of the first slot in words
  slotsLog2: number;
  mask: number;
  depth: number;
  count = 0;

  constructor(arena: Arena, slotsLog2: number, depth: number) {
    this.ref = arena.allocate(8 << slotsLog2);
    this.words = arena.words[this.ref >>> SEGMENT_SHIFT]!;
    this.base = (this.ref & OFFSET_MASK) << 1;
    this.slotsLog2 = slotsLog2;
    this.mask = (1 << slotsLog2) - 1;
    this.depth = depth;
    this.words.fill(0, this.base, this.base + (2 << slotsLog2));
  }
}

/** Where the slots of a table are held while it is laid out anew. */
const scratch = new Int32Array(2 << SLOTS_LOG2_MAX);

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

  constructor(arena: Arena, key: HashKey) {
    this.#arena = arena;
    this.#k0 = key.k0 | 0;
    this.#k1 = key.k1 | 0;
    const table = new Table(arena, SLOTS_LOG2_MIN, 0);
    this.#tables = [table];
    this.#directory = [table];
    this.#foundTable = table;
  }

  /** Bytes of the tables (the entries are not counted). */
  get tableBytes(): number {
    let bytes = 0;
    for (const table of this.#tables) bytes += 8 << table.slotsLog2;
    return bytes;
  }

  /** Slots in all tables. */
  get slots(): number {
    return this.tableBytes / 8;
  }

  /**
   * The entry of a key, or 0. O(1) expected.
   *
   * Remembers where it looked: {@link insertFound}, {@link replaceFound} and {@link removeFound} act on that place,
   * and may be called only before any other call that changes the dict.
   */
  find(bytes: Uint8Array, start: number, end: number): Ref {
    const hash = halfSipHash(bytes, start, end, this.#k0, this.#k1);
    this.foundHash = hash;
    const table = this.#directory[(hash >>> 1) >>> (31 - this.#depth)]!;
    this.#foundTable = table;
    const words = table.words;
    const base = table.base;
    const mask = table.mask;
    const length = end - start;
    const arena = this.#arena;
    let slot = (hash << table.depth) >>> (32 - table.slotsLog2);
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
      slot = (slot + 1) & mask;
    }
  }

  /** Puts a new entry where {@link find} has just looked in vain. O(1) amortised; at worst one table is split. */
  insertFound(ref: Ref): void {
    const hash = this.foundHash;
    let table = this.#foundTable;
    this.size++;
    if ((table.count + 1) << 3 <= 7 << table.slotsLog2) {
      const at = table.base + (this.#foundSlot << 1);
      table.words[at] = hash;
      table.words[at + 1] = ref;
      table.count++;
      return;
    }
    do {
      if (table.slotsLog2 < SLOTS_LOG2_MAX) this.#resize(table, table.slotsLog2 + 1);
      else this.#split(table, hash);
      table = this.#directory[(hash >>> 1) >>> (31 - this.#depth)]!;
    } while ((table.count + 1) << 3 > 7 << table.slotsLog2);
    place(table, hash, ref);
    table.count++;
  }

  /** Puts another entry, of the same key, in the place of the one that {@link find} found. O(1). */
  replaceFound(ref: Ref): void {
    this.#foundTable.words[this.#foundTable.base + (this.#foundSlot << 1) + 1] = ref;
  }

  /** Removes the entry that {@link find} found; its block stays the caller's. O(1) expected. */
  removeFound(): void {
    const table = this.#foundTable;
    const { words, base, mask } = table;
    const homeShift = 32 - table.slotsLog2;
    let hole = this.#foundSlot;
    let slot = hole;
    for (;;) {
      slot = (slot + 1) & mask;
      const at = base + (slot << 1);
      const ref = words[at + 1]!;
      if (ref === 0) break;
      const home = (words[at]! << table.depth) >>> homeShift;
      // The entry may move back into the hole when its home is not after the hole.
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        words[base + (hole << 1)] = words[at]!;
        words[base + (hole << 1) + 1] = ref;
        hole = slot;
      }
    }
    words[base + (hole << 1)] = 0;
    words[base + (hole << 1) + 1] = 0;
    table.count--;
    this.size--;
    if (table.count << 3 < 1 << table.slotsLog2) this.#shrink(table);
  }

  /**
   * Calls `visit` for every entry whose home is at or after the cursor, home by home, until at least `count` entries
   * were visited or `count * 10` homes; the cursor to go on from, or 0 when the walk is over.
   *
   * Cursors are unsigned 32-bit numbers; a walk begins with 0. `visit` must not change the dict.
   */
  scan(cursor: number, count: number, visit: (ref: Ref) => void): number {
    let homes = count * 10;
    let left = count;
    let hash = cursor >>> 0;
    while (left > 0 && homes > 0) {
      const table = this.#directory[(hash >>> 1) >>> (31 - this.#depth)]!;
      const homeShift = 32 - table.slotsLog2;
      const home = (hash << table.depth) >>> homeShift;
      for (let slot = home;; slot = (slot + 1) & table.mask) {
        const at = table.base + (slot << 1);
        const ref = table.words[at + 1]!;
        if (ref === 0) break;
        if ((table.words[at]! << table.depth) >>> homeShift === home) {
          visit(ref);
          left--;
        }
      }
      homes--;
      const step = 2 ** (homeShift - table.depth);
      hash = step >= 1 ? Math.floor(hash / step) * step + step : hash + 1;
      if (hash >= 4294967296) return 0;
    }
    return hash;
  }

  /**
   * A random entry, each with the same probability, or 0 when there is none. O(1) expected.
   * @param random gives a uniform number in [0, bound)
   */
  sample(random: (bound: number) => number): Ref {
    if (this.size === 0) return 0;
    const tables = this.#tables;
    let table = tables[0]!;
    let slot = 0;
    // Tables may differ in size only while there is one; so every slot of every table is equally likely.
    for (let tries = 0; tries < RANDOM_TRIES_MAX; tries++) {
      table = tables[tables.length === 1 ? 0 : random(tables.length)]!;
      slot = random(table.mask + 1);
      const ref = table.words[table.base + (slot << 1) + 1]!;
      if (ref !== 0) return ref;
    }
    for (let first = tables.indexOf(table), i = 0; i <= tables.length; i++) {
      const next = tables[(first + i) % tables.length]!;
      for (let s = 0; s <= next.mask; s++) {
        const ref = next.words[next.base + (((s + slot) & next.mask) << 1) + 1]!;
        if (ref !== 0) return ref;
      }
      if (i === tables.length) first = 0;
    }
    return 0;
  }

  /** Up to `count` entries that lie side by side from a random place: cheap, not independent of each other. */
  sampleRun(count: number, random: (bound: number) => number, into: Ref[]): number {
    let taken = 0;
    let homes = count * 10;
    while (taken < count && homes > 0 && this.size > 0) {
      const table = this.#tables[random(this.#tables.length)]!;
      let slot = random(table.mask + 1);
      for (let i = 0; i < count && taken < count; i++, homes--) {
        const ref = table.words[table.base + (slot << 1) + 1]!;
        if (ref !== 0) into[taken++] = ref;
        slot = (slot + 1) & table.mask;
      }
    }
    return taken;
  }

  /** Frees all tables and leaves an empty dict; the entries' blocks stay the caller's. O(tables). */
  clear(): void {
    for (const table of this.#tables) this.#arena.free(table.ref);
    const table = new Table(this.#arena, SLOTS_LOG2_MIN, 0);
    this.#tables = [table];
    this.#directory = [table];
    this.#depth = 0;
    this.#foundTable = table;
    this.size = 0;
  }

  /** Frees the tables of a dict that is not used any more. */
  destroy(): void {
    for (const table of this.#tables) this.#arena.free(table.ref);
    this.#tables = [];
    this.#directory = [];
    this.size = 0;
  }

  /**
   * Takes one table out for good, handing each of its entries to `visit`; false when none is left. Only for emptying a
   * dict that nobody looks into any more, in steps. O(slots of a table).
   */
  drainTable(visit: (ref: Ref) => void): boolean {
    const table = this.#tables.pop();
    if (table === undefined) return false;
    for (let slot = 0; slot <= table.mask; slot++) {
      const ref = table.words[table.base + (slot << 1) + 1]!;
      if (ref !== 0) visit(ref);
    }
    this.size -= table.count;
    this.#arena.free(table.ref);
    return true;
  }

  #resize(table: Table, slotsLog2: number): void {
    const used = lift(table);
    this.#arena.free(table.ref);
    const fresh = new Table(this.#arena, slotsLog2, table.depth);
    for (let i = 0; i < used; i += 2) place(fresh, scratch[i]!, scratch[i + 1]!);
    table.words = fresh.words;
    table.ref = fresh.ref;
    table.base = fresh.base;
    table.slotsLog2 = slotsLog2;
    table.mask = fresh.mask;
  }

  #split(table: Table, hash: number): void {
    if (table.depth === this.#depth) {
      const doubled: Table[] = [];
      for (const named of this.#directory) doubled.push(named, named);
      this.#directory = doubled;
      this.#depth++;
    }
    const used = lift(table);
    table.depth++;
    table.count = 0;
    table.words.fill(0, table.base, table.base + (2 << table.slotsLog2));
    const upper = new Table(this.#arena, table.slotsLog2, table.depth);
    this.#tables.push(upper);
    const bit = 1 << (32 - table.depth);
    for (let i = 0; i < used; i += 2) {
      const half = (scratch[i]! & bit) !== 0 ? upper : table;
      place(half, scratch[i]!, scratch[i + 1]!);
      half.count++;
    }
    // The places of the directory that named the table: the upper half of them names the new one.
    const span = 1 << (this.#depth - table.depth);
    const prefix = (hash >>> (32 - table.depth)) | 1;
    this.#directory.fill(upper, prefix * span, (prefix + 1) * span);
  }

  /** A table has become sparse: makes it smaller or merges it with its sibling. */
  #shrink(table: Table): void {
    if (table.depth === 0) {
      if (table.slotsLog2 > SLOTS_LOG2_MIN) this.#resize(table, table.slotsLog2 - 1);
      return;
    }
    const sibling = this.#siblingOf(table);
    if (sibling.depth !== table.depth || (table.count + sibling.count) << 2 > 1 << table.slotsLog2) return;
    const used = lift(sibling);
    const own = this.#placesOf(table);
    const others = this.#placesOf(sibling);
    const start = Math.min(own, others);
    const span = 1 << (this.#depth - table.depth);
    const ownUsed = liftBehind(table, used);
    table.depth--;
    table.count += sibling.count;
    table.words.fill(0, table.base, table.base + (2 << table.slotsLog2));
    for (let i = 0; i < ownUsed; i += 2) place(table, scratch[i]!, scratch[i + 1]!);
    this.#directory.fill(table, start, start + 2 * span);
    this.#tables.splice(this.#tables.indexOf(sibling), 1);
    this.#arena.free(sibling.ref);
    this.#halveDirectory();
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

  /** The first place of the directory that names the table. O(tables) at worst, used when merging only. */
  #placesOf(table: Table): number {
    return this.#directory.indexOf(table);
  }

  #siblingOf(table: Table): Table {
    const span = 1 << (this.#depth - table.depth);
    return this.#directory[this.#placesOf(table) ^ span]!;
  }
}

/** Puts hash and entry in the first free slot from its home on; the count is the caller's. */
function place(table: Table, hash: number, ref: Ref): void {
  const { words, base, mask } = table;
  let slot = (hash << table.depth) >>> (32 - table.slotsLog2);
  while (words[base + (slot << 1) + 1] !== 0) slot = (slot + 1) & mask;
  words[base + (slot << 1)] = hash;
  words[base + (slot << 1) + 1] = ref;
}

/** Copies the taken slots of a table into the scratch; the number of words. */
function lift(table: Table): number {
  return liftBehind(table, 0);
}

function liftBehind(table: Table, from: number): number {
  const { words, base } = table;
  let used = from;
  for (let slot = 0; slot <= table.mask; slot++) {
    const at = base + (slot << 1);
    if (words[at + 1] !== 0) {
      scratch[used++] = words[at]!;
      scratch[used++] = words[at + 1]!;
    }
  }
  return used;
}
