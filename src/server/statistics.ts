/** Counters that INFO shows and CONFIG RESETSTAT clears; those of commands are kept by the commands. */

/** Samples of a rate, and ms between them. */
const RATE_SAMPLES = 16;
/** Kinds of errors that are counted by name; more are refused so that a client cannot fill the memory. */
const ERROR_KINDS_MAX = 128;

/** Something per second, as the mean of the last samples. */
export class Rate {
  readonly #samples: number[] = [];
  #next = 0;
  #last = 0;
  #lastAt: number;

  /** @param now unix ms */
  constructor(now: number) {
    this.#lastAt = now;
  }

  /** @param total the counter @param now unix ms */
  sample(total: number, now: number): void {
    const elapsed = now - this.#lastAt;
    if (elapsed === 0) return;
    if (elapsed < 0) {
      // The clock was set back.
      this.#last = total;
      this.#lastAt = now;
      return;
    }
    this.#samples[this.#next] = Math.max(0, total - this.#last) * 1000 / elapsed;
    this.#next = (this.#next + 1) % RATE_SAMPLES;
    this.#last = total;
    this.#lastAt = now;
  }

  get perSecond(): number {
    if (this.#samples.length === 0) return 0;
    return this.#samples.reduce((sum, sample) => sum + sample, 0) / this.#samples.length;
  }
}

export class Statistics {
  connectionsReceived = 0;
  connectionsRejected = 0;
  queryBufferLimitDisconnections = 0;
  outputBufferLimitDisconnections = 0;
  errorReplies = 0;
  internalErrors = 0;
  /** By first word. */
  readonly errors: Map<string, number> = new Map();
  operations: Rate;
  input: Rate;
  output: Rate;
  /** Ms spent in cycles of active expiry. */
  expireCycleMs = 0;

  /** @param now unix ms */
  constructor(now: number) {
    this.operations = new Rate(now);
    this.input = new Rate(now);
    this.output = new Rate(now);
  }

  /** Counts an error that a client is told. */
  countError(text: string): void {
    this.errorReplies++;
    const end = text.indexOf(" ");
    const kind = end < 0 ? text : text.slice(0, end);
    const count = this.errors.get(kind);
    if (count !== undefined || this.errors.size < ERROR_KINDS_MAX) this.errors.set(kind, (count ?? 0) + 1);
  }

  reset(): void {
    this.connectionsReceived = 0;
    this.connectionsRejected = 0;
    this.queryBufferLimitDisconnections = 0;
    this.outputBufferLimitDisconnections = 0;
    this.errorReplies = 0;
    this.internalErrors = 0;
    this.expireCycleMs = 0;
    this.errors.clear();
  }
}
