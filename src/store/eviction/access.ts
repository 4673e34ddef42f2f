/**
 * The access clock: 24 bits an entry about when, or how often, it was used; LRU keeps the second of the last
 * access, LFU the minute of the last decay and a logarithmic counter, as the reference does.
 */

const LRU_BITS = 0xffffff;
const LFU_INITIAL = 5;
const LFU_COUNTER_MAX = 255;

export class AccessClock {
  /** Whether frequency is kept rather than recency: chosen by `maxmemory-policy`. */
  lfu = false;
  /** `lfu-log-factor`: how slowly the counter grows. */
  logFactor = 10;
  /** `lfu-decay-time`: minutes after which an idle counter is taken down by one; 0 never. */
  decayMinutes = 1;
  /** The access word of a new entry, and under LRU of one just used. */
  fresh = 0;

  readonly #random: () => number;
  /** Whether accesses leave no trace. */
  #frozen = false;
  /** Whether {@link used} has more to do than to give {@link fresh}. */
  #special = false;
  #seconds = 0;
  #minutes = 0;

  /** @param random uniform in [0, 1) */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** @param now unix ms */
  advance(now: number): void {
    const seconds = Math.floor(now / 1000);
    if (seconds === this.#seconds && this.fresh !== 0) return;
    this.#seconds = seconds;
    this.#minutes = Math.floor(seconds / 60) & 0xffff;
    this.refresh();
  }

  /** Whether accesses leave no trace, as CLIENT NO-TOUCH asks; new entries get their access word all the same. */
  freeze(frozen: boolean): void {
    if (frozen === this.#frozen) return;
    this.#frozen = frozen;
    this.refresh();
  }

  get isFrozen(): boolean {
    return this.#frozen;
  }

  /** To be called after `lfu` was changed. */
  refresh(): void {
    this.#special = this.lfu || this.#frozen;
    this.fresh = this.lfu ? (this.#minutes << 8) | LFU_INITIAL : this.#seconds & LRU_BITS;
  }

  /** The access word after one more use. */
  used(access: number): number {
    if (!this.#special) return this.fresh;
    if (this.#frozen) return access;
    const counter = this.frequency(access);
    const above = Math.max(0, counter - LFU_INITIAL);
    const grows = counter < LFU_COUNTER_MAX && this.#random() < 1 / (above * this.logFactor + 1);
    return (this.#minutes << 8) | (grows ? counter + 1 : counter);
  }

  /** The LFU counter, 0-255, as decayed until now. */
  frequency(access: number): number {
    const counter = access & 0xff;
    if (this.decayMinutes === 0) return counter;
    const idleMinutes = (this.#minutes - (access >>> 8)) & 0xffff;
    return Math.max(0, counter - Math.floor(idleMinutes / this.decayMinutes));
  }

  /** Seconds since the last use, under LRU. The clock wraps after 2^24 - 1 seconds, as the reference's does. */
  idleSeconds(access: number): number {
    const idle = (this.#seconds & LRU_BITS) - access;
    return idle < 0 ? idle + LRU_BITS : idle;
  }

  /** The access word of an entry that was idle for so many seconds, under LRU. */
  idleSince(seconds: number): number {
    const used = (this.#seconds & LRU_BITS) - seconds;
    return Number(BigInt.asUintN(24, BigInt(used < 0 ? used + LRU_BITS : used)));
  }

  /** The access word of an entry with this LFU counter. */
  withFrequency(counter: number): number {
    return (this.#minutes << 8) | counter;
  }
}
