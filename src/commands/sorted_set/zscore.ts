/** ZCARD, ZSCORE, ZMSCORE, ZRANK, ZREVRANK: what is known of a sorted set and its members. */
import { defineCommand, key } from "../../command.ts";
import type { Context } from "../../context.ts";
import type { Reply } from "../../resp/reply.ts";
import { formatDouble } from "../../store/numbers/double.ts";
import { Type } from "../../store/memory/entry.ts";
import { openSortedSet } from "../../store/sorted_set/sorted_set_editor.ts";
import { PackedSortedSet } from "../../store/sorted_set/sorted_set_listpack.ts";
import type { SortedSetReader } from "../../store/sorted_set/sorted_set_range.ts";
import type { Slice } from "../../sys/bytes.ts";

const shared = new PackedSortedSet();

/**
 * The sorted set of a key that is read, or undefined.
 * @param packed what is given when it is small; the usual one is reused by the next call
 * @throws ReplyError when it is of another type
 */
export function readSortedSet(
  { db }: Context,
  name: Slice,
  packed: PackedSortedSet = shared,
): SortedSetReader | undefined {
  const ref = db.readTyped(name, Type.zset);
  return ref === 0 ? undefined : openSortedSet(db, ref, packed);
}

function replyScore(reply: Reply, score: number): void {
  if (score !== score) reply.nil();
  else reply.double(formatDouble(score));
}

export const zcard = defineCommand({
  name: "ZCARD",
  group: "sorted-set",
  since: "1.2.0",
  summary: "Counts the members of a sorted set",
  complexity: "O(1)",
  syntax: "key",
  arity: 2,
  flags: ["readonly", "fast"],
  categories: ["sortedset"],
  keys: [key(1, "RO")],
  leavesValues: true,
  run({ db }, args, reply) {
    const ref = db.readTyped(args.at(1), Type.zset);
    reply.integer(ref === 0 ? 0 : db.swappedSize(ref) ?? openSortedSet(db, ref).size);
  },
});

export const zscore = defineCommand({
  name: "ZSCORE",
  group: "sorted-set",
  since: "1.2.0",
  summary: "Gives the score of a member",
  complexity: "O(1)",
  syntax: "key member",
  arity: 3,
  flags: ["readonly", "fast"],
  categories: ["sortedset"],
  keys: [key(1, "RO", "access")],
  run(context, args, reply) {
    replyScore(reply, readSortedSet(context, args.at(1))?.scoreOf(args.at(2)) ?? NaN);
  },
});

export const zmscore = defineCommand({
  name: "ZMSCORE",
  group: "sorted-set",
  since: "6.2.0",
  summary: "Gives the scores of several members",
  complexity: "O(N) with N members asked for",
  syntax: "key member [member ...]",
  arity: -3,
  flags: ["readonly", "fast"],
  categories: ["sortedset"],
  keys: [key(1, "RO", "access")],
  run(context, args, reply) {
    const set = readSortedSet(context, args.at(1));
    reply.array(args.count - 2);
    for (let i = 2; i < args.count; i++) replyScore(reply, set?.scoreOf(args.at(i)) ?? NaN);
  },
});

export const zrank = defineCommand({
  name: "ZRANK",
  group: "sorted-set",
  since: "2.0.0",
  summary: "Counts the members that come before a member",
  complexity: "O(log(N))",
  syntax: "key member",
  arity: 3,
  flags: ["readonly", "fast"],
  categories: ["sortedset"],
  keys: [key(1, "RO", "access")],
  run(context, args, reply) {
    const rank = readSortedSet(context, args.at(1))?.rankOf(args.at(2)) ?? -1;
    if (rank < 0) reply.nil();
    else reply.integer(rank);
  },
});

export const zrevrank = defineCommand({
  name: "ZREVRANK",
  group: "sorted-set",
  since: "2.0.0",
  summary: "Counts the members that come after a member",
  complexity: "O(log(N))",
  syntax: "key member",
  arity: 3,
  flags: ["readonly", "fast"],
  categories: ["sortedset"],
  keys: [key(1, "RO", "access")],
  run(context, args, reply) {
    const set = readSortedSet(context, args.at(1));
    const rank = set?.rankOf(args.at(2)) ?? -1;
    if (set === undefined || rank < 0) reply.nil();
    else reply.integer(set.size - 1 - rank);
  },
});
