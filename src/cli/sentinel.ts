/** `redeno sentinel`: the place of redis-sentinel, which there is not yet. */
import { standardTerminal, type Terminal } from "./terminal.ts";

/** Says that it cannot be done. @returns the exit code, 1 */
export function sentinel(terminal: Terminal = standardTerminal): number {
  terminal.printError("redeno has no Sentinel yet: nothing was started.\n");
  return 1;
}
