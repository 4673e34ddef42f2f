/**
 * Channels, or patterns, by their names, and who is subscribed to each.
 *
 * Invariants: a channel is in its table exactly while somebody is subscribed to it; a subscriber is in a channel exactly
 * while the channel is among its own. A channel of one subscriber, which is the usual case where there are many
 * channels, holds it directly and no set.
 */
import type { Client, SubscriptionKind, Subscriptions } from "../context.ts";
import type { HashKey } from "../store/memory/dict.ts";
import { halfSipHash } from "../store/memory/siphash.ts";
import { copyBytes, latin1Text, type Slice } from "../sys/bytes.ts";

/** Room for messages that several subscribers share, once there is more than one. */
const SHARED_BYTES_MIN = 4096;
const NONE: SharedMessages[] = [];

/** What one client is subscribed to. */
export class Subscriber implements Subscriptions {
  readonly client: Client;
  /** Made when the first channel of a kind comes: most clients have one kind. */
  readonly #sets: { -readonly [kind in SubscriptionKind]?: Set<Channel> } = {};

  constructor(client: Client) {
    this.client = client;
  }

  get channels(): number {
    return this.#sets.channels?.size ?? 0;
  }

  get patterns(): number {
    return this.#sets.patterns?.size ?? 0;
  }

  get shardChannels(): number {
    return this.#sets.shardChannels?.size ?? 0;
  }

  get isEmpty(): boolean {
    return this.channels + this.patterns + this.shardChannels === 0;
  }

  /** The channels of one kind, in the order in which they came. */
  of(kind: SubscriptionKind): ReadonlySet<Channel> | undefined {
    return this.#sets[kind];
  }

  /** Whether it was not there. */
  add(kind: SubscriptionKind, channel: Channel): boolean {
    const set = this.#sets[kind] ??= new Set();
    const before = set.size;
    return set.add(channel).size > before;
  }

  /** Whether it was there. */
  remove(kind: SubscriptionKind, channel: Channel): boolean {
    const set = this.#sets[kind];
    if (set === undefined || !set.delete(channel)) return false;
    if (set.size === 0) delete this.#sets[kind];
    return true;
  }
}

/**
 * Messages one behind the other, as several subscribers have them to be sent: one copy for all. Whoever has been given the
 * {@link SharedMessages.all} of some moment keeps it; what is added lies behind it.
 */
export class SharedMessages {
  /** With which byte each begins: that of a version of the protocol. */
  readonly first: number;
  /** What was added until now. */
  all: Uint8Array;
  /** {@link all} when the last message was about to be sent. */
  before: Uint8Array;
  #bytes: Uint8Array;

  /** @param message the first one; its first byte is written to */
  constructor(message: Uint8Array, first: number) {
    message[0] = this.first = first;
    this.all = this.before = this.#bytes = message;
  }

  /** Adds a message, `bytes[0..length)`. O(length) amortised. */
  add(bytes: Uint8Array, length: number): void {
    const before = this.all.length;
    const after = before + length;
    if (after > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(SHARED_BYTES_MIN, after * 2));
      larger.set(this.all);
      this.#bytes = larger;
    }
    copyBytes(bytes, 0, length, this.#bytes, before);
    this.#bytes[before] = this.first;
    this.all = this.#bytes.subarray(0, after);
  }
}

/** One channel or pattern. */
export class Channel {
  /** One character a byte. */
  readonly name: string;
  readonly hash: number;
  /** The next one of the same hash. */
  next: Channel | undefined;
  /** What many subscribers were given last, and several of them have still to be sent. */
  shared: SharedMessages[] = NONE;
  /** The one subscriber, or all in the order in which they came. */
  #subscribers: Subscriber | Set<Subscriber> | undefined;

  constructor(name: string, hash: number, next: Channel | undefined) {
    this.name = name;
    this.hash = hash;
    this.next = next;
  }

  get size(): number {
    const subscribers = this.#subscribers;
    if (subscribers === undefined) return 0;
    return subscribers instanceof Subscriber ? 1 : subscribers.size;
  }

  get subscribers(): Subscriber | ReadonlySet<Subscriber> | undefined {
    return this.#subscribers;
  }

  add(subscriber: Subscriber): void {
    const present = this.#subscribers;
    if (present === undefined) this.#subscribers = subscriber;
    else if (present instanceof Subscriber) this.#subscribers = new Set([present, subscriber]);
    else present.add(subscriber);
  }

  remove(subscriber: Subscriber): void {
    const present = this.#subscribers;
    if (present === subscriber) this.#subscribers = undefined;
    else if (present instanceof Set) present.delete(subscriber);
  }

  /** Whether its name is these bytes. */
  isNamed(bytes: Uint8Array, start: number, end: number): boolean {
    const { name } = this;
    if (name.length !== end - start) return false;
    for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) !== bytes[start + i]) return false;
    return true;
  }
}

/** All channels of one kind. */
export class ChannelTable {
  readonly #byHash: Map<number, Channel> = new Map();
  readonly #key: HashKey;
  /** Number of channels. */
  size = 0;

  /** @param key of the hash, so that nobody outside can choose names that collide */
  constructor(key: HashKey) {
    this.#key = key;
  }

  /** The channel of a name, if somebody is subscribed to it. O(length of the name), no string is made. */
  find({ bytes, start, end }: Slice): Channel | undefined {
    if (this.size === 0) return undefined;
    let channel = this.#byHash.get(halfSipHash(bytes, start, end, this.#key.k0, this.#key.k1));
    while (channel !== undefined && !channel.isNamed(bytes, start, end)) channel = channel.next;
    return channel;
  }

  /** As {@link find}; the channel is made when there is none. A subscriber must be added to it then. */
  findOrAdd(name: Slice): Channel {
    const present = this.find(name);
    if (present !== undefined) return present;
    const { bytes, start, end } = name;
    const hash = halfSipHash(bytes, start, end, this.#key.k0, this.#key.k1);
    const added = new Channel(latin1Text(bytes, start, end), hash, this.#byHash.get(hash));
    this.#byHash.set(hash, added);
    this.size++;
    return added;
  }

  /** Takes a channel out that has lost its last subscriber. */
  remove(channel: Channel): void {
    const first = this.#byHash.get(channel.hash);
    if (first === channel) {
      if (channel.next === undefined) this.#byHash.delete(channel.hash);
      else this.#byHash.set(channel.hash, channel.next);
    } else {
      let before = first!;
      while (before.next !== channel) before = before.next!;
      before.next = channel.next;
    }
    this.size--;
  }

  /** All channels, in no order that means anything; the table must not change meanwhile. */
  *all(): Iterable<Channel> {
    for (const first of this.#byHash.values()) {
      for (let channel: Channel | undefined = first; channel !== undefined; channel = channel.next) {
        yield channel;
      }
    }
  }
}
