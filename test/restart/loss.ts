/** How much was lost when a server died, in time; what the machine does meanwhile does not count. */

/** A longer silence is not the server's: the machine, or its disk, had stopped. */
const SILENCE_MS_MAX = 50;

/**
 * For how long clients had written what is lost.
 * @param times when each lost unit was answered, in ms, in order
 */
export function lostMs(times: readonly number[]): number {
  return times.slice(1).reduce((sum, time, i) => sum + Math.min(time - times[i]!, SILENCE_MS_MAX), 0);
}
