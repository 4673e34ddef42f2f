/**
 * A turn is what happens between two looks at the sockets: every client that has sent something is read and its
 * requests are carried out; then, once, in a microtask behind them all, the replies of the turn are sent. What
 * must happen before a reply leaves (writing the append-only file) has its place at the head of {@link Turn.end}.
 *
 * Invariant: while a client is to be flushed, or there is something to be told, the turn is open, and its end will come.
 */
import { HeldReplies } from "./held_replies.ts";
import type { ServedClient } from "./served_client.ts";
import type { RedenoServer } from "./server.ts";

export class Turn {
  /** Whether requests are being carried out: no others may be inside of them. */
  isInBatch = false;
  readonly #server: RedenoServer;
  #isOpen = false;
  #flushes: ServedClient[] = [];
  /** Those to be closed at the end of the turn, without what they were to be told. */
  #losing: ServedClient[] = [];
  readonly #held: HeldReplies;
  readonly #commit: () => void;

  /** @param server has its persistence already */
  constructor(server: RedenoServer) {
    this.#server = server;
    const { persistence, clock } = server;
    this.#commit = () => persistence.commit();
    this.#held = new HeldReplies(persistence.aof, clock);
    this.#held.onSynced = (ms) => server.observation.latency.took("aof-fsync-always", ms);
  }

  /** Sees to it that there is an end of the turn. */
  begin(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    const { keyspace, clock } = this.#server;
    keyspace.tick(clock.now());
    queueMicrotask(() => {
      try {
        this.end();
      } catch (error) {
        // Nobody is left whom it could concern.
        if (!this.#server.isStopping) throw error;
      }
    });
  }

  /** A client is about to have carried out what it has sent. */
  beginBatch(): void {
    this.isInBatch = true;
    if (!this.#isOpen) this.begin();
    this.#server.dispatcher.beginBatch();
  }

  endBatch(): void {
    this.isInBatch = false;
    this.#server.dispatcher.endBatch();
  }

  /** Runs something as if a client had sent it. */
  run(action: () => void): void {
    this.beginBatch();
    action();
    this.endBatch();
  }

  /** A client has something to be sent at the end of the turn. */
  askFlush(client: ServedClient): void {
    this.#flushes.push(client);
    if (!this.#isOpen) this.begin();
  }

  /** A client that is to be flushed was given more. */
  flushAskedAgain(client: ServedClient): void {
    this.#held.givenAgain(client);
  }

  /** Hands a client its replies before the turn ends: what they tell is written, and synced where it has to be. */
  answerAtOnce(client: ServedClient): void {
    const { journal, persistence } = this.#server;
    if (journal.length > 0) persistence.commit();
    if (persistence.aof.needsSync) persistence.aof.flush();
    client.flush();
  }

  /** Has a client closed at the end of this turn: what its requests do is done, but it is not told. */
  loseAtEnd(client: ServedClient): void {
    this.#losing.push(client);
  }

  /** Writes what was done, and sends all replies. */
  end(): void {
    const { eviction, tracking, journal, keyspace, observation, virtualMemory } = this.#server;
    if (eviction.limit !== 0) eviction.endTurn();
    tracking.broadcast();
    this.#isOpen = false;
    if (journal.length > 0) observation.watch("aof-write", this.#commit);
    if (this.#losing.length > 0) { for (const client of this.#losing.splice(0)) client.close(); }
    const flushes = this.#flushes;
    this.#flushes = [];
    if (this.#held.isHolding) this.#held.hold(flushes);
    else for (let i = 0; i < flushes.length; i++) flushes[i]!.flush();
    virtualMemory?.betweenCommands();
    keyspace.objects.freeLeft();
  }

  /** Sends the replies that wait for a sync: all has been synced by other means. */
  release(): void {
    this.#held.release();
  }
}
