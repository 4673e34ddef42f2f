/** XAUTOCLAIM: what has been pending for long changes its consumer, found by walking over it. */
import type { Args } from "../../args.ts";
import { defineCommand, key } from "../../command.ts";
import type { Context } from "../../context.ts";
import { ReplyError, syntaxError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import { type Consumer, difference } from "../../store/stream/consumer_group.ts";
import { StreamCursor } from "../../store/stream/stream_cursor.ts";
import { StreamId } from "../../store/stream/stream_id.ts";
import { replyEntry } from "./entries.ts";
import { type FoundGroup, needGroup, recordPending, seeConsumer } from "./groups.ts";
import { readRangeStart, replyId } from "./ids.ts";

const invalidMinIdle = new ReplyError("ERR Invalid min-idle-time argument for XAUTOCLAIM");
const invalidCount = new ReplyError("ERR COUNT must be > 0");
const countTooHigh = new ReplyError(
  "ERR Insufficient memory, failed allocating transient memory, COUNT too high.",
);

const USUAL_COUNT = 100;
/** For each entry that may be claimed, so many are looked at. */
const LOOKS = 10;
const COUNT_MAX = 2 ** 59 - 1;
/** The reference makes room for the ids of so many entries, which no machine gives it from here on (2^47 bytes). */
const COUNT_WITHOUT_ROOM = 2 ** 43;

const cursor = new StreamCursor();
const from = new StreamId();
const id = new StreamId();
const greatest = new StreamId().setMax();

interface ClaimOptions {
  readonly leastIdleMs: number;
  count: number;
  justId: boolean;
}

/** Reads what stands behind the consumer, where to begin into {@link from}. @throws ReplyError when it is wrong */
function readOptions(args: Args): ClaimOptions {
  const options: ClaimOptions = {
    leastIdleMs: args.integer(4, invalidMinIdle),
    count: USUAL_COUNT,
    justId: false,
  };
  readRangeStart(args, 5, from);
  for (let i = 6; i < args.count; i++) {
    if (args.is(i, "count") && i + 1 < args.count) options.count = readCount(args, ++i);
    else if (args.is(i, "justid")) options.justId = true;
    else throw syntaxError;
  }
  return options;
}

function readCount(args: Args, i: number): number {
  const count = args.integer(i, invalidCount);
  if (count < 1 || (count >= COUNT_MAX && args.bigInteger(i) >= 2n ** 59n)) throw invalidCount;
  return count;
}

/** Claims up to `count` entries and replies them; takes what was deleted out of the group, and gives its ids to `gone`. */
function claim(
  context: Context,
  args: Args,
  { stream, group }: FoundGroup,
  { leastIdleMs, count, justId }: ClaimOptions,
  reply: Reply,
  gone: StreamId[],
): void {
  const { keyspace } = context;
  const { now } = keyspace;
  const name = args.at(1);
  const walk = group.walk(from, greatest);
  let consumer: Consumer | undefined;
  let claimed = 0;
  let isAtEnd = false;
  const begun = reply.beginArray();
  for (let looks = count * LOOKS; looks > 0 && claimed + gone.length < count; looks--) {
    isAtEnd = !walk.next();
    if (isAtEnd) break;
    const { pending } = group;
    id.set(pending.id);
    if (!cursor.open(stream, id, id, false).next()) {
      recordPending(context, name, group, undefined);
      group.remove(id);
      gone.push(id.clone());
      keyspace.dirty++;
      continue;
    }
    if (leastIdleMs > 0 && now - pending.deliveredAt < leastIdleMs) continue;
    consumer ??= seeConsumer(context, name, group, args.text(3));
    group.assign(consumer, now, justId ? pending.deliveries : difference(pending.deliveries, -1));
    if (justId) replyId(reply, id);
    else replyEntry(reply, cursor);
    claimed++;
    recordPending(context, name, group, undefined);
    keyspace.dirty++;
  }
  reply.endArray(begun, claimed);
  if (!isAtEnd && walk.next()) from.set(group.pending.id);
  else from.setMin();
}

export const xautoclaim = defineCommand({
  name: "XAUTOCLAIM",
  group: "stream",
  since: "6.2.0",
  summary: "Gives what has been pending in a consumer group for some time to another consumer",
  complexity: "O(N) with N entries looked at",
  syntax: "key group consumer min-idle-time start [COUNT count] [JUSTID]",
  arity: -6,
  flags: ["write", "fast"],
  categories: ["stream"],
  keys: [key(1, "RW", "delete")],
  tips: ["nondeterministic_output"],
  run(context, args, reply) {
    const { db, server: { journal } } = context;
    const options = readOptions(args);
    const found = needGroup(db, args, 1, 2);
    if (options.count >= COUNT_WITHOUT_ROOM) throw countTooHigh;
    db.aboutToChange(found.ref);
    journal.nothing();
    const gone: StreamId[] = [];
    reply.array(3);
    // Where to go on comes first, and is known last.
    const begun = reply.beginArray();
    claim(context, args, found, options, reply, gone);
    const claimed = reply.buffer.slice(begun, reply.length);
    reply.truncate(begun);
    replyId(reply, from);
    reply.raw(claimed);
    reply.array(gone.length);
    for (const each of gone) replyId(reply, each);
  },
});
