/**
 * The append-only file as the server keeps it: commands go to the last increment, and from time to time a rewrite puts
 * a new base in the place of everything before it.
 *
 * States: "off"; "on"; "waiting": it was switched on, and what commands do is written to a temporary increment, until
 * the rewrite that makes the first base has succeeded. At every moment the manifest names files that together are the
 * data set of some moment at which nothing acknowledged was missing.
 */
import { DiskError, saying } from "../sys/disk.ts";
import { AppendFile, type FsyncPolicy } from "./aof/append_file.ts";
import { AofEncoder } from "./aof/encoder.ts";
import { Manifest, readManifest, writeManifest } from "./aof/manifest.ts";
import { timestampAnnotation } from "./aof/timestamp.ts";
import type { PersistenceHost } from "./host.ts";
import { newRdbEncoder } from "./rdb_saver.ts";
import { SnapshotFile } from "./snapshot_file.ts";

type State = "off" | "on" | "waiting";

/** So many failed rewrites in a row may follow each other at once. */
const FREE_FAILURES = 3;
const FIRST_DELAY_MS = 60_000;
const DELAY_MS_MAX = 3_600_000;

export class AofKeeper {
  state: State = "off";
  scheduled = false;
  rewrites = 0;
  failuresInARow = 0;
  lastRewriteFailed = false;
  /** Seconds that the last rewrite took, or -1. */
  lastSeconds = -1;
  lastHeldPeak = 0;
  /** Bytes of all files after the last rewrite, or when they were loaded. */
  sizeAfterRewrite = 0;
  running: SnapshotFile | undefined;
  manifest: Manifest = new Manifest();
  readonly #host: PersistenceHost;
  #file: AppendFile | undefined;
  /** Bytes of the files before the one that is appended to. */
  #sizeBefore = 0;
  #retryAt = 0;
  #delayMs = 0;
  #annotates = false;
  #annotatedSecond = 0;
  #failed = false;
  /** The increment that was begun with the rewrite under way: it stays. */
  #newIncrement: string | undefined;

  constructor(host: PersistenceHost) {
    this.#host = host;
  }

  get folder(): string {
    return this.#host.settings.get("appenddirname") ?? "appendonlydir";
  }

