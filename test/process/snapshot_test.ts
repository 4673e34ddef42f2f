/** What clients notice of a snapshot that is being written. */
import { assert } from "@std/assert";
import { ask, Program, redeno } from "./program.ts";

const KEYS = 500_000;
/** There are about twenty where clients are served between slices, and four to eight where that is not so. */
const ANSWERS_MIN = 11;

Deno.test("who asks little is answered between the slices of a snapshot, not behind many of them", async () => {
  await using program = await Program.start(redeno, [
    ...["--port", "0", "--unixsocket", "s.sock", "--save", "", "--enable-debug-command", "yes"],
  ]);
  await program.untilReady();
  using client = await program.connect();
  await ask(client, `DEBUG POPULATE ${KEYS}`);
  await ask(client, "BGSAVE");
  let answers = 0;
  while (String(await ask(client, "INFO persistence")).includes("rdb_bgsave_in_progress:1")) {
    // So that fewer commands come than those of a busy server, for which the snapshot makes room.
    await ask(client, "DEBUG SLEEP 0.003");
    answers++;
  }
  assert(answers >= ANSWERS_MIN, `${answers} answers`);
});
