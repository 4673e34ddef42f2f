/** ECHO: gives back what it was given. */
import { defineCommand } from "../../command.ts";

export const echo = defineCommand({
  name: "ECHO",
  group: "connection",
  since: "1.0.0",
  summary: "Gives back the message that it was given",
  complexity: "O(1)",
  syntax: "message",
  arity: 2,
  flags: ["loading", "stale", "fast"],
  categories: ["connection"],
  run: (_context, args, reply) => reply.bulk(args.at(1)),
});
