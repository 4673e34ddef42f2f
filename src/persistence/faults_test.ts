/**
 * What happens when things come at once: disks that fail while files are rewritten, the append-only file switched
 * while it is, and commands that empty, swap and expire what a snapshot walks over. Whatever comes, what the files hold
 * afterwards is what the server holds.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type FakeClient, type InProcess, serverInProcess, settle } from "../../test/support/in_process.ts";
import { datasetDigest } from "../commands/server/debug_digest.ts";
import type { RedenoServer } from "../server/server.ts";
import { ManualClock } from "../sys/clock.ts";
import type { MemoryDisk } from "../sys/memory_disk.ts";

interface Started extends InProcess {
  readonly client: FakeClient;
}

const AOF = 'save ""\nappendonly yes\nappendfsync everysec';
/** Keys in the way of a snapshot, so that it is under way for some time. */
const KEYS = 40;

const digest = (server: RedenoServer) => datasetDigest(server.keyspace).join(",");

async function started(configuration: string, disk?: MemoryDisk): Promise<Started> {
  const running = serverInProcess(configuration, disk === undefined ? {} : { disk });
  await running.server.load();
  return { ...running, client: running.connect() };
}

/** A server with some keys in several databases. */
async function filled(configuration: string): Promise<Started> {
  const running = await started(configuration);
  await fill(running.client);
  return running;
}

async function fill(client: FakeClient): Promise<void> {
  for (let i = 0; i < KEYS; i++) client.socket.command(["SET", `key:${i}`, `value:${i}`]);
  for (const line of ["SELECT 1", "RPUSH list a b c", "SELECT 2", "HSET hash f v", "SELECT 0"]) {
    client.socket.command(line);
  }
  await settle();
  client.socket.take();
}

/** Lets snapshots take their time, or not. */
function slowly(server: RedenoServer, slow: boolean): void {
  server.settings.setMany([["rdb-key-save-delay", slow ? "1000000" : "0"]]);
}

async function untilFree(server: RedenoServer): Promise<void> {
  slowly(server, false);
  for (let turns = 0; server.persistence.isBusy; turns++) {
    assert(turns < 10_000, "the snapshot does not end");
    await settle();
  }
  // What is removed in the background.
  await settle();
}

/** The next server, after this one was killed or the power was cut, has the same data. */
async function sameAfterRestart(
  { server, disk, clock }: Started,
  what: string,
  configuration = AOF,
): Promise<void> {
  server.persistence.commit();
  const after = serverInProcess(configuration, { disk: disk.kill(), clock: new ManualClock(clock.now()) });
  await after.server.load();
  assertEquals(digest(after.server), digest(server), `${what}, killed`);
}

/** Whether a call has failed because it was to. */
function hasFailed(disk: MemoryDisk): boolean {
  return disk.log.some(({ failed }) => failed === "EIO");
}

function tick({ server, clock }: InProcess, ms: number): void {
  clock.advance(ms);
  server.keyspace.tick(clock.now());
  server.persistence.tick(clock.now());
}

Deno.test("a rewrite of which any one call to the disk fails loses nothing, nor does the one after it", async () => {
  for (const preamble of ["yes", "no"]) {
    for (let nth = 1;; nth++) {
      const running = await filled(`${AOF}\naof-use-rdb-preamble ${preamble}`);
      const { client, server, disk, log } = running;
      const what = `preamble ${preamble}, call ${nth}`;
      await client.send("SET before 1");
      disk.clearLog();
      disk.failEvery(nth);
      const reply = await client.send("BGREWRITEAOF");
      for (let turns = 0; turns < 200 && server.persistence.isBusy; turns++) {
        if (hasFailed(disk)) disk.heal();
        await settle();
      }
      const failed = hasFailed(disk);
      disk.heal();
      assert(!server.persistence.isBusy, `${what}: it does not end`);
      await client.send("SET between 2");
      await client.send("SPOP nothing");
      await sameAfterRestart(running, what);
      tick(running, 1100);
      await settle();
      assertEquals(
        await client.send("BGREWRITEAOF"),
        "+Background append only file rewriting started\r\n",
        `${what}, first ${reply}: ${log.slice(-5).join("|")}`,
      );
      await client.send("INCR between");
      await untilFree(server);
      await client.send("INCR between");
      await sameAfterRestart(running, `${what}, rewritten again`);
      tick(running, 1100);
      await settle();
      const info = await client.send("INFO persistence");
      assertStringIncludes(info, "aof_last_bgrewrite_status:ok", what);
      assertStringIncludes(info, "aof_last_write_status:ok", what);
      if (!failed) break;
      assert(nth < 100, "the rewrite does not end");
    }
  }
});

