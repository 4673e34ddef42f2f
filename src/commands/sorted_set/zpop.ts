/** ZPOPMIN, ZPOPMAX, ZMPOP: the lowest or highest members are given and removed. */
import type { Args } from "../../args.ts";
import { defineCommand, key } from "../../command.ts";
import type { Context } from "../../context.ts";
import { ReplyError, syntaxError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import type { Ref } from "../../store/memory/arena.ts";
import { formatDouble } from "../../store/numbers/double.ts";
import { Type } from "../../store/memory/entry.ts";
import { SortedSetEditor } from "../../store/sorted_set/sorted_set_editor.ts";
import type { Slice } from "../../sys/bytes.ts";
import { readMultiPop } from "../multi_pop.ts";

const notPositive = new ReplyError("ERR value is out of range, must be positive");

export type PopEnd = "min" | "max";

const editor = new SortedSetEditor();

/**
 * Gives up to `count` members of a sorted set with their scores, from one end, and removes them: an array of pairs
 * when `nested`, else one of members and scores in turns. Complete with the events. How many they were.
 * @param ref the key's entry
 */
export function popMembers(
  { db }: Context,
  name: Slice,
  ref: Ref,
  end: PopEnd,
  count: number,
  nested: boolean,
  reply: Reply,
): number {
  editor.open(db, name, ref);
  const { size } = editor;
  count = Math.min(count, size);
  reply.array(nested ? count : count * 2);
  editor.reader.walk(end === "max" ? size - 1 : 0, count, end === "max", (member, score) => {
    if (nested) reply.array(2);
    reply.bulk(member);
    reply.double(formatDouble(score));
  });
  editor.removeRange(end === "max" ? size - count : 0, count);
  db.event("z", end === "max" ? "zpopmax" : "zpopmin", name);
  editor.close();
  return count;
}

/** Gives one member and its score, without an array around them, and removes it. @see popMembers */
export function takeMember(context: Context, name: Slice, ref: Ref, end: PopEnd, reply: Reply): void {
  const { db } = context;
  editor.open(db, name, ref);
  const at = end === "max" ? editor.size - 1 : 0;
  editor.reader.walk(at, 1, false, (member, score) => {
    reply.bulk(member);
    reply.double(formatDouble(score));
  });
  editor.removeRange(at, 1);
  db.event("z", end === "max" ? "zpopmax" : "zpopmin", name);
  editor.close();
}

function pop(context: Context, args: Args, reply: Reply, end: PopEnd): void {
  if (args.count > 3) throw syntaxError;
  const counted = args.count === 3;
  const count = counted ? args.integer(2, notPositive) : 1;
  if (count < 0) throw notPositive;
  const name = args.at(1);
  const ref = context.db.writeTyped(name, Type.zset);
  if (ref === 0 || count === 0) return reply.array(0);
  popMembers(context, name, ref, end, count, counted && reply.resp3, reply);
}

/** What is recorded when a command of another name has popped: `count` members, or one when it is not given. */
export function recordPop({ db, server }: Context, name: Slice, end: PopEnd, ...count: number[]): void {
  server.journal.instead(db, end === "min" ? "ZPOPMIN" : "ZPOPMAX", name, ...count);
}

export const zpopmin = defineCommand({
  name: "ZPOPMIN",
  group: "sorted-set",
  since: "5.0.0",
  summary: "Gives the members with the lowest scores and removes them",
  complexity: "O(M*log(N)) with N members in the sorted set and M removed",
  syntax: "key [count]",
  arity: -2,
  flags: ["write", "fast"],
  categories: ["sortedset"],
  keys: [key(1, "RW", "access", "delete")],
  run: (context, args, reply) => pop(context, args, reply, "min"),
});

export const zpopmax = defineCommand({
  name: "ZPOPMAX",
  group: "sorted-set",
  since: "5.0.0",
  summary: "Gives the members with the highest scores and removes them",
  complexity: "O(M*log(N)) with N members in the sorted set and M removed",
  syntax: "key [count]",
  arity: -2,
  flags: ["write", "fast"],
  categories: ["sortedset"],
  keys: [key(1, "RW", "access", "delete")],
  run: (context, args, reply) => pop(context, args, reply, "max"),
});

/** Which end argument `i` says. @throws ReplyError when it says neither */
export function readPopEnd(args: Args, i: number): PopEnd {
  if (args.is(i, "min")) return "min";
  if (args.is(i, "max")) return "max";
  throw syntaxError;
}

export const zmpop = defineCommand({
  name: "ZMPOP",
  group: "sorted-set",
  since: "7.0.0",
  summary: "Gives the lowest or highest members of the first sorted set that has any, and removes them",
  complexity: "O(K) + O(M*log(N)) with K keys, N members in the sorted set and M removed",
  syntax: "numkeys key [key ...] MIN | MAX [COUNT count]",
  arity: -4,
  flags: ["write", "movablekeys"],
  categories: ["sortedset"],
  keys: [{
    flags: ["RW", "access", "delete"],
    begin: { index: 1 },
    find: { keynum: 0, firstKey: 1, step: 1 },
  }],
  run(context, args, reply) {
    const { firstKey, keys, end, count } = readMultiPop(args, 1, readPopEnd);
    for (let i = 0; i < keys; i++) {
      const name = args.at(firstKey + i);
      const ref = context.db.writeTyped(name, Type.zset);
      if (ref === 0) continue;
      reply.array(2);
      reply.bulk(name);
      return recordPop(context, name, end, popMembers(context, name, ref, end, count, true, reply));
    }
    reply.nilArray();
  },
});
