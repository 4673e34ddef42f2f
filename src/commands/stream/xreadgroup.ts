/** XREADGROUP: a consumer is given what nobody of its group was given yet, and may wait for that; or once more what is pending at it. */
import type { Args } from "../../args.ts";
import { defineCommand } from "../../command.ts";
import type { Context } from "../../context.ts";
import { ReplyError } from "../../errors.ts";
import { Type } from "../../store/memory/entry.ts";
import { type Consumer, type ConsumerGroup, difference } from "../../store/stream/consumer_group.ts";
import { advanceGroup } from "../../store/stream/entries_read.ts";
import { type Stream, streamAt } from "../../store/stream/stream.ts";
import { StreamCursor } from "../../store/stream/stream_cursor.ts";
import { StreamId } from "../../store/stream/stream_id.ts";
import { latin1, Slice } from "../../sys/bytes.ts";
import { findForTaking } from "../blocking.ts";
import { replyEntry, replyStreamName, replyStreams } from "./entries.ts";
import { createConsumer, findGroup, type FoundGroup, recordPending, recordPosition } from "./groups.ts";
import { readId, replyId } from "./ids.ts";
import { type ReadOptions, readReadOptions } from "./read_options.ts";

const dollar = new ReplyError(
  "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.",
);
const streamIsGone = new ReplyError("UNBLOCKED the stream key no longer exists");
const groupIsGone = new ReplyError("NOGROUP the consumer group this client was blocked on no longer exists");

/** Who has waited and gave no COUNT is not given more than so many. */
const WAITED_COUNT = 1000;

const cursor = new StreamCursor();
const from = new StreamId();
const last = new StreamId();
const id = new StreamId();
const greatest = new StreamId().setMax();

// ---- giving entries -----------------------------------------------------------------------------------------------

/**
 * Replies the entries behind those that the group was given, which become pending at the consumer. O(entries log pending).
 * @param count at most so many; 0: all
 */
function giveNew(
  context: Context,
  key: Slice,
  stream: Stream,
  group: ConsumerGroup,
  consumer: Consumer,
  { count, noAck }: Pick<ReadOptions, "count" | "noAck">,
): void {
  const { client: { reply }, keyspace: { now } } = context;
  from.set(group.lastId).increment();
  cursor.open(stream, from, greatest, false);
  let given = 0;
  const begun = reply.beginArray();
  while ((count === 0 || given < count) && cursor.next()) {
    replyEntry(reply, cursor);
    given++;
    advanceGroup(stream, group, cursor.id);
    if (noAck) continue;
    if (group.find(cursor.id)) group.assign(consumer, now, 1);
    else group.add(cursor.id, consumer, now, 1);
    recordPending(context, key, group, undefined);
  }
  reply.endArray(begun, given);
  if (noAck && given > 0) recordPosition(context, key, group);
}

/** Replies what is pending at a consumer behind an id; what was deleted meanwhile has no fields. O(entries log pending). */
function giveAgain(
  { client: { reply }, keyspace: { now } }: Context,
  stream: Stream,
  group: ConsumerGroup,
  consumer: Consumer,
  behind: StreamId,
  count: number,
): void {
  from.set(behind).increment();
  const walk = consumer.walk(from, greatest);
  const { pending } = group;
  let given = 0;
  const begun = reply.beginArray();
  while ((count === 0 || given < count) && walk.next()) {
    id.set(pending.id);
    if (cursor.open(stream, id, id, false).next()) {
      replyEntry(reply, cursor);
      group.assign(consumer, now, difference(pending.deliveries, -1));
    } else {
      reply.array(2);
      replyId(reply, id);
      reply.nilArray();
    }
    given++;
  }
  reply.endArray(begun, given);
}

/** The consumer who is given something; it is made when that happens for the first time. */
function consumerOf(
  context: Context,
  key: Slice,
  group: ConsumerGroup,
  name: string,
  noAck: boolean,
): Consumer {
  const consumer = group.findConsumer(name);
  if (consumer !== undefined) {
    consumer.seenAt = context.keyspace.now;
    return consumer;
  }
  const { db, server: { journal } } = context;
  // Otherwise it is recorded with what it is given; one that is given nothing is not.
  if (noAck) journal.instead(db, "XGROUP", "CREATECONSUMER", key, group.name, name);
  return createConsumer(context, key, group, name);
}

// ---- the command --------------------------------------------------------------------------------------------------

/** One stream that is asked for. */
interface Wanted extends FoundGroup {
  readonly key: Slice;
  /** What is pending behind it is wanted; the greatest id: what is new. */
  readonly id: StreamId;
}

