import { assert, assertEquals, assertThrows } from "@std/assert";
import { latin1, latin1Text } from "../../sys/bytes.ts";
import { ManualClock } from "../../sys/clock.ts";
import { DiskError } from "../../sys/disk.ts";
import { MemoryDisk } from "../../sys/memory_disk.ts";
import { Random } from "../../sys/random.ts";
import { AppendFile, type FsyncPolicy } from "./append_file.ts";

const PATH = "incr.aof";
const TICK_MS = 100;

/** A file being written, with all that a test wants to look at. */
class Bench {
  readonly disk: MemoryDisk = new MemoryDisk();
  readonly clock: ManualClock = new ManualClock();
  readonly lines: string[] = [];
  readonly fatal: string[] = [];
  readonly file: AppendFile;

  constructor(policy: FsyncPolicy) {
    this.disk.put(PATH, new Uint8Array(0));
    this.file = new AppendFile({
      disk: this.disk,
      path: PATH,
      clock: this.clock,
      policy,
      onFatal: (text) => this.fatal.push(text),
      log: (text, level) => this.lines.push(`${level}: ${text}`),
    });
  }

  commit(text: string): void {
    this.file.commit(latin1(text));
  }

  /** Lets time pass as the server does, and what happens in the background happen. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= TICK_MS) {
      this.clock.advance(TICK_MS);
      this.file.tick();
      await settle();
    }
  }

  get written(): string {
    return latin1Text(this.disk.contents(PATH));
  }

  /** What a power cut leaves. */
  get durable(): string {
    return latin1Text(this.disk.crash().contents(PATH));
  }
}

/** Lets all that is under way in the background end, except what the disk holds. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

Deno.test("With always a commit survives a power cut when it returns", () => {
  const bench = new Bench("always");
  for (const text of ["one ", "two ", "three"]) {
    bench.commit(text);
    assertEquals(bench.durable, bench.written);
  }
  assertEquals(bench.durable, "one two three");
  assertEquals([bench.file.size, bench.file.syncedSize, bench.file.bufferedBytes], [13, 13, 0]);
});

Deno.test("With everysec and no a commit survives the death of the process when it returns", () => {
  for (const policy of ["everysec", "no"] as const) {
    const bench = new Bench(policy);
    bench.commit("one");
    assertEquals(latin1Text(bench.disk.kill().contents(PATH)), "one");
    assertEquals([bench.durable, bench.file.size, bench.file.syncedSize], ["", 3, 0]);
  }
});

Deno.test("With everysec a commit survives a power cut a second later", async () => {
  const bench = new Bench("everysec");
  bench.commit("one");
  await bench.pass(900);
  assertEquals(bench.durable, "");
  await bench.pass(100);
  assertEquals([bench.durable, bench.file.syncedSize], ["one", 3]);
});

Deno.test("With everysec nothing is synced while there is nothing new", async () => {
  const bench = new Bench("everysec");
  bench.commit("one");
  await bench.pass(1000);
  bench.disk.clearLog();
  await bench.pass(5000);
  assertEquals(bench.disk.log, []);
});

Deno.test("With no the file is synced only when it is closed in good order", async () => {
  const bench = new Bench("no");
  bench.commit("one");
  await bench.pass(60_000);
  assertEquals(bench.durable, "");
  bench.file.flush();
  assertEquals(bench.durable, "one");
});

Deno.test("With everysec a power cut at any moment costs at most the commits of a second and a tick", async () => {
  const bench = new Bench("everysec");
  const seed = 7;
  const random = new Random(seed);
  /** What was in the file, acknowledged, so many ms ago. */
  const acknowledged: { at: number; size: number }[] = [];
  let size = 0;
  for (let step = 0; step < 600; step++) {
    const text = "x".repeat(1 + random.below(20));
    bench.commit(text);
    size += text.length;
    acknowledged.push({ at: bench.clock.monotonicMs(), size });
    await bench.pass(TICK_MS);
    const kept = bench.durable.length;
    const lost = acknowledged.find((commit) => commit.size > kept);
    const age = lost === undefined ? 0 : bench.clock.monotonicMs() - lost.at;
    assert(age <= 1000 + TICK_MS, `${age} ms lost, seed ${seed}, step ${step}`);
  }
});

