/** A clock that the test owns. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { createServer } from "../../src/mod.ts";

const START = 1_700_000_000_000;

Deno.test("time stands still until it is advanced, for commands and for scripts", async () => {
  await using server = await createServer({ clock: "manual" });
  const client = server.client();
  assertEquals(server.now, START);
  assertEquals(await client.call("TIME"), ["1700000000", "0"]);
  await server.advance(1500.25);
  assertEquals(await client.call("TIME"), ["1700000001", "500250"]);
  assertEquals(await client.call("EVAL", "return redis.call('TIME')", 0), ["1700000001", "500250"]);
  assertEquals(await client.call("LASTSAVE"), 1700000000);
});

Deno.test("a clock begins when it is asked to", async () => {
  await using server = await createServer({ clock: "manual", startAt: new Date("2030-01-01T00:00:00Z") });
  assertEquals(await server.client().call("TIME"), [String(Date.UTC(2030, 0) / 1000), "0"]);
});

Deno.test("keys expire to the millisecond, and those that nobody asks for are gone as well", async () => {
  await using server = await createServer({ clock: "manual", "notify-keyspace-events": "Ex" });
  const client = server.client();
  const expired: string[] = [];
  await client.subscribe("__keyevent@0__:expired", ({ message }) => expired.push(message));
  for (let i = 0; i < 500; i++) client.callSync("SET", `key:${i}`, i, "PX", 1000);
  client.callSync("SET", "other", "v", "PX", 2000);
  await server.advance(999);
  assertEquals(client.callSync("PTTL", "key:0"), 1);
  assertEquals([client.callSync("DBSIZE"), expired.length], [501, 0]);
  await server.advance(2);
  assertEquals([client.callSync("DBSIZE"), expired.length], [1, 500]);
  assertEquals(client.callSync("GET", "key:0"), null);
  assertEquals(client.callSync("PTTL", "other"), 999);
});

Deno.test("waits time out in order, each at its time", async () => {
  await using server = await createServer({ clock: "manual" });
  const log: [string, number][] = [];
  const wait = async (name: string, seconds: number) => {
    const reply = await server.client().call("BLPOP", "q", seconds);
    log.push([`${name} ${reply}`, server.now - START]);
  };
  const all = [wait("late", 5), wait("soon", 0.5), wait("never", 0)];
  await server.advance(499);
  assertEquals(log, []);
  await server.advance(60_000);
  assertEquals(log, [["soon null", 500], ["late null", 5000]]);
  assertEquals(server.blockedClients, 1);
  await server.client().call("RPUSH", "q", "x");
  await Promise.all(all);
  assertEquals(log.at(-1), ["never q,x", 60_499]);
});

Deno.test("ids of a stream are of the server's time, and readers wait by it", async () => {
  await using server = await createServer({ clock: "manual" });
  const writer = server.client();
  const log: [string, unknown, number][] = [];
  const wait = async (name: string, ms: number, from: string) => {
    const reply = await server.client().call("XREAD", "BLOCK", ms, "STREAMS", "s", from);
    log.push([name, reply, server.now - START]);
  };
  const [short, long] = [wait("short", 500, "$"), wait("long", 60_000, "0")];
  await server.advance(499);
  assertEquals([log.length, server.blockedClients], [0, 2]);
  await server.advance(1);
  await short;
  assertEquals(log, [["short", null, 500]]);
  await server.advance(1000);
  assertEquals(await writer.call("XADD", "s", "*", "f", "v"), `${START + 1500}-0`);
  await long;
  assertEquals(log.at(-1), ["long", new Map([["s", [[`${START + 1500}-0`, ["f", "v"]]]]]), 1500]);
  assertEquals(server.blockedClients, 0);
});

Deno.test("what a consumer has in its hands is idle for as long as the clock says", async () => {
  await using server = await createServer({ clock: "manual" });
  const client = server.client();
  await client.call("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM");
  const waiting = server.client().call("XREADGROUP", "GROUP", "g", "one", "BLOCK", 0, "STREAMS", "s", ">");
  await client.call("XADD", "s", "1-0", "f", "v");
  assertEquals(await waiting, new Map([["s", [["1-0", ["f", "v"]]]]]));
  const claim = () => client.call("XAUTOCLAIM", "s", "g", "two", 5000, "0", "JUSTID");
  await server.advance(4999);
  assertEquals(await claim(), ["0-0", [], []]);
  await server.advance(1);
  assertEquals(await claim(), ["0-0", ["1-0"], []]);
  await server.advance(70);
  assertEquals(await client.call("XPENDING", "s", "g", "-", "+", 10), [["1-0", "two", 70, 1]]);
});

Deno.test("idle clients are closed, and pauses end", async () => {
  await using server = await createServer({ clock: "manual", timeout: 10 });
  const idle = server.client();
  await idle.call("PING");
  await server.client().call("CLIENT", "PAUSE", 2000);
  const held = server.client().call("SET", "k", "v");
  await server.advance(1000);
  assertEquals(idle.closed, false);
  await server.advance(1500);
  assertEquals(await held, "OK");
  await server.advance(12_000);
  assertEquals(idle.closed, true);
});

Deno.test("save rules save when their time has come", async () => {
  await using server = await createServer({ clock: "manual", save: "900 1" });
  const client = server.client();
  await server.advance(3_600_000);
  assertEquals(await client.call("LASTSAVE"), 1_700_000_000);
  await client.call("SET", "k", "v");
  // The rule counts from the last save on, an hour ago.
  await server.advance(200);
  const savedAt = await client.call<number>("LASTSAVE");
  assertEquals(savedAt, 1_700_003_600);
  assertEquals(server.disk.exists("/dump.rdb"), true);
  await client.call("SET", "k", "w");
  await server.advance(899_000);
  assertEquals(await client.call("LASTSAVE"), savedAt);
  await server.advance(2000);
  assert(await client.call<number>("LASTSAVE") >= savedAt + 900);
});

Deno.test("DEBUG SLEEP takes no time but the server's", async () => {
  await using server = await createServer({ clock: "manual", "enable-debug-command": true });
  const client = server.client();
  const began = performance.now();
  await client.call("DEBUG", "SLEEP", 3600);
  assert(performance.now() - began < 60_000);
  assertEquals(server.now - START, 3_600_000);
});

Deno.test("a script without end is told apart from time that stands still", async () => {
  await using server = await createServer({ clock: "manual", "busy-reply-threshold": 1 });
  const endless = server.client().call("EVAL", "while true do end", 0);
  const failed = assertRejects(() => endless, Error, "Script killed by user with SCRIPT KILL");
  const other = server.client();
  while ((await other.call("PING").catch((error: Error) => error.message)) === "PONG");
  await other.call("SCRIPT", "KILL");
  await failed;
});

Deno.test("a day passes in less than a minute", async () => {
  await using server = await createServer({ clock: "manual" });
  const began = performance.now();
  await server.advance(86_400_000);
  assert(performance.now() - began < 60_000);
  assertEquals(server.now - START, 86_400_000);
});

Deno.test("the machine's clock cannot be advanced", async () => {
  await using server = await createServer();
  await assertRejects(() => server.advance(1), Error, "The clock is the machine's");
});