  get #name(): string {
    return this.#host.settings.get("appendfilename") ?? "appendonly.aof";
  }

  /** Whether something was written that nobody may be told of before {@link syncAll}: `appendfsync always`. */
  get needsSync(): boolean {
    return this.#file?.needsSync === true;
  }

  /** When it is fulfilled, what was written before the call survives a power cut. */
  syncAll(): Promise<void> {
    return this.#file?.syncAll() ?? Promise.resolve();
  }
  syncNow(): boolean {
    return this.#file?.syncNow() ?? true;
  }

  get file(): AppendFile | undefined {
    return this.#file;
  }

  /** Bytes of all files that would be loaded, and of what waits to be written. */
  get size(): number {
    return this.#sizeBefore + (this.#file?.size ?? 0);
  }

  /** What the last write failed with, or undefined. */
  get writeError(): DiskError | undefined {
    return this.#file?.lastWriteFailed ?? this.#file?.lastSyncFailed;
  }

  path(name: string): string {
    return `${this.folder}/${name}`;
  }

  // ---- writing ----------------------------------------------------------------------------------------------

  /** Writes what the commands of this turn did, before anybody is told that they did it. */
  commit(): void {
    const { journal } = this.#host;
    if (journal.length === 0) return;
    const file = this.#file;
    if (file !== undefined) {
      if (this.#annotates) this.#annotate(file);
      file.commit(journal.bytes());
      this.#watchErrors();
    }
    journal.clear();
  }

  /** The configuration has changed. */
  configure(): void {
    this.#annotates = this.#host.settings.flag("aof-timestamp-enabled");
    if (this.#file !== undefined) this.#file.policy = this.#policy;
  }

  /** What is due now: a sync, a write that failed before, a rewrite. @param isFree whether no snapshot is under way */
  tick(now: number, isFree: boolean): void {
    const file = this.#file;
    if (file !== undefined) {
      file.pausesSync = !isFree && this.#host.settings.flag("no-appendfsync-on-rewrite");
      file.tick();
      this.#watchErrors();
    }
    if (!isFree) return;
    if (this.scheduled || (this.state === "waiting" && this.#mayRetry(now))) this.rewrite();
    else if (this.state === "on" && this.#mayRetry(now)) this.#rewriteIfGrown();
  }

  get #policy(): FsyncPolicy {
    return this.#host.settings.get("appendfsync") as FsyncPolicy;
  }

  #annotate(file: AppendFile): void {
    const second = Math.floor(this.#host.clock.now() / 1000);
    if (second <= this.#annotatedSecond) return;
    this.#annotatedSecond = second;
    file.commit(timestampAnnotation(second));
  }

  #watchErrors(): void {
    const failed = this.writeError !== undefined;
    if (failed === this.#failed) return;
    this.#failed = failed;
    this.#host.stateChanged();
  }

  #open(path: string): AppendFile {
    const { disk, clock, log } = this.#host;
    const file = new AppendFile({
      disk,
      path,
      clock,
      policy: this.#policy,
      syncsBeside: true,
      onFatal: (text) => this.#host.fatal(text),
      log: (text, level) => log[level](text),
    });
    this.#annotatedSecond = 0;
    return file;
  }

  // ---- on and off -------------------------------------------------------------------------------------------

  /**
   * Begins to append after everything that is to be loaded has been loaded; makes what is missing.
   * @param sizes bytes of the files of the manifest, by name
   * @throws DiskError, which says what could not be done
   */
  startAppending(sizes: ReadonlyMap<string, number>): void {
    const { disk, log } = this.#host;
    saying(`Can't open or create append-only dir ${this.folder}`, () => disk.makeFolder(this.folder));
    const manifest = this.manifest.copy();
    if (manifest.base === undefined && manifest.increments.length === 0) {
      const base = manifest.nextBase(this.#name, this.#usesRdb ? "rdb" : "aof", 0);
      log.notice(`Creating AOF base file ${base.name} on server start`);
      saying(`Can't create the AOF base file ${base.name}`, () => this.#writeEmptyBase(this.path(base.name)));
    }
    let last = manifest.increments.at(-1);
    if (last === undefined) {
      last = manifest.nextIncrement(this.#name);
      log.notice(`Creating AOF incr file ${last.name} on server start`);
    }
    const path = this.path(last.name);
    this.#file = saying(`Can't open the append-only file ${last.name}`, () => this.#open(path));
    saying("Can't write the AOF manifest", () => {
      writeManifest(disk, this.folder, this.#name, manifest);
      disk.syncFolder(".");
    });
    this.manifest = manifest;
    this.#sizeBefore = 0;
    for (const { name } of [...manifest.base === undefined ? [] : [manifest.base], ...manifest.increments]) {
      if (name !== last.name) this.#sizeBefore += sizes.get(name) ?? this.#sizeOf(name);
    }
    this.sizeAfterRewrite = this.size;
    this.state = "on";
    this.configure();
    this.#host.journal.open(this.#host.keyspace.dirty);
    this.#removeHistory();
  }

  /** Switches on at run time: from now on effects are kept, and a first base is written. Whether that began. */
  switchOn(isFree: boolean): boolean {
    const { log, journal } = this.#host;
    this.state = "waiting";
    if (!isFree) {
      this.scheduled = true;
      log.warning(
        "AOF was enabled but there is already another background operation. " +
          "An AOF background was scheduled to start when possible.",
      );
      return true;
    }
    if (this.rewrite()) return true;
    this.state = "off";
    journal.close();
    log.warning(
      "Redis needs to enable the AOF but can't trigger a background AOF rewrite operation. " +
        "Check the above logs for more info about the error.",
    );
    return false;
  }

  /** Switches off: what was done is written and synced first, if the disk takes it. */
  switchOff(): void {
    const { journal, log } = this.#host;
    journal.endUnit();
    try {
      this.flush();
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      log.warning(`Fail to fsync the AOF file: ${error.message}`);
    }
    this.#file?.close();
    this.cancelRewrite();
    this.#file = undefined;
    journal.close();
    this.state = "off";
    this.scheduled = false;
    this.lastRewriteFailed = false;
    this.#watchErrors();
  }

  /** Everything is on the disk when this returns. @throws DiskError */
  flush(): void {
    this.commit();
    this.#file?.flush();
  }

  // ---- rewriting --------------------------------------------------------------------------------------------

  get #usesRdb(): boolean {
    return this.#host.settings.flag("aof-use-rdb-preamble");
  }

  get #encoding(): { readonly timestamp?: number } {
    return this.#annotates ? { timestamp: Math.floor(this.#host.clock.now() / 1000) } : {};
  }

  get #temporary(): string {
    return `temp-rewriteaof-bg-${this.#host.pid}.aof`;
  }

  get #temporaryIncrement(): string {
    return this.path(`temp-${this.#name}.incr`);
  }

  /** Begins a rewrite; whether that began. There must be no snapshot under way. */
  rewrite(): boolean {
    const host = this.#host;
    const { log } = host;
    this.scheduled = false;
    this.rewrites++;
    try {
      host.disk.makeFolder(this.folder);
    } catch (error) {
      log.warning(`Can't open or create append-only dir ${this.folder}: ${(error as DiskError).message}`);
      this.#failedToRewrite();
      return false;
    }
    try {
      this.#beginIncrement();
      const encoder = this.#usesRdb
        ? newRdbEncoder(host, true)
        : new AofEncoder(host.keyspace, this.#encoding);
      if (encoder instanceof AofEncoder) encoder.beginFile();
      this.running = new SnapshotFile(host, {
        path: this.#temporary,
        encoder,
        syncsOnTheWay: host.settings.flag("aof-rewrite-incremental-fsync"),
        keyDelayUs: () => host.settings.number("rdb-key-save-delay"),
        done: (error) => this.#rewritten(error),
      });
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      log.warning(`Can't rewrite append only file in background: ${error.message}`);
      this.#failedToRewrite();
      return false;
    }
    log.notice("Background append only file rewriting started");
    return true;
  }

  /** Gives the rewrite up that is under way. */
  cancelRewrite(): void {
    if (this.running === undefined) return;
    this.running.cancel();
    this.running = undefined;
    this.#removeTemporaryIncrement();
  }

  /** What commands do from now on goes to a file of its own, which will follow the new base. */
  #beginIncrement(): void {
    const { disk, journal, keyspace, log } = this.#host;
    this.#newIncrement = undefined;
    if (this.state === "off") return;
    if (this.state === "waiting") {
      log.notice(`Creating AOF incr file temp-${this.#name}.incr on background rewrite`);
      this.#file?.close();
      try {
        disk.remove(this.#temporaryIncrement);
      } catch {
        // There was none.
      }
      this.#file = this.#open(this.#temporaryIncrement);
      journal.clear();
      journal.open(keyspace.dirty);
      return;
    }
    this.flush();
    const manifest = this.manifest.copy();
    const { name } = manifest.nextIncrement(this.#name);
    this.manifest.skipNumbersOf(manifest);
    log.notice(`Creating AOF incr file ${name} on background rewrite`);
    const file = this.#open(this.path(name));
    try {
      writeManifest(disk, this.folder, this.#name, manifest);
    } catch (error) {
      file.close();
      throw error;
    }
    this.#sizeBefore += this.#file!.size;
    this.#file!.close();
    this.#file = file;
    this.manifest = manifest;
    this.#newIncrement = name;
    journal.forgetDatabase();
  }

  /** The file of a rewrite is whole, or it failed. */
  #rewritten(error: Error | undefined): void {
    const { log, clock } = this.#host;
    const { running } = this;
    if (running === undefined) return;
    this.running = undefined;
    this.lastHeldPeak = running.heldPeak;
    this.lastSeconds = Math.round((clock.now() - running.startedAt) / 1000);
    if (error !== undefined) {
      log.warning(`Background AOF rewrite terminated by an error: ${error.message}`);
      return this.#failedToRewrite();
    }
    log.notice("Background AOF rewrite terminated with success");
    try {
      this.#putInPlace(running.bytes);
    } catch (failure) {
      if (!(failure instanceof DiskError)) throw failure;
      log.warning(`Error putting the rewritten AOF in place: ${failure.message}`);
      return this.#failedToRewrite();
    }
    this.failuresInARow = 0;
    this.#delayMs = 0;
    this.lastRewriteFailed = false;
    log.notice("Background AOF rewrite finished successfully");
    this.#removeHistory();
  }

  #putInPlace(baseBytes: number): void {
    const { disk, log } = this.#host;
    const manifest = this.manifest.copy();
    const kept = this.#newIncrement === undefined
      ? -1
      : manifest.increments.findIndex(({ name }) => name === this.#newIncrement);
    const base = manifest.nextBase(
      this.#name,
      this.#usesRdb ? "rdb" : "aof",
      kept < 0 ? manifest.increments.length : kept,
    );
    // Should this fail half way, the manifest on the disk may name these files: they are not to be written over.
    this.manifest.skipNumbersOf(manifest);
    disk.rename(this.#temporary, this.path(base.name));
    log.notice(
      `Successfully renamed the temporary AOF base file ${this.#temporary} into ${base.name}`,
    );
    if (this.state === "waiting") {
      const { name } = manifest.nextIncrement(this.#name);
      this.manifest.skipNumbersOf(manifest);
      this.#file!.flush();
      disk.rename(this.#temporaryIncrement, this.path(name));
      log.notice(`Successfully renamed the temporary AOF incr file temp-${this.#name}.incr into ${name}`);
    }
    disk.syncFolder(this.folder);
    writeManifest(disk, this.folder, this.#name, manifest);
    this.manifest = manifest;
    if (this.state === "waiting") this.state = "on";
    this.#sizeBefore = baseBytes;
    this.sizeAfterRewrite = this.size;
  }

  #failedToRewrite(): void {
    this.lastRewriteFailed = true;
    this.failuresInARow++;
    if (this.failuresInARow >= FREE_FAILURES) {
      this.#delayMs = Math.min(this.#delayMs === 0 ? FIRST_DELAY_MS : this.#delayMs * 2, DELAY_MS_MAX);
      this.#host.log.warning(
        `Background AOF rewrite has repeatedly failed and triggered the limit, ` +
          `will retry in ${this.#delayMs / 60_000} minutes`,
      );
    }
    this.#retryAt = this.#host.clock.now() + this.#delayMs;
    this.#removeTemporaryIncrement();
  }

  #mayRetry(now: number): boolean {
    return this.failuresInARow < FREE_FAILURES || now >= this.#retryAt;
  }

  #removeTemporaryIncrement(): void {
    if (this.state !== "waiting") return;
    this.#file?.close();
    this.#file = undefined;
    this.#host.journal.close();
    try {
      this.#host.disk.remove(this.#temporaryIncrement);
    } catch {
      // There was none.
    }
  }

  #rewriteIfGrown(): void {
    const { settings, log } = this.#host;
    const percentage = settings.number("auto-aof-rewrite-percentage");
    const { size } = this;
    if (percentage === 0 || size <= settings.number("auto-aof-rewrite-min-size")) return;
    const growth = Math.floor(size * 100 / (this.sizeAfterRewrite || 1)) - 100;
    if (growth < percentage) return;
    log.notice(`Starting automatic rewriting of AOF on ${growth}% growth`);
    this.rewrite();
  }

  // ---- files ------------------------------------------------------------------------------------------------

  /** The manifest as it is on the disk, or an empty one. @throws AofManifestError, DiskError */
  readManifest(): Manifest {
    return this.manifest = readManifest(this.#host.disk, this.folder, this.#name) ?? new Manifest();
  }

  #removeHistory(): void {
    const { disk, log, settings } = this.#host;
    if (settings.flag("aof-disable-auto-gc") || this.manifest.history.length === 0) return;
    for (const { name } of this.manifest.history) {
      log.notice(`Removing the history file ${name} in the background`);
      disk.removeLater(this.path(name)).catch(() => {
        // It is not there any more, or cannot be removed: nobody will read it.
      });
    }
    const manifest = this.manifest.copy();
    manifest.history = [];
    try {
      writeManifest(disk, this.folder, this.#name, manifest);
      this.manifest = manifest;
    } catch (error) {
      log.warning(`Can't write the AOF manifest: ${(error as Error).message}`);
    }
  }

  #writeEmptyBase(path: string): void {
    const { disk, keyspace } = this.#host;
    const encoder = this.#usesRdb
      ? newRdbEncoder(this.#host, true)
      : new AofEncoder(keyspace, this.#encoding);
    encoder.end();
    const temporary = this.#temporary;
    const file = disk.open(temporary, "create");
    try {
      const bytes = encoder.take();
      for (let at = 0; at < bytes.length;) at += file.write(bytes.subarray(at));
      file.sync();
    } finally {
      file.close();
    }
    disk.rename(temporary, path);
  }

  #sizeOf(name: string): number {
    const { disk } = this.#host;
    const file = saying(`Can't open the append-only file ${name}`, () => disk.open(this.path(name), "read"));
    try {
      return file.size;
    } finally {
      file.close();
    }
  }
}
