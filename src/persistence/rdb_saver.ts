/**
 * The RDB file: when it is written, and how that went. SAVE writes it in one go, BGSAVE through a snapshot beside the
 * commands. The file takes its name only when it is whole and synced.
 */
import { type DiskError, type DiskFile, writeAll } from "../sys/disk.ts";
import { showAll } from "../store/snapshot.ts";
import type { PersistenceHost } from "./host.ts";
import { auxFields } from "./rdb/aux_fields.ts";
import { RdbEncoder, type RdbOptions } from "./rdb/encoder.ts";
import { SnapshotFile } from "./snapshot_file.ts";

/** Seconds after a failed attempt before the save rules make another one. */
const RETRY_SECONDS = 5;
/** Bytes written at once by SAVE. */
const CHUNK_BYTES = 1 << 20;

/** So many changes in so many seconds ask for a snapshot. */
interface SaveRule {
  readonly seconds: number;
  readonly changes: number;
}

/** An RDB encoder as the configuration says, with the fields at the beginning of the file written. */
export function newRdbEncoder(host: PersistenceHost, isAofBase: boolean): RdbEncoder {
  const { settings, keyspace } = host;
  const policy = settings.get("maxmemory-policy") ?? "";
  const access = policy.endsWith("-lru") ? "lru" : policy.endsWith("-lfu") ? "lfu" : undefined;
  const options: RdbOptions = {
    compression: settings.flag("rdbcompression"),
    checksum: settings.flag("rdbchecksum"),
    ...access === undefined ? {} : { access },
  };
  const encoder = new RdbEncoder(keyspace, options);
  encoder.beginFile(auxFields(host.clock.now(), host.usedMemory(), isAofBase));
  return encoder;
}

export class RdbSaver {
  /** Unix ms: when the data was saved last or, before the first time, when the server started. */
  lastSavedAt: number;
  lastFailed = false;
  /** Seconds that the last background save took, or -1. */
  lastSeconds = -1;
  saves = 0;
  /** The most that the last one held in memory at once, in bytes. */
  lastHeldPeak = 0;
  /** BGSAVE SCHEDULE: as soon as nothing else is under way. */
  scheduled = false;
  running: SnapshotFile | undefined;
  readonly #host: PersistenceHost;
  #triedAt = 0;
  #dirtyAtStart = 0;
  #rulesText = "";
  #rules: readonly SaveRule[] = [];

  constructor(host: PersistenceHost) {
    this.#host = host;
    this.lastSavedAt = host.clock.now();
  }

