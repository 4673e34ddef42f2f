/** SSCAN: a set, step by step. */
import { defineCommand, key } from "../../command.ts";
import { SetValue } from "../../store/hash/set_value.ts";
import { Slice } from "../../sys/bytes.ts";
import { matches, readCursor, readScanOptions } from "../scan_options.ts";

const set = new SetValue();
const name = new Slice();

export const sscan = defineCommand({
  name: "SSCAN",
  group: "set",
  since: "2.8.0",
  summary: "Lists some members of a set and tells where to go on",
  complexity: "O(1) for every call; O(N) for a whole walk over N members",
  syntax: "key cursor [MATCH pattern] [COUNT count]",
  arity: -3,
  flags: ["readonly"],
  categories: ["set"],
  keys: [key(1, "RO", "access")],
  tips: ["nondeterministic_output"],
  run({ db }, args, reply) {
    const cursor = readCursor(args, 2);
    if (!set.read(db, args.at(1))) {
      reply.array(2);
      reply.bulkText("0");
      return reply.array(0);
    }
    const { count, pattern } = readScanOptions(args, 3);
    reply.array(2);
    const { dict } = set;
    if (dict === undefined) {
      // A small set comes as a whole, whatever the cursor.
      reply.bulkText("0");
      const begun = reply.beginArray();
      let found = 0;
      set.forEach((member) => {
        if (pattern !== undefined && !matches(pattern, member)) return;
        reply.bulk(member);
        found++;
      });
      return reply.endArray(begun, found);
    }
    const refs: number[] = [];
    const next = dict.scan(cursor, count, (ref) => {
      if (pattern === undefined || matches(pattern, dict.keyAt(ref, name))) refs.push(ref);
    });
    reply.bulkText(String(next));
    reply.array(refs.length);
    for (const ref of refs) reply.bulk(dict.keyAt(ref, name));
  },
});
