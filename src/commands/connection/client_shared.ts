/** What the subcommands of CLIENT have in common. */
import type { Args } from "../../args.ts";
import type { CommandSpec } from "../../command.ts";
import { ReplyError, syntaxError } from "../../errors.ts";

export const shared = {
  group: "connection",
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale"],
  categories: ["connection"],
} as const satisfies Partial<CommandSpec>;

/** Of those that reach other clients. */
export const sharedAdmin = {
  ...shared,
  complexity: "O(N) where N is the number of clients",
  flags: ["admin", "noscript", "loading", "stale"],
} as const satisfies Partial<CommandSpec>;

/** Argument `i` as ON or OFF. @throws ReplyError when it is neither */
export function onOrOff(args: Args, i: number): boolean {
  if (args.is(i, "on")) return true;
  if (args.is(i, "off")) return false;
  throw syntaxError;
}

/** The error for an argument too many behind the options of a subcommand. */
export function unknownOrArity(container: string, args: Args): ReplyError {
  return new ReplyError(
    `ERR unknown subcommand or wrong number of arguments for '${
      args.shown(1).slice(0, 128)
    }'. Try ${container} HELP.`,
  );
}

/** Names of the kinds of clients, in upper case in the reference's documents. */
const KINDS: Readonly<Record<string, string>> = {
  normal: "normal",
  slave: "replica",
  replica: "replica",
  pubsub: "pubsub",
  master: "master",
};

/** Argument `i` as a kind of clients. @throws ReplyError when it names none */
export function clientKind(args: Args, i: number): string {
  const kind = Object.hasOwn(KINDS, args.text(i).toLowerCase())
    ? KINDS[args.text(i).toLowerCase()]
    : undefined;
  if (kind === undefined) throw new ReplyError(`ERR Unknown client type '${args.shown(i)}'`);
  return kind;
}
