/** SET and its older forms: SETNX, SETEX, PSETEX, GETSET. */
import type { Args } from "../../args.ts";
import { defineCommand, key } from "../../command.ts";
import { syntaxError } from "../../errors.ts";
import { NEVER, readExpire } from "../expire_options.ts";

/** What the options of one SET ask for; one object for all, since handlers run one after the other. */
const options = {
  ifAbsent: false,
  ifPresent: false,
  giveOld: false,
  keepTtl: false,
  /** The argument with the time, 0: none. */
  timeAt: 0,
  unitMs: 1,
  absolute: false,
};

function readOptions(args: Args): void {
  options.ifAbsent =
    options.ifPresent =
    options.giveOld =
    options.keepTtl =
      false;
  options.timeAt = 0;
  for (let i = 3; i < args.count; i++) {
    const more = i + 1 < args.count;
    const freeTtl = !options.keepTtl && options.timeAt === 0;
    if (args.is(i, "nx") && !options.ifPresent) options.ifAbsent = true;
    else if (args.is(i, "xx") && !options.ifAbsent) options.ifPresent = true;
    else if (args.is(i, "get")) options.giveOld = true;
    else if (args.is(i, "keepttl") && options.timeAt === 0) options.keepTtl = true;
    else if (args.is(i, "ex") && freeTtl && more) takeTime(++i, 1000, false);
    else if (args.is(i, "px") && freeTtl && more) takeTime(++i, 1, false);
    else if (args.is(i, "exat") && freeTtl && more) takeTime(++i, 1000, true);
    else if (args.is(i, "pxat") && freeTtl && more) takeTime(++i, 1, true);
    else throw syntaxError;
  }
}

function takeTime(at: number, unitMs: number, absolute: boolean): void {
  options.timeAt = at;
  options.unitMs = unitMs;
  options.absolute = absolute;
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
  run({ db, keyspace }, args, reply) {
    const name = args.at(1);
    const value = args.at(2);
    if (args.count === 3) {
      db.setString(name, value);
      db.event("$", "set", name);
      return reply.ok();
    }
    readOptions(args);
    const when = options.timeAt === 0
      ? NEVER
      : readExpire(args, options.timeAt, options.unitMs, options.absolute, keyspace.now, "set");
    if (options.giveOld) {
      const old = db.readString(name);
      if (old === undefined) reply.nil();
      else reply.bulk(old);
    }
    if (options.ifAbsent || options.ifPresent) {
      const present = db.write(name) !== 0;
      if (options.ifAbsent ? present : !present) {
        if (!options.giveOld) reply.nil();
        return;
      }
    }
    db.setString(name, value, options.keepTtl);
    db.event("$", "set", name);
    if (when !== NEVER) {
      db.setExpireAt(name, when);
      db.event("g", "expire", name);
    }
    if (!options.giveOld) reply.ok();
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
  deprecated: { since: "2.6.12", replacedBy: "`SET` with the `NX` argument" },
  run({ db }, args, reply) {
    const name = args.at(1);
    if (db.write(name) !== 0) return reply.integer(0);
    db.setString(name, args.at(2));
    db.event("$", "set", name);
    reply.integer(1);
  },
});
