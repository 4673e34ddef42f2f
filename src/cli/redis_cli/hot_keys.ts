/** `--hotkeys`: which keys are used most often, as far as the server counts that. */
import { SessionError } from "../byte_stream.ts";
import { quoteText } from "../format_reply.ts";
import { percent } from "./big_keys.ts";
import { askAll, keyCount, pagesOfKeys } from "./key_walk.ts";
import type { ModeContext } from "./modes.ts";
import { Progress } from "../progress.ts";

const HOT_KEYS_MAX = 16;

const HEADER = `
# Scanning the entire keyspace to find hot keys as well as
# average sizes per key type.  You can use -i 0.1 to sleep 0.1 sec
# per 100 SCAN commands (not usually needed).

`;

/** A key and how often it is used, on the server's scale. */
interface HotKey {
  readonly key: string;
  readonly counter: number;
}

/** Runs the mode; the exit code. */
export async function findHotKeys({ settings, world, open }: ModeContext): Promise<number> {
  using session = await open();
  const { terminal } = world;
  const total = await keyCount(session);
  terminal.print(HEADER);
  using progress = new Progress(terminal, world.showsProgress, { label: "Keys", total });
  const hottest: HotKey[] = [];
  let sampled = 0;
  for await (const keys of pagesOfKeys(session, settings)) {
    const replies = await askAll(session, keys.map((key) => ["OBJECT", "FREQ", key]));
    const share = percent(total === 0 ? 0 : sampled / total);
    for (const [i, key] of keys.entries()) {
      const reply = replies[i]!;
      sampled++;
      if (reply.kind === "error") throw new SessionError(`Error: ${reply.text}`);
      // A key may be gone by now.
      if (reply.kind !== "integer" || !insert(hottest, { key, counter: Number(reply.text) })) continue;
      progress.hide();
      terminal.print(
        `[${share}] Hot key '${quoteText(key)}' found so far with counter ${reply.text}\n`,
      );
    }
    progress.show(sampled);
  }
  progress.hide();
  terminal.print(`\n-------- summary -------\n\nSampled ${sampled} keys in the keyspace!\n`);
  for (const { key, counter } of hottest) {
    terminal.print(`hot key found with counter: ${counter}\tkeyname: ${quoteText(key)}\n`);
  }
  return 0;
}

/** Puts a key where it belongs, behind those that are as hot; false when there are enough hotter ones. */
function insert(hottest: HotKey[], one: HotKey): boolean {
  const found = hottest.findIndex(({ counter }) => counter < one.counter);
  const at = found < 0 ? hottest.length : found;
  if (at === HOT_KEYS_MAX || one.counter === 0) return false;
  hottest.splice(at, 0, one);
  if (hottest.length > HOT_KEYS_MAX) hottest.pop();
  return true;
}
