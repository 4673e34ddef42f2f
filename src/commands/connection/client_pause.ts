/** CLIENT PAUSE, UNPAUSE and UNBLOCK: clients wait, and go on. */
import { defineCommand } from "../../command.ts";
import { ReplyError } from "../../errors.ts";
import { sharedAdmin, unknownOrArity } from "./client_shared.ts";

const badTimeout = new ReplyError("ERR timeout is not an integer or out of range");
const negativeTimeout = new ReplyError("ERR timeout is negative");
const badMode = new ReplyError("ERR CLIENT PAUSE mode must be WRITE or ALL");
const badReason = new ReplyError("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");

export const clientPause = defineCommand({
  ...sharedAdmin,
  name: "PAUSE",
  since: "2.9.50",
  summary: "Holds back the commands of all clients, or the writing ones, for some milliseconds",
  complexity: "O(1)",
  syntax: "timeout [WRITE | ALL]",
  arity: -3,
  run({ keyspace, server }, args, reply) {
    if (args.count > 4) throw unknownOrArity("CLIENT", args);
    const writesOnly = args.count === 4 && args.is(3, "write");
    if (args.count === 4 && !writesOnly && !args.is(3, "all")) throw badMode;
    const timeout = args.integer(2, badTimeout);
    if (timeout < 0) throw negativeTimeout;
    server.clients.pause(writesOnly ? "write" : "all", keyspace.now + timeout);
    reply.ok();
  },
});

export const clientUnpause = defineCommand({
  ...sharedAdmin,
  name: "UNPAUSE",
  since: "6.2.0",
  summary: "Lets the clients go on that CLIENT PAUSE holds back",
  syntax: "",
  arity: 2,
  run({ server }, _args, reply) {
    server.clients.unpause();
    reply.ok();
  },
});

export const clientUnblock = defineCommand({
  ...sharedAdmin,
  name: "UNBLOCK",
  since: "5.0.0",
  summary: "Lets a client go on that a blocking command holds, as after its timeout or with an error",
  complexity: "O(1)",
  syntax: "client-id [TIMEOUT | ERROR]",
  arity: -3,
  run({ server }, args, reply) {
    if (args.count > 4) throw unknownOrArity("CLIENT", args);
    if (args.count === 4 && !args.is(3, "timeout") && !args.is(3, "error")) throw badReason;
    const client = server.clients.byId(args.integer(2));
    const isError = args.count === 4 && args.is(3, "error");
    reply.integer(client?.endWait(isError ? "error" : "timeout") ? 1 : 0);
  },
});
