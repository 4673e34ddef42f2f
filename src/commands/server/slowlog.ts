/** SLOWLOG: requests that took long. */
import { type CommandSpec, defineCommand, helpCommand } from "../../command.ts";
import { ReplyError } from "../../errors.ts";

const COUNT_DEFAULT = 10;
const badCount = new ReplyError("ERR count should be greater than or equal to -1");

const shared = {
  group: "server",
  since: "2.2.12",
  flags: ["admin", "loading", "stale"],
  categories: [],
} as const;

const subcommands: readonly CommandSpec[] = [
  defineCommand({
    ...shared,
    name: "GET",
    summary:
      "Shows the requests that took longest ago the least, with what was asked, by whom, and how long it took",
    complexity: "O(N) where N is the number of entries returned",
    syntax: "[count]",
    arity: -2,
    tips: ["request_policy:all_nodes", "nondeterministic_output"],
    run({ server }, args, reply) {
      if (args.count > 3) throw wrongNumber("GET");
      const count = args.count === 2 ? COUNT_DEFAULT : args.integer(2, badCount);
      if (count < -1) throw badCount;
      const entries = server.observation.slowLog.latest(count === -1 ? Infinity : count);
      reply.array(entries.length);
      for (const { id, at, microseconds, args, address, name } of entries) {
        reply.array(6);
        reply.integer(id);
        reply.integer(at);
        reply.integer(microseconds);
        reply.array(args.length);
        for (const arg of args) reply.bulkText(arg);
        reply.bulkText(address);
        reply.bulkText(name);
      }
    },
  }),
  helpCommand({ ...shared, since: "6.2.0" }, "SLOWLOG", [
    "GET [<count>]",
    "    The latest requests that took long, the newest first; 10 unless told, -1 for all. Of each:",
    "    number, unix time, microseconds, arguments, address and name of the client.",
    "LEN",
    "    How many there are.",
    "RESET",
    "    Forget them.",
  ]),
  defineCommand({
    ...shared,
    name: "LEN",
    summary: "Counts the entries of the slow log",
    complexity: "O(1)",
    syntax: "",
    arity: 2,
    tips: ["request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"],
    run: ({ server }, _args, reply) => reply.integer(server.observation.slowLog.length),
  }),
  defineCommand({
    ...shared,
    name: "RESET",
    summary: "Empties the slow log",
    complexity: "O(N) where N is the number of entries in the slowlog",
    syntax: "",
    arity: 2,
    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
    run({ server }, _args, reply) {
      server.observation.slowLog.reset();
      reply.ok();
    },
  }),
];

function wrongNumber(subcommand: string): ReplyError {
  return new ReplyError(
    `ERR unknown subcommand or wrong number of arguments for '${subcommand}'. Try SLOWLOG HELP.`,
  );
}

export const slowlog = defineCommand({
  name: "SLOWLOG",
  group: "server",
  since: "2.2.12",
  summary: "Shows requests that took long",
  complexity: "Depends on the subcommand",
  syntax: "",
  arity: -2,
  flags: [],
  categories: [],
  subcommands,
});
