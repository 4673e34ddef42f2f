/**
 * What keeping data on the disk costs: files and their loading, pauses and memory during a BGSAVE, and SET with an
 * append-only file. `--keys` scales all of it; `--rival-only` lets redis-server race itself, which shows the noise.
 */
import type { PersistenceOptions } from "./comparison.ts";
import { appending } from "./persistence_append.ts";
import { files } from "./persistence_files.ts";
import { pauses } from "./persistence_pauses.ts";
import { RIVAL_TWICE, RIVALS } from "./rivals.ts";

const PARTS = { files, pauses, append: appending } as const;
export const PERSISTENCE_PARTS = Object.keys(PARTS);
const KEYS = 1_000_000;
const QUICK_KEYS = 20_000;

/** Measures, and gives the report as Markdown. */
export async function persistence(flags: {
  rounds: number;
  quick: boolean;
  keys: number | undefined;
  parts: readonly string[];
  rivalOnly: boolean;
}): Promise<string> {
  const options: PersistenceOptions = {
    rounds: flags.rounds,
    keys: flags.keys ?? (flags.quick ? QUICK_KEYS : KEYS),
    rivals: flags.rivalOnly ? RIVAL_TWICE : RIVALS,
  };
  const reports: string[] = [];
  if (flags.rivalOnly) reports.push("Both columns are redis-server (--rival-only).");
  if (options.keys < KEYS) reports.push("Fewer keys than usual: too short to be believed.");
  for (const [name, part] of Object.entries(PARTS)) {
    if (flags.parts.includes(name)) reports.push(await part(options));
  }
  return reports.join("\n\n");
}
