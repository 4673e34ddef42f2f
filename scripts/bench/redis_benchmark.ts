/** One run of redis-benchmark against one server. */
import type { ServerProcess } from "../../test/support/server_process.ts";
import { portOf } from "./rivals.ts";

export interface BenchmarkRun {
  /** As redis-benchmark's option -t calls it; or a command line of one's own, without double quotes. */
  readonly test: string | readonly string[];
  readonly pipeline: number;
  readonly requests: number;
  readonly clients: number;
  readonly randomKeys: number;
}

/** Requests a second; an error when redis-benchmark has none to tell. */
export async function redisBenchmark(server: ServerProcess, run: BenchmarkRun): Promise<number> {
  const what = typeof run.test === "string" ? ["-t", run.test, "--csv"] : ["--csv", ...run.test];
  const { stdout, stderr, success } = await new Deno.Command("redis-benchmark", {
    args: [
      ...["-h", "127.0.0.1", "-p", String(portOf(server)), "-c", String(run.clients)],
      ...["-n", String(run.requests), "-P", String(run.pipeline), "-r", String(run.randomKeys)],
      ...what,
    ],
  }).output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  // The last line is the test; LRANGE has the line of its preparation before it.
  const requestsASecond = Number(/^"[^"]*","([\d.]+)"/.exec(lines.at(-1) ?? "")?.[1]);
  if (!success || !(requestsASecond > 0)) {
    throw new Error(
      `redis-benchmark ${what.join(" ")} against ${server.name}: ${new TextDecoder().decode(stderr)}`,
    );
  }
  return requestsASecond;
}
