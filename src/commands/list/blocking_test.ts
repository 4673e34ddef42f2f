/** What is done with clients that wait, whatever they wait for; the forms of BLPOP, BRPOP, BLMPOP, BLMOVE, BRPOPLPUSH. */
import { assert, assertEquals } from "@std/assert";
import { serverInProcess, settle } from "../../../test/support/in_process.ts";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

Deno.test("a blocking command that finds something answers at once", async (t) => {
  using server = testServer();
  server.send("RPUSH k a b c d e f g");
  await checkReplies(t, server, [
    ["BLPOP none k 0", ["k", "a"]],
    ["BRPOP k none 0", ["k", "g"]],
    ["BLMOVE k l LEFT RIGHT 0", "b"],
    ["BRPOPLPUSH k l 0", "f"],
    ["BLMPOP 0 2 none k LEFT COUNT 2", ["k", ["c", "d"]]],
    ["LRANGE l 0 -1", ["f", "b"]],
  ]);
});

Deno.test("the timeout is read first, then the keys in their order", async (t) => {
  using server = testServer({ s: "text" });
  const wrongType = "WRONGTYPE Operation against a key holding the wrong kind of value";
  await checkReplies(t, server, [
    ["BLPOP s x", "ERR timeout is not a float or out of range"],
    ["BLPOP s -1", "ERR timeout is negative"],
    ["BLPOP s inf", "ERR timeout is negative"],
    ["BLPOP s nan", "ERR timeout is not a float or out of range"],
    ["BLPOP none s 0", wrongType],
    ["BRPOPLPUSH s l 0", wrongType],
    ["BLMPOP 0 0 k LEFT", "ERR numkeys should be greater than 0"],
    ["BLMPOP 0 1 k FRONT", "ERR syntax error"],
    ["BLMOVE k l FRONT LEFT x", "ERR syntax error"],
  ]);
});

Deno.test("in a transaction nobody waits", async (t) => {
  using server = testServer();
  server.send("MULTI");
  for (const line of ["BLPOP k 0", "BRPOPLPUSH k l 0", "BLMPOP 0 1 k LEFT"]) server.send(line);
  await checkReplies(t, server, [["EXEC", [null, null, null]]]);
});

Deno.test("a client that waits is served by whoever pushes, after the pusher's own reply is made", async () => {
  const { connect, server } = serverInProcess();
  const [taker, pusher] = [connect(), connect()];
  assertEquals(await taker.send("BLPOP k 0"), "");
  assertEquals(server.keyspace.waits.size, 1);
  assertEquals(await pusher.send("RPUSH k a b"), ":2\r\n");
  assertEquals(taker.socket.take(), "*2\r\n$1\r\nk\r\n$1\r\na\r\n");
  assertEquals(await pusher.send("LRANGE k 0 -1"), "*1\r\n$1\r\nb\r\n");
  assertEquals(server.keyspace.waits.size, 0);
});

Deno.test("those who wait are served in the order of their coming, each once", async () => {
  const { connect } = serverInProcess();
  const takers = [connect(), connect(), connect()];
  for (const taker of takers) await taker.send("BRPOP k 0");
  await connect().send("RPUSH k a b");
  assertEquals(takers.map(({ socket }) => socket.take()), [
    "*2\r\n$1\r\nk\r\n$1\r\nb\r\n",
    "*2\r\n$1\r\nk\r\n$1\r\na\r\n",
    "",
  ]);
});

Deno.test("a transaction that pushes and takes back leaves nothing for those who wait", async () => {
  const { connect } = serverInProcess();
  const [taker, other] = [connect(), connect()];
  await taker.send("BLPOP k 0");
  for (const line of ["MULTI", "RPUSH k a", "DEL k", "EXEC"]) await other.send(line);
  assertEquals(taker.socket.take(), "");
  for (const line of ["MULTI", "RPUSH k a", "RPUSH k b", "LPUSH k c", "EXEC"]) await other.send(line);
  assertEquals(taker.socket.take(), "*2\r\n$1\r\nk\r\n$1\r\nc\r\n");
});

Deno.test("a key of another type, then a list again: the client waits on and is served", async () => {
  const { connect } = serverInProcess();
  const [taker, other] = [connect(), connect()];
  await taker.send("BLPOP k other 0");
  await other.send("SET k text");
  assertEquals(taker.socket.take(), "");
  await other.send("RPUSH other x");
  assertEquals(taker.socket.take(), "*2\r\n$5\r\nother\r\n$1\r\nx\r\n");
});

