/** BLPOP, BRPOP, BLMPOP, BLMOVE, BRPOPLPUSH: as without the B, but a client waits when there is nothing. */
import { defineCommand, type Handler, key } from "../../command.ts";
import type { Context } from "../../context.ts";
import { Type } from "../../store/memory/entry.ts";
import { ListReader } from "../../store/list/list_reader.ts";
import { Slice } from "../../sys/bytes.ts";
import { findForTaking, popOrWait, readTimeout, takeOrWait } from "../blocking.ts";
import { moveElement } from "./lmove.ts";
import { readMultiPop } from "../multi_pop.ts";
import { popSeveral, readsHead, recordPop, removeFromEnd } from "./pop.ts";

const reader = new ListReader();

function popHandler(atHead: boolean): Handler {
  return (context, args) => {
    const { db, keyspace, server, client: { reply } } = context;
    const timeout = readTimeout(args, args.count - 1);
    popOrWait(context, args, 1, args.count - 2, timeout, Type.list, (name, ref, isFirst) => {
      const { dirty } = keyspace;
      reader.open(db, ref);
      const { length } = reader;
      reply.array(2);
      reply.bulk(name);
      reply.bulk(reader.end(atHead));
      reader.close();
      removeFromEnd(db, name, ref, length, 1, atHead);
      server.journal.instead(db, atHead ? "LPOP" : "RPOP", name);
      if (!isFirst) keyspace.dirty = dirty; // What a client that waited is given does not count, as in the reference.
    });
  };
}

export const blpop = defineCommand({
  name: "BLPOP",
  group: "list",
  since: "2.0.0",
  summary:
    "Takes the first element of the first of several lists that has any, and waits for one if none has",
  complexity: "O(N) with N keys",
  syntax: "key [key ...] timeout",
  arity: -3,
  flags: ["write", "noscript", "blocking"],
  categories: ["list"],
  keys: [{
    flags: ["RW", "access", "delete"],
    begin: { index: 1 },
    find: { lastKey: -2, step: 1, limit: 0 },
  }],
  run: popHandler(true),
});

export const brpop = defineCommand({
  ...blpop,
  name: "BRPOP",
  summary: "Takes the last element of the first of several lists that has any, and waits for one if none has",
  run: popHandler(false),
});

export const blmpop = defineCommand({
  name: "BLMPOP",
  group: "list",
  since: "7.0.0",
  summary: "Takes elements of the first of several lists that has any, and waits for one if none has",
  complexity: "O(N+M) with N keys and M elements taken",
  syntax: "timeout numkeys key [key ...] <LEFT | RIGHT> [COUNT count]",
  arity: -5,
  flags: ["write", "blocking", "movablekeys"],
  categories: ["list"],
  keys: [{
    flags: ["RW", "access", "delete"],
    begin: { index: 2 },
    find: { keynum: 0, firstKey: 1, step: 1 },
  }],
  run(context, args) {
    const { db, client: { reply } } = context;
    const timeout = readTimeout(args, 1);
    const { firstKey, keys, end: atHead, count } = readMultiPop(args, 2, readsHead);
    popOrWait(context, args, firstKey, keys, timeout, Type.list, (name, ref) => {
      reply.array(2);
      reply.bulk(name);
      recordPop(context, name, popSeveral(db, name, ref, count, atHead, reply), atHead);
    });
  },
});

function moveOrWait(
  context: Context,
  from: Slice,
  to: Slice,
  fromHead: boolean,
  toHead: boolean,
  timeout: number,
  record: (from: Slice, to: Slice, isFirst: boolean) => void,
): void {
  const { db, keyspace, client: { reply } } = context;
  const target = new Slice(to.copy());
  const take = (source: Slice, isFirst: boolean) => {
    const { dirty } = keyspace;
    const moves = findForTaking(db, source, Type.list, isFirst) !== 0 &&
      moveElement(context, source, target, fromHead, toHead, reply);
    if (moves) record(source, target, isFirst);
    if (!isFirst) keyspace.dirty = dirty;
    return moves;
  };
  takeOrWait(context, [from.copy()], timeout, take, (reply) => reply.nil());
}

export const blmove = defineCommand({
  name: "BLMOVE",
  group: "list",
  since: "6.2.0",
  summary:
    "Moves an element from an end of a list to an end of another or the same list, and waits for one if none is there",
  complexity: "O(1)",
  syntax: "source destination <LEFT | RIGHT> <LEFT | RIGHT> timeout",
  arity: 6,
  flags: ["write", "denyoom", "noscript", "blocking"],
  categories: ["list"],
  keys: [key(1, "RW", "access", "delete"), key(2, "RW", "insert")],
  run(context, args) {
    const fromHead = readsHead(args, 3);
    const toHead = readsHead(args, 4);
    const { db, server: { journal } } = context;
    const ends = [fromHead, toHead].map((isHead) => isHead ? "left" : "right");
    const record = (from: Slice, to: Slice, isFirst: boolean) =>
      journal.instead(db, "LMOVE", from, to, ...(isFirst ? [args.at(3), args.at(4)] : ends));
    moveOrWait(context, args.at(1), args.at(2), fromHead, toHead, readTimeout(args, 5), record);
  },
});

export const brpoplpush = defineCommand({
  ...blmove,
  name: "BRPOPLPUSH",
  since: "2.2.0",
  summary:
    "Moves the last element of a list to the head of another or the same list, and waits for one if none is there",
  syntax: "source destination timeout",
  arity: 4,
  deprecated: { since: "6.2.0", replacedBy: "`BLMOVE` with the `RIGHT` and `LEFT` arguments" },
  run(context, args) {
    const { db, server: { journal } } = context;
    const record = (from: Slice, to: Slice) => journal.instead(db, "RPOPLPUSH", from, to);
    moveOrWait(context, args.at(1), args.at(2), false, true, readTimeout(args, 3), record);
  },
});
