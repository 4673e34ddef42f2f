/** ZSCAN: a sorted set, step by step. */
import { defineCommand, key } from "../../command.ts";
import { formatDouble } from "../../store/numbers/double.ts";
import { SortedSet } from "../../store/sorted_set/sorted_set.ts";
import { PackedSortedSet } from "../../store/sorted_set/sorted_set_listpack.ts";
import { matches, readCursor, readScanOptions } from "../scan_options.ts";
import { readSortedSet } from "./zscore.ts";

const packed = new PackedSortedSet();

export const zscan = defineCommand({
  name: "ZSCAN",
  group: "sorted-set",
  since: "2.8.0",
  summary: "Lists some members of a sorted set with their scores and tells where to go on",
  complexity: "O(1) for every call; O(N) for a whole walk over N members",
  syntax: "key cursor [MATCH pattern] [COUNT count]",
  arity: -3,
  flags: ["readonly"],
  categories: ["sortedset"],
  keys: [key(1, "RO", "access")],
  tips: ["nondeterministic_output"],
  run(context, args, reply) {
    const cursor = readCursor(args, 2);
    const set = readSortedSet(context, args.at(1), packed);
    if (set === undefined) {
      reply.array(2);
      reply.bulkText("0");
      return reply.array(0);
    }
    const { count, pattern } = readScanOptions(args, 3);
    let found = 0;
    let next = 0;
    const begun = reply.beginArray();
    if (set instanceof SortedSet) {
      next = set.scan(cursor, count, (member, score) => {
        if (pattern !== undefined && !matches(pattern, member)) return;
        reply.bulk(member);
        reply.bulkText(formatDouble(score));
        found++;
      });
    } else {
      // A small sorted set comes as a whole, whatever the cursor, with its scores as they are stored.
      packed.forEachPair((member, score) => {
        if (pattern !== undefined && !matches(pattern, member)) return;
        reply.bulk(member);
        reply.bulk(score);
        found++;
      });
    }
    // The cursor stands before the members, but is known after them.
    reply.endArray(begun, found * 2);
    const members = reply.buffer.slice(begun, reply.length);
    reply.truncate(begun);
    reply.array(2);
    reply.bulkText(String(next));
    reply.raw(members);
  },
});
