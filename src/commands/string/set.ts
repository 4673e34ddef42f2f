/** SET and its older forms: SETNX, SETEX, PSETEX, GETSET. */
import type { Args } from "../../args.ts";
import { defineCommand, type Handler, key } from "../../command.ts";
import { syntaxError } from "../../errors.ts";
import type { Slice } from "../../sys/bytes.ts";
import { ExpireOption, NEVER, readExpire } from "../expire_options.ts";

/** What the options of one SET ask for; one object for all, since handlers run one after the other. */
const options = {
  ifAbsent: false,
  ifPresent: false,
  giveOld: false,
  keepTtl: false,
  expire: new ExpireOption(),
};

function readOptions(args: Args): void {
  options.ifAbsent =
    options.ifPresent =
    options.giveOld =
    options.keepTtl =
      false;
  const { expire } = options;
  expire.clear();
  for (let i = 3; i < args.count; i++) {
    if (args.is(i, "nx") && !options.ifPresent) options.ifAbsent = true;
    else if (args.is(i, "xx") && !options.ifAbsent) options.ifPresent = true;
    else if (args.is(i, "get")) options.giveOld = true;
    else if (args.is(i, "keepttl") && !expire.given) options.keepTtl = true;
    else if (!options.keepTtl && expire.take(args, i)) i++;
    else throw syntaxError;
  }
}

/** The words of a SET without those that only ask for the old value. */
function withoutGet(args: Args): Slice[] {
  return args.from(0).filter((_word, i) => i < 3 || !args.is(i, "get"));
}

export const set = defineCommand({
  name: "SET",
  group: "string",
  since: "1.0.0",
  summary: "Stores a string at a key, whatever it held",
  complexity: "O(1)",
  syntax:
    "key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]",
  arity: -3,
  flags: ["write", "denyoom"],
  categories: ["string"],
  keys: [{
    ...key(1, "RW", "access", "update", "variable_flags"),
    notes: "RW and ACCESS due to the optional `GET` argument",
  }],
  run({ db, keyspace, server }, args, reply) {
    const name = args.at(1);
    const value = args.at(2);
    if (args.count === 3) {
      db.setString(name, value);
      db.event("$", "set", name);
      return reply.ok();
    }
    readOptions(args);
    const { ifAbsent, ifPresent, giveOld, keepTtl, expire } = options;
    const when = expire.read(args, keyspace.now, "set");
    if (giveOld) {
      const old = db.readString(name);
      if (old === undefined) reply.nil();
      else reply.bulk(old);
    }
    if (ifAbsent || ifPresent) {
      const present = db.write(name) !== 0;
      if (ifAbsent ? present : !present) {
        if (!giveOld) reply.nil();
        return;
      }
    }
    db.setString(name, value, keepTtl);
    db.event("$", "set", name);
    if (when !== NEVER) {
      db.setExpireAt(name, when, true);
      db.event("g", "expire", name);
      if (server.journal.isOpen) server.journal.instead(db, "SET", name, value, "PXAT", when);
    } else if (giveOld && server.journal.isOpen) {
      server.journal.instead(db, ...withoutGet(args));
    }
    if (!giveOld) reply.ok();
  },
});

export const setnx = defineCommand({
  name: "SETNX",
  group: "string",
  since: "1.0.0",
  summary: "Stores a string at a key that does not exist",
  complexity: "O(1)",
  syntax: "key value",
  arity: 3,
  flags: ["write", "denyoom", "fast"],
  categories: ["string"],
  keys: [key(1, "OW", "insert")],
  run({ db }, args, reply) {
    const name = args.at(1);
    if (db.write(name) !== 0) return reply.integer(0);
    db.setString(name, args.at(2));
    db.event("$", "set", name);
    reply.integer(1);
  },
});

/** SETEX or PSETEX. @param unitMs ms in a unit of the time */
function setWithTime(command: string, unitMs: number): Handler {
  return ({ db, keyspace, server }, args, reply) => {
    const name = args.at(1);
    const when = readExpire(args, 2, unitMs, false, keyspace.now, command);
    db.setString(name, args.at(3));
    db.event("$", "set", name);
    db.setExpireAt(name, when, true);
    db.event("g", "expire", name);
    if (server.journal.isOpen) server.journal.instead(db, "SET", name, args.at(3), "PXAT", when);
    reply.ok();
  };
}

export const setex = defineCommand({
  name: "SETEX",
  group: "string",
  since: "2.0.0",
  summary: "Stores a string at a key that will live for some seconds",
  complexity: "O(1)",
  syntax: "key seconds value",
  arity: 4,
  flags: ["write", "denyoom"],
  categories: ["string"],
  keys: [key(1, "OW", "update")],
  run: setWithTime("setex", 1000),
});

export const psetex = defineCommand({
  ...setex,
  name: "PSETEX",
  since: "2.6.0",
  summary: "Stores a string at a key that will live for some milliseconds",
  syntax: "key milliseconds value",
  run: setWithTime("psetex", 1),
});

export const getset = defineCommand({
  name: "GETSET",
  group: "string",
  since: "1.0.0",
  summary: "Stores a string at a key and gives the one it held",
  complexity: "O(1)",
  syntax: "key value",
  arity: 3,
  flags: ["write", "denyoom", "fast"],
  categories: ["string"],
  keys: [key(1, "RW", "access", "update")],
  deprecated: { since: "6.2.0", replacedBy: "`SET` with the `!GET` argument" },
  run({ db, server }, args, reply) {
    const name = args.at(1);
    const old = db.readString(name);
    if (old === undefined) reply.nil();
    else reply.bulk(old);
    db.setString(name, args.at(2));
    db.event("$", "set", name);
    if (server.journal.isOpen) server.journal.instead(db, "SET", name, args.at(2));
  },
});
