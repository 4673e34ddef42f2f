/**
 * What the keys are: their types and sizes, by looking at some of them. A small keyspace is looked at as a whole; of a
 * large one keys are drawn at random, each with the same probability, so that it costs the same whatever its size. Nothing is
 * changed by it: no key gets younger, and none that is dead is removed.
 */
import type { RedenoServer } from "../server/server.ts";
import { TYPE_NAMES } from "../store/memory/entry.ts";
import type { Database } from "../store/database.ts";
import type { Ref } from "../store/memory/arena.ts";
import { latin1Text } from "../sys/bytes.ts";
import { NAME_BYTES_MAX } from "./key_browser.ts";

/** Up to so many keys all are looked at; of more, so many are drawn. */
const KEYS_MAX = 1000;
const LARGEST_SHOWN = 10;

export interface TypeShare {
  /** Of the keys that were looked at. */
  keys: number;
  bytes: number;
  expiring: number;
}

export interface KeyspaceSample {
  /** Keys in all databases, and how many of them were looked at. */
  readonly keys: number;
  readonly sampled: number;
  readonly isWhole: boolean;
  /** Of the sampled keys, those whose values are in the swap file. */
  readonly swapped: number;
  readonly types: Readonly<Record<string, TypeShare>>;
  /** How many of the sampled keys take up to 2^i bytes, and more than half of that, with their values. */
  readonly sizes: readonly number[];
  /** The largest of the sampled keys, the largest first. Names have one character a byte. */
  readonly largest: readonly {
    readonly database: number;
    readonly key: string;
    /** Whether that is only the beginning of the name. */
    readonly isClipped?: true;
    readonly type: string;
    readonly bytes: number;
  }[];
}

/** Looks at the keyspace. O(1): at most a thousand keys. */
export function sampleKeyspace(server: RedenoServer): KeyspaceSample {
  const { keyspace } = server;
  const total = keyspace.size;
  const sample = new Sample();
  for (const database of keyspace.databases) {
    const { dict } = database.entrySet;
    if (dict.size === 0) continue;
    if (total <= KEYS_MAX) {
      dict.forEach((ref) => sample.add(database, ref));
      continue;
    }
    const random = (bound: number) => keyspace.random.below(bound);
    const wanted = Math.max(1, Math.round(KEYS_MAX * dict.size / total));
    for (let i = 0; i < wanted; i++) sample.add(database, dict.sample(random));
  }
  return sample.result(total);
}

class Sample {
  sampled = 0;
  swapped = 0;
  readonly types: Record<string, TypeShare> = {};
  readonly sizes: number[] = [];
  readonly largest: { database: number; key: string; isClipped?: true; type: string; bytes: number }[] = [];

  add(database: Database, ref: Ref): void {
    if (ref === 0) return;
    this.sampled++;
    const type = TYPE_NAMES[database.typeOf(ref)] ?? "unknown";
    const bytes = database.memoryOf(ref);
    const share = this.types[type] ??= { keys: 0, bytes: 0, expiring: 0 };
    share.keys++;
    share.bytes += bytes;
    if (database.expireAt(ref) >= 0) share.expiring++;
    if (database.isSwapped(ref)) this.swapped++;
    const size = Math.max(0, Math.ceil(Math.log2(bytes)));
    while (this.sizes.length <= size) this.sizes.push(0);
    this.sizes[size]!++;
    this.#noteLarge(database, ref, type, bytes);
  }

  #noteLarge(database: Database, ref: Ref, type: string, bytes: number): void {
    const { largest } = this;
    if (largest.length === LARGEST_SHOWN && bytes <= largest[LARGEST_SHOWN - 1]!.bytes) return;
    const name = database.keyOf(ref);
    const isClipped = name.length > NAME_BYTES_MAX;
    const key = latin1Text(name.bytes, name.start, isClipped ? name.start + NAME_BYTES_MAX : name.end);
    // The same key may be drawn twice.
    if (largest.some((each) => each.key === key && each.database === database.id)) return;
    largest.push({ database: database.id, key, ...isClipped ? { isClipped } : {}, type, bytes });
    largest.sort((a, b) => b.bytes - a.bytes).splice(LARGEST_SHOWN);
  }

  result(keys: number): KeyspaceSample {
    const { sampled, swapped, types, sizes, largest } = this;
    return { keys, sampled, swapped, types, sizes, largest, isWhole: keys <= KEYS_MAX };
  }
}
