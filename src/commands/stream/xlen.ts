/** XLEN: how many entries a stream has. */
import { defineCommand, key } from "../../command.ts";
import { Type } from "../../store/memory/entry.ts";
import { streamAt } from "../../store/stream/stream.ts";

export const xlen = defineCommand({
  name: "XLEN",
  group: "stream",
  since: "5.0.0",
  summary: "Counts the entries of a stream",
  complexity: "O(1)",
  syntax: "key",
  arity: 2,
  flags: ["readonly", "fast"],
  categories: ["stream"],
  keys: [key(1, "RO")],
  leavesValues: true,
  run({ db }, args, reply) {
    const ref = db.readTyped(args.at(1), Type.stream);
    reply.integer(ref === 0 ? 0 : db.swappedSize(ref) ?? streamAt(db, ref).size);
  },
});
