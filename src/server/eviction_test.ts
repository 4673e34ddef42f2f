import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { type FakeClient, type InProcess, serverInProcess, settle } from "../../test/support/in_process.ts";
import { parseRequests } from "../../test/support/requests.ts";
import { latin1 } from "../../test/support/split_args.ts";
import { Keyspace } from "../store/keyspace.ts";
import { evictionPolicy } from "../store/eviction/evictor.ts";
import { vmInfo, vmServer } from "../swap/testing.ts";
import { Slice } from "../sys/bytes.ts";
import { ManualClock } from "../sys/clock.ts";
import { Random } from "../sys/random.ts";
import { ManualTimers } from "../sys/timers.ts";
import { Eviction, evictionSliceMs, type Swapping } from "./eviction.ts";

const KIB = 1024;
const OOM = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

async function info(client: FakeClient, name: string): Promise<number> {
  return Number(new RegExp(`^${name}:(.*)\r$`, "m").exec(await client.send("INFO everything"))?.[1]);
}

/** A server with a limit of so many bytes beyond what it uses now. */
async function limited(configuration: string, bytes: number): Promise<InProcess & { client: FakeClient }> {
  const process = serverInProcess(configuration);
  const client = process.connect();
  await client.send("PING");
  await client.send(`CONFIG SET maxmemory ${await info(client, "used_memory") + bytes}`);
  return { ...process, client };
}

Deno.test("whatever is written, no more is used than maxmemory allows", async () => {
  for (const policy of ["allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-ttl"]) {
    const { server, client } = await limited(`maxmemory-policy ${policy}`, 200 * KIB);
    const limit = server.settings.number("maxmemory");
    for (let i = 0; i < 3000; i++) {
      client.socket.command(["SET", `key:${i}`, "x".repeat(i % 300), "EX", String(1000 + i)]);
      if (i % 50 !== 0) continue;
      await settle();
      server.eviction.measure();
    }
    await settle();
    client.socket.take();
    const used = await info(client, "used_memory");
    assert(used < limit + 4 * KIB, `${policy}: ${used} of ${limit}`);
    assert(used > limit - 40 * KIB, `${policy}: ${used} of ${limit}`);
    assertEquals(await info(client, "evicted_keys") + server.keyspace.size, 3000, policy);
  }
});

Deno.test("a lower maxmemory is kept at the end of the turn that sets it, and the log tells of it", async () => {
  const process = serverInProcess("maxmemory-policy allkeys-random");
  const client = process.connect();
  for (let i = 0; i < 1000; i++) client.socket.command(["SET", `k${i}`, "v".repeat(500)]);
  await settle();
  client.socket.take();
  const { server } = process;
  assertEquals(server.keyspace.size, 1000);
  client.socket.command(`CONFIG SET maxmemory ${server.memory().used - 50 * KIB}`);
  await settle();
  assert(server.keyspace.size < 950 && server.keyspace.size > 500, `${server.keyspace.size}`);
  assert(process.log.some((line) => line.includes("maxmemory is set to")));
});

Deno.test("without a limit no command is looked at", async () => {
  const { server, connect } = serverInProcess();
  const client = connect();
  let looks = 0;
  server.eviction.mustLook = () => ++looks < 0;
  await client.send("SET k v");
  assertEquals([looks, server.dispatcher.attention, server.clientMemory.isOn], [0, 0, false]);
  await client.send("CONFIG SET maxmemory 1gb");
  await client.send("SET k v");
  assertEquals(looks, 1);
  await client.send("CONFIG SET maxmemory 0");
  await client.send("SET k v");
  // CONFIG SET itself came while there was one.
  assertEquals([looks, server.dispatcher.attention, server.clientMemory.isOn], [2, 0, false]);
});

