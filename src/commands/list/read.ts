/** LLEN, LINDEX, LRANGE: looking at a list. */
import { defineCommand, key } from "../../command.ts";
import { Type } from "../../store/memory/entry.ts";
import { listLength } from "../../store/list/list.ts";
import { ListReader } from "../../store/list/list_reader.ts";

const reader = new ListReader();

export const llen = defineCommand({
  name: "LLEN",
  group: "list",
  since: "1.0.0",
  summary: "Tells the number of elements of a list",
  complexity: "O(1)",
  syntax: "key",
  arity: 2,
  flags: ["readonly", "fast"],
  categories: ["list"],
  keys: [key(1, "RO")],
  leavesValues: true,
  run({ db }, args, reply) {
    const ref = db.readTyped(args.at(1), Type.list);
    reply.integer(ref === 0 ? 0 : db.swappedSize(ref) ?? listLength(db, ref));
  },
});

export const lindex = defineCommand({
  name: "LINDEX",
  group: "list",
  since: "1.0.0",
  summary: "Gives the element at an index of a list",
  complexity: "O(N) with N elements between the index and the nearer end, little at the ends",
  syntax: "key index",
  arity: 3,
  flags: ["readonly"],
  categories: ["list"],
  keys: [key(1, "RO", "access")],
  run({ db }, args, reply) {
    const ref = db.readTyped(args.at(1), Type.list);
    if (ref === 0) return reply.nil();
    let index = args.integer(2);
    reader.open(db, ref);
    if (index < 0) index += reader.length;
    if (index < 0 || index >= reader.length) {
      reply.nil();
    } else {
      reader.seek(index);
      reply.bulk(reader.next());
    }
    reader.close();
  },
});

export const lrange = defineCommand({
  name: "LRANGE",
  group: "list",
  since: "1.0.0",
  summary: "Gives the elements of a list between two indexes, both included",
  complexity: "O(S+N) with S elements between the range and the nearer end, and N in the range",
  syntax: "key start stop",
  arity: 4,
  flags: ["readonly"],
  categories: ["list"],
  keys: [key(1, "RO", "access")],
  run({ db }, args, reply) {
    let start = args.integer(2);
    let stop = args.integer(3);
    reader.open(db, db.readTyped(args.at(1), Type.list));
    const { length } = reader;
    if (start < 0) start = Math.max(0, start + length);
    if (stop < 0) stop += length;
    stop = Math.min(stop, length - 1);
    if (start > stop) {
      reply.array(0);
    } else {
      reply.array(stop - start + 1);
      reader.replyRange(start, stop - start + 1, reply);
    }
    reader.close();
  },
});
