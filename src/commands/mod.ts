/** Every command there is: one list a group. */
import type { CommandSpec } from "../command.ts";
import { bitmapCommands } from "./bitmap/mod.ts";
import { connectionCommands } from "./connection/mod.ts";
import { hashCommands } from "./hash/mod.ts";
import { keyCommands } from "./key/mod.ts";
import { listCommands } from "./list/mod.ts";
import { pubsubCommands } from "./pubsub/mod.ts";
import { scriptingCommands } from "./scripting/mod.ts";
import { serverCommands } from "./server/mod.ts";
import { setCommands } from "./set/mod.ts";
import { sortedSetCommands } from "./sorted_set/mod.ts";
import { streamCommands } from "./stream/mod.ts";
import { stringCommands } from "./string/mod.ts";
import { transactionCommands } from "./transaction/mod.ts";

export const commandSpecs: readonly CommandSpec[] = [
  ...bitmapCommands,
  ...connectionCommands,
  ...hashCommands,
  ...keyCommands,
  ...listCommands,
  ...pubsubCommands,
  ...scriptingCommands,
  ...serverCommands,
  ...setCommands,
  ...sortedSetCommands,
  ...streamCommands,
  ...stringCommands,
  ...transactionCommands,
];
