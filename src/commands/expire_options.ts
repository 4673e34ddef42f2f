/** Times to live as arguments: read, checked for overflow and made unix times, the same for every command. */
import type { Args } from "../args.ts";
import { invalidExpire } from "../errors.ts";
import { INT64_MAX } from "../store/int64.ts";

/** No time to live. */
export const NEVER = -1;

/** Beyond this, sums of ms are taken with exact integers. */
const EASY_MS_MAX = 2 ** 51;

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
  const time = args.integer(i);
  if (time <= 0) throw invalidExpire(command);
  const ms = time * unitMs;
  if (ms < EASY_MS_MAX) return absolute ? ms : now + ms;
  const exact = args.bigInteger(i) * BigInt(unitMs) + (absolute ? 0n : BigInt(now));
  if (args.bigInteger(i) > INT64_MAX / BigInt(unitMs) || exact > INT64_MAX) throw invalidExpire(command);
  return exact;
}
