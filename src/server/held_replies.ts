/**
 * Replies that wait until what they tell of is on the disk, with `appendfsync always`: group commit.
 *
 * While one sync is under way commands go on; the replies of all that happens meanwhile, of those who only read too, since they
 * may have seen what is not on the disk yet, wait for the next one. So there is always one sync under way while there is
 * something to sync, and it serves all clients that have come since the one before began.
 *
 * Invariant: a client's replies are sent when a sync that began after all of them has ended.
 */

/** What is synced. */
export interface Syncing {
  /** Whether something was written that is not on the disk yet, and has to be before anybody is told. */
  readonly needsSync: boolean;
  /** When it is fulfilled, what was written before the call is on the disk. */
  syncAll(): Promise<void>;
}

interface Answered {
  /** Sends its replies. */
  flush(): void;
}

export class HeldReplies {
  readonly #syncing: Syncing;
  #isSyncing = false;
  /** Those that the sync under way will let go. */
  #held: Answered[] = [];
  /** Those that have to wait for the next one. */
  #next: Answered[] = [];
  /** Those held who were given another reply since the sync under way began. */
  readonly #again: Set<Answered> = new Set();

  constructor(syncing: Syncing) {
    this.#syncing = syncing;
  }

  /** Whether replies must not be sent now. */
  get isHolding(): boolean {
    return this.#isSyncing || this.#syncing.needsSync;
  }

  /** Keeps the replies of clients until they may be sent. */
  hold(clients: readonly Answered[]): void {
    for (const client of clients) this.#next.push(client);
    if (!this.#isSyncing) void this.#sync();
  }

  /** A client that is held has been given another reply. */
  givenAgain(client: Answered): void {
    if (this.#isSyncing) this.#again.add(client);
  }

  /** Sends everything; for when all has been synced by other means. */
  release(): void {
    const all = [...this.#held, ...this.#next];
    this.#held = [];
    this.#next = [];
    for (const client of all) client.flush();
  }

  async #sync(): Promise<void> {
    this.#isSyncing = true;
    while (this.#next.length > 0 || this.#syncing.needsSync) {
      this.#held = this.#next;
      this.#next = [];
      this.#again.clear();
      if (this.#syncing.needsSync) await this.#syncing.syncAll();
      const held = this.#held;
      this.#held = [];
      for (const client of held) {
        if (this.#again.has(client)) this.#next.push(client);
        else client.flush();
      }
    }
    this.#isSyncing = false;
  }
}
