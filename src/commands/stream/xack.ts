/** XACK: what was delivered has been dealt with. */
import { defineCommand, key } from "../../command.ts";
import { StreamId } from "../../store/stream/stream_id.ts";
import { findGroup } from "./groups.ts";
import { readId } from "./ids.ts";

const id = new StreamId();

export const xack = defineCommand({
  name: "XACK",
  group: "stream",
  since: "5.0.0",
  summary: "Takes entries out of what is pending in a consumer group",
  complexity: "O(log(N)) for each id, with N entries pending",
  syntax: "key group id [id ...]",
  arity: -4,
  flags: ["write", "fast"],
  categories: ["stream"],
  keys: [key(1, "RW", "update")],
  run({ db, keyspace }, args, reply) {
    const found = findGroup(db, args, 1, 2);
    if (found === undefined) return reply.integer(0);
    for (let i = 3; i < args.count; i++) readId(args, i, id);
    db.aboutToChange(found.ref);
    let acknowledged = 0;
    for (let i = 3; i < args.count; i++) {
      if (found.group.remove(readId(args, i, id))) acknowledged++;
    }
    keyspace.dirty += acknowledged;
    reply.integer(acknowledged);
  },
});
