/** The commands of group pubsub. */
import type { CommandSpec } from "../../command.ts";
import { publish, spublish } from "./publish.ts";
import { pubsub } from "./pubsub.ts";
import { psubscribe, punsubscribe, ssubscribe, subscribe, sunsubscribe, unsubscribe } from "./subscribe.ts";

export const pubsubCommands: readonly CommandSpec[] = [
  psubscribe,
  publish,
  pubsub,
  punsubscribe,
  spublish,
  ssubscribe,
  subscribe,
  sunsubscribe,
  unsubscribe,
];