Deno.test("While a sync hangs, the death of the process costs at most the commits of two seconds", async () => {
  const bench = new Bench("everysec");
  bench.commit("begin ");
  bench.disk.holdSyncs();
  await bench.pass(1000);
  assert(bench.file.syncInProgress);
  const acknowledged: { at: number; size: number }[] = [];
  let size = 6;
  let postponed = 0;
  for (let step = 0; step < 200; step++) {
    bench.commit("abc");
    size += 3;
    acknowledged.push({ at: bench.clock.monotonicMs(), size });
    await bench.pass(TICK_MS);
    postponed = Math.max(postponed, bench.file.bufferedBytes);
    const kept = bench.disk.kill().contents(PATH).length;
    const lost = acknowledged.find((commit) => commit.size > kept);
    const age = lost === undefined ? 0 : bench.clock.monotonicMs() - lost.at;
    assert(age <= 2000, `${age} ms lost in step ${step}`);
  }
  assert(postponed > 0);
  assert(bench.file.delayedFsyncs >= 9, `${bench.file.delayedFsyncs}`);
  assertEquals(
    bench.lines[0],
    "notice: Asynchronous AOF fsync is taking too long (disk is busy?). Writing the AOF buffer without waiting for " +
      "fsync to complete, this may slow down Redis.",
  );
  bench.disk.releaseSyncs();
  await bench.pass(2000);
  assertEquals(bench.durable, "begin " + "abc".repeat(200));
});

Deno.test("What waited for a sync is written by the next tick after it, in order", async () => {
  const bench = new Bench("everysec");
  bench.commit("a");
  bench.disk.holdSyncs();
  await bench.pass(1000);
  bench.commit("b");
  bench.commit("c");
  assertEquals([bench.written, bench.file.bufferedBytes, bench.file.size], ["a", 2, 1]);
  bench.disk.releaseSyncs();
  await settle();
  assertEquals(bench.file.syncInProgress, false);
  await bench.pass(TICK_MS);
  assertEquals([bench.written, bench.file.bufferedBytes, bench.file.delayedFsyncs], ["abc", 0, 0]);
});

Deno.test("A sync covers what was written when it began, not what came while it ran", async () => {
  const bench = new Bench("everysec");
  bench.commit("one");
  bench.disk.holdSyncs();
  const sync = bench.file.syncLater();
  bench.file.policy = "no"; // Then writes do not wait for it.
  bench.commit("two");
  bench.disk.releaseSyncs();
  await sync;
  assertEquals([bench.file.size, bench.file.syncedSize], [6, 3]);
});

Deno.test("The bytes of a commit may be overwritten when it returned, also when they wait", async () => {
  const bench = new Bench("everysec");
  bench.commit("x");
  bench.disk.holdSyncs();
  await bench.pass(1000);
  const bytes = latin1("abc");
  bench.file.commit(bytes);
  bytes.fill(0);
  bench.disk.releaseSyncs();
  await bench.pass(1000);
  assertEquals(bench.written, "xabc");
});

Deno.test("A write that fails is tried again by ticks until it succeeds, and nothing is lost", async () => {
  const bench = new Bench("everysec");
  bench.commit("one ");
  bench.disk.failNext("write", "ENOSPC", 4);
  bench.commit("two ");
  assertEquals([bench.file.lastWriteFailed?.code, bench.written], ["ENOSPC", "one "]);
  bench.commit("three");
  assertEquals([bench.written, bench.file.bufferedBytes, bench.file.size], ["one ", 9, 4]);
  await bench.pass(3 * TICK_MS);
  assertEquals(bench.file.lastWriteFailed?.code, "ENOSPC");
  await bench.pass(TICK_MS);
  assertEquals([bench.file.lastWriteFailed, bench.written], [undefined, "one two three"]);
  assertEquals([bench.file.bufferedBytes, bench.file.size], [0, 13]);
  assertEquals(bench.lines, [
    "warning: Error writing to the AOF file: No space left on device",
    "warning: AOF write error looks solved, Redis can write again.",
  ]);
});

Deno.test("A torn write is cut off again to the last whole commit", async () => {
  const bench = new Bench("everysec");
  bench.commit("one ");
  bench.disk.tearNextWrite(2, "ENOSPC");
  bench.commit("two");
  assertEquals([bench.written, bench.file.size], ["one ", 4]);
  assertEquals(bench.lines, [
    "warning: Short write while writing to the AOF file: (nwritten=2, expected=3)",
  ]);
  await bench.pass(TICK_MS);
  assertEquals(bench.written, "one two");
});

