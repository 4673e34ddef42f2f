/**
 * `deno task fuzz [--seconds 60] [--seed N] [--groups string,generic] [--length 200] [--keep-going] [--sessions]`
 *
 * Sends random sequences to redis-server and redeno until an answer or the data differs; prints the shortest
 * sequence that shows it. With `--sessions` several clients act at random, and everything that each of them is sent is compared. `ACCURATE=1` makes it ten minutes. Ends with 1 when something differed.
 */
import { parseArgs } from "@std/cli";
import { whyNoRealServer } from "../support/real_server.ts";
import { fuzz } from "./fuzz.ts";
import { freshSeed } from "./random.ts";
import { fuzzSessions } from "./sessions.ts";

const ACCURATE_SECONDS = 600;

async function main(): Promise<number> {
  const flags = parseArgs(Deno.args, {
    string: ["seconds", "seed", "groups", "length"],
    boolean: ["keep-going", "sessions"],
  });
  const why = whyNoRealServer();
  if (why) {
    console.error(`${why}: nothing to compare with`);
    return 2;
  }
  const seed = Number(flags.seed ?? freshSeed());
  const seconds = Number(flags.seconds ?? (Deno.env.get("ACCURATE") === "1" ? ACCURATE_SECONDS : 60));
  const length = Number(flags.length ?? (flags.sessions ? 60 : 200));
  if (![seed, seconds, length].every((number) => Number.isFinite(number) && number >= 0)) {
    console.error("--seed, --seconds and --length are numbers from 0 on");
    return 2;
  }
  console.log(`SEED=${seed}, ${seconds} seconds`);
  const options = {
    seed,
    forMs: seconds * 1000,
    length,
    keepGoing: flags["keep-going"] === true,
    report: (text: string) => console.log(text),
    ...(flags.groups === undefined ? {} : { groups: flags.groups.split(",") }),
  };
  if (flags.sessions) {
    const { sessions, differences } = await fuzzSessions(options);
    console.log(`${sessions} sessions of ${length} steps, ${count(differences)}`);
    return differences.length === 0 ? 0 : 1;
  }
  const result = await fuzz(options);
  if (result.unknown.length > 0) {
    console.log(`left out, redeno does not have them: ${result.unknown.join(", ")}`);
  }
  console.log(`${result.sequences} sequences, ${result.commands} commands, ${count(result.differences)}`);
  return result.differences.length === 0 ? 0 : 1;
}

function count({ length }: readonly string[]): string {
  return `${length || "no"} difference${length === 1 ? "" : "s"}`;
}

if (import.meta.main) Deno.exit(await main());
