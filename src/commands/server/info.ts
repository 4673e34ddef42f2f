/** INFO: what the server tells about itself. The text is put together by the server. */
import { defineCommand } from "../../command.ts";

export const info = defineCommand({
  name: "INFO",
  group: "server",
  since: "1.0.0",
  summary: "Tells about the state of the server and what it has done",
  complexity: "O(1)",
  syntax: "[section [section ...]]",
  arity: -1,
  flags: ["loading", "stale"],
  categories: ["dangerous"],
  tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
  run({ server }, args, reply) {
    const sections: string[] = [];
    for (let i = 1; i < args.count; i++) sections.push(args.text(i));
    reply.verbatim(server.info(sections));
  },
});
