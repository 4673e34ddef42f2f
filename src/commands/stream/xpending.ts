/** XPENDING: what was delivered to the consumers of a group and not acknowledged. */
import type { Args } from "../../args.ts";
import { defineCommand, key } from "../../command.ts";
import type { Context } from "../../context.ts";
import { syntaxError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import type { ConsumerGroup } from "../../store/stream/consumer_group.ts";
import { StreamId } from "../../store/stream/stream_id.ts";
import { needGroup, replyCount } from "./groups.ts";
import { readRangeEnd, readRangeStart, replyId } from "./ids.ts";

const from = new StreamId();
const to = new StreamId();
const id = new StreamId();

/** What of a group's pending entries is asked for, beside the range of ids. */
interface Filter {
  readonly count: number;
  readonly leastIdleMs: number;
  /** The argument that names a consumer; 0: of all. */
  readonly consumer: number;
}

/** Reads what stands behind the group, the range into {@link from} and {@link to}. @throws ReplyError when it is wrong */
function readFilter(args: Args): Filter {
  if (args.count < 6 || args.count > 9) throw syntaxError;
  const isIdleGiven = args.is(3, "idle");
  const leastIdleMs = isIdleGiven ? args.integer(4) : 0;
  if (isIdleGiven && args.count < 8) throw syntaxError;
  const rangeAt = isIdleGiven ? 5 : 3;
  const count = Math.max(0, args.integer(rangeAt + 2));
  readRangeStart(args, rangeAt, from);
  readRangeEnd(args, rangeAt + 1, to);
  return { count, leastIdleMs, consumer: rangeAt + 3 < args.count ? rangeAt + 3 : 0 };
}

function replySummary(reply: Reply, group: ConsumerGroup): void {
  reply.array(4);
  reply.integer(group.pendingCount);
  if (group.pendingCount === 0) {
    reply.nil();
    reply.nil();
    return reply.nilArray();
  }
  group.firstPending(id);
  replyId(reply, id);
  group.lastPending(id);
  replyId(reply, id);
  const begun = reply.beginArray();
  let consumers = 0;
  for (const name of group.consumerNames()) {
    const { pendingCount } = group.findConsumer(name)!;
    if (pendingCount === 0) continue;
    reply.array(2);
    reply.bulkText(name);
    reply.bulkText(String(pendingCount));
    consumers++;
  }
  reply.endArray(begun, consumers);
}

function replyPending(
  { keyspace: { now } }: Context,
  reply: Reply,
  group: ConsumerGroup,
  args: Args,
  filter: Filter,
): void {
  const { count, leastIdleMs, consumer: named } = filter;
  const owner = named === 0 ? group : group.findConsumer(args.text(named));
  if (owner === undefined) return reply.array(0);
  const begun = reply.beginArray();
  let found = 0;
  if (count > 0) {
    const walk = owner.walk(from, to);
    while (found < count && walk.next()) {
      const { pending } = group;
      const idleMs = now - pending.deliveredAt;
      if (leastIdleMs !== 0 && idleMs < leastIdleMs) continue;
      reply.array(4);
      replyId(reply, pending.id);
      reply.bulkText(pending.consumer.name);
      reply.integer(Math.max(0, idleMs));
      replyCount(reply, pending.deliveries);
      found++;
    }
  }
  reply.endArray(begun, found);
}

export const xpending = defineCommand({
  name: "XPENDING",
  group: "stream",
  since: "5.0.0",
  summary: "Tells what is pending in a consumer group: how much, or each entry of a range of ids",
  complexity: "O(N) with N entries looked at, or N consumers",
  syntax: "key group [[IDLE min-idle-time] start end count [consumer]]",
  arity: -3,
  flags: ["readonly"],
  categories: ["stream"],
  keys: [key(1, "RO", "access")],
  tips: ["nondeterministic_output"],
  run(context, args, reply) {
    const filter = args.count === 3 ? undefined : readFilter(args);
    const { group } = needGroup(context.db, args, 1, 2);
    if (filter === undefined) replySummary(reply, group);
    else replyPending(context, reply, group, args, filter);
  },
});