/** Reads the ids and finds the groups. @throws ReplyError for the first stream with which something is wrong */
function readWanted({ db }: Context, args: Args, { firstKey, streams, group }: ReadOptions): Wanted[] {
  const wanted: Wanted[] = [];
  for (let i = 0; i < streams; i++) {
    const keyAt = firstKey + i;
    const idAt = keyAt + streams;
    const found = findGroup(db, args, keyAt, group);
    if (found === undefined) {
      throw new ReplyError(
        `NOGROUP No such key '${args.shown(keyAt)}' or consumer group '${
          args.shown(group)
        }' in XREADGROUP with GROUP option`,
      );
    }
    if (args.is(idAt, "$")) throw dollar;
    const behind = args.is(idAt, ">") ? greatest : readId(args, idAt, new StreamId());
    wanted.push({ ...found, key: args.at(keyAt), id: behind });
  }
  return wanted;
}

/** Replies what is there; false, with nothing written, when that is nothing and somebody wants what is new. */
function giveWhatIsThere(
  context: Context,
  args: Args,
  { group: groupAt, count, noAck }: ReadOptions,
  wanted: readonly Wanted[],
): boolean {
  const { db, keyspace, client: { reply } } = context;
  const name = args.text(groupAt + 1);
  let streams = 0;
  const begun = reply.beginArray();
  for (const { ref, stream, group, key, id: behind } of wanted) {
    db.read(key);
    const wantsNew = behind.isMax;
    if (wantsNew && (stream.size === 0 || stream.lastEntryId(last).compare(group.lastId) <= 0)) continue;
    db.aboutToChange(ref);
    const consumer = consumerOf(context, key, group, name, noAck);
    streams++;
    replyStreamName(reply, key);
    if (wantsNew) giveNew(context, key, stream, group, consumer, { count, noAck });
    else giveAgain(context, stream, group, consumer, behind, count);
    keyspace.dirty++;
  }
  if (streams === 0) return false;
  reply.endArray(begun, streams, reply.resp3 ? "map" : "array");
  return true;
}

/**
 * Lets the client wait for new entries of all of its streams. It is asked again when something was added, a group
 * was removed, or the key came or went. As in the reference it is answered even if what was added is gone already: then with no entries.
 */
function wait(
  context: Context,
  args: Args,
  { group: groupAt, count, noAck, timeoutMs }: ReadOptions,
  wanted: readonly Wanted[],
): void {
  const { client, db } = context;
  const groupName = args.text(groupAt);
  const consumerName = args.text(groupAt + 1);
  const keys = wanted.map(({ key }) => key.text());
  const serve = (name: string) => {
    const { reply } = client;
    const key = new Slice(latin1(name));
    const ref = findForTaking(db, key, Type.stream, false);
    if (ref === 0) throw streamIsGone;
    const stream = streamAt(db, ref);
    const group = stream.groups.get(groupName);
    if (group === undefined) throw groupIsGone;
    if (stream.lastId.compare(group.lastId) <= 0) return false;
    db.aboutToChange(ref);
    const consumer = consumerOf(context, key, group, consumerName, noAck);
    replyStreams(reply, 1);
    replyStreamName(reply, key);
    giveNew(context, key, stream, group, consumer, { count: count === 0 ? WAITED_COUNT : count, noAck });
    return true;
  };
  client.wait({ database: db.id, keys, serve }, timeoutMs, () => client.reply.nilArray());
}

export const xreadgroup = defineCommand({
  name: "XREADGROUP",
  group: "stream",
  since: "5.0.0",
  summary:
    "Gives entries of streams to a consumer of a group: what nobody of the group was given yet, for which it may wait, or what is pending at it",
  complexity: "O(log(N)+M) for each stream, with N entries in it and M given",
  syntax: "GROUP group consumer [COUNT count] [BLOCK milliseconds] [NOACK] STREAMS key [key ...] id [id ...]",
  arity: -7,
  flags: ["write", "blocking", "movablekeys"],
  categories: ["stream"],
  keys: [{
    flags: ["RO", "access"],
    begin: { keyword: "STREAMS", startFrom: 4 },
    find: { lastKey: -1, step: 1, limit: 2 },
  }],
  run(context, args, reply) {
    const { client, server: { journal } } = context;
    const options = readReadOptions(args, client, true);
    const wanted = readWanted(context, args, options);
    journal.nothing();
    if (giveWhatIsThere(context, args, options, wanted)) return;
    if (options.timeoutMs < 0 || client.transaction !== undefined) return reply.nilArray();
    wait(context, args, options, wanted);
  },
});
