import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { serverInProcess, settle } from "../../test/support/in_process.ts";
import { latin1Text } from "../sys/bytes.ts";
import { type LocalClient, LocalClientClosed } from "./local_client.ts";

/** The reply to a line of plain words, one character a byte. */
async function ask(client: LocalClient, line: string): Promise<string> {
  return latin1Text(await client.send(line.split(" ")));
}

Deno.test("a local client is given the bytes that a socket would be given", async () => {
  const { server } = serverInProcess();
  using client = server.client();
  assertEquals(await ask(client, "SET k ä"), "+OK\r\n");
  assertEquals(await ask(client, "GET k"), "$2\r\n\xc3\xa4\r\n");
  assertEquals(await client.send(["SET", "b", Uint8Array.of(0, 255, 13)]), latin1Bytes("+OK\r\n"));
  assertEquals(await ask(client, "GET b"), "$3\r\n\0\xff\r\r\n");
  assertEquals(await ask(client, "GET"), "-ERR wrong number of arguments for 'get' command\r\n");
});

Deno.test("commands that are sent together are answered in their order, each by itself", async () => {
  const { server } = serverInProcess();
  using client = server.client();
  const replies = await Promise.all(
    ["INCR n", "INCR n", "NOSUCH", "INCR n"].map((line) => ask(client, line)),
  );
  assertEquals(replies, [
    ":1\r\n",
    ":2\r\n",
    "-ERR unknown command 'NOSUCH', with args beginning with: \r\n",
    ":3\r\n",
  ]);
});

Deno.test("a local client's command never runs inside of another client's", async () => {
  const { server, connect } = serverInProcess();
  using client = server.client();
  let seen = "";
  server.keyspace.listeners.event = (_database, _type, event) => {
    if (event === "set" && seen === "") ask(client, "GET later").then((reply) => seen = reply);
  };
  const other = connect();
  other.socket.send("SET k v\r\nSET later v\r\n");
  await settle();
  assertEquals(seen, "$1\r\nv\r\n");
});

Deno.test("a local client waits for a key, and what it sent meanwhile comes next", async () => {
  const { server } = serverInProcess();
  using waiting = server.client();
  using pushing = server.client();
  const popped = ask(waiting, "BLPOP list 0");
  const after = ask(waiting, "LLEN list");
  assertEquals(await ask(pushing, "RPUSH list a b"), ":2\r\n");
  assertEquals(await popped, "*2\r\n$4\r\nlist\r\n$1\r\na\r\n");
  assertEquals(await after, ":1\r\n");
});

Deno.test("a wait of a local client ends with its time, or by CLIENT UNBLOCK", async () => {
  const { server } = serverInProcess();
  using waiting = server.client();
  using other = server.client();
  assertEquals(await ask(waiting, "BLPOP list 0.001"), "*-1\r\n");
  const popped = ask(waiting, "BLPOP list 0");
  assertEquals(await ask(other, `CLIENT UNBLOCK ${waiting.id} ERROR`), ":1\r\n");
  assertEquals(await popped, "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n");
});

Deno.test("a pause holds a local client back", async () => {
  const { server } = serverInProcess();
  using client = server.client();
  using other = server.client();
  assertEquals(await ask(other, "CLIENT PAUSE 100000 WRITE"), "+OK\r\n");
  let written = false;
  const replies = Promise.all([
    ask(client, "SET k v").then((reply) => (written = true, reply)),
    ask(client, "GET k"),
  ]);
  assertEquals(await ask(other, "GET k"), "$-1\r\n");
  assert(!written);
  assertEquals(await ask(other, "CLIENT UNPAUSE"), "+OK\r\n");
  assertEquals(await replies, ["+OK\r\n", "$1\r\nv\r\n"]);
});

Deno.test("a local client has transactions, databases and protocol of its own", async () => {
  const { server } = serverInProcess();
  using client = server.client();
  using other = server.client();
  assertEquals(await ask(client, "SELECT 3"), "+OK\r\n");
  assertEquals(await ask(client, "WATCH k"), "+OK\r\n");
  assertEquals(await ask(client, "MULTI"), "+OK\r\n");
  assertEquals(await ask(client, "SET k v"), "+QUEUED\r\n");
  assertEquals(await ask(other, "DBSIZE"), ":0\r\n");
  assertEquals(await ask(client, "EXEC"), "*1\r\n+OK\r\n");
  assertStringIncludes(await ask(client, "HELLO 3"), "%7\r\n");
  assertEquals(await ask(client, "GET nosuch"), "_\r\n");
  assertEquals(await ask(other, "GET nosuch"), "$-1\r\n");
});

Deno.test("a local client that wants no replies is given none", async () => {
  const { server } = serverInProcess();
  using client = server.client();
  const lines = ["CLIENT REPLY OFF", "SET k v", "CLIENT REPLY ON", "GET k"];
  assertEquals(await Promise.all(lines.map((line) => ask(client, line))), ["", "", "+OK\r\n", "$1\r\nv\r\n"]);
});

Deno.test("what is written to a local client beside its commands is handed over apart", async () => {
  const { server } = serverInProcess();
  using client = server.client();
  const pushed: string[] = [];
  client.onPush = (bytes) => pushed.push(latin1Text(bytes));
  client.reply.raw(latin1Bytes(">1\r\n+x\r\n"));
  assertEquals(await ask(client, "PING"), "+PONG\r\n");
  client.reply.raw(latin1Bytes(">1\r\n+y\r\n"));
  client.askFlush();
  await settle();
  assertEquals(pushed, [">1\r\n+x\r\n", ">1\r\n+y\r\n"]);
});

Deno.test("CLIENT LIST shows a local client, and CLIENT KILL closes it", async () => {
  const { server } = serverInProcess();
  using client = server.client();
  using other = server.client();
  assertStringIncludes(await ask(other, `CLIENT LIST ID ${client.id}`), `id=${client.id} addr=in-process:0 `);
  const popped = assertRejects(() => client.send(["BLPOP", "list", "0"]), LocalClientClosed);
  await settle();
  assertEquals(await ask(other, `CLIENT KILL ID ${client.id}`), ":1\r\n");
  await popped;
  assertEquals(server.clients.size, 1);
  assertEquals(server.keyspace.waits.size, 0);
  await assertRejects(() => client.send(["PING"]), LocalClientClosed);
});

Deno.test("QUIT is answered, and what follows is not", async () => {
  const { server } = serverInProcess();
  using client = server.client();
  const quit = ask(client, "QUIT");
  const after = assertRejects(() => client.send(["PING"]), LocalClientClosed);
  assertEquals(await quit, "+OK\r\n");
  await after;
  assertEquals(server.clients.size, 0);
});

Deno.test("a local client needs no password, until it has reset itself", async () => {
  const { server } = serverInProcess("requirepass secret\n");
  using client = server.client();
  assertEquals(await ask(client, "PING"), "+PONG\r\n");
  assertEquals(await ask(client, "RESET"), "+RESET\r\n");
  assertEquals(await ask(client, "PING"), "-NOAUTH Authentication required.\r\n");
  assertEquals(await ask(client, "AUTH secret"), "+OK\r\n");
  assertEquals(await ask(client, "PING"), "+PONG\r\n");
});

function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
