/** The ACL log: who was refused. As long as there is one user that is who gave a wrong password or another user's name. */
import type { Client } from "../context.ts";
import type { AclLogCommands, AclLogEntry } from "../observation.ts";

/** What is alike within this time is one entry. */
const GROUPED_MS = 60_000;

type Entry = { -readonly [field in keyof AclLogEntry]: AclLogEntry[field] };

export class AclLog implements AclLogCommands {
  /** The newest first. */
  #entries: Entry[] = [];
  #capacity = 0;
  #nextId = 0;
  readonly #now: () => number;

  /** @param now unix ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Entries that are kept. */
  set capacity(entries: number) {
    this.#capacity = entries;
    this.#entries.length = Math.min(this.#entries.length, entries);
  }

  latest(count: number = Infinity): readonly AclLogEntry[] {
    return this.#entries.slice(0, count);
  }

  reset(): void {
    this.#entries = [];
  }

  loginFailed(client: Client, user: string, object: string): void {
    const now = this.#now();
    const context = client.transaction === undefined ? "toplevel" : "multi";
    const at = this.#entries.findIndex((entry) =>
      entry.user === user && entry.object === object && entry.context === context &&
      now - entry.createdAt <= GROUPED_MS
    );
    if (at >= 0) {
      const [entry] = this.#entries.splice(at, 1);
      entry!.count++;
      entry!.updatedAt = now;
      entry!.client = client.describe();
      this.#entries.unshift(entry!);
      return;
    }
    this.#entries.unshift({
      id: this.#nextId++,
      count: 1,
      reason: "auth",
      context,
      object,
      user,
      createdAt: now,
      updatedAt: now,
      client: client.describe(),
    });
    this.#entries.length = Math.min(this.#entries.length, this.#capacity);
  }
}
