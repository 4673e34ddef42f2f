/** QUIT and RESET: a connection ends, or begins anew. */
import { defineCommand } from "../../command.ts";
import { endTransaction } from "../transaction/end.ts";

export const quit = defineCommand({
  name: "QUIT",
  group: "connection",
  since: "1.0.0",
  summary: "Closes the connection after everything asked so far is answered",
  complexity: "O(1)",
  syntax: "",
  arity: -1,
  flags: ["noscript", "loading", "stale", "fast", "no_auth", "allow_busy"],
  categories: ["connection"],
  run({ client }, _args, reply) {
    reply.ok();
    client.closeAfterReply = true;
  },
});

/** What a new connection starts with; NO-EVICT stays, as in the reference, and so do id and library. */
export const reset = defineCommand({
  name: "RESET",
  group: "connection",
  since: "6.2.0",
  summary: "Puts the connection into the state of a new one",
  complexity: "O(1)",
  syntax: "",
  arity: 1,
  flags: ["noscript", "loading", "stale", "fast", "no_auth", "allow_busy"],
  categories: ["connection"],
  run(context, _args, reply) {
    const { client, keyspace, server } = context;
    endTransaction(context);
    server.pubsub.forget(client);
    server.observation.monitors.remove(client);
    server.tracking.end(client);
    client.name = "";
    client.protocol = 2;
    client.replyMode = "on";
    client.noTouch = false;
    keyspace.access.freeze(false);
    client.user = "default";
    client.authenticated = !server.passwordRequired;
    context.db = keyspace.databases[0]!;
    reply.status("RESET");
  },
});
