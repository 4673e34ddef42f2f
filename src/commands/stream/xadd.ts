/** XADD: an entry is added to a stream. */
import type { Args } from "../../args.ts";
import { defineCommand, key } from "../../command.ts";
import { ReplyError, wrongArity } from "../../errors.ts";
import type { Keyspace } from "../../store/keyspace.ts";
import { Int64Words } from "../../store/numbers/int64_words.ts";
import { createStream, type Stream, writeStream } from "../../store/stream/stream.ts";
import {
  parseUint64Words,
  STREAM_ID_TEXT_BYTES_MAX,
  StreamId,
  writeStreamId,
} from "../../store/stream/stream_id.ts";
import { invalidId, readId } from "./ids.ts";
import { TrimOptions } from "./trim.ts";

const arity = wrongArity("xadd");
const zeroId = new ReplyError("ERR The ID specified in XADD must be greater than 0-0");
const exhausted = new ReplyError(
  "ERR The stream has exhausted the last possible ID, unable to add more items",
);
const tooSmallId = new ReplyError(
  "ERR The ID specified in XADD is equal or smaller than the target stream top item",
);
/** What the reference says, strangely, when there is no sequence left for the milliseconds that it is given. */
const noSequenceLeft = new ReplyError("ERR Elements are too large to be stored");

const DASH = 0x2d;
const STAR = 0x2a;
/** No longer text is taken for an id. */
const PARSED_TEXT_BYTES_MAX = 127;

/** What the request that runs says; one for all, since handlers run one after the other. */
const trimming = new TrimOptions();
const id = new StreamId();
/** How much of the id the server chooses: all of it, the sequence, nothing. */
let chosen: "all" | "sequence" | "nothing" = "nothing";
let makesStream = true;

const words = new Int64Words();
const text = new Uint8Array(STREAM_ID_TEXT_BYTES_MAX);

/** Reads `milliseconds-*`; false when argument `i` is something else. @throws ReplyError when it begins otherwise */
function readIdWithoutSequence(args: Args, i: number): boolean {
  const { bytes, start, end } = args.at(i);
  if (bytes[end - 1] !== STAR || end - start < 2 || end - start > PARSED_TEXT_BYTES_MAX) return false;
  let dash = start;
  while (dash < end && bytes[dash] !== DASH && bytes[dash] !== 0) dash++;
  if (dash !== end - 2 || bytes[dash] !== DASH) return false;
  if (!parseUint64Words(bytes, start, dash, words)) throw invalidId;
  id.setMin();
  id.msHigh = words.high;
  id.msLow = words.low;
  return true;
}

/**
 * Reads what stands before the fields.
 * @returns the argument that is the id; the number of arguments when there is none
 */
function readOptions(args: Args, keyspace: Keyspace): number {
  trimming.clear();
  makesStream = true;
  chosen = "all";
  let i = 2;
  while (i < args.count && !args.is(i, "*")) {
    const next = trimming.read(args, i);
    if (next !== i) {
      i = next;
    } else if (args.is(i, "nomkstream")) {
      makesStream = false;
      i++;
    } else {
      chosen = readIdWithoutSequence(args, i) ? "sequence" : "nothing";
      if (chosen === "nothing") readId(args, i, id);
      break;
    }
  }
  trimming.end(keyspace, false);
  return i;
}

/** Makes `id` what the new entry gets. @throws ReplyError when that is not greater than the last one */
function chooseId(stream: Stream, now: number): void {
  const { lastId } = stream;
  if (chosen === "all") {
    if (!stream.nextId(now, id)) throw exhausted;
    return;
  }
  if (chosen === "sequence" && id.msLow === lastId.msLow && id.msHigh === lastId.msHigh) {
    if ((lastId.sequenceHigh & lastId.sequenceLow) === -1) throw noSequenceLeft;
    id.set(lastId).increment();
  } else if (id.compare(lastId) <= 0) {
    throw tooSmallId;
  }
}

export const xadd = defineCommand({
  name: "XADD",
  group: "stream",
  since: "5.0.0",
  summary: "Adds an entry to a stream, which is created if there is none",
  complexity: "O(1); with trimming O(N) with N entries removed",
  syntax:
    "key [NOMKSTREAM] [<MAXLEN | MINID> [= | ~] threshold [LIMIT count]] <* | id> field value [field value ...]",
  arity: -5,
  flags: ["write", "denyoom", "fast"],
  categories: ["stream"],
  keys: [{
    ...key(1, "RW", "update"),
    notes: "An update rather than an insertion, since it may trim as well",
  }],
  tips: ["nondeterministic_output"],
  run({ db, keyspace, server: { journal } }, args, reply) {
    const idAt = readOptions(args, keyspace);
    const fields = args.count - idAt - 1;
    if (fields < 2 || fields % 2 !== 0) throw arity;
    if (chosen === "nothing" && id.isZero) throw zeroId;
    const name = args.at(1);
    let stream = writeStream(db, name);
    if (stream === undefined) {
      if (!makesStream) return reply.nil();
      stream = createStream(db, name);
    } else if (stream.lastId.isMax) {
      throw exhausted;
    }
    chooseId(stream, keyspace.now);
    stream.append(id, args, idAt + 1, args.count);
    const length = writeStreamId(id, text, 0);
    reply.bulkBytes(text, 0, length);
    if (chosen !== "nothing") journal.inOtherWords(idAt, text, 0, length);
    db.changed(name);
    db.event("t", "xadd", name);
    if (trimming.strategy === "none") return;
    if (trimming.trim(stream) > 0) db.event("t", "xtrim", name);
    trimming.record(journal, stream);
  },
});
