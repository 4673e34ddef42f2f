/**
 * `deno task fuzz [--seconds 60] [--seed N] [--groups string,generic] [--length 200] [--keep-going]`
 *
 * Sends random sequences to redis-server and redeno until an answer or the data differs; prints the shortest
 * sequence that shows it. `ACCURATE=1` makes it ten minutes. Ends with 1 when something differed.
 */
import { parseArgs } from "@std/cli";
import { whyNoRealServer } from "../support/real_server.ts";
import { fuzz } from "./fuzz.ts";
import { freshSeed } from "./random.ts";

const ACCURATE_SECONDS = 600;

async function main(): Promise<number> {
  const flags = parseArgs(Deno.args, {
    string: ["seconds", "seed", "groups", "length"],
    boolean: ["keep-going"],
  });
  const why = whyNoRealServer();
  if (why) {
    console.error(`${why}: nothing to compare with`);
    return 2;
  }
  const seed = Number(flags.seed ?? freshSeed());
  const seconds = Number(flags.seconds ?? (Deno.env.get("ACCURATE") === "1" ? ACCURATE_SECONDS : 60));
  const length = Number(flags.length ?? 200);
  if (![seed, seconds, length].every((number) => Number.isFinite(number) && number >= 0)) {
    console.error("--seed, --seconds and --length are numbers from 0 on");
    return 2;
  }
  console.log(`SEED=${seed}, ${seconds} seconds`);
  const result = await fuzz({
    seed,
    forMs: seconds * 1000,
    length,
    keepGoing: flags["keep-going"] === true,
    report: (text) => console.log(text),
    ...(flags.groups === undefined ? {} : { groups: flags.groups.split(",") }),
  });
  if (result.unknown.length > 0) {
    console.log(`left out, redeno does not have them: ${result.unknown.join(", ")}`);
  }
  const count = result.differences.length;
  console.log(
    `${result.sequences} sequences, ${result.commands} commands, ${count || "no"} difference${
      count === 1 ? "" : "s"
    }`,
  );
  return count === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
