/** SELECT: the database in which a client's commands work. */
import { defineCommand } from "../../command.ts";
import { databaseOutOfRange } from "../../errors.ts";
import { int32 } from "../int32.ts";

export const select = defineCommand({
  name: "SELECT",
  group: "connection",
  since: "1.0.0",
  summary: "Changes the database that this connection works in",
  complexity: "O(1)",
  syntax: "index",
  arity: 2,
  flags: ["loading", "stale", "fast"],
  categories: ["connection"],
  run(context, args, reply) {
    const database = context.keyspace.databases[int32(args, 1)];
    if (database === undefined) throw databaseOutOfRange;
    context.db = database;
    reply.ok();
  },
});
