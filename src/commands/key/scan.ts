/** KEYS, SCAN, RANDOMKEY: which keys there are. */
import { defineCommand } from "../../command.ts";
import type { Database } from "../../store/database.ts";
import { TYPE_NAMES } from "../../store/memory/entry.ts";
import type { Slice } from "../../sys/bytes.ts";
import { matches, matchesAll, readCursor, readScanOptions } from "../scan_options.ts";

export const keysCommand = defineCommand({
  name: "KEYS",
  group: "generic",
  since: "1.0.0",
  summary: "Lists all keys that match a pattern",
  complexity: "O(N) with N keys in the database",
  syntax: "pattern",
  arity: 2,
  flags: ["readonly"],
  categories: ["keyspace", "dangerous"],
  tips: ["request_policy:all_shards", "nondeterministic_output_order"],
  run({ db }, args, reply) {
    const pattern = args.at(1);
    const all = matchesAll(pattern);
    const begun = reply.beginArray();
    let found = 0;
    db.forEach((ref) => {
      const name = db.keyOf(ref);
      if (!all && !matches(pattern, name)) return;
      reply.bulk(name);
      found++;
    });
    reply.endArray(begun, found);
  },
});

/** Whether an entry is of the type that SCAN asks for. Asking counts as looking the key up. */
function isOfType(db: Database, ref: number, type: string): boolean {
  db.keyspace.hits++;
  return TYPE_NAMES[db.typeOf(ref)] === type;
}

export const scan = defineCommand({
  name: "SCAN",
  group: "generic",
  since: "2.8.0",
  summary: "Lists some keys and tells where to go on",
  complexity: "O(1) for every call; O(N) for a whole walk over N keys",
  syntax: "cursor [MATCH pattern] [COUNT count] [TYPE type]",
  arity: -2,
  flags: ["readonly"],
  categories: ["keyspace"],
  tips: ["nondeterministic_output", "request_policy:special"],
  effectsStandApart: true,
  run({ db }, args, reply) {
    const cursor = readCursor(args, 1);
    const { count, pattern, type } = readScanOptions(args, 2, true);
    const found: number[] = [];
    const accepts = pattern === undefined ? undefined : (name: Slice) => matches(pattern, name);
    const next = db.scan(cursor, count, (ref) => {
      if (type === undefined || isOfType(db, ref, type)) found.push(ref);
    }, accepts);
    reply.array(2);
    reply.bulkText(String(next));
    reply.array(found.length);
    for (const ref of found) reply.bulk(db.keyOf(ref));
  },
});

export const randomkey = defineCommand({
  name: "RANDOMKEY",
  group: "generic",
  since: "1.0.0",
  summary: "Names a random key",
  complexity: "O(1)",
  syntax: "",
  arity: 1,
  flags: ["readonly"],
  categories: ["keyspace"],
  tips: ["request_policy:all_shards", "nondeterministic_output"],
  effectsStandApart: true,
  run({ db }, _args, reply) {
    const ref = db.randomEntry();
    if (ref === 0) reply.nil();
    else reply.bulk(db.keyOf(ref));
  },
});
