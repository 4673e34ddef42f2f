/** Milliseconds from the start of the process to its first PONG. */
import { inTurns } from "./rivals.ts";
import { markdownTable, median } from "./table.ts";

/** Measures, and gives the report as Markdown. */
export async function startup(options: { rounds: number }): Promise<string> {
  const results = await inTurns(options.rounds, async (rival) => {
    await using server = await rival.start();
    return server.startedInMs;
  });
  const row = (title: string, of: (times: number[]) => number) => [
    title,
    of(results["redis-server"]).toFixed(0),
    of(results.redeno).toFixed(0),
  ];
  return [
    `Milliseconds from the start of the process to its first PONG, ${options.rounds} starts each.`,
    "",
    markdownTable(["", "redis-server", "redeno"], [
      row("median", median),
      row("fastest", (times) => Math.min(...times)),
      row("slowest", (times) => Math.max(...times)),
    ]),
  ].join("\n");
}
