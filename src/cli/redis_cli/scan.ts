/** `--scan`: prints all keys. */
import { quoteText } from "../format_reply.ts";
import { pagesOfKeys } from "./key_walk.ts";
import type { ModeContext } from "./modes.ts";

/** Runs the mode; the exit code. */
export async function scanKeys({ settings, world, open }: ModeContext): Promise<number> {
  using session = await open();
  const { terminal } = world;
  const isQuoted = (settings.format ?? (terminal.isTerminal ? "standard" : "raw")) === "standard";
  for await (const keys of pagesOfKeys(session, settings, true)) {
    terminal.print(keys.map((key) => `${isQuoted ? quoteText(key) : key}\n`).join(""));
  }
  return 0;
}
