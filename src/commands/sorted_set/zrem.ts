/** ZREM and ZREMRANGEBYRANK, -BYSCORE, -BYLEX: members are removed. */
import type { Args } from "../../args.ts";
import { defineCommand, key } from "../../command.ts";
import type { Context } from "../../context.ts";
import type { Reply } from "../../resp/reply.ts";
import { Type } from "../../store/memory/entry.ts";
import { SortedSetEditor } from "../../store/sorted_set/sorted_set_editor.ts";
import type { Selection } from "../../store/sorted_set/sorted_set_range.ts";
import { type RangeKind, readRange, selection, selectRanks } from "./ranges.ts";

const editor = new SortedSetEditor();

export const zrem = defineCommand({
  name: "ZREM",
  group: "sorted-set",
  since: "1.2.0",
  summary: "Removes members from a sorted set",
  complexity: "O(M*log(N)) with N members in the sorted set and M to remove",
  syntax: "key member [member ...]",
  arity: -3,
  flags: ["write", "fast"],
  categories: ["sortedset"],
  keys: [key(1, "RW", "delete")],
  run({ db }, args, reply) {
    const name = args.at(1);
    const ref = db.writeTyped(name, Type.zset);
    if (ref === 0) return reply.integer(0);
    editor.open(db, name, ref);
    for (let i = 2; i < args.count && editor.size > 0; i++) {
      if (editor.find(args.at(i))) editor.remove();
    }
    const removed = editor.changes;
    if (removed > 0) db.event("z", "zrem", name);
    editor.close();
    reply.integer(removed);
  },
});

function removeRange({ db }: Context, args: Args, reply: Reply, kind: RangeKind, event: string): void {
  const [first, last] = kind === "rank" ? [args.integer(2), args.integer(3)] : [0, 0];
  const range = kind === "rank" ? undefined : readRange(args, kind, 2, 3);
  const name = args.at(1);
  const ref = db.writeTyped(name, Type.zset);
  if (ref === 0) return reply.integer(0);
  editor.open(db, name, ref);
  const { rank, count }: Selection = range === undefined
    ? selectRanks(editor.size, first, last, false)
    : editor.reader.select(range, false, 0, Infinity, selection);
  editor.removeRange(rank, count);
  if (count > 0) db.event("z", event, name);
  editor.close();
  reply.integer(count);
}

const rangeRemoval = {
  group: "sorted-set",
  complexity: "O(log(N)+M) with N members in the sorted set and M removed",
  arity: 4,
  flags: ["write"],
  categories: ["sortedset"],
  keys: [key(1, "RW", "delete")],
} as const;

export const zremrangebyrank = defineCommand({
  ...rangeRemoval,
  name: "ZREMRANGEBYRANK",
  since: "2.0.0",
  summary: "Removes the members in a range of ranks",
  syntax: "key start stop",
  run: (context, args, reply) => removeRange(context, args, reply, "rank", "zremrangebyrank"),
});

export const zremrangebyscore = defineCommand({
  ...rangeRemoval,
  name: "ZREMRANGEBYSCORE",
  since: "1.2.0",
  summary: "Removes the members with scores in a range",
  syntax: "key min max",
  run: (context, args, reply) => removeRange(context, args, reply, "score", "zremrangebyscore"),
});

export const zremrangebylex = defineCommand({
  ...rangeRemoval,
  name: "ZREMRANGEBYLEX",
  since: "2.8.9",
  summary: "Removes the members between two texts, where all scores are the same",
  syntax: "key min max",
  run: (context, args, reply) => removeRange(context, args, reply, "member", "zremrangebylex"),
});
