/** Client-side caching in the whole server: turns, scripts that take long, connections that end. */
import { assertEquals } from "@std/assert";
import { type InProcess, serverInProcess, settle } from "../../test/support/in_process.ts";
import { Slice, utf8 } from "../sys/bytes.ts";

const told = (...keys: string[]) =>
  `>2\r\n$10\r\ninvalidate\r\n*${keys.length}\r\n` +
  keys.map((key) => `$${key.length}\r\n${key}\r\n`).join("");

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; !condition(); turn++) {
    if (turn > 10_000) throw new Error("it did not come to that");
    await settle();
  }
}

async function tracker({ connect }: InProcess, options = "") {
  const client = connect();
  await client.send("HELLO 3");
  assertEquals(await client.send(`CLIENT TRACKING ON ${options}`), "+OK\r\n");
  return client;
}

Deno.test("what a suspended script changes and reads is told, and nothing in the middle of its reply", async () => {
  const running = serverInProcess("busy-reply-threshold 3");
  let ms = 0;
  running.clock.monotonicMs = () => ms++;
  await running.server.load();
  const client = await tracker(running);
  const other = await tracker(running);
  await client.send("MGET before after");
  const script = "redis.call('set', 'before', '1') for i = 1, 60000 do local a = i end " +
    "redis.call('set', 'after', '1') redis.call('get', 'x') return {1, 2}";
  await client.send("MULTI");
  await client.send(["EVAL", script, "1", "declared"]);
  await client.send("PING");
  client.socket.command("EXEC");
  await settle();
  assertEquals(running.server.dispatcher.isSuspended, true);
  await other.send("PING");
  await until(() => !running.server.dispatcher.isSuspended);
  await settle();
  assertEquals(client.socket.take(), `*2\r\n*2\r\n:1\r\n:2\r\n+PONG\r\n${told("before")}${told("after")}`);
  await other.send("SET declared 1");
  assertEquals(client.socket.take(), told("declared"));
});

Deno.test("broadcasts come once a turn, behind the replies, whoever makes the turn", async () => {
  const running = serverInProcess("");
  const client = await tracker(running, "BCAST");
  client.socket.send("SET b 1\r\nSET a 1\r\n");
  await settle();
  assertEquals(client.socket.take(), `+OK\r\n+OK\r\n${told("a", "b")}`);
  const database = running.server.keyspace.databases[0]!;
  database.changed(new Slice(utf8("a")));
  await settle();
  assertEquals(client.socket.take(), told("a"));
});

Deno.test("a client that is gone is told nothing, and forgotten", async () => {
  const running = serverInProcess("");
  const { server } = running;
  const client = await tracker(running);
  const other = await tracker(running, "BCAST PREFIX x");
  await client.send("GET k");
  client.socket.end();
  other.socket.end();
  await settle();
  assertEquals([server.tracking.clients, server.tracking.prefixes, server.tracking.keys], [0, 0, 1]);
  const last = running.connect();
  assertEquals(await last.send("SET k 1"), "+OK\r\n");
  assertEquals(server.tracking.keys, 0);
  assertEquals(server.keyspace.listeners.changed, undefined);
});

Deno.test("a client in this process is told of its own changes apart from its replies", async () => {
  const { server } = serverInProcess("");
  using client = server.client();
  const pushes: string[] = [];
  client.onPush = (bytes) => pushes.push(new TextDecoder().decode(bytes));
  const send = async (line: string) => new TextDecoder().decode(await client.send(line.split(" ")));
  await send("HELLO 3");
  await send("CLIENT TRACKING ON");
  await send("MGET a b");
  const both = [send("SET a 1"), send("SET b 1"), send("GET a")];
  assertEquals(await Promise.all(both), ["+OK\r\n", "+OK\r\n", "$1\r\n1\r\n"]);
  assertEquals(pushes, [told("a"), told("b")]);
});
