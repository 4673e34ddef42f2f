/** XCLAIM: pending entries change their consumer. */
import type { Args } from "../../args.ts";
import { defineCommand, key } from "../../command.ts";
import { ReplyError } from "../../errors.ts";
import { type Consumer, type Count, difference } from "../../store/stream/consumer_group.ts";
import { StreamCursor } from "../../store/stream/stream_cursor.ts";
import { parseStreamId, StreamId } from "../../store/stream/stream_id.ts";
import { replyEntry } from "./entries.ts";
import { needGroup, readCount, recordPending, recordPosition, seeConsumer } from "./groups.ts";
import { readId, replyId } from "./ids.ts";

const invalidMinIdle = new ReplyError("ERR Invalid min-idle-time argument for XCLAIM");
const invalidIdle = new ReplyError("ERR Invalid IDLE option argument for XCLAIM");
const invalidTime = new ReplyError("ERR Invalid TIME option argument for XCLAIM");
const invalidRetryCount = new ReplyError("ERR Invalid RETRYCOUNT option argument for XCLAIM");

const FIRST_ID = 5;

const cursor = new StreamCursor();
const id = new StreamId();

interface ClaimOptions {
  /** The argument behind the last id. */
  readonly idsEnd: number;
  /** Unix ms. */
  deliveredAt: number;
  /** Negative: one more than before. */
  retryCount: Count;
  /** Whether what is not pending becomes so. */
  force: boolean;
  /** Whether ids alone are replied; then nothing was delivered. */
  justId: boolean;
  lastId: StreamId | undefined;
}

/** The argument behind the ids: the first that is none. */
function endOfIds(args: Args): number {
  let i = FIRST_ID;
  for (; i < args.count; i++) {
    const { bytes, start, end } = args.at(i);
    if (!parseStreamId(bytes, start, end, "min", id)) break;
  }
  return i;
}

/** Reads ids and options. @throws ReplyError when one is wrong */
function readOptions(args: Args, now: number): ClaimOptions {
  const idsEnd = endOfIds(args);
  const options: ClaimOptions = {
    idsEnd,
    deliveredAt: now,
    retryCount: -1,
    force: false,
    justId: false,
    lastId: undefined,
  };
  const last = args.count - 1;
  for (let i = idsEnd; i <= last; i++) {
    if (args.is(i, "force")) options.force = true;
    else if (args.is(i, "justid")) options.justId = true;
    else if (args.is(i, "idle") && i < last) options.deliveredAt = now - args.integer(++i, invalidIdle);
    else if (args.is(i, "time") && i < last) options.deliveredAt = args.integer(++i, invalidTime);
    else if (args.is(i, "retrycount") && i < last) {
      options.retryCount = readCount(args, ++i, invalidRetryCount);
    } else if (args.is(i, "lastid") && i < last) options.lastId = readId(args, ++i, new StreamId());
    else throw new ReplyError(`ERR Unrecognized XCLAIM option '${args.shown(i)}'`);
  }
  // Clients may compute times by clocks of their own: one that cannot be is taken for this moment.
  if (options.deliveredAt < 0 || options.deliveredAt > now) options.deliveredAt = now;
  return options;
}

export const xclaim = defineCommand({
  name: "XCLAIM",
  group: "stream",
  since: "5.0.0",
  summary: "Gives pending entries of a consumer group to another consumer",
  complexity: "O(log(N)) for each id, with N entries pending",
  syntax:
    "key group consumer min-idle-time id [id ...] [IDLE ms] [TIME unix-time-milliseconds] [RETRYCOUNT count] [FORCE] [JUSTID] [LASTID id]",
  arity: -6,
  flags: ["write", "fast"],
  categories: ["stream"],
  keys: [key(1, "RW", "update")],
  tips: ["nondeterministic_output"],
  run(context, args, reply) {
    const { db, keyspace, server: { journal } } = context;
    const { ref, stream, group } = needGroup(db, args, 1, 2);
    const leastIdleMs = args.integer(4, invalidMinIdle);
    const { idsEnd, deliveredAt, retryCount, force, justId, lastId } = readOptions(args, keyspace.now);
    const name = args.at(1);
    db.aboutToChange(ref);
    journal.nothing();
    let isPositionUntold = lastId !== undefined && lastId.compare(group.lastId) > 0;
    if (isPositionUntold) group.lastId.set(lastId!);
    let consumer: Consumer | undefined;
    let claimed = 0;
    const begun = reply.beginArray();
    for (let i = FIRST_ID; i < idsEnd; i++) {
      readId(args, i, id);
      const isPending = group.find(id);
      if (!cursor.open(stream, id, id, false).next()) {
        if (!isPending) continue;
        recordPending(context, name, group, args.at(i));
        isPositionUntold = false;
        group.remove(id);
        keyspace.dirty++;
        continue;
      }
      if (!isPending && !force) continue;
      const { pending } = group;
      if (isPending && leastIdleMs > 0 && keyspace.now - pending.deliveredAt < leastIdleMs) continue;
      consumer ??= seeConsumer(context, name, group, args.text(3));
      const before = isPending ? pending.deliveries : 1;
      const deliveries = retryCount >= 0 ? retryCount : justId ? before : difference(before, -1);
      if (isPending) group.assign(consumer, deliveredAt, deliveries);
      else group.add(id, consumer, deliveredAt, deliveries);
      if (justId) replyId(reply, id);
      else replyEntry(reply, cursor);
      claimed++;
      recordPending(context, name, group, args.at(i));
      isPositionUntold = false;
      keyspace.dirty++;
    }
    reply.endArray(begun, claimed);
    if (!isPositionUntold) return;
    recordPosition(context, name, group);
    keyspace.dirty++;
  },
});
