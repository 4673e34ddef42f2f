/**
 * Prefixes of broadcasting: clients that are told of all changed keys that begin so, whether they read them or not.
 *
 * Keys are gathered while commands run, and told once before the server sleeps, each prefix's as one message whose bytes
 * all of its clients share. A prefix is here while at least one client has it.
 */
import type { Client } from "../context.ts";
import { shownInErrors } from "../errors.ts";
import { Reply } from "../resp/reply.ts";
import { latin1, type Slice } from "../sys/bytes.ts";

/** What a prefix takes in the engine's heap beside its text, about. */
const PREFIX_HEAP_BYTES = 640;

export class Prefix {
  /** One character a byte. */
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly clients: Set<Client> = new Set();
  /** Changed keys, one character a byte, and who changed each last; undefined: the server itself, or a script. */
  changed: Map<string, Client | undefined> = new Map();

  constructor(text: string) {
    this.text = text;
    this.bytes = latin1(text);
  }

  fits({ bytes, start, end }: Slice): boolean {
    const prefix = this.bytes;
    if (end - start < prefix.length) return false;
    for (let i = 0; i < prefix.length; i++) if (bytes[start + i] !== prefix[i]) return false;
    return true;
  }
}

/** Whether one of two begins with the other. */
function overlap(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

export class Prefixes {
  /** In the order of their bytes. */
  readonly #sorted: Prefix[] = [];
  /** Whether there is something to be told. */
  hasChanges = false;

  get size(): number {
    return this.#sorted.length;
  }

  /** Those of a client, in the order of their bytes. O(prefixes). */
  *of(client: Client): Iterable<string> {
    for (const { text, clients } of this.#sorted) if (clients.has(client)) yield text;
  }

  /**
   * Why a client cannot have some prefixes, or undefined. O(prefixes + n log n) for n prefixes of the client and new
   * ones; only when there is a collision O(n squared), as the first one in the order of the request is named.
   */
  collision(client: Client, texts: readonly string[]): string | undefined {
    const present = [...this.of(client)];
    const sorted = [...present, ...texts].sort();
    // All that stand between a text and one that begins with it do so as well.
    if (!sorted.some((text, i) => i > 0 && text.startsWith(sorted[i - 1]!))) return undefined;
    for (const [i, text] of texts.entries()) {
      const old = present.find((other) => overlap(text, other));
      if (old !== undefined) return collisionText(text, "an existing prefix", old);
      const other = texts.slice(i + 1).find((other) => overlap(text, other));
      if (other !== undefined) return collisionText(text, "another provided prefix", other);
    }
    return undefined;
  }

  /** O(log prefixes), and moving those behind it. @returns bytes that the client takes for it, about */
  add(client: Client, text: string): number {
    let [at, end] = [0, this.#sorted.length];
    while (at < end) {
      const middle = (at + end) >> 1;
      if (this.#sorted[middle]!.text < text) at = middle + 1;
      else end = middle;
    }
    if (this.#sorted[at]?.text !== text) this.#sorted.splice(at, 0, new Prefix(text));
    const { clients } = this.#sorted[at]!;
    if (clients.has(client)) return 0;
    clients.add(client);
    return PREFIX_HEAP_BYTES + 2 * text.length;
  }

  /** Takes all prefixes off a client. O(prefixes). */
  remove(client: Client): void {
    let kept = 0;
    for (const prefix of this.#sorted) {
      if (prefix.clients.delete(client) && prefix.clients.size === 0) continue;
      this.#sorted[kept++] = prefix;
    }
    this.#sorted.length = kept;
  }

  /** A key was changed. Whether it is the first of a message. O(prefixes). @param by who changed it */
  changed(key: Slice, by: Client | undefined): boolean {
    let text: string | undefined;
    for (const prefix of this.#sorted) {
      if (prefix.fits(key)) prefix.changed.set(text ??= key.text(), by);
    }
    if (text === undefined || this.hasChanges) return false;
    return this.hasChanges = true;
  }

  /**
   * Tells everything that was gathered, and begins anew.
   * @param skipsOwn whether a client does not want to know of what it changed itself
   * @param tell is given an array of keys as bytes of the protocol, valid until it returns
   */
  tell(skipsOwn: (client: Client) => boolean, tell: (client: Client, keys: Reply) => void): void {
    this.hasChanges = false;
    for (const prefix of [...this.#sorted]) {
      const { changed } = prefix;
      if (changed.size === 0) continue;
      prefix.changed = new Map();
      const names = changed.size === 1 ? [...changed.keys()] : [...changed.keys()].sort();
      const all = listOf(names);
      for (const client of prefix.clients) {
        if (!skipsOwn(client)) {
          tell(client, all);
          continue;
        }
        const others = names.filter((name) => changed.get(name) !== client);
        if (others.length === 0) continue;
        const list = listOf(others);
        tell(client, list);
        list.release();
      }
      all.release();
    }
  }
}

function listOf(names: readonly string[]): Reply {
  const list = new Reply();
  list.array(names.length);
  for (const name of names) list.bulkText(name);
  return list;
}

function collisionText(prefix: string, which: string, other: string): string {
  return `ERR Prefix '${shownInErrors(prefix)}' overlaps with ${which} '${shownInErrors(other)}'. ` +
    "Prefixes for a single client must not overlap.";
}
