/** What is tried of a compiled executable, tried of the sources, or of the executable that REDENO_SERVER names. */
import { assert, assertEquals } from "@std/assert";
import { smokeTest } from "../../scripts/compile_smoke.ts";
import { redenoCommand } from "../support/redeno_server.ts";

Deno.test("server, client, scripts, benchmark with threads and dashboard work from one program", async () => {
  const command = await redenoCommand();
  const { passed, startMs } = await smokeTest(command);
  assert(startMs > 0);
  assertEquals(passed.filter((name) => name !== "link"), [
    "version",
    "server",
    "client",
    "check of health",
    "script on the server",
    "script alone",
    "annotations for editors",
    "benchmark",
    "threads of the benchmark",
    "completions",
    "dashboard",
    "end",
  ]);
});
