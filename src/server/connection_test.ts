import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type FakeClient, lines, serverInProcess, settle } from "../../test/support/in_process.ts";
import { parseReplies, plain } from "../../test/support/resp_value.ts";
import { fromLatin1 } from "../../test/support/split_args.ts";

const PING = "*1\r\n$4\r\nPING\r\n";

function replies(client: FakeClient): unknown[] {
  return parseReplies(fromLatin1(client.socket.take())).map(({ value }) => plain(value));
}

Deno.test("a command that arrives is answered", async () => {
  const client = serverInProcess().connect();
  assertEquals(await client.send("SET k v"), "+OK\r\n");
  assertEquals(await client.send("GET k"), "$1\r\nv\r\n");
});

Deno.test("a request may arrive byte by byte", async () => {
  const client = serverInProcess().connect();
  for (const byte of "*2\r\n$4\r\nECHO\r\n$3\r\na\r\n\r\n") client.socket.send(byte);
  await settle();
  assertEquals(client.socket.received, "$3\r\na\r\n\r\n");
});

Deno.test("a deep pipeline that arrives at once is answered in order, with one write", async () => {
  const client = serverInProcess().connect();
  client.socket.send(lines(Array.from({ length: 1000 }, (_, i) => `ECHO ${i}`)));
  await settle();
  const got = replies(client);
  assertEquals(got.length, 1000);
  for (const [i, reply] of got.entries()) assertEquals(reply, String(i));
});

Deno.test("what arrives in one read is answered with one write", async () => {
  const client = serverInProcess().connect();
  client.socket.send(PING.repeat(30));
  await settle();
  assertEquals(client.socket.received, "+PONG\r\n".repeat(30));
  assertEquals(client.socket.writes, [7 * 30]);
});

Deno.test("all clients of a turn are read before the first of them is answered", async () => {
  const { connect, server } = serverInProcess();
  const clients = Array.from({ length: 10 }, () => connect());
  await settle();
  let processedAtFirstWrite = -1;
  for (const { socket } of clients) {
    const write = socket.write.bind(socket);
    socket.write = (bytes) => {
      if (processedAtFirstWrite < 0) processedAtFirstWrite = server.dispatcher.commandsProcessed;
      return write(bytes);
    };
  }
  for (const { socket } of clients) socket.send(PING);
  await settle();
  for (const { socket } of clients) {
    assertEquals(socket.received, "+PONG\r\n");
    assertEquals(socket.writes.length, 1);
  }
  assertEquals(processedAtFirstWrite, 10);
});

Deno.test("replies come whole out of writes that are taken a few bytes at a time", async () => {
  const client = serverInProcess().connect();
  client.socket.writeBytesMax = 7;
  client.socket.send(lines(["PING", `ECHO ${"x".repeat(100)}`, "ECHO end"]));
  await settle();
  assertEquals(client.socket.received, `+PONG\r\n$100\r\n${"x".repeat(100)}\r\n$3\r\nend\r\n`);
  assert(client.socket.writes.length > 10);
});

Deno.test("a client that reads nothing is read on, and gets every reply later, in order", async () => {
  const { connect, server } = serverInProcess();
  const client = connect();
  const other = connect();
  client.socket.holdsWrites = true;
  const commands = 100_000;
  client.socket.send(lines(["SET n 0"]));
  client.socket.send(fromLatin1("*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n".repeat(commands)));
  while (server.dispatcher.commandsProcessed < commands + 1) await settle();
  assertEquals(client.socket.received, "");
  assertEquals(client.socket.writes.length, 1, "only one write is under way");
  assertEquals(await other.send("GET n"), `$6\r\n${commands}\r\n`, "others are served meanwhile");
  assertStringIncludes(client.connection!.describe(), "events=rw");
  client.socket.holdsWrites = false;
  client.socket.releaseWrites();
  await settle();
  const text = client.socket.received;
  const wanted = "+OK\r\n" + Array.from({ length: commands }, (_, i) => `:${i + 1}\r\n`).join("");
  assert(text === wanted, "every reply, in order");
  assertEquals(client.connection!.outputPending, 0);
});

