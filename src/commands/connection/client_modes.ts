/** How a connection is served: CLIENT REPLY, NO-EVICT, NO-TOUCH. */
import { defineCommand } from "../../command.ts";
import { syntaxError } from "../../errors.ts";
import { onOrOff, shared, sharedAdmin } from "./client_shared.ts";

export const clientReply = defineCommand({
  ...shared,
  name: "REPLY",
  since: "3.2.0",
  summary: "Says whether the server answers this connection: always, never, or not the next time",
  syntax: "ON | OFF | SKIP",
  arity: 3,
  run({ client }, args, reply) {
    if (args.is(2, "on")) {
      client.replyMode = "on";
      reply.ok();
    } else if (args.is(2, "off")) {
      client.replyMode = "off";
    } else if (args.is(2, "skip")) {
      if (client.replyMode !== "off") client.replyMode = "skip-next";
    } else {
      throw syntaxError;
    }
  },
});

export const clientNoEvict = defineCommand({
  ...sharedAdmin,
  name: "NO-EVICT",
  since: "7.0.0",
  summary: "Says whether this connection may be closed to save memory",
  complexity: "O(1)",
  syntax: "ON | OFF",
  arity: 3,
  run({ client }, args, reply) {
    client.noEvict = onOrOff(args, 2);
    reply.ok();
  },
});

export const clientNoTouch = defineCommand({
  ...shared,
  name: "NO-TOUCH",
  since: "7.2.0",
  summary: "Says whether this connection's reads leave the idle time and the access counter of keys alone",
  syntax: "ON | OFF",
  arity: 3,
  addition: "Tools that scan a whole dataset send it so as not to disturb eviction",
  run({ client, keyspace }, args, reply) {
    client.noTouch = onOrOff(args, 2);
    keyspace.access.freeze(client.noTouch);
    reply.ok();
  },
});
