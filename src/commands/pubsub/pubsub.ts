/** PUBSUB: who listens to what. */
import type { Args } from "../../args.ts";
import { type CommandSpec, defineCommand, type Handler, helpCommand } from "../../command.ts";
import type { SubscriptionKind } from "../../context.ts";
import { globMatch } from "../../store/glob.ts";
import { latin1 } from "../../sys/bytes.ts";
import { unknownOrArity } from "../connection/client_shared.ts";

const shared = {
  group: "pubsub",
  flags: ["pubsub", "loading", "stale"],
  categories: ["pubsub"],
} as const satisfies Partial<CommandSpec>;

/** Whether a pattern chooses a name; the pattern `*` alone is how everything is asked for, the empty name too. */
function chooser(args: Args, i: number): (name: string) => boolean {
  const { bytes, start, end } = args.at(i);
  return (name) => globMatch(bytes, start, end, latin1(name), 0, name.length);
}

function list(kind: SubscriptionKind): Handler {
  return ({ server }, args, reply) => {
    if (args.count > 3) throw unknownOrArity("PUBSUB", args);
    const isChosen = args.count === 3 ? chooser(args, 2) : undefined;
    const begun = reply.beginArray();
    let count = 0;
    for (const name of server.pubsub.names(kind)) {
      if (isChosen !== undefined && !isChosen(name)) continue;
      reply.bulkText(name);
      count++;
    }
    reply.endArray(begun, count);
  };
}

function countSubscribers(kind: SubscriptionKind): Handler {
  return ({ server }, args, reply) => {
    reply.array((args.count - 2) * 2);
    for (let i = 2; i < args.count; i++) {
      reply.bulk(args.at(i));
      reply.integer(server.pubsub.subscribers(kind, args.at(i)));
    }
  };
}

const subcommands: readonly CommandSpec[] = [
  defineCommand({
    ...shared,
    name: "CHANNELS",
    since: "2.8.0",
    summary: "Lists the channels that somebody listens to",
    complexity: "O(N) where N is the number of channels",
    syntax: "[pattern]",
    arity: -2,
    run: list("channels"),
  }),
  helpCommand({ ...shared, since: "6.2.0", categories: [] }, "PUBSUB", [
    "CHANNELS [<pattern>]",
    "    The channels that somebody listens to, and that match the pattern.",
    "NUMPAT",
    "    How many different patterns somebody listens to.",
    "NUMSUB [<channel> ...]",
    "    How many clients listen to each channel by its name.",
    "SHARDCHANNELS [<pattern>]",
    "    The shard channels that somebody listens to, and that match the pattern.",
    "SHARDNUMSUB [<shardchannel> ...]",
    "    How many clients listen to each shard channel.",
  ]),
  defineCommand({
    ...shared,
    name: "NUMPAT",
    since: "2.8.0",
    summary: "Counts the different patterns that somebody listens to",
    complexity: "O(1)",
    syntax: "",
    arity: 2,
    run: ({ server }, _args, reply) => reply.integer(server.pubsub.size("patterns")),
  }),
  defineCommand({
    ...shared,
    name: "NUMSUB",
    since: "2.8.0",
    summary: "Counts who listens to each of some channels",
    complexity: "O(N) where N is the number of channels asked for",
    syntax: "[channel [channel ...]]",
    arity: -2,
    run: countSubscribers("channels"),
  }),
  defineCommand({
    ...shared,
    name: "SHARDCHANNELS",
    since: "7.0.0",
    summary: "Lists the shard channels that somebody listens to",
    complexity: "O(N) where N is the number of shard channels",
    syntax: "[pattern]",
    arity: -2,
    run: list("shardChannels"),
  }),
  defineCommand({
    ...shared,
    name: "SHARDNUMSUB",
    since: "7.0.0",
    summary: "Counts who listens to each of some shard channels",
    complexity: "O(N) where N is the number of channels asked for",
    syntax: "[shardchannel [shardchannel ...]]",
    arity: -2,
    run: countSubscribers("shardChannels"),
  }),
];

export const pubsub = defineCommand({
  name: "PUBSUB",
  group: "pubsub",
  since: "2.8.0",
  summary: "Tells who listens to what",
  complexity: "Depends on the subcommand",
  syntax: "",
  arity: -2,
  flags: [],
  categories: [],
  subcommands,
});
