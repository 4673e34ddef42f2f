/** Scripts that take long, in the whole server: sockets, the append-only file, and the end of the server. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type InProcess, serverInProcess, settle } from "../../test/support/in_process.ts";
import { encodeCommand } from "../../test/support/resp_client.ts";
import { toArgs } from "../../test/support/split_args.ts";
import { latin1, latin1Text } from "../sys/bytes.ts";
import { MemoryDisk } from "../sys/memory_disk.ts";

const BUSY = "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n";
const COUNTS =
  "for i = 1, 60000 do if i % 1000 == 0 then redis.call('incr', 'n') end end return redis.call('get', 'n')";
const ENDLESS = "redis.call('set', 'half', 'done') while true do end";

/** A server in which each look at the monotonic clock takes a millisecond. */
async function busyServer(configuration = ""): Promise<InProcess> {
  const running = serverInProcess(`busy-reply-threshold 3\n${configuration}`);
  let ms = 0;
  running.clock.monotonicMs = () => ms++;
  await running.server.load();
  return running;
}

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; !condition(); turn++) {
    if (turn > 10_000) throw new Error("it did not come to that");
    await settle();
  }
}

function fileText({ disk }: InProcess): string {
  const folder = "appendonlydir";
  const name = disk.list(folder).find((entry) => entry.endsWith(".incr.aof"));
  return name === undefined ? "" : latin1Text(disk.contents(`${folder}/${name}`));
}

Deno.test("a client waits for its script, and then its next requests are carried out", async () => {
  const { server, connect } = await busyServer();
  const [client, other] = [connect(), connect()];
  client.socket.command(["SET", "a", "1"]);
  client.socket.command(["EVAL", COUNTS, "0"]);
  client.socket.command(["GET", "a"]);
  await settle();
  assertEquals(client.socket.take(), "+OK\r\n", "what was answered before is sent");
  assertEquals(await other.send("GET a"), BUSY);
  await until(() => !server.dispatcher.isSuspended);
  await settle();
  assertEquals(client.socket.take(), "$2\r\n60\r\n$1\r\n1\r\n");
  assertEquals(await other.send("GET a"), "$1\r\n1\r\n");
});

Deno.test("a script runs to its end although its client is gone", async () => {
  const { server, connect } = await busyServer();
  const [client, other] = [connect(), connect()];
  await client.send(["EVAL", COUNTS, "0"]);
  client.socket.end();
  await settle();
  assertEquals(await other.send("GET n"), BUSY);
  await until(() => !server.dispatcher.isSuspended);
  assertEquals(await other.send("GET n"), "$2\r\n60\r\n");
  assertEquals(server.clients.size, 1);
  await other.send(["MULTI"]);
  await other.send(["EVAL", COUNTS, "0"]);
  await other.send(["INCR", "n"]);
  assertEquals(await other.send("EXEC"), "*2\r\n");
  other.socket.end();
  await until(() => !server.dispatcher.isSuspended);
  assertEquals(await connect().send("GET n"), "$3\r\n121\r\n");
});

Deno.test("SHUTDOWN NOSAVE ends the server, and nothing of half a script is in the append-only file", async () => {
  const running = await busyServer("appendonly yes\nsave 1 1");
  const { connect, exits, clock } = running;
  const [client, other] = [connect(), connect()];
  await client.send(["SET", "before", "kept"]);
  await client.send(["EVAL", ENDLESS, "0"]);
  for (let i = 0; i < 5; i++) {
    clock.advance(1000);
    await settle();
  }
  assertMatch(await other.send("SCRIPT KILL"), /^-UNKILLABLE /);
  assertEquals(await other.send("SHUTDOWN"), BUSY);
  assertEquals(await other.send("SHUTDOWN SAVE"), BUSY);
  assertStringIncludes(fileText(running), "kept");
  await other.send("SHUTDOWN NOSAVE");
  assertEquals(exits, [0]);
  assertStringIncludes(fileText(running), "kept");
  assertEquals(fileText(running).includes("half"), false);
});

