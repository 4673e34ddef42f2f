/** The commands of group server. */
import type { CommandSpec } from "../../command.ts";

export const serverCommands: readonly CommandSpec[] = [];
