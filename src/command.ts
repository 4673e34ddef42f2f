/**
 * What a command is. Everything that the server knows about a command is said once, in its declaration: the
 * arity errors, COMMAND INFO / DOCS / GETKEYS, the ACL categories, the client's hints and COMPAT.md are read
 * from it. docs/adding-a-command.md shows one being added.
 */
import type { Args } from "./args.ts";
import type { Context } from "./context.ts";
import type { Reply } from "./resp/reply.ts";

/** As COMMAND INFO prints them, but for may_replicate, which it does not show. */
export type Flag =
  | "write"
  | "readonly"
  | "denyoom"
  | "admin"
  | "pubsub"
  | "noscript"
  | "blocking"
  | "loading"
  | "stale"
  | "skip_monitor"
  | "skip_slowlog"
  | "asking"
  | "fast"
  | "no_auth"
  | "may_replicate"
  | "no_mandatory_keys"
  | "no_async_loading"
  | "no_multi"
  | "allow_busy"
  | "movablekeys";

export type Group =
  | "string"
  | "generic"
  | "connection"
  | "server"
  | "list"
  | "hash"
  | "set"
  | "sorted-set"
  | "bitmap"
  | "transactions"
  | "scripting"
  | "pubsub"
  | "stream"
  | "geo"
  | "hyperloglog"
  | "cluster";

/** ACL categories that do not follow from the flags. */
export type Category =
  | "keyspace"
  | "string"
  | "list"
  | "hash"
  | "set"
  | "sortedset"
  | "bitmap"
  | "hyperloglog"
  | "geo"
  | "stream"
  | "pubsub"
  | "connection"
  | "transaction"
  | "scripting"
  | "blocking"
  | "dangerous"
  | "admin";

/** What is done to the keys: how they are opened, then what happens to their data. */
export type KeyFlag =
  | "RO"
  | "RW"
  | "OW"
  | "RM"
  | "access"
  | "update"
  | "insert"
  | "delete"
  | "not_key"
  | "incomplete"
  | "variable_flags";

/** Where keys stand among the arguments. Argument 0 is the command's name (of a subcommand: the container's). */
export interface KeySpec {
  readonly flags: readonly KeyFlag[];
  /**
   * The argument at which to begin: a place, or the one after a keyword looked for from `startFrom` on. Unknown: what tells
   * the places of the keys, as far as they are among the arguments, for a request that begins at argument `from`.
   */
  readonly begin:
    | { readonly index: number }
    | { readonly keyword: string; readonly startFrom: number }
    | { readonly unknown: (args: Args, from: number) => readonly number[] };
  /**
   * Which of the arguments from there on are keys: `lastKey` counted from the first one (negative: from the end
   * of the arguments), every `step`-th, only the first 1/`limit` of them when `limit` > 1; or as many as the number
   * at `keynum` says. Unknown if `begin` is.
   */
  readonly find:
    | { readonly unknown: true }
    | { readonly lastKey: number; readonly step: number; readonly limit: number }
    | { readonly keynum: number; readonly firstKey: number; readonly step: number };
  readonly notes?: string;
}

/** One key, at argument `index`. */
export function key(index: number, ...flags: KeyFlag[]): KeySpec {
  return { flags, begin: { index }, find: { lastKey: 0, step: 1, limit: 0 } };
}

/** Keys from argument `index` to the last, every `step`-th. */
export function keys(index: number, step: number, ...flags: KeyFlag[]): KeySpec {
  return { flags, begin: { index }, find: { lastKey: -1, step, limit: 0 } };
}

/**
 * Carries a command out: reads all arguments, looks at the data, changes it, writes exactly one reply, in that
 * order. Throws a `ReplyError` for what the client did wrong, before anything is changed.
 */
export type Handler = (context: Context, args: Args, reply: Reply) => void;

/** How a command is declared. */
export interface CommandSpec {
  /** In upper case; of a subcommand without the container's name. */
  readonly name: string;
  readonly group: Group;
  /** The version of the reference in which it appeared. */
  readonly since: string;
  /** One sentence, without a full stop. */
  readonly summary: string;
  readonly complexity: string;
  /** The arguments, as in `key value [NX | XX] [EX seconds]`; hints and DOCS are made from it. */
  readonly syntax: string;
  /** Number of arguments, the name included; negative: at least that many. */
  readonly arity: number;
  readonly flags: readonly Flag[];
  readonly categories: readonly Category[];
  readonly keys?: readonly KeySpec[];
  /** As COMMAND INFO prints them. */
  readonly tips?: readonly string[];
  /** Since when it is deprecated, and what to use instead. */
  readonly deprecated?: { readonly since: string; readonly replacedBy: string };
  /** Whatever it does to keys, it does not look into their values: they may stay in the swap file. */
  readonly leavesValues?: boolean;
  /** What it records are effects that have nothing to do with each other: keys that it happened to meet dead. */
  readonly effectsStandApart?: boolean;
  /** For tests and for the servers themselves, not for applications: `syscmd` in COMMAND DOCS. */
  readonly isSystem?: boolean;
  /** Not in the reference: why it is here all the same. COMPAT.md lists these. */
  readonly addition?: string;
  /** A container that runs by itself when the first argument names no subcommand. */
  readonly anyFirstArgument?: boolean;
  /** A container runs one of these, chosen by its first argument. */
  readonly subcommands?: readonly CommandSpec[];
  /** Absent only where a container cannot be called by its bare name. */
  readonly run?: Handler;
}

/** Declares a command. */
export function defineCommand(spec: CommandSpec): CommandSpec {
  return spec;
}

/** The lines that begin and end what HELP answers, around the command's own. */
export function helpHandler(container: string, lines: readonly string[]): Handler {
  return (_context, _args, reply) => {
    reply.array(lines.length + 3);
    reply.status(`${container} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`);
    for (const line of lines) reply.status(line);
    reply.status("HELP");
    reply.status("    Prints this help.");
  };
}

/** HELP of a container. @param lines its other subcommands, and below each what it does */
export function helpCommand(
  shared: Pick<CommandSpec, "group" | "since" | "categories">,
  container: string,
  lines: readonly string[],
): CommandSpec {
  return {
    ...shared,
    name: "HELP",
    summary: "Lists the subcommands",
    complexity: "O(1)",
    syntax: "",
    arity: 2,
    flags: ["loading", "stale"],
    run: helpHandler(container, lines),
  };
}
