/**
 * The exact image of one moment, taken while commands go on: every entry that was there when it began is shown to the
 * visitor once, as it was then.
 *
 * An entry carries the epoch in which it was made or last shown (entry.ts). Beginning a snapshot begins a new epoch, so what
 * is of another one is still to be shown: by the walk, which goes over the dicts as SCAN does, or by
 * {@link Snapshot.beforeChange} when it is about to change or go. What is made meanwhile is of the new epoch.
 *
 * Invariants: the walk holds the entry sets that the databases had at the beginning, so FLUSHDB and SWAPDB do not
 * disturb it; a set that was cut off meanwhile is freed when the walk is through with it. The numbers of epochs come
 * round after 31 snapshots; entries that a snapshot given up has left behind are then brought up to date first.
 *
 * A large collection is shown in parts. A command that would change it is better held back until it is shown
 * ({@link Snapshot.showsFirst}), since otherwise what is left of it is shown at once, and everybody waits. With virtual
 * memory collections are shown at once always: between parts they might be swapped out.
 *
 * Values in the swap file are put off, and shown some ten thousand at a time in the order of their pages.
 */
import type { Ref } from "./memory/arena.ts";
import type { Dict } from "./memory/dict.ts";
import {
  EPOCH_MASK,
  EPOCH_STEP,
  epochOf,
  isExternal,
  isSwapped,
  readSwapPlace,
  renewEpoch,
  valueWordOf,
} from "./memory/entry.ts";
import type { EntrySet } from "./memory/entry_set.ts";
import type { Keyspace } from "./keyspace.ts";
import { isCollection } from "./memory/objects.ts";
import { PageOrder } from "./memory/page_order.ts";
import { newSwapPlace } from "./swap_store.ts";

const place = newSwapPlace();

/** Entries shown between two looks at the time. */
const STEP_ENTRIES = 32;
const EPOCHS = EPOCH_MASK / EPOCH_STEP + 1;

/** Collections of more bytes are shown in parts, and those of {@link Keyspace.largeElements}. */
const LARGE_BYTES = 1 << 20;

/** What is shown. Nothing of it may change the keyspace. */
export interface SnapshotVisitor {
  /** A database with keys is begun; its entries follow, though others may come between. */
  database(id: number, keys: number, expires: number): void;
  /** @param database the number that its database had when the snapshot began */
  entry(database: number, ref: Ref): void;
  /** Begins an entry that holds a large collection; absent: those are shown as others are. */
  begin?(database: number, ref: Ref): void;
  /** Shows a part of the entry that was begun; whether that was the last. Other entries may come between parts. */
  part?(): boolean;
}

interface Large {
  /** The number of its database. */
  readonly id: number;
  readonly entries: EntrySet;
  readonly ref: Ref;
}

interface Captured {
  readonly id: number;
  readonly entries: EntrySet;
  readonly keys: number;
  readonly expires: number;
  /** Whether its database has let go of it meanwhile. */
  isCutOff: boolean;
}

export class Snapshot {
  /** Keys that there were at the beginning. */
  readonly total: number;
  /** Keys shown. */
  shown = 0;
  /** Those of them that were shown early, because they were about to change. */
  shownEarly = 0;
  readonly #keyspace: Keyspace;
  readonly #visitor: SnapshotVisitor;
  readonly #sets: Captured[] = [];
  /** Why an entry could not be shown before it changed; then the image is not whole, and the next step says so. */
  #failure: unknown;
  #at = 0;
  #cursor = 0;
  #isBegun = false;
  /** Whether the walk over the dict is over, so that nobody is left but who was put off. */
  #isWalked = false;
  /** Values in the swap file that were put off; absent without virtual memory. */
  readonly #putOff: PageOrder | undefined;
  /** Large collections that are to be shown next; the first one is {@link #isInParts} or not. */
  readonly #large: Large[] = [];
  #isInParts = false;
  /** Whether somebody waits for one of them. */
  isUrgent = false;
  /** Called when large collections were shown, or will never be: who waited for that can go on. */
  onShown: (() => void) | undefined;

