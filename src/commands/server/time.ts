/** TIME and LASTSAVE: what time it is on the server, and when its data was saved. */
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

export const lastsave = defineCommand({
  name: "LASTSAVE",
  group: "server",
  since: "1.0.0",
  summary: "Tells the unix second in which the data was saved last, or the server started",
  complexity: "O(1)",
  syntax: "",
  arity: 1,
  flags: ["loading", "stale", "fast"],
  categories: ["admin", "dangerous"],
  tips: ["nondeterministic_output"],
  run: ({ server }, _args, reply) => reply.integer(Math.floor(server.lastSavedAt / 1000)),
});
