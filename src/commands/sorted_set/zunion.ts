/** ZUNION, ZINTER, ZDIFF, what stores them, and ZINTERCARD. */
import { type CommandSpec, defineCommand, key, type KeySpec } from "../../command.ts";
import type { Keyspace } from "../../store/keyspace.ts";
import type { Reply } from "../../resp/reply.ts";
import { formatDouble } from "../../store/numbers/double.ts";
import type { SortedSet } from "../../store/sorted_set/sorted_set.ts";
import { SortedSetBuilder } from "../../store/sorted_set/sorted_set_builder.ts";
import type { Slice } from "../../sys/bytes.ts";
import { type Aggregate, type Input, type Operation, readRequest, type Request } from "./inputs.ts";
import { storeResult } from "./stored_result.ts";

/** The score of two scores; infinities that cancel each other out give 0. */
function combine(score: number, other: number, aggregate: Aggregate): number {
  if (aggregate === "min") return other < score ? other : score;
  if (aggregate === "max") return other > score ? other : score;
  const sum = score + other;
  return sum !== sum ? 0 : sum;
}

/** The weighted score of the member that begins a sum. */
function weighted(score: number, weight: number): number {
  const product = score * weight;
  return product !== product ? 0 : product;
}

/** Sums are made from the smallest set to the largest, which decides how they round. */
function bySize(inputs: readonly Input[]): Input[] {
  return inputs.toSorted((a, b) => a.size - b.size);
}

function unite({ inputs, aggregate }: Request, result: SortedSetBuilder): void {
  const { set } = result;
  for (const input of bySize(inputs)) {
    input.forEach((member, score) => {
      const value = weighted(score, input.weight);
      const entry = set.find(member);
      if (entry === 0) result.add(member, value);
      else set.setScore(entry, combine(set.scoreAt(entry), value, aggregate));
    });
  }
}

/** Gives every member that all inputs have to `visit`, which may end that by returning false. */
function intersect(
  { inputs, aggregate }: Request,
  visit: (member: Slice, score: number) => boolean | void,
): void {
  const [first, ...others] = bySize(inputs);
  first!.forEach((member, score) => {
    let value = weighted(score, first!.weight);
    for (const other of others) {
      const found = other.scoreOf(member);
      if (found !== found) return true;
      value = combine(value, found * other.weight, aggregate);
    }
    return visit(member, value);
  });
}

function subtract({ inputs: [first, ...others] }: Request, result: SortedSetBuilder): void {
  first!.forEach((member, score) => {
    for (const other of others) {
      const found = other.scoreOf(member);
      if (found === found) return;
    }
    result.add(member, score);
  });
}

function compute(keyspace: Keyspace, operation: Operation, request: Request): SortedSetBuilder {
  const result = new SortedSetBuilder(keyspace);
  if (operation === "union") unite(request, result);
  else if (operation === "diff") subtract(request, result);
  else intersect(request, (member, score) => result.add(member, score));
  return result;
}

function replySet(reply: Reply, set: SortedSet, withScores: boolean): void {
  const nested = withScores && reply.resp3;
  reply.array(withScores && !nested ? set.size * 2 : set.size);
  set.walk(0, set.size, false, (member, score) => {
    if (nested) reply.array(2);
    reply.bulk(member);
    if (withScores) reply.double(formatDouble(score));
  });
}

function inputKeys(index: number): KeySpec {
  return { flags: ["RO", "access"], begin: { index }, find: { keynum: 0, firstKey: 1, step: 1 } };
}

type Described = Pick<CommandSpec, "name" | "since" | "summary" | "syntax" | "complexity">;

function givingCommand(operation: Operation, described: Described): CommandSpec {
  return defineCommand({
    ...described,
    group: "sorted-set",
    arity: -3,
    flags: ["readonly", "movablekeys"],
    categories: ["sortedset"],
    keys: [inputKeys(1)],
    run({ db, keyspace }, args, reply) {
      const request = readRequest(db, args, 1, { command: described.name.toLowerCase(), operation });
      const result = compute(keyspace, operation, request);
      replySet(reply, result.ordered(), request.withScores);
      result.discard();
    },
  });
}

function storingCommand(operation: Operation, described: Described): CommandSpec {
  const command = described.name.toLowerCase();
  return defineCommand({
    ...described,
    group: "sorted-set",
    arity: -4,
    flags: ["write", "denyoom", "movablekeys"],
    categories: ["sortedset"],
    keys: [key(1, "OW", "update"), inputKeys(2)],
    run({ db, keyspace }, args, reply) {
      const request = readRequest(db, args, 2, { command, operation, stores: true });
      storeResult(db, args.at(1), compute(keyspace, operation, request), command, reply);
    },
  });
}

const complexity = {
  union: "O(N)+O(M*log(M)) with N members in all sets and M in the result",
  inter: "O(N*K)+O(M*log(M)) with N members in the smallest of K sets and M in the result",
  diff: "O(L+M*log(M)) with L members in all sets and M in the result",
};

export const zunion = givingCommand("union", {
  name: "ZUNION",
  since: "6.2.0",
  summary: "Gives the members of several sorted sets",
  complexity: complexity.union,
  syntax: "numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM | MIN | MAX] [WITHSCORES]",
});

export const zinter = givingCommand("inter", {
  name: "ZINTER",
  since: "6.2.0",
  summary: "Gives the members that several sorted sets have in common",
  complexity: complexity.inter,
  syntax: "numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM | MIN | MAX] [WITHSCORES]",
});

export const zdiff = givingCommand("diff", {
  name: "ZDIFF",
  since: "6.2.0",
  summary: "Gives the members of a sorted set that others do not have",
  complexity: complexity.diff,
  syntax: "numkeys key [key ...] [WITHSCORES]",
});

export const zunionstore = storingCommand("union", {
  name: "ZUNIONSTORE",
  since: "2.0.0",
  summary: "Stores the members of several sorted sets as one",
  complexity: complexity.union,
  syntax: "destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM | MIN | MAX]",
});

export const zinterstore = storingCommand("inter", {
  name: "ZINTERSTORE",
  since: "2.0.0",
  summary: "Stores the members that several sorted sets have in common as one",
  complexity: complexity.inter,
  syntax: "destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM | MIN | MAX]",
});

export const zdiffstore = storingCommand("diff", {
  name: "ZDIFFSTORE",
  since: "6.2.0",
  summary: "Stores the members of a sorted set that others do not have as one",
  complexity: complexity.diff,
  syntax: "destination numkeys key [key ...]",
});

export const zintercard = defineCommand({
  name: "ZINTERCARD",
  group: "sorted-set",
  since: "7.0.0",
  summary: "Counts the members that several sorted sets have in common",
  complexity: "O(N*K) with N members in the smallest of K sets",
  syntax: "numkeys key [key ...] [LIMIT limit]",
  arity: -3,
  flags: ["readonly", "movablekeys"],
  categories: ["sortedset"],
  keys: [inputKeys(1)],
  run({ db }, args, reply) {
    const request = readRequest(db, args, 1, { command: "zintercard", operation: "inter", counts: true });
    let count = 0;
    intersect(request, () => ++count !== request.limit);
    reply.integer(count);
  },
});
