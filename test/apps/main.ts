/**
 * `deno task apps [--small] [--only A1,A17] [--rounds N] [--seed N] [--write]`: every application on redeno and on
 * redis-server, with virtual memory, and killed in the middle; one line each. `--write` renews the table in
 * docs/applications.md.
 */
import { parseArgs } from "@std/cli";
import { freshSeed } from "../fuzz/random.ts";
import { whyNoRealServer } from "../support/real_server.ts";
import type { Application } from "./application.ts";
import { applications, waiting } from "./applications.ts";
import { Harness, type Report } from "./harness.ts";
import { line, markdown, type Result } from "./table.ts";

const PAGE = new URL("../../docs/applications.md", import.meta.url);
/** So many servers are killed at a time. */
const KILLS_AT_ONCE = 2;

async function main(): Promise<number> {
  const flags = parseArgs(Deno.args, { string: ["only", "rounds", "seed"], boolean: ["small", "write"] });
  const scale = flags.small === true ? "small" : "full";
  const seed = Number(flags.seed ?? freshSeed());
  const rounds = Number(flags.rounds ?? (scale === "small" ? 1 : 3));
  const names = flags.only?.split(",");
  const chosen = applications.filter(({ id }) => names?.includes(id) ?? true);
  if (chosen.length === 0 || !Number.isInteger(seed) || !(rounds >= 1)) {
    console.error(
      `applications: ${applications.map(({ id }) => id).join(", ")}; --rounds and --seed are whole numbers`,
    );
    return 2;
  }
  const why = whyNoRealServer();
  if (why) console.log(`${why}: redeno alone is tested`);
  console.log(`seed ${seed}`);
  const began = performance.now();
  await using harness = await Harness.start({ scale, seed, rounds });
  const reports: Report[] = [];
  for (const application of chosen) reports.push(await harness.examine(application));
  const traffic = await harness.swapTraffic();
  // Killed afterwards and beside each other, so that the times above are those of one server at work.
  const kills = inTurn(chosen, KILLS_AT_ONCE, (application) => harness.kill(application));
  const results: Result[] = [];
  for (const [i, report] of reports.entries()) {
    const failure = await kills[i]!;
    const failures = failure === undefined ? report.failures : [...report.failures, failure];
    const result = { ...report, killed: failure === undefined ? "passed" : "failed", failures } as const;
    results.push(result);
    console.log(line(result));
    for (const text of failures) console.log(text);
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  if (flags.write === true && names === undefined) await write(results);
  console.log(`with virtual memory ${traffic.out} values went to the swap file, ${traffic.in} came back`);
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  console.log(
    `${failed === 0 ? "ok" : "FAILED"} | ${results.length - failed} passed | ${failed} failed (${seconds}s)`,
  );
  return failed === 0 ? 0 : 1;
}

/** Does the work for all of them, so many at a time, in order. */
function inTurn<T>(
  chosen: readonly Application[],
  atOnce: number,
  work: (application: Application) => Promise<T>,
): Promise<T>[] {
  const done: Promise<T>[] = [];
  for (const [i, application] of chosen.entries()) {
    const before = i < atOnce ? undefined : done[i - atOnce];
    done.push((async () => (await before, await work(application)))());
  }
  return done;
}

async function write(results: readonly Result[]): Promise<void> {
  const page = await Deno.readTextFile(PAGE);
  const table = markdown(results, waiting);
  const renewed = page.replace(
    /(<!-- table -->\n)[^]*(\n<!-- end -->)/,
    (_, begin, end) => `${begin}\n${table}${end}`,
  );
  await Deno.writeTextFile(PAGE, renewed);
}

if (import.meta.main) Deno.exit(await main());
