/**
 * What scripts cost: redis-benchmark with EVAL and EVALSHA of short scripts, the engine's share of redeno's time, and
 * several clients that do the same work with WATCH and with scripts.
 */
import { scriptProfile } from "./scripting_profile.ts";
import { scriptSpeed } from "./scripting_speed.ts";
import { contention } from "./scripting_contention.ts";

export interface ScriptingOptions {
  readonly rounds: number;
  readonly quick: boolean;
}

const PARTS: Readonly<Record<string, (options: ScriptingOptions) => Promise<string>>> = {
  speed: scriptSpeed,
  profile: scriptProfile,
  contention,
};
export const SCRIPTING_PARTS = Object.keys(PARTS);

/** Measures, and gives the report as Markdown. @param options.parts some of {@link SCRIPTING_PARTS} */
export async function scripting(options: ScriptingOptions & { parts: readonly string[] }): Promise<string> {
  const reports: string[] = [];
  if (options.quick) reports.push("Quick: too short to be believed.");
  for (const part of options.parts) reports.push(await PARTS[part]!(options));
  return reports.join("\n\n");
}
