/**
 * `deno task apps [--small] [--only A1,A17] [--rounds N] [--seed N] [--write]`: every application on redeno and on
 * redis-server, with virtual memory, and killed in the middle; one line each. `--write` renews the table in
 * docs/applications.md.
 *
 * `deno task apps --forgetful` kills servers that keep nothing, which every application must notice.
 */
import { parseArgs } from "@std/cli";
import { freshSeed } from "../fuzz/random.ts";
import { whyNoRealServer } from "../support/real_server.ts";
import type { Application, Scale } from "./application.ts";
import { applications, waiting } from "./applications.ts";
import { explain, Harness, type Report } from "./harness.ts";
import { killAndRestart, type Killed } from "./killing.ts";
import { line, markdown, type Result } from "./table.ts";

const PAGE = new URL("../../docs/applications.md", import.meta.url);
/** How long each application runs on both servers together, for times that mean something. */
const SPEND_MS = 3000;
/** So many applications share a server that is killed. */
const TOGETHER = 8;

async function main(): Promise<number> {
  const flags = parseArgs(Deno.args, {
    string: ["only", "rounds", "seed"],
    boolean: ["small", "write", "forgetful"],
  });
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
  if (flags.forgetful === true) return await tryForgetting(chosen, seed);
  const why = whyNoRealServer();
  if (why) console.log(`${why}: redeno alone is tested`);
  console.log(`seed ${seed}`);
  const began = performance.now();
  await using harness = await Harness.start({
    scale,
    seed,
    rounds,
    spendMs: scale === "small" ? 0 : SPEND_MS,
  });
  const reports: Report[] = [];
  for (const application of chosen) reports.push(await harness.examine(application));
  const traffic = await harness.swapTraffic();
  // Killed afterwards and beside each other, so that the times above are those of one server at work.
  const kills = await killAll(chosen, scale, seed);
  const results: Result[] = [];
  for (const report of reports) {
    const error = kills.failures.get(report.application.id);
    const failure = error === undefined ? undefined : `killed: ${explain(error)}`;
    const failures = failure === undefined ? report.failures : [...report.failures, failure];
    const result = { ...report, killed: failure === undefined ? "passed" : "failed", failures } as const;
    results.push(result);
    console.log(line(result));
    for (const text of failures) console.log(text);
  }
  if (flags.write === true && names === undefined) await write(results);
  console.log(
    `with virtual memory ${traffic.out} values went to the swap file, ${traffic.in} came back; kills cut ${kills.cut} turns`,
  );
  const uncaught = harness.takeUncaught();
  if (uncaught !== undefined) console.log(`uncaught while servers were killed: ${uncaught}`);
  const bad = results.filter(({ failures }) => failures.length > 0).length;
  const failed = uncaught === undefined ? bad : bad + 1;
  console.log(
    `${failed === 0 ? "ok" : "FAILED"} | ${results.length - bad} passed | ${failed} failed (${
      seconds(performance.now() - began)
    }s)`,
  );
  return failed === 0 ? 0 : 1;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(0);
}

/** Kills them in groups that share a server. */
async function killAll(
  chosen: readonly Application[],
  scale: Scale,
  seed: number,
  forgets = false,
): Promise<Killed> {
  const failures = new Map<string, unknown>();
  let cut = 0;
  for (let at = 0; at < chosen.length; at += TOGETHER) {
    const group = chosen.slice(at, at + TOGETHER);
    try {
      const killed = await killAndRestart(group, scale, seed, forgets);
      for (const [id, error] of killed.failures) failures.set(id, error);
      cut += killed.cut;
    } catch (error) {
      for (const { id } of group) failures.set(id, error);
    }
  }
  return { failures, cut };
}

/** Whoever does not fail when all is lost proves nothing when it passes. */
async function tryForgetting(chosen: readonly Application[], seed: number): Promise<number> {
  const { failures } = await killAll(chosen, "small", seed, true);
  const unaware = chosen.filter(({ id }) => !failures.has(id));
  for (const { id, title } of unaware) console.log(`${id} ${title}: has not noticed that everything is gone`);
  console.log(`${failures.size} of ${chosen.length} applications have noticed it`);
  return unaware.length === 0 ? 0 : 1;
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
