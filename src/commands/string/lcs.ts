/** LCS: the longest common subsequence of two strings. */
import type { Args } from "../../args.ts";
import { defineCommand, type KeySpec } from "../../command.ts";
import type { Database } from "../../store/database.ts";
import { ReplyError, syntaxError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import { Type } from "../../store/memory/entry.ts";
import {
  lcs as subsequence,
  lcsLength,
  lcsTableBytes,
  type LongestCommonSubsequence,
} from "../../store/lcs.ts";
import { NO_BYTES, Slice } from "../../sys/bytes.ts";

const notStrings = new ReplyError("ERR The specified keys must contain string values");
const lengthOrIndexes = new ReplyError(
  "ERR If you want both the length and indexes, please just use IDX.",
);
const tableTooLarge = new ReplyError(
  "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len",
);

const first = new Slice();
const second = new Slice();

/** Keys 1 and 2 as one range. */
const bothKeys: KeySpec = {
  flags: ["RO", "access"],
  begin: { index: 1 },
  find: { lastKey: 1, step: 1, limit: 0 },
};

interface Options {
  onlyLength: boolean;
  indexes: boolean;
  withLengths: boolean;
  shortest: number;
}

function readOptions(args: Args): Options {
  const options: Options = { onlyLength: false, indexes: false, withLengths: false, shortest: 0 };
  for (let i = 3; i < args.count; i++) {
    if (args.is(i, "idx")) options.indexes = true;
    else if (args.is(i, "len")) options.onlyLength = true;
    else if (args.is(i, "withmatchlen")) options.withLengths = true;
    else if (args.is(i, "minmatchlen") && i + 1 < args.count) options.shortest = args.integer(++i);
    else throw syntaxError;
  }
  if (options.onlyLength && options.indexes) throw lengthOrIndexes;
  return options;
}

/** Points `into` at the string of an entry, or at nothing. */
function pointAt(db: Database, ref: number, into: Slice): void {
  if (ref === 0) into.point(NO_BYTES, 0, 0);
  else if (db.typeOf(ref) !== Type.string) throw notStrings;
  else db.stringAt(ref, into);
}

function replyIndexes(reply: Reply, found: LongestCommonSubsequence, options: Options): void {
  const { ranges } = found;
  reply.map(2);
  reply.bulkText("matches");
  const begun = reply.beginArray();
  let matches = 0;
  for (let i = 0; i < ranges.length; i += 4) {
    const length = ranges[i + 1]! - ranges[i]! + 1;
    if (length < options.shortest) continue;
    matches++;
    reply.array(options.withLengths ? 3 : 2);
    for (let j = i; j < i + 4; j += 2) {
      reply.array(2);
      reply.integer(ranges[j]!);
      reply.integer(ranges[j + 1]!);
    }
    if (options.withLengths) reply.integer(length);
  }
  reply.endArray(begun, matches);
  reply.bulkText("len");
  reply.integer(found.length);
}

export const lcs = defineCommand({
  name: "LCS",
  group: "string",
  since: "7.0.0",
  summary: "Finds the longest common subsequence of two strings",
  complexity: "O(N*M) with strings of N and M bytes",
  syntax: "key1 key2 [LEN] [IDX] [MINMATCHLEN len] [WITHMATCHLEN]",
  arity: -3,
  flags: ["readonly"],
  categories: ["string"],
  keys: [bothKeys],
  run({ db, server }, args, reply) {
    const firstRef = db.read(args.at(1));
    const secondRef = db.read(args.at(2));
    pointAt(db, firstRef, first);
    pointAt(db, secondRef, second);
    const options = readOptions(args);
    if (lcsTableBytes(first.length, second.length) > server.settings.number("proto-max-bulk-len")) {
      throw tableTooLarge;
    }
    const { bytes: a, start: aStart, end: aEnd } = first;
    const { bytes: b, start: bStart, end: bEnd } = second;
    if (options.onlyLength) return reply.integer(lcsLength(a, aStart, aEnd, b, bStart, bEnd));
    const found = subsequence(a, aStart, aEnd, b, bStart, bEnd);
    if (options.indexes) replyIndexes(reply, found, options);
    else reply.bulkBytes(found.text);
  },
});
