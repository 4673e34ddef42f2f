/** GETEX and GETDEL: a string is read, and its time to live, or its key, is changed with it. */
import type { Args } from "../../args.ts";
import { defineCommand, key } from "../../command.ts";
import { syntaxError } from "../../errors.ts";
import { ExpireOption } from "../expire_options.ts";

const expire = new ExpireOption();

/** Reads the options into `expire`; whether PERSIST is among them. */
function readOptions(args: Args): boolean {
  let persist = false;
  expire.clear();
  for (let i = 2; i < args.count; i++) {
    if (args.is(i, "persist") && !expire.given) persist = true;
    else if (!persist && expire.take(args, i)) i++;
    else throw syntaxError;
  }
  return persist;
}

export const getex = defineCommand({
  name: "GETEX",
  group: "string",
  since: "6.2.0",
  summary: "Gives the string stored at a key and sets or ends its time to live",
  complexity: "O(1)",
  syntax:
    "key [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | PERSIST]",
  arity: -2,
  flags: ["write", "fast"],
  categories: ["string"],
  keys: [{ ...key(1, "RW", "access", "update"), notes: "RW and UPDATE because it changes the TTL" }],
  run({ db, keyspace, server: { journal } }, args, reply) {
    const name = args.at(1);
    const persist = readOptions(args);
    const value = db.readString(name);
    if (value === undefined) return reply.nil();
    // The key is looked for first: only for one that is there the time must be right.
    const when = expire.read(args, keyspace.now, "getex");
    reply.bulk(value);
    if (expire.absolute && expire.given && when <= keyspace.now) {
      db.delete(name);
      db.event("g", "del", name);
      journal.instead(db, keyspace.lazyFreeing.expire ? "UNLINK" : "DEL", name);
    } else if (expire.given) {
      db.setExpireAt(name, when);
      db.event("g", "expire", name);
      journal.instead(db, "PEXPIREAT", name, when);
    } else if (persist && db.persist(name)) {
      db.event("g", "persist", name);
      journal.instead(db, "PERSIST", name);
    }
  },
});

export const getdel = defineCommand({
  name: "GETDEL",
  group: "string",
  since: "6.2.0",
  summary: "Gives the string stored at a key and deletes the key",
  complexity: "O(1)",
  syntax: "key",
  arity: 2,
  flags: ["write", "fast"],
  categories: ["string"],
  keys: [key(1, "RW", "access", "delete")],
  run({ db, server }, args, reply) {
    const name = args.at(1);
    const value = db.readString(name);
    if (value === undefined) return reply.nil();
    reply.bulk(value);
    db.delete(name);
    db.event("g", "del", name);
    server.journal.instead(db, "DEL", name);
  },
});
