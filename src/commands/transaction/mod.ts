/** The commands of group transactions. */
import type { CommandSpec } from "../../command.ts";
import { discard, exec, multi } from "./multi.ts";
import { unwatch, watch } from "./watch.ts";

export const transactionCommands: readonly CommandSpec[] = [discard, exec, multi, unwatch, watch];
