/** PUBLISH and SPUBLISH: a message goes to all who listen now, and is kept for nobody. */
import { type CommandSpec, defineCommand, key } from "../../command.ts";

const shared = {
  group: "pubsub",
  arity: 3,
  flags: ["pubsub", "loading", "stale", "fast", "may_replicate"],
  categories: ["pubsub"],
} as const satisfies Partial<CommandSpec>;

export const publish = defineCommand({
  ...shared,
  name: "PUBLISH",
  since: "2.0.0",
  summary: "Gives a message to all who listen to a channel",
  complexity: "O(N+M) where N is the number of subscribers and M the number of different patterns",
  syntax: "channel message",
  run: ({ server }, args, reply) => reply.integer(server.pubsub.publish(args.at(1), args.at(2))),
});

export const spublish = defineCommand({
  ...shared,
  name: "SPUBLISH",
  since: "7.0.0",
  summary: "Gives a message to all who listen to a shard channel",
  complexity: "O(N) where N is the number of subscribers",
  syntax: "shardchannel message",
  keys: [key(1, "not_key")],
  run: ({ server }, args, reply) => reply.integer(server.pubsub.publishToShard(args.at(1), args.at(2))),
});
