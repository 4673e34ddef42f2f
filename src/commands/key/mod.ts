/** The commands of group generic: what can be done to keys of any type. */
import type { CommandSpec } from "../../command.ts";

export const keyCommands: readonly CommandSpec[] = [];
