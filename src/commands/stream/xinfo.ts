/** XINFO: what is known of a stream, its groups and their consumers. */
import type { Args } from "../../args.ts";
import { type CommandSpec, defineCommand, helpCommand, key } from "../../command.ts";
import type { Context } from "../../context.ts";
import { noSuchKey } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import { Type } from "../../store/memory/entry.ts";
import type { Consumer, ConsumerGroup } from "../../store/stream/consumer_group.ts";
import { lagOf } from "../../store/stream/entries_read.ts";
import { type Stream, streamAt } from "../../store/stream/stream.ts";
import { StreamCursor } from "../../store/stream/stream_cursor.ts";
import { StreamId } from "../../store/stream/stream_id.ts";
import { replyEntries, replyEntry } from "./entries.ts";
import { noGroupOfKey, replyCount, replyEntriesRead, unknownOrArity } from "./groups.ts";
import { replyId } from "./ids.ts";

const KEY = 2;
const GROUP = 3;
/** Of entries, and of what is pending, FULL shows so many at most unless it is told otherwise. */
const FULL_COUNT = 10;

const cursor = new StreamCursor();
const id = new StreamId();
const least = new StreamId();
const greatest = new StreamId().setMax();

function needStream({ db }: Context, args: Args): Stream {
  const ref = db.readTyped(args.at(KEY), Type.stream);
  if (ref === 0) throw noSuchKey;
  return streamAt(db, ref);
}

function replyNamedId(reply: Reply, name: string, value: StreamId): void {
  reply.bulkText(name);
  replyId(reply, value);
}

function replyNamedNumber(reply: Reply, name: string, value: number): void {
  reply.bulkText(name);
  reply.integer(value);
}

// ---- STREAM -------------------------------------------------------------------------------------------------------

/** What both forms of XINFO STREAM begin with: seven fields. */
function replyFigures(reply: Reply, stream: Stream): void {
  replyNamedNumber(reply, "length", stream.size);
  replyNamedNumber(reply, "radix-tree-keys", stream.nodeCount);
  replyNamedNumber(reply, "radix-tree-nodes", stream.radixTreeNodes());
  replyNamedId(reply, "last-generated-id", stream.lastId);
  replyNamedId(reply, "max-deleted-entry-id", stream.maxDeletedId);
  reply.bulkText("entries-added");
  replyCount(reply, stream.entriesAdded);
  replyNamedId(reply, "recorded-first-entry-id", stream.firstId(id));
}

function replyEdge(reply: Reply, name: string, stream: Stream, isLast: boolean): void {
  reply.bulkText(name);
  if (cursor.open(stream, least, greatest, isLast).next()) replyEntry(reply, cursor);
  else reply.nil();
}

function replyStream(reply: Reply, stream: Stream): void {
  reply.map(10);
  replyFigures(reply, stream);
  replyNamedNumber(reply, "groups", stream.groups.size);
  replyEdge(reply, "first-entry", stream, false);
  replyEdge(reply, "last-entry", stream, true);
}

/** Replies what is pending in a group, or at a consumer. @param count at most so much; 0: all */
function replyPending(
  reply: Reply,
  group: ConsumerGroup,
  owner: ConsumerGroup | Consumer,
  count: number,
  namesConsumer: boolean,
): void {
  const shown = count === 0 ? owner.pendingCount : Math.min(count, owner.pendingCount);
  reply.bulkText("pending");
  reply.array(shown);
  const walk = owner.walk(least, greatest);
  const { pending } = group;
  for (let i = 0; i < shown && walk.next(); i++) {
    reply.array(namesConsumer ? 4 : 3);
    replyId(reply, pending.id);
    if (namesConsumer) reply.bulkText(pending.consumer.name);
    replyCount(reply, pending.deliveredAtExactly);
    replyCount(reply, pending.deliveries);
  }
}

function replyFullGroup(reply: Reply, stream: Stream, group: ConsumerGroup, count: number): void {
  reply.map(7);
  replyNamedText(reply, "name", group.name);
  replyProgress(reply, stream, group);
  replyNamedNumber(reply, "pel-count", group.pendingCount);
  replyPending(reply, group, group, count, true);
  reply.bulkText("consumers");
  reply.array(group.consumers.size);
  for (const name of group.consumerNames()) {
    const consumer = group.findConsumer(name)!;
    reply.map(4);
    replyNamedText(reply, "name", name);
    replyNamedNumber(reply, "seen-time", consumer.seenAt);
    replyNamedNumber(reply, "pel-count", consumer.pendingCount);
    replyPending(reply, group, consumer, count, false);
  }
}

