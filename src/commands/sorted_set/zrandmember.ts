/** ZRANDMEMBER: members drawn at random. */
import { defineCommand, key } from "../../command.ts";
import { outOfRange, syntaxError } from "../../errors.ts";
import { formatDouble } from "../../store/numbers/double.ts";
import type { Slice } from "../../sys/bytes.ts";
import { chooseIndices } from "../random_choice.ts";
import { readRandomCount } from "../random_count.ts";
import { readSortedSet } from "./zscore.ts";

/** Half of the largest 64-bit integer: with scores, twice as many replies must be countable. */
const PAIRS_MAX = 2 ** 62;

export const zrandmember = defineCommand({
  name: "ZRANDMEMBER",
  group: "sorted-set",
  since: "6.2.0",
  summary: "Draws members of a sorted set at random",
  complexity: "O(M*log(N)) for M members drawn of N; O(N) when M is a good part of N",
  syntax: "key [count [WITHSCORES]]",
  arity: -2,
  flags: ["readonly"],
  categories: ["sortedset"],
  keys: [key(1, "RO", "access")],
  tips: ["nondeterministic_output"],
  run(context, args, reply) {
    const random = (bound: number) => context.keyspace.random.below(bound);
    if (args.count === 2) {
      const set = readSortedSet(context, args.at(1));
      if (set === undefined) return reply.nil();
      return set.walk(random(set.size), 1, false, (member) => reply.bulk(member));
    }
    const count = readRandomCount(args, 2);
    if (args.count > 4 || (args.count === 4 && !args.is(3, "withscores"))) throw syntaxError;
    const withScores = args.count === 4;
    if (withScores && (count >= PAIRS_MAX || count < -PAIRS_MAX)) throw outOfRange;
    const set = readSortedSet(context, args.at(1));
    if (set === undefined || count === 0) return reply.array(0);
    const nested = withScores && reply.resp3;
    const drawn = count < 0 ? -count : Math.min(count, set.size);
    reply.array(withScores && !nested ? drawn * 2 : drawn);
    const visit = (member: Slice, score: number) => {
      if (nested) reply.array(2);
      reply.bulk(member);
      if (withScores) reply.double(formatDouble(score));
    };
    if (drawn === set.size && count > 0) return set.walk(0, drawn, false, visit);
    if (count < 0) {
      for (let i = 0; i < drawn; i++) set.walk(random(set.size), 1, false, visit);
    } else {
      for (const rank of chooseIndices(set.size, drawn, random)) set.walk(rank, 1, false, visit);
    }
  },
});
