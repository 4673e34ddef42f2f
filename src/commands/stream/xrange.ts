/** XRANGE and XREVRANGE: the entries between two ids. */
import type { Args } from "../../args.ts";
import { defineCommand, key } from "../../command.ts";
import type { Context } from "../../context.ts";
import { syntaxError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import { readStream } from "../../store/stream/stream.ts";
import { StreamId } from "../../store/stream/stream_id.ts";
import { replyEntries } from "./entries.ts";
import { readRangeEnd, readRangeStart } from "./ids.ts";

const least = new StreamId();
const greatest = new StreamId();

/** Reads COUNT behind the range; -1 when it is not there. @throws ReplyError when something else is */
function readCount(args: Args): number {
  let count = -1;
  for (let i = 4; i < args.count; i += 2) {
    if (!args.is(i, "count") || i + 1 >= args.count) throw syntaxError;
    count = Math.max(0, args.integer(i + 1));
  }
  return count;
}

function giveRange({ db }: Context, args: Args, reply: Reply, reverse: boolean): void {
  readRangeStart(args, reverse ? 3 : 2, least);
  readRangeEnd(args, reverse ? 2 : 3, greatest);
  const count = readCount(args);
  const stream = readStream(db, args.at(1));
  if (stream === undefined) return reply.array(0);
  if (count === 0) return reply.nilArray();
  replyEntries(reply, stream, least, greatest, reverse, Math.max(0, count));
}

export const xrange = defineCommand({
  name: "XRANGE",
  group: "stream",
  since: "5.0.0",
  summary: "Gives the entries of a stream between two ids",
  complexity: "O(log(N)+M) with N entries in the stream and M given",
  syntax: "key start end [COUNT count]",
  arity: -4,
  flags: ["readonly"],
  categories: ["stream"],
  keys: [key(1, "RO", "access")],
  run: (context, args, reply) => giveRange(context, args, reply, false),
});

export const xrevrange = defineCommand({
  ...xrange,
  name: "XREVRANGE",
  summary: "Gives the entries of a stream between two ids, the last one first",
  syntax: "key end start [COUNT count]",
  run: (context, args, reply) => giveRange(context, args, reply, true),
});
