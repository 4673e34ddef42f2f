/** HSCAN: a hash, step by step. */
import { defineCommand, key } from "../../command.ts";
import { HashValue } from "../../store/hash/hash_value.ts";
import { Slice } from "../../sys/bytes.ts";
import { matches, readCursor, readScanOptions } from "../scan_options.ts";

const hash = new HashValue();
const name = new Slice();

export const hscan = defineCommand({
  name: "HSCAN",
  group: "hash",
  since: "2.8.0",
  summary: "Lists some fields of a hash with their values and tells where to go on",
  complexity: "O(1) for every call; O(N) for a whole walk over N fields",
  syntax: "key cursor [MATCH pattern] [COUNT count]",
  arity: -3,
  flags: ["readonly"],
  categories: ["hash"],
  keys: [key(1, "RO", "access")],
  tips: ["nondeterministic_output"],
  run({ db }, args, reply) {
    const cursor = readCursor(args, 2);
    if (!hash.read(db, args.at(1))) {
      reply.array(2);
      reply.bulkText("0");
      return reply.array(0);
    }
    const { count, pattern } = readScanOptions(args, 3);
    reply.array(2);
    const { dict } = hash;
    let found = 0;
    const write = (field: Slice, value: Slice) => {
      if (pattern !== undefined && !matches(pattern, field)) return;
      reply.bulk(field);
      reply.bulk(value);
      found++;
    };
    if (dict === undefined) {
      // A small hash comes as a whole, whatever the cursor.
      reply.bulkText("0");
      const begun = reply.beginArray();
      hash.forEach(write);
      return reply.endArray(begun, found * 2);
    }
    const refs: number[] = [];
    const next = dict.scan(cursor, count, (ref) => {
      if (pattern === undefined || matches(pattern, dict.keyAt(ref, name))) refs.push(ref);
    });
    reply.bulkText(String(next));
    reply.array(refs.length * 2);
    for (const ref of refs) {
      hash.visitRef(ref, (field, value) => {
        reply.bulk(field);
        reply.bulk(value);
      });
    }
  },
});
