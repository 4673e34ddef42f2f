/**
 * SUBSCRIBE, PSUBSCRIBE, SSUBSCRIBE and their opposites: what a client wants to be told. Each name that is given is
 * answered by itself, with the number of subscriptions there are then.
 */
import type { Args } from "../../args.ts";
import { type CommandSpec, defineCommand, keys } from "../../command.ts";
import type { Client, Context, SubscriptionKind } from "../../context.ts";
import { ReplyError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";

const shared = {
  group: "pubsub",
  flags: ["pubsub", "noscript", "loading", "stale"],
  categories: ["pubsub"],
} as const satisfies Partial<CommandSpec>;

/** What the answers count: shard channels by themselves, the others together. */
function countOf({ subscriptions }: Client, kind: SubscriptionKind): number {
  if (subscriptions === undefined) return 0;
  if (kind === "shardChannels") return subscriptions.shardChannels;
  return subscriptions.channels + subscriptions.patterns;
}

function subscribeTo(kind: SubscriptionKind, word: string): NonNullable<CommandSpec["run"]> {
  return ({ client, server }: Context, args: Args, reply: Reply) => {
    for (let i = 1; i < args.count; i++) {
      server.pubsub.subscribe(client, kind, args.at(i));
      reply.push(3);
      reply.bulkText(word);
      reply.bulk(args.at(i));
      reply.integer(countOf(client, kind));
      reply.pushed();
    }
  };
}

function unsubscribeFrom(kind: SubscriptionKind, word: string): NonNullable<CommandSpec["run"]> {
  return ({ client, server: { pubsub } }: Context, args: Args, reply: Reply) => {
    for (let i = 1; i < args.count; i++) {
      pubsub.unsubscribe(client, kind, args.at(i));
      reply.push(3);
      reply.bulkText(word);
      reply.bulk(args.at(i));
      reply.integer(countOf(client, kind));
      reply.pushed();
    }
    if (args.count > 1) return;
    let told = 0;
    pubsub.unsubscribeAll(client, kind, (name) => {
      told++;
      reply.push(3);
      reply.bulkText(word);
      reply.bulkText(name);
      reply.integer(countOf(client, kind));
      reply.pushed();
    });
    if (told > 0) return;
    reply.push(3);
    reply.bulkText(word);
    reply.nil();
    reply.integer(countOf(client, kind));
    reply.pushed();
  };
}

export const subscribe = defineCommand({
  ...shared,
  name: "SUBSCRIBE",
  since: "2.0.0",
  summary: "Begins to listen to channels",
  complexity: "O(N) where N is the number of channels",
  syntax: "channel [channel ...]",
  arity: -2,
  run: subscribeTo("channels", "subscribe"),
});

export const unsubscribe = defineCommand({
  ...shared,
  name: "UNSUBSCRIBE",
  since: "2.0.0",
  summary: "Stops listening to some channels, or to all",
  complexity: "O(N) where N is the number of channels",
  syntax: "[channel [channel ...]]",
  arity: -1,
  run: unsubscribeFrom("channels", "unsubscribe"),
});

export const psubscribe = defineCommand({
  ...shared,
  name: "PSUBSCRIBE",
  since: "2.0.0",
  summary: "Begins to listen to all channels whose names match patterns",
  complexity: "O(N) where N is the number of patterns",
  syntax: "pattern [pattern ...]",
  arity: -2,
  run: subscribeTo("patterns", "psubscribe"),
});

export const punsubscribe = defineCommand({
  ...shared,
  name: "PUNSUBSCRIBE",
  since: "2.0.0",
  summary: "Stops listening to what matches some patterns, or any",
  complexity: "O(N) where N is the number of patterns",
  syntax: "[pattern [pattern ...]]",
  arity: -1,
  run: unsubscribeFrom("patterns", "punsubscribe"),
});

const subscribeToShards = subscribeTo("shardChannels", "ssubscribe");
const notInTransaction = new ReplyError("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client");

export const ssubscribe = defineCommand({
  ...shared,
  name: "SSUBSCRIBE",
  since: "7.0.0",
  summary: "Begins to listen to shard channels",
  complexity: "O(N) where N is the number of channels",
  syntax: "shardchannel [shardchannel ...]",
  arity: -2,
  keys: [keys(1, 1, "not_key")],
  run(context, args, reply) {
    if (context.client.transaction !== undefined) throw notInTransaction;
    subscribeToShards(context, args, reply);
  },
});

export const sunsubscribe = defineCommand({
  ...shared,
  name: "SUNSUBSCRIBE",
  since: "7.0.0",
  summary: "Stops listening to some shard channels, or to all",
  complexity: "O(N) where N is the number of channels",
  syntax: "[shardchannel [shardchannel ...]]",
  arity: -1,
  keys: [keys(1, 1, "not_key")],
  run: unsubscribeFrom("shardChannels", "sunsubscribe"),
});