Deno.test("A torn write that cannot be cut off is continued where it ended", async () => {
  const bench = new Bench("everysec");
  bench.commit("one ");
  bench.disk.failNext("truncate", "EIO", 1);
  bench.disk.tearNextWrite(2, "ENOSPC");
  bench.commit("two ");
  assertEquals([bench.written, bench.file.size], ["one tw", 4]);
  assertEquals(
    bench.lines[1],
    "warning: Could not remove short write from the append-only file.  Redis may refuse to load the AOF the next " +
      "time it starts.  ftruncate: Input/output error",
  );
  bench.commit("three");
  await bench.pass(TICK_MS);
  assertEquals([bench.written, bench.file.size, bench.file.lastWriteFailed], [
    "one two three",
    13,
    undefined,
  ]);
});

Deno.test("A torn write that cannot be cut off at first is cut off when the file is closed", () => {
  const bench = new Bench("everysec");
  bench.commit("one ");
  bench.disk.failNext("truncate", "EIO", 1);
  bench.disk.tearNextWrite(2, "ENOSPC");
  bench.commit("two ");
  bench.file.close();
  assertEquals(bench.written, "one ");
});

Deno.test("A long trouble is told twice a minute", async () => {
  const bench = new Bench("everysec");
  bench.disk.failNext("write", "ENOSPC", Infinity);
  bench.commit("one");
  await bench.pass(60_000);
  assertEquals(bench.lines, Array(3).fill("warning: Error writing to the AOF file: No space left on device"));
});

Deno.test("With always a write that fails ends the server, and is not acknowledged", () => {
  const bench = new Bench("always");
  bench.commit("one ");
  bench.disk.failNext("write", "ENOSPC");
  const error = assertThrows(() => bench.commit("two"), DiskError);
  assertEquals(error.code, "ENOSPC");
  assertEquals(bench.fatal, [
    "Can't recover from AOF write error when the AOF fsync policy is 'always'. Exiting...",
  ]);
  assertEquals(bench.lines, ["warning: Error writing to the AOF file: No space left on device"]);
  assertEquals([bench.written, bench.durable], ["one ", "one "]);
});

Deno.test("With always a sync that fails ends the server", () => {
  const bench = new Bench("always");
  bench.disk.failNext("sync", "EIO");
  assertThrows(() => bench.commit("one"), DiskError);
  assertEquals(bench.fatal, [
    "Can't persist AOF for fsync error when the AOF fsync policy is 'always': Input/output error. Exiting...",
  ]);
});

Deno.test("A sync in the background that fails is told once and tried again every second", async () => {
  const bench = new Bench("everysec");
  bench.commit("one");
  bench.disk.failNext("sync", "EIO", 2);
  await bench.pass(2000);
  assertEquals([bench.file.lastSyncFailed?.code, bench.durable], ["EIO", ""]);
  await bench.pass(1000);
  assertEquals([bench.file.lastSyncFailed, bench.durable], [undefined, "one"]);
  assertEquals(bench.lines, ["warning: Fail to fsync the AOF file: Input/output error"]);
});

Deno.test("While syncs are paused none happens, and the first tick after makes up for it", async () => {
  for (const policy of ["everysec", "always"] as const) {
    const bench = new Bench(policy);
    bench.file.pausesSync = true;
    bench.commit("one");
    await bench.pass(10_000);
    assertEquals(bench.durable, "");
    bench.file.pausesSync = false;
    await bench.pass(TICK_MS);
    assertEquals(bench.durable, "one");
  }
});

Deno.test("A policy that changes to always makes the next tick sync what is there", async () => {
  const bench = new Bench("no");
  bench.commit("one");
  bench.file.policy = "always";
  await bench.pass(TICK_MS);
  assertEquals(bench.durable, "one");
});

Deno.test("With always a commit does not wait for a sync that everysec began", async () => {
  const bench = new Bench("everysec");
  bench.commit("one");
  bench.disk.holdSyncs();
  await bench.pass(1000);
  bench.file.policy = "always";
  bench.commit("two");
  assertEquals([bench.durable, bench.file.syncedSize], ["onetwo", 6]);
  bench.disk.releaseSyncs();
  await settle();
  assertEquals(bench.file.syncedSize, 6);
});

