import { assert, assertEquals } from "@std/assert";
import { latin1, utf8 } from "../../sys/bytes.ts";
import { MemoryDisk } from "../../sys/memory_disk.ts";
import { readManifest } from "./manifest.ts";
import { upgradeOldFile } from "./upgrade.ts";

const NAME = "appendonly.aof";
const CONTENT = "*1\r\n$4\r\nPING\r\n";

function upgrade(disk: MemoryDisk, lines: string[] = []): boolean {
  return upgradeOldFile(disk, "aof", NAME, { notice: (text) => lines.push(text) });
}

function oldStyle(): MemoryDisk {
  const disk = new MemoryDisk();
  disk.put(NAME, latin1(CONTENT));
  return disk;
}

function text(disk: MemoryDisk, path: string): string {
  return new TextDecoder().decode(disk.contents(path));
}

function assertUpgraded(disk: MemoryDisk): void {
  assertEquals(readManifest(disk, "aof", NAME)?.format(), `file ${NAME} seq 1 type b\n`);
  assertEquals(text(disk, `aof/${NAME}`), CONTENT);
}

Deno.test("An old single file becomes the base of a manifest, durably", () => {
  const disk = oldStyle();
  const lines: string[] = [];
  assert(upgrade(disk, lines));
  assertUpgraded(disk);
  assertUpgraded(disk.crash());
  assert(!disk.exists(NAME));
  assertEquals(lines, [
    `Successfully migrated an old-style AOF file (${NAME}) into the AOF directory (aof).`,
  ]);
  assert(!upgrade(disk));
});

Deno.test("A folder without a manifest does not keep the old file from moving in", () => {
  const disk = oldStyle();
  disk.makeFolder("aof");
  assert(upgrade(disk));
  assertUpgraded(disk);
});

Deno.test("An upgrade that a crash broke off anywhere is done again", () => {
  for (let calls = 0;; calls++) {
    const disk = oldStyle();
    disk.cutPowerAfter(calls);
    let isThrough = true;
    try {
      upgrade(disk);
    } catch {
      isThrough = false;
    }
    for (const after of [disk.crash(), disk.kill()]) {
      upgrade(after);
      assertUpgraded(after);
      // What the process before had not made durable yet may still be lost, and is then done once more.
      const later = after.crash();
      upgrade(later);
      assertUpgraded(later);
    }
    if (isThrough) {
      assert(calls > 8);
      break;
    }
  }
});

Deno.test("An old file beside a manifest of its own is left where it is", () => {
  for (const manifest of ["file other seq 1 type b\n", `file ${NAME} seq 1 type b\nfile i seq 1 type i\n`]) {
    const disk = oldStyle();
    disk.makeFolder("aof");
    disk.put(`aof/${NAME}.manifest`, utf8(manifest));
    assert(!upgrade(disk));
    assertEquals(text(disk, NAME), CONTENT);
  }
});

Deno.test("Without an old file nothing happens", () => {
  const disk = new MemoryDisk();
  assert(!upgrade(disk));
  assertEquals(disk.list("."), []);
});
