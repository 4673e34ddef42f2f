/**
 * Replies that wait until what they tell of is on the disk, with `appendfsync always`: group commit.
 *
 * Clients who wait for their replies ask again when they have them, all at about the same time, but the event loop hands
 * them over in several turns. So a sync is begun when a turn has brought nobody new: one sync serves all of them.
 *
 * A disk that answers soon is waited for on the spot, since the way to another thread and back takes as long. With
 * a slow one the sync goes on beside, and commands too; the replies of all that happens meanwhile, of those who only read
 * too, since they may have seen what is not on the disk yet, wait for the next one.
 *
 * Invariant: a client's replies are sent when a sync that began after all of them has ended.
 */
import type { Clock } from "../sys/clock.ts";

/** What is synced. */
export interface Syncing {
  /** Whether something was written that is not on the disk yet, and has to be before anybody is told. */
  readonly needsSync: boolean;
  /** When it is fulfilled, what was written before the call is on the disk. */
  syncAll(): Promise<void>;
  /** Like syncAll, and stops everything meanwhile. Whether it worked; if not, the server is about to end. */
  syncNow(): boolean;
}

/** Syncs that take less, in ms, are waited for on the spot. */
const SHORT_SYNC_MS = 1;
/** So many turns of the event loop at most are waited for those who come late. */
const GATHERING_TURNS_MAX = 8;

interface Answered {
  /** Sends its replies. */
  flush(): void;
}

export class HeldReplies {
  readonly #syncing: Syncing;
  readonly #clock: Clock;
  readonly #nextTurn: () => Promise<void>;
  /** Is told how many ms a sync took. */
  onSynced: ((ms: number) => void) | undefined;
  #isSyncing = false;
  /** How long syncs took lately, in ms: a moving average. */
  #syncMs = 0;
  /** Those that the sync under way will let go. */
  #held: Answered[] = [];
  /** Those that have to wait for the next one. */
  #next: Answered[] = [];
  /** Those held who were given another reply since the sync under way began. */
  readonly #again: Set<Answered> = new Set();

  /** @param nextTurn is fulfilled when everything that could be read by now has been carried out */
  constructor(syncing: Syncing, clock: Clock, nextTurn: () => Promise<void> = turnOfEventLoop) {
    this.#syncing = syncing;
    this.#clock = clock;
    this.#nextTurn = nextTurn;
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
      await this.#gather();
      this.#held = this.#next;
      this.#next = [];
      this.#again.clear();
      // What was asked may have been synced by other means meanwhile. If it failed nobody is told anything any more.
      if (this.#syncing.needsSync && !await this.#syncOnce()) return;
      const held = this.#held;
      this.#held = [];
      for (const client of held) {
        if (this.#again.has(client)) this.#next.push(client);
        else client.flush();
      }
    }
    this.#isSyncing = false;
  }

  /** Waits until nobody new comes. */
  async #gather(): Promise<void> {
    for (let turn = 0; turn < GATHERING_TURNS_MAX; turn++) {
      const { length } = this.#next;
      await this.#nextTurn();
      if (this.#next.length === length) return;
    }
  }

  async #syncOnce(): Promise<boolean> {
    const begun = this.#clock.monotonicMs();
    if (this.#syncMs >= SHORT_SYNC_MS) await this.#syncing.syncAll();
    else if (!this.#syncing.syncNow()) return false;
    const took = this.#clock.monotonicMs() - begun;
    this.#syncMs += (took - this.#syncMs) / 4;
    this.onSynced?.(took);
    return true;
  }
}

function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
