/** EXPIRE, PEXPIRE, EXPIREAT, PEXPIREAT and PERSIST: how long keys live. */
import type { Args } from "../../args.ts";
import { defineCommand, type Handler, key } from "../../command.ts";
import { ReplyError } from "../../errors.ts";
import { expireTimeOf, NEVER, readTime } from "../expire_options.ts";

const existsAndCompares = new ReplyError(
  "ERR NX and XX, GT or LT options at the same time are not compatible",
);
const bothComparisons = new ReplyError("ERR GT and LT options at the same time are not compatible");

/** When the new time counts; one object for all, since handlers run one after the other. */
const condition = { ifNone: false, ifSome: false, ifLater: false, ifEarlier: false };

function readCondition(args: Args): void {
  condition.ifNone =
    condition.ifSome =
    condition.ifLater =
    condition.ifEarlier =
      false;
  for (let i = 3; i < args.count; i++) {
    if (args.is(i, "nx")) condition.ifNone = true;
    else if (args.is(i, "xx")) condition.ifSome = true;
    else if (args.is(i, "gt")) condition.ifLater = true;
    else if (args.is(i, "lt")) condition.ifEarlier = true;
    else throw new ReplyError(`ERR Unsupported option ${args.shown(i)}`);
  }
  const { ifNone, ifSome, ifLater, ifEarlier } = condition;
  if (ifNone && (ifSome || ifLater || ifEarlier)) throw existsAndCompares;
  if (ifLater && ifEarlier) throw bothComparisons;
}

/** A key without a time to live counts as one that lives for ever. */
function conditionHolds(now: number | bigint, then: number | bigint): boolean {
  const none = now === NEVER;
  if (condition.ifNone && !none) return false;
  if (condition.ifSome && none) return false;
  if (condition.ifLater && (none || then <= now)) return false;
  return !condition.ifEarlier || none || then < now;
}

/** @param unitMs ms in a unit of the time @param absolute whether the time is a unix time */
function expireHandler(command: string, unitMs: number, absolute: boolean): Handler {
  return ({ db, keyspace, server: { journal } }, args, reply) => {
    readCondition(args);
    const when = readTime(args, 2, unitMs, absolute, keyspace.now, command);
    const name = args.at(1);
    const ref = db.write(name);
    if (ref === 0 || !conditionHolds(expireTimeOf(db, ref), when)) return reply.integer(0);
    if (when <= keyspace.now && !keyspace.isLoading) {
      db.delete(name);
      db.event("g", "del", name);
      if (journal.isOpen) journal.instead(db, keyspace.lazyFreeing.expire ? "UNLINK" : "DEL", name);
      reply.integer(1);
    } else {
      db.setExpireAt(name, when);
      reply.integer(1);
      db.event("g", "expire", name);
      // PEXPIREAT itself is recorded as it was sent.
      if (journal.isOpen && !(absolute && unitMs === 1)) {
        journal.instead(db, "PEXPIREAT", name, when, ...args.from(3));
      }
    }
  };
}

export const expire = defineCommand({
  name: "EXPIRE",
  group: "generic",
  since: "1.0.0",
  summary: "Lets a key die after some seconds",
  complexity: "O(1)",
  syntax: "key seconds [NX | XX | GT | LT]",
  arity: -3,
  flags: ["write", "fast"],
  categories: ["keyspace"],
  keys: [key(1, "RW", "update")],
  leavesValues: true,
  run: expireHandler("expire", 1000, false),
});

export const pexpire = defineCommand({
  ...expire,
  name: "PEXPIRE",
  since: "2.6.0",
  summary: "Lets a key die after some milliseconds",
  syntax: "key milliseconds [NX | XX | GT | LT]",
  run: expireHandler("pexpire", 1, false),
});

export const expireat = defineCommand({
  ...expire,
  name: "EXPIREAT",
  since: "1.2.0",
  summary: "Lets a key die at a unix time in seconds",
  syntax: "key unix-time-seconds [NX | XX | GT | LT]",
  run: expireHandler("expireat", 1000, true),
});

export const pexpireat = defineCommand({
  ...expire,
  name: "PEXPIREAT",
  since: "2.6.0",
  summary: "Lets a key die at a unix time in milliseconds",
  syntax: "key unix-time-milliseconds [NX | XX | GT | LT]",
  run: expireHandler("pexpireat", 1, true),
});

export const persist = defineCommand({
  name: "PERSIST",
  group: "generic",
  since: "2.2.0",
  summary: "Lets a key live for ever again",
  complexity: "O(1)",
  syntax: "key",
  arity: 2,
  flags: ["write", "fast"],
  categories: ["keyspace"],
  keys: [key(1, "RW", "update")],
  leavesValues: true,
  run({ db }, args, reply) {
    const name = args.at(1);
    if (db.write(name) === 0 || !db.persist(name)) return reply.integer(0);
    db.event("g", "persist", name);
    reply.integer(1);
  },
});
