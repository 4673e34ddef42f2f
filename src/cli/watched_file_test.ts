import { assertEquals } from "@std/assert";
import { MemoryDisk } from "../sys/memory_disk.ts";
import { WatchedFile } from "./watched_file.ts";

Deno.test("a watched file reads as the file does, and tells where reading stands", () => {
  const disk = new MemoryDisk();
  const file = disk.open("/f", "append");
  file.write(Uint8Array.from({ length: 10 }, (_, i) => i));
  file.close();
  const positions: number[] = [];
  const watched = new WatchedFile(disk.open("/f", "read"), (position) => positions.push(position));
  const into = new Uint8Array(4);
  const counts = [watched.read(into), watched.read(into)];
  watched.seek(9);
  counts.push(watched.read(into), watched.read(into));
  watched.close();
  assertEquals(counts, [4, 4, 1, null]);
  assertEquals(positions, [4, 8, 10, 10]);
  assertEquals([watched.size, into[0]], [10, 9]);
});
