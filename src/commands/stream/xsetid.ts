/** XSETID: what a stream says of the entries that it had, for those who copy streams by commands. */
import type { Args } from "../../args.ts";
import { defineCommand, key } from "../../command.ts";
import { noSuchKey, ReplyError, syntaxError } from "../../errors.ts";
import { type Stream, writeStream } from "../../store/stream/stream.ts";
import { StreamId } from "../../store/stream/stream_id.ts";
import { readId } from "./ids.ts";

const negativeCount = new ReplyError("ERR entries_added must be positive");
const smallerThanGiven = new ReplyError(
  "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id",
);
const smallerThanLast = new ReplyError(
  "ERR The ID specified in XSETID is smaller than the target stream top item",
);
const fewerThanThere = new ReplyError(
  "ERR The entries_added specified in XSETID is smaller than the target stream length",
);

const lastId = new StreamId();
const maxDeletedId = new StreamId();
const lastEntry = new StreamId();

/** Reads `lastId` and `maxDeletedId`, 0-0 if it is not given; how many entries were added, or undefined. */
function readOptions(args: Args): bigint | undefined {
  let added: bigint | undefined;
  readId(args, 2, lastId);
  maxDeletedId.setMin();
  for (let i = 3; i < args.count; i += 2) {
    if (i + 1 >= args.count) throw syntaxError;
    if (args.is(i, "entriesadded")) {
      added = args.bigInteger(i + 1);
      if (added < 0n) throw negativeCount;
    } else if (args.is(i, "maxdeletedid")) {
      readId(args, i + 1, maxDeletedId);
      if (lastId.compare(maxDeletedId) < 0) throw smallerThanGiven;
    } else {
      throw syntaxError;
    }
  }
  return added;
}

/** @throws ReplyError when what was read does not fit the stream */
function check(stream: Stream, added: bigint | undefined): void {
  if (stream.size === 0) return;
  if (lastId.compare(stream.lastEntryId(lastEntry)) < 0) throw smallerThanLast;
  if (added !== undefined && BigInt(stream.size) > added) throw fewerThanThere;
}

export const xsetid = defineCommand({
  name: "XSETID",
  group: "stream",
  since: "5.0.0",
  summary: "Sets the last id of a stream, and what it says of entries that are gone",
  complexity: "O(1)",
  syntax: "key last-id [ENTRIESADDED entries_added] [MAXDELETEDID max_deleted_entry_id]",
  arity: -3,
  flags: ["write", "denyoom", "fast"],
  categories: ["stream"],
  keys: [key(1, "RW", "update")],
  run({ db, keyspace }, args, reply) {
    const added = readOptions(args);
    const name = args.at(1);
    const stream = writeStream(db, name);
    if (stream === undefined) throw noSuchKey;
    check(stream, added);
    stream.lastId.set(lastId);
    if (added !== undefined) {
      stream.entriesAdded = added <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(added) : added;
    }
    if (!maxDeletedId.isZero) stream.maxDeletedId.set(maxDeletedId);
    // The reference counts the change and tells nobody: neither who watches the key nor who waits for it.
    keyspace.dirty++;
    reply.ok();
    db.event("t", "xsetid", name);
  },
});