/** Power cuts are tried at every twentieth call or so; which ones differs from round to round. */
const CALLS_STEP = Deno.env.get("ACCURATE") === "1" ? 1 : 23;

Deno.test("after a rewrite of which one call failed the next may be cut off anywhere by the power", async () => {
  for (let nth = 1;; nth++) {
    for (let calls = 1 + nth % CALLS_STEP;; calls += CALLS_STEP) {
      const running = await filled('save ""\nappendonly yes\nappendfsync always');
      const { client, server, disk, log } = running;
      disk.clearLog();
      disk.failEvery(nth);
      await client.send("BGREWRITEAOF");
      for (let turns = 0; turns < 200 && server.persistence.isBusy; turns++) {
        if (hasFailed(disk)) disk.heal();
        await settle();
      }
      const failed = hasFailed(disk);
      disk.heal();
      if (!failed) return;
      // Not to be repeated: replayed twice it gives something else.
      for (let i = 0; i < 3; i++) await client.send("APPEND key:1 x");
      const expected = digest(server);
      const lines = log.length;
      disk.cutPowerAfter(calls);
      await client.send("BGREWRITEAOF");
      for (let turns = 0; turns < 100 && server.persistence.isBusy; turns++) await settle();
      const after = await started(AOF, disk.crash());
      assertEquals(digest(after.server), expected, `call ${nth} failed, then the power went after ${calls}`);
      if (log.slice(lines).some((line) => line.includes("finished successfully"))) break;
      assert(calls < 100, "the rewrite does not end");
    }
  }
});

Deno.test("a snapshot given up leaves the file of the next one alone", async () => {
  const running = await filled('save ""');
  const { client, server, disk } = running;
  disk.holdWrites();
  await client.send("BGSAVE");
  for (let turns = 0; turns < 20; turns++) await settle();
  await client.send("FLUSHALL");
  await client.send("SET new 1");
  assertEquals(await client.send("BGSAVE"), "+Background saving started\r\n");
  await settle();
  disk.releaseWrites();
  await untilFree(server);
  assertStringIncludes(await client.send("INFO persistence"), "rdb_last_bgsave_status:ok");
  const after = await started('save ""', disk.kill());
  assertEquals(digest(after.server), digest(server));
});

Deno.test("a snapshot that fails and is given up does not end the next one", async () => {
  const running = await filled('save ""');
  const { client, server, disk } = running;
  disk.clearLog();
  disk.failNext("write", "ENOSPC");
  await client.send("BGSAVE");
  // Just when it has failed, and before that is told.
  for (let turns = 0; !disk.log.some(({ failed }) => failed); turns++) {
    assert(turns < 100_000);
    await Promise.resolve();
    if (turns % 100 === 99) await settle();
  }
  slowly(server, true);
  server.persistence.rdb.cancel();
  server.persistence.rdb.begin();
  for (let turns = 0; turns < 5; turns++) await settle();
  assert(server.persistence.isBusy, "the second one was taken for the first");
  await untilFree(server);
  assertEquals(digest((await started('save ""', disk.kill())).server), digest(server));
});

Deno.test("switched off and on again during a rewrite, the append-only file is whole", async () => {
  const running = await filled(AOF);
  const { client, server } = running;
  slowly(server, true);
  await client.send("BGREWRITEAOF");
  await client.send("SET a 1");
  assertEquals(await client.send("CONFIG SET appendonly no"), "+OK\r\n");
  assert(!server.persistence.isBusy);
  await client.send("SET unseen 2");
  assertEquals(await client.send("CONFIG SET appendonly yes"), "+OK\r\n");
  await client.send("SET b 3");
  assertEquals(await client.send("CONFIG SET appendonly no"), "+OK\r\n");
  assertEquals(await client.send("CONFIG SET appendonly yes"), "+OK\r\n");
  await client.send("SET c 4");
  assertEquals(
    await client.send("BGREWRITEAOF"),
    "-ERR Background append only file rewriting already in progress\r\n",
  );
  await untilFree(server);
  await client.send("SET d 5");
  await sameAfterRestart(running, "switched");
  assertEquals(
    running.disk.list("appendonlydir").filter((name) => name.includes("temp")),
    [],
  );
});

