/** Random command sequences, made from the grammar: the same seed and commands give the same sequence. */
import type { Comparison } from "../compat/comparisons.ts";
import { draw, garbage, type Source } from "./arguments.ts";
import type { CommandGrammar } from "./grammar.ts";
import { Random } from "./random.ts";

export interface RandomCommand {
  readonly args: readonly Uint8Array[];
  readonly comparison: Comparison;
  /** Its arguments may be changed without making the answers incomparable. */
  readonly damages: boolean;
}

const DAMAGED_ONE_IN = 15;

export function randomSequence(
  seed: number,
  length: number,
  commands: readonly CommandGrammar[],
  payloads: readonly Uint8Array[],
): RandomCommand[] {
  const random = new Random(seed);
  let given = 0;
  const source: Source = { random, payloads, unique: () => ++given };
  const total = commands.reduce((sum, { weight }) => sum + weight, 0);
  return Array.from({ length }, () => randomCommand(pickByWeight(random, commands, total), source));
}

function pickByWeight(random: Random, commands: readonly CommandGrammar[], total: number): CommandGrammar {
  let left = random.between(0, total - 1);
  return commands.find(({ weight }) => (left -= weight) < 0)!;
}

function randomCommand(grammar: CommandGrammar, source: Source): RandomCommand {
  const args = [grammar.name, ...grammar.parts].flatMap((part) => draw(part, source));
  const damaged = grammar.damages && source.random.oneIn(DAMAGED_ONE_IN);
  const { comparison, damages } = grammar;
  return { args: damaged ? damage(args, source) : args, comparison, damages };
}

/** One argument dropped, doubled, replaced or added. The name stays. */
function damage(args: readonly Uint8Array[], source: Source): Uint8Array[] {
  const { random } = source;
  const at = random.between(Math.min(1, args.length - 1), args.length - 1);
  const [before, after] = [args.slice(0, at), args.slice(at + 1)];
  const kind = args.length === 1 ? 3 : random.between(0, 3);
  if (kind === 0) return [...before, ...after];
  if (kind === 1) return [...before, args[at]!, args[at]!, ...after];
  if (kind === 2) return [...before, ...draw(garbage, source), ...after];
  return [...args, ...draw(garbage, source)];
}
