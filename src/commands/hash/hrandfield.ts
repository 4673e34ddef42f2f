/** HRANDFIELD: fields drawn at random. */
import { defineCommand, key } from "../../command.ts";
import type { Context } from "../../context.ts";
import { outOfRange, syntaxError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import { HashValue } from "../../store/hash/hash_value.ts";
import type { Slice } from "../../sys/bytes.ts";
import { chooseIndices, chooseRefs } from "../random_choice.ts";
import { readRandomCount } from "../random_count.ts";

/** Half of the largest 64-bit integer: with values, twice as many replies must be countable. */
const PAIRS_MAX = 2 ** 62;

const hash = new HashValue();

export const hrandfield = defineCommand({
  name: "HRANDFIELD",
  group: "hash",
  since: "6.2.0",
  summary: "Draws fields of a hash at random",
  complexity: "O(M) for M fields drawn; O(N) with N fields when M is a good part of N",
  syntax: "key [count [WITHVALUES]]",
  arity: -2,
  flags: ["readonly"],
  categories: ["hash"],
  keys: [key(1, "RO", "access")],
  tips: ["nondeterministic_output"],
  run(context, args, reply) {
    const { db, keyspace } = context;
    if (args.count === 2) {
      if (!hash.read(db, args.at(1))) return reply.nil();
      hash.sample((bound) => keyspace.random.below(bound), (field) => reply.bulk(field));
      return;
    }
    const count = readRandomCount(args, 2);
    if (args.count > 4 || (args.count === 4 && !args.is(3, "withvalues"))) throw syntaxError;
    const withValues = args.count === 4;
    if (withValues && (count >= PAIRS_MAX || count <= -PAIRS_MAX)) throw outOfRange;
    if (!hash.read(db, args.at(1)) || count === 0) return reply.array(0);
    drawMany(context, count, withValues, reply);
  },
});

function drawMany({ keyspace }: Context, count: number, withValues: boolean, reply: Reply): void {
  const random = (bound: number) => keyspace.random.below(bound);
  const flat = withValues && !reply.resp3;
  const visit = (field: Slice, value: Slice) => {
    if (withValues && !flat) reply.array(2);
    reply.bulk(field);
    if (withValues) reply.bulk(value);
  };
  if (count < 0) {
    reply.array(flat ? -count * 2 : -count);
    for (let i = 0; i < -count; i++) hash.sample(random, visit);
    return;
  }
  const size = hash.size;
  const drawn = Math.min(count, size);
  reply.array(flat ? drawn * 2 : drawn);
  if (drawn === size) hash.forEach(visit);
  else if (hash.dict !== undefined) {
    for (const ref of chooseRefs(hash.dict, drawn, random)) hash.visitRef(ref, visit);
  } else {
    for (const index of chooseIndices(size, drawn, random)) hash.visitIndex(index, visit);
  }
}