Deno.test("switched on where files of an earlier time lie, the append-only file takes no number twice", async () => {
  const first = await filled(`${AOF}\nappendfsync always`);
  await first.client.send("APPEND key:1 more");
  const second = await started('save ""', first.disk.kill());
  await second.client.send("SET other 1");
  for (let calls = 1;; calls++) {
    const running = await started('save ""', second.disk.kill());
    await running.client.send("SET other 1");
    running.disk.cutPowerAfter(calls);
    await running.client.send("CONFIG SET appendonly yes");
    for (let turns = 0; turns < 100 && running.server.persistence.isBusy; turns++) await settle();
    const ended = running.log.some((line) => line.includes("finished successfully"));
    const after = await started(AOF, running.disk.crash());
    const found = digest(after.server);
    assert(
      found === digest(first.server) || found === digest(running.server),
      `the power went after ${calls} calls: neither the old data nor the new`,
    );
    if (ended) break;
    assert(calls < 100);
  }
});

Deno.test("switched on in vain and tried again, the append-only file never mixes files of two attempts", async () => {
  let failed = true;
  for (let nth = 9; failed; nth++) {
    // Of the second attempt the first calls put files in their place.
    for (let calls = 1; failed && calls <= 6; calls++) {
      const running = await filled('save ""');
      const { client, server, disk } = running;
      const moments = [digest((await started(AOF)).server), digest(server)];
      disk.clearLog();
      disk.failEvery(nth);
      slowly(server, true);
      await client.send("CONFIG SET appendonly yes");
      await client.send("APPEND key:1 x");
      slowly(server, false);
      for (let turns = 0; turns < 200 && server.persistence.isBusy; turns++) {
        if (hasFailed(disk)) disk.heal();
        await settle();
      }
      failed = hasFailed(disk);
      disk.heal();
      if (!failed) break;
      moments.push(digest(server));
      slowly(server, true);
      await client.send("CONFIG SET appendonly yes");
      tick(running, 100);
      await client.send("APPEND key:1 y");
      slowly(server, false);
      moments.push(digest(server));
      disk.cutPowerAfter(calls);
      for (let turns = 0; turns < 100 && server.persistence.isBusy; turns++) await settle();
      for (const left of [disk.crash(), disk.kill()]) {
        const found = digest((await started(AOF, left)).server);
        assert(moments.includes(found), `call ${nth} failed, then it ended after ${calls}`);
      }
    }
    assert(nth < 100);
  }
});

Deno.test("switching off works on a full disk", async () => {
  const running = await filled(AOF);
  const { client, disk } = running;
  disk.failNext("write", "ENOSPC", Infinity);
  disk.failNext("sync", "ENOSPC", Infinity);
  await client.send("SET a 1");
  assertStringIncludes(await client.send("SET a 2"), "-MISCONF");
  assertEquals(await client.send("CONFIG SET appendonly no"), "+OK\r\n");
  assertEquals(await client.send("SET a 3"), "+OK\r\n");
});

Deno.test("a rewrite waits for BGSAVE, and BGSAVE SCHEDULE for a rewrite", async () => {
  const running = await filled(AOF);
  const { client, server } = running;
  slowly(server, true);
  await client.send("BGSAVE");
  assertEquals(await client.send("BGREWRITEAOF"), "+Background append only file rewriting scheduled\r\n");
  assertStringIncludes(await client.send("INFO persistence"), "aof_rewrite_scheduled:1");
  tick(running, 100);
  assertStringIncludes(await client.send("INFO persistence"), "aof_rewrite_in_progress:0");
  await untilFree(server);
  slowly(server, true);
  tick(running, 100);
  assertStringIncludes(await client.send("INFO persistence"), "aof_rewrite_in_progress:1");
  assertStringIncludes(await client.send("BGSAVE"), "-ERR Another child process is active (AOF?)");
  assertEquals(await client.send("BGSAVE SCHEDULE"), "+Background saving scheduled\r\n");
  await client.send("SET during 1");
  await untilFree(server);
  tick(running, 100);
  assert(server.persistence.rdb.running !== undefined);
  await untilFree(server);
  await sameAfterRestart(running, "from the append-only file");
  await sameAfterRestart(running, "from the RDB file", 'save ""');
});

