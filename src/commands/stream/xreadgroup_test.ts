/** XREADGROUP, alone and with clients that wait; what it records is carried out again. */
import { assert, assertEquals } from "@std/assert";
import { serverInProcess, settle } from "../../../test/support/in_process.ts";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

const entry = (id: string) => [id, ["f", "v"]];
const given = (...ids: string[]) => [["k", ids.map(entry)]];
const wire = (id: string) => `*1\r\n*2\r\n$1\r\nk\r\n*1\r\n*2\r\n$3\r\n${id}\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n`;
const EMPTY = "*1\r\n*2\r\n$1\r\nk\r\n*0\r\n";
const KEY_IS_GONE = "-UNBLOCKED the stream key no longer exists\r\n";
const GROUP_IS_GONE = "-NOGROUP the consumer group this client was blocked on no longer exists\r\n";
const WAIT = "XREADGROUP GROUP g c BLOCK 0 STREAMS k >";

Deno.test("each entry is given to one consumer of a group, and again only to that one", async (t) => {
  using server = testServer();
  for (const line of ["XADD k 1-1 f v", "XADD k 1-2 f v", "XADD k 2-1 f v", "XGROUP CREATE k g 0"]) {
    server.send(line);
  }
  await checkReplies(t, server, [
    ["XREADGROUP GROUP g c COUNT 1 STREAMS k >", given("1-1")],
    ["XREADGROUP GROUP g d STREAMS k >", given("1-2", "2-1")],
    ["XREADGROUP GROUP g c STREAMS k >", null],
    ["XREADGROUP GROUP g d STREAMS k 0", given("1-2", "2-1")],
    ["XREADGROUP GROUP g d STREAMS k 1-2", given("2-1")],
    ["XREADGROUP GROUP g c STREAMS k 1-1", given()],
    ["XPENDING k g - + 10", [["1-1", "c", 0, 1], ["1-2", "d", 0, 2], ["2-1", "d", 0, 3]]],
    [
      "XREADGROUP GROUP none c STREAMS k >",
      "NOGROUP No such key 'k' or consumer group 'none' in XREADGROUP with GROUP option",
    ],
  ]);
});

Deno.test("the greatest id is what > means", async (t) => {
  using server = testServer();
  for (const line of ["XADD k 1-1 f v", "XGROUP CREATE k g 0"]) server.send(line);
  const max = "18446744073709551615";
  await checkReplies(t, server, [[`XREADGROUP GROUP g c STREAMS k ${max}-${max}`, given("1-1")]]);
});

Deno.test("with NOACK nothing is pending", async (t) => {
  using server = testServer();
  for (const line of ["XADD k 1-1 f v", "XGROUP CREATE k g 0"]) server.send(line);
  await checkReplies(t, server, [
    ["XREADGROUP GROUP g c NOACK STREAMS k >", given("1-1")],
    ["XREADGROUP GROUP g c NOACK STREAMS k >", null],
    ["XPENDING k g", [0, null, null, null]],
  ]);
});

Deno.test("a group that was set back takes over what others have", async (t) => {
  using server = testServer();
  for (const line of ["XADD k 1-1 f v", "XGROUP CREATE k g 0", "XREADGROUP GROUP g c STREAMS k >"]) {
    server.send(line);
  }
  server.send("XGROUP SETID k g 0");
  await checkReplies(t, server, [
    ["XREADGROUP GROUP g d STREAMS k >", given("1-1")],
    ["XPENDING k g", [1, "1-1", "1-1", [["d", "1"]]]],
  ]);
});

Deno.test("a consumer is made when it is given something, not when there is nothing for it", async (t) => {
  using server = testServer();
  server.send("XGROUP CREATE k g $ MKSTREAM");
  const consumer = (name: string) => ["name", name, "pending", 0, "idle", 0];
  await checkReplies(t, server, [
    ["XREADGROUP GROUP g c STREAMS k >", null],
    ["XINFO CONSUMERS k g", []],
    ["XREADGROUP GROUP g c STREAMS k 0", given()],
    ["XINFO CONSUMERS k g", [consumer("c")]],
  ]);
});

Deno.test("what is new is given to the one who has waited longest", async () => {
  const { connect, server } = serverInProcess();
  const [first, second, other] = [connect(), connect(), connect()];
  await other.send("XGROUP CREATE k g $ MKSTREAM");
  assertEquals(await first.send(WAIT), "");
  assertEquals(await second.send(WAIT), "");
  await other.send("XADD k 1-1 f v");
  assertEquals(first.socket.take(), wire("1-1"));
  assertEquals(second.socket.take(), "");
  await other.send("XADD k 1-2 f v");
  assertEquals(second.socket.take(), wire("1-2"));
  assertEquals(server.keyspace.waits.size, 0);
});

