import { assertEquals } from "@std/assert";
import type { ShutdownWish } from "../../context.ts";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

Deno.test("SHUTDOWN ends the server and answers nothing", () => {
  for (const options of ["", "NOSAVE", "now force", "SAVE FORCE", "NOSAVE NOSAVE"]) {
    using server = testServer();
    let ended = 0;
    server.shutdown = () => {
      ended++;
      return true;
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
  ]);
});

Deno.test("SHUTDOWN saves as it is told, and does not end the server when that fails", () => {
  using server = testServer();
  const wishes: ShutdownWish[] = [];
  server.shutdown = (wish) => {
    wishes.push(wish);
    return false;
  };
  for (const options of ["", "NOSAVE", "SAVE FORCE"]) {
    assertEquals(server.send(`SHUTDOWN ${options}`), "ERR Errors trying to SHUTDOWN. Check logs.");
  }
  assertEquals(wishes, [
    { save: "if configured", force: false },
    { save: "no", force: false },
    { save: "yes", force: true },
  ]);
});