Deno.test("a signal to end waits for the script, whose effects are then in the file", async () => {
  const running = await busyServer("appendonly yes");
  const { server, connect, exits } = running;
  const client = connect();
  await client.send(["EVAL", COUNTS, "0"]);
  assert(server.shutdown({ save: "if configured", force: false }));
  await settle();
  assertEquals(exits, []);
  assertEquals(fileText(running).includes("incr"), false);
  await until(() => exits.length > 0);
  assertEquals(client.socket.take(), "$2\r\n60\r\n");
  assertEquals(fileText(running).split("incr").length - 1, 60);
  assertEquals(fileText(running).split("MULTI").length - 1, 1);
});

Deno.test("INFO tells how many scripts are kept, and SCRIPT FLUSH forgets them", async () => {
  const { connect } = await busyServer();
  const client = connect();
  await client.send(["EVAL", "return 1", "0"]);
  await client.send(["SCRIPT", "LOAD", "return 2"]);
  await client.send(["SCRIPT", "LOAD", "return 1"]);
  const info = await client.send("INFO memory");
  assertStringIncludes(info, "\r\nnumber_of_cached_scripts:2\r\n");
  assertStringIncludes(info, "\r\nused_memory_scripts_eval:16\r\n");
  assert(Number(/used_memory_vm_eval:(\d+)/.exec(info)?.[1]) > 0);
  await client.send("SCRIPT FLUSH");
  assertStringIncludes(await client.send("INFO memory"), "\r\nused_memory_vm_eval:0\r\n");
});

Deno.test("a pause of writes holds back what a script declares", async () => {
  const { server, connect } = await busyServer();
  const client = connect();
  const reads = "#!lua flags=no-writes\nreturn 1";
  const writes = "#!lua\nreturn 1";
  for (const script of [reads, writes, "return 1"]) {
    assertEquals(await client.send(["EVAL", script, "0"]), ":1\r\n");
  }
  server.clients.pause("write", server.clock.now() + 1000);
  assertEquals(await client.send(["EVAL", reads, "0"]), ":1\r\n");
  assertEquals(await client.send(["EVAL_RO", "return 1", "0"]), ":1\r\n");
  assertEquals(await connect().send(["EVAL", writes, "0"]), "");
  assertEquals(await connect().send(["EVAL", "return 1", "0"]), "");
  server.clients.unpause();
});

Deno.test("what a script logs is in the log, in UTF-8", async () => {
  const { connect, log } = await busyServer();
  const text = "redis.log(redis.LOG_NOTICE, 'gr\\195\\188n', 1.5) redis.log(redis.LOG_DEBUG, 'no')";
  await connect().send(["EVAL", text, "0"]);
  assertEquals(log.filter((line) => /gr|no$/.test(line)), ["* grün 1.5"]);
});

Deno.test("a file of an older server, in which scripts are recorded themselves, is loaded", async () => {
  const disk = new MemoryDisk();
  disk.makeFolder("appendonlydir");
  disk.put("appendonlydir/appendonly.aof.manifest", latin1("file appendonly.aof.1.incr.aof seq 1 type i\n"));
  const requests = [
    ["SELECT", "0"],
    ["SET", "a", "1"],
    ["EVAL", "redis.call('incr', KEYS[1]) return redis.call('incr', KEYS[1])", "1", "a"],
    ["EVAL", "local i = 0 while i < 100000 do i = i + 1 end redis.call('set', 'b', i)", "0"],
    ["EVAL", "error('as it was then')", "0"],
    ["INCR", "a"],
  ];
  const file = requests.map((args) => latin1Text(encodeCommand(toArgs(args)))).join("");
  disk.put("appendonlydir/appendonly.aof.1.incr.aof", latin1(file));
  const { server, connect } = serverInProcess("appendonly yes\nbusy-reply-threshold 1", { disk });
  let ms = 1000;
  server.clock.monotonicMs = () => ms++;
  await server.load();
  assertEquals(await connect().send("MGET a b"), "*2\r\n$1\r\n4\r\n$6\r\n100000\r\n");
  const { calls, microseconds } = server.commands.get("incr")!;
  assertEquals(calls, 2);
  assert(microseconds < 900_000, "its time is no time of day");
});