Deno.test("eviction in the background is written to the append-only file, and told", async () => {
  const process = serverInProcess(
    'save ""\nappendonly yes\nappendfsync no\naof-use-rdb-preamble no\nmaxmemory-policy allkeys-lru\n' +
      "notify-keyspace-events Ee",
  );
  const { server, disk, connect } = process;
  await server.load();
  const client = connect();
  const listener = connect();
  await listener.send("SUBSCRIBE __keyevent@0__:evicted");
  for (let i = 0; i < 500; i++) client.socket.command(`SET k${i} v`);
  await settle();
  client.socket.take();
  // Every look at the clock finds that the time is up.
  server.eviction.sliceMs = -1;
  await client.send("CONFIG SET maxmemory 1");
  assert(server.keyspace.size > 0, "not all at once");
  assertEquals(await client.send("SET other v"), "+OK\r\n", "while it is being seen to, nobody is refused");
  for (let turns = 0; server.keyspace.size > 0 && turns < 200; turns++) await settle();
  assertEquals(server.keyspace.size, 0);
  assertEquals(await client.send("SET k v"), OOM);
  const text = latin1(disk.contents(server.persistence.aof.path("appendonly.aof.1.incr.aof")));
  const deleted = parseRequests(text).filter(([name]) => name === "DEL").map(([, key]) => key);
  assertEquals(deleted.length, 501);
  assertEquals(new Set(deleted).size, 501);
  const told = [...listener.socket.take().matchAll(/evicted\r\n\$\d+\r\n(\w+)/g)].map(([, key]) => key);
  assertEquals(told, deleted);
});

Deno.test("what is freed lazily is freed before another key goes", async () => {
  const process = serverInProcess(
    "maxmemory-policy volatile-ttl\nmaxmemory-samples 200\nlazyfree-lazy-eviction yes",
  );
  const { server, connect } = process;
  const client = connect();
  const members = Array.from({ length: 20_000 }, (_, i) => `member:${i}`);
  await client.send(["SADD", "large", ...members]);
  await client.send("EXPIRE large 100");
  for (let i = 0; i < 100; i++) await client.send(`SET k${i} v EX 1000`);
  await client.send(`CONFIG SET maxmemory ${server.memory().used - 100 * KIB}`);
  assertEquals([server.keyspace.evictedKeys, server.keyspace.size], [1, 100]);
  assert(!server.eviction.isShort);
});

Deno.test("nothing is refused as long as something waits to be freed", async () => {
  const { server, connect } = serverInProcess();
  const client = connect();
  for (let i = 0; i < 5000; i++) client.socket.command(`SET k${i} v`);
  await settle();
  client.socket.take();
  const limit = server.memory().used - 10 * KIB;
  await client.send("FLUSHALL ASYNC");
  assert(server.keyspace.lazyFreePending > 0);
  await client.send(`CONFIG SET maxmemory ${limit}`);
  assertEquals(await client.send("SET k v"), "+OK\r\n");
});

Deno.test("what clients keep waiting leaves less room for keys", async () => {
  const { server, client, connect } = await limited("maxmemory-policy allkeys-random", 500 * KIB);
  for (let i = 0; i < 1000; i++) client.socket.command(["SET", `k${i}`, "x".repeat(150)]);
  await settle();
  assertEquals(server.keyspace.size, 1000);
  const other = connect();
  await other.send("MULTI");
  for (let i = 0; i < 5; i++) await other.send(["SET", "a", "y".repeat(64 * KIB)]);
  await client.send("PING");
  const left = server.keyspace.size;
  assert(left < 900, `${left} keys`);
  await other.send("DISCARD");
  for (let i = 0; i < 1000; i++) client.socket.command(["SET", `k${i}`, "x".repeat(150)]);
  await settle();
  assert(server.keyspace.size > left, "the room is back");
});

Deno.test("used memory counts what the server has because of its data, and the limit all but the append-only file", async () => {
  const { server, connect } = serverInProcess('save ""\nappendonly yes\nappendfsync no');
  await server.load();
  const client = connect();
  const grown = async (line: string | string[]) => {
    const before = server.memory().used;
    await client.send(line);
    return server.memory().used - before;
  };
  assert(await grown("SUBSCRIBE a b c d") >= 400);
  await client.send("RESET");
  assert(await grown(["EVAL", `return 1 --${"x".repeat(1000)}`, "0"]) >= 1000);
  assert(await grown(["SADD", "s", "a", "b"]) >= 500);
  assert(await grown("SET k v EX 100") >= 64 * KIB, "the index of what dies");
  server.memoryLedger.refresh();
  const { notCounted, beside } = server.memoryLedger;
  assert(notCounted > 0);
  assertEquals(server.memory().notCounted, notCounted);
  assertEquals(beside + notCounted + server.keyspace.usedBytes, server.memoryLedger.used);
});

