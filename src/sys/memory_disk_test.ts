import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Disk, DiskError, readAll, writeAll } from "./disk.ts";
import { MemoryDisk } from "./memory_disk.ts";
import { Random } from "./random.ts";

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function text(disk: MemoryDisk, path: string): string {
  return new TextDecoder().decode(disk.contents(path));
}

function write(disk: Disk, path: string, content: string): void {
  const file = disk.open(path, "append");
  writeAll(file, bytes(content));
  file.close();
}

function codeOf(call: () => unknown): string {
  return assertThrows(call, DiskError).code;
}

/** Every outcome of a power cut that some seeds bring about, sorted. */
function outcomes(disk: MemoryDisk, look: (after: MemoryDisk) => string): string[] {
  const seen = new Set<string>();
  for (let seed = 0; seed < 400; seed++) seen.add(look(disk.crash(new Random(seed))));
  return [...seen].toSorted();
}

// What survives.

Deno.test("A power cut leaves a file as it was synced last", () => {
  const disk = new MemoryDisk();
  const file = disk.open("f", "append");
  disk.syncFolder(".");
  writeAll(file, bytes("synced"));
  file.sync();
  writeAll(file, bytes(" lost"));
  assertEquals(text(disk.crash(), "f"), "synced");
  assertEquals(text(disk, "f"), "synced lost");
});

Deno.test("A power cut takes back a cut that was not synced", () => {
  const disk = new MemoryDisk();
  disk.put("f", bytes("abcdef"));
  const file = disk.open("f", "append");
  file.truncate(2);
  writeAll(file, bytes("XYZ"));
  assertEquals(text(disk.crash(), "f"), "abcdef");
  file.sync();
  assertEquals(text(disk.crash(), "f"), "abXYZ");
});

Deno.test("A power cut leaves nothing of a synced file whose folder was not", () => {
  const disk = new MemoryDisk();
  const file = disk.open("f", "create");
  writeAll(file, bytes("x"));
  file.sync();
  assertEquals(disk.crash().exists("f"), false);
  disk.syncFolder(".");
  assertEquals(text(disk.crash(), "f"), "x");
});

Deno.test("A power cut takes back renames and removals of a folder that was not synced", () => {
  const disk = new MemoryDisk();
  for (const name of ["a", "b", "c"]) disk.put(name, bytes(name));
  disk.rename("a", "b");
  disk.remove("c");
  assertEquals(disk.list(".").toSorted(), ["b"]);
  const after = disk.crash();
  assertEquals(after.list(".").toSorted(), ["a", "b", "c"]);
  assertEquals(text(after, "b"), "b");
  disk.syncFolder(".");
  assertEquals(disk.crash().list("."), ["b"]);
  assertEquals(text(disk.crash(), "b"), "a");
});

Deno.test("A rename whose folder was synced gives an empty file when its bytes were not", () => {
  const disk = new MemoryDisk();
  disk.put("f", bytes("old"));
  write(disk, "temp", "new");
  disk.rename("temp", "f");
  disk.syncFolder(".");
  assertEquals(text(disk.crash(), "f"), "");
});

Deno.test("A folder that is not known to its own folder is lost with what was synced in it", () => {
  const disk = new MemoryDisk();
  disk.makeFolder("d");
  const file = disk.open("d/f", "create");
  writeAll(file, bytes("x"));
  file.sync();
  disk.syncFolder("d");
  assertEquals(disk.crash().list("."), []);
  disk.syncFolder(".");
  assertEquals(text(disk.crash(), "d/f"), "x");
});

Deno.test("The end of the process alone loses nothing, and then a power cut what was not synced", () => {
  const disk = new MemoryDisk({ capacity: 100, folder: "/data" });
  const file = disk.open("f", "append");
  disk.syncFolder(".");
  writeAll(file, bytes("synced"));
  file.sync();
  writeAll(file, bytes(" not"));
  write(disk, "g", "new");
  const alive = disk.kill();
  assertEquals([text(alive, "/data/f"), text(alive, "g"), alive.capacity], ["synced not", "new", 100]);
  const after = alive.crash();
  assertEquals([text(after, "f"), after.exists("g"), after.capacity], ["synced", false, 100]);
});

Deno.test("What happens after the cut is nothing to the disk that is left, nor the other way round", () => {
  const disk = new MemoryDisk();
  disk.put("f", bytes("one"));
  const file = disk.open("f", "append");
  for (const after of [disk.kill(), disk.crash(), disk.crash(new Random(1))]) {
    write(after, "f", " left");
    after.open("f", "append").sync();
    file.write(bytes("!"));
    file.sync();
    assertEquals(text(after, "f"), "one left");
  }
  assertEquals(text(disk, "f"), "one!!!");
});

