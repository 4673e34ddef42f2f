import { assertEquals } from "@std/assert";
import {
  bytesOf,
  diskWith,
  fileBytes,
  GOLDEN,
  GOLDEN_STREAM,
  NOW,
  text,
} from "../persistence/rdb/testing.ts";
import { MemoryDisk } from "../sys/memory_disk.ts";
import { runCheckRdb } from "./check_rdb.ts";

/** The exit code and all lines; those of the error output begin with an exclamation mark. */
function check(bytes: Uint8Array | undefined, args: readonly string[] = ["dump.rdb"]): [number, ...string[]] {
  const lines: string[] = [];
  const code = runCheckRdb(args, {
    disk: bytes === undefined ? new MemoryDisk() : diskWith("dump.rdb", bytes),
    now: NOW,
    print: (line) => lines.push(line),
    complain: (line) => lines.push(`!${line}`),
  });
  return [code, ...lines];
}

Deno.test("a file that is in order is told of, with the keys by type and encoding", () => {
  assertEquals(check(GOLDEN), [
    0,
    "[offset 0] Checking RDB file dump.rdb",
    "[offset 27] AUX FIELD redis-ver = '7.0.15'",
    "[offset 41] AUX FIELD redis-bits = '64'",
    "[offset 53] AUX FIELD ctime = '1795172834'",
    "[offset 68] AUX FIELD used-mem = '1115872'",
    "[offset 80] AUX FIELD aof-base = '0'",
    "[offset 82] Selecting DB ID 0",
    "[offset 411] Selecting DB ID 3",
    "[offset 442] Checksum OK",
    "[offset 442] \\o/ RDB looks OK! \\o/",
    "[info] 18 keys read",
    "[info] 2 expires",
    "[info] 0 already expired",
    "[info] string: 9 keys, 70 bytes (3 int, 1 lzf, 5 raw)",
    "[info] list: 3 keys, 96 bytes (3 quicklist-v2)",
    "[info] set: 2 keys, 26 bytes (1 hashtable, 1 intset)",
    "[info] zset: 2 keys, 56 bytes (1 listpack, 1 v2)",
    "[info] hash: 2 keys, 42 bytes (1 hashtable, 1 listpack)",
  ]);
});

Deno.test("streams are looked into, libraries of functions passed over, and both are counted", () => {
  const [code, ...lines] = check(GOLDEN_STREAM);
  assertEquals(code, 0);
  assertEquals(lines.filter((line) => line.startsWith("[info] stream")), [
    "[info] stream: 1 keys, 129 bytes (1 stream-v2)",
  ]);
});

Deno.test("of a damaged file the place is told, and what was read until then", () => {
  const expired = [252, 1, 0, 0, 0, 0, 0, 0, 0, 0];
  assertEquals(check(fileBytes(10, 254, 0, expired, text("a"), text("b"), 16, text("k"), text("garbage"))), [
    1,
    "[offset 0] Checking RDB file dump.rdb",
    "[offset 11] Selecting DB ID 0",
    "--- RDB ERROR DETECTED ---",
    "[offset 36] Hash listpack integrity check failed.",
    "[additional info] While doing: read-object-value",
    "[additional info] Reading key 'k'",
    "[additional info] Reading type 16 (hash-listpack)",
    "[info] 2 keys read",
    "[info] 1 expires",
    "[info] 1 already expired",
    "[info] string: 1 keys, 3 bytes (1 raw)",
  ]);
  assertEquals(check(bytesOf("REDIS0010", 0, text("a"), [5, 65])).slice(2), [
    "--- RDB ERROR DETECTED ---",
    "[offset 13] Unexpected EOF reading RDB file",
    "[additional info] While doing: read-object-value",
    "[additional info] Reading key 'a'",
    "[additional info] Reading type 0 (string)",
    "[info] 1 keys read",
    "[info] 0 expires",
    "[info] 0 already expired",
  ]);
});

Deno.test("a checksum that is missing or wrong is told of", () => {
  const body = bytesOf("REDIS0010", 0, text("a"), text("b"), 255);
  assertEquals(check(bytesOf(body, new Uint8Array(8))).slice(2, 4), [
    "[offset 23] RDB file was saved with checksum disabled: no check performed.",
    "[offset 23] \\o/ RDB looks OK! \\o/",
  ]);
  assertEquals(check(bytesOf(body, 1, new Uint8Array(7))).slice(0, 4), [
    1,
    "[offset 0] Checking RDB file dump.rdb",
    "--- RDB ERROR DETECTED ---",
    "[offset 23] RDB CRC error",
  ]);
});

Deno.test("wrong usage and files that cannot be read end with 1", () => {
  const usage = [1, "!Usage: redeno check-rdb <rdb-file-name>"];
  assertEquals(check(GOLDEN, []), usage as [number, ...string[]]);
  assertEquals(check(GOLDEN, ["dump.rdb", "more"]), usage as [number, ...string[]]);
  assertEquals(check(undefined), [
    1,
    "[offset 0] Checking RDB file dump.rdb",
    "!Cannot read RDB file dump.rdb: No such file or directory",
  ]);
  assertEquals(check(GOLDEN, ["--version"]), [0, "redis-check-rdb 7.0.15 (redeno 0.1.0)"]);
});
