/** What CLIENT PAUSE holds back, and how it goes on. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { lines, serverInProcess, settle } from "../../test/support/in_process.ts";

const PING = "*1\r\n$4\r\nPING\r\n";

Deno.test("a paused client goes on with the request that waited, then with what came meanwhile, in order", async () => {
  const { connect, server } = serverInProcess();
  const [client, control] = [connect(), connect()];
  await control.send("CLIENT PAUSE 100000 WRITE");
  client.socket.send(lines(["PING", "SET k 1", "INCR k", "GET k"]));
  await settle();
  assertEquals(client.socket.take(), "+PONG\r\n");
  assert(client.connection!.isWaiting);
  assertStringIncludes(client.connection!.describe(), " flags=b ");
  client.socket.send(lines(["INCR k"]));
  client.socket.send(lines(["GET k"]).subarray(0, 5));
  await settle();
  // Much more than the buffer of the moment holds.
  client.socket.send(lines(["GET k"]).subarray(5));
  client.socket.send(lines(Array.from({ length: 5000 }, () => "INCR k")));
  await settle();
  assertEquals(client.socket.take(), "");
  assertEquals(await control.send("GET k"), "$-1\r\n");
  assertEquals(await control.send("CLIENT UNPAUSE"), "+OK\r\n");
  await settle();
  assertEquals(
    client.socket.take(),
    "+OK\r\n:2\r\n$1\r\n2\r\n:3\r\n$1\r\n3\r\n" +
      Array.from({ length: 5000 }, (_, i) => `:${i + 4}\r\n`).join(""),
  );
  assert(!client.connection!.isWaiting);
  assertEquals(await client.send("GET k"), "$4\r\n5003\r\n");
  assertEquals(server.commands.get("incr")!.calls, 5002);
});

Deno.test("the clients that a pause held back run after the request that ends it, and are counted apart from it", async () => {
  const { connect, server } = serverInProcess();
  const clients = [connect(), connect(), connect()];
  const control = connect();
  await control.send("CLIENT PAUSE 100000 WRITE");
  for (const [i, client] of clients.entries()) client.socket.send(lines([`APPEND k ${i}`]));
  await settle();
  control.socket.send(lines(["CLIENT UNPAUSE", "GET k", "CLIENT NO-TOUCH ON"]));
  await settle();
  assertEquals(control.socket.take(), "+OK\r\n$-1\r\n+OK\r\n");
  assertEquals(await control.send("GET k"), "$3\r\n012\r\n");
  assertEquals(server.commands.getFull("client|unpause")!.calls, 1);
  assertEquals(server.commands.get("append")!.calls, 3);
});

Deno.test("a pause of all commands holds back everything, and ends by the clock", async () => {
  const { connect, server, clock } = serverInProcess();
  const [client, control] = [connect(), connect()];
  assertEquals(await control.send("CLIENT PAUSE 50 ALL"), "+OK\r\n");
  assertEquals(await client.send("PING"), "");
  assertEquals(await control.send("CLIENT UNPAUSE"), "");
  clock.advance(49);
  server.clients.checkPause(clock.now());
  await settle();
  assertEquals(client.socket.take(), "");
  clock.advance(1);
  server.clients.checkPause(clock.now());
  await settle();
  assertEquals(client.socket.take(), "+PONG\r\n");
  assertEquals(control.socket.take(), "+OK\r\n");
});

Deno.test("a new pause takes hold of the clients that the old one has just let go", async () => {
  const { connect } = serverInProcess();
  const [client, control] = [connect(), connect()];
  await control.send("CLIENT PAUSE 100000 WRITE");
  client.socket.send(lines(["SET k v"]));
  await settle();
  control.socket.send(lines(["CLIENT UNPAUSE", "CLIENT PAUSE 100000 WRITE"]));
  await settle();
  assertEquals(client.socket.take(), "");
  assert(client.connection!.isWaiting);
  await control.send("CLIENT UNPAUSE");
  assertEquals(client.socket.take(), "+OK\r\n");
});

Deno.test("a paused client that leaves is gone, and its request with it", async () => {
  const { connect, server } = serverInProcess();
  const [client, control] = [connect(), connect()];
  await control.send("CLIENT PAUSE 100000 WRITE");
  client.socket.send(lines(["SET k v"]));
  client.socket.end();
  await settle();
  assert(client.socket.closed);
  await control.send("CLIENT UNPAUSE");
  assertEquals(await control.send("GET k"), "$-1\r\n");
  assertEquals(server.clients.size, 1);
});

Deno.test("a paused client that sends more than the query buffer limit is closed", async () => {
  const { connect } = serverInProcess("client-query-buffer-limit 1mb");
  const [client, control] = [connect(), connect()];
  await control.send("CLIENT PAUSE 100000 WRITE");
  client.socket.send(lines(["SET k v"]));
  for (let i = 0; i < 20; i++) client.socket.send(PING.repeat(5000));
  await settle();
  assert(client.socket.closed);
});
