/**
 * Who watches which keys: WATCH promises a client that its transaction is not carried out when one of them was changed.
 *
 * Invariants. The keyspace is listened to while at least one key is watched, and only then, so that watching costs
 * nothing while nobody does. A watcher stands in the list of each of its keys once. A watcher that is touched stands
 * in no list any more: nothing can happen to it that has not happened.
 *
 * A key that is past its time but not removed yet needs care. To a client it does not exist, so its removal changes
 * nothing for those who found it dead when they began to watch (`wasDead`), and touches all others.
 */
import type { Keys } from "./keys.ts";
import type { Keyspace } from "./keyspace.ts";
import { halfSipHash } from "./memory/siphash.ts";
import { sameBytes, Slice } from "../sys/bytes.ts";

/** One client in its role of watching keys. */
export class Watcher {
  /** Whether one of the keys was changed since it is watched. */
  touched = false;
  readonly watches: Watch[] = [];
}

/** That one watcher watches one key. */
interface Watch {
  readonly watcher: Watcher;
  readonly key: WatchedKey;
  /** Whether the key is there, past its time, and was so when the watch began. */
  wasDead: boolean;
}

class WatchedKey {
  readonly database: Keys;
  readonly name: Slice;
  readonly hash: number;
  readonly watches: Map<Watcher, Watch> = new Map();
  /** Another key of the same hash. */
  next: WatchedKey | undefined;

  constructor(database: Keys, name: Slice, hash: number, next: WatchedKey | undefined) {
    this.database = database;
    this.name = name;
    this.hash = hash;
    this.next = next;
  }

  is(database: number, key: Slice): boolean {
    const { bytes, start, end } = this.name;
    return this.database.id === database && sameBytes(bytes, start, end, key.bytes, key.start, key.end);
  }
}

/** What a watch takes beside the bytes of the key, as far as it can be told. */
const WATCH_BYTES = 64;

export class WatchRegistry {
  readonly #keyspace: Keyspace;
  /** Of all databases, by the hash of their bytes. */
  readonly #keys: Map<number, WatchedKey> = new Map();

  constructor(keyspace: Keyspace) {
    this.#keyspace = keyspace;
  }

  /** Whether no key is watched by anybody. */
  get isEmpty(): boolean {
    return this.#keys.size === 0;
  }

  /** Begins to watch a key, unless the watcher does already, or has been touched. O(key length). */
  watch(watcher: Watcher, database: Keys, key: Slice): void {
    if (watcher.touched) return;
    if (this.isEmpty) this.#listen();
    const hash = this.#hash(key);
    const first = this.#keys.get(hash);
    let watched = first;
    while (watched !== undefined && !watched.is(database.id, key)) watched = watched.next;
    if (watched === undefined) {
      watched = new WatchedKey(database, new Slice(key.copy()), hash, first);
      this.#keys.set(hash, watched);
    }
    if (watched.watches.has(watcher)) return;
    const watch: Watch = { watcher, key: watched, wasDead: database.presence(key) === "dead" };
    watched.watches.set(watcher, watch);
    watcher.watches.push(watch);
  }

  /** Ends all watches of a watcher, and forgets that it was touched. O(its watches). */
  release(watcher: Watcher): void {
    this.#forget(watcher);
    watcher.touched = false;
  }

  /** Whether one of the keys was changed, or has come to the end of its time, since it is watched. O(its watches). */
  isTouched(watcher: Watcher): boolean {
    return watcher.touched ||
      watcher.watches.some(({ wasDead, key: { database, name } }) =>
        !wasDead && database.presence(name) === "dead"
      );
  }

  /** Bytes that a watcher's watches take; a key counts for each of its watchers. O(its watches). */
  bytesOf(watcher: Watcher): number {
    let bytes = 0;
    for (const { key } of watcher.watches) bytes += WATCH_BYTES + key.name.length;
    return bytes;
  }

  #hash(key: Slice): number {
    const { k0, k1 } = this.#keyspace.hashKey;
    return halfSipHash(key.bytes, key.start, key.end, k0, k1);
  }

  #listen(): void {
    this.#keyspace.listenToChanges("watches", (database, key) => this.#changed(database, key));
    this.#keyspace.listeners.databaseChanging = (database, replacement) =>
      this.#databaseChanging(database, replacement);
  }

  #forget(watcher: Watcher): void {
    for (const { key } of watcher.watches) {
      key.watches.delete(watcher);
      if (key.watches.size === 0) this.#remove(key);
    }
    watcher.watches.length = 0;
    if (!this.isEmpty) return;
    this.#keyspace.listenToChanges("watches", undefined);
    this.#keyspace.listeners.databaseChanging = undefined;
  }

  #remove(key: WatchedKey): void {
    const first = this.#keys.get(key.hash);
    if (first === key) {
      if (key.next === undefined) this.#keys.delete(key.hash);
      else this.#keys.set(key.hash, key.next);
      return;
    }
    let before = first!;
    while (before.next !== key) before = before.next!;
    before.next = key.next;
  }

  #touch(watcher: Watcher): void {
    watcher.touched = true;
    this.#forget(watcher);
  }

  #changed(database: number, key: Slice): void {
    let watched = this.#keys.get(this.#hash(key));
    while (watched !== undefined && !watched.is(database, key)) watched = watched.next;
    if (watched === undefined) return;
    for (const watch of watched.watches.values()) {
      if (!watch.wasDead) this.#touch(watch.watcher);
      else if (watched.database.presence(key) === "absent") watch.wasDead = false;
    }
  }

  /** All keys of a database are about to go, or to be replaced by those of another one. O(watched keys). */
  #databaseChanging(database: Keys, replacement: Keys | undefined): void {
    const touched: Watcher[] = [];
    for (const first of this.#keys.values()) {
      for (let key: WatchedKey | undefined = first; key !== undefined; key = key.next) {
        if (key.database !== database) continue;
        const before = database.presence(key.name);
        const after = replacement?.presence(key.name) ?? "absent";
        if (before === "absent" && after === "absent") continue;
        for (const watch of key.watches.values()) {
          if (watch.wasDead ? after === "alive" : before !== "absent" || after === "alive") {
            touched.push(watch.watcher);
          } else {
            watch.wasDead = after === "dead";
          }
        }
      }
    }
    for (const watcher of touched) this.#touch(watcher);
  }
}
