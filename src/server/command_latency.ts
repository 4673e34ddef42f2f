/** How long commands took, for whoever shows it: INFO, LATENCY HISTOGRAM, the dashboard. */
import type { Command, CommandTable } from "../command_table.ts";
import { LatencyHistogram } from "../sys/latency_histogram.ts";

/** Every command that was called since the counters were reset; behind a container its subcommands. */
export function* calledCommands(
  table: CommandTable,
): Iterable<Command & { readonly latency: LatencyHistogram }> {
  for (const container of table.all) {
    for (const command of [container, ...container.subcommands]) {
      if (command.latency !== undefined) yield command as Command & { readonly latency: LatencyHistogram };
    }
  }
}

/**
 * How long the commands took, all together; those inside of a transaction or of a script count, and so do EXEC and the
 * script. What {@link LatencyHistogram.since} makes of two of these is what happened in between. O(commands)
 */
export function overallLatency(table: CommandTable): LatencyHistogram {
  const all = new LatencyHistogram();
  for (const { latency } of calledCommands(table)) all.add(latency);
  return all;
}
