import { assertEquals, assertStringIncludes } from "@std/assert";
import { checkReplies, type TestServer, testServer } from "../../../test/support/test_server.ts";
import { drawLatency } from "./latency_graph.ts";

/** A server that was kept busy for so many ms, a second apart. */
function busyServer(...ms: number[]): TestServer {
  const server = testServer();
  server.observation.setThresholds(-1, 1);
  for (const [i, each] of ms.entries()) {
    server.clock.advance(i === 0 ? 0 : 1000);
    server.observation.latency.took("command", each);
  }
  return server;
}

Deno.test("LATENCY LATEST tells the last and the worst, LATENCY HISTORY every second", async (t) => {
  using server = busyServer(10, 30, 20);
  const at = Math.floor(server.clock.now() / 1000);
  await checkReplies(t, server, [
    ["LATENCY LATEST", [["command", at, 20, 30]]],
    ["LATENCY HISTORY command", [[at - 2, 10], [at - 1, 30], [at, 20]]],
    ["LATENCY HISTORY nothing", []],
    ["LATENCY GRAPH nothing", "ERR No samples available for event 'nothing'"],
  ]);
});

Deno.test("a command that takes long is an event, of a fast one another", () => {
  using server = testServer();
  server.observation.setThresholds(-1, 5);
  server.send("DEBUG SLEEP 0.02");
  const events = server.send("LATENCY LATEST") as unknown[][];
  assertEquals(events.map(([name, , ms]) => [name, ms]), [["command", 20]]);
});

Deno.test("LATENCY RESET forgets some events or all, and says how many", async (t) => {
  using server = busyServer(10);
  server.observation.latency.took("cron", 5);
  await checkReplies(t, server, [
    ["LATENCY RESET nothing command nothing", 1],
    ["LATENCY HISTORY command", []],
    ["LATENCY RESET", 1],
    ["LATENCY LATEST", []],
  ]);
});

Deno.test("LATENCY GRAPH draws each second as a column over how long ago it was", () => {
  // The reference's picture of these samples.
  const samples = [[0, 10], [1, 20], [2, 30], [3, 200], [6, 1207]].map(([at, ms]) => ({ at: at!, ms: ms! }));
  const event = { name: "command", samples, maxMs: 1207 };
  assertEquals(
    drawLatency(event, 7),
    `command - high 1207 ms, low 10 ms (all time high 1207 ms)
--------------------------------------------------------------------------------
    #
    |
    |
___o|
     
76541
sssss
`,
  );
  assertEquals(
    drawLatency({
      name: "command",
      samples: [[0, 1], [60, 1], [180, 10]].map(([at, ms]) => ({ at: at!, ms: ms! })),
      maxMs: 10,
    }, 7380)
      .split("\n").slice(2),
    ["  #", "  |", "  |", "__|", "   ", "222", "hhh", ""],
  );
  using server = busyServer(10, 30, 20);
  assertStringIncludes(server.send("LATENCY GRAPH command") as string, "command - high 30 ms, low 10 ms");
});

Deno.test("LATENCY DOCTOR speaks about what happened", () => {
  using server = busyServer(10, 30);
  assertStringIncludes(server.send("LATENCY DOCTOR") as string, "1. command: 2 times");
});

Deno.test("LATENCY HISTOGRAM counts calls by doubling bounds, of some commands or of all", () => {
  using server = testServer();
  const took = (name: string, ...microseconds: number[]) => {
    for (const each of microseconds) server.commands.getFull(name)!.record(1, each);
  };
  took("set", 0.5, 1.5, 3, 3, 40, 100_000);
  took("config|get", 2000);
  // The bounds are named as the reference names them.
  const ofSet = ["calls", 6, "histogram_usec", [1, 1, 2, 2, 4, 4, 66, 5, 135_266, 6]];
  assertEquals(server.send("LATENCY HISTOGRAM set nothing")?.toString(), ["set", ofSet].flat(9).toString());
  assertEquals((server.send("LATENCY HISTOGRAM CONFIG") as unknown[])[0], "config|get");
  assertEquals((server.send("LATENCY HISTOGRAM get") as unknown[]).length, 0);
  assertEquals((server.send("LATENCY HISTOGRAM config|get SET set") as unknown[]).length, 6);
  const all = server.send("LATENCY HISTOGRAM") as unknown[];
  assertEquals(all.filter((name) => typeof name === "string").slice(0, 2).toSorted(), [
    "config|get",
    "latency|histogram",
  ]);
});

Deno.test("LATENCY HELP names the subcommands", () => {
  using server = testServer();
  const lines = server.send("LATENCY HELP") as string[];
  const names = lines.filter((line) => !line.startsWith(" ")).map((line) => line.split(" ")[0]);
  assertEquals(names.slice(1), ["DOCTOR", "GRAPH", "HISTORY", "LATEST", "RESET", "HISTOGRAM", "HELP"]);
});
