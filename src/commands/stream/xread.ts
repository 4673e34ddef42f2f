/** XREAD: what came to streams behind what the client knows; it may wait for that. */
import type { Args } from "../../args.ts";
import { defineCommand } from "../../command.ts";
import type { Context } from "../../context.ts";
import { ReplyError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import type { Database } from "../../store/database.ts";
import { Type } from "../../store/memory/entry.ts";
import { readStream, type Stream, streamAt } from "../../store/stream/stream.ts";
import { StreamId } from "../../store/stream/stream_id.ts";
import { latin1, Slice } from "../../sys/bytes.ts";
import { findForTaking } from "../blocking.ts";
import { replyEntries, replyStreamName, replyStreams } from "./entries.ts";
import { readId } from "./ids.ts";
import { type ReadOptions, readReadOptions } from "./read_options.ts";

const onlyForGroups = new ReplyError(
  "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.",
);

const from = new StreamId();
const last = new StreamId();
const greatest = new StreamId().setMax();

/**
 * Reads the ids behind which the client is to be given entries; `$` is the last one of the stream.
 * @throws ReplyError for the first key, or its id, that is wrong
 */
function readKnown(db: Database, args: Args, { firstKey, streams }: ReadOptions): StreamId[] {
  const known: StreamId[] = [];
  for (let i = 0; i < streams; i++) {
    const lastId = readStream(db, args.at(firstKey + i))?.lastId.clone() ?? new StreamId();
    const at = firstKey + streams + i;
    if (args.is(at, ">")) throw onlyForGroups;
    known.push(args.is(at, "$") ? lastId : readId(args, at, new StreamId()));
  }
  return known;
}

function hasEntriesBehind(stream: Stream, id: StreamId): boolean {
  return stream.size > 0 && stream.lastEntryId(last).compare(id) > 0;
}

function replyNews(reply: Reply, name: Slice, stream: Stream, id: StreamId, count: number): void {
  replyStreamName(reply, name);
  from.set(id).increment();
  replyEntries(reply, stream, from, greatest, false, count);
}

/** Replies what is there; false, with nothing written, when that is nothing. */
function replyWhatIsThere(
  db: Database,
  args: Args,
  { firstKey, count }: ReadOptions,
  known: readonly StreamId[],
  reply: Reply,
): boolean {
  const streams = known.map((id, i) => {
    const stream = readStream(db, args.at(firstKey + i));
    return stream !== undefined && hasEntriesBehind(stream, id) ? stream : undefined;
  });
  const found = streams.reduce((sum, stream) => stream === undefined ? sum : sum + 1, 0);
  if (found === 0) return false;
  replyStreams(reply, found);
  for (const [i, stream] of streams.entries()) {
    if (stream !== undefined) replyNews(reply, args.at(firstKey + i), stream, known[i]!, count);
  }
  return true;
}

/**
 * Lets the client wait for all of its streams. As in the reference it is answered when it is told of one whose last id is behind
 * what it knows, even if all entries there are gone: then with no entries.
 */
function wait(
  { client, db }: Context,
  args: Args,
  { firstKey, streams, timeoutMs, count }: ReadOptions,
  known: readonly StreamId[],
): void {
  const keys: string[] = [];
  for (let i = 0; i < streams; i++) keys.push(args.text(firstKey + i));
  const serve = (key: string) => {
    const { reply } = client;
    const name = new Slice(latin1(key));
    const ref = findForTaking(db, name, Type.stream, false);
    if (ref === 0) return false;
    const stream = streamAt(db, ref);
    const id = known[keys.indexOf(key)]!;
    if (stream.lastId.compare(id) <= 0) return false;
    replyStreams(reply, 1);
    replyNews(reply, name, stream, id, count);
    return true;
  };
  client.wait({ database: db.id, keys, serve }, timeoutMs, () => client.reply.nilArray());
}

export const xread = defineCommand({
  name: "XREAD",
  group: "stream",
  since: "5.0.0",
  summary: "Gives the entries of streams behind the ids that a client knows, and may wait for some",
  complexity: "O(log(N)+M) for each stream, with N entries in it and M given",
  syntax: "[COUNT count] [BLOCK milliseconds] STREAMS key [key ...] id [id ...]",
  arity: -4,
  flags: ["readonly", "blocking", "movablekeys"],
  categories: ["stream"],
  keys: [{
    flags: ["RO", "access"],
    begin: { keyword: "STREAMS", startFrom: 1 },
    find: { lastKey: -1, step: 1, limit: 2 },
  }],
  run(context, args, reply) {
    const { client, db } = context;
    const options = readReadOptions(args, client, false);
    const known = readKnown(db, args, options);
    if (replyWhatIsThere(db, args, options, known, reply)) return;
    if (options.timeoutMs < 0 || client.transaction !== undefined) return reply.nilArray();
    wait(context, args, options, known);
  },
});
