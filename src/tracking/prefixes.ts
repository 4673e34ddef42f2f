/**
 * Prefixes of broadcasting: clients that are told of all changed keys that begin so, whether they read them or not.
 *
 * Keys are gathered while commands run, and told once before the server sleeps, each prefix's as one message whose bytes
 * all of its clients share. A prefix is here while at least one client has it.
 */
import type { Client } from "../context.ts";
import { Reply } from "../resp/reply.ts";
import { latin1, type Slice } from "../sys/bytes.ts";

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

  /** Why a client cannot have some prefixes, or undefined. O(prefixes of the client and new ones, squared). */
  collision(client: Client, texts: readonly string[]): string | undefined {
    const present = [...this.of(client)];
    for (const [i, text] of texts.entries()) {
      const old = present.find((other) => overlap(text, other));
      if (old !== undefined) return collisionText(text, "an existing prefix", old);
      const other = texts.slice(i + 1).find((other) => overlap(text, other));
      if (other !== undefined) return collisionText(text, "another provided prefix", other);
    }
    return undefined;
  }

  /** O(prefixes). */
  add(client: Client, text: string): void {
    let at = 0;
    while (at < this.#sorted.length && this.#sorted[at]!.text < text) at++;
    if (this.#sorted[at]?.text !== text) this.#sorted.splice(at, 0, new Prefix(text));
    this.#sorted[at]!.clients.add(client);
  }

  /** Takes all prefixes off a client. O(prefixes). */
  remove(client: Client): void {
    for (let at = this.#sorted.length - 1; at >= 0; at--) {
      const { clients } = this.#sorted[at]!;
      if (clients.delete(client) && clients.size === 0) this.#sorted.splice(at, 1);
    }
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
  return `ERR Prefix '${prefix}' overlaps with ${which} '${other}'. Prefixes for a single client must not overlap.`;
}
