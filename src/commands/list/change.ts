/** LSET, LINSERT, LREM, LTRIM: changing a list in the middle. */
import { defineCommand, key } from "../../command.ts";
import { noSuchKey, ReplyError, syntaxError } from "../../errors.ts";
import { Type } from "../../store/memory/entry.ts";
import {
  insertElement,
  listLength,
  removeElements,
  removeEqual,
  replaceElement,
} from "../../store/list/list.ts";
import { ListReader } from "../../store/list/list_reader.ts";
import { sameBytes } from "../../sys/bytes.ts";

const indexOutOfRange = new ReplyError("ERR index out of range");

const reader = new ListReader();

export const lset = defineCommand({
  name: "LSET",
  group: "list",
  since: "1.0.0",
  summary: "Replaces the element at an index of a list",
  complexity: "O(N) with N elements between the index and the nearer end, little at the ends",
  syntax: "key index element",
  arity: 4,
  flags: ["write", "denyoom"],
  categories: ["list"],
  keys: [key(1, "RW", "update")],
  run({ db }, args, reply) {
    const name = args.at(1);
    const ref = db.writeTyped(name, Type.list);
    if (ref === 0) throw noSuchKey;
    let index = args.integer(2);
    const length = listLength(db, ref);
    if (index < 0) index += length;
    if (index < 0 || index >= length) throw indexOutOfRange;
    replaceElement(db, name, ref, index, args.at(3));
    reply.ok();
    db.event("l", "lset", name);
  },
});

export const linsert = defineCommand({
  name: "LINSERT",
  group: "list",
  since: "2.2.0",
  summary: "Adds an element to a list before or after the first one that is equal to a pivot",
  complexity: "O(N) with N elements before the pivot",
  syntax: "key <BEFORE | AFTER> pivot element",
  arity: 5,
  flags: ["write", "denyoom"],
  categories: ["list"],
  keys: [key(1, "RW", "insert")],
  run({ db }, args, reply) {
    const name = args.at(1);
    const behind = args.is(2, "after");
    if (!behind && !args.is(2, "before")) throw syntaxError;
    const { bytes, start, end } = args.at(3);
    const ref = db.writeTyped(name, Type.list);
    if (ref === 0) return reply.integer(0);
    reader.open(db, ref);
    const { length } = reader;
    reader.seek(0);
    let index = 0;
    for (; index < length; index++) {
      const element = reader.next();
      if (sameBytes(element.bytes, element.start, element.end, bytes, start, end)) break;
    }
    reader.close();
    if (index === length) return reply.integer(-1);
    const grown = insertElement(db, name, ref, index, args.at(4), behind);
    db.event("l", "linsert", name);
    reply.integer(grown);
  },
});

export const lrem = defineCommand({
  name: "LREM",
  group: "list",
  since: "1.0.0",
  summary: "Removes elements that are equal to one: the first of them, the last of them, or all",
  complexity: "O(N) with N elements of the list",
  syntax: "key count element",
  arity: 4,
  flags: ["write"],
  categories: ["list"],
  keys: [key(1, "RW", "delete")],
  run({ db }, args, reply) {
    const name = args.at(1);
    const count = args.integer(2);
    const ref = db.writeTyped(name, Type.list);
    if (ref === 0) return reply.integer(0);
    const removed = removeEqual(db, name, ref, args.at(3), count);
    if (removed > 0) {
      db.event("l", "lrem", name);
      if (db.find(name) === 0) db.event("g", "del", name);
    }
    reply.integer(removed);
  },
});

export const ltrim = defineCommand({
  name: "LTRIM",
  group: "list",
  since: "1.0.0",
  summary: "Keeps only the elements of a list between two indexes, both included",
  complexity: "O(N) with N elements removed",
  syntax: "key start stop",
  arity: 4,
  flags: ["write"],
  categories: ["list"],
  keys: [key(1, "RW", "delete")],
  run({ db, keyspace }, args, reply) {
    const name = args.at(1);
    let start = args.integer(2);
    let stop = args.integer(3);
    const ref = db.writeTyped(name, Type.list);
    if (ref === 0) return reply.ok();
    const length = listLength(db, ref);
    if (start < 0) start = Math.max(0, start + length);
    if (stop < 0) stop += length;
    stop = Math.min(stop, length - 1);
    const { dirty } = keyspace;
    const empties = start > stop;
    const removed = empties ? length : length - (stop - start + 1);
    if (empties) {
      removeElements(db, name, ref, 0, length);
    } else {
      // The end first, so that the indexes before it stay.
      if (stop < length - 1) removeElements(db, name, ref, stop + 1, length - 1 - stop);
      if (start > 0) removeElements(db, name, db.find(name), 0, start);
      // Those who watch the key are told even when nothing went.
      if (removed === 0) db.changed(name);
    }
    keyspace.dirty = dirty + removed;
    db.event("l", "ltrim", name);
    if (empties) db.event("g", "del", name);
    reply.ok();
  },
});