Deno.test("what was added and is gone when the transaction ends is given as nothing", async () => {
  const { connect } = serverInProcess();
  const [waiting, other] = [connect(), connect()];
  await other.send("XGROUP CREATE k g $ MKSTREAM");
  await waiting.send(WAIT);
  for (const line of ["MULTI", "XADD k 1-1 f v", "XDEL k 1-1", "EXEC"]) await other.send(line);
  assertEquals(waiting.socket.take(), EMPTY);
});

Deno.test("a group that is set back serves nobody until something is added", async () => {
  const { connect } = serverInProcess();
  const [waiting, other] = [connect(), connect()];
  await other.send("XADD k 1-1 f v");
  await other.send("XGROUP CREATE k g $");
  await waiting.send(WAIT);
  for (const line of ["XGROUP SETID k g 0", "EXPIRE k 100", "XDEL k 9-9"]) await other.send(line);
  assertEquals(waiting.socket.take(), "");
  await other.send("XADD k MAXLEN 1 1-2 f v");
  assertEquals(waiting.socket.take(), wire("1-2"));
});

for (
  const [lines, answer] of [
    [["DEL k"], KEY_IS_GONE],
    [["SET k text"], KEY_IS_GONE],
    [["RENAME k other"], KEY_IS_GONE],
    [["MOVE k 1"], KEY_IS_GONE],
    [["FLUSHALL"], KEY_IS_GONE],
    [["FLUSHDB ASYNC"], KEY_IS_GONE],
    [["SWAPDB 0 1"], KEY_IS_GONE],
    [["PEXPIRE k -1"], KEY_IS_GONE],
    [["XADD other 1-1 f v", "RENAME other k"], GROUP_IS_GONE],
    [["XGROUP DESTROY k g"], GROUP_IS_GONE],
    [["MULTI", "DEL k", "XADD k 1-1 f v", "EXEC"], GROUP_IS_GONE],
    [["MULTI", "DEL k", "XADD k 1-1 f v", "XGROUP CREATE k g 0", "EXEC"], wire("1-1")],
    [["MULTI", "XGROUP DESTROY k g", "XGROUP CREATE k g 0", "EXEC"], wire("1-1")],
    [["MULTI", "XGROUP DESTROY k g", "XGROUP CREATE k g $", "EXEC"], ""],
  ] as const
) {
  Deno.test(`while a client waits: ${lines.join(", ")}`, async () => {
    const { connect, server } = serverInProcess();
    const [waiting, other] = [connect(), connect()];
    await other.send("XADD k 1-1 f v");
    await other.send("XGROUP CREATE k g $");
    await waiting.send(WAIT);
    for (const line of lines) await other.send(line);
    assertEquals(waiting.socket.take(), answer);
    assertEquals(server.keyspace.waits.size, answer === "" ? 1 : 0);
  });
}

Deno.test("a client that waits is told when the key dies, though nobody looks at it", async () => {
  const { connect, server, clock } = serverInProcess();
  const [waiting, other] = [connect(), connect()];
  await other.send("XGROUP CREATE k g $ MKSTREAM");
  await waiting.send(WAIT);
  await other.send("PEXPIRE k 10");
  clock.advance(20);
  server.catchUp();
  await settle();
  assertEquals(waiting.socket.take(), KEY_IS_GONE);
});

Deno.test("groups are the same when what was recorded is carried out again", async () => {
  const { connect, server } = serverInProcess('appendonly yes\nsave ""\nenable-debug-command yes');
  await server.load();
  const client = connect();
  const lines = [
    ...[1, 2, 3, 4, 5, 6].map((i) => `XADD k ${i}-1 f v`),
    "XGROUP CREATE k g 0",
    "XGROUP CREATE k h 2-1 ENTRIESREAD 2",
    "XGROUP CREATE empty g $ MKSTREAM",
    "XGROUP CREATECONSUMER empty g c",
    "XREADGROUP GROUP g c COUNT 3 STREAMS k >",
    "XREADGROUP GROUP g d COUNT 1 NOACK STREAMS k >",
    "XREADGROUP GROUP h c NOACK STREAMS k >",
    "XCLAIM k g e 0 1-1 RETRYCOUNT 7 TIME 1000",
    "XDEL k 2-1",
    "XAUTOCLAIM k g f 0 2-1 JUSTID",
    "XCLAIM k g e 0 5-1 FORCE",
    "XACK k g 5-1",
    "XGROUP SETID k h 3-1 ENTRIESREAD 3",
    "XCLAIM k h e 0 9-9 LASTID 4-4",
  ];
  for (const line of lines) assert(!(await client.send(line)).startsWith("-"), line);
  const state = async () =>
    await client.send("XINFO STREAM k FULL COUNT 0") + await client.send("XINFO STREAM empty FULL");
  const before = await state();
  assertEquals(await client.send("DEBUG LOADAOF"), "+OK\r\n");
  assertEquals(await state(), before);
});
