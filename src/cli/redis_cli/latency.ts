/** `--latency` and `--latency-history`: how long a server takes to answer PING, in whole milliseconds as redis-cli has it. */
import { LastingSession } from "./lasting_session.ts";
import type { ModeContext } from "./modes.ts";
import { pause } from "./pausing.ts";

/** Ms between two samples. */
const SAMPLE_MS = 10;
const ONCE_MS = 1000;
const HISTORY_MS = 15_000;
/** To the first column, and the row erased. */
const ERASE = "\x1b[0G\x1b[2K";

/** What was measured, in ms. */
export class Samples {
  min = 0;
  max = 0;
  count = 0;
  #sum = 0;

  add(ms: number): void {
    this.min = this.count === 0 ? ms : Math.min(this.min, ms);
    this.max = this.count === 0 ? ms : Math.max(this.max, ms);
    this.#sum += ms;
    this.count++;
  }

  get average(): string {
    return (this.count === 0 ? 0 : this.#sum / this.count).toFixed(2);
  }

  /** In the format of the output; `standard`: for people. */
  text(format: string): string {
    const { min, max, average, count } = this;
    switch (format) {
      case "standard":
        return `min: ${min}, max: ${max}, avg: ${average} (${count} samples)`;
      case "csv":
        return `${min},${max},${average},${count}\n`;
      case "json":
      case "quoted-json":
        return `{"min": ${min}, "max": ${max}, "avg": ${average}, "count": ${count}}\n`;
      default:
        return `${min} ${max} ${average} ${count}\n`;
    }
  }
}

/** Runs the mode: for people it does not end, else once. @param isHistory whether it begins anew again and again */
export async function measureLatency(
  context: ModeContext,
  isHistory: boolean,
): Promise<number> {
  const { settings, world } = context;
  using session = await LastingSession.open(context);
  const { terminal } = world;
  const format = settings.format ?? (terminal.isTerminal ? "standard" : "raw");
  const roundMs = settings.intervalMs || (isHistory ? HISTORY_MS : ONCE_MS);
  let samples = new Samples();
  let began = performance.now();
  for (;;) {
    const asked = performance.now();
    await session.send(["PING"]);
    const answered = performance.now();
    samples.add(Math.floor(answered - asked));
    if (format === "standard") terminal.print(ERASE + samples.text(format));
    const took = performance.now() - began;
    if (took > roundMs) {
      if (format !== "standard" && !isHistory) {
        terminal.print(samples.text(format));
        return 0;
      }
      if (isHistory) {
        if (format !== "standard") terminal.print(samples.text(format).trimEnd());
        terminal.print(` -- ${(took / 1000).toFixed(2)} seconds range\n`);
        samples = new Samples();
        began = performance.now();
      }
    }
    await pause(SAMPLE_MS);
  }
}
