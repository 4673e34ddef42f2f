/** COMMAND: what the server can do, answered from the table of commands. */
import type { Args } from "../../args.ts";
import { type CommandSpec, defineCommand, helpCommand } from "../../command.ts";
import type { Command, CommandTable } from "../../command_table.ts";
import type { Context } from "../../context.ts";
import { ReplyError, syntaxError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import { globMatchText } from "../../store/glob.ts";
import { writeDocs } from "./command_docs.ts";
import { writeCommand, writeKeyFlags } from "./command_info.ts";
import { findKeys, type FoundKey } from "./command_keys.ts";

const invalidCommand = new ReplyError("ERR Invalid command specified");
const noKeyArguments = new ReplyError("ERR The command has no key arguments");
const invalidCount = new ReplyError("ERR Invalid number of arguments specified for command");
const invalidArguments = new ReplyError("ERR Invalid arguments specified for command");

const shared = {
  group: "server",
  since: "2.8.13",
  flags: ["loading", "stale"],
  categories: ["connection"],
} as const;
const unordered = { tips: ["nondeterministic_output_order"] } as const;

/** Every command, and behind a container its subcommands. */
function* allNames(table: CommandTable): Iterable<Command> {
  for (const command of table.all) {
    yield command;
    yield* command.subcommands;
  }
}

function writeAll({ server }: Context, reply: Reply): void {
  reply.array(server.commands.size);
  for (const command of server.commands.all) writeCommand(command, reply);
}

/** The request behind `COMMAND GETKEYS`, and its keys. @throws ReplyError when it is none, or has none */
function keysOf({ server }: Context, args: Args): FoundKey[] {
  const container = server.commands.find(args.at(2));
  if (container === undefined) throw invalidCommand;
  const command = container.subcommands.length > 0 && args.count > 3
    ? container.subcommand(args.text(3))
    : container;
  if (command === undefined) throw invalidCommand;
  if ((command.spec.keys ?? []).length === 0) throw noKeyArguments;
  const count = args.count - 2;
  if (command.arity > 0 ? count !== command.arity : count < -command.arity) throw invalidCount;
  const keys = findKeys(command, args, 2);
  if (keys.length === 0 && !command.spec.flags.includes("no_mandatory_keys")) throw invalidArguments;
  return keys;
}

/** The commands that COMMAND LIST is asked for. */
function chosen({ server }: Context, args: Args): Command[] {
  const all = [...allNames(server.commands)];
  if (args.count === 2) return all;
  if (!args.is(2, "filterby") || args.count !== 5) throw syntaxError;
  const value = args.text(4);
  // There are no modules.
  if (args.is(3, "module")) return [];
  if (args.is(3, "aclcat")) {
    const category = value.toLowerCase();
    return all.filter((command) => command.categories.includes(category));
  }
  if (args.is(3, "pattern")) return all.filter(({ name }) => globMatchText(value, name, true));
  throw syntaxError;
}

const subcommands: readonly CommandSpec[] = [
  defineCommand({
    ...shared,
    name: "COUNT",
    summary: "Counts the commands",
    complexity: "O(1)",
    syntax: "",
    arity: 2,
    run: ({ server }, _args, reply) => reply.integer(server.commands.size),
  }),
  defineCommand({
    ...shared,
    ...unordered,
    name: "DOCS",
    since: "7.0.0",
    summary: "Describes commands for people: what they do, since when, with which arguments",
    complexity: "O(N) where N is the number of commands asked for",
    syntax: "[command-name [command-name ...]]",
    arity: -2,
    run({ server }, args, reply) {
      const { commands } = server;
      const asked: Command[] = args.count === 2 ? [...commands.all] : [];
      for (let i = 2; i < args.count; i++) {
        const command = commands.getFull(args.text(i));
        if (command !== undefined) asked.push(command);
      }
      reply.map(asked.length);
      for (const command of asked) writeDocs(command, reply);
    },
  }),
  defineCommand({
    ...shared,
    name: "GETKEYS",
    summary: "Tells which arguments of a request are keys",
    complexity: "O(N) where N is the number of arguments",
    syntax: "command [arg [arg ...]]",
    arity: -4,
    run(context, args, reply) {
      const keys = keysOf(context, args);
      reply.array(keys.length);
      for (const { at } of keys) reply.bulk(args.at(at));
    },
  }),
  defineCommand({
    ...shared,
    name: "GETKEYSANDFLAGS",
    since: "7.0.0",
    summary: "Tells which arguments of a request are keys, and what is done to each",
    complexity: "O(N) where N is the number of arguments",
    syntax: "command [arg [arg ...]]",
    arity: -4,
    run(context, args, reply) {
      const keys = keysOf(context, args);
      reply.array(keys.length);
      for (const { at, flags } of keys) {
        reply.array(2);
        reply.bulk(args.at(at));
        writeKeyFlags(flags, reply);
      }
    },
  }),
  helpCommand({ ...shared, since: "5.0.0" }, "COMMAND", [
    "(no subcommand)",
    "    All commands, as INFO describes them.",
    "COUNT",
    "    How many commands there are.",
    "DOCS [<command-name> ...]",
    "    Commands described for people; all unless some are named.",
    "GETKEYS <full-command>",
    "    The keys of a request.",
    "GETKEYSANDFLAGS <full-command>",
    "    The keys of a request, and what is done to each.",
    "INFO [<command-name> ...]",
    "    Commands described for programs; all unless some are named.",
    "LIST [FILTERBY (MODULE <name>|ACLCAT <category>|PATTERN <pattern>)]",
    "    Names of commands.",
  ]),
  defineCommand({
    ...shared,
    ...unordered,
    name: "INFO",
    summary: "Describes commands for programs: arity, flags, keys, categories",
    complexity: "O(N) where N is the number of commands asked for",
    syntax: "[command-name [command-name ...]]",
    arity: -2,
    run(context, args, reply) {
      if (args.count === 2) return writeAll(context, reply);
      reply.array(args.count - 2);
      for (let i = 2; i < args.count; i++) writeCommand(context.server.commands.getFull(args.text(i)), reply);
    },
  }),
  defineCommand({
    ...shared,
    ...unordered,
    name: "LIST",
    since: "7.0.0",
    summary: "Names the commands, all or those that a filter lets through",
    complexity: "O(N) where N is the number of commands",
    syntax: "[FILTERBY MODULE module-name | ACLCAT category | PATTERN pattern]",
    arity: -2,
    run(context, args, reply) {
      const commands = chosen(context, args);
      reply.array(commands.length);
      for (const { name } of commands) reply.bulkText(name);
    },
  }),
];

export const command = defineCommand({
  ...shared,
  ...unordered,
  name: "COMMAND",
  summary: "Describes all commands for programs: arity, flags, keys, categories",
  complexity: "O(N) where N is the number of commands",
  syntax: "",
  arity: -1,
  subcommands,
  run: (context, _args, reply) => writeAll(context, reply),
});