Deno.test("the input buffer grows with full reads and becomes small again when little comes", async () => {
  const client = serverInProcess().connect();
  const { connection, socket } = client;
  assertEquals(connection!.inputCapacity, 512);
  socket.send(fromLatin1(PING.repeat(20_000)));
  await settle();
  assertEquals(connection!.inputCapacity, 16384);
  for (let i = 0; i < 1000 && connection!.inputCapacity > 512; i++) await client.send("PING");
  assertEquals(connection!.inputCapacity, 512);
  assertEquals(await client.send("ECHO still"), "$5\r\nstill\r\n");
});

Deno.test("a large argument makes the buffer as large as itself, once, and lets go of it", async () => {
  const client = serverInProcess().connect();
  const { connection, socket } = client;
  const size = 3_000_000;
  const value = "v".repeat(size);
  socket.send(`*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$${size}\r\n`);
  for (let at = 0; at < size; at += 65536) socket.send(value.slice(at, at + 65536));
  await settle();
  assertEquals(socket.received, "");
  assert(connection!.inputCapacity >= size && connection!.inputCapacity < 2.5 * size);
  assert(socket.rooms.length < 150, `${socket.rooms.length} reads`);
  socket.send("\r\n");
  await settle();
  assertEquals(socket.take(), "+OK\r\n");
  assertEquals(connection!.inputCapacity, 16384);
  assert(await client.send("GET k") === `$${size}\r\n${value}\r\n`);
});

Deno.test("a length that is announced takes no memory before its bytes come", async () => {
  const client = serverInProcess().connect();
  client.socket.send("*2\r\n$4\r\nECHO\r\n$500000000\r\nabc");
  await settle();
  assert(client.connection!.inputCapacity <= 65536, `${client.connection!.inputCapacity} bytes`);
});

Deno.test("a request of many arguments over many reads is answered once", async () => {
  const client = serverInProcess().connect();
  const keys = 30_000;
  client.socket.send(fromLatin1(`*${keys + 1}\r\n$3\r\nDEL\r\n` + "$3\r\nkey\r\n".repeat(keys)));
  client.socket.send(PING);
  await settle();
  assertEquals(client.socket.received, ":0\r\n+PONG\r\n");
});

Deno.test("requests around large ones stay in order wherever reads cut them", async () => {
  const client = serverInProcess().connect();
  let text = "";
  const wanted: string[] = [];
  for (let i = 0; i < 60; i++) {
    const value = String.fromCharCode(97 + i % 26).repeat((i * i * 37) % 70_000);
    text += `*2\r\n$4\r\nECHO\r\n$${value.length}\r\n${value}\r\n`;
    wanted.push(value);
  }
  const bytes = fromLatin1(text);
  for (let at = 0, piece = 1; at < bytes.length; at += piece, piece = (piece * 7 + 3) % 50_000 + 1) {
    client.socket.send(bytes.subarray(at, at + piece));
  }
  await settle();
  assertEquals(replies(client), wanted);
});

