/** What every {@link Disk} does alike: each test runs on the machine's disk and on the one in memory. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Disk, DiskError, type DiskFile, readAll, writeAll } from "./disk.ts";
import { MemoryDisk } from "./memory_disk.ts";
import { systemDisk } from "./system_disk.ts";

interface Place extends Disposable {
  readonly disk: Disk;
  /** An absolute path in an empty folder. */
  at(name: string): string;
}

function machine(): Place {
  const folder = Deno.makeTempDirSync({ prefix: "redeno-disk-" });
  return {
    disk: systemDisk,
    at: (name) => `${folder}/${name}`,
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

function memory(): Place {
  const disk = new MemoryDisk({ folder: "/some/folder" });
  return { disk, at: (name) => `/some/folder/${name}`, [Symbol.dispose]: () => {} };
}

function onEach(fact: string, test: (place: Place) => void | Promise<void>): void {
  for (const [name, make] of [["the machine's disk", machine], ["a memory disk", memory]] as const) {
    Deno.test(`${name}: ${fact}`, async () => {
      using place = make();
      await test(place);
    });
  }
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function text(disk: Disk, path: string): string {
  return new TextDecoder().decode(readAll(disk, path));
}

function make(disk: Disk, path: string, content: string): void {
  const file = disk.open(path, "create");
  writeAll(file, bytes(content));
  file.close();
}

/** The whole error: what code and text a call fails with. */
function assertFails(call: () => unknown, code: string, message: string): void {
  const error = assertThrows(call, DiskError);
  assertEquals([error.code, error.message], [code, message]);
}

const MISSING = ["ENOENT", "No such file or directory"] as const;
const NOT_A_FOLDER = ["ENOTDIR", "Not a directory"] as const;
const A_FOLDER = ["EISDIR", "Is a directory"] as const;
const BAD_FILE = ["EBADF", "Bad file descriptor"] as const;
const BUSY = ["EBUSY", "Device or resource busy"] as const;
const INVALID = ["EINVAL", "Invalid argument"] as const;

onEach("what is written can be read", ({ disk, at }) => {
  make(disk, at("f"), "hello");
  assertEquals(text(disk, at("f")), "hello");
});

onEach("append goes on where a file ends, and makes it when it is not there", ({ disk, at }) => {
  for (const part of ["one", "two"]) {
    const file = disk.open(at("f"), "append");
    writeAll(file, bytes(part));
    file.close();
  }
  assertEquals(text(disk, at("f")), "onetwo");
});

onEach("create empties what is there", ({ disk, at }) => {
  make(disk, at("f"), "a long text");
  const file = disk.open(at("f"), "create");
  assertEquals(file.size, 0);
  file.close();
  assertEquals(text(disk, at("f")), "");
});

onEach("size follows what the handle writes and cuts off", async ({ disk, at }) => {
  make(disk, at("f"), "12345");
  const file = disk.open(at("f"), "append");
  assertEquals(file.size, 5);
  file.write(bytes("678"));
  assertEquals(file.size, 8);
  await file.writeLater(bytes("9"));
  assertEquals(file.size, 9);
  file.truncate(2);
  assertEquals(file.size, 2);
  file.close();
});

onEach("reading goes on from call to call and ends with null", ({ disk, at }) => {
  make(disk, at("f"), "abcde");
  const file = disk.open(at("f"), "read");
  const into = new Uint8Array(3);
  assertEquals(file.read(into), 3);
  assertEquals(into, bytes("abc"));
  assertEquals(file.read(into), 2);
  assertEquals(into.subarray(0, 2), bytes("de"));
  assertEquals(file.read(into), null);
  file.seek(4);
  assertEquals(file.read(into), 1);
  file.seek(100);
  assertEquals(file.read(into), null);
  file.close();
});

onEach("a write comes to the end wherever reading stands, and reading then stands there", ({ disk, at }) => {
  make(disk, at("f"), "abcde");
  const file = disk.open(at("f"), "append");
  assertEquals(file.read(new Uint8Array(2)), 2);
  file.write(bytes("X"));
  assertEquals(file.read(new Uint8Array(2)), null);
  file.close();
  assertEquals(text(disk, at("f")), "abcdeX");
});

for (const mode of ["append", "create"] as const) {
  onEach(`a file opened to ${mode} has no hole after it was cut off`, ({ disk, at }) => {
    const file = disk.open(at("f"), mode);
    writeAll(file, bytes("abcde"));
    file.truncate(2);
    writeAll(file, bytes("Z"));
    file.close();
    assertEquals(text(disk, at("f")), "abZ");
  });
}

onEach("truncate fills up with zeros, also where something was before", ({ disk, at }) => {
  make(disk, at("f"), "abc");
  const file = disk.open(at("f"), "append");
  file.truncate(1);
  file.truncate(4);
  file.close();
  assertEquals(text(disk, at("f")), "a\0\0\0");
});

onEach("one handle sees what another one wrote, also past its own idea of the size", ({ disk, at }) => {
  make(disk, at("f"), "abc");
  const reader = disk.open(at("f"), "read");
  const writer = disk.open(at("f"), "append");
  writer.write(bytes("def"));
  const into = new Uint8Array(10);
  assertEquals(reader.read(into), 6);
  assertEquals(reader.size, 3);
  reader.close();
  writer.close();
});

onEach("a second handle syncs in the background while the first one writes", async ({ disk, at }) => {
  const writer = disk.open(at("f"), "append");
  const syncer = disk.open(at("f"), "append");
  writer.write(bytes("one"));
  const done = syncer.syncLater();
  writer.write(bytes("two"));
  writer.sync();
  await done;
  writer.close();
  syncer.close();
  assertEquals(text(disk, at("f")), "onetwo");
});

onEach("an open file outlives its name", ({ disk, at }) => {
  make(disk, at("f"), "abc");
  const file = disk.open(at("f"), "append");
  disk.remove(at("f"));
  make(disk, at("f"), "another");
  file.write(bytes("d"));
  file.seek(0);
  const into = new Uint8Array(10);
  assertEquals(file.read(into), 4);
  assertEquals(into.subarray(0, 4), bytes("abcd"));
  file.close();
  assertEquals(text(disk, at("f")), "another");
});

onEach("nothing of nothing is written or read", ({ disk, at }) => {
  const file = disk.open(at("f"), "append");
  assertEquals(file.write(new Uint8Array(0)), 0);
  assertEquals(file.size, 0);
  assertEquals(file.read(new Uint8Array(1)), null);
  file.close();
});

onEach("a file is read whole, whatever its size", ({ disk, at }) => {
  const content = "0123456789".repeat(20_000);
  make(disk, at("f"), content);
  assertEquals(text(disk, at("f")) === content, true);
});

onEach("rename puts a file in the place of another", ({ disk, at }) => {
  make(disk, at("new"), "new");
  make(disk, at("old"), "old");
  disk.rename(at("new"), at("old"));
  assertEquals(disk.list(at(".")), ["old"]);
  assertEquals(text(disk, at("old")), "new");
  disk.rename(at("old"), at("old"));
  assertEquals(text(disk, at("old")), "new");
});

onEach("rename moves between folders, and takes folders along", ({ disk, at }) => {
  disk.makeFolder(at("a"));
  disk.makeFolder(at("b"));
  make(disk, at("a/f"), "x");
  disk.rename(at("a/f"), at("b/g"));
  disk.rename(at("b"), at("a/c"));
  assertEquals(text(disk, at("a/c/g")), "x");
  assertEquals([disk.exists(at("a/f")), disk.exists(at("b"))], [false, false]);
});

onEach("what rename cannot replace stays", ({ disk, at }) => {
  make(disk, at("f"), "x");
  disk.makeFolder(at("d"));
  disk.makeFolder(at("full"));
  make(disk, at("full/f"), "x");
  assertFails(() => disk.rename(at("no"), at("f")), ...MISSING);
  assertFails(() => disk.rename(at("f"), at("no/f")), ...MISSING);
  assertFails(() => disk.rename(at("f"), at("d")), ...A_FOLDER);
  assertFails(() => disk.rename(at("d"), at("f")), ...NOT_A_FOLDER);
  assertFails(() => disk.rename(at("d"), at("full")), "ENOTEMPTY", "Directory not empty");
  assertFails(() => disk.rename(at("d"), at("d/e")), ...INVALID);
  assertEquals(disk.list(at(".")).toSorted(), ["d", "f", "full"]);
});

onEach("remove takes files and empty folders away, later or now", async ({ disk, at }) => {
  make(disk, at("f"), "x");
  make(disk, at("g"), "x");
  disk.makeFolder(at("d"));
  disk.remove(at("f"));
  await disk.removeLater(at("g"));
  disk.remove(at("d"));
  assertEquals(disk.list(at(".")), []);
  assertFails(() => disk.remove(at("f")), ...MISSING);
  const error = await assertRejects(() => disk.removeLater(at("f")), DiskError);
  assertEquals([error.code, error.message], [...MISSING]);
});

onEach("a folder that is not empty is not removed", ({ disk, at }) => {
  disk.makeFolder(at("d"));
  make(disk, at("d/f"), "x");
  assertFails(() => disk.remove(at("d")), "ENOTEMPTY", "Directory not empty");
  assertEquals(text(disk, at("d/f")), "x");
});

onEach("makeFolder makes one folder, once, and only where none of another kind is", ({ disk, at }) => {
  disk.makeFolder(at("d"));
  make(disk, at("d/f"), "x");
  disk.makeFolder(at("d"));
  assertEquals(disk.list(at("d")), ["f"]);
  assertFails(() => disk.makeFolder(at("no/d")), ...MISSING);
  assertFails(() => disk.makeFolder(at("d/f")), ...NOT_A_FOLDER);
  assertFails(() => disk.makeFolder(at("d/f/g")), ...NOT_A_FOLDER);
});

onEach("exists knows files and folders, and nothing below a file", ({ disk, at }) => {
  disk.makeFolder(at("d"));
  make(disk, at("d/f"), "x");
  assertEquals(["d", "d/f", "f", "no/f", "d/f/g"].map((name) => disk.exists(at(name))), [
    true,
    true,
    false,
    false,
    false,
  ]);
});

onEach("list names files and folders", ({ disk, at }) => {
  assertEquals(disk.list(at(".")), []);
  disk.makeFolder(at("d"));
  make(disk, at("f"), "x");
  make(disk, at("d/g"), "x");
  assertEquals(disk.list(at(".")).toSorted(), ["d", "f"]);
  assertFails(() => disk.list(at("no")), ...MISSING);
  assertFails(() => disk.list(at("f")), ...NOT_A_FOLDER);
});

onEach("a folder can be synced, if it is there", ({ disk, at }) => {
  disk.makeFolder(at("d"));
  disk.syncFolder(at("d"));
  assertFails(() => disk.syncFolder(at("no")), ...MISSING);
});

onEach("what cannot be opened says why", ({ disk, at }) => {
  disk.makeFolder(at("d"));
  make(disk, at("f"), "x");
  assertFails(() => disk.open(at("no"), "read"), ...MISSING);
  for (const mode of ["read", "append", "create"] as const) {
    assertFails(() => disk.open(at("no/f"), mode), ...MISSING);
    assertFails(() => disk.open(at("d"), mode), ...A_FOLDER);
    assertFails(() => disk.open(at("f/g"), mode), ...NOT_A_FOLDER);
  }
  assertEquals(disk.list(at(".")).toSorted(), ["d", "f"]);
});

onEach("a file of pages is written where one says, and what lies between is zeros", async ({ disk, at }) => {
  const file = disk.open(at("f"), "pages");
  assertEquals(file.writeAt(bytes("abc"), 5), 3);
  assertEquals(await file.writeAtLater(bytes("xy"), 1), 2);
  assertEquals(file.writeAt(bytes("B"), 6), 1);
  assertEquals(file.size, 8);
  const into = new Uint8Array(4);
  assertEquals(file.readAt(into, 5), 3);
  assertEquals(new TextDecoder().decode(into), "aBc\0");
  assertEquals(await file.readAtLater(into, 0), 4);
  assertEquals(new TextDecoder().decode(into), "\0xy\0");
  assertEquals(file.readAt(into, 100), 0);
  file.close();
  assertEquals(text(disk, at("f")), "\0xy\0\0aBc");
  const again = disk.open(at("f"), "pages");
  assertEquals(again.size, 8, "it is not emptied");
  again.close();
});

onEach(
  "a file is locked by one handle, until that is closed or the file has another name",
  ({ disk, at }) => {
    const first = disk.open(at("f"), "pages");
    const second = disk.open(at("f"), "pages");
    assertEquals(first.tryLock(), true);
    assertEquals(second.tryLock(), false);
    first.close();
    assertEquals(second.tryLock(), true);
    const third = disk.open(at("f"), "pages");
    disk.remove(at("f"));
    second.close();
    assertEquals(third.tryLock(), false, "nobody else would see the lock");
    third.close();
  },
);

onEach("a file opened to be read takes no writes", async ({ disk, at }) => {
  make(disk, at("f"), "x");
  const file = disk.open(at("f"), "read");
  assertFails(() => file.write(bytes("y")), ...BAD_FILE);
  const error = await assertRejects(() => file.writeLater(bytes("y")), DiskError);
  assertEquals([error.code, error.message], [...BAD_FILE]);
  assertFails(() => file.truncate(0), ...INVALID);
  file.close();
  assertEquals(text(disk, at("f")), "x");
});

onEach("there is nothing before the beginning of a file", ({ disk, at }) => {
  const file = disk.open(at("f"), "append");
  assertFails(() => file.seek(-1), ...INVALID);
  file.close();
});

onEach("a file takes one call at a time, and works again after it", async ({ disk, at }) => {
  const file = disk.open(at("f"), "append");
  for (const later of [() => file.writeLater(bytes("a")), () => file.syncLater()]) {
    const underWay = later();
    const calls: ((file: DiskFile) => unknown)[] = [
      (file) => file.write(bytes("b")),
      (file) => file.read(new Uint8Array(1)),
      (file) => file.seek(0),
      (file) => file.truncate(0),
      (file) => file.sync(),
    ];
    for (const call of calls) assertFails(() => call(file), ...BUSY);
    const second = await assertRejects(() => file.syncLater(), DiskError);
    assertEquals([second.code, second.message], [...BUSY]);
    await underWay;
  }
  file.write(bytes("c"));
  file.close();
  assertEquals(text(disk, at("f")), "ac");
});

onEach("a file may be closed while a call is under way, which then ends well", async ({ disk, at }) => {
  const file = disk.open(at("f"), "append");
  const written = file.writeLater(bytes("abc"));
  file.close();
  assertEquals(await written, 3);
  assertEquals(text(disk, at("f")), "abc");
});

onEach("a closed file takes no calls", async ({ disk, at }) => {
  const file = disk.open(at("f"), "append");
  file.close();
  assertFails(() => file.write(bytes("b")), ...BAD_FILE);
  assertFails(() => file.read(new Uint8Array(1)), ...BAD_FILE);
  assertFails(() => file.seek(0), ...BAD_FILE);
  assertFails(() => file.truncate(0), ...BAD_FILE);
  assertFails(() => file.sync(), ...BAD_FILE);
  assertFails(() => file.close(), ...BAD_FILE);
  const error = await assertRejects(() => file.syncLater(), DiskError);
  assertEquals([error.code, error.message], [...BAD_FILE]);
});
