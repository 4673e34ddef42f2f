import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type FakeClient, serverInProcess, settle } from "../../test/support/in_process.ts";
import { datasetDigest } from "../commands/server/debug_digest.ts";
import type { RedenoServer } from "../server/server.ts";
import type { MemoryDisk } from "../sys/memory_disk.ts";
import { ManualClock } from "../sys/clock.ts";
import { Random } from "../sys/random.ts";

const digest = (server: RedenoServer) => datasetDigest(server.keyspace).join(",");

/** A server that has loaded what the disk holds, and a client of it. */
async function started(configuration: string, disk?: MemoryDisk) {
  const running = serverInProcess(configuration, disk === undefined ? {} : { disk });
  await running.server.load();
  return { ...running, client: running.connect() };
}

/** Waits until no snapshot is under way. */
async function untilFree(server: RedenoServer): Promise<void> {
  for (let turns = 0; server.persistence.isBusy; turns++) {
    assert(turns < 10_000, "the snapshot does not end");
    await settle();
  }
}

/** Some commands of all types; the same for the same random source. */
function* commands(random: Random, count: number): Generator<string[]> {
  const key = () => `key:${random.below(40)}`;
  const value = () => random.below(3) === 0 ? `${random.below(1000)}` : "v".repeat(random.below(90));
  for (let i = 0; i < count; i++) {
    switch (random.below(14)) {
      case 0:
        yield ["DEL", key()];
        break;
      case 1:
        yield ["EXPIRE", key(), `${1000 + random.below(1000)}`];
        break;
      case 2:
        yield ["APPEND", `s${key()}`, value()];
        break;
      case 3:
        yield ["SELECT", `${random.below(3)}`];
        break;
      case 4:
        yield ["HSET", `h${key()}`, value(), value(), `${i}`, value()];
        break;
      case 5:
        yield ["RPUSH", `l${key()}`, value(), value()];
        break;
      case 6:
        yield ["LPOP", `l${key()}`, `${1 + random.below(3)}`];
        break;
      case 7:
        yield ["SADD", `i${key()}`, `${random.below(100_000)}`, `${random.below(100)}`];
        break;
      case 8:
        yield ["SADD", `m${key()}`, value(), `${i}`];
        break;
      case 9:
        yield ["SPOP", `m${key()}`];
        break;
      case 10:
        yield ["ZADD", `z${key()}`, `${random.below(1000) / 8}`, value(), "1", `${i}`];
        break;
      case 11:
        yield ["INCRBYFLOAT", `f${key()}`, "0.5"];
        break;
      default:
        yield ["SET", `s${key()}`, value()];
    }
  }
}

/** Whenever somebody looks how long something took, it took a millisecond more. */
class HastyClock extends ManualClock {
  override monotonicMs(): number {
    this.advance(1);
    return super.monotonicMs();
  }
}

/** Sends all of them, and waits until they are answered. */
async function sendAll(client: FakeClient, lines: Iterable<string[]>): Promise<void> {
  for (const line of lines) client.socket.command(line);
  await settle();
  client.socket.take();
}

function seed(): number {
  const seed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`seed ${seed}`);
  return seed;
}

Deno.test("what SAVE has written is there after a power cut", async () => {
  const random = new Random(seed());
  const before = await started('save ""');
  await sendAll(before.client, commands(random, 500));
  assertEquals(await before.client.send("SAVE"), "+OK\r\n");
  const after = await started('save ""', before.disk.crash());
  assertEquals(digest(after.server), digest(before.server));
  assertEquals(await after.client.send("INFO persistence").then(field("rdb_changes_since_last_save")), "0");
});

Deno.test("BGSAVE writes the moment at which it began, whatever is written meanwhile", async () => {
  const random = new Random(seed());
  const before = await started('save ""');
  for (let round = 0; round < 3; round++) {
    await sendAll(before.client, commands(random, 400));
    const expected = digest(before.server);
    before.server.settings.setMany([["rdb-key-save-delay", "100"]]);
    assertEquals(await before.client.send("BGSAVE"), "+Background saving started\r\n");
    for (const line of commands(random, 200)) before.client.socket.command(line);
    await settle();
    before.server.settings.setMany([["rdb-key-save-delay", "0"]]);
    await untilFree(before.server);
    const after = await started('save ""', before.disk.crash());
    assertEquals(digest(after.server), expected);
  }
});

Deno.test("with appendfsync always nothing that was answered is lost in a power cut", async () => {
  const random = new Random(seed());
  const before = await started('save ""\nappendonly yes\nappendfsync always\ndatabases 4');
  let disk = before.disk;
  for (let round = 0; round < 5; round++) {
    const running = round === 0 ? before : await started('save ""\nappendonly yes\nappendfsync always', disk);
    await sendAll(running.client, commands(random, 100));
    if (round === 2) {
      await running.client.send("BGREWRITEAOF");
      await sendAll(running.client, commands(random, 100));
      await untilFree(running.server);
    }
    disk = running.disk.crash(random);
    const after = await started('save ""\nappendonly yes', disk.kill());
    assertEquals(digest(after.server), digest(running.server));
  }
});

