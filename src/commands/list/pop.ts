/** LPOP, RPOP and LMPOP: elements are taken from an end of a list. */
import type { Args } from "../../args.ts";
import { defineCommand, type Handler, key } from "../../command.ts";
import { ReplyError, syntaxError, wrongArity } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import type { Ref } from "../../store/memory/arena.ts";
import type { Database } from "../../store/database.ts";
import { Type } from "../../store/memory/entry.ts";
import { removeElements } from "../../store/list/list.ts";
import { ListReader } from "../../store/list/list_reader.ts";
import type { Slice } from "../../sys/bytes.ts";
import type { Context } from "../../context.ts";
import { readMultiPop } from "../multi_pop.ts";

const notPositive = new ReplyError("ERR value is out of range, must be positive");

const reader = new ListReader();

/** Removes the first or the last `count` elements of a list of `length`, and tells of it. */
export function removeFromEnd(
  db: Database,
  name: Slice,
  ref: Ref,
  length: number,
  count: number,
  atHead: boolean,
): void {
  const left = removeElements(db, name, ref, atHead ? 0 : length - count, count);
  db.event("l", atHead ? "lpop" : "rpop", name);
  if (left === 0) db.event("g", "del", name);
}

/** Takes up to `most` elements, the outermost first, as an array; how many. */
export function popSeveral(
  db: Database,
  name: Slice,
  ref: Ref,
  most: number,
  atHead: boolean,
  reply: Reply,
): number {
  reader.open(db, ref);
  const { length } = reader;
  const count = Math.min(most, length);
  reply.array(count);
  if (atHead) {
    reader.replyRange(0, count, reply);
  } else {
    reader.seekBehind(length - 1);
    for (let i = 0; i < count; i++) reply.bulk(reader.previous());
  }
  reader.close();
  removeFromEnd(db, name, ref, length, count, atHead);
  return count;
}

/** What is recorded when a command of another name has popped `count` elements. */
export function recordPop({ db, server }: Context, name: Slice, count: number, atHead: boolean): void {
  server.journal.instead(db, atHead ? "LPOP" : "RPOP", name, count);
}

function popHandler(atHead: boolean): Handler {
  const command = atHead ? "lpop" : "rpop";
  return ({ db }, args, reply) => {
    if (args.count > 3) throw wrongArity(command);
    const name = args.at(1);
    const several = args.count === 3;
    const most = several ? args.integer(2, notPositive) : 1;
    if (most < 0) throw notPositive;
    const ref = db.writeTyped(name, Type.list);
    if (!several) {
      if (ref === 0) return reply.nil();
      reader.open(db, ref);
      const { length } = reader;
      reply.bulk(reader.end(atHead));
      reader.close();
      return removeFromEnd(db, name, ref, length, 1, atHead);
    }
    if (ref === 0) reply.nilArray();
    else if (most === 0) reply.array(0);
    else popSeveral(db, name, ref, most, atHead, reply);
  };
}

export const lpop = defineCommand({
  name: "LPOP",
  group: "list",
  since: "1.0.0",
  summary: "Takes elements from the head of a list",
  complexity: "O(N) with N elements taken",
  syntax: "key [count]",
  arity: -2,
  flags: ["write", "fast"],
  categories: ["list"],
  keys: [key(1, "RW", "access", "delete")],
  run: popHandler(true),
});

export const rpop = defineCommand({
  ...lpop,
  name: "RPOP",
  summary: "Takes elements from the tail of a list",
  run: popHandler(false),
});

/** Whether argument `i` says the head, not the tail. @throws ReplyError when it says neither */
export function readsHead(args: Args, i: number): boolean {
  if (args.is(i, "left")) return true;
  if (args.is(i, "right")) return false;
  throw syntaxError;
}

export const lmpop = defineCommand({
  name: "LMPOP",
  group: "list",
  since: "7.0.0",
  summary: "Takes elements from an end of the first of several lists that is not empty",
  complexity: "O(N+M) with N keys and M elements taken",
  syntax: "numkeys key [key ...] <LEFT | RIGHT> [COUNT count]",
  arity: -4,
  flags: ["write", "movablekeys"],
  categories: ["list"],
  keys: [{
    flags: ["RW", "access", "delete"],
    begin: { index: 1 },
    find: { keynum: 0, firstKey: 1, step: 1 },
  }],
  run(context, args, reply) {
    const { db } = context;
    const { firstKey, keys, end: atHead, count } = readMultiPop(args, 1, readsHead);
    for (let i = firstKey; i < firstKey + keys; i++) {
      const name = args.at(i);
      const ref = db.writeTyped(name, Type.list);
      if (ref === 0) continue;
      reply.array(2);
      reply.bulk(name);
      return recordPop(context, name, popSeveral(db, name, ref, count, atHead, reply), atHead);
    }
    reply.nilArray();
  },
});
