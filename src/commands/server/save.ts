/** SAVE, BGSAVE and BGREWRITEAOF: the data is written to the disk because somebody asks for it. */
import { defineCommand } from "../../command.ts";
import { syntaxError } from "../../errors.ts";

export const save = defineCommand({
  name: "SAVE",
  group: "server",
  since: "1.0.0",
  summary: "Writes the data to the RDB file, and serves nobody meanwhile",
  complexity: "O(N) where N is the number of keys in all databases",
  syntax: "",
  arity: 1,
  flags: ["admin", "noscript", "no_async_loading", "no_multi"],
  categories: [],
  run({ server }, _args, reply) {
    server.persistence.save();
    reply.ok();
  },
});

export const bgsave = defineCommand({
  name: "BGSAVE",
  group: "server",
  since: "1.0.0",
  summary: "Writes the data as it is now to the RDB file, beside the commands",
  complexity: "O(1)",
  syntax: "[SCHEDULE]",
  arity: -1,
  flags: ["admin", "noscript", "no_async_loading"],
  categories: [],
  run({ server, client }, args, reply) {
    const maySchedule = args.count > 1;
    if (args.count > 2 || (maySchedule && !args.is(1, "schedule"))) throw syntaxError;
    const how = server.persistence.backgroundSave(maySchedule, client.transaction !== undefined);
    reply.status(`Background saving ${how}`);
  },
});

export const bgrewriteaof = defineCommand({
  name: "BGREWRITEAOF",
  group: "server",
  since: "1.0.0",
  summary: "Puts a new base, made from the data, in the place of the append-only file so far",
  complexity: "O(1)",
  syntax: "",
  arity: 1,
  flags: ["admin", "noscript", "no_async_loading"],
  categories: [],
  run({ server, client }, _args, reply) {
    const how = server.persistence.rewriteAof(client.transaction !== undefined);
    reply.status(`Background append only file rewriting ${how}`);
  },
});
