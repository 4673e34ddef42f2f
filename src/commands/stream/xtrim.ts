/** XTRIM: entries go from the front of a stream. */
import { defineCommand, key } from "../../command.ts";
import { syntaxError } from "../../errors.ts";
import { writeStream } from "../../store/stream/stream.ts";
import { TrimOptions } from "./trim.ts";

const options = new TrimOptions();

export const xtrim = defineCommand({
  name: "XTRIM",
  group: "stream",
  since: "5.0.0",
  summary: "Removes the first entries of a stream, up to a length or an id",
  complexity: "O(N) with N entries removed",
  syntax: "key <MAXLEN | MINID> [= | ~] threshold [LIMIT count]",
  arity: -4,
  flags: ["write"],
  categories: ["stream"],
  keys: [key(1, "RW", "delete")],
  tips: ["nondeterministic_output"],
  run({ db, keyspace, server }, args, reply) {
    options.clear();
    for (let i = 2; i < args.count;) {
      const next = options.read(args, i);
      if (next === i) throw syntaxError;
      i = next;
    }
    options.end(keyspace, true);
    const name = args.at(1);
    const stream = writeStream(db, name);
    if (stream === undefined) return reply.integer(0);
    const removed = options.trim(stream);
    if (removed > 0) {
      db.event("t", "xtrim", name);
      options.record(server.journal, stream);
      db.lessened(name);
      keyspace.dirty += removed - 1;
    }
    reply.integer(removed);
  },
});