  /** Begins a snapshot of this moment. There must be no other one under way. O(databases), usually. */
  constructor(keyspace: Keyspace, visitor: SnapshotVisitor) {
    this.#keyspace = keyspace;
    this.#visitor = visitor;
    let total = 0;
    for (const { id, entrySet } of keyspace.databases) {
      const keys = entrySet.dict.size;
      if (keys === 0) continue;
      total += keys;
      this.#sets.push({ id, entries: entrySet, keys, expires: entrySet.expires.size, isCutOff: false });
    }
    this.total = total;
    this.#putOff = keyspace.swapStore && new PageOrder();
    beginEpoch(keyspace);
    keyspace.snapshot = this;
  }

  /**
   * Shows entries until `more` says stop, which is asked every few entries; true when all were shown.
   * @throws what the visitor throws, now or when an entry was about to change: then give up
   */
  step(more: () => boolean): boolean {
    if (this.#failure !== undefined) throw this.#failure;
    while (this.#at < this.#sets.length) {
      const set = this.#sets[this.#at]!;
      if (!this.#isBegun) {
        this.#isBegun = true;
        this.#visitor.database(set.id, set.keys, set.expires);
      }
      if (this.#large.length > 0) this.#showPart();
      else this.#walk(set);
      if (this.#isWalked && !this.#putOff?.isTaking && this.#large.length === 0) {
        this.#isBegun = this.#isWalked = false;
        this.#letGo(this.#sets[this.#at++]!);
      }
      if (this.#at < this.#sets.length && !more()) return false;
    }
    this.#keyspace.epochsUnfinished = 0;
    this.#end();
    return true;
  }

  /** Shows some entries of a set, or puts them off. */
  #walk({ id, entries }: Captured): void {
    const { dict } = entries;
    const { arena } = this.#keyspace;
    const putOff = this.#putOff;
    if (putOff?.isTaking) {
      const show = (ref: Ref) => {
        if (epochOf(arena, ref) !== arena.epoch) this.#show(id, ref);
      };
      return takeTurns(putOff, dict, show, STEP_ENTRIES);
    }
    this.#cursor = dict.scan(this.#cursor, STEP_ENTRIES, (ref, hash) => {
      if (epochOf(arena, ref) === arena.epoch) return;
      if (putOff !== undefined && isSwapped(arena, ref)) {
        putOff.add(readSwapPlace(arena, ref, place).page, hash);
      } else if (this.#isLarge(ref)) this.#large.push({ id, entries, ref });
      else this.#show(id, ref);
    });
    this.#isWalked = this.#cursor === 0;
    if (putOff !== undefined && (putOff.isFull || this.#isWalked && putOff.waiting > 0)) putOff.begin();
  }

  /** Whether an entry holds a collection that is shown in parts. */
  #isLarge(ref: Ref): boolean {
    const { arena, objects } = this.#keyspace;
    if (!isExternal(arena, ref) || this.#putOff !== undefined || this.#visitor.begin === undefined) {
      return false;
    }
    const object = objects.get(valueWordOf(arena, ref));
    return isCollection(object) &&
      (object.size > this.#keyspace.largeElements || object.memory > LARGE_BYTES);
  }

  /** Shows a part of the first large collection. */
  #showPart(): void {
    const { id, ref } = this.#large[0]!;
    if (!this.#isInParts) {
      this.#visitor.begin!(id, ref);
      this.#isInParts = true;
    }
    if (this.#visitor.part!()) this.#shownInParts();
  }

  #shownInParts(): void {
    this.#isInParts = false;
    const { ref } = this.#large.shift()!;
    renewEpoch(this.#keyspace.arena, ref);
    this.shown++;
    this.#largeShown();
  }

  #largeShown(): void {
    if (!this.isUrgent) return;
    this.isUrgent = false;
    this.onShown?.();
  }

  /**
   * Whether an entry is better left as it is until it has been shown, which will be soon: {@link Snapshot.onShown} is called
   * then. O(1), but for the collections that wait already.
   */
  showsFirst(entries: EntrySet, ref: Ref): boolean {
    const { arena } = this.#keyspace;
    if (epochOf(arena, ref) === arena.epoch || this.#failure !== undefined || !this.#isLarge(ref)) {
      return false;
    }
    const set = this.#sets.find((each) => each.entries === entries);
    if (set === undefined) return false;
    if (!this.#large.some((each) => each.ref === ref)) {
      // Next comes what somebody waits for; what is shown in parts has to be finished.
      this.#large.splice(this.#isInParts ? 1 : 0, 0, { id: set.id, entries, ref });
    }
    return this.isUrgent = true;
  }

  /** An entry is about to change or go. O(1), and once the size of its value. */
  beforeChange(entries: EntrySet, ref: Ref): void {
    const { arena } = this.#keyspace;
    if (epochOf(arena, ref) === arena.epoch) return;
    try {
      if (this.#large.length > 0 && this.#showLargeNow(ref)) return;
      const set = this.#sets.find((each) => each.entries === entries);
      if (set === undefined) return;
      this.#show(set.id, ref);
      this.shownEarly++;
    } catch (error) {
      // That is no business of the command that changes the entry.
      this.#failure ??= error;
    }
  }

  /** Shows at once what is left of a large collection, if that is the one shown in parts; others wait no longer. */
  #showLargeNow(ref: Ref): boolean {
    const at = this.#large.findIndex((each) => each.ref === ref);
    if (at === 0 && this.#isInParts) {
      while (!this.#visitor.part!());
      this.#shownInParts();
      this.shownEarly++;
      return true;
    }
    if (at >= 0) this.#large.splice(at, 1);
    if (this.#large.length === 0) this.#largeShown();
    return false;
  }

  /** A database lets go of its entries. Whether they stay as they are until the walk is through with them. */
  keeps(entries: EntrySet): boolean {
    for (let i = this.#at; i < this.#sets.length; i++) {
      const set = this.#sets[i]!;
      if (set.entries === entries) return set.isCutOff = true;
    }
    return false;
  }

  /** Gives up. */
  abort(): void {
    if (this.#keyspace.snapshot !== this) return;
    this.#large.length = 0;
    const left = this.#sets.slice(this.#at);
    this.#at = this.#sets.length;
    for (const set of left) this.#letGo(set);
    this.#keyspace.epochsUnfinished++;
    this.#end();
  }

  #show(database: number, ref: Ref): void {
    this.#visitor.entry(database, ref);
    renewEpoch(this.#keyspace.arena, ref);
    this.shown++;
  }

  /** The walk is through with a set, and {@link keeps} says so. */
  #letGo(set: Captured): void {
    if (set.isCutOff) this.#keyspace.condemn(set.entries);
  }

  #end(): void {
    this.#keyspace.snapshot = undefined;
    this.#largeShown();
  }
}

/** Shows every entry at once, whatever snapshot is under way. O(bytes). */
export function showAll(keyspace: Keyspace, visitor: SnapshotVisitor): void {
  const { arena } = keyspace;
  const hasSwapped = keyspace.swapStore !== undefined && keyspace.swapStore.swapped > 0;
  const putOff = hasSwapped ? new PageOrder() : undefined;
  for (const { id, entrySet: { dict, expires } } of keyspace.databases) {
    if (dict.size === 0) continue;
    visitor.database(id, dict.size, expires.size);
    const show = (ref: Ref) => visitor.entry(id, ref);
    if (putOff === undefined) {
      dict.forEach(show);
      continue;
    }
    let cursor = 0;
    do {
      cursor = dict.scan(cursor, STEP_ENTRIES, (ref, hash) => {
        if (isSwapped(arena, ref)) putOff.add(readSwapPlace(arena, ref, place).page, hash);
        else show(ref);
      });
      if (cursor !== 0 && !putOff.isFull || putOff.waiting === 0) continue;
      putOff.begin();
      // Keys of one hash must not be shown in each other's turn, too.
      const showIfDue = (ref: Ref) => {
        if (isSwapped(arena, ref) && readSwapPlace(arena, ref, place).page === putOff.page) show(ref);
      };
      takeTurns(putOff, dict, showIfDue, Infinity);
    } while (cursor !== 0);
  }
}

/** Shows entries that were put off, as many as `count`. */
function takeTurns(putOff: PageOrder, dict: Dict, show: (ref: Ref) => void, count: number): void {
  for (let i = 0; i < count && putOff.isTaking; i++) dict.forHash(putOff.take(), show);
}

/**
 * Begins an epoch that no entry belongs to. Snapshots that were given up have left entries of older ones; before one of
 * those numbers comes round again, all entries are brought into one epoch, which is O(keys).
 */
function beginEpoch(keyspace: Keyspace): void {
  const { arena } = keyspace;
  if (keyspace.epochsUnfinished >= EPOCHS - 2) {
    for (const { entrySet } of keyspace.databases) entrySet.dict.forEach((ref) => renewEpoch(arena, ref));
    keyspace.epochsUnfinished = 0;
  }
  arena.epoch = (arena.epoch + EPOCH_STEP) & EPOCH_MASK;
}
