/** PING: whether the server is there. */
import { defineCommand } from "../../command.ts";
import { wrongArity } from "../../errors.ts";

export const ping = defineCommand({
  name: "PING",
  group: "connection",
  since: "1.0.0",
  summary: "Answers PONG, or the message that it was given",
  complexity: "O(1)",
  syntax: "[message]",
  arity: -1,
  flags: ["fast"],
  categories: ["connection"],
  tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
  run({ client }, args, reply) {
    if (args.count > 2) throw wrongArity("ping");
    if (client.subscriptions !== undefined && client.protocol === 2) {
      // Among messages the answer looks like one.
      reply.array(2);
      reply.bulkText("pong");
      if (args.count === 2) reply.bulk(args.at(1));
      else reply.bulkText("");
      return;
    }
    if (args.count === 2) reply.bulk(args.at(1));
    else reply.status("PONG");
  },
});
