import { assert, assertEquals } from "@std/assert";
import { type FakeClient, type InProcess, serverInProcess, settle } from "../../test/support/in_process.ts";
import { encodeCommand } from "../../test/support/resp_client.ts";
import { latin1, toArgs } from "../../test/support/split_args.ts";
import { Random } from "../sys/random.ts";
import { clientBytes, clientMemoryLimit, NO_CLASS } from "./client_memory.ts";

const KIB = 1024;
const SEED = 71;

function isGone(client: FakeClient): boolean {
  return client.connection!.closed;
}

/** A client between MULTI and EXEC that holds about so many bytes. */
async function queueing({ connect }: InProcess, bytes: number): Promise<FakeClient> {
  const client = connect();
  await client.send("MULTI");
  for (let left = bytes; left > 0; left -= 8 * KIB) await client.send(["SET", "k", "x".repeat(8 * KIB)]);
  return client;
}

Deno.test("the limit is bytes, a percentage of maxmemory, or none, and never too low to be raised", () => {
  assertEquals(clientMemoryLimit(0, 0), Infinity);
  assertEquals(clientMemoryLimit(1 << 20, 0), 1 << 20);
  assertEquals(clientMemoryLimit(-10, 0), Infinity);
  assertEquals(clientMemoryLimit(-10, 100 << 20), 10 << 20);
  assertEquals(clientMemoryLimit(1, 0), 128 * KIB);
  assertEquals(clientMemoryLimit(-1, 1 << 20), 128 * KIB);
});

Deno.test("the largest clients go first, at the end of the turn, and no more than have to", async () => {
  const process = serverInProcess();
  const { server, connect, log } = process;
  const operator = connect();
  const sizes = [100, 900, 40, 300];
  const clients = [];
  for (const size of sizes) clients.push(await queueing(process, size * KIB));
  await operator.send("CONFIG SET maxmemory-clients 700kb");
  assertEquals(clients.map(isGone), [false, true, false, false]);
  await operator.send("CONFIG SET maxmemory-clients 300kb");
  assertEquals(clients.map(isGone), [false, true, false, true]);
  assertEquals(server.clientMemory.evicted, 2);
  assertEquals(log.filter((line) => line.includes("A client is evicted: id=")).length, 2);
  await operator.send("CONFIG RESETSTAT");
  assertEquals(server.clientMemory.evicted, 0);
});

Deno.test("a client that asks for more than it reads goes in the middle of its requests, and the server does not grow", async () => {
  const { server, connect } = serverInProcess("maxmemory-clients 1mb");
  const client = connect();
  await client.send(["SET", "big", "x".repeat(100 * KIB)]);
  client.socket.holdsWrites = true;
  const requests = latin1(encodeCommand(toArgs("GET big"))).repeat(400);
  client.socket.send(requests);
  let most = 0;
  for (let i = 0; i < 50 && !isGone(client); i++) {
    await settle();
    most = Math.max(most, server.clientMemory.total);
  }
  assert(isGone(client));
  assert(most < 2 * 1024 * KIB, `${most} bytes`);
  assert(
    server.commands.get("get")!.calls < 20,
    `${server.commands.get("get")!.calls} requests were carried out`,
  );
  assertEquals(server.clientMemory.total, 0);
});

Deno.test("subscribers that do not read go, those that read stay", async () => {
  const { server, connect } = serverInProcess(
    'maxmemory-clients 1mb\nclient-output-buffer-limit "pubsub 0 0 0"',
  );
  const reader = connect();
  const idler = connect();
  const publisher = connect();
  await reader.send("SUBSCRIBE c");
  await idler.send("SUBSCRIBE c");
  idler.socket.holdsWrites = true;
  for (let i = 0; i < 60; i++) await publisher.send(["PUBLISH", "c", "m".repeat(30 * KIB)]);
  assertEquals([isGone(reader), isGone(idler), isGone(publisher)], [false, true, false]);
  assertEquals(reader.socket.received.match(/message/g)!.length, 60);
  assertEquals(server.clientMemory.evicted, 1);
});

