/** TIME: what time it is on the server. */
import { defineCommand } from "../../command.ts";

export const time = defineCommand({
  name: "TIME",
  group: "server",
  since: "2.6.0",
  summary: "Tells the time: unix seconds, and the microseconds of the second",
  complexity: "O(1)",
  syntax: "",
  arity: 1,
  flags: ["loading", "stale", "fast"],
  categories: [],
  tips: ["nondeterministic_output"],
  run({ server }, _args, reply) {
    const micros = server.clock.micros();
    reply.array(2);
    reply.bulkText(String(Math.floor(micros / 1e6)));
    reply.bulkText(String(micros % 1e6));
  },
});
