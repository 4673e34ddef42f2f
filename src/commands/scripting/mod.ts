/** The commands of group scripting. */
import type { CommandSpec } from "../../command.ts";
import { evalReadOnly, evalScript, evalSha, evalShaReadOnly } from "./eval.ts";
import { script } from "./script.ts";

export const scriptingCommands: readonly CommandSpec[] = [
  evalScript,
  evalReadOnly,
  evalSha,
  evalShaReadOnly,
  script,
];