Deno.test("CLIENT NO-EVICT keeps a client, whose memory counts, and the log says once that nobody is left", async () => {
  const process = serverInProcess("maxmemory-clients 300kb");
  const { server, connect, log } = process;
  const operator = connect();
  await operator.send("CLIENT NO-EVICT ON");
  const kept = connect();
  await kept.send("CLIENT NO-EVICT ON");
  await kept.send("MULTI");
  for (let i = 0; i < 60; i++) await kept.send(["SET", "k", "x".repeat(8 * KIB)]);
  assert(!isGone(kept));
  assert(server.clientMemory.total > 300 * KIB);
  const other = connect();
  await other.send("PING");
  assert(isGone(other));
  assertEquals(log.filter((line) => line.includes("none is left that may be evicted")).length, 1);
  await kept.send("DISCARD");
  const next = connect();
  assertEquals(await next.send("PING"), "+PONG\r\n");
  await kept.send("CLIENT NO-EVICT OFF");
  await kept.send("MULTI");
  for (let i = 0; i < 60 && !isGone(kept); i++) await kept.send(["SET", "k", "x".repeat(8 * KIB)]);
  assert(isGone(kept));
  assert(!isGone(next));
});

Deno.test("the sum is that of all clients, whatever they do, and each stands in one list or in none", async () => {
  const random = new Random(SEED);
  const process = serverInProcess("maxmemory-clients 1gb");
  const { server, connect } = process;
  const clients: FakeClient[] = [];
  await connect().send(["SET", "big", "x".repeat(50 * KIB)]);
  const lines = [
    "PING",
    "GET big",
    "MULTI",
    "DISCARD",
    "SUBSCRIBE c",
    "RESET",
    "PUBLISH c message",
    "CLIENT NO-EVICT ON",
    "CLIENT NO-EVICT OFF",
    "WATCH a b c",
    `SET k ${"x".repeat(20 * KIB)}`,
  ];
  for (let step = 0; step < 700; step++) {
    const chosen = random.below(20);
    if (chosen === 0 || clients.length === 0) clients.push(connect());
    const client = clients[random.below(clients.length)]!;
    if (chosen === 1) {
      client.socket.end();
      clients.splice(clients.indexOf(client), 1);
    } else if (chosen === 2) {
      client.socket.holdsWrites = !client.socket.holdsWrites;
      client.socket.releaseWrites();
    } else {
      client.socket.command(lines[random.below(lines.length)]!);
    }
    if (step % 25 !== 0) continue;
    await settle();
    for (const { socket } of clients) socket.take();
    let sum = 0;
    for (const served of server.clients.all()) {
      sum += served.accountedBytes;
      // What came since the last look at it (a message was taken, a key is not watched any more) is little.
      const error = Math.abs(served.accountedBytes - clientBytes(served));
      assert(served.accountedBytes === 0 || error < 64, `${error}, step ${step}, seed ${SEED}`);
    }
    assertEquals(server.clientMemory.total, sum, `step ${step}, seed ${SEED}`);
  }
  const operator = connect();
  await operator.send("CONFIG SET maxmemory-clients 0");
  assertEquals([...server.clients.all()].filter(({ sizeClass }) => sizeClass !== NO_CLASS).length, 0);
  for (const { socket } of clients) socket.end();
  await settle();
});

Deno.test("prefixes of broadcasting are a part of what a client takes, which may have to go for them", async () => {
  const { server, connect } = serverInProcess("maxmemory-clients 1mb");
  const client = connect();
  const prefixes = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ["PREFIX", `user:${from + i}:`]).flat();
  await client.send(["CLIENT", "TRACKING", "ON", "BCAST", ...prefixes(0, 1)]);
  const before = server.clientMemory.total;
  await client.send(["CLIENT", "TRACKING", "ON", "BCAST", ...prefixes(100, 100)]);
  const taken = server.clientMemory.total - before;
  assert(taken > 50 * KIB && taken < 150 * KIB, `${taken} bytes`);
  await client.send(["CLIENT", "TRACKING", "ON", "BCAST"].concat(prefixes(1000, 100)));
  await client.send("CLIENT TRACKING OFF");
  assert(server.clientMemory.total < before + 20 * KIB, `${server.clientMemory.total} bytes`);
  await client.send(["CLIENT", "TRACKING", "ON", "BCAST", ...prefixes(0, 3000)]);
  assert(isGone(client));
  assertEquals([server.tracking.clients, server.tracking.prefixes], [0, 0]);
});

Deno.test("a client in this process is never evicted", async () => {
  const { server } = serverInProcess("maxmemory-clients 128kb");
  const client = server.client();
  await client.send(["MULTI"]);
  for (let i = 0; i < 40; i++) await client.send(["SET", "k", "x".repeat(8 * KIB)]);
  server.clientMemory.recount();
  assert(server.clientMemory.total > 128 * KIB);
  assertEquals(latin1(await client.send(["DISCARD"])), "+OK\r\n");
});
