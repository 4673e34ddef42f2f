import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DiskError, writeAll } from "../sys/disk.ts";
import { MemoryDisk } from "../sys/memory_disk.ts";
import { FaultyDisk } from "./faulty_disk.ts";

const BYTES = Uint8Array.of(1, 2, 3, 4);

function disks(): { inner: MemoryDisk; disk: FaultyDisk } {
  const inner = new MemoryDisk();
  return { inner, disk: new FaultyDisk(inner, "") };
}

function codeOf(action: () => unknown): string {
  return assertThrows(action, DiskError).code;
}

Deno.test("a disk fails as often as it is asked to, and counts", () => {
  const { disk } = disks();
  const fault = disk.fail("open", "EIO", { times: 2, skip: 1 });
  disk.open("a", "create").close();
  assertEquals(codeOf(() => disk.open("a", "append")), "EIO");
  assertEquals(codeOf(() => disk.open("b", "append")), "EIO");
  disk.open("a", "append").close();
  assertEquals(fault.hits, 2);
});

Deno.test("a disk fails at some files, for some operations, until the fault is removed", () => {
  const { disk } = disks();
  const file = disk.open("x.aof", "create");
  {
    using _full = disk.fail(["write", "sync"], "ENOSPC", { path: /\.aof$/ });
    assertEquals(codeOf(() => file.write(BYTES)), "ENOSPC");
    assertEquals(codeOf(() => file.sync()), "ENOSPC");
    disk.open("dump.rdb", "create").write(BYTES);
  }
  assertEquals(file.write(BYTES), 4);
});

Deno.test("every kind of call can fail, in the background too", async () => {
  const { disk } = disks();
  const file = disk.open("f", "pages");
  file.write(BYTES);
  const calls: [Parameters<FaultyDisk["fail"]>[0] & string, () => unknown][] = [
    ["open", () => disk.open("f", "read")],
    ["read", () => file.read(new Uint8Array(1))],
    ["read", () => file.readAt(new Uint8Array(1), 0)],
    ["write", () => file.writeAt(BYTES, 0)],
    ["truncate", () => file.truncate(0)],
    ["sync", () => file.sync()],
    ["exists", () => disk.exists("f")],
    ["rename", () => disk.rename("f", "g")],
    ["remove", () => disk.remove("f")],
    ["makeFolder", () => disk.makeFolder("d")],
    ["list", () => disk.list("/")],
    ["syncFolder", () => disk.syncFolder("/")],
  ];
  for (const [operation, call] of calls) {
    using fault = disk.fail(operation, "EACCES");
    assertEquals(codeOf(call), "EACCES", operation);
    assertEquals(fault.hits, 1);
  }
  using _fault = disk.fail(["read", "write", "sync", "remove"], "EROFS");
  await assertRejects(() => file.readAtLater(new Uint8Array(1), 0), DiskError);
  await assertRejects(() => file.writeLater(BYTES), DiskError);
  await assertRejects(() => file.writeAtLater(BYTES, 0), DiskError);
  await assertRejects(() => file.syncLater(), DiskError);
  await assertRejects(() => disk.removeLater("f"), DiskError);
});

Deno.test("a write is torn: a part arrives, and the next write fails", () => {
  const { inner, disk } = disks();
  const file = disk.open("f", "create");
  const fault = disk.tear(3, "EIO");
  assertEquals(codeOf(() => writeAll(file, BYTES)), "EIO");
  assertEquals(inner.contents("f"), BYTES.slice(0, 3));
  writeAll(file, BYTES);
  assertEquals(inner.contents("f").length, 7);
  assertEquals(fault.hits, 1);
  assertThrows(() => disk.tear(0), RangeError);
});

Deno.test("syncs hang until the fault is removed", async () => {
  const { disk } = disks();
  const file = disk.open("f", "create");
  file.write(BYTES);
  const fault = disk.hang();
  let isSynced = false;
  const sync = file.syncLater().then(() => isSynced = true);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals([isSynced, fault.hits, disk.isHanging], [false, 1, true]);
  fault.remove();
  await sync;
  assertEquals(disk.isHanging, false);
});

Deno.test("all faults end at once", async () => {
  const { disk } = disks();
  disk.fail("open", "EIO");
  disk.tear(1);
  disk.hang();
  disk.clear();
  const file = disk.open("f", "create");
  assertEquals(file.write(BYTES), 4);
  await file.syncLater();
});

Deno.test("relative names begin in the folder", () => {
  const inner = new MemoryDisk();
  inner.makeFolder("/data");
  const disk = new FaultyDisk(inner, "/data/");
  disk.open("a", "create").close();
  disk.open("/b", "create").close();
  assertEquals([inner.exists("/data/a"), inner.exists("/b"), disk.exists("a")], [true, true, true]);
});
