/** For tests: files that redis-server 7.0.15 has written, and short ways to write, load and damage files. */
import { datasetDigest, hex } from "../../commands/server/debug_digest.ts";
import { crc64 } from "../../store/rdb/crc64.ts";
import { Keyspace } from "../../store/keyspace.ts";
import { RdbWriter } from "../../store/rdb/rdb_codec.ts";
import { showAll } from "../../store/snapshot.ts";
import { utf8 } from "../../sys/bytes.ts";
import type { DiskFile } from "../../sys/disk.ts";
import { writeAll } from "../../sys/disk.ts";
import { MemoryDisk } from "../../sys/memory_disk.ts";
import { Random } from "../../sys/random.ts";
import { RdbEncoder, type RdbOptions } from "./encoder.ts";
import { RdbLoader, type RdbLoadOptions } from "./loader.ts";

/** The time of all tests, unix ms: before anything in the files below expires. */
export const NOW = 1_795_200_000_000;

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

/** Two databases, every type and encoding but streams, compressed; 18 keys. */
export const GOLDEN: Uint8Array = fromBase64(
  "UkVESVMwMDEw+glyZWRpcy12ZXIGNy4wLjE1+gpyZWRpcy1iaXRzwED6BWN0aW1lwuIpAGv6CHVzZWQtbWVtwuAGEQD6CGFvZi1i" +
    "YXNlwAD+APsRARICbG0DAg0NAAAAAgCBYQKBYgL/Ag0NAAAAAgCBYwKBZAL/AgoKAAAAAQCBZQL//OeAGkG5AQAAAANsembDCT4B" +
    "YWHgMQABYWEAAAASAmxwAgENYWJjZGVmZ2hpamtsbQIKCgAAAAEAgXgC/wICc2gDwAEBYQFiAANpMzLC////fwACaTjA+xABaBIS" +
    "AAAABACBZgKBdgKBZwIBAf8AA2k2NAsxMjM0NTY3ODkwMQADaTE2wbgLEgFsAQIREQAAAAMAgWECAQGDY2NjBP8EAmhoAgFnwAIB" +
    "ZsMJQEkBdnbgPAABdnYLAnNpDgIAAAADAAAAAQACACwBAMBNA2FiYxEBehQUAAAABACBYQIBAYFiAoMyLjUE/wABcwVoZWxsbwUC" +
    "enoCAXgAAAAAAADwf8MJQFABYWHgQwABYWEAAAAAAADwP/4D+wEB/GitSM2KAgAAAAVvdGhlcgJkYv8rPTF1RQydsQ==",
);

/** What DEBUG DIGEST said of the data in {@linkcode GOLDEN} and {@linkcode GOLDEN_LFU}. */
export const GOLDEN_DIGEST = "07fc3b2a3b93335b67a9fe93171a6cf3e447b120";

/** The same without compression, under the policy allkeys-lfu. */
export const GOLDEN_LFU: Uint8Array = fromBase64(
  "UkVESVMwMDEw+glyZWRpcy12ZXIGNy4wLjE1+gpyZWRpcy1iaXRzwED6BWN0aW1lwgEqAGv6CHVzZWQtbWVtwrAHEQD6CGFvZi1i" +
    "YXNlwAD+APsRAfkFEQF6FBQAAAAEAIFhAgEBgWICgzIuNQT/+QUCAnNoAwFhwAEBYvyz+BpBuQEAAPkFAANsemY+YWFhYWFhYWFh" +
    "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWH5BQACaTjA+/kFAANpNjQLMTIzNDU2" +
    "Nzg5MDH5BRABaBISAAAABACBZgKBdgKBZwIBAf/5BRICbG0DAg0NAAAAAgCBYQKBYgL/Ag0NAAAAAgCBYwKBZAL/AgoKAAAAAQCB" +
    "ZQL/+QUEAmhoAgFmQEl2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2" +
    "dnZ2dnZ2dnZ2dnZ2AWfAAvkFEgJscAIBDWFiY2RlZmdoaWprbG0CCgoAAAABAIF4Av/5BQsCc2kOAgAAAAMAAAABAAIALAH5BQAD" +
    "aTE2wbgL+QUAA2kzMsL///9/+QUAwE0DYWJj+QUSAWwBAhERAAAAAwCBYQIBAYNjY2ME//kFAAFzBWhlbGxv+QUAAAD5BQUCenoC" +
    "AXgAAAAAAADwf0BQYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh" +
    "YWFhYWFhYWFhYWFhYWFhYWEAAAAAAADwP/4D+wEB/EAlSc2KAgAA+QUABW90aGVyAmRi/+RNz9Fe15wy",
);

