/** What the commands on consumer groups have in common: finding a group, its consumers, and what of it is recorded. */
import type { Args } from "../../args.ts";
import type { Context } from "../../context.ts";
import { ReplyError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import type { Ref } from "../../store/memory/arena.ts";
import type { Database } from "../../store/database.ts";
import { Type } from "../../store/memory/entry.ts";
import {
  type Consumer,
  type ConsumerGroup,
  type Count,
  ENTRIES_READ_UNKNOWN,
} from "../../store/stream/consumer_group.ts";
import { type Stream, streamAt } from "../../store/stream/stream.ts";
import { streamIdText } from "../../store/stream/stream_id.ts";
import type { Slice } from "../../sys/bytes.ts";

/** A group that a request names. Whoever changes it tells the database before, with {@link aboutToChange}. */
export interface FoundGroup {
  readonly ref: Ref;
  readonly stream: Stream;
  readonly group: ConsumerGroup;
}

/**
 * The group that two arguments name, or undefined; counts as reading the key.
 * @throws ReplyError when the key holds something else than a stream
 */
export function findGroup(db: Database, args: Args, keyAt: number, groupAt: number): FoundGroup | undefined {
  const ref = db.readTyped(args.at(keyAt), Type.stream);
  if (ref === 0) return undefined;
  const stream = streamAt(db, ref);
  const group = stream.groups.get(args.text(groupAt));
  return group === undefined ? undefined : { ref, stream, group };
}

/** As {@link findGroup}. @throws ReplyError when there is no such group */
export function needGroup(db: Database, args: Args, keyAt: number, groupAt: number): FoundGroup {
  const found = findGroup(db, args, keyAt, groupAt);
  if (found !== undefined) return found;
  throw new ReplyError(
    `NOGROUP No such key '${args.shown(keyAt)}' or consumer group '${args.shown(groupAt)}'`,
  );
}

/** The error of commands that look for a group in a stream that is there. */
export function noGroupOfKey(args: Args, keyAt: number, groupAt: number): ReplyError {
  return new ReplyError(
    `NOGROUP No such consumer group '${args.shown(groupAt)}' for key name '${args.shown(keyAt)}'`,
  );
}

/** Makes a consumer of which there is none, which counts as a change of its own. */
export function createConsumer(
  { db, keyspace }: Context,
  key: Slice,
  group: ConsumerGroup,
  name: string,
): Consumer {
  const consumer = group.createConsumer(name, keyspace.now);
  keyspace.dirty++;
  db.event("t", "xgroup-createconsumer", key);
  return consumer;
}

/** The consumer that is to have something; it is made when it is named for the first time, and seen now. */
export function seeConsumer(context: Context, key: Slice, group: ConsumerGroup, name: string): Consumer {
  const consumer = group.findConsumer(name);
  if (consumer === undefined) return createConsumer(context, key, group, name);
  consumer.seenAt = context.keyspace.now;
  return consumer;
}

/**
 * Records what is known of a pending id, at which `group.pending` is pointed: to whom it was delivered, when, how often, and
 * where the group is. Replayed for an entry that is gone, it takes the id out of the group.
 * @param id its text
 */
export function recordPending(
  { db, server: { journal } }: Context,
  key: Slice,
  group: ConsumerGroup,
  id: Slice | undefined,
): void {
  if (!journal.isOpen) return;
  const { pending } = group;
  journal.instead(
    db,
    "XCLAIM",
    key,
    group.name,
    pending.consumer.name,
    0,
    id ?? streamIdText(pending.id),
    "TIME",
    pending.deliveredAtExactly,
    "RETRYCOUNT",
    pending.deliveries,
    "FORCE",
    "JUSTID",
    "LASTID",
    streamIdText(group.lastId),
  );
}

/** Records where a group is. */
export function recordPosition(
  { db, server: { journal } }: Context,
  key: Slice,
  { name, lastId, entriesRead }: ConsumerGroup,
): void {
  if (!journal.isOpen) return;
  journal.instead(db, "XGROUP", "SETID", key, name, streamIdText(lastId), "ENTRIESREAD", entriesRead);
}

/** Argument `i` as an exact signed 64-bit integer, a number while that is safe. @throws ReplyError when it is none */
export function readCount(args: Args, i: number, error?: ReplyError): Count {
  const value = args.integer(i, error);
  return Number.isSafeInteger(value) ? value : args.bigInteger(i, error);
}

export function replyCount(reply: Reply, count: Count): void {
  if (typeof count === "number") reply.integer(count);
  else reply.bigInteger(BigInt.asIntN(64, count));
}

/** A count of entries read, or nil when it is not known. */
export function replyEntriesRead(reply: Reply, count: Count): void {
  if (count === ENTRIES_READ_UNKNOWN) reply.nil();
  else replyCount(reply, count);
}

/** The error for arguments too many, or none that belong there, behind the name of a subcommand. */
export function unknownOrArity(args: Args): ReplyError {
  const subcommand = args.shown(1).slice(0, 128);
  const container = args.shown(0).toUpperCase();
  return new ReplyError(
    `ERR unknown subcommand or wrong number of arguments for '${subcommand}'. Try ${container} HELP.`,
  );
}
