/** SUNION, SDIFF and their STORE forms: what is in any of several sets, and what is only in the first. */
import type { Args } from "../../args.ts";
import { defineCommand, key, keys } from "../../command.ts";
import type { Context } from "../../context.ts";
import { SetBuilder } from "../../store/rdb/collection_builders.ts";
import { give, readSets, store } from "./operations.ts";

/** The sets from argument `from` on, put together. O(members of all). */
function unite(context: Context, args: Args, from: number): SetBuilder {
  const sets = readSets(context, args, from, args.count);
  let largest = 0;
  for (const set of sets) largest = Math.max(largest, set.size);
  const result = new SetBuilder(context.keyspace, largest);
  for (const set of sets) set.forEach((member) => void result.add(member));
  return result;
}

/** What is in the set at argument `from` and in none after it. O(members of the first * sets). */
function subtract(context: Context, args: Args, from: number): SetBuilder {
  const [first, ...others] = readSets(context, args, from, args.count);
  const result = new SetBuilder(context.keyspace);
  // The largest first: there a member is most likely to be found.
  others.sort((a, b) => b.size - a.size);
  first!.forEach((member) => {
    for (let i = 0; i < others.length; i++) if (others[i]!.has(member)) return;
    result.add(member);
  });
  return result;
}

const shared = { group: "set", since: "1.0.0", categories: ["set"] } as const;
const reading = {
  ...shared,
  syntax: "key [key ...]",
  arity: -2,
  flags: ["readonly"],
  keys: [keys(1, 1, "RO", "access")],
  tips: ["nondeterministic_output_order"],
} as const;
const storing = {
  ...shared,
  syntax: "destination key [key ...]",
  arity: -3,
  flags: ["write", "denyoom"],
  keys: [key(1, "OW", "update"), keys(2, 1, "RO", "access")],
} as const;
const unionComplexity = "O(N) with N members in all sets";
const differenceComplexity = "O(N*M) with N members in the first of M sets";

export const sunion = defineCommand({
  ...reading,
  name: "SUNION",
  summary: "Gives the members of any of several sets",
  complexity: unionComplexity,
  run: (context, args, reply) => give(unite(context, args, 1), reply),
});

export const sunionstore = defineCommand({
  ...storing,
  name: "SUNIONSTORE",
  summary: "Stores the members of any of several sets",
  complexity: unionComplexity,
  run: (context, args, reply) => store(context, args.at(1), unite(context, args, 2), "sunionstore", reply),
});

export const sdiff = defineCommand({
  ...reading,
  name: "SDIFF",
  summary: "Gives the members of the first set that no other one has",
  complexity: differenceComplexity,
  run: (context, args, reply) => give(subtract(context, args, 1), reply),
});

export const sdiffstore = defineCommand({
  ...storing,
  name: "SDIFFSTORE",
  summary: "Stores the members of the first set that no other one has",
  complexity: differenceComplexity,
  run: (context, args, reply) => store(context, args.at(1), subtract(context, args, 2), "sdiffstore", reply),
});