Deno.test("With chance a power cut leaves any beginning of what was not synced", () => {
  const disk = new MemoryDisk();
  disk.put("f", bytes("S"));
  const file = disk.open("f", "append");
  file.write(bytes("ab"));
  file.write(bytes("cd"));
  const all = ["S", "Sa", "Sab", "Sabc", "Sabcd"];
  assertEquals(outcomes(disk, (after) => text(after, "f")), all);
});

Deno.test("With chance some of the first changes of a folder are there, each one whole", () => {
  const disk = new MemoryDisk();
  disk.put("a", bytes("1"));
  disk.rename("a", "b");
  disk.put("c", bytes("2"));
  disk.rename("b", "a");
  disk.rename("c", "d");
  assertEquals(outcomes(disk, (after) => after.list(".").toSorted().join(" ")), ["a c", "a d", "b c"]);
});

Deno.test("With chance a rename may be there and the bytes of the file not", () => {
  const disk = new MemoryDisk();
  disk.put("f", bytes("o"));
  write(disk, "t", "n");
  disk.rename("t", "f");
  const seen = outcomes(
    disk,
    (after) => after.list(".").toSorted().map((name) => `${name}=${text(after, name)}`).join(" "),
  );
  assertEquals(seen, ["f=", "f=n", "f=o", "f=o t=", "f=o t=n"]);
});

Deno.test("The same seed brings the same power cut", () => {
  const disk = new MemoryDisk();
  disk.put("f", bytes(""));
  write(disk, "f", "0123456789".repeat(10));
  for (let seed = 0; seed < 5; seed++) {
    assertEquals(text(disk.crash(new Random(seed)), "f"), text(disk.crash(new Random(seed)), "f"));
  }
});

Deno.test("Whatever was synced survives any power cut, in random work", () => {
  const seed = new Random().uint32();
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  for (let round = 0; round < 50; round++) {
    const disk = new MemoryDisk();
    const file = disk.open("f", "append");
    disk.syncFolder(".");
    let all = "";
    let synced = "";
    for (let step = 0; step < 30; step++) {
      if (random.below(4) === 0) {
        file.sync();
        synced = all;
      } else {
        const part = String.fromCharCode(97 + random.below(26)).repeat(1 + random.below(5));
        writeAll(file, bytes(part));
        all += part;
      }
      assertEquals(text(disk.crash(), "f"), synced);
      assertEquals(text(disk.kill(), "f"), all);
      const left = text(disk.crash(random), "f");
      assert(left.startsWith(synced) && all.startsWith(left), `${synced} <= ${left} <= ${all}`);
    }
  }
});

// Syncs in the background.

Deno.test("A held sync covers what was written before it was called", async () => {
  const disk = new MemoryDisk();
  disk.put("f", bytes(""));
  const writer = disk.open("f", "append");
  const syncer = disk.open("f", "append");
  writer.write(bytes("before"));
  disk.holdSyncs();
  let isDone = false;
  const synced = syncer.syncLater().then(() => isDone = true);
  writer.write(bytes(" after"));
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals([isDone, text(disk.crash(), "f")], [false, ""]);
  disk.releaseSyncs();
  await synced;
  assertEquals(text(disk.crash(), "f"), "before");
  await syncer.syncLater();
  assertEquals(text(disk.crash(), "f"), "before after");
});

Deno.test("An older sync that ends late takes nothing back", async () => {
  const disk = new MemoryDisk();
  disk.put("f", bytes(""));
  const writer = disk.open("f", "append");
  const syncer = disk.open("f", "append");
  writer.write(bytes("one"));
  disk.holdSyncs();
  const synced = syncer.syncLater();
  writer.write(bytes("two"));
  writer.sync();
  disk.releaseSyncs();
  await synced;
  assertEquals(text(disk.crash(), "f"), "onetwo");
});

Deno.test("A held write has not happened", async () => {
  const disk = new MemoryDisk();
  const file = disk.open("f", "append");
  disk.holdWrites();
  const written = file.writeLater(bytes("abc"));
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals([text(disk, "f"), file.size], ["", 0]);
  disk.releaseWrites();
  assertEquals([await written, text(disk, "f"), file.size], [3, "abc", 3]);
  assertEquals(await file.writeLater(bytes("d")), 1);
});

Deno.test("What happens in the background has not happened when the call returns", async () => {
  const disk = new MemoryDisk();
  disk.put("f", bytes("x"));
  const file = disk.open("f", "append");
  const written = file.writeLater(bytes("y"));
  const removed = disk.removeLater("f");
  assertEquals(text(disk, "f"), "x");
  await Promise.all([written, removed]);
  assertEquals(disk.exists("f"), false);
});

