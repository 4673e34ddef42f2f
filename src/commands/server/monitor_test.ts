import { assertEquals } from "@std/assert";
import { type TestServer, testServer } from "../../../test/support/test_server.ts";

// The lines are compared with the reference in test/compat/monitor_test.ts.

/** A server with somebody who watches, and what he was shown since the last call, without the time. */
function watched(): { server: TestServer; shown: () => string[] } & Disposable {
  const server = testServer();
  const watcher = server.connect();
  assertEquals(watcher.send("MONITOR"), "OK");
  const shown = () =>
    watcher.takeReply().split("\r\n").slice(0, -1).map((line) => line.replace(/^\+\d+\.\d{6} /, ""));
  return { server, shown, [Symbol.dispose]: () => server[Symbol.dispose]() };
}

Deno.test("MONITOR shows every request with its database, its client and its arguments in quotes", () => {
  using both = watched();
  const { server, shown } = both;
  server.send("SET a b");
  server.send("SELECT 3");
  server.send('GET "\\n\\r\\t\\a\\b\\"\\\\\\x00\\x7f\\xff~ "');
  assertEquals(shown(), [
    '[0 127.0.0.1:50000] "SET" "a" "b"',
    '[3 127.0.0.1:50000] "SELECT" "3"',
    '[3 127.0.0.1:50000] "GET" "\\n\\r\\t\\a\\b\\"\\\\\\x00\\x7f\\xff~ "',
  ]);
  const long = "x".repeat(300_000);
  server.send(["SET", "long", long]);
  assertEquals(shown(), [`[3 127.0.0.1:50000] "SET" "long" "${long}"`]);
});

Deno.test("MONITOR shows no commands of administrators, no passwords, and nothing that was refused", () => {
  using both = watched();
  const { server, shown } = both;
  for (const line of ["CONFIG GET x", "DEBUG SLEEP 0", "MONITOR x", "GET", "NONE", "AUTH secret"]) {
    server.send(line);
  }
  assertEquals(shown(), ['[0 127.0.0.1:50000] "AUTH" "(redacted)"']);
});

Deno.test("MONITOR shows a transaction when it is carried out, and a script before what it calls", () => {
  using both = watched();
  const { server, shown } = both;
  for (const line of ["MULTI", "SET a b", "EXEC"]) server.send(line);
  server.send(["EVAL", "return redis.call('get', 'a')", "0"]);
  assertEquals(shown().map((line) => line.replace("127.0.0.1:50000", "c")), [
    '[0 c] "MULTI"',
    '[0 c] "SET" "a" "b"',
    '[0 c] "EXEC"',
    '[0 c] "EVAL" "return redis.call(\'get\', \'a\')" "0"',
    '[0 lua] "get" "a"',
  ]);
});

Deno.test("who watches has no part in the data, is not answered twice, and RESET ends it", () => {
  using server = testServer({ a: "b" });
  const watcher = server.connect();
  watcher.send("MONITOR");
  assertEquals(watcher.raw("MONITOR"), "");
  assertEquals(watcher.send("GET a"), "ERR Replica can't interact with the keyspace");
  assertEquals(server.observation.monitors.size, 1);
  assertEquals(watcher.send("RESET"), "RESET");
  assertEquals([server.observation.monitors.size, server.dispatcher.monitor], [0, undefined]);
  assertEquals(watcher.send("GET a"), "b");
});

Deno.test("MONITOR is refused inside of a transaction", () => {
  using server = testServer();
  server.send("MULTI");
  server.send("MONITOR");
  assertEquals(server.send("EXEC"), ["-ERR MONITOR isn't allowed for DENY BLOCKING client"]);
});

Deno.test("who watches is shown nothing with a reply that he skips, nor after QUIT", () => {
  using server = testServer();
  const watcher = server.connect();
  const shows = (line: string) => watcher.raw(line).replace(/\+\d+\.\d{6} \[0 [^\]]+\]/g, "+shown");
  watcher.send("MONITOR");
  assertEquals(shows("CLIENT REPLY SKIP"), '+shown "CLIENT" "REPLY" "SKIP"\r\n');
  assertEquals(shows("MULTI"), "");
  assertEquals(shows("DISCARD"), '+OK\r\n+shown "DISCARD"\r\n');
  assertEquals(shows("QUIT"), "+OK\r\n");
});