Deno.test("a rewrite shows its moment, whatever is emptied, swapped and dies of age meanwhile", async () => {
  const during: readonly (readonly string[])[] = [
    ["FLUSHALL"],
    ["FLUSHALL ASYNC", "SET new 1"],
    ["FLUSHDB", "SET key:1 again"],
    ["SWAPDB 0 1", "APPEND key:1 x", "SELECT 1", "APPEND key:1 y"],
    ["SWAPDB 0 2", "FLUSHDB", "SWAPDB 0 2", "SET key:2 z"],
    ["SELECT 1", "FLUSHDB ASYNC", "RPUSH list again", "SWAPDB 0 1", "SWAPDB 1 2"],
    ["PEXPIRE key:1 10", "!later", "SET key:1 again", "PEXPIRE key:2 10", "!later", "GET key:2"],
    ["PEXPIRE key:3 10", "!later", "RENAME key:4 key:3", "MOVE key:5 1", "COPY key:6 key:7 REPLACE"],
    ["DEBUG RELOAD", "SET new 1"],
    ["SAVE", "SET new 1"],
    ["MULTI", "SET key:1 a", "FLUSHALL", "SET key:1 b", "EXEC"],
  ];
  for (const preamble of ["yes", "no"]) {
    for (const lines of during) {
      const running = await filled(`${AOF}\naof-use-rdb-preamble ${preamble}\nenable-debug-command yes`);
      const { client, server } = running;
      const watcher = running.connect();
      slowly(server, true);
      await client.send("BGREWRITEAOF");
      await settle();
      for (const line of lines) {
        if (line === "!later") tick(running, 20);
        else {
          const reply = await client.send(line);
          assert(!reply.startsWith("-"), `${line}: ${reply}`);
        }
        assertStringIncludes(await watcher.send("INFO persistence"), "aof_rewrite_in_progress:1", line);
        await sameAfterRestart(running, `${lines}, during the rewrite`);
      }
      await untilFree(server);
      tick(running, 20);
      await client.send("INCR after");
      await sameAfterRestart(running, `${lines}, after it`);
      await fill(client);
      await sameAfterRestart(running, `${lines}, filled again`);
    }
  }
});

Deno.test("FLUSHALL ends BGSAVE and, with save rules, writes an empty file", async () => {
  const running = await filled("save 3600 1");
  const { client, server, disk } = running;
  slowly(server, true);
  await client.send("BGSAVE");
  assert(server.persistence.isBusy);
  await client.send("FLUSHALL");
  assert(!server.persistence.isBusy);
  for (let turns = 0; turns < 5; turns++) await settle();
  const after = await started('save ""', disk.kill());
  assertEquals(await after.client.send("DBSIZE"), ":0\r\n");
  assertEquals(disk.list("."), ["dump.rdb"]);
});

Deno.test("no reply leaves before what it tells is written, even while the reply before is still being sent", async () => {
  const clock = new ManualClock();
  const { server, disk, connect } = serverInProcess(`${AOF}\nappendfsync always`, { clock });
  await server.load();
  const client = connect();
  const { socket } = client;
  disk.clearLog();
  const syncedBefore: number[] = [];
  const write = socket.write.bind(socket);
  socket.write = (bytes) => {
    syncedBefore.push(disk.log.filter(({ operation }) => operation === "sync").length);
    return write(bytes);
  };
  socket.holdsWrites = true;
  socket.command("GET a");
  await settle();
  socket.command("SET a 1");
  socket.holdsWrites = false;
  socket.releaseWrites();
  await settle();
  assertEquals(socket.take(), "$-1\r\n+OK\r\n");
  assertEquals(syncedBefore, [0, 1]);
});

Deno.test("SHUTDOWN while data is loaded leaves the files as they are", async () => {
  const before = await filled("save 3600 1");
  await before.client.send("SAVE");
  const file = before.disk.contents("dump.rdb");
  const running = serverInProcess("save 3600 1", { disk: before.disk.kill() });
  const loaded = running.server.load();
  running.server.keyspace.isLoading = true;
  const steps = running.server.persistence.loading;
  steps.progress ??= { startedAt: 0, totalBytes: 1, loadedBytes: 0, rdbUsedMemory: 0 };
  assert(running.server.shutdown({ save: "if configured", force: false }));
  assertEquals(running.disk.contents("dump.rdb"), file);
  assert(!running.disk.log.some(({ operation }) => operation === "rename"));
  await loaded;
});

Deno.test("a server that cannot begin its append-only file says at which file the disk failed", async () => {
  const seen = new Set<string>();
  for (let nth = 1; nth < 100; nth++) {
    const { server, disk } = serverInProcess(AOF);
    disk.failEvery(nth);
    try {
      await server.load();
    } catch (error) {
      const { message } = error as Error;
      assertMatch(message, /^[A-Z][a-z ':]+ [^:]+: Input\/output error$/, `call ${nth}`);
      seen.add(message.replace(/: Input.*/, ""));
    }
    if (!hasFailed(disk)) break;
  }
  assertEquals([...seen], [
    "Can't upgrade the append-only file appendonly.aof",
    "Fatal error: can't open the AOF manifest file appendonlydir/appendonly.aof.manifest for reading",
    "Can't open or create append-only dir appendonlydir",
    "Can't create the AOF base file appendonly.aof.1.base.rdb",
    "Can't open the append-only file appendonly.aof.1.incr.aof",
    "Can't write the AOF manifest",
    "Can't open the append-only file appendonly.aof.1.base.rdb",
  ]);
});