Deno.test("a client whose request outgrows client-query-buffer-limit is closed, logged and counted", async () => {
  const { connect, server, log } = serverInProcess("client-query-buffer-limit 1mb");
  const client = connect();
  client.socket.send("*2\r\n$4\r\nECHO\r\n$2000000\r\n");
  for (let i = 0; i < 20; i++) client.socket.send("x".repeat(60_000));
  await settle();
  assert(client.socket.closed);
  assertEquals(client.socket.received, "");
  assertEquals(server.statistics.queryBufferLimitDisconnections, 1);
  assertMatch(log.at(-1)!, /^# Closing client that reached max query buffer length: id=1 addr=127\.0\.0\.1:/);
  assertEquals(server.clients.size, 0);
});

Deno.test("QUIT in the midst of a batch answers what came before it, and nothing after it runs", async () => {
  const { connect, server } = serverInProcess();
  const client = connect();
  const other = connect();
  client.socket.send(lines(["SET k 1", "QUIT", "SET k 2"]));
  await settle();
  assertEquals(client.socket.received, "+OK\r\n+OK\r\n");
  assert(client.socket.closed);
  assertEquals(server.clients.size, 1);
  assertEquals(await other.send("GET k"), "$1\r\n1\r\n");
});

Deno.test("QUIT closes only when a slow client has taken everything", async () => {
  const client = serverInProcess().connect();
  client.socket.holdsWrites = true;
  client.socket.writeBytesMax = 5;
  client.socket.send(lines(["PING", "QUIT"]));
  await settle();
  assert(!client.socket.closed);
  client.socket.holdsWrites = false;
  client.socket.releaseWrites();
  await settle();
  assertEquals(client.socket.received, "+PONG\r\n+OK\r\n");
  assert(client.socket.closed);
});

Deno.test("a client may kill itself: it is answered, then closed", async () => {
  const { connect } = serverInProcess();
  const client = connect();
  client.socket.send(lines(["CLIENT KILL ID 1 SKIPME no", "PING"]));
  await settle();
  assertEquals(client.socket.received, ":1\r\n");
  assert(client.socket.closed);
});

Deno.test("a client that another one kills is closed at once, with what it was to be sent", async () => {
  const { connect, server } = serverInProcess();
  const [victim, killer] = [connect(), connect()];
  await settle();
  victim.socket.command("SET k v");
  killer.socket.command("CLIENT KILL ID 1");
  await settle();
  assertEquals(killer.socket.take(), ":1\r\n");
  assert(victim.socket.closed);
  assertEquals(server.clients.size, 1);
  assertEquals(await killer.send("GET k"), "$1\r\nv\r\n", "its request was carried out");
});

Deno.test("what comes after a QUIT that waited is not carried out, however slowly the client takes the reply", async () => {
  const { connect } = serverInProcess();
  const [client, control] = [connect(), connect()];
  await control.send("CLIENT PAUSE 100000 WRITE");
  client.socket.holdsWrites = true;
  client.socket.send(lines(["SET k 1", "QUIT"]));
  await settle();
  await control.send("CLIENT UNPAUSE");
  client.socket.send(lines(["SET k 2"]));
  await settle();
  assertEquals(await control.send("GET k"), "$1\r\n1\r\n");
  client.socket.releaseWrites();
  await settle();
  assertEquals(client.socket.received, "+OK\r\n+OK\r\n");
  assert(client.socket.closed);
});

Deno.test("a protocol error is answered after what came before it, counted, logged at level verbose, and closes", async () => {
  const { connect, server, log } = serverInProcess("loglevel verbose");
  const client = connect();
  client.socket.send(PING + "*1\r\n$-1\r\n" + PING);
  await settle();
  assertEquals(client.socket.received, "+PONG\r\n-ERR Protocol error: invalid bulk length\r\n");
  assert(client.socket.closed);
  assertEquals(server.statistics.errors.get("ERR"), 1);
  assertMatch(log.at(-1)!, /^- Protocol error \(invalid bulk length\) from client: id=1 /);
});

Deno.test("a protocol error of a client that wants no replies closes without a word", async () => {
  const { connect, server } = serverInProcess();
  const client = connect();
  client.socket.send(lines(["CLIENT REPLY OFF"]));
  client.socket.send("*1\r\n$-1\r\n");
  await settle();
  assertEquals(client.socket.received, "");
  assert(client.socket.closed);
  assertEquals(server.statistics.errors.get("ERR"), 1);
});

Deno.test("QUIT closes a client that wants no replies", async () => {
  const client = serverInProcess().connect();
  client.socket.send(lines(["CLIENT REPLY OFF", "QUIT"]));
  await settle();
  assertEquals(client.socket.received, "");
  assert(client.socket.closed);
});

Deno.test("a line of HTTP closes the connection without an answer", async () => {
  const { connect, log } = serverInProcess();
  const client = connect();
  client.socket.send("POST / HTTP/1.1\r\nHost: localhost\r\n\r\nSET k v\r\n");
  await settle();
  assertEquals(client.socket.received, "");
  assert(client.socket.closed);
  assertMatch(log.at(-1)!, /HTTP/);
});

Deno.test("the end of the client's stream closes its connection, half a request or not", async () => {
  for (const text of ["", "*1\r\n$4\r\nPI"]) {
    const { connect, server } = serverInProcess();
    const client = connect();
    client.socket.send(text);
    client.socket.end();
    await settle();
    assert(client.socket.closed);
    assertEquals(server.clients.size, 0);
  }
});

Deno.test("a socket that fails while it is read is closed and forgotten", async () => {
  const { connect, server } = serverInProcess();
  const [client, other] = [connect(), connect()];
  await client.send("PING");
  client.socket.fail();
  await settle();
  assert(client.socket.closed);
  assertEquals(server.clients.size, 1);
  assertEquals(await other.send("PING"), "+PONG\r\n");
});

Deno.test("a socket that fails while it is written is closed and forgotten", async () => {
  const { connect, server } = serverInProcess();
  const client = connect();
  client.socket.holdsWrites = true;
  client.socket.send(PING);
  await settle();
  client.socket.fail(new Deno.errors.BrokenPipe("broken"));
  await settle();
  assert(client.socket.closed);
  assertEquals(server.clients.size, 0);
});

Deno.test("a socket that cannot even be closed does no harm", async () => {
  const { connect, server } = serverInProcess();
  const client = connect();
  client.socket.close = () => {
    throw new Deno.errors.BadResource("gone");
  };
  client.socket.end();
  await settle();
  assertEquals(server.clients.size, 0);
});

Deno.test("a handler that fails leaves connection and data alive, and the log says which command it was", async () => {
  const { connect, server, log } = serverInProcess();
  const client = connect();
  await client.send("SET k v");
  const get = server.commands.get("get")! as { run: unknown };
  const { run } = get;
  get.run = () => {
    throw new TypeError("broken");
  };
  client.socket.send(lines(["GET k", "PING"]));
  await settle();
  assertEquals(client.socket.take(), "-ERR internal error\r\n+PONG\r\n");
  get.run = run;
  assertEquals(await client.send("GET k"), "$1\r\nv\r\n");
  assertEquals(server.statistics.internalErrors, 1);
  const report = log.join("\n");
  assertStringIncludes(report, "# Internal error in 'get': TypeError: broken\n");
  assertMatch(report, /------ STACK TRACE ------\nat \S*get\.run /);
  assertMatch(report, /------ CURRENT CLIENT INFO ------\nid=1 .*\nargv\[0\]: "GET"\nargv\[1\]: "k"\n/);
  assertMatch(report, /------ INFO OUTPUT ------\n# Server\n/);
});

Deno.test("who watches is shown what others ask at the end of the turn, and no more when he is gone", async () => {
  const { connect, server } = serverInProcess();
  const [watcher, other] = [connect(), connect()];
  assertEquals(await watcher.send("MONITOR"), "+OK\r\n");
  await other.send("SET k v");
  assertMatch(watcher.socket.take(), /^\+\d+\.\d{6} \[0 127\.0\.0\.1:\d+\] "SET" "k" "v"\r\n$/);
  watcher.socket.end();
  await settle();
  await other.send("SET k v");
  assertEquals([server.observation.monitors.size, server.dispatcher.monitor], [0, undefined]);
});

Deno.test("who watches and does not read is closed as his class says", async () => {
  const { connect, server } = serverInProcess("client-output-buffer-limit normal 100000 0 0");
  const [watcher, other] = [connect(), connect()];
  await watcher.send("MONITOR");
  watcher.socket.holdsWrites = true;
  for (let i = 0; i < 20; i++) await other.send(["SET", "k", "v".repeat(10_000)]);
  await settle();
  assertEquals([server.clients.size, server.statistics.outputBufferLimitDisconnections], [1, 1]);
});

Deno.test("DEBUG PANIC closes all clients, ends the process, and leaves a report", async () => {
  const { connect, server, exits, log } = serverInProcess("enable-debug-command yes");
  const [client, other] = [connect(), connect()];
  client.socket.command("DEBUG PANIC");
  await settle();
  assertEquals([exits, client.socket.closed, other.socket.closed, server.clients.size], [
    [134],
    true,
    true,
    0,
  ]);
  const report = log.join("\n");
  assertStringIncludes(report, "=== REDENO BUG REPORT START");
  assertStringIncludes(report, 'argv[1]: "PANIC"');
});

Deno.test("a defect that is met a thousand times leaves one report and four lines", async () => {
  const { connect, server, log } = serverInProcess();
  Object.assign(server.commands.get("get")!, {
    run() {
      throw new TypeError("broken");
    },
  });
  const client = connect();
  client.socket.send(lines(Array.from({ length: 1000 }, (_, i) => `GET k${i}`)));
  await settle();
  assertEquals(client.socket.take(), "-ERR internal error\r\n".repeat(1000));
  assertEquals(log.filter((line) => line.includes("REPORT START")).length, 1);
  assertEquals(log.filter((line) => line.includes("time; the first has a report")).length, 4);
});

Deno.test("qbuf has the request that is carried out, and what was sent behind it", async () => {
  const { connect } = serverInProcess();
  const [client, other] = [connect(), connect()];
  assertMatch(await client.send("CLIENT INFO"), / qbuf=26 qbuf-free=486 /);
  other.socket.send("*1\r\n$4\r\nPI");
  await settle();
  assertMatch(await client.send("CLIENT LIST ID 2"), /id=2 .* qbuf=10 qbuf-free=502 /);
});

Deno.test("CLIENT LIST tells the most that was sent at once", async () => {
  const { connect } = serverInProcess();
  const client = connect();
  await client.send(["ECHO", "x".repeat(1000)]);
  await client.send("PING");
  assertMatch(await client.send("CLIENT INFO"), / rbp=1009 /);
});

Deno.test("reads, writes and bytes are counted", async () => {
  const { connect, server } = serverInProcess();
  const client = connect();
  await client.send("PING");
  await client.send("ECHO abc");
  assertEquals([server.reads, server.writes], [2, 2]);
  assertEquals([server.bytesReceived, server.bytesSent], [PING.length + 23, 7 + 9]);
});

Deno.test("a client that takes its replies is not idle", async () => {
  const { connect, clock } = serverInProcess();
  const client = connect();
  const other = connect();
  client.socket.holdsWrites = true;
  client.socket.send(PING);
  await settle();
  clock.advance(10_000);
  await other.send("PING");
  assertStringIncludes(client.connection!.describe(), " idle=10 ");
  client.socket.releaseWrites();
  await settle();
  assertStringIncludes(client.connection!.describe(), " idle=0 ");
});

Deno.test("SHUTDOWN lets the others have their replies, closes every client and ends with exit code 0", async () => {
  const { connect, server, exits, log } = serverInProcess();
  const [client, idle, stopper] = [connect(), connect(), connect()];
  await settle();
  client.socket.command("SET k v");
  stopper.socket.send(lines(["SHUTDOWN NOSAVE", "SET k w"]));
  await settle();
  assertEquals(client.socket.received, "+OK\r\n");
  assertEquals(stopper.socket.received, "");
  assert(client.socket.closed && idle.socket.closed && stopper.socket.closed);
  assertEquals(server.clients.size, 0);
  assertEquals(server.commands.get("set")!.calls, 1);
  assertEquals(exits, [0]);
  assertEquals(log.at(-1), "# Redis is now ready to exit, bye bye...");
});

Deno.test("a client from elsewhere is refused while there is no password, with how to change it", async () => {
  const { connect, server } = serverInProcess();
  const stranger = connect({ address: "192.0.2.1:1234", isLocal: false });
  await settle();
  assertMatch(stranger.socket.received, /^-DENIED Redis is running in protected mode .*\r\n$/);
  assert(stranger.socket.closed);
  assertEquals(stranger.connection, undefined);
  assertEquals(server.statistics.connectionsRejected, 1);
});

Deno.test("a client from elsewhere is served with a password, or without protected mode", async () => {
  for (const configuration of ["requirepass secret", "protected-mode no"]) {
    const stranger = serverInProcess(configuration).connect({ address: "192.0.2.1:1234", isLocal: false });
    const wanted = configuration.startsWith("requirepass")
      ? "-NOAUTH Authentication required.\r\n"
      : "+PONG\r\n";
    assertEquals(await stranger.send("PING"), wanted);
  }
});

Deno.test("a client too many is told so and closed; when one leaves there is room again", async () => {
  const { connect, server } = serverInProcess("maxclients 2");
  const first = connect();
  connect();
  const third = connect();
  await settle();
  assertEquals(third.socket.received, "-ERR max number of clients reached\r\n");
  assert(third.socket.closed);
  assertEquals(server.statistics.connectionsRejected, 1);
  assertEquals(server.statistics.connectionsReceived, 3);
  first.socket.end();
  await settle();
  assertEquals(await connect().send("PING"), "+PONG\r\n");
});
