/** What the server does by the clock: expiry, freeing, timeouts, rates; `hz` times a second. */
import { ExpireCycle } from "../store/expire_cycle.ts";
import type { Timer } from "../sys/timers.ts";
import type { RedenoServer } from "./server.ts";

/** Share of the time, in percent, that expiry may take at effort 1; each further step adds two. */
const EXPIRE_PERCENT = 25;
const EXPIRE_PERCENT_PER_EFFORT = 2;
/** Ms that freeing in the background may take before others get their turn. */
const FREE_SLICE_MS = 1;
const RATE_SAMPLE_MS = 100;
const CLIENT_CHECK_MS = 1000;
/** Memory that nobody needed for so long goes back to the system. */
const RELEASE_MS = 1000;
/** How long the most that a client was sent at once is remembered. */
const REPLY_PEAK_MS = 5000;

export class Cron {
  readonly #server: RedenoServer;
  readonly #expiry: ExpireCycle;
  #timer: Timer | undefined;
  #sampledAt = 0;
  #checkedAt = 0;
  #releasedAt = 0;
  #peaksForgottenAt = 0;
  #freeing = false;
  readonly #watchedTick = () => this.#tick();

  constructor(server: RedenoServer) {
    this.#server = server;
    this.#expiry = new ExpireCycle(server.keyspace);
  }

  start(): void {
    this.#schedule();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #schedule(): void {
    this.#timer = this.#server.timers.after(1000 / this.#server.settings.number("hz"), () => {
      this.#server.observation.watch("cron", this.#watchedTick);
      if (!this.#server.isStopping) this.#schedule();
    }, true);
  }

  /** A tick out of turn, behind which no key is there whose time has passed. O(keys with a time to live) */
  catchUp(): void {
    this.#tick();
    if (!this.#mayExpire) return;
    this.#expiry.runAll();
    this.#serveWaiting();
  }

  /** Whether keys may be removed now. */
  get #mayExpire(): boolean {
    const { keyspace, dispatcher, activeExpire, clients } = this.#server;
    // Nothing changes under a script that is suspended.
    if (keyspace.isLoading || dispatcher.isSuspended) return false;
    return activeExpire && clients.pauseMode === undefined;
  }

  #tick(): void {
    const server = this.#server;
    const { keyspace, clock, statistics, dispatcher } = server;
    const now = clock.now();
    keyspace.tick(now);
    keyspace.objects.freeLeft();
    server.clients.checkPause(now);
    server.tickVirtualMemory();
    server.tracking.tick();
    if (Math.abs(now - this.#releasedAt) >= RELEASE_MS) {
      this.#releasedAt = now;
      keyspace.arena.releaseIdle();
    }
    server.persistence.tick(now, !dispatcher.isSuspended);
    // Nothing changes under a script that is suspended, and nothing of it is saved.
    if (keyspace.isLoading || dispatcher.isSuspended) return;
    if (this.#mayExpire) this.#expire();
    this.#serveWaiting();
    if (keyspace.lazyFreePending > 0 && !this.#freeing) this.#free();
    // Both ways, since the clock may be set back.
    if (Math.abs(now - this.#sampledAt) >= RATE_SAMPLE_MS) {
      this.#sampledAt = now;
      statistics.operations.sample(dispatcher.commandsProcessed, now);
      statistics.input.sample(server.bytesReceived, now);
      statistics.output.sample(server.bytesSent, now);
      server.eviction.measure();
    }
    if (Math.abs(now - this.#checkedAt) >= CLIENT_CHECK_MS) {
      this.#checkedAt = now;
      this.#checkOutput();
      server.clientMemory.recount();
      this.#closeIdleClients(now);
      this.#forgetReplyPeaks(now);
    }
  }

  #expire(): void {
    const { settings, clock, statistics, observation } = this.#server;
    const effort = settings.number("active-expire-effort");
    const percent = EXPIRE_PERCENT + EXPIRE_PERCENT_PER_EFFORT * (effort - 1);
    const budgetMs = 10 * percent / settings.number("hz");
    const began = clock.monotonicMs();
    this.#expiry.run(budgetMs, effort, () => clock.monotonicMs() - began);
    const took = clock.monotonicMs() - began;
    statistics.expireCycleMs += took;
    observation.latency.took("expire-cycle", took);
  }

  /** Tells those who wait for keys of the ones that have died, or were evicted, since the last command. */
  #serveWaiting(): void {
    const { waits } = this.#server.keyspace;
    if (waits.hasReady) waits.serve();
  }

  /** Frees in slices, each in an event loop turn of its own, until nothing is left. */
  #free(): void {
    const { keyspace, clock, observation } = this.#server;
    const began = clock.monotonicMs();
    this.#freeing = keyspace.freeSome(() => clock.monotonicMs() - began < FREE_SLICE_MS);
    observation.latency.took("lazyfree-slice", clock.monotonicMs() - began);
    if (this.#freeing) setTimeout(() => this.#free(), 0);
  }

  /** Closes clients that have been over the soft limit of their class for too long, though nothing is added. */
  #checkOutput(): void {
    const { clients, outputLimits } = this.#server;
    for (const client of [...clients.all()]) {
      if (client.outputPending >= outputLimits.checkedFrom) client.checkOutput(true);
    }
  }

  #forgetReplyPeaks(now: number): void {
    if (Math.abs(now - this.#peaksForgottenAt) < REPLY_PEAK_MS) return;
    this.#peaksForgottenAt = now;
    for (const client of this.#server.clients.all()) client.replyPeak = 0;
  }

  #closeIdleClients(now: number): void {
    const timeoutMs = this.#server.settings.number("timeout") * 1000;
    if (timeoutMs === 0) return;
    const { monitors } = this.#server.observation;
    for (const client of [...this.#server.clients.all()]) {
      if (now - client.lastActiveAt <= timeoutMs || client.isWaiting || monitors.has(client)) continue;
      if (client.kind === "normal") {
        this.#server.log.verbose("Closing idle client");
        client.close();
      }
    }
  }
}
