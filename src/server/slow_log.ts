/**
 * The slow log: requests that took long, the latest first, each with what was asked, by whom and how long it took.
 *
 * It holds copies, clipped, so an entry takes a few KiB at most. Nothing here measures: dispatch reports calls that took at
 * least {@link SlowLog.threshold}.
 */
import type { Args } from "../args.ts";
import type { SlowLogCommands, SlowLogEntry } from "../observation.ts";

/** Arguments of an entry, and bytes of each, that are kept. */
const ARGUMENTS_MAX = 32;
const ARGUMENT_BYTES_MAX = 128;
/** What stands for an argument that nobody may see. */
export const REDACTED = "(redacted)";

/** Which arguments of a request are secrets: see {@link secretsOf}. */
export type IsSecret = (index: number) => boolean;

/**
 * The arguments of a request as the slow log keeps them, one character a byte: the first 32, or 31 and how many more there
 * were; of each 128 bytes, and how many more there were. O(bytes kept).
 */
export function clippedArguments(args: Args, isSecret?: IsSecret): string[] {
  const { count } = args;
  const kept = count > ARGUMENTS_MAX ? ARGUMENTS_MAX - 1 : count;
  const clipped: string[] = [];
  for (let i = 0; i < kept; i++) {
    if (isSecret?.(i) === true) clipped.push(REDACTED);
    else clipped.push(clippedArgument(args, i));
  }
  if (kept < count) clipped.push(`... (${count - kept} more arguments)`);
  return clipped;
}

function clippedArgument(args: Args, i: number): string {
  const slice = args.at(i);
  const more = slice.length - ARGUMENT_BYTES_MAX;
  if (more <= 0) return slice.text();
  const { bytes, start } = slice;
  return String.fromCharCode(...bytes.subarray(start, start + ARGUMENT_BYTES_MAX)) +
    `... (${more} more bytes)`;
}

export class SlowLog implements SlowLogCommands {
  /** Microseconds from which on a call is kept; negative: none is, 0: all are. */
  threshold = -1;
  /** Entries that are kept; 0: none. */
  #capacity = 0;
  /** The oldest first. */
  #entries: SlowLogEntry[] = [];
  #nextId = 0;

  get length(): number {
    return this.#entries.length;
  }

  /** How many calls were kept since the server started, those that are forgotten again included. */
  get total(): number {
    return this.#nextId;
  }

  /** Whether a call that took so long is to be kept. @param microseconds >= 0 */
  wants(microseconds: number): boolean {
    return this.threshold >= 0 && microseconds >= this.threshold && this.#capacity > 0;
  }

  set capacity(entries: number) {
    this.#capacity = entries;
    this.#forgetOldest();
  }

  get capacity(): number {
    return this.#capacity;
  }

  add(entry: Omit<SlowLogEntry, "id">): void {
    this.#entries.push({ id: this.#nextId++, ...entry });
    this.#forgetOldest();
  }

  /** The latest entries, the newest first. O(count) */
  latest(count: number = Infinity): SlowLogEntry[] {
    return this.#entries.slice(Math.max(0, this.#entries.length - count)).reverse();
  }

  /** Forgets all entries; numbers go on. */
  reset(): void {
    this.#entries = [];
  }

  #forgetOldest(): void {
    const tooMany = this.#entries.length - this.#capacity;
    if (tooMany > 0) this.#entries.splice(0, tooMany);
  }
}
