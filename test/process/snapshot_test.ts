/** What clients notice of a snapshot that is being written. */
import { assert } from "@std/assert";
import { ask, Program, redeno } from "./program.ts";

const KEYS = 300_000;
/** There are more than a thousand where clients are served between two slices, and a hundred where now and then they are not. */
const ANSWERS_MIN = 200;
/** A machine that others use, too, may be slow once. */
const TRIES = 3;

Deno.test("who asks one thing after the other is answered between the slices of a snapshot, not behind many of them", async () => {
  await using program = await Program.start(redeno, [
    ...["--port", "0", "--unixsocket", "s.sock", "--save", "", "--enable-debug-command", "yes"],
  ]);
  await program.untilReady();
  using client = await program.connect();
  await ask(client, `DEBUG POPULATE ${KEYS}`);
  let answers = 0;
  for (let left = TRIES; left > 0 && answers < ANSWERS_MIN; left--) {
    answers = 0;
    await ask(client, "BGSAVE");
    while (String(await ask(client, "INFO persistence")).includes("rdb_bgsave_in_progress:1")) answers++;
  }
  assert(answers >= ANSWERS_MIN, `${answers} answers`);
});