// A full disk.

Deno.test("A disk that fills up takes a part, then says that it is full", () => {
  const disk = new MemoryDisk({ capacity: 10 });
  const file = disk.open("f", "append");
  assertEquals([file.write(bytes("1234567")), file.write(bytes("89abc"))], [7, 3]);
  const error = assertThrows(() => file.write(bytes("d")), DiskError);
  assertEquals([error.code, error.message], ["ENOSPC", "No space left on device"]);
  assertEquals([text(disk, "f"), file.size, disk.used], ["123456789a", 10, 10]);
  assertEquals(codeOf(() => writeAll(disk.open("g", "append"), bytes("x"))), "ENOSPC");
  assertEquals(codeOf(() => file.truncate(11)), "ENOSPC");
});

Deno.test("Cutting off, removing and a larger capacity make room again", () => {
  const disk = new MemoryDisk({ capacity: 10 });
  write(disk, "f", "0123456789");
  const file = disk.open("f", "append");
  file.truncate(8);
  assertEquals(file.write(bytes("abcd")), 2);
  disk.capacity = 11;
  assertEquals(file.write(bytes("abcd")), 1);
  disk.remove("f");
  assertEquals(codeOf(() => write(disk, "g", "x")), "ENOSPC");
  file.close();
  write(disk, "g", "0123456789a");
  assertEquals(disk.used, 11);
});

Deno.test("A file in the place of another one frees that one's room", () => {
  const disk = new MemoryDisk({ capacity: 10 });
  write(disk, "f", "12345");
  write(disk, "g", "67890");
  disk.rename("g", "f");
  write(disk, "h", "abcde");
  assertEquals(disk.used, 10);
});

// Faults.

Deno.test("The next call of the operation fails, changes nothing, and all is well again", () => {
  const disk = new MemoryDisk();
  disk.put("f", bytes("x"));
  const file = disk.open("f", "append");
  disk.failNext("write", "EIO");
  disk.failNext("sync", "EDQUOT");
  disk.failNext("rename", "EROFS");
  const error = assertThrows(() => file.write(bytes("y")), DiskError);
  assertEquals([error.code, error.message], ["EIO", "Input/output error"]);
  assertEquals(codeOf(() => file.sync()), "EDQUOT");
  assertEquals(codeOf(() => disk.rename("f", "g")), "EROFS");
  assertEquals(text(disk, "f"), "x");
  file.write(bytes("y"));
  file.sync();
  disk.rename("f", "g");
  assertEquals(text(disk.kill(), "g"), "xy");
});

Deno.test("Every operation can fail, also in the background", async () => {
  const disk = new MemoryDisk();
  disk.put("f", bytes("x"));
  const file = disk.open("f", "append");
  const calls = {
    open: () => disk.open("f", "read"),
    read: () => file.read(new Uint8Array(1)),
    write: () => file.write(bytes("y")),
    truncate: () => file.truncate(0),
    sync: () => file.sync(),
    exists: () => disk.exists("f"),
    rename: () => disk.rename("f", "g"),
    remove: () => disk.remove("f"),
    makeFolder: () => disk.makeFolder("d"),
    list: () => disk.list("."),
    syncFolder: () => disk.syncFolder("."),
  };
  for (const [operation, call] of Object.entries(calls) as [keyof typeof calls, () => unknown][]) {
    disk.failNext(operation, "EACCES");
    assertEquals(codeOf(call), "EACCES");
  }
  const later = {
    write: () => file.writeLater(bytes("y")),
    sync: () => file.syncLater(),
    remove: () => disk.removeLater("f"),
  };
  for (const [operation, call] of Object.entries(later) as [keyof typeof later, () => Promise<unknown>][]) {
    disk.failNext(operation, "EIO");
    assertEquals((await assertRejects(call, DiskError)).code, "EIO");
  }
  assertEquals([disk.list("."), text(disk, "f")], [["f"], "x"]);
});

Deno.test("Faults of one operation come in the order and number that was asked for, until the disk is healed", () => {
  const disk = new MemoryDisk();
  const file = disk.open("f", "append");
  disk.failNext("write", "EIO", 2);
  disk.failNext("write", "ENOSPC", Infinity);
  const codes = [1, 2, 3, 4, 5].map(() => codeOf(() => file.write(bytes("x"))));
  assertEquals(codes, ["EIO", "EIO", "ENOSPC", "ENOSPC", "ENOSPC"]);
  disk.heal();
  assertEquals(file.write(bytes("x")), 1);
});

