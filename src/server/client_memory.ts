/**
 * What clients take, and who has to go when that is more than `maxmemory-clients`.
 *
 * While this is on, each client is noted whenever its buffers may have changed: it was served, was given a message, or
 * has taken its replies. The sum is kept, and clients stand in lists by powers of two, so that finding the largest ones
 * is no search. While it is off the sum is made when somebody asks for it.
 *
 * Invariants, while it is on: `total` is the sum of `accountedBytes` of all clients; a client stands in at most one list,
 * that of its `sizeClass`.
 */
import type { ServedClient } from "./served_client.ts";

/** What a client's objects take in the engine's heap, about. */
const CLIENT_HEAP_BYTES = 2048;
/** The first list holds clients of less than 64 KiB, the next those of less than 128 KiB, the last what is 4 GiB or more. */
const SMALLEST_SHIFT = 15;
const CLASSES = 18;
export const NO_CLASS = -1;
/** A limit below this would leave nobody to raise it. */
const LIMIT_BYTES_MIN = 128 << 10;

/** What this needs of the server. */
export interface ClientMemoryHost {
  readonly clients: { all(): Iterable<ServedClient>; readonly size: number };
  readonly log: { notice(text: string): void; warning(text: string): void };
  readonly eviction: { clientsGrew(bytes: number): void };
}

/**
 * Bytes from which on clients have to go; Infinity: never.
 * @param setting `maxmemory-clients`: bytes, or a percentage as a negative number @param maxmemory 0: no limit
 */
export function clientMemoryLimit(setting: number, maxmemory: number): number {
  const bytes = setting >= 0 ? setting : Math.floor(maxmemory * -setting / 100);
  return bytes === 0 ? Infinity : Math.max(bytes, LIMIT_BYTES_MIN);
}

/** Bytes that a client takes in all. */
export function clientBytes(client: ServedClient): number {
  return client.bufferBytes + (client.tracking?.bytes ?? 0) + CLIENT_HEAP_BYTES;
}

export class ClientMemory {
  /** Bytes of all clients; see {@link recount}. */
  total = 0;
  evicted = 0;
  readonly #host: ClientMemoryHost;
  readonly #lists: readonly Set<ServedClient>[] = Array.from({ length: CLASSES }, () => new Set());
  #isOn = false;
  #limit = Infinity;
  /** Told once, until it is enough again. */
  #toldOver = false;

  constructor(host: ClientMemoryHost) {
    this.#host = host;
  }

  /** Whether {@link note} is to be called. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** @param isOn whether the sum is wanted at any time; it is with a limit */
  configure(limit: number, isOn: boolean): void {
    this.#limit = limit;
    const wanted = isOn || limit < Infinity;
    if (!wanted && this.#isOn) {
      for (const client of this.#host.clients.all()) this.#forget(client);
      this.total = 0;
    }
    if (wanted && !this.#isOn) this.total = 0;
    this.#isOn = wanted;
    if (wanted) this.recount();
  }

  /** A client's buffers may have changed: it may have to go, or another one. */
  note(client: ServedClient): void {
    if (client.isEvicted) return;
    const bytes = clientBytes(client);
    const grown = bytes - client.accountedBytes;
    if (grown !== 0) {
      this.total += grown;
      client.accountedBytes = bytes;
      this.#host.eviction.clientsGrew(grown);
    }
    const place = client.canBeEvicted ? classOf(bytes) : NO_CLASS;
    if (place !== client.sizeClass) {
      this.#lists[client.sizeClass]?.delete(client);
      this.#lists[place]?.add(client);
      client.sizeClass = place;
    }
    if (this.total >= this.#limit) this.#evict();
    else this.#toldOver = false;
  }

  /** A client is gone. */
  left(client: ServedClient): void {
    if (!this.#isOn) return;
    this.total -= client.accountedBytes;
    this.#host.eviction.clientsGrew(-client.accountedBytes);
    this.#forget(client);
  }

  /** Makes the sum anew. O(clients). */
  recount(): void {
    if (this.#isOn) {
      for (const client of this.#host.clients.all()) if (!client.closed) this.note(client);
      return;
    }
    let total = 0;
    for (const client of this.#host.clients.all()) total += clientBytes(client);
    this.total = total;
  }

  #forget(client: ServedClient): void {
    this.#lists[client.sizeClass]?.delete(client);
    client.sizeClass = NO_CLASS;
    client.accountedBytes = 0;
  }

  /** The largest clients go, until it is enough. */
  #evict(): void {
    for (let place = CLASSES - 1; place >= 0; place--) {
      for (const client of this.#lists[place]!) {
        if (this.total < this.#limit) return;
        if (client.canBeEvicted) {
          this.#host.log.notice(`A client is evicted: ${client.describe()}`);
          this.evicted++;
          this.left(client);
          client.evict();
        } else {
          this.#lists[place]!.delete(client);
          client.sizeClass = NO_CLASS;
        }
      }
    }
    if (this.total < this.#limit || this.#toldOver) return;
    this.#toldOver = true;
    this.#host.log.warning("Clients take more than maxmemory-clients, and none is left that may be evicted.");
  }
}

function classOf(bytes: number): number {
  const units = Math.max(1, Math.floor(bytes / (1 << SMALLEST_SHIFT)));
  return Math.min(CLASSES - 1, 31 - Math.clz32(units));
}
