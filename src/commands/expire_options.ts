/** Times to live as arguments: read, checked for overflow and made unix times, the same for every command. */
import type { Args } from "../args.ts";
import { invalidExpire } from "../errors.ts";
import type { Reply } from "../resp/reply.ts";
import type { Ref } from "../store/memory/arena.ts";
import type { Database } from "../store/database.ts";
import { INT64_MAX, INT64_MIN } from "../store/numbers/int64.ts";

/** No time to live. */
export const NEVER = -1;

/** Up to here, sums of ms are taken with plain numbers. */
const EASY_MS_MAX = 2 ** 51;

/** One of EX, PX, EXAT, PXAT with its time, as options of SET and GETEX. */
export class ExpireOption {
  /** The argument with the time, 0: none was given. */
  at = 0;
  #unitMs = 1;
  #absolute = false;

  clear(): void {
    this.at = 0;
  }

  get given(): boolean {
    return this.at !== 0;
  }

  /** Whether the time is a unix time, which may be past already. */
  get absolute(): boolean {
    return this.#absolute;
  }

  /**
   * Whether argument `i` is one of the four, with an argument behind it, which is kept as the time. The same one may
   * come again, and the last counts; another one beside it is refused.
   */
  take(args: Args, i: number): boolean {
    if (i + 1 >= args.count) return false;
    if (args.is(i, "ex")) return this.#keep(i, 1000, false);
    if (args.is(i, "px")) return this.#keep(i, 1, false);
    if (args.is(i, "exat")) return this.#keep(i, 1000, true);
    if (args.is(i, "pxat")) return this.#keep(i, 1, true);
    return false;
  }

  #keep(i: number, unitMs: number, absolute: boolean): boolean {
    if (this.given && (unitMs !== this.#unitMs || absolute !== this.#absolute)) return false;
    this.at = i + 1;
    this.#unitMs = unitMs;
    this.#absolute = absolute;
    return true;
  }

  /** The time as unix ms, {@link NEVER} when none was given. @throws ReplyError as {@link readExpire} */
  read(args: Args, now: number, command: string): number | bigint {
    return this.given ? readExpire(args, this.at, this.#unitMs, this.#absolute, now, command) : NEVER;
  }
}

/**
 * The time at argument `i`, which must be above 0, as unix ms.
 * @param unitMs ms in a unit of the argument: 1 or 1000
 * @param absolute whether it is a unix time already
 * @param now unix ms
 * @param command its name in lower case, for the error
 * @throws ReplyError when it is no integer, not above 0, or beyond 2^63 - 1 ms
 */
export function readExpire(
  args: Args,
  i: number,
  unitMs: number,
  absolute: boolean,
  now: number,
  command: string,
): number | bigint {
  if (args.integer(i) <= 0) throw invalidExpire(command);
  return readTime(args, i, unitMs, absolute, now, command);
}

/**
 * As {@link readExpire}, but the time may be 0 or below it.
 * @throws ReplyError when it is no integer, or beyond 64 bits of ms
 */
export function readTime(
  args: Args,
  i: number,
  unitMs: number,
  absolute: boolean,
  now: number,
  command: string,
): number | bigint {
  const ms = args.integer(i) * unitMs;
  if (ms < EASY_MS_MAX && ms > -EASY_MS_MAX) return absolute ? ms : now + ms;
  const time = args.bigInteger(i);
  const unit = BigInt(unitMs);
  if (time > INT64_MAX / unit || time < INT64_MIN / unit) throw invalidExpire(command);
  const exact = time * unit + (absolute ? 0n : BigInt(now));
  if (exact > INT64_MAX) throw invalidExpire(command);
  return exact;
}

/** When an entry dies, unix ms, exactly: a number where it is safe; {@link NEVER} when it does not. */
export function expireTimeOf(db: Database, ref: Ref): number | bigint {
  const when = db.expireAt(ref);
  return when <= Number.MAX_SAFE_INTEGER ? when : db.exactExpireAt(ref);
}

/** Writes a time in ms, or in whole seconds, rounded to the nearest. @param ms 0 or more */
export function replyTime(reply: Reply, ms: number | bigint, inSeconds: boolean): void {
  if (typeof ms === "number") reply.integer(inSeconds ? Math.floor((ms + 500) / 1000) : ms);
  else reply.bigInteger(inSeconds ? (ms + 500n) / 1000n : ms);
}
