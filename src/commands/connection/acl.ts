/**
 * ACL, as far as it can be answered with one user: `default`, who may do everything, with the password of `requirepass`
 * or without one.
 */
import type { Args } from "../../args.ts";
import { type CommandSpec, defineCommand, type Handler, helpCommand } from "../../command.ts";
import { CATEGORY_ORDER, type Command, type CommandTable } from "../../command_table.ts";
import type { Server } from "../../context.ts";
import { ReplyError, wrongArity } from "../../errors.ts";
import { formatDouble } from "../../store/numbers/double.ts";
import { utf8 } from "../../sys/bytes.ts";
import { nodeModule } from "../../sys/node_modules.ts";

const USER = "default";
const RULES = "~* &* +@all";
const LOG_ENTRIES_DEFAULT = 10;
const GENPASS_BITS_DEFAULT = 256;
const GENPASS_BITS_MAX = 4096;

const oneUser = new ReplyError(
  "ERR There is one user, 'default', whose password is set with CONFIG SET requirepass: users cannot be made or changed",
);
const noFile = new ReplyError(
  "ERR This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a Redis configuration file set) in order to store users in the Redis configuration.",
);
const badBits = new ReplyError(
  `ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to ${GENPASS_BITS_MAX}`,
);
const staysThere = new ReplyError("ERR The 'default' user cannot be removed");

/** Characters of a name that an error repeats. */
const SHOWN_MAX = 128;
const shared = { group: "server", since: "6.0.0", categories: [] } as const;
const forAdmins = { ...shared, flags: ["admin", "noscript", "loading", "stale"] } as const;
const forAll = { ...shared, flags: ["noscript", "loading", "stale"] } as const;

function wrongNumber(subcommand: string): ReplyError {
  return new ReplyError(
    `ERR unknown subcommand or wrong number of arguments for '${subcommand}'. Try ACL HELP.`,
  );
}

/** The SHA-256 of the password, or undefined when none is asked for. */
function passwordDigest({ settings }: Server): string | undefined {
  const password = settings.get("requirepass") ?? "";
  if (password === "") return undefined;
  return nodeModule("node:crypto").createHash("sha256").update(utf8(password)).digest("hex");
}

const refuse: Handler = () => {
  throw oneUser;
};

const noUserFile: Handler = () => {
  throw noFile;
};

function* commandsIn(table: CommandTable, category: string): Iterable<Command> {
  for (const container of table.all) {
    if (container.subcommands.length === 0 && container.categories.includes(category)) yield container;
    for (const command of container.subcommands) if (command.categories.includes(category)) yield command;
  }
}

const cat: Handler = ({ server }, args, reply) => {
  if (args.count > 3) throw wrongNumber("CAT");
  if (args.count === 2) {
    reply.array(CATEGORY_ORDER.length);
    for (const category of CATEGORY_ORDER) reply.bulkText(category);
    return;
  }
  const category = args.text(2).toLowerCase();
  if (!CATEGORY_ORDER.some((known) => known === category)) {
    throw new ReplyError(`ERR Unknown category '${args.shown(2).slice(0, SHOWN_MAX)}'`);
  }
  const found = [...commandsIn(server.commands, category)];
  reply.array(found.length);
  for (const { name } of found) reply.bulkText(name);
};

/** What stands behind ACL DRYRUN <user>: the command. @throws ReplyError when there is none, or it lacks arguments */
function checkRequest(table: CommandTable, args: Args): void {
  const container = table.find(args.at(3));
  const command = container !== undefined && container.subcommands.length > 0 && args.count > 4
    ? container.subcommand(args.text(4)) ?? (container.spec.anyFirstArgument === true ? container : undefined)
    : container;
  if (command === undefined) throw new ReplyError(`ERR Command '${args.shown(3)}' not found`);
  const count = args.count - 3;
  if (command.arity >= 0 ? count !== command.arity : count < -command.arity) throw wrongArity(command.name);
}

const dryrun: Handler = ({ server }, args, reply) => {
  if (args.text(2) !== USER) throw new ReplyError(`ERR User '${args.shown(2)}' not found`);
  checkRequest(server.commands, args);
  reply.ok();
};

const genpass: Handler = ({ server }, args, reply) => {
  if (args.count > 3) throw wrongNumber("GENPASS");
  const bits = args.count === 2 ? GENPASS_BITS_DEFAULT : args.integer(2);
  if (bits <= 0 || bits > GENPASS_BITS_MAX) throw badBits;
  reply.bulkText(server.random.hexId(Math.ceil(bits / 4)));
};

const getuser: Handler = ({ server }, args, reply) => {
  if (args.text(2) !== USER) return reply.nil();
  const digest = passwordDigest(server);
  const flags = digest === undefined ? ["on", "nopass"] : ["on"];
  reply.map(6);
  reply.bulkText("flags");
  reply.set(flags.length);
  for (const flag of flags) reply.bulkText(flag);
  reply.bulkText("passwords");
  reply.array(digest === undefined ? 0 : 1);
  if (digest !== undefined) reply.bulkText(digest);
  for (const [name, value] of [["commands", "+@all"], ["keys", "~*"], ["channels", "&*"]] as const) {
    reply.bulkText(name);
    reply.bulkText(value);
  }
  reply.bulkText("selectors");
  reply.array(0);
};

