/** ZSCAN: a sorted set, step by step. */
import { defineCommand, key } from "../../command.ts";
import { formatDouble } from "../../store/double.ts";
import { SortedSet } from "../../store/sorted_set.ts";
import type { Slice } from "../../sys/bytes.ts";
import { matches, readCursor, readScanOptions } from "../scan_options.ts";
import { readSortedSet } from "./zscore.ts";

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
    const set = readSortedSet(context, args.at(1));
    if (set === undefined) {
      reply.array(2);
      reply.bulkText("0");
      return reply.array(0);
    }
    const { count, pattern } = readScanOptions(args, 3);
    let found = 0;
    const begun = reply.beginArray();
    const write = (member: Slice, score: number) => {
      if (pattern !== undefined && !matches(pattern, member)) return;
      reply.bulk(member);
      reply.bulkText(formatDouble(score));
      found++;
    };
    // A small sorted set comes as a whole, whatever the cursor.
    let next = 0;
    if (set instanceof SortedSet) next = set.scan(cursor, count, write);
    else set.walk(0, set.size, false, write);
    // The cursor stands before the members, but is known after them.
    reply.endArray(begun, found * 2);
    const members = reply.buffer.slice(begun, reply.length);
    reply.truncate(begun);
    reply.array(2);
    reply.bulkText(String(next));
    reply.raw(members);
  },
});
