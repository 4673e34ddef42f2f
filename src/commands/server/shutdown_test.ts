import { assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

Deno.test("SHUTDOWN ends the server and answers nothing", () => {
  for (const options of ["", "NOSAVE", "now force", "SAVE FORCE", "NOSAVE NOSAVE"]) {
    using server = testServer();
    let ended = 0;
    server.shutdown = () => {
      ended++;
      return undefined as never;
    };
    assertEquals(server.raw(`SHUTDOWN ${options}`), "", options);
    assertEquals(ended, 1, options);
  }
});

Deno.test("SHUTDOWN that cannot be, or is not understood, leaves the server alone", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["SHUTDOWN FOO", "ERR syntax error"],
    ["SHUTDOWN SAVE NOSAVE", "ERR syntax error"],
    ["SHUTDOWN ABORT NOW", "ERR syntax error"],
    ["SHUTDOWN NOSAVE NOW FORCE BAR", "ERR syntax error"],
    ["SHUTDOWN ABORT", "ERR No shutdown in progress."],
    ["SHUTDOWN SAVE", "ERR SHUTDOWN SAVE is not possible: this version keeps its data in memory only"],
  ]);
});
