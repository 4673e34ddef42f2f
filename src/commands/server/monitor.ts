/** MONITOR: shows every request of all clients. */
import { defineCommand } from "../../command.ts";
import { ReplyError } from "../../errors.ts";

const notWithinTransaction = new ReplyError("ERR MONITOR isn't allowed for DENY BLOCKING client");
const needsConnection = new ReplyError(
  "ERR MONITOR needs a connection: its lines are replies that no request asked for, and could not be told from answers",
);

export const monitor = defineCommand({
  name: "MONITOR",
  group: "server",
  since: "1.0.0",
  summary: "Shows every request that the server carries out, as it does",
  complexity: "O(1), and for each request O(N) where N is its length",
  syntax: "",
  arity: 1,
  flags: ["admin", "noscript", "loading", "stale"],
  categories: [],
  run({ client, server }, _args, reply) {
    if (client.transaction !== undefined) throw notWithinTransaction;
    if (client.pushesFollow !== undefined) throw needsConnection;
    // Who watches already is not answered, as in the reference.
    if (server.observation.monitors.add(client)) reply.ok();
  },
});
