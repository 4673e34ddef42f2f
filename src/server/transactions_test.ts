import { assert, assertEquals } from "@std/assert";
import { type FakeClient, serverInProcess, settle } from "../../test/support/in_process.ts";

// What a connection has to do with its transaction and with the keys that it watches.

async function sendAll(client: FakeClient, ...lines: string[]): Promise<string> {
  let replies = "";
  for (const line of lines) replies += await client.send(line);
  return replies;
}

Deno.test("a client that leaves watches no more, and its queued requests are not carried out", async () => {
  const { server, connect } = serverInProcess();
  const [leaves, stays] = [connect(), connect()];
  await sendAll(leaves, "WATCH k", "MULTI", "SET k 1");
  assert(!server.keyspace.watches.isEmpty);
  leaves.socket.end();
  await settle();
  assert(server.keyspace.watches.isEmpty);
  assertEquals(await stays.send("GET k"), "$-1\r\n");
});

Deno.test("a client that is killed watches no more", async () => {
  const { server, connect } = serverInProcess();
  const [victim, killer] = [connect(), connect()];
  await victim.send("WATCH k");
  assert(!server.keyspace.watches.isEmpty);
  await killer.send(`CLIENT KILL ID ${victim.connection!.id}`);
  assert(server.keyspace.watches.isEmpty);
});

Deno.test("the line of a client tells of its transaction, and of the memory that it takes", async () => {
  const { connect } = serverInProcess();
  const client = connect();
  const connection = client.connection!;
  const fields = () =>
    ["flags", "multi", "multi-mem"].map((name) =>
      new RegExp(` ${name}=(\\S+)`).exec(connection.describe())![1]!
    );
  assertEquals(fields(), ["N", "-1", "0"]);
  await sendAll(client, "WATCH k", "MULTI", "PING", `ECHO ${"x".repeat(10_000)}`);
  const [flags, multi, bytes] = fields();
  assertEquals([flags, multi], ["x", "2"]);
  assert(Number(bytes) > 10_000, bytes);
  const held = connection.bufferBytes;
  await connect().send("SET k v");
  assertEquals(fields()[0], "xd");
  assertEquals(await client.send("EXEC"), "*-1\r\n");
  assertEquals(fields(), ["N", "-1", "0"]);
  assert(held - connection.bufferBytes >= 10_000, "what was queued is let go");
});

Deno.test("a pause of writes holds EXEC back when it would write, and only then", async () => {
  const { server, connect } = serverInProcess();
  const [reader, writer] = [connect(), connect()];
  await sendAll(reader, "MULTI", "GET k");
  await sendAll(writer, "MULTI", "GET k", "SET k v");
  server.clients.pause("write", Infinity);
  assertEquals(await reader.send("EXEC"), "*1\r\n$-1\r\n");
  assertEquals(await writer.send("EXEC"), "");
  server.clients.unpause();
  await settle();
  assertEquals(writer.socket.take(), "*2\r\n$-1\r\n+OK\r\n");
});
