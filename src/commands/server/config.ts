/** CONFIG: the configuration of the running server. Directives and their rules belong to the server. */
import { type CommandSpec, defineCommand, helpCommand } from "../../command.ts";
import { ReplyError, syntaxError } from "../../errors.ts";

const shared = {
  group: "server",
  since: "2.0.0",
  flags: ["admin", "noscript", "loading", "stale"],
  categories: [],
} as const;

const subcommands: readonly CommandSpec[] = [
  defineCommand({
    ...shared,
    name: "GET",
    summary: "Gives the directives that match some patterns, with their values",
    complexity: "O(N) where N is the number of patterns",
    syntax: "parameter [parameter ...]",
    arity: -3,
    run({ server }, args, reply) {
      const patterns: string[] = [];
      for (let i = 2; i < args.count; i++) patterns.push(args.text(i));
      const found = server.settings.getMatching(patterns);
      reply.map(found.length);
      for (const [name, value] of found) {
        reply.bulkText(name);
        reply.bulkText(value);
      }
    },
  }),
  helpCommand({ group: "server", since: "5.0.0", categories: [] }, "CONFIG", [
    "GET <pattern> [<pattern> ...]",
    "    The directives that match, with their values.",
    "SET <directive> <value> [<directive> <value> ...]",
    "    Give directives new values, all of them or none.",
    "RESETSTAT",
    "    Set the counters that INFO shows back to 0.",
    "REWRITE",
    "    Write the present values to the configuration file.",
  ]),
  defineCommand({
    ...shared,
    name: "RESETSTAT",
    summary: "Sets the counters that INFO shows back to 0",
    complexity: "O(1)",
    syntax: "",
    arity: 2,
    run({ server }, _args, reply) {
      server.resetStatistics();
      reply.ok();
    },
  }),
  defineCommand({
    ...shared,
    name: "REWRITE",
    since: "2.8.0",
    summary: "Writes the present values to the configuration file",
    complexity: "O(1)",
    syntax: "",
    arity: 2,
    run({ server }, _args, reply) {
      const failure = server.rewriteConfig();
      if (failure !== undefined) throw new ReplyError(failure);
      reply.ok();
    },
  }),
  defineCommand({
    ...shared,
    name: "SET",
    summary: "Gives directives new values, all of them or none",
    complexity: "O(N) where N is the number of directives",
    syntax: "parameter value [parameter value ...]",
    arity: -4,
    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
    run({ client, server, keyspace }, args, reply) {
      if (args.count % 2 !== 0) throw syntaxError;
      const pairs: [string, string][] = [];
      for (let i = 2; i < args.count; i += 2) pairs.push([args.text(i), args.text(i + 1)]);
      const failure = server.settings.setMany(pairs, {
        isLocal: client.isLocal,
        isLoading: keyspace.isLoading,
      });
      if (failure !== undefined) throw new ReplyError(failure);
      reply.ok();
    },
  }),
];

export const config = defineCommand({
  name: "CONFIG",
  group: "server",
  since: "2.0.0",
  summary: "Asks for the configuration and changes it",
  complexity: "Depends on the subcommand",
  syntax: "",
  arity: -2,
  flags: [],
  categories: [],
  subcommands,
});
