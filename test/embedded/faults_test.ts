/** Faults on demand. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  createServer,
  type EmbeddedClient,
  LocalClientClosed,
  MustWaitError,
  ReplyError,
} from "../../src/mod.ts";

/** What a call becomes: its value, or the text of its error. */
function outcome(client: EmbeddedClient, ...call: [string, ...(string | number)[]]): Promise<unknown> {
  return client.call(...call).catch((error: Error) => error.message);
}

Deno.test("a command is answered with an error, as often as wished, and is not carried out", async () => {
  await using server = await createServer();
  const client = server.client();
  const fault = server.faults.reply("INCR", "ERR boom", { times: 2, skip: 1 });
  assertEquals([fault.hits, await outcome(client, "INCR", "n")], [0, 1]);
  assertEquals(await outcome(client, "INCR", "n"), "ERR boom");
  assertThrows(() => client.callSync("INCR", "n"), ReplyError, "ERR boom");
  assertEquals([fault.hits, await outcome(client, "INCR", "n")], [2, 2]);
});

Deno.test("a fault strikes subcommands, all of a container, or everything", async () => {
  await using server = await createServer();
  const client = server.client();
  {
    using _fault = server.faults.reply("config set", "ERR one");
    assertEquals(await outcome(client, "CONFIG", "SET", "hz", 20), "ERR one");
    assertEquals(await outcome(client, "CONFIG", "RESETSTAT"), "OK");
  }
  {
    using _fault = server.faults.reply("CONFIG", "ERR all");
    assertEquals(await outcome(client, "CONFIG", "RESETSTAT"), "ERR all");
    assertEquals(await outcome(client, "PING"), "PONG");
  }
  const everything = server.faults.reply("*", "LOADING Redis is loading the dataset in memory");
  assertEquals(await outcome(client, "PING"), "LOADING Redis is loading the dataset in memory");
  server.flush(); // What the test asks the server itself is never struck.
  everything.remove();
  assertEquals(await outcome(client, "PING"), "PONG");
});

Deno.test("a fault strikes where the test says, and by chance that follows the seed", async () => {
  await using server = await createServer({ seed: 3 });
  const client = server.client();
  server.faults.reply("GET", "ERR hot", { where: ([, key]) => key === "hot" });
  assertEquals([await outcome(client, "GET", "hot"), await outcome(client, "GET", "cold")], [
    "ERR hot",
    null,
  ]);
  const flaky = server.faults.reply("PING", "ERR flaky", { chance: 0.3 });
  for (let i = 0; i < 1000; i++) await outcome(client, "PING");
  assert(flaky.hits > 200 && flaky.hits < 400, `${flaky.hits} of 1000`);
});

Deno.test("a refused request fails its transaction", async () => {
  await using server = await createServer();
  const client = server.client();
  server.faults.reply("SET", "OOM command not allowed when used memory > 'maxmemory'.", { times: 1 });
  await client.call("MULTI");
  await assertRejects(() => client.call("SET", "k", "v"), ReplyError, "OOM");
  await client.call("SET", "k", "w");
  const error = await assertRejects(() => client.call("EXEC"), ReplyError);
  assertEquals(error.code, "EXECABORT");
});

Deno.test("a request that is late holds back those behind it, until time has passed", async () => {
  await using server = await createServer({ clock: "manual" });
  const [slow, quick] = [server.client(), server.client()];
  const fault = server.faults.latency("GET", 50, { times: 1 });
  const log: string[] = [];
  const calls = [
    slow.call("GET", "k").then((value) => log.push(`GET ${value} at ${server.now % 1000}`)),
    slow.call("SET", "k", "mine").then(() => log.push(`SET at ${server.now % 1000}`)),
  ];
  await quick.call("SET", "k", "theirs");
  await server.advance(49);
  assertEquals([log, slow.isWaiting], [[], true]);
  await server.advance(1);
  await Promise.all(calls);
  assertEquals(log, ["GET theirs at 50", "SET at 50"]);
  assertEquals([fault.hits, await quick.call("GET", "k")], [1, "mine"]);
});

