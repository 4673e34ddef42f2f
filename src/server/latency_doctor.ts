/** What LATENCY DOCTOR makes of the samples: what took long, how often, and what can be done about it. */
import type { LatencyEvent } from "../observation.ts";

/** Kinds of events, and what helps against each. */
const ADVICE: readonly (readonly [events: readonly string[], advice: string])[] = [
  [
    ["command", "fast-command", "command-unblocking"],
    "SLOWLOG GET shows which requests took long. Its threshold, slowlog-log-slower-than, should not be above that of " +
    "the latency monitor.",
  ],
  [
    ["fast-command"],
    "Commands that do little took long: the process was held up. Other processes may want its processor, the machine " +
    "may be short of memory and swap, or the engine was collecting garbage.",
  ],
  [
    ["expire-cycle", "lazyfree-slice"],
    "Many keys die at once. Spread their times to live, or lower active-expire-effort.",
  ],
  [
    ["eviction-cycle", "eviction-del"],
    "Room is made for new keys by removing others, and removing large ones takes long. Large collections are better " +
    "cut into several; lazyfree-lazy-eviction frees them in the background.",
  ],
  [
    ["aof-write", "aof-fsync-always"],
    "The disk is slow, or busy with something else. appendfsync everysec waits for it once a second only, and " +
    "no-appendfsync-on-rewrite keeps rewriting and syncing apart.",
  ],
  [
    ["snapshot-slice"],
    "A step of a snapshot, of loading or of rewriting the append-only file should take a millisecond or a few. Large values " +
    "take longer, and so does a slow disk.",
  ],
  [
    ["cron"],
    "Work by the clock took long. With fewer things to look after, or a higher hz, each time takes less.",
  ],
];

/** @param now unix seconds */
export function adviseOnLatency(
  monitor: { readonly threshold: number; events(): Iterable<LatencyEvent> },
  now: number,
): string {
  const events = [...monitor.events()];
  if (events.length === 0) {
    return monitor.threshold === Infinity
      ? "The latency monitor is off. CONFIG SET latency-monitor-threshold <milliseconds> has it keep what takes at " +
        "least that long.\n"
      : "Nothing took as long as the threshold of the latency monitor since it was set or reset.\n";
  }
  const names = new Set(events.map(({ name }) => name));
  const lines = events.map((event, i) => `${i + 1}. ${summary(event, now)}\n`);
  const advice = ADVICE.filter(([of]) => of.some((name) => names.has(name))).map(([, text]) => `- ${text}\n`);
  return `What took long, and how often:\n\n${lines.join("")}\nWhat may help:\n\n${advice.join("")}`;
}

function summary({ name, samples, maxMs }: LatencyEvent, now: number): string {
  const count = samples.length;
  const mean = samples.reduce((sum, { ms }) => sum + ms, 0) / count;
  const deviation = samples.reduce((sum, { ms }) => sum + Math.abs(ms - mean), 0) / count;
  const period = (now - samples[0]!.at) / count;
  return `${name}: ${count} ${count === 1 ? "time" : "times"} (mean ${Math.round(mean)} ms, mean deviation ` +
    `${Math.round(deviation)} ms, about every ${period.toFixed(2)} s). The worst ever: ${maxMs} ms.`;
}
