/** ZCOUNT and ZLEXCOUNT: how many members are in a range. */
import type { Args } from "../../args.ts";
import { defineCommand, key } from "../../command.ts";
import type { Context } from "../../context.ts";
import type { Reply } from "../../resp/reply.ts";
import { readRange, selection } from "./ranges.ts";
import { readSortedSet } from "./zscore.ts";

function countRange(context: Context, args: Args, reply: Reply, kind: "score" | "member"): void {
  const range = readRange(args, kind, 2, 3);
  const set = readSortedSet(context, args.at(1));
  reply.integer(set === undefined ? 0 : set.select(range, false, 0, Infinity, selection).count);
}

export const zcount = defineCommand({
  name: "ZCOUNT",
  group: "sorted-set",
  since: "2.0.0",
  summary: "Counts the members with scores in a range",
  complexity: "O(log(N)) with N members in the sorted set",
  syntax: "key min max",
  arity: 4,
  flags: ["readonly", "fast"],
  categories: ["sortedset"],
  keys: [key(1, "RO", "access")],
  run: (context, args, reply) => countRange(context, args, reply, "score"),
});

export const zlexcount = defineCommand({
  name: "ZLEXCOUNT",
  group: "sorted-set",
  since: "2.8.9",
  summary: "Counts the members between two texts, where all scores are the same",
  complexity: "O(log(N)) with N members in the sorted set",
  syntax: "key min max",
  arity: 4,
  flags: ["readonly", "fast"],
  categories: ["sortedset"],
  keys: [key(1, "RO", "access")],
  run: (context, args, reply) => countRange(context, args, reply, "member"),
});