Deno.test("latencies add up, and what cannot be answered at once says so", async () => {
  await using server = await createServer({ clock: "manual" });
  const client = server.client();
  server.faults.latency("*", 10);
  server.faults.latency("GET", 5);
  assertThrows(() => client.callSync("GET", "k"), MustWaitError);
  const other = server.client();
  const call = other.call("GET", "k");
  await server.advance(14);
  assertEquals(other.isWaiting, true);
  await server.advance(1);
  assertEquals(await call, null);
});

Deno.test("on the machine's clock a request is late by real time", async () => {
  await using server = await createServer();
  const client = server.client();
  server.faults.latency("PING", 20);
  const began = performance.now();
  await client.call("PING");
  assert(performance.now() - began >= 15);
});

Deno.test("when all faults end, what is late goes on", async () => {
  await using server = await createServer({ clock: "manual" });
  const client = server.client();
  server.faults.latency("PING", 1000);
  server.faults.reply("GET", "ERR x");
  const call = client.call("PING");
  await server.settle();
  server.faults.clear();
  assertEquals(await call, "PONG");
  assertEquals(await client.call("GET", "k"), null);
});

Deno.test("a connection is cut before a command, or behind it, when only the reply is lost", async () => {
  await using server = await createServer();
  const [before, behind] = [server.client(), server.client()];
  server.faults.disconnect("INCR", { times: 1 });
  await assertRejects(() => before.call("INCR", "n"), LocalClientClosed);
  server.faults.disconnect("INCR", { times: 1, carriedOut: true });
  await assertRejects(() => behind.call("INCR", "n"), LocalClientClosed);
  assertEquals(await server.client().call("GET", "n"), "1");
});

Deno.test("a fault that makes no sense is refused", async () => {
  await using server = await createServer();
  const { faults } = server;
  assertThrows(() => faults.reply("NOSUCH", "ERR x"), RangeError, "no command NOSUCH");
  assertThrows(() => faults.reply("CONFIG NOSUCH", "ERR x"), RangeError, "no command");
  assertThrows(() => faults.reply("GET", "ERR a\r\n+OK"), RangeError, "one line");
  assertThrows(() => faults.latency("GET", 0), RangeError, "late by 0 ms");
  assertThrows(() => faults.reply("GET", "ERR x", { times: -1 }), RangeError, "times");
  assertThrows(() => faults.reply("GET", "ERR x", { chance: 2 }), RangeError, "probability");
});

Deno.test("a disk that is full has writes refused, as on a real server, until there is room", async () => {
  await using server = await createServer({ appendonly: true, appendfsync: "everysec", clock: "manual" });
  const client = server.client();
  const full = server.faults.disk.fail("write", "ENOSPC", { path: /\.aof$/ });
  await client.call("SET", "k", 1);
  await server.settle();
  const refused = await outcome(client, "SET", "k", 2);
  assertEquals(refused, "MISCONF Errors writing to the AOF file: No space left on device");
  assert(full.hits > 0);
  full.remove();
  await server.advance(1000);
  assertEquals(await outcome(client, "SET", "k", 3), "OK");
});

Deno.test("SAVE tells of a disk that fails", async () => {
  await using server = await createServer();
  const client = server.client();
  server.faults.disk.fail("sync", "EIO", { times: 1 });
  assertEquals(await outcome(client, "SAVE"), "ERR");
  assertEquals(await outcome(client, "SAVE"), "OK");
});

Deno.test("a torn write of the append-only file costs what was torn, and nothing before it", async () => {
  await using server = await createServer({ appendonly: true, appendfsync: "always" });
  const client = server.client();
  await client.call("SET", "whole", 1);
  server.faults.disk.tear(10);
  client.call("SET", "torn", 1).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 0));
  await using after = await createServer({ disk: server.disk.crash(), appendonly: true });
  assertEquals(await after.client().call("KEYS", "*"), ["whole"]);
});
