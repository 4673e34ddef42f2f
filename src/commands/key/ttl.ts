/** TTL, PTTL, EXPIRETIME, PEXPIRETIME: how long keys will live. */
import { defineCommand, type Handler, key } from "../../command.ts";
import { expireTimeOf, NEVER, replyTime } from "../expire_options.ts";

const NO_KEY = -2;

/** @param absolute whether the unix time is asked for, rather than the time left */
function timeHandler(inSeconds: boolean, absolute: boolean): Handler {
  return ({ db, keyspace }, args, reply) => {
    const ref = db.peek(args.at(1));
    if (ref === 0) return reply.integer(NO_KEY);
    const when = expireTimeOf(db, ref);
    if (when === NEVER) return reply.integer(NEVER);
    if (absolute) replyTime(reply, when, inSeconds);
    else if (typeof when === "bigint") replyTime(reply, when - BigInt(keyspace.now), inSeconds);
    else replyTime(reply, Math.max(0, when - keyspace.now), inSeconds);
  };
}

export const ttl = defineCommand({
  name: "TTL",
  group: "generic",
  since: "1.0.0",
  summary: "Tells how many seconds a key has to live",
  complexity: "O(1)",
  syntax: "key",
  arity: 2,
  flags: ["readonly", "fast"],
  categories: ["keyspace"],
  keys: [key(1, "RO", "access")],
  leavesValues: true,
  tips: ["nondeterministic_output"],
  run: timeHandler(true, false),
});

export const pttl = defineCommand({
  ...ttl,
  name: "PTTL",
  since: "2.6.0",
  summary: "Tells how many milliseconds a key has to live",
  run: timeHandler(false, false),
});

export const expiretime = defineCommand({
  ...ttl,
  name: "EXPIRETIME",
  since: "7.0.0",
  summary: "Tells the unix time in seconds at which a key will die",
  tips: [],
  run: timeHandler(true, true),
});

export const pexpiretime = defineCommand({
  ...expiretime,
  name: "PEXPIRETIME",
  summary: "Tells the unix time in milliseconds at which a key will die",
  run: timeHandler(false, true),
});
