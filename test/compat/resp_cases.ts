/**
 * Runs a file of public test cases against redeno (or, with `--server real`, against redis-server):
 *
 *     RESP_CASES=cases.json deno run -A test/compat/resp_cases.ts [--server real] [--unknown-ok] [--verbose]
 *
 * The file is an array of `{name, command: [line, ...], result: [value, ...], since, tags?, sort_result?,
 * float_result?, command_binary?, skipped?}`. Each case starts from an empty server and a fresh connection. Cases
 * that are newer than Redis 7.0, for a cluster, or marked as skipped do not apply.
 *
 * Ends with 1 when a case failed. `--unknown-ok` counts cases with a command that the server does not know apart.
 */
import { ConnectionClosed, type RespClient } from "../support/resp_client.ts";
import { isUnknownCommand, type Plain, plain, type RespValue } from "../support/resp_value.ts";
import { startRealServer } from "../support/real_server.ts";
import { startRedeno } from "../support/redeno_server.ts";
import { splitArgs } from "../support/split_args.ts";

interface Case {
  readonly name: string;
  readonly command: readonly string[];
  readonly result: readonly Expected[];
  readonly since: string;
  readonly tags?: string;
  readonly sort_result?: boolean;
  readonly float_result?: boolean;
  readonly command_binary?: boolean;
  readonly skipped?: boolean;
}

type Expected = string | number | null | readonly Expected[];
type Outcome = "passed" | "failed" | "unknown" | "not applicable";

const NEWEST: readonly [number, number] = [7, 0];
const FLOAT_TOLERANCE = 1e-4;

function applies({ since, tags, skipped }: Case): boolean {
  const [major = 0, minor = 0] = since.split(".").map(Number);
  if (major > NEWEST[0] || (major === NEWEST[0] && minor > NEWEST[1])) return false;
  return tags !== "cluster" && !skipped;
}

/** The arguments of a line; a binary line has no quotes around its escapes. */
function argsOf(line: string, binary: boolean): Uint8Array[] {
  if (!binary || line.includes('"')) return splitArgs(line);
  return line.split(" ").flatMap((word) => splitArgs(`"${word}"`));
}

function matches(value: RespValue, expected: Expected, test: Case): boolean {
  if (Array.isArray(expected)) {
    if (value.kind !== "array" || value.items.length !== expected.length) return false;
    const items = test.sort_result ? value.items.toSorted((a, b) => byText(plain(a), plain(b))) : value.items;
    const wanted = test.sort_result ? expected.toSorted(byText) : expected;
    return items.every((item, i) => matches(item, wanted[i] as Expected, test));
  }
  if (expected === null) return value.kind === "nil";
  if (typeof expected === "number") return value.kind === "integer" && value.value === BigInt(expected);
  if (value.kind !== "bulk" && value.kind !== "simple") return false;
  const text = value.kind === "bulk" ? new TextDecoder().decode(value.bytes) : value.text;
  if (text === expected) return true;
  return test.float_result === true && Math.abs(Number(text) - Number(expected)) <= FLOAT_TOLERANCE;
}

function byText(a: Plain | Expected, b: Plain | Expected): number {
  const [x, y] = [String(a), String(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

async function runCase(client: RespClient, test: Case): Promise<{ outcome: Outcome; reason: string }> {
  for (const [i, line] of test.command.entries()) {
    let value: RespValue;
    try {
      ({ value } = await client.send(argsOf(line, test.command_binary === true)));
    } catch (error) {
      if (!(error instanceof ConnectionClosed)) throw error;
      return { outcome: "failed", reason: `${line}: the connection was closed` };
    }
    if (isUnknownCommand(value)) {
      return { outcome: "unknown", reason: line };
    }
    const expected = test.result[i] ?? null;
    if (!matches(value, expected, test)) {
      const got = JSON.stringify(
        plain(value),
        (_key, item) => typeof item === "bigint" ? String(item) : item,
      );
      return { outcome: "failed", reason: `${line}: expected ${JSON.stringify(expected)}, got ${got}` };
    }
  }
  return { outcome: "passed", reason: "" };
}

/** The group of the command a case is named after, as COMMAND DOCS says; "other" when the server does not know. */
async function groupOf(client: RespClient, test: Case): Promise<string> {
  const name = test.name.split(" ")[0]!;
  const docs = plain((await client.send(["COMMAND", "DOCS", name])).value);
  const fields = Array.isArray(docs) ? docs[1] : undefined;
  if (!Array.isArray(fields)) return "other";
  const group = fields[fields.indexOf("group") + 1];
  return typeof group === "string" ? group : "other";
}

async function main(): Promise<number> {
  const path = Deno.env.get("RESP_CASES") ?? Deno.args.find((arg) => arg.endsWith(".json"));
  if (!path) {
    console.error("usage: RESP_CASES=cases.json deno run -A test/compat/resp_cases.ts [--server real]");
    return 2;
  }
  const cases: Case[] = JSON.parse(await Deno.readTextFile(path));
  const real = Deno.args.includes("real");
  const verbose = Deno.args.includes("--verbose");
  const unknownOk = Deno.args.includes("--unknown-ok");
  await using server = real ? await startRealServer() : await startRedeno();
  using control = await server.connect();
  const table = new Map<string, Map<Outcome, number>>();
  const total = new Map<Outcome, number>();
  for (const test of cases) {
    await control.flushAll();
    using client = await server.connect();
    const result = applies(test)
      ? await runCase(client, test)
      : { outcome: "not applicable" as const, reason: "" };
    const outcome = result.outcome === "unknown" && !unknownOk ? "failed" : result.outcome;
    const group = await groupOf(control, test);
    const row = table.get(group) ?? new Map<Outcome, number>();
    table.set(group, row.set(outcome, (row.get(outcome) ?? 0) + 1));
    total.set(outcome, (total.get(outcome) ?? 0) + 1);
    if (outcome === "failed" || (verbose && outcome === "unknown")) {
      console.log(`${outcome}: ${test.name}\n  ${result.reason}`);
    }
  }
  printTable(server.name, table, total);
  return (total.get("failed") ?? 0) > 0 ? 1 : 0;
}

function printTable(
  name: string,
  table: Map<string, Map<Outcome, number>>,
  total: Map<Outcome, number>,
): void {
  const columns: Outcome[] = ["passed", "failed", "unknown", "not applicable"];
  const line = (title: string, row: Map<Outcome, number>) =>
    title.padEnd(16) +
    columns.map((column) => String(row.get(column) ?? 0).padStart(column.length + 2)).join("");
  console.log(name.padEnd(16) + columns.map((column) => "  " + column).join(""));
  for (const [group, row] of [...table].sort()) console.log(line(group, row));
  console.log(line("all", total));
}

if (import.meta.main) Deno.exit(await main());
