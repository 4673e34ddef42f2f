import { assertEquals } from "@std/assert";
import { type TestClient, testServer } from "../../test/support/test_server.ts";
import { latin1 } from "../sys/bytes.ts";

const told = (...keys: string[]) =>
  `>2\r\n$10\r\ninvalidate\r\n*${keys.length}\r\n` +
  keys.map((key) => `$${key.length}\r\n${key}\r\n`).join("");

/** What was written to a client behind its last reply. */
function messages(client: TestClient): string {
  const { length } = client.reply;
  return client.reply.take().subarray(0, length).reduce((text, byte) => text + String.fromCharCode(byte), "");
}

Deno.test("a client that reads a key is told when it changes, and not again", () => {
  using server = testServer();
  const client = server.connect();
  client.send("HELLO 3");
  client.send("CLIENT TRACKING ON");
  client.send("GET k");
  server.send("SET k 1");
  assertEquals(messages(client), told("k"));
  server.send("SET k 2");
  assertEquals(messages(client), "");
  assertEquals(client.raw("GET k"), "$1\r\n2\r\n");
  assertEquals(client.raw("SET k 3"), `+OK\r\n${told("k")}`);
});

Deno.test("nobody listens to changes while nobody tracks and nothing is remembered", () => {
  using server = testServer();
  const { listeners } = server.keyspace;
  const client = server.connect();
  client.send("CLIENT TRACKING ON");
  client.send("GET k");
  client.send("CLIENT TRACKING OFF");
  assertEquals([server.tracking.clients, server.tracking.keys], [0, 1]);
  assertEquals(listeners.changed === undefined, false);
  server.send("SET k 1");
  assertEquals(server.tracking.keys, 0);
  assertEquals([listeners.changed, listeners.flushed], [undefined, undefined]);
  client.send("GET k");
  assertEquals(server.tracking.keys, 0);
});

Deno.test("transactions and clients that cache are told of the same changes", () => {
  using server = testServer();
  const client = server.connect();
  client.send("HELLO 3");
  client.send("CLIENT TRACKING ON");
  const watcher = server.connect();
  for (const order of ["watch first", "track first"]) {
    if (order === "watch first") watcher.send("WATCH k");
    client.send("GET k");
    if (order === "track first") watcher.send("WATCH k");
    server.send("SET k 1");
    assertEquals(messages(client), told("k"));
    watcher.send("MULTI");
    assertEquals(watcher.send("EXEC"), null);
  }
  watcher.send("WATCH k");
  client.send("CLIENT TRACKING OFF");
  server.send("SET k 1");
  watcher.send("MULTI");
  assertEquals(watcher.send("EXEC"), null);
});

Deno.test("broadcast messages are gathered until they are asked for, in the order of the keys", () => {
  using server = testServer();
  const client = server.connect();
  client.send("HELLO 3");
  client.send("CLIENT TRACKING ON BCAST PREFIX u: PREFIX p:");
  for (const key of ["u:2", "u:10", "p:", "x", "u:2", "u:\xff"]) server.send(["SET", latin1(key), "1"]);
  assertEquals(messages(client), "");
  server.tracking.broadcast();
  assertEquals(messages(client), told("p:") + told("u:10", "u:2", "u:\xff"));
  server.tracking.broadcast();
  assertEquals(messages(client), "");
});

Deno.test("keys that die of age or are evicted are told like others", () => {
  using server = testServer();
  const client = server.connect();
  client.send("HELLO 3");
  client.send("CLIENT TRACKING ON NOLOOP");
  server.send("SET old v PX 10");
  client.send("GET old");
  server.clock.advance(11);
  server.send("GET old");
  assertEquals(messages(client), told("old"));
  client.send("CLIENT TRACKING OFF");
  client.send("CLIENT TRACKING ON BCAST NOLOOP");
  client.send("SET old v PX 10");
  server.tracking.broadcast();
  assertEquals(messages(client), "");
  server.clock.advance(11);
  client.send("GET old");
  server.tracking.broadcast();
  assertEquals(messages(client), told("old"));
});

Deno.test("more keys than may be are forgotten before the next command, and their readers told", () => {
  using server = testServer();
  const client = server.connect();
  client.send("HELLO 3");
  client.send("CLIENT TRACKING ON");
  server.tracking.setLimit(10);
  const keys = Array.from({ length: 250 }, (_, i) => `k${i}`);
  client.send(["MGET", ...keys]);
  assertEquals(server.tracking.keys, 250);
  server.send("PING");
  assertEquals(server.tracking.keys, 150);
  server.send("PING");
  assertEquals(server.tracking.keys, 10);
  assertEquals(messages(client).split("invalidate").length - 1, 240);
  server.send("PING");
  assertEquals(messages(client), "");
});