/** The same with a stream and a library of functions, under the policy allkeys-lru. */
export const GOLDEN_STREAM: Uint8Array = fromBase64(
  "UkVESVMwMDEw+glyZWRpcy12ZXIGNy4wLjE1+gpyZWRpcy1iaXRzwED6BWN0aW1lwuMpAGv6CHVzZWQtbWVtwsCdEgD6CGFvZi1i" +
    "YXNlwAD1QEUjIWx1YSBuYW1lPWwKcmVkaXMucmVnaXN0ZXJfZnVuY3Rpb24oJ2YnLCBmdW5jdGlvbihrLGEpIHJldHVybiAxIGVu" +
    "ZCn+APsSAfgACwJzaQ4CAAAAAwAAAAEAAgAsAfgAAAJpOMD7+AASAWwBAhERAAAAAwCBYQIBAYNjY2ME//gBAANpMTbBuAv4AAAD" +
    "aTMywv///3/8eYMaQbkBAAD4AAADbHpmwwk+AWFh4DEAAWFh+AAAwE0DYWJj+AACAnNoAwFhwAEBYvgAEwJzdAEQAAAAAAAAAAEA" +
    "AAAAAAAAASgoAAAADwACAQABAQGBYQIAAQIBAAEAAYFiAgQBAgEBAQEBgWICBAH/AgICAQEAAAIBAWcBAQEBAAAAAAAAAAEAAAAA" +
    "AAAAAd6fo/ihAQAAAQEBY96fo/ihAQAAAQAAAAAAAAABAAAAAAAAAAH4ABICbG0DAg0NAAAAAgCBYQKBYgL/Ag0NAAAAAgCBYwKB" +
    "ZAL/AgoKAAAAAQCBZQL/+AAAAXMFaGVsbG/4AAADaTY0CzEyMzQ1Njc4OTAx+AAQAWgSEgAAAAQAgWYCgXYCgWcCAQH/+AARAXoU" +
    "FAAAAAQAgWECAQGBYgKDMi41BP/4ABICbHACAQ1hYmNkZWZnaGlqa2xtAgoKAAAAAQCBeAL/+AAEAmhoAgFmwwlASQF2duA8AAF2" +
    "dgFnwAL4AAUCenoCAXgAAAAAAADwf8MJQFABYWHgQwABYWEAAAAAAADwP/gAAAAA/gP7AQH8x69IzYoCAAD4AAAFb3RoZXICZGL/" +
    "fzGjLDZp0Uo=",
);

/** Five streams: with groups and what is pending there, of several nodes, without entries. */
export const GOLDEN_STREAMS: Uint8Array = fromBase64(
  "UkVESVMwMDEw+glyZWRpcy12ZXIGNy4wLjE1+gpyZWRpcy1iaXRzwED6BWN0aW1lwoF8AGv6CHVzZWQtbWVtwsizFQD6CGFvZi1iYXNl" +
    "wAD+APsFABMCczQBEAAAAAAAAAABAAAAAAAAAAHDKjMOMwAAABQAAAEDAQEBgWECQAgAACABA4FiAgQgEwAAQBXACgACYAoBAf8AAQMA" +
    "AAEDAwATAnMxAAAJCQAAAAABAQFnBQCB//////////8AABMCczABEAAAAAAAAAABAAAAAAAAAArDQGhAiRKJAAAAKAAEAQEBAgGBYQKB" +
    "YgIAIAkAACABQBECBQEDIAkAAiAFA9BgAgUgCg0EAd/2AgEBgWMCgXgCBiAZAAZAECALAZ554BQAAB9APAXf/gLf9AJgZwD0IHZAAAFA" +
    "CSB0BAIBCAH/BIH//////////4H//////////gEKAQwFBMAMBQCB//////////8AAAFngf//////////gf/////////+BQQAAAAAAAAA" +
    "AQAAAAAAAAAKeNjg+aEBAAABAAAAAAAAAAUAAAAAAAAAAOgDAAAAAAAAQGQAAAAAAAAABwAAAAAAAAAAOTAAAAAAAACBf///////////" +
    "///////////////////+eNjg+aEBAAABBMCzeNjg+aEBAAAABG5vbmV42OD5oQEAAAADemVkeNjg+aEBAAADAAAAAAAAAAEAAAAAAAAA" +
    "CgAAAAAAAAAFAAAAAAAAAAAAAAAAAAAABwAAAAAAAAAAwwkyAXp64CUAAXp6eNjg+aEBAAAB/////////////////////sMJKAFubuAb" +
    "AAFubgAAAAAAAv8ABQCBAAAAHL6ZGhQAABMCczMEEAAAAAAAAAPoAAAAAAAAAAAwMAAAABQAAQECAQEBgWYCAAEDAQABAAEAAQQBAwEA" +
    "AQEBAQEEAQIBAAECAQIBBAH/EAAAAAAAAAPpAAAAAAAAAAMwMAAAABQAAgEBAQEBgWYCAAECAQABAAEDAQQBAwEAAQEBBAEEAQIBAAEC" +
    "AQUBBAH/EAAAAAAAAAPqAAAAAAAAAAYwMAAAABQAAwEAAQEBgWYCAAECAQABAAEGAQQBAgEAAQEBBwEEAQIBAAECAQgBBAH/EAAAAAAA" +
    "AAPrAAAAAAAAAAkcHAAAAAoAAQEAAQEBgWYCAAECAQABAAEJAQQB/wdD6wlD6AJD6QQKABMCczIAAAAAAAAAAAABAWcAAIH/////////" +
    "/wAA/+7kSrdVPvl1",
);

