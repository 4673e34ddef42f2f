/** All data as the bytes of an RDB file, and back, beside whatever the server itself keeps on its disk. */
import { RdbLoader } from "../persistence/rdb/loader.ts";
import { RdbSaver } from "../persistence/rdb_saver.ts";
import type { RedenoServer } from "../server/server.ts";
import { MemoryDisk } from "../sys/memory_disk.ts";

const PATH = "/data.rdb";
const silent = { verbose() {}, notice() {}, warning() {} };

/** An RDB file of all data, as SAVE would write it now. O(bytes). */
export function dumpData(server: RedenoServer): Uint8Array<ArrayBuffer> {
  const { keyspace, clock, settings, journal } = server;
  const disk = new MemoryDisk();
  const saver = new RdbSaver({
    keyspace,
    clock,
    settings,
    journal,
    disk,
    log: silent,
    pid: Deno.pid,
    commandsProcessed: 0,
    usedMemory: () => server.memory().used,
    folder: () => "/",
    later() {},
    replay: () => false,
    stateChanged() {},
    fatal() {},
  });
  keyspace.tick(clock.now());
  const { dirty } = keyspace;
  if (!saver.save()) throw new Error("The data could not be written");
  // For the server's own rules nothing was saved.
  keyspace.dirty = dirty;
  return disk.contents(`/${saver.fileName}`);
}

/** Adds the data of an RDB file to a keyspace that is empty. @throws RdbFileError */
export function loadData({ keyspace, clock }: RedenoServer, rdb: Uint8Array): void {
  const disk = new MemoryDisk();
  disk.put(PATH, rdb);
  const file = disk.open(PATH, "read");
  keyspace.tick(clock.now());
  try {
    new RdbLoader(keyspace, file, { dropsExpired: true, checksum: true }).step(() => true);
  } finally {
    file.close();
  }
}
