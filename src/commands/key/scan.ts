/** KEYS, SCAN, RANDOMKEY: which keys there are. */
import type { Args } from "../../args.ts";
import { defineCommand } from "../../command.ts";
import { ReplyError, syntaxError } from "../../errors.ts";
import type { Database } from "../../store/database.ts";
import { TYPE_NAMES } from "../../store/entry.ts";
import { globMatch } from "../../store/glob.ts";
import type { Slice } from "../../sys/bytes.ts";

const invalidCursor = new ReplyError("ERR invalid cursor");
const STAR = 0x2a;
const UINT64_MAX = (1n << 64n) - 1n;
const COUNT_DEFAULT = 10;
/** Keys after which one call of SCAN ends in any case. */
const COUNT_MAX = 2 ** 31;

/** Whether every key matches, so that none has to be looked at. */
function matchesAll(pattern: Slice): boolean {
  return pattern.length === 1 && pattern.bytes[pattern.start] === STAR;
}

function matches(pattern: Slice, name: Slice): boolean {
  return globMatch(
    pattern.bytes,
    pattern.start,
    pattern.end,
    name.bytes,
    name.start,
    name.end,
  );
}

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

/** The cursor at argument 1: any number of 64 bits, with a sign or without, or nothing at all. */
function readCursor(args: Args): number {
  const parts = /^([+-]?)(\d+)$/.exec(args.text(1).split("\0", 1)[0]!);
  if (parts === null) {
    if (args.at(1).length === 0) return 0;
    throw invalidCursor;
  }
  const magnitude = BigInt(parts[2]!);
  if (magnitude > UINT64_MAX) throw invalidCursor;
  return Number(BigInt.asUintN(32, parts[1] === "-" ? -magnitude : magnitude));
}

/** What the options of one SCAN ask for; one object for all, since handlers run one after the other. */
const options = {
  count: COUNT_DEFAULT,
  pattern: undefined as Slice | undefined,
  type: undefined as string | undefined,
};

function readOptions(args: Args): void {
  options.count = COUNT_DEFAULT;
  options.pattern = undefined;
  options.type = undefined;
  for (let i = 2; i < args.count; i += 2) {
    const more = i + 1 < args.count;
    if (args.is(i, "count") && more) {
      options.count = args.integer(i + 1);
      if (options.count < 1) throw syntaxError;
    } else if (args.is(i, "match") && more) {
      options.pattern = matchesAll(args.at(i + 1)) ? undefined : args.at(i + 1);
    } else if (args.is(i, "type") && more) {
      options.type = args.text(i + 1).toLowerCase();
    } else {
      throw syntaxError;
    }
  }
}

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
  run({ db }, args, reply) {
    const cursor = readCursor(args);
    readOptions(args);
    const { pattern, type } = options;
    const found: number[] = [];
    const accepts = pattern === undefined ? undefined : (name: Slice) => matches(pattern, name);
    const next = db.scan(cursor, Math.min(options.count, COUNT_MAX), (ref) => {
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
  run({ db }, _args, reply) {
    const ref = db.randomEntry();
    if (ref === 0) reply.nil();
    else reply.bulk(db.keyOf(ref));
  },
});
