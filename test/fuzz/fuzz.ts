/** The loop of the random comparison, for the command line and for the short test. */
import { joinArgs } from "../support/split_args.ts";
import { type CommandGrammar, groups } from "./grammar.ts";
import { type Difference, FuzzPair } from "./pair.ts";
import { type RandomCommand, randomSequence } from "./sequence.ts";
import { shrink, shrinkArguments } from "./shrink.ts";

export interface FuzzOptions {
  readonly seed: number;
  /** How long to go on, in milliseconds. */
  readonly forMs: number;
  /** Commands in a sequence. */
  readonly length: number;
  /** Names of groups of the grammar; all of them when undefined. */
  readonly groups?: readonly string[];
  /** Go on after a difference and report each command once, instead of ending with the first. */
  readonly keepGoing?: boolean;
  readonly report: (text: string) => void;
}

export interface FuzzResult {
  readonly sequences: number;
  readonly commands: number;
  readonly differences: readonly string[];
  /** Commands of the grammar that redeno does not have. */
  readonly unknown: readonly string[];
}

/** Compares random sequences until the time is over or (without `keepGoing`) an answer differs. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  await using pair = await FuzzPair.start();
  const { known, unknown } = await pair.known(chosenCommands(options.groups));
  const payloads = await pair.payloads();
  const differences = new Map<string, string>();
  const deadline = performance.now() + options.forMs;
  let sequences = 0;
  while (performance.now() < deadline) {
    const seed = options.seed + sequences;
    sequences++;
    const commands = randomSequence(seed, options.length, known, payloads);
    const difference = await pair.run(commands);
    if (!difference) continue;
    const name = commandOf(difference, commands);
    if (differences.has(name)) continue;
    const text = await explain(pair, seed, commands, difference);
    differences.set(name, text);
    options.report(text);
    if (!options.keepGoing) break;
  }
  return { sequences, commands: sequences * options.length, differences: [...differences.values()], unknown };
}

function chosenCommands(names: readonly string[] | undefined): CommandGrammar[] {
  return (names ?? Object.keys(groups)).flatMap((name) => {
    const group = groups[name];
    if (!group) throw new Error(`no group "${name}"; there are ${Object.keys(groups).join(", ")}`);
    return group;
  });
}

/** What a difference is counted under: the name of the command. */
function commandOf({ index, line }: Difference, commands: readonly RandomCommand[]): string {
  const command = commands[index];
  return command ? joinArgs(command.args.slice(0, 1)).toUpperCase() : `state ${line.split(" ")[3]}`;
}

async function explain(
  pair: FuzzPair,
  seed: number,
  commands: readonly RandomCommand[],
  first: Difference,
): Promise<string> {
  let shown = first;
  const prefix = commands.slice(0, first.index + 1);
  const fails = async (rest: readonly RandomCommand[]) => {
    const difference = await pair.run(rest);
    if (difference) shown = difference;
    return difference !== undefined;
  };
  // Seen once and not again: a difference that depends on time, which the whole sequence still shows best.
  const repeats = await fails(prefix);
  const shortest = repeats ? await shrinkArguments(await shrink(prefix, fails), fails) : prefix;
  if (repeats) await fails(shortest);
  const lines = shortest.map(({ args }) => joinArgs(args));
  return [
    `SEED=${seed}${repeats ? "" : " (a second run did not differ)"}`,
    ...lines.map((line) => `  ${line}`),
    `differs: ${shown.line}`,
    `  redis-server: ${shown.real}`,
    `  redeno:       ${shown.ours}`,
    `again: deno task fuzz --seed ${seed}`,
    ...(lines.length <= PASTED_LINES_MAX ? [`   or: deno task diff ${lines.map(shellQuote).join(" ")}`] : []),
    "",
  ].join("\n");
}

const PASTED_LINES_MAX = 15;

function shellQuote(line: string): string {
  return `'${line.replaceAll("'", `'\\''`)}'`;
}
