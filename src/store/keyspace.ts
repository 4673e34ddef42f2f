/**
 * The keyspace: all databases of a server, the memory under them, and what is to be told when they change.
 */
import { AccessClock } from "./eviction/access.ts";
import { Arena, type Ref } from "./memory/arena.ts";
import { Database } from "./database.ts";
import { WaitRegistry } from "./waits.ts";
import { WatchRegistry } from "./watch.ts";
import type { HashKey } from "./memory/dict.ts";
import type { Keys } from "./keys.ts";
import type { EntrySet } from "./memory/entry_set.ts";
import { defaultLimits, type EncodingLimits, type LazyFreeing } from "./limits.ts";
import { ObjectTable } from "./memory/objects.ts";
import type { Snapshot } from "./snapshot.ts";
import type { SwapStore } from "./swap_store.ts";
import type { Slice } from "../sys/bytes.ts";
import type { Random } from "../sys/random.ts";

/** Classes of keyspace events, as the letters of `notify-keyspace-events`. */
export type EventClass = "g" | "$" | "l" | "s" | "h" | "z" | "x" | "e" | "t" | "d" | "m" | "n";

/** Is told that a key was changed. @param unasked whether no client asked for it: it died of age, or was evicted */
export type KeyChanged = (database: number, key: Slice, unasked?: boolean) => void;

/** What others want to know about changes. Each is absent while nobody listens, and then costs nothing. */
export interface KeyspaceListeners {
  /** A key was changed in any way: clients that WATCH it, clients that cache it. */
  changed?: KeyChanged | undefined;
  /** All keys of a database are about to go, or to be replaced by those of another one. */
  databaseChanging?: ((database: Keys, replacement: Keys | undefined) => void) | undefined;
  /** Everything in a database, or in all, was removed by a command, even if that was nothing: clients that cache. */
  flushed?: (() => void) | undefined;
  /** A key died of age: the append-only file and the replicas are told DEL. */
  expired?: ((database: number, key: Slice) => void) | undefined;
  /** A key was evicted: the append-only file and the replicas are told DEL. */
  evicted?: ((database: number, key: Slice) => void) | undefined;
  /** A snapshot has begun, or the last one has ended. */
  snapshot?: ((taken: Snapshot | undefined) => void) | undefined;
  /** A keyspace event, for Pub/Sub. */
  event?: ((database: number, type: EventClass, event: string, key: Slice) => void) | undefined;
}

/** Is told before an entry, or its value, changes or goes. */
export interface ChangeListener {
  beforeChange(entries: EntrySet, ref: Ref): void;
}

export interface KeyspaceOptions {
  readonly databases: number;
  readonly random: Random;
  /** Unix ms. */
  readonly now: number;
}

export class Keyspace {
  readonly arena: Arena = new Arena();
  readonly objects: ObjectTable = new ObjectTable();
  readonly access: AccessClock;
  /** Up to where the small encodings reach. */
  readonly limits: EncodingLimits = defaultLimits();
  /** Which removals give back the memory of large collections later. */
  readonly lazyFreeing: LazyFreeing = {
    userDelete: false,
    expire: false,
    serverDelete: false,
    eviction: false,
  };
  readonly random: Random;
  readonly hashKey: HashKey;
  readonly databases: readonly Database[];
  readonly listeners: KeyspaceListeners = {};
  /** Who wants to know of changed keys: {@link listenToChanges}. */
  readonly #changeListeners: { watches?: KeyChanged | undefined; caches?: KeyChanged | undefined } = {};
  /** Clients that wait for keys. */
  readonly waits: WaitRegistry = new WaitRegistry();
  readonly watches: WatchRegistry = new WatchRegistry(this);
  /** Who is told before an entry changes or goes; absent while nobody wants to know. */
  beforeChange: ChangeListener | undefined;
  /** Where values are that are not in memory; absent without virtual memory. Set once, before there are keys. */
  swapStore: (SwapStore & ChangeListener) | undefined;
  /** Snapshots given up since all entries were of one epoch. */
  epochsUnfinished = 0;

  /** Unix ms, one reading for all that happens in a batch; set by whoever runs commands. */
  now: number;
  /** Changes since the last save: what differs after a command was a write. */
  dirty = 0;
  hits = 0;
  misses = 0;
  expiredKeys = 0;
  expiredByCycle = 0;
  evictedKeys = 0;
  /** Percentage of keys with a time to live that are dead but not removed yet, as the last cycles estimated it. */
  staleEstimate = 0;
  expireCyclesCutShort = 0;
  lazyFreed = 0;
  /** Collections of more elements are shown to snapshots in parts; tests set it. */
  largeElements = 8192;
  /** Bytes from which on a list element gets a node of its own; tests set it. */
  listPlainThreshold: number = 1 << 30;
  /** While data is loaded no key dies: what follows in the file was done while it lived. */
  isLoading = false;
  /** Whether dead keys are removed when they are met. Off while a replica or a loader replays. */
  expiresLazily = true;

