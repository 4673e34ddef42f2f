/** XDEL: entries go, wherever they are. */
import { defineCommand, key } from "../../command.ts";
import { writeStream } from "../../store/stream/stream.ts";
import { StreamId } from "../../store/stream/stream_id.ts";
import { readId } from "./ids.ts";

const id = new StreamId();

export const xdel = defineCommand({
  name: "XDEL",
  group: "stream",
  since: "5.0.0",
  summary: "Removes entries from a stream",
  complexity: "O(log(N)) for each entry, with N entries in the stream",
  syntax: "key id [id ...]",
  arity: -3,
  flags: ["write", "fast"],
  categories: ["stream"],
  keys: [key(1, "RW", "delete")],
  run({ db, keyspace }, args, reply) {
    const name = args.at(1);
    const stream = writeStream(db, name);
    if (stream === undefined) return reply.integer(0);
    for (let i = 2; i < args.count; i++) readId(args, i, id);
    let removed = 0;
    for (let i = 2; i < args.count; i++) if (stream.delete(readId(args, i, id))) removed++;
    if (removed > 0) {
      db.lessened(name);
      keyspace.dirty += removed - 1;
      db.event("t", "xdel", name);
    }
    reply.integer(removed);
  },
});
