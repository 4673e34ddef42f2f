/** LMOVE and RPOPLPUSH: an element goes from an end of a list to an end of another one, or of the same. */
import type { Context } from "../../context.ts";
import { defineCommand, key } from "../../command.ts";
import type { Reply } from "../../resp/reply.ts";
import { Type } from "../../store/memory/entry.ts";
import { pushElements, removeElements } from "../../store/list/list.ts";
import { ListReader } from "../../store/list/list_reader.ts";
import { Slice } from "../../sys/bytes.ts";
import { readsHead, removeFromEnd } from "./pop.ts";

const reader = new ListReader();
/** The element on its way: what it lay in may move before it arrives. */
const moved = new Slice();
const elements = { at: () => moved };
let buffer = new Uint8Array(256);
const BUFFER_KEPT_MAX = 1 << 16;

function keep({ bytes, start, end }: Slice): void {
  const length = end - start;
  if (length > buffer.length) buffer = new Uint8Array(length);
  buffer.set(bytes.subarray(start, end));
  moved.point(buffer, 0, length);
  if (length > BUFFER_KEPT_MAX) buffer = new Uint8Array(256);
}

/** Moves one element, tells of it, and gives it as the reply; false when there is none. */
export function moveElement(
  { db, keyspace }: Context,
  from: Slice,
  to: Slice,
  fromHead: boolean,
  toHead: boolean,
  reply: Reply,
): boolean {
  const source = db.writeTyped(from, Type.list);
  if (source === 0) return false;
  const target = db.writeTyped(to, Type.list);
  const { dirty } = keyspace;
  reader.open(db, source);
  const { length } = reader;
  keep(reader.end(fromHead));
  reader.close();
  const limits = keyspace.limits.list;
  const pushed = toHead ? "lpush" : "rpush";
  if (source !== target) {
    pushElements(db, to, target, elements, 0, 1, toHead, limits);
    db.event("l", pushed, to);
    reply.bulk(moved);
    removeFromEnd(db, from, source, length, 1, fromHead);
  } else {
    if (length === 1) {
      db.changed(from);
    } else {
      removeElements(db, from, source, fromHead ? 0 : length - 1, 1);
      pushElements(db, from, db.find(from), elements, 0, 1, toHead, limits);
    }
    db.event("l", pushed, to);
    reply.bulk(moved);
    db.event("l", fromHead ? "lpop" : "rpop", from);
  }
  keyspace.dirty = dirty + 1;
  return true;
}

export const lmove = defineCommand({
  name: "LMOVE",
  group: "list",
  since: "6.2.0",
  summary: "Moves an element from an end of a list to an end of another or the same list",
  complexity: "O(1)",
  syntax: "source destination <LEFT | RIGHT> <LEFT | RIGHT>",
  arity: 5,
  flags: ["write", "denyoom"],
  categories: ["list"],
  keys: [key(1, "RW", "access", "delete"), key(2, "RW", "insert")],
  run(context, args, reply) {
    const fromHead = readsHead(args, 3);
    const toHead = readsHead(args, 4);
    if (!moveElement(context, args.at(1), args.at(2), fromHead, toHead, reply)) reply.nil();
  },
});

export const rpoplpush = defineCommand({
  ...lmove,
  name: "RPOPLPUSH",
  since: "1.2.0",
  summary: "Moves the last element of a list to the head of another or the same list",
  syntax: "source destination",
  arity: 3,
  deprecated: { since: "6.2.0", replacedBy: "`LMOVE` with the `RIGHT` and `LEFT` arguments" },
  run(context, args, reply) {
    if (!moveElement(context, args.at(1), args.at(2), false, true, reply)) reply.nil();
  },
});