const log: Handler = ({ server }, args, reply) => {
  if (args.count > 3) throw wrongNumber("LOG");
  const { aclLog } = server.observation;
  if (args.count === 3 && args.is(2, "reset")) {
    aclLog.reset();
    return reply.ok();
  }
  const count = args.count === 2 ? LOG_ENTRIES_DEFAULT : Math.max(0, args.integer(2));
  const entries = aclLog.latest(count);
  const now = server.clock.now();
  reply.array(entries.length);
  for (const { count, reason, context, object, user, updatedAt, client } of entries) {
    reply.map(7);
    reply.bulkText("count");
    reply.integer(count);
    const texts = [["reason", reason], ["context", context], ["object", object], ["username", user]] as const;
    for (const [name, value] of texts) {
      reply.bulkText(name);
      reply.bulkText(value);
    }
    reply.bulkText("age-seconds");
    reply.double(formatDouble((now - updatedAt) / 1000));
    reply.bulkText("client-info");
    reply.bulkText(client);
  }
};

const subcommands: readonly CommandSpec[] = [
  defineCommand({
    ...forAll,
    name: "CAT",
    summary: "Lists the categories of commands, or the commands of one",
    complexity: "O(1) since the categories and commands are a fixed set.",
    syntax: "[categoryname]",
    arity: -2,
    run: cat,
  }),
  defineCommand({
    ...forAdmins,
    name: "DELUSER",
    summary: "Removes users: here there is one, who stays",
    complexity: "O(1) amortized time considering the typical user.",
    syntax: "username [username ...]",
    arity: -3,
    run(_context, args, reply) {
      for (let i = 2; i < args.count; i++) if (args.text(i) === USER) throw staysThere;
      reply.integer(0);
    },
  }),
  defineCommand({
    ...forAdmins,
    name: "DRYRUN",
    since: "7.0.0",
    summary: "Tells whether a user may carry a command out",
    complexity: "O(1).",
    syntax: "username command [arg [arg ...]]",
    arity: -4,
    run: dryrun,
  }),
  defineCommand({
    ...forAll,
    name: "GENPASS",
    summary: "Makes a password that nobody guesses",
    complexity: "O(1)",
    syntax: "[bits]",
    arity: -2,
    run: genpass,
  }),
  defineCommand({
    ...forAdmins,
    name: "GETUSER",
    summary: "Tells what a user may do",
    complexity: "O(N). Where N is the number of password, command and pattern rules that the user has.",
    syntax: "username",
    arity: 3,
    run: getuser,
  }),
  helpCommand(shared, "ACL", [
    "CAT [<category>]",
    "    The categories of commands, or the commands of one.",
    "DELUSER <username> [<username> ...]",
    "    Remove users.",
    "DRYRUN <username> <command> [<arg> ...]",
    "    Whether a user may carry a command out.",
    "GENPASS [<bits>]",
    "    A random password, of 256 bits unless told otherwise.",
    "GETUSER <username>",
    "    What a user may do.",
    "LIST",
    "    All users, as rules.",
    "LOAD",
    "    Read the users from the ACL file.",
    "LOG [<count> | RESET]",
    "    Who was refused lately; or forget them.",
    "SAVE",
    "    Write the users to the ACL file.",
    "SETUSER <username> <attribute> [<attribute> ...]",
    "    Make or change a user.",
    "USERS",
    "    The names of all users.",
    "WHOAMI",
    "    The name of the user of this connection.",
  ]),
  defineCommand({
    ...forAdmins,
    name: "LIST",
    summary: "Lists the users as rules",
    complexity: "O(N). Where N is the number of configured users.",
    syntax: "",
    arity: 2,
    run({ server }, _args, reply) {
      const digest = passwordDigest(server);
      reply.array(1);
      reply.bulkText(`user ${USER} on ${digest === undefined ? "nopass" : `#${digest}`} ${RULES}`);
    },
  }),
  defineCommand({
    ...forAdmins,
    name: "LOAD",
    summary: "Reads the users from the ACL file: here there is none",
    complexity: "O(N). Where N is the number of configured users.",
    syntax: "",
    arity: 2,
    run: noUserFile,
  }),
  defineCommand({
    ...forAdmins,
    name: "LOG",
    summary: "Shows who was refused lately",
    complexity: "O(N) with N being the number of entries shown.",
    syntax: "[count | RESET]",
    arity: -2,
    run: log,
  }),
  defineCommand({
    ...forAdmins,
    name: "SAVE",
    summary: "Writes the users to the ACL file: here there is none",
    complexity: "O(N). Where N is the number of configured users.",
    syntax: "",
    arity: 2,
    run: noUserFile,
  }),
  defineCommand({
    ...forAdmins,
    name: "SETUSER",
    summary: "Makes or changes a user: here there is one, who cannot be changed",
    complexity: "O(N). Where N is the number of rules provided.",
    syntax: "username [rule [rule ...]]",
    arity: -3,
    run: refuse,
  }),
  defineCommand({
    ...forAdmins,
    name: "USERS",
    summary: "Names the users",
    complexity: "O(N). Where N is the number of configured users.",
    syntax: "",
    arity: 2,
    run(_context, _args, reply) {
      reply.array(1);
      reply.bulkText(USER);
    },
  }),
  defineCommand({
    ...forAll,
    name: "WHOAMI",
    summary: "Names the user of the connection",
    complexity: "O(1)",
    syntax: "",
    arity: 2,
    run: ({ client }, _args, reply) => reply.bulkText(client.user),
  }),
];

export const acl = defineCommand({
  name: "ACL",
  group: "server",
  since: "6.0.0",
  summary: "Tells what users may do",
  complexity: "Depends on the subcommand",
  syntax: "",
  arity: -2,
  flags: [],
  categories: [],
  subcommands,
});
