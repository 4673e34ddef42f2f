/**
 * `deno task apps [--small] [--only A1,A17] [--rounds N] [--seed N] [--write]`: every application on redeno and on
 * redis-server, with virtual memory, and killed in the middle; one line each. `--write` renews the table in
 * docs/applications.md.
 */
import { parseArgs } from "@std/cli";
import { freshSeed } from "../fuzz/random.ts";
import { whyNoRealServer } from "../support/real_server.ts";
import type { Application, Scale } from "./application.ts";
import { applications, waiting } from "./applications.ts";
import { explain, Harness, type Report, withinLimit } from "./harness.ts";
import { killAndRestart } from "./killing.ts";
import { line, markdown, type Result } from "./table.ts";

const PAGE = new URL("../../docs/applications.md", import.meta.url);
/** So many applications share a server that is killed. */
const TOGETHER = 8;

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
  const middle = performance.now();
  const traffic = await harness.swapTraffic();
  // Killed afterwards and beside each other, so that the times above are those of one server at work.
  const kills = await killAll(chosen, scale, seed);
  const results: Result[] = [];
  for (const report of reports) {
    const failure = kills.get(report.application.id);
    const failures = failure === undefined ? report.failures : [...report.failures, failure];
    const result = { ...report, killed: failure === undefined ? "passed" : "failed", failures } as const;
    results.push(result);
    console.log(line(result));
    for (const text of failures) console.log(text);
  }
  if (flags.write === true && names === undefined) await write(results);
  console.log(`runs took ${seconds(middle - began)} s, kills ${seconds(performance.now() - middle)} s`);
  console.log(`with virtual memory ${traffic.out} values went to the swap file, ${traffic.in} came back`);
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  console.log(
    `${failed === 0 ? "ok" : "FAILED"} | ${results.length - failed} passed | ${failed} failed (${
      seconds(performance.now() - began)
    }s)`,
  );
  return failed === 0 ? 0 : 1;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(0);
}

/** Kills them in groups that share a server. @returns what went wrong, by their names */
async function killAll(
  chosen: readonly Application[],
  scale: Scale,
  seed: number,
): Promise<Map<string, string>> {
  const failures = new Map<string, string>();
  for (let at = 0; at < chosen.length; at += TOGETHER) {
    const group = chosen.slice(at, at + TOGETHER);
    let failed: Map<string, unknown>;
    try {
      failed = await withinLimit(killAndRestart(group, scale, seed));
    } catch (error) {
      failed = new Map(group.map(({ id }) => [id, error]));
    }
    for (const [id, error] of failed) failures.set(id, `killed: ${explain(error)}`);
  }
  return failures;
}

async function write(results: readonly Result[]): Promise<void> {
  const page = await Deno.readTextFile(PAGE);
  const table = markdown(results, waiting);
  const renewed = page.replace(
    /(<!-- table -->\n)[^]*(\n<!-- end -->)/,
    (_, begin, end) => `${begin}\n${table}${end}`,
  );
  await Deno.writeTextFile(PAGE, renewed);
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", PAGE.pathname] }).output();
}

if (import.meta.main) Deno.exit(await main());