Deno.test("a snapshot has all keys of its beginning, though all are evicted before it ends", async () => {
  const process = serverInProcess('save ""\nmaxmemory-policy allkeys-lru');
  const { server, disk, connect } = process;
  await server.load();
  const client = connect();
  for (let i = 0; i < 3000; i++) client.socket.command(`SET k${i} v`);
  await client.send(["SADD", "large", ...Array.from({ length: 1000 }, (_, i) => `member:${i}`)]);
  client.socket.take();
  client.socket.command("BGSAVE");
  client.socket.command("CONFIG SET maxmemory 1");
  for (let turns = 0; turns < 1000 && (server.persistence.isBusy || turns === 0); turns++) await settle();
  assertEquals([server.keyspace.size, server.persistence.isBusy], [0, false]);
  const loaded = serverInProcess('save ""', { disk });
  await loaded.server.load();
  assertEquals(loaded.server.keyspace.size, 3001);
});

// ---- with virtual memory --------------------------------------------------------------------------------------

Deno.test("with virtual memory values are swapped out, and no key goes, until the file is full", async () => {
  const vm = vmServer("maxmemory-policy allkeys-lru\nvm-pages 40000\nvm-max-threads 0");
  const { server, clock } = vm;
  const client = vm.connect();
  await client.send("PING");
  const limit = server.memoryLedger.used + 1500 * KIB;
  await client.send(`CONFIG SET maxmemory ${limit}`);
  const fill = async (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      client.socket.command(["SET", `key:${i}`, "x".repeat(1000)]);
      if (i % 100 !== 99) continue;
      clock.advance(1000);
      await settle();
    }
    return client.socket.take();
  };
  // 4000 values are more than may be in memory, and fill no 40000 pages of 32 bytes.
  await fill(0, 1200);
  for (let i = 1200; i < 2400; i += 100) {
    await fill(i, i + 100);
    assert(server.memoryLedger.used < limit + 200 * KIB, `${server.memoryLedger.used} of ${limit}`);
  }
  assertEquals(server.keyspace.evictedKeys, 0);
  assert(await vmInfo(client, "vm_stats_swapped_objects") > 800);
  for (let i = 2400; i < 5000; i += 100) await fill(i, i + 100);
  assert(await vmInfo(client, "vm_stats_no_room") > 0, "the file is full");
  assert(server.keyspace.evictedKeys > 0);
  assert(server.memoryLedger.used < limit + 200 * KIB, `${server.memoryLedger.used} of ${limit}`);
  assertEquals(server.keyspace.size + server.keyspace.evictedKeys, 5000);
});

Deno.test("a key whose value is in the swap file can be evicted", async () => {
  const vm = vmServer("maxmemory-policy allkeys-random\nvm-max-threads 0");
  const { server, clock } = vm;
  const client = vm.connect();
  for (let i = 0; i < 200; i++) client.socket.command(["SET", `key:${i}`, "x".repeat(1000)]);
  await settle();
  clock.advance(5000);
  await client.send("CONFIG SET vm-max-memory 0");
  await client.send("PING");
  assertEquals(await vmInfo(client, "vm_stats_swapped_objects"), 200);
  await client.send("CONFIG SET maxmemory 1");
  await client.send("PING");
  assertEquals([server.keyspace.evictedKeys, server.keyspace.size], [200, 0]);
  assertEquals(await vmInfo(client, "vm_stats_used_pages"), 0);
});

// ---- the time it takes ----------------------------------------------------------------------------------------