Deno.test("Every n-th call fails, of all or of some operations", () => {
  const disk = new MemoryDisk();
  disk.failEvery(3);
  const outcome = () => {
    try {
      return String(disk.exists("f"));
    } catch (error) {
      return (error as DiskError).code;
    }
  };
  assertEquals([1, 2, 3, 4, 5, 6].map(outcome), ["false", "false", "EIO", "false", "false", "EIO"]);
  disk.failEvery(1, "EMFILE", ["open"]);
  assertEquals(outcome(), "false");
  assertEquals(codeOf(() => disk.open("f", "create")), "EMFILE");
  assertEquals(outcome(), "false");
  disk.heal();
  disk.open("f", "create").close();
  assertThrows(() => disk.failEvery(0), RangeError);
});

Deno.test("A torn write leaves its first bytes, and who writes on meets the error", () => {
  const disk = new MemoryDisk();
  const file = disk.open("f", "append");
  disk.tearNextWrite(3, "ENOSPC");
  file.write(bytes("abc"));
  assertEquals(codeOf(() => writeAll(file, bytes("defghi"))), "ENOSPC");
  assertEquals([text(disk, "f"), file.size], ["abcdef", 6]);
  file.truncate(3);
  writeAll(file, bytes("ghi"));
  assertEquals(text(disk, "f"), "abcghi");
});

Deno.test("A write torn before its first byte fails at once, and once", async () => {
  const disk = new MemoryDisk();
  const file = disk.open("f", "append");
  disk.tearNextWrite(0);
  assertEquals((await assertRejects(() => file.writeLater(bytes("abc")), DiskError)).code, "EIO");
  writeAll(file, bytes("d"));
  assertEquals(text(disk, "f"), "d");
});

Deno.test("After the power is cut nothing happens any more, also not in the background", async () => {
  const disk = new MemoryDisk();
  disk.put("f", bytes(""));
  const file = disk.open("f", "append");
  const syncer = disk.open("f", "append");
  disk.cutPowerAfter(3);
  file.write(bytes("a"));
  disk.holdSyncs();
  const synced = assertRejects(() => syncer.syncLater(), DiskError);
  file.write(bytes("b"));
  assertEquals(codeOf(() => file.write(bytes("c"))), "EIO");
  assertEquals(codeOf(() => disk.remove("f")), "EIO");
  disk.releaseSyncs();
  assertEquals((await synced).code, "EIO");
  assertEquals([text(disk.kill(), "f"), text(disk.crash(), "f")], ["ab", ""]);
  assertEquals(disk.crash().exists("f"), true);
});

// What tests look at.

Deno.test("The log tells all calls with their paths, sizes and errors", async () => {
  const disk = new MemoryDisk({ folder: "/data" });
  const file = disk.open("f", "append");
  file.write(bytes("abc"));
  await file.syncLater();
  disk.failNext("rename", "EIO");
  assertThrows(() => disk.rename("f", "../g"));
  assertThrows(() => disk.open("no", "read"));
  file.seek(1);
  file.read(new Uint8Array(10));
  file.close();
  assertEquals(disk.log, [
    { operation: "open", path: "/data/f" },
    { operation: "write", path: "/data/f", bytes: 3 },
    { operation: "sync", path: "/data/f" },
    { operation: "rename", path: "/data/f", to: "/g", failed: "EIO" },
    { operation: "open", path: "/data/no", failed: "ENOENT" },
    { operation: "read", path: "/data/f", bytes: 2 },
  ]);
  disk.clearLog();
  disk.contents("f");
  disk.put("h", bytes(""));
  assertEquals(disk.log, []);
});

Deno.test("Reads can be made to come in small pieces", () => {
  const disk = new MemoryDisk();
  disk.put("f", bytes("abcdefg"));
  disk.readAtMost = 2;
  assertEquals(readAll(disk, "f"), bytes("abcdefg"));
  assertEquals(disk.log.filter(({ operation }) => operation === "read").map((call) => call.bytes), [
    2,
    2,
    2,
    1,
  ]);
});

Deno.test("The root is a folder that stays", () => {
  const disk = new MemoryDisk();
  disk.makeFolder("/");
  assertEquals(codeOf(() => disk.open("/", "read")), "EISDIR");
  assertEquals(codeOf(() => disk.remove("/")), "EBUSY");
  assertEquals(codeOf(() => disk.rename("/", "/d")), "EBUSY");
  assertEquals(codeOf(() => disk.contents("/")), "EISDIR");
  assertEquals(codeOf(() => disk.contents("no")), "ENOENT");
});
