/**
 * `--intrinsic-latency`: how much this machine keeps a program waiting that does nothing but compute: a delay between two
 * runs of a loop is not the server's doing. No server is asked. Ctrl-C ends it earlier.
 */
import type { ModeContext } from "./modes.ts";
import { pause } from "./pausing.ts";

/** Steps of a run: so many that looking at the clock is not what takes the time. */
const STEPS = 100;
/** Ms after which others have a turn, so that Ctrl-C is noticed; what that takes is not measured. */
const BURST_MS = 100;

/** Runs the mode; the exit code. @param seconds how long */
export async function measureIntrinsicLatency({ world }: ModeContext, seconds: number): Promise<number> {
  const { terminal } = world;
  let isInterrupted = false;
  using _interrupts = world.onInterrupt(() => isInterrupted = true);
  const end = performance.now() + seconds * 1000;
  let [runs, worst, sum] = [0, 0, 0];
  while (performance.now() < end && !isInterrupted) {
    const burst = Math.min(end, performance.now() + BURST_MS);
    for (let now = performance.now(); now < burst;) {
      const start = now;
      compute();
      now = performance.now();
      sum += now - start;
      runs++;
      const took = Math.floor((now - start) * 1000);
      if (took <= worst) continue;
      worst = took;
      terminal.print(`Max latency so far: ${worst} microseconds.\n`);
    }
    await pause(1);
  }
  const average = sum * 1000 / runs;
  terminal.print(
    `\n${runs} total runs (avg latency: ${average.toFixed(4)} microseconds / ${
      (average * 1000).toFixed(2)
    } nanoseconds per run).\nWorst run took ${
      (worst / average).toFixed(0)
    }x longer than the average latency.\n`,
  );
  return 0;
}

/** Some work whose result nobody can foresee, so that it is done. */
let state = 1;
function compute(): void {
  for (let i = 0; i < STEPS; i++) state = Math.imul(state, 1_664_525) + 1_013_904_223 | 0;
}
