/** A fault that a test has asked for: when it strikes, how often it has, and its end. */

/** When a fault strikes. */
export interface FaultOptions {
  /** How many times at most; default: until it is removed. */
  readonly times?: number;
  /** How many chances are let pass first; default 0. */
  readonly skip?: number;
}

/** A fault that was asked for. */
export class Fault implements Disposable {
  #hits = 0;
  #skips: number;
  readonly #times: number;
  readonly #ended: (fault: Fault) => void;

  /** @ignore @param ended called once when it will not strike again @throws RangeError */
  constructor(options: FaultOptions, ended: (fault: Fault) => void) {
    this.#times = count("times", options.times ?? Infinity);
    this.#skips = count("skip", options.skip ?? 0);
    this.#ended = ended;
  }

  /** How often it has struck. */
  get hits(): number {
    return this.#hits;
  }

  /** Whether it strikes now, being asked each time that it could. */
  strikes(): boolean {
    if (this.#hits >= this.#times) return false;
    if (this.#skips > 0) {
      this.#skips--;
      return false;
    }
    this.#hits++;
    if (this.#hits === this.#times) this.#ended(this);
    return true;
  }

  /** Ends it. */
  remove(): void {
    this.#ended(this);
  }

  /** {@link Fault.remove}, for `using`. */
  [Symbol.dispose](): void {
    this.remove();
  }
}

function count(name: string, value: number): number {
  if (value === Infinity || (Number.isInteger(value) && value >= 0)) return value;
  throw new RangeError(`${name} cannot be ${value}`);
}
