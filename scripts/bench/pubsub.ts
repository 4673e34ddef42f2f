/**
 * What it costs to tell others: messages to many subscribers, keyspace notifications, clients that cache, MONITOR.
 */
import { publishing } from "./pubsub_publish.ts";
import { BROADCASTS, MONITORS, NOTIFICATIONS, whileListening } from "./pubsub_set.ts";
import { tracking } from "./pubsub_tracking.ts";

export interface PubSubOptions {
  readonly rounds: number;
  readonly quick: boolean;
}

const PARTS: Readonly<Record<string, (options: PubSubOptions) => Promise<string>>> = {
  publish: publishing,
  notifications: (options) => whileListening("notifications", NOTIFICATIONS, options),
  tracking,
  broadcast: (options) => whileListening("client-side caching", BROADCASTS, options),
  monitor: (options) => whileListening("MONITOR", MONITORS, options),
};
export const PUBSUB_PARTS = Object.keys(PARTS);

/** Measures, and gives the report as Markdown. @param options.parts some of {@link PUBSUB_PARTS} */
export async function pubsub(options: PubSubOptions & { parts: readonly string[] }): Promise<string> {
  const reports: string[] = [];
  if (options.quick) reports.push("Quick: too short to be believed.");
  for (const part of options.parts) reports.push(await PARTS[part]!(options));
  return reports.join("\n\n");
}
