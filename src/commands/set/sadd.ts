/** SADD, SREM, SMOVE: members come and go. */
import type { Args } from "../../args.ts";
import { defineCommand, key } from "../../command.ts";
import type { Database } from "../../store/database.ts";
import { Type } from "../../store/memory/entry.ts";
import { checkElement } from "../../store/hash/field_dict.ts";
import { SetValue } from "../../store/hash/set_value.ts";
import { sameBytes, type Slice } from "../../sys/bytes.ts";

const set = new SetValue();
const target = new SetValue();

/** The request whose members {@link memberAt} gives; one for all, since handlers run one after the other. */
let members: Args;
const memberAt = (i: number) => members.at(i + 2);

const shared = {
  group: "set",
  since: "1.0.0",
  categories: ["set"],
} as const;

export const sadd = defineCommand({
  ...shared,
  name: "SADD",
  summary: "Adds members to a set, which is created if there is none",
  complexity: "O(1) for each member; O(N) with N members while all are integers and few",
  syntax: "key member [member ...]",
  arity: -3,
  flags: ["write", "denyoom", "fast"],
  keys: [key(1, "RW", "insert")],
  run({ db }, args, reply) {
    const name = args.at(1);
    for (let i = 2; i < args.count; i++) checkElement(args.at(i));
    set.write(db, name);
    members = args;
    const added = set.addAll(memberAt, args.count - 2);
    if (added > 0) {
      db.changed(name);
      db.keyspace.dirty += added - 1;
      db.event("s", "sadd", name);
    }
    reply.integer(added);
  },
});

export const srem = defineCommand({
  ...shared,
  name: "SREM",
  summary: "Removes members of a set, and the set with the last of them",
  complexity: "O(M) for M members to remove; O(N*M) with N members while all are integers and few",
  syntax: "key member [member ...]",
  arity: -3,
  flags: ["write", "fast"],
  keys: [key(1, "RW", "delete")],
  run({ db }, args, reply) {
    const name = args.at(1);
    if (!set.write(db, name)) return reply.integer(0);
    let removed = 0;
    for (let i = 2; i < args.count && set.size > 0; i++) if (set.delete(args.at(i))) removed++;
    if (removed > 0) {
      db.changed(name);
      db.keyspace.dirty += removed - 1;
      db.event("s", "srem", name);
      dropEmpty(db, name, set);
    }
    reply.integer(removed);
  },
});

/** Removes the key of a set that has lost its last member. */
export function dropEmpty(db: Database, name: Slice, value: SetValue): void {
  if (value.size > 0) return;
  db.deleteEmpty(name);
  db.event("g", "del", name);
}

export const smove = defineCommand({
  ...shared,
  name: "SMOVE",
  summary: "Moves a member from one set to another",
  complexity: "O(1); O(N) with N members while all are integers and few",
  syntax: "source destination member",
  arity: 4,
  flags: ["write", "fast"],
  keys: [key(1, "RW", "access", "delete"), key(2, "RW", "insert")],
  run({ db }, args, reply) {
    const from = args.at(1);
    const to = args.at(2);
    const member = args.at(3);
    // Both are looked up before either is judged.
    const source = db.write(from);
    const destination = db.write(to);
    if (source === 0) return reply.integer(0);
    db.checkType(source, Type.set);
    if (destination !== 0) db.checkType(destination, Type.set);
    set.at(db, from, source);
    if (sameBytes(from.bytes, from.start, from.end, to.bytes, to.start, to.end)) {
      return reply.integer(set.has(member) ? 1 : 0);
    }
    if (!set.delete(member)) return reply.integer(0);
    db.changed(from);
    db.event("s", "srem", from);
    dropEmpty(db, from, set);
    if (target.at(db, to, db.find(to)).add(member)) {
      db.changed(to);
      db.event("s", "sadd", to);
    }
    reply.integer(1);
  },
});
