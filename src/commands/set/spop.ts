/** SPOP and SRANDMEMBER: members drawn at random. */
import { defineCommand, key } from "../../command.ts";
import type { Context } from "../../context.ts";
import { ReplyError, syntaxError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import { SetValue } from "../../store/hash/set_value.ts";
import type { Slice } from "../../sys/bytes.ts";
import { chooseIndices, chooseRefs } from "../random_choice.ts";
import { readRandomCount } from "../random_count.ts";
import { dropEmpty } from "./sadd.ts";

const notPositive = new ReplyError("ERR value is out of range, must be positive");

const set = new SetValue();

export const spop = defineCommand({
  name: "SPOP",
  group: "set",
  since: "1.0.0",
  summary: "Draws members of a set at random and removes them",
  complexity: "O(1), or O(M) for M members; O(N) for each with N members while all are integers and few",
  syntax: "key [count]",
  arity: -2,
  flags: ["write", "fast"],
  categories: ["set"],
  keys: [key(1, "RW", "access", "delete")],
  tips: ["nondeterministic_output"],
  run(context, args, reply) {
    if (args.count > 3) throw syntaxError;
    const { db, keyspace, server: { journal } } = context;
    const name = args.at(1);
    if (args.count === 3) {
      const count = args.integer(2, notPositive);
      if (count < 0) throw notPositive;
      return popMany(context, name, count, reply);
    }
    if (!set.write(db, name)) return reply.nil();
    // Who hears of it and is answered hears of it first, as from the reference.
    db.event("s", "spop", name);
    set.pop((bound) => keyspace.random.below(bound), (member) => {
      reply.bulk(member);
      if (journal.isOpen) journal.instead(db, "SREM", name, member);
    });
    db.changed(name);
    dropEmpty(db, name, set);
  },
});

function popMany(
  { db, keyspace, server: { journal } }: Context,
  name: Slice,
  count: number,
  reply: Reply,
): void {
  if (!set.write(db, name) || count === 0) return reply.set(0);
  const size = set.size;
  const popped = Math.min(count, size);
  const write = (member: Slice) => reply.bulk(member);
  db.event("s", "spop", name);
  reply.set(popped);
  if (popped === size) {
    set.forEach(write);
    db.delete(name);
    db.event("g", "del", name);
    journal.instead(db, "DEL", name);
  } else {
    const random = (bound: number) => keyspace.random.below(bound);
    const pop = (member: Slice) => {
      write(member);
      if (journal.isOpen) journal.instead(db, "SREM", name, member);
    };
    for (let i = 0; i < popped; i++) set.pop(random, pop);
    db.changed(name);
  }
  db.keyspace.dirty += popped - 1;
}

export const srandmember = defineCommand({
  name: "SRANDMEMBER",
  group: "set",
  since: "1.0.0",
  summary: "Draws members of a set at random",
  complexity: "O(M) for M members drawn; O(N) with N members when M is a good part of N",
  syntax: "key [count]",
  arity: -2,
  flags: ["readonly"],
  categories: ["set"],
  keys: [key(1, "RO", "access")],
  tips: ["nondeterministic_output"],
  run({ db, keyspace }, args, reply) {
    if (args.count > 3) throw syntaxError;
    const random = (bound: number) => keyspace.random.below(bound);
    if (args.count === 2) {
      if (!set.read(db, args.at(1))) return reply.nil();
      return reply.bulk(set.sample(random));
    }
    const count = readRandomCount(args, 2);
    if (!set.read(db, args.at(1)) || count === 0) return reply.array(0);
    if (count < 0) {
      reply.array(-count);
      for (let i = 0; i < -count; i++) reply.bulk(set.sample(random));
      return;
    }
    const size = set.size;
    const drawn = Math.min(count, size);
    reply.array(drawn);
    if (drawn === size) set.forEach((member) => reply.bulk(member));
    else if (set.dict !== undefined) {
      for (const ref of chooseRefs(set.dict, drawn, random)) reply.bulk(set.memberOf(ref));
    } else {
      for (const index of chooseIndices(size, drawn, random)) reply.bulk(set.memberAt(index));
    }
  },
});
