/** ZRANGE and its older forms, ZRANGESTORE: members side by side, by rank, score or their bytes. */
import type { Args } from "../../args.ts";
import { type CommandSpec, defineCommand, key } from "../../command.ts";
import type { Context } from "../../context.ts";
import { ReplyError, syntaxError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import { formatDouble } from "../../store/numbers/double.ts";
import { SortedSetBuilder } from "../../store/sorted_set/sorted_set_builder.ts";
import type { Selection, SortedSetReader } from "../../store/sorted_set/sorted_set_range.ts";
import { type RangeKind, readRange, selection, selectRanks } from "./ranges.ts";
import { storeResult } from "./stored_result.ts";
import { readSortedSet } from "./zscore.ts";

const limitOfRanks = new ReplyError(
  "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
);
const scoresOfMembers = new ReplyError(
  "ERR syntax error, WITHSCORES not supported in combination with BYLEX",
);

/** What one call asks for; one object for all, since handlers run one after the other. */
const query = {
  kind: undefined as RangeKind | undefined,
  reverse: undefined as boolean | undefined,
  withScores: false,
  offset: 0,
  /** Negative: all. */
  limit: -1,
};

/** The kinds and directions that a command may choose by options are those that it has not fixed. */
function readOptions(args: Args, from: number, stores: boolean): void {
  query.withScores = false;
  query.offset = 0;
  query.limit = -1;
  const choosesKind = query.kind === undefined;
  const choosesDirection = query.reverse === undefined;
  for (let i = from; i < args.count; i++) {
    if (!stores && args.is(i, "withscores")) query.withScores = true;
    else if (args.is(i, "limit") && i + 2 < args.count) {
      query.offset = args.integer(i + 1);
      query.limit = args.integer(i + 2);
      i += 2;
    } else if (choosesDirection && args.is(i, "rev") && query.reverse === undefined) query.reverse = true;
    else if (choosesKind && args.is(i, "bylex") && query.kind === undefined) query.kind = "member";
    else if (choosesKind && args.is(i, "byscore") && query.kind === undefined) query.kind = "score";
    else throw syntaxError;
  }
  query.kind ??= "rank";
  query.reverse ??= false;
  if (query.limit !== -1 && query.kind === "rank") throw limitOfRanks;
  if (query.withScores && query.kind === "member") throw scoresOfMembers;
}

/**
 * Reads `key start stop` from argument `first` on and what follows, and tells which members of the key's sorted set are
 * meant; undefined when there is no such key.
 */
function selectRange(
  context: Context,
  args: Args,
  first: number,
  stores: boolean,
): SortedSetReader | undefined {
  readOptions(args, first + 3, stores);
  const { kind, offset } = query;
  const reverse = query.reverse!;
  if (kind === "rank" || kind === undefined) {
    const from = args.integer(first + 1);
    const to = args.integer(first + 2);
    const set = readSortedSet(context, args.at(first));
    if (set !== undefined) selectRanks(set.size, from, to, reverse);
    return set;
  }
  const range = readRange(args, kind, reverse ? first + 2 : first + 1, reverse ? first + 1 : first + 2);
  const set = readSortedSet(context, args.at(first));
  const limit = query.limit < 0 ? Infinity : query.limit;
  // Below nothing there is nothing to begin with.
  set?.select(range, reverse, offset < 0 ? Infinity : offset, limit, selection);
  return set;
}

function replyRange(reply: Reply, set: SortedSetReader, { rank, count }: Selection): void {
  const { withScores } = query;
  const nested = withScores && reply.resp3;
  reply.array(withScores && !nested ? count * 2 : count);
  set.walk(rank, count, query.reverse!, (member, score) => {
    if (nested) reply.array(2);
    reply.bulk(member);
    if (withScores) reply.double(formatDouble(score));
  });
}

type Described = Pick<CommandSpec, "name" | "since" | "summary" | "syntax" | "deprecated">;

/** @param kind absent where options choose it, as the direction */
function rangeCommand(described: Described, kind?: RangeKind, reverse?: boolean): CommandSpec {
  return defineCommand({
    ...described,
    group: "sorted-set",
    complexity: "O(log(N)+M) with N members in the sorted set and M given",
    arity: -4,
    flags: ["readonly"],
    categories: ["sortedset"],
    keys: [key(1, "RO", "access")],
    run(context, args, reply) {
      query.kind = kind;
      query.reverse = reverse;
      const set = selectRange(context, args, 1, false);
      if (set === undefined) reply.array(0);
      else replyRange(reply, set, selection);
    },
  });
}

export const zrange = rangeCommand({
  name: "ZRANGE",
  since: "1.2.0",
  summary: "Gives the members in a range of ranks, of scores or of texts",
  syntax: "key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]",
});

export const zrevrange = rangeCommand(
  {
    name: "ZREVRANGE",
    since: "1.2.0",
    summary: "Gives the members in a range of ranks, from the highest down",
    syntax: "key start stop [WITHSCORES]",
    deprecated: { since: "6.2.0", replacedBy: "`ZRANGE` with the `REV` argument" },
  },
  "rank",
  true,
);

export const zrangebyscore = rangeCommand(
  {
    name: "ZRANGEBYSCORE",
    since: "1.0.5",
    summary: "Gives the members with scores in a range",
    syntax: "key min max [WITHSCORES] [LIMIT offset count]",
    deprecated: { since: "6.2.0", replacedBy: "`ZRANGE` with the `BYSCORE` argument" },
  },
  "score",
  false,
);

export const zrevrangebyscore = rangeCommand(
  {
    name: "ZREVRANGEBYSCORE",
    since: "2.2.0",
    summary: "Gives the members with scores in a range, from the highest down",
    syntax: "key max min [WITHSCORES] [LIMIT offset count]",
    deprecated: { since: "6.2.0", replacedBy: "`ZRANGE` with the `REV` and `BYSCORE` arguments" },
  },
  "score",
  true,
);

export const zrangebylex = rangeCommand(
  {
    name: "ZRANGEBYLEX",
    since: "2.8.9",
    summary: "Gives the members between two texts, where all scores are the same",
    syntax: "key min max [LIMIT offset count]",
    deprecated: { since: "6.2.0", replacedBy: "`ZRANGE` with the `BYLEX` argument" },
  },
  "member",
  false,
);

export const zrevrangebylex = rangeCommand(
  {
    name: "ZREVRANGEBYLEX",
    since: "2.8.9",
    summary: "Gives the members between two texts, from the highest down, where all scores are the same",
    syntax: "key max min [LIMIT offset count]",
    deprecated: { since: "6.2.0", replacedBy: "`ZRANGE` with the `REV` and `BYLEX` arguments" },
  },
  "member",
  true,
);

export const zrangestore = defineCommand({
  name: "ZRANGESTORE",
  group: "sorted-set",
  since: "6.2.0",
  summary: "Stores the members in a range of ranks, of scores or of texts as a sorted set",
  complexity: "O(log(N)+M) with N members in the sorted set and M stored",
  syntax: "dst src min max [BYSCORE | BYLEX] [REV] [LIMIT offset count]",
  arity: -5,
  flags: ["write", "denyoom"],
  categories: ["sortedset"],
  keys: [key(1, "OW", "update"), key(2, "RO", "access")],
  run(context, args, reply) {
    query.kind = undefined;
    query.reverse = undefined;
    const set = selectRange(context, args, 2, true);
    const result = new SortedSetBuilder(context.keyspace);
    const { rank, count } = selection;
    // Of ranks the reference knows beforehand how many there are, so it begins with the right encoding.
    const inTurn = query.kind !== "rank" || count <= context.keyspace.limits.zsetListpackEntries;
    set?.walk(rank, count, query.reverse!, (member, score) => {
      if (inTurn) result.addInTurn(member, score);
      else result.add(member, score);
    });
    storeResult(context.db, args.at(1), result, "zrangestore", reply);
  },
});