Deno.test("flush writes what waits and syncs it, or throws why it could not", async () => {
  const bench = new Bench("everysec");
  bench.commit("one");
  bench.disk.holdSyncs();
  await bench.pass(1000);
  bench.commit("two");
  bench.file.flush();
  assertEquals([bench.durable, bench.file.bufferedBytes], ["onetwo", 0]);
  bench.disk.failNext("write", "EIO", 2);
  bench.file.policy = "no";
  bench.commit("three");
  assertThrows(() => bench.file.flush(), DiskError);
  bench.file.flush();
  assertEquals(bench.durable, "onetwothree");
  bench.commit("four");
  bench.disk.failNext("sync", "EIO");
  assertThrows(() => bench.file.flush(), DiskError);
});

Deno.test("A file that is closed while it is synced lets go of it when the sync has ended", async () => {
  const bench = new Bench("everysec");
  bench.commit("one");
  bench.disk.holdSyncs();
  await bench.pass(1000);
  bench.file.close();
  bench.file.close();
  bench.disk.releaseSyncs();
  await settle();
  assertEquals(bench.file.syncInProgress, false);
  assertEquals(bench.durable, "one");
});

Deno.test("What was in the file when it was opened counts, and is synced once", async () => {
  const disk = new MemoryDisk();
  disk.put(PATH, latin1("before "));
  const clock = new ManualClock();
  const file = new AppendFile({ disk, path: PATH, clock, policy: "everysec", onFatal() {}, log() {} });
  assertEquals([file.size, file.syncedSize], [7, 0]);
  file.commit(latin1("after"));
  clock.advance(1000);
  file.tick();
  await settle();
  assertEquals([file.size, file.syncedSize], [12, 12]);
  assertEquals(latin1Text(disk.contents(PATH)), "before after");
});

Deno.test("An empty commit touches nothing", () => {
  const bench = new Bench("always");
  bench.disk.clearLog();
  bench.commit("");
  assertEquals(bench.disk.log, []);
});

Deno.test("A file that cannot be opened twice is not kept open", () => {
  const disk = new MemoryDisk();
  disk.failEvery(2, "EMFILE", ["open"]);
  const open = () =>
    new AppendFile({ disk, path: PATH, clock: new ManualClock(), policy: "no", onFatal() {}, log() {} });
  assertThrows(open, DiskError);
  disk.remove(PATH);
  assertEquals(disk.used, 0);
});

/** What the disk may be asked to do badly. */
const TROUBLES: readonly ((disk: MemoryDisk, random: Random) => void)[] = [
  (disk, random) => disk.failNext("write", "EIO", 1 + random.below(3)),
  (disk, random) => disk.failNext("truncate", "EIO", 1 + random.below(3)),
  (disk) => disk.failNext("sync", "EIO"),
  (disk, random) => disk.tearNextWrite(random.below(12), "ENOSPC"),
  (disk, random) => disk.failEvery(2 + random.below(4), "EIO"),
  (disk, random) => disk.capacity = disk.used + random.below(20),
  (disk) => disk.holdSyncs(),
  (disk) => disk.releaseSyncs(),
  (disk) => disk.heal(),
  (disk) => disk.capacity = Infinity,
];

Deno.test("Whatever the disk does, the file is a beginning of what was committed, and all of it in the end", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = new Random(seed);
    const bench = new Bench(random.below(2) === 0 ? "everysec" : "no");
    let committed = "";
    for (let step = 0; step < 120; step++) {
      if (random.below(6) === 0) TROUBLES[random.below(TROUBLES.length)]!(bench.disk, random);
      const text = `${step}${"x".repeat(random.below(12))};`;
      bench.commit(text);
      committed += text;
      if (random.below(3) === 0) await bench.pass(TICK_MS * (1 + random.below(15)));
      const { written, file } = bench;
      const where = `seed ${seed}, step ${step}`;
      assert(committed.startsWith(written), where);
      assertEquals(file.size + file.bufferedBytes, committed.length, where);
      assert(file.size <= written.length && file.syncedSize <= file.size, where);
      assert(file.syncedSize <= bench.durable.length, where);
      assert(file.size === 0 || committed[file.size - 1] === ";", where);
      if (file.lastWriteFailed === undefined && !file.syncInProgress) {
        assertEquals(written.length, file.size, where);
      }
    }
    bench.disk.heal();
    bench.disk.capacity = Infinity;
    bench.disk.releaseSyncs();
    await bench.pass(3000);
    bench.file.flush();
    assertEquals([bench.written, bench.durable], [committed, committed], `seed ${seed}`);
    bench.file.close();
  }
});