/** An eviction over so many keys, with a clock that moves by a millisecond each time it is read. */
function timed(keys: number, swapping?: Swapping) {
  const keyspace = new Keyspace({ databases: 1, random: new Random(1), now: 0 });
  const clock = new ManualClock();
  const timers = new ManualTimers(() => {});
  const took: string[] = [];
  const eviction = new Eviction({
    keyspace,
    clock: {
      now: () => clock.now(),
      micros: () => clock.micros(),
      monotonicMs() {
        clock.advance(1);
        return clock.monotonicMs();
      },
    },
    timers,
    memoryLedger: { beside: 0, refresh() {} },
    swapping,
    mayEvict: () => true,
    inTurn: (action) => action(),
    latency: { threshold: 1, took: (what) => void took.push(what) },
    declaredNeed: () => undefined,
  });
  eviction.evictor.policy = evictionPolicy("allkeys-lru");
  for (let i = 0; i < keys; i++) {
    keyspace.databases[0]!.setString(
      new Slice(new TextEncoder().encode(`k${i}`)),
      new Slice(new Uint8Array(9)),
    );
  }
  return { keyspace, eviction, timers, took, clock };
}

Deno.test("the time for one command grows with the tenacity", () => {
  assertEquals([0, 1, 10].map(evictionSliceMs), [0, 0.05, 0.5]);
  assertAlmostEquals(evictionSliceMs(20), 2.02, 0.01);
  assertAlmostEquals(evictionSliceMs(99), 126_000, 2000);
  assertEquals(evictionSliceMs(100), Infinity);
});

Deno.test("when the time is up eviction goes on later, in slices, until there is room", () => {
  const { keyspace, eviction, timers, took } = timed(1000);
  const { size } = keyspace;
  eviction.sliceMs = 40;
  eviction.setLimit(keyspace.usedBytes - 20_000);
  assertEquals(eviction.makeRoom(), "soon");
  assertEquals(eviction.isOutOfMemory, false);
  const afterFirst = keyspace.size;
  assert(afterFirst < size && eviction.isShort);
  timers.fire();
  assert(keyspace.size < afterFirst);
  for (let i = 0; eviction.isShort && i < 100; i++) timers.fire();
  assert(!eviction.isShort);
  const left = keyspace.size;
  timers.advance(1000);
  timers.fire();
  assertEquals(keyspace.size, left, "no more goes than has to");
  assertEquals(eviction.makeRoom(), "enough");
  assertEquals(eviction.exceededMs.current, 0);
  assert(eviction.exceededMs.total > 0);
  assertEquals(new Set(took), new Set(["eviction-cycle", "eviction-del"]));
});

Deno.test("with all tenacity one command waits until there is room", () => {
  const { keyspace, eviction } = timed(1000);
  eviction.sliceMs = evictionSliceMs(100);
  eviction.setLimit(1);
  assertEquals(eviction.makeRoom(), "none", "the tables remain");
  assertEquals(keyspace.size, 0);
});

Deno.test("a server that ends evicts no more", () => {
  const { keyspace, eviction, timers } = timed(1000);
  eviction.sliceMs = 0;
  eviction.setLimit(1);
  eviction.makeRoom();
  const left = keyspace.size;
  eviction.close();
  timers.advance(1000);
  timers.fire();
  assertEquals([keyspace.size, left > 0], [left, true]);
});

Deno.test("no key goes while something can be swapped out, or is on its way to the file", () => {
  const swapping = { dataLimit: 0, relieve() {}, pendingBytes: 0, canGoOn: true };
  const { keyspace, eviction } = timed(100, swapping);
  const limit = keyspace.usedBytes - 1000;
  eviction.setLimit(limit);
  assertEquals(swapping.dataLimit, limit);
  assertEquals(eviction.makeRoom(), "soon");
  swapping.canGoOn = false;
  swapping.pendingBytes = 1000;
  assertEquals(eviction.makeRoom(), "soon");
  assertEquals(keyspace.size, 100);
  swapping.pendingBytes = 999;
  eviction.makeRoom();
  assert(keyspace.size < 100);
});

Deno.test("SET after SET is refused when nothing may go, and reading goes on", async () => {
  const { client } = await limited("", 100 * KIB);
  for (let i = 0; i < 200; i++) client.socket.command(["APPEND", "k", "x".repeat(KIB)]);
  await settle();
  assert(client.socket.take().endsWith(OOM));
  assertEquals(await client.send("SET other v"), OOM);
  assertStringIncludes(await client.send("GETRANGE k 0 3"), "xxx");
  await client.send("DEL k");
  assertEquals(await client.send("SET other v"), "+OK\r\n");
});