/** What DEBUG DIGEST said of the data in {@linkcode GOLDEN_STREAMS}. */
export const GOLDEN_STREAMS_DIGEST = "f5bef7a69302ee12f3b2e7fa9eaadd7cb48ff653";

export function newKeyspace(seed = 1): Keyspace {
  return new Keyspace({ databases: 16, random: new Random(seed), now: NOW });
}

/** A file in memory that holds these bytes. */
export function fileOf(bytes: Uint8Array, readAtMost = Infinity): DiskFile {
  const disk = diskWith("file", bytes);
  disk.readAtMost = readAtMost;
  return disk.open("file", "read");
}

export function diskWith(name: string, bytes: Uint8Array): MemoryDisk {
  const disk = new MemoryDisk();
  const file = disk.open(name, "create");
  writeAll(file, bytes);
  file.close();
  return disk;
}

export interface Loaded {
  readonly keyspace: Keyspace;
  readonly loader: RdbLoader;
}

/** Loads a file at once. */
export function load(
  bytes: Uint8Array,
  options: Partial<RdbLoadOptions> = {},
  keyspace = newKeyspace(),
): Loaded {
  const loader = new RdbLoader(keyspace, fileOf(bytes), { dropsExpired: true, checksum: true, ...options });
  while (!loader.step(() => true));
  return { keyspace, loader };
}

/** Removes everything, so that a keyspace can be used once more: a new one takes new memory from the system. */
export function emptied(keyspace: Keyspace): Keyspace {
  for (const db of keyspace.databases) db.flush(false);
  while (keyspace.freeSome(() => true));
  return keyspace;
}

/** The file of a keyspace, written at once. */
export function encode(keyspace: Keyspace, options: Partial<RdbOptions> = {}): Uint8Array {
  const encoder = new RdbEncoder(keyspace, { compression: true, checksum: true, ...options });
  encoder.beginFile([]);
  showAll(keyspace, encoder);
  encoder.end();
  return encoder.take();
}

export function digest(keyspace: Keyspace): string {
  return hex(datasetDigest(keyspace));
}

/** Bytes of a file put together by hand: texts and numbers of single bytes. */
export function bytesOf(...parts: (string | number | Uint8Array | readonly number[])[]): Uint8Array {
  const writer = new RdbWriter();
  for (const part of parts) {
    if (typeof part === "number") writer.byte(part);
    else writer.raw(typeof part === "string" ? utf8(part) : Uint8Array.from(part));
  }
  return writer.toBytes();
}

/** A string element, as it is. */
export function text(value: string): Uint8Array {
  return bytesOf(value.length, value);
}

/** A file of a version with these records: with its end and, from version 5 on, its checksum. */
export function fileBytes(version: number, ...records: Parameters<typeof bytesOf>): Uint8Array {
  const body = bytesOf(`REDIS${String(version).padStart(4, "0")}`, ...records, 255);
  if (version < 5) return body;
  const checksum = new Uint8Array(8);
  new DataView(checksum.buffer).setBigUint64(0, crc64(body), true);
  return bytesOf(body, checksum);
}