  #snapshot: Snapshot | undefined;
  /** Entries cut off from their database that are still to be freed. */
  readonly #condemned: EntrySet[] = [];

  constructor(options: KeyspaceOptions) {
    this.random = options.random;
    this.now = options.now;
    this.hashKey = { k0: options.random.uint32(), k1: options.random.uint32() };
    this.access = new AccessClock(() => options.random.uint32() / 4294967296);
    this.access.advance(options.now);
    const databases: Database[] = [];
    for (let id = 0; id < options.databases; id++) databases.push(new Database(this, id));
    this.databases = databases;
  }

  /** The one that is being taken. It is told before a key changes or goes. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  set snapshot(taken: Snapshot | undefined) {
    this.#snapshot = taken;
    this.listeners.snapshot?.(taken);
    const { swapStore: swap } = this;
    if (taken === undefined || swap === undefined) {
      this.beforeChange = taken ?? swap;
      return;
    }
    this.beforeChange = {
      beforeChange(entries, ref) {
        taken.beforeChange(entries, ref);
        swap.beforeChange(entries, ref);
      },
    };
  }

  /** Lets values be swapped out; there must be no keys yet. */
  useSwap(swap: SwapStore & ChangeListener): void {
    this.swapStore = swap;
    this.snapshot = this.#snapshot;
  }

  /**
   * Has one of two told of changed keys, or not any more: transactions, which are told first, and clients that cache.
   * While there is but one of them it is told directly.
   */
  listenToChanges(who: "watches" | "caches", changed: KeyChanged | undefined): void {
    this.#changeListeners[who] = changed;
    const { watches, caches } = this.#changeListeners;
    this.listeners.changed = watches === undefined || caches === undefined
      ? watches ?? caches
      : (database, key, unasked) => {
        watches(database, key, unasked);
        caches(database, key, unasked);
      };
  }

  /** Sets the time. @param now unix ms */
  tick(now: number): void {
    if (now === this.now) return;
    this.now = now;
    this.access.advance(now);
  }

  /** Bytes of data: entries, tables, large values. */
  get usedBytes(): number {
    return this.arena.usedBytes + this.objects.bytes;
  }

  /** Keys in all databases. */
  get size(): number {
    let size = 0;
    for (const database of this.databases) size += database.size;
    return size;
  }

  /** Entries that wait to be freed. */
  get lazyFreePending(): number {
    let pending = this.objects.condemned.length;
    for (const { dict } of this.#condemned) pending += dict.size;
    return pending;
  }

  /** Two databases change their contents. Clients that selected one see the other's keys at once. */
  swap(a: number, b: number): void {
    const first = this.databases[a]!;
    const second = this.databases[b]!;
    this.listeners.databaseChanging?.(first, second);
    this.listeners.databaseChanging?.(second, first);
    first.exchange(second);
    if (this.waits.size > 0) {
      this.waits.databaseChanged(a);
      this.waits.databaseChanged(b);
    }
  }

  /** Frees entries and what they hold later and in steps: {@link freeSome}. */
  condemn(entries: EntrySet): void {
    if (this.snapshot?.keeps(entries) !== true) this.#condemned.push(entries);
  }

  /**
   * Frees condemned entries and collections until none is left or `more()` says stop; true when some are left. One
   * step is 4096 slots of a table, or some thousand elements.
   */
  freeSome(more: () => boolean): boolean {
    const { condemned } = this.objects;
    while (this.#condemned.length > 0 || condemned.length > 0) {
      if (condemned.length > 0) {
        if (!condemned[condemned.length - 1]!.releaseSome()) {
          condemned.pop();
          this.lazyFreed++;
        }
        if (!more()) break;
        continue;
      }
      const entries = this.#condemned[this.#condemned.length - 1]!;
      const { dict } = entries;
      const before = dict.size;
      if (!dict.drainSome((ref) => entries.release(ref, true))) this.#condemned.pop();
      this.lazyFreed += before - dict.size;
      if (!more()) break;
    }
    return this.#condemned.length > 0 || condemned.length > 0;
  }
}
