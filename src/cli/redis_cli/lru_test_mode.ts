/**
 * `--lru-test`: what a cache of this server would be worth: keys are read by a power law, four fifths of the reads going to
 * a fifth of them; a miss is followed by a write. A line each second.
 */
import { SessionError } from "../byte_stream.ts";
import { askAll } from "./key_walk.ts";
import type { ModeContext } from "./modes.ts";

const BATCH_KEYS = 250;
const LINE_MS = 1000;
const VALUE_BYTES = 10;
const SHARE_EXPONENT = Math.log(0.2) / Math.log(0.8);

/** Runs the mode, which ends with the connection. @param keys how many there are */
export async function testLru({ world, open }: ModeContext, keys: number): Promise<number> {
  using session = await open();
  for (;;) {
    let [hits, misses] = [0, 0];
    const until = performance.now() + LINE_MS;
    while (performance.now() < until) {
      const names = Array.from({ length: BATCH_KEYS }, () => `lru:${randomKey(keys)}`);
      const replies = await askAll(session, names.map((name) => ["GET", name]));
      const missed = names.filter((_, i) => replies[i]!.kind === "nil");
      const broken = replies.find(({ kind }) => kind === "error");
      if (broken !== undefined && "text" in broken) throw new SessionError(broken.text);
      hits += names.length - missed.length;
      misses += missed.length;
      // A full server may refuse: that is a part of what is tested.
      await askAll(session, missed.map((name) => ["SET", name, randomValue()]));
    }
    const gets = hits + misses;
    const share = (count: number) => (100 * count / gets).toFixed(2);
    world.terminal.print(
      `${gets} Gets/sec | Hits: ${hits} (${share(hits)}%) | Misses: ${misses} (${share(misses)}%)\n`,
    );
  }
}

/** A number from 1 to `keys`, small ones more often. */
function randomKey(keys: number): number {
  return 1 + Math.floor(keys * Math.random() ** SHARE_EXPONENT);
}

function randomValue(): string {
  return Array.from(
    { length: VALUE_BYTES },
    () => String.fromCharCode(65 + Math.floor(Math.random() * 26)),
  ).join("");
}
