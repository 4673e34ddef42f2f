/** RENAME, RENAMENX, MOVE, COPY: a value gets another key, in this database or another. */
import type { Args } from "../../args.ts";
import type { Context } from "../../context.ts";
import { defineCommand, type Handler, key } from "../../command.ts";
import { databaseOutOfRange, noSuchKey, ReplyError, sameObject, syntaxError } from "../../errors.ts";
import type { Database } from "../../store/database.ts";
import { sameBytes, type Slice } from "../../sys/bytes.ts";

const INT32_MIN = -2147483648;
const INT32_MAX = 2147483647;
const notAnInt32 = new ReplyError(
  `ERR value is out of range, value must between ${INT32_MIN} and ${INT32_MAX}`,
);

/** The database whose number is argument `i`. @throws ReplyError when there is none */
function databaseAt({ keyspace }: Context, args: Args, i: number): Database {
  const database = keyspace.databases[args.integerBetween(i, INT32_MIN, INT32_MAX, notAnInt32)];
  if (database === undefined) throw databaseOutOfRange;
  return database;
}

function areSame(a: Slice, b: Slice): boolean {
  return sameBytes(a.bytes, a.start, a.end, b.bytes, b.start, b.end);
}

/** @param replaces whether a value that the new name holds goes; otherwise the reply tells whether there was one */
function renameHandler(replaces: boolean): Handler {
  return ({ db }, args, reply) => {
    const from = args.at(1);
    const to = args.at(2);
    const ref = db.write(from);
    if (ref === 0) throw noSuchKey;
    const same = areSame(from, to);
    if (!replaces && (same || db.write(to) !== 0)) return reply.integer(0);
    if (!same) {
      if (replaces) db.write(to);
      db.moveTo(from, ref, db, to);
      db.event("g", "rename_from", from);
      db.event("g", "rename_to", to);
    }
    if (replaces) reply.ok();
    else reply.integer(1);
  };
}

export const rename = defineCommand({
  name: "RENAME",
  group: "generic",
  since: "1.0.0",
  summary: "Gives a key another name, replacing what that held",
  complexity: "O(1), and what it takes to delete the value replaced",
  syntax: "key newkey",
  arity: 3,
  flags: ["write"],
  categories: ["keyspace"],
  keys: [key(1, "RW", "access", "delete"), key(2, "OW", "update")],
  leavesValues: true,
  run: renameHandler(true),
});

export const renamenx = defineCommand({
  ...rename,
  name: "RENAMENX",
  summary: "Gives a key another name if that holds nothing",
  complexity: "O(1)",
  flags: ["write", "fast"],
  keys: [key(1, "RW", "access", "delete"), key(2, "OW", "insert")],
  run: renameHandler(false),
});

export const move = defineCommand({
  name: "MOVE",
  group: "generic",
  since: "1.0.0",
  summary: "Moves a key to another database if that has none of its name",
  complexity: "O(1)",
  syntax: "key db",
  arity: 3,
  flags: ["write", "fast"],
  categories: ["keyspace"],
  keys: [key(1, "RW", "access", "update")],
  leavesValues: true,
  run(context, args, reply) {
    const { db } = context;
    const name = args.at(1);
    const target = databaseAt(context, args, 2);
    if (target === db) throw sameObject;
    const ref = db.write(name);
    if (ref === 0 || target.write(name) !== 0) return reply.integer(0);
    db.moveTo(name, ref, target, name);
    db.event("g", "move_from", name);
    target.event("g", "move_to", name);
    reply.integer(1);
  },
});

export const copy = defineCommand({
  name: "COPY",
  group: "generic",
  since: "6.2.0",
  summary: "Gives a copy of a key's value, and its time to live, to another key",
  complexity: "O(N) with N bytes, or N elements of a collection",
  syntax: "source destination [DB destination-db] [REPLACE]",
  arity: -3,
  flags: ["write", "denyoom"],
  categories: ["keyspace"],
  keys: [key(1, "RO", "access"), key(2, "OW", "update")],
  leavesValues: true,
  run(context, args, reply) {
    const { db } = context;
    const from = args.at(1);
    const to = args.at(2);
    let target = db;
    let replaces = false;
    for (let i = 3; i < args.count; i++) {
      if (args.is(i, "replace")) replaces = true;
      else if (args.is(i, "db") && i + 1 < args.count) target = databaseAt(context, args, ++i);
      else throw syntaxError;
    }
    if (target === db && areSame(from, to)) throw sameObject;
    const ref = db.read(from);
    if (ref === 0 || (target.write(to) !== 0 && !replaces)) return reply.integer(0);
    db.copyTo(ref, target, to);
    target.event("g", "copy_to", to);
    reply.integer(1);
  },
});
