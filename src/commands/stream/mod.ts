/** The commands on streams. */
import type { CommandSpec } from "../../command.ts";

export const streamCommands: readonly CommandSpec[] = [];