function replyFull(reply: Reply, stream: Stream, count: number): void {
  reply.map(9);
  replyFigures(reply, stream);
  reply.bulkText("entries");
  replyEntries(reply, stream, least, greatest, false, count);
  reply.bulkText("groups");
  reply.array(stream.groups.size);
  for (const name of stream.groupNames()) replyFullGroup(reply, stream, stream.groups.get(name)!, count);
}

/** The COUNT of FULL; undefined without FULL. @throws ReplyError when something else stands there */
function readFullCount(args: Args): number | undefined {
  const options = args.count - KEY - 1;
  if (options === 0) return undefined;
  if ((options !== 1 && options !== 3) || !args.is(3, "full")) throw unknownOrArity(args);
  if (options === 1) return FULL_COUNT;
  if (!args.is(4, "count")) throw unknownOrArity(args);
  const count = args.integer(5);
  return count < 0 ? FULL_COUNT : count;
}

// ---- GROUPS and CONSUMERS -----------------------------------------------------------------------------------------

function replyNamedText(reply: Reply, name: string, value: string): void {
  reply.bulkText(name);
  reply.bulkText(value);
}

/** How far a group has come: three fields. */
function replyProgress(reply: Reply, stream: Stream, group: ConsumerGroup): void {
  replyNamedId(reply, "last-delivered-id", group.lastId);
  reply.bulkText("entries-read");
  replyEntriesRead(reply, group.entriesRead);
  reply.bulkText("lag");
  const lag = lagOf(stream, group);
  if (lag === undefined) reply.nil();
  else replyCount(reply, lag);
}

function replyGroup(reply: Reply, stream: Stream, group: ConsumerGroup): void {
  reply.map(6);
  replyNamedText(reply, "name", group.name);
  replyNamedNumber(reply, "consumers", group.consumers.size);
  replyNamedNumber(reply, "pending", group.pendingCount);
  replyProgress(reply, stream, group);
}

function replyConsumer(reply: Reply, { name, pendingCount, seenAt }: Consumer, now: number): void {
  reply.map(3);
  replyNamedText(reply, "name", name);
  replyNamedNumber(reply, "pending", pendingCount);
  replyNamedNumber(reply, "idle", Math.max(0, now - seenAt));
}

// ---- the commands -------------------------------------------------------------------------------------------------

const shared = {
  group: "stream",
  since: "5.0.0",
  flags: ["readonly"],
  categories: ["stream"],
  keys: [key(KEY, "RO", "access")],
} as const;

const subcommands: readonly CommandSpec[] = [
  defineCommand({
    ...shared,
    name: "CONSUMERS",
    summary: "Lists the consumers of a group",
    complexity: "O(N log N) with N consumers",
    syntax: "key groupname",
    arity: 4,
    tips: ["nondeterministic_output"],
    run(context, args, reply) {
      const group = needStream(context, args).groups.get(args.text(GROUP));
      if (group === undefined) throw noGroupOfKey(args, KEY, GROUP);
      reply.array(group.consumers.size);
      for (const name of group.consumerNames()) {
        replyConsumer(reply, group.findConsumer(name)!, context.keyspace.now);
      }
    },
  }),
  defineCommand({
    ...shared,
    name: "GROUPS",
    summary: "Lists the consumer groups of a stream",
    complexity: "O(N log N) with N groups",
    syntax: "key",
    arity: 3,
    run(context, args, reply) {
      const stream = needStream(context, args);
      reply.array(stream.groups.size);
      for (const name of stream.groupNames()) replyGroup(reply, stream, stream.groups.get(name)!);
    },
  }),
  helpCommand({ group: "stream", since: "5.0.0", categories: ["stream"] }, "XINFO", [
    "CONSUMERS <key> <groupname>",
    "    The consumers of a group, what is pending at each, and for how long it has been idle.",
    "GROUPS <key>",
    "    The groups of a stream, and how far each has come.",
    "STREAM <key> [FULL [COUNT <count>]",
    "    The stream itself; with FULL its entries, groups and consumers, too.",
  ]),
  defineCommand({
    ...shared,
    name: "STREAM",
    summary: "Describes a stream",
    complexity: "O(N) with N nodes, and with FULL what it shows",
    syntax: "key [FULL [COUNT count]]",
    arity: -3,
    run(context, args, reply) {
      const stream = needStream(context, args);
      const count = readFullCount(args);
      if (count === undefined) replyStream(reply, stream);
      else replyFull(reply, stream, count);
    },
  }),
];

export const xinfo = defineCommand({
  name: "XINFO",
  group: "stream",
  since: "5.0.0",
  summary: "Holds the commands that look at streams from inside",
  complexity: "That of the subcommand",
  syntax: "",
  arity: -2,
  flags: [],
  categories: [],
  subcommands,
});