  /** What `save` says; empty: the data is not saved by itself. */
  get rules(): readonly SaveRule[] {
    const text = this.#host.settings.get("save") ?? "";
    if (text !== this.#rulesText) {
      this.#rulesText = text;
      const numbers = text.split(" ").filter((word) => word !== "").map(Number);
      this.#rules = numbers.filter((_, i) => i % 2 === 0).map((seconds, i) => ({
        seconds,
        changes: numbers[2 * i + 1]!,
      }));
    }
    return this.#rules;
  }

  get fileName(): string {
    return this.#host.settings.get("dbfilename") ?? "";
  }

  /** Writes the file in one go; whether that succeeded. Nobody is served meanwhile. O(bytes). */
  save(): boolean {
    const host = this.#host;
    const { disk, log, keyspace, clock } = host;
    const temporary = `temp-${host.pid}.rdb`;
    let file: DiskFile | undefined;
    this.saves++;
    try {
      file = disk.open(temporary, "create");
    } catch (error) {
      const why = (error as DiskError).message;
      log.warning(
        `Failed opening the temp RDB file ${temporary} (in server root dir ${host.folder()}) for saving: ${why}`,
      );
      return false;
    }
    try {
      const encoder = newRdbEncoder(host, false);
      const flush = (): void => {
        const bytes = encoder.take();
        writeAll(file!, bytes);
        encoder.recycle(bytes);
      };
      showAll(keyspace, {
        database: (id, keys, expires) => encoder.database(id, keys, expires),
        entry(id, ref) {
          encoder.entry(id, ref);
          if (encoder.length >= CHUNK_BYTES) flush();
        },
      });
      encoder.end();
      flush();
      file.sync();
      file.close();
    } catch (error) {
      log.warning(`Write error while saving DB to the disk: ${(error as Error).message}`);
      try {
        file.close();
        disk.remove(temporary);
      } catch {
        // It is of no use and in nobody's way.
      }
      return false;
    }
    if (!this.#moveIntoPlace(temporary)) return false;
    log.notice("DB saved on disk");
    keyspace.dirty = 0;
    this.lastSavedAt = clock.now();
    this.#setFailed(false);
    return true;
  }

  /** Begins to write the file beside the commands; whether that began. There must be no snapshot under way. */
  begin(): boolean {
    const host = this.#host;
    this.#dirtyAtStart = host.keyspace.dirty;
    this.#triedAt = host.clock.now();
    this.scheduled = false;
    this.saves++;
    const path = this.#temporary;
    try {
      this.running = new SnapshotFile(host, {
        path,
        encoder: newRdbEncoder(host, false),
        syncsOnTheWay: host.settings.flag("rdb-save-incremental-fsync"),
        keyDelayUs: () => host.settings.number("rdb-key-save-delay"),
        done: (error) => this.#done(error),
      });
    } catch (error) {
      const why = (error as DiskError).message;
      host.log.warning(
        `Failed opening the temp RDB file ${path} (in server root dir ${host.folder()}) for saving: ${why}`,
      );
      this.#setFailed(true);
      return false;
    }
    host.log.notice("Background saving started");
    return true;
  }

  /** Gives up what is under way, as FLUSHALL and SHUTDOWN do. */
  cancel(): void {
    if (this.running === undefined) return;
    this.running.cancel();
    this.running = undefined;
  }

  /** Begins to save if that is scheduled or a rule asks for it. To be called when no snapshot is under way. */
  tick(now: number): void {
    if (this.scheduled) {
      this.begin();
      return;
    }
    const seconds = (now - this.lastSavedAt) / 1000;
    if (this.lastFailed && now - this.#triedAt <= RETRY_SECONDS * 1000) return;
    const { dirty } = this.#host.keyspace;
    const rule = this.rules.find((rule) => dirty >= rule.changes && seconds > rule.seconds);
    if (rule === undefined) return;
    this.#host.log.notice(`${rule.changes} changes in ${rule.seconds} seconds. Saving...`);
    this.begin();
  }

  get #temporary(): string {
    return `temp-bg-${this.#host.pid}.rdb`;
  }

  #done(error: Error | undefined): void {
    const host = this.#host;
    const { running } = this;
    if (running === undefined) return;
    this.running = undefined;
    this.lastHeldPeak = running.heldPeak;
    this.lastSeconds = Math.round((host.clock.now() - running.startedAt) / 1000);
    if (error !== undefined) {
      host.log.warning(`Write error while saving DB to the disk: ${error.message}`);
    } else if (this.#moveIntoPlace(this.#temporary)) {
      host.log.notice("Background saving terminated with success");
      host.keyspace.dirty = Math.max(0, host.keyspace.dirty - this.#dirtyAtStart);
      this.lastSavedAt = host.clock.now();
      this.#setFailed(false);
      return;
    }
    host.log.warning("Background saving error");
    this.#setFailed(true);
  }

  #moveIntoPlace(temporary: string): boolean {
    const { disk, log } = this.#host;
    const { fileName } = this;
    try {
      disk.rename(temporary, fileName);
      disk.syncFolder(".");
      return true;
    } catch (error) {
      log.warning(
        `Error moving temp DB file ${temporary} on the final destination ${fileName} (in server root dir ` +
          `${this.#host.folder()}): ${(error as DiskError).message}`,
      );
    }
    try {
      disk.remove(temporary);
    } catch {
      // It is of no use and in nobody's way.
    }
    return false;
  }

  #setFailed(failed: boolean): void {
    this.lastFailed = failed;
    this.#host.stateChanged();
  }
}
