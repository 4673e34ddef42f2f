import { assertEquals } from "@std/assert";
import { serverInProcess, settle } from "../../test/support/in_process.ts";

Deno.test("a script that comes before its engine waits for it, and those behind it wait in turn", async () => {
  const { server, connect } = serverInProcess("", { hasEngine: false });
  const client = connect();
  client.socket.command("SET a 1");
  client.socket.command(["EVAL", "return redis.call('incr', KEYS[1])", "1", "a"]);
  client.socket.command("GET a");
  await server.loadScripting();
  await settle();
  assertEquals(client.socket.take(), "+OK\r\n:2\r\n$1\r\n2\r\n");
  assertEquals(await client.send(["EVAL", "return 1", "0"]), ":1\r\n");
});

Deno.test("a script in a transaction waits for its engine when it is queued", async () => {
  const { server, connect } = serverInProcess("", { hasEngine: false });
  const client = connect();
  for (const line of ["MULTI", ["EVAL", "return 7", "0"], "EXEC"]) client.socket.command(line);
  await server.loadScripting();
  await settle();
  assertEquals(client.socket.take(), "+OK\r\n+QUEUED\r\n*1\r\n:7\r\n");
});