for (
  const [how, lines] of Object.entries({
    "RENAME": ["RPUSH from a", "RENAME from k"],
    "COPY": ["RPUSH from a", "COPY from k"],
    "MOVE": ["SELECT 1", "RPUSH k a", "MOVE k 0"],
    "SWAPDB": ["SELECT 1", "RPUSH k a", "SWAPDB 0 1"],
    "LMOVE": ["RPUSH from a", "LMOVE from k LEFT LEFT"],
  })
) {
  Deno.test(`a list that comes by ${how} serves those who wait for it`, async () => {
    const { connect } = serverInProcess();
    const [taker, other] = [connect(), connect()];
    await taker.send("BLPOP k 0");
    for (const line of lines) await other.send(line);
    assertEquals(taker.socket.take(), "*2\r\n$1\r\nk\r\n$1\r\na\r\n");
  });
}

Deno.test("a chain of BLMOVE hands an element on to the last who waits", async () => {
  const { connect } = serverInProcess();
  const [first, second, last, pusher] = [connect(), connect(), connect(), connect()];
  await last.send("BLPOP c 0");
  await second.send("BLMOVE b c LEFT RIGHT 0");
  await first.send("BRPOPLPUSH a b 0");
  await pusher.send("RPUSH a x");
  assertEquals(first.socket.take(), "$1\r\nx\r\n");
  assertEquals(second.socket.take(), "$1\r\nx\r\n");
  assertEquals(last.socket.take(), "*2\r\n$1\r\nc\r\n$1\r\nx\r\n");
  assertEquals(await pusher.send("DBSIZE"), ":0\r\n");
});

Deno.test("BLMOVE to a key of another type is an error when its time comes, and the element stays", async () => {
  const { connect } = serverInProcess();
  const [taker, other] = [connect(), connect()];
  await other.send("SET target text");
  await taker.send("BLMOVE k target LEFT LEFT 0");
  await other.send("RPUSH k x");
  assert(taker.socket.take().startsWith("-WRONGTYPE"));
  assertEquals(await other.send("LLEN k"), ":1\r\n");
});

Deno.test("what a client sends while it waits is carried out afterwards, in order", async () => {
  const { connect } = serverInProcess();
  const [taker, pusher] = [connect(), connect()];
  taker.socket.send("PING\r\nBLPOP k 0\r\nECHO one\r\nECHO two\r\nSET broken");
  await settle();
  assertEquals(taker.socket.take(), "+PONG\r\n");
  taker.socket.send(" off\r\nECHO three\r\n");
  await settle();
  assertEquals(taker.socket.take(), "");
  await pusher.send("RPUSH k a");
  await settle();
  assertEquals(
    taker.socket.take(),
    "*2\r\n$1\r\nk\r\n$1\r\na\r\n$3\r\none\r\n$3\r\ntwo\r\n+OK\r\n$5\r\nthree\r\n",
  );
});

Deno.test("a client that is gone takes nothing with it", async () => {
  const { connect, server } = serverInProcess();
  const [gone, taker, pusher] = [connect(), connect(), connect()];
  await gone.send("BLPOP k 0");
  await taker.send("BLPOP k 0");
  gone.socket.end();
  await settle();
  assertEquals(server.keyspace.waits.size, 1);
  await pusher.send("RPUSH k a");
  assertEquals(taker.socket.take(), "*2\r\n$1\r\nk\r\n$1\r\na\r\n");
});

Deno.test("CLIENT UNBLOCK ends a wait as its timeout or with an error, and tells whether there was one", async () => {
  const { connect } = serverInProcess();
  const [taker, other] = [connect(), connect()];
  const id = taker.connection!.id;
  await taker.send("BLPOP k 0");
  assertEquals(await other.send(`CLIENT UNBLOCK ${id}`), ":1\r\n");
  assertEquals(taker.socket.take(), "*-1\r\n");
  await taker.send("BLPOP k 0");
  assertEquals(await other.send(`CLIENT UNBLOCK ${id} ERROR`), ":1\r\n");
  assertEquals(taker.socket.take(), "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n");
  assertEquals(await other.send(`CLIENT UNBLOCK ${id}`), ":0\r\n");
  assertEquals(await taker.send("PING"), "+PONG\r\n");
});

Deno.test("when the time is up the answer is nil, and the client goes on", async () => {
  const { connect, server } = serverInProcess();
  const taker = connect();
  const answered = Promise.withResolvers<void>();
  const write = taker.socket.write.bind(taker.socket);
  taker.socket.write = (bytes) => {
    answered.resolve();
    return write(bytes);
  };
  taker.socket.send("BLPOP k 0.001\r\nPING\r\n");
  await answered.promise;
  await settle();
  assertEquals(taker.socket.take(), "*-1\r\n+PONG\r\n");
  assertEquals(server.keyspace.waits.size, 0);
});

Deno.test("a client that waits and wants no replies gets none", async () => {
  const { connect } = serverInProcess();
  const [taker, pusher] = [connect(), connect()];
  await taker.send("CLIENT REPLY OFF");
  await taker.send("BLPOP k 0");
  await pusher.send("RPUSH k a b");
  assertEquals(taker.socket.take(), "");
  assertEquals(await taker.send("CLIENT REPLY ON"), "+OK\r\n");
});
