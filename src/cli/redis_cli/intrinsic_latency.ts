/**
 * `--intrinsic-latency`: how much this machine keeps a program waiting that does nothing but compute: a delay between two
 * runs of a loop is not the server's doing. No server is asked. Ctrl-C ends it earlier, by ending the program.
 */
import type { ModeContext } from "./modes.ts";

/** Runs between two looks at the clock, so that looking is not what takes the time. */
const STEPS = 100;

/** Runs the mode; the exit code. @param seconds how long */
export function measureIntrinsicLatency({ world }: ModeContext, seconds: number): number {
  const { terminal } = world;
  const end = performance.now() + seconds * 1000;
  const began = performance.now();
  let [runs, worst] = [0, 0];
  for (let now = began; now < end;) {
    const start = performance.now();
    compute();
    now = performance.now();
    const took = Math.floor((now - start) * 1000);
    runs++;
    if (took > worst) {
      worst = took;
      terminal.print(`Max latency so far: ${worst} microseconds.\n`);
    }
  }
  const average = (performance.now() - began) * 1000 / runs;
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
