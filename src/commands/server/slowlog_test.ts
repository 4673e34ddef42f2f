import { assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

// What is kept, and how it is clipped, is in src/server/slow_log_test.ts; the replies are compared in test/compat.

function slowServer() {
  const server = testServer();
  server.observation.slowLog.capacity = 128;
  server.observation.setThresholds(0, 0);
  return server;
}

Deno.test("SLOWLOG GET shows ten entries unless it is told how many, the newest first", () => {
  using server = slowServer();
  for (let i = 0; i < 20; i++) server.send(`SET k${i} v`);
  const names = (reply: unknown) =>
    (reply as unknown[][]).map(([id, , , args]) => [id, (args as string[])[1]]);
  assertEquals(names(server.send("SLOWLOG GET")).length, 10);
  assertEquals(names(server.send("SLOWLOG GET 3")).slice(1), [[19, "k19"], [18, "k18"]]);
  assertEquals(names(server.send("SLOWLOG GET -1")).length, 22);
});

Deno.test("SLOWLOG LEN counts, SLOWLOG RESET empties, and is an entry itself", async (t) => {
  using server = slowServer();
  server.send("SET k v");
  await checkReplies(t, server, [
    ["SLOWLOG LEN", 1],
    ["SLOWLOG RESET", "OK"],
    ["SLOWLOG LEN", 1],
    ["SLOWLOG GET x", "ERR count should be greater than or equal to -1"],
    ["SLOWLOG GET -2", "ERR count should be greater than or equal to -1"],
    [
      "SLOWLOG GET 1 2",
      "ERR unknown subcommand or wrong number of arguments for 'GET'. Try SLOWLOG HELP.",
    ],
  ]);
});

Deno.test("what SLOWLOG keeps of a transaction are its commands, of a script also what it calls", () => {
  using server = slowServer();
  for (const line of ["MULTI", "SET a b", "EXEC"]) server.send(line);
  server.send(["EVAL", "return redis.call('get', 'a')", "0"]);
  const entries = server.send("SLOWLOG GET") as unknown[][];
  assertEquals(entries.map(([, , , args, address]) => [(args as string[])[0], address]), [
    ["EVAL", "127.0.0.1:50000"],
    ["get", "?:0"],
    ["SET", "127.0.0.1:50000"],
    ["MULTI", "127.0.0.1:50000"],
  ]);
});

Deno.test("SLOWLOG HELP names the subcommands", () => {
  using server = testServer();
  const lines = server.send("SLOWLOG HELP") as string[];
  assertEquals(lines.filter((line) => !line.startsWith(" ")).slice(1), [
    "GET [<count>]",
    "LEN",
    "RESET",
    "HELP",
  ]);
});