Deno.test("switched on at run time, the append-only file holds what was there and what came meanwhile", async () => {
  const random = new Random(seed());
  const before = await started('save ""');
  await sendAll(before.client, commands(random, 300));
  before.server.settings.setMany([["rdb-key-save-delay", "100"]]);
  assertEquals(await before.client.send("CONFIG SET appendonly yes"), "+OK\r\n");
  await sendAll(before.client, commands(random, 100));
  before.server.settings.setMany([["rdb-key-save-delay", "0"]]);
  await untilFree(before.server);
  await sendAll(before.client, commands(random, 100));
  const after = await started('save ""\nappendonly yes', before.disk.kill());
  assertEquals(digest(after.server), digest(before.server));
  assertEquals(await before.client.send("CONFIG SET appendonly no"), "+OK\r\n");
  assertEquals(await before.client.send("DEBUG LOADAOF").then((reply) => reply.slice(0, 4)), "-ERR");
});

Deno.test("a rewrite that is interrupted anywhere by a power cut loses nothing", async () => {
  const random = new Random(seed());
  for (let calls = 1;; calls += 3) {
    const before = await started('save ""\nappendonly yes\nappendfsync always');
    await sendAll(before.client, commands(random, 40));
    const expected = digest(before.server);
    before.disk.cutPowerAfter(calls);
    await before.client.send("BGREWRITEAOF");
    for (let i = 0; i < 30 && before.server.persistence.isBusy; i++) await settle();
    const ended = before.log.some((line) => line.includes("finished successfully"));
    const after = await started('save ""\nappendonly yes', before.disk.crash(random));
    assertEquals(digest(after.server), expected, `after ${calls} calls`);
    if (ended) break;
    assert(calls < 200, "the rewrite does not end");
  }
});

Deno.test("a disk that is full makes writes fail, not reads, and once there is room all goes on", async () => {
  const { client, disk, server, clock } = await started('save ""\nappendonly yes');
  assertEquals(await client.send("SET a 1"), "+OK\r\n");
  disk.failNext("write", "ENOSPC", 1000);
  await client.send("SET a 2");
  assertEquals(
    await client.send("SET a 3"),
    "-MISCONF Errors writing to the AOF file: No space left on device\r\n",
  );
  assertStringIncludes(await client.send("PING"), "MISCONF");
  assertEquals(await client.send("GET a"), "$1\r\n2\r\n");
  disk.heal();
  clock.advance(1000);
  server.persistence.tick(clock.now());
  assertEquals(await client.send("SET a 4"), "+OK\r\n");
  await client.send("CONFIG SET appendfsync always");
  const after = await started('save ""\nappendonly yes', disk.kill());
  assertEquals(await after.client.send("GET a"), "$1\r\n4\r\n");
});

Deno.test("when a snapshot fails and save rules are set, writes are refused until one succeeds", async () => {
  const { client, disk, server } = await started("save 3600 1");
  await client.send("SET a 1");
  disk.failNext("write", "ENOSPC", 1000);
  await client.send("BGSAVE");
  await untilFree(server);
  await settle();
  assertStringIncludes(await client.send("SET a 2"), "-MISCONF Redis is configured to save RDB snapshots");
  assertEquals(await client.send("GET a"), "$1\r\n1\r\n");
  assertEquals(await client.send("CONFIG SET stop-writes-on-bgsave-error no"), "+OK\r\n");
  assertEquals(await client.send("SET a 2"), "+OK\r\n");
  await client.send("CONFIG SET stop-writes-on-bgsave-error yes");
  disk.heal();
  await client.send("BGSAVE");
  await untilFree(server);
  assertEquals(await client.send("SET a 3"), "+OK\r\n");
});

Deno.test("save rules are followed", async () => {
  const { client, clock, server, log, disk } = await started("save 60 3");
  for (const line of ["SET a 1", "SET a 2"]) await client.send(line);
  clock.advance(61_000);
  server.persistence.tick(clock.now());
  assert(!server.persistence.isBusy);
  await client.send("SET a 3");
  server.persistence.tick(clock.now());
  assert(server.persistence.isBusy);
  await untilFree(server);
  assert(log.some((line) => line.includes("3 changes in 60 seconds. Saving...")));
  assert(disk.exists("dump.rdb"));
  assertEquals(server.keyspace.dirty, 0);
});

Deno.test("while data is loaded clients are told so", async () => {
  const before = await started('save ""');
  for (let i = 0; i < 30_000; i++) {
    before.client.socket.command(["SET", `key:${i}`, "v".repeat(50)]);
  }
  await settle();
  await before.client.send("SAVE");
  const { server, connect } = serverInProcess('save ""', {
    disk: before.disk.kill(),
    clock: new HastyClock(),
  });
  const loaded = server.load();
  const client = connect();
  assertEquals(await client.send("GET key:1"), "-LOADING Redis is loading the dataset in memory\r\n");
  assertStringIncludes(await client.send("INFO persistence"), "loading:1\r\n");
  await loaded;
  assertEquals(await client.send("DBSIZE"), ":30000\r\n");
  assertStringIncludes(await client.send("INFO persistence"), "rdb_last_load_keys_loaded:30000\r\n");
});

function field(name: string): (info: string) => string | undefined {
  return (info) => new RegExp(`^${name}:(.*)\r$`, "m").exec(info)?.[1];
}
