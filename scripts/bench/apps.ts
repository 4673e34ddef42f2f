/**
 * The figures of the book _Redis in Action_ that are about shapes: by which factor pipelining, scripts, short structures
 * are better than what one writes first. Ours and redis-server's factors stand beside each other; absolute figures are those of
 * the machine.
 */
import { lockTables } from "./apps_locks.ts";
import { shortStructures } from "./apps_memory.ts";
import { pipeliningFactors } from "./apps_pipelining.ts";
import { rotations } from "./apps_rotation.ts";

export interface AppsOptions {
  readonly rounds: number;
  readonly quick: boolean;
}

const PARTS: Readonly<Record<string, (options: AppsOptions) => Promise<string>>> = {
  pipelining: pipeliningFactors,
  locks: lockTables,
  rotation: rotations,
  memory: shortStructures,
};
export const APPS_PARTS = Object.keys(PARTS);

/** Measures, and gives the report as Markdown. @param options.parts some of {@link APPS_PARTS} */
export async function apps(options: AppsOptions & { parts: readonly string[] }): Promise<string> {
  const reports: string[] = [];
  if (options.quick) reports.push("Quick: too short to be believed.");
  for (const part of options.parts) reports.push(await PARTS[part]!(options));
  return reports.join("\n\n");
}
