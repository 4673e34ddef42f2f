import { assert, assertEquals, assertMatch } from "@std/assert";
import { type InProcess, serverInProcess, settle } from "../../test/support/in_process.ts";
import { Cron } from "./cron.ts";
import { outputLimits } from "./output_limits.ts";

const MESSAGE = "x".repeat(10_000);

/** A client that listens to channel a, and does not read. */
async function slowListener({ connect }: InProcess) {
  const listener = connect();
  await listener.send("SUBSCRIBE a");
  listener.socket.holdsWrites = true;
  return listener;
}

Deno.test("limits are read by class, and 0 is none", () => {
  const limits = outputLimits("normal 0 0 0 slave 1 2 3 pubsub 33554432 8388608 60");
  assertEquals(limits.normal, { hard: Infinity, soft: Infinity, softMs: 0 });
  assertEquals(limits.pubsub, { hard: 33554432, soft: 8388608, softMs: 60_000 });
  assertEquals(limits.checkedFrom, 8388608);
});

Deno.test("a subscriber that does not read is closed at the hard limit, and others are served", async () => {
  const process = serverInProcess("client-output-buffer-limit pubsub 100000 0 0");
  const [publisher, reader] = [process.connect(), process.connect()];
  const slow = await slowListener(process);
  await reader.send("SUBSCRIBE a");
  for (let i = 0; i < 9; i++) assertEquals(await publisher.send(["PUBLISH", "a", MESSAGE]), ":2\r\n");
  assert(!slow.socket.closed);
  assertEquals(await publisher.send(["PUBLISH", "a", MESSAGE]), ":2\r\n");
  assert(slow.socket.closed);
  assertEquals(await publisher.send(["PUBLISH", "a", MESSAGE]), ":1\r\n");
  assertEquals(reader.socket.received.split(MESSAGE).length - 1, 11);
  assertMatch(
    process.log.at(-1)!,
    /^# Client id=\d+ .* flags=P .* scheduled to be closed ASAP for overcoming of output buffer limits\.$/,
  );
  assertMatch(process.server.info(["stats"]), /client_output_buffer_limit_disconnections:1\r\n/);
});

Deno.test("messages of one turn beyond the hard limit are not even kept", async () => {
  const process = serverInProcess("client-output-buffer-limit pubsub 100000 0 0");
  const publisher = process.connect();
  const slow = await slowListener(process);
  publisher.socket.send(`*3\r\n$7\r\nPUBLISH\r\n$1\r\na\r\n$10000\r\n${MESSAGE}\r\n`.repeat(1000));
  await settle();
  assert(slow.socket.closed);
  assert(slow.connection!.outputPending < 120_000);
});

Deno.test("a subscriber over the soft limit is closed when its time is up, even if nothing is added", async () => {
  const process = serverInProcess("client-output-buffer-limit pubsub 0 50000 10");
  const { server, clock } = process;
  const publisher = process.connect();
  const slow = await slowListener(process);
  for (let i = 0; i < 8; i++) await publisher.send(["PUBLISH", "a", MESSAGE]);
  clock.advance(10_000);
  await publisher.send("PING");
  slow.connection!.checkOutput(true);
  assert(!slow.socket.closed);
  clock.advance(1);
  await publisher.send("PING");
  slow.connection!.checkOutput(true);
  assert(slow.socket.closed);
  assertMatch(process.log.at(-1)!, / cmd=subscribe .* closed for overcoming of output buffer limits\.$/);
  assertEquals(server.pubsub.size("channels"), 0);
});

Deno.test("who reads in time begins anew with the soft limit", async () => {
  const process = serverInProcess("client-output-buffer-limit pubsub 0 50000 10");
  const { clock } = process;
  const publisher = process.connect();
  const slow = await slowListener(process);
  for (let round = 0; round < 3; round++) {
    slow.socket.holdsWrites = true;
    for (let i = 0; i < 8; i++) await publisher.send(["PUBLISH", "a", MESSAGE]);
    clock.advance(8_000);
    slow.socket.holdsWrites = false;
    slow.socket.releaseWrites();
    await settle();
    clock.advance(8_000);
  }
  assert(!slow.socket.closed);
  assertEquals(slow.socket.received.split(MESSAGE).length - 1, 24);
});

Deno.test("a client of the normal class is closed where it is limited, and nothing more of it is carried out", async () => {
  const process = serverInProcess("client-output-buffer-limit normal 100000 0 0");
  const client = process.connect();
  assertEquals(await client.send(["SET", "k", "x".repeat(60_000)]), "+OK\r\n");
  client.socket.send("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n".repeat(3) + "*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n");
  await settle();
  assert(client.socket.closed);
  assertEquals(client.socket.received, "");
  assertEquals(await process.connect().send("GET n"), "$-1\r\n");
});

Deno.test("limits change with CONFIG SET", async () => {
  const process = serverInProcess();
  const publisher = process.connect();
  const slow = await slowListener(process);
  for (let i = 0; i < 20; i++) await publisher.send(["PUBLISH", "a", MESSAGE]);
  assert(!slow.socket.closed);
  await publisher.send(["CONFIG", "SET", "client-output-buffer-limit", "pubsub 100000 0 0"]);
  assert(slow.socket.closed);
});

Deno.test("a client that listens is not idle", async () => {
  const process = serverInProcess("timeout 10");
  const [idle, listener] = [process.connect(), process.connect()];
  await listener.send("SUBSCRIBE a");
  process.clock.advance(20_000);
  const cron = new Cron(process.server);
  cron.start();
  while (!idle.socket.closed) await settle();
  cron.stop();
  assert(!listener.socket.closed);
});
