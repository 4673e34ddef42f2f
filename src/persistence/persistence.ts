/**
 * Persistence as the server sees it: what is loaded when it starts, what is written while it runs, what INFO tells.
 * The RDB file is {@link RdbSaver}'s, the append-only file {@link AofKeeper}'s; here is what concerns both: that only one
 * snapshot is under way, loading, the end, and when writes must be refused.
 */
import type { PersistenceCommands, ShutdownWish } from "../context.ts";
import { ReplyError } from "../errors.ts";
import { type DiskError, saying } from "../sys/disk.ts";
import { AofKeeper } from "./aof_keeper.ts";
import { upgradeOldFile } from "./aof/upgrade.ts";
import type { PersistenceHost } from "./host.ts";
import { atOnce, Loading } from "./loading.ts";
import { RdbSaver } from "./rdb_saver.ts";

const saveInProgress = new ReplyError("ERR Background save already in progress");
const rewriteInProgress = new ReplyError("ERR Background append only file rewriting already in progress");
const anotherActive = new ReplyError(
  "ERR Another child process is active (AOF?): can't BGSAVE right now. " +
    "Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible.",
);
const cannotRewrite = new ReplyError(
  "ERR Can't execute an AOF background rewriting. Please check the server logs for more information.",
);
const loadFailed = new ReplyError("ERR Error trying to load the RDB dump, check server logs.");
const aofLoadFailed = new ReplyError("ERR Error trying to load the AOF files, check server logs.");
const failed = new ReplyError("ERR");
const cannotSave = new ReplyError(
  "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. " +
    "Commands that may modify the data set are disabled, because this instance is configured to report errors " +
    "during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). " +
    "Please check the Redis logs for details about the RDB error.",
);

export class Persistence implements PersistenceCommands {
  readonly rdb: RdbSaver;
  readonly aof: AofKeeper;
  readonly loading: Loading;
  readonly #host: PersistenceHost;

  constructor(host: PersistenceHost) {
    this.#host = host;
    this.rdb = new RdbSaver(host);
    this.aof = new AofKeeper(host);
    this.loading = new Loading(host);
  }

  /** Whether a snapshot is under way. */
  get isBusy(): boolean {
    return this.rdb.running !== undefined || this.aof.running !== undefined;
  }

  // ---- the life of the server -------------------------------------------------------------------------------

  /**
   * Loads what there is, in slices, then opens what commands will be written to.
   * @throws LoadError, AofManifestError, DiskError: the server must not start
   */
  async start(): Promise<void> {
    const steps = this.#start();
    while (steps.next().done !== true) await new Promise<void>((go) => this.#host.later(0, go));
  }

  *#start(): Generator<void> {
    const { settings } = this.#host;
    if (!settings.flag("appendonly")) {
      // Once switched on, the append-only file must not take the names of files that are there.
      this.aof.readManifest();
      yield* this.loading.rdb(this.rdb.fileName);
    } else {
      const { disk, log } = this.#host;
      const fileName = settings.get("appendfilename") ?? "";
      saying(
        `Can't upgrade the append-only file ${fileName}`,
        () => upgradeOldFile(disk, this.aof.folder, fileName, log),
      );
      this.aof.readManifest();
      const sizes = yield* this.loading.aof(this.aof);
      this.aof.startAppending(sizes);
    }
    this.#host.keyspace.dirty = 0;
    this.rdb.lastSavedAt = this.#host.clock.now();
    if (this.aof.state === "on") this.#host.journal.open(0);
  }

  /** At the head of the end of each turn: what was done is written before it is told. */
  commit(): void {
    this.aof.commit();
  }

  /** What is due by the clock. @param now unix ms @param mayBegin whether this is a moment to be saved */
  tick(now: number, mayBegin = true): void {
    if (this.loading.progress !== undefined) return;
    this.aof.commit();
    this.aof.tick(now, mayBegin && !this.isBusy);
    if (mayBegin && !this.isBusy) this.rdb.tick(now);
  }

  /** `appendonly`, `appendfsync` or another directive was set. @throws Error whose message refuses the change */
  configure(): void {
    const wanted = this.#host.settings.flag("appendonly");
    if (wanted && this.aof.state === "off" && this.loading.progress === undefined) {
      if (!this.aof.switchOn(!this.isBusy)) throw new Error("Unable to turn on AOF. Check server logs.");
    } else if (!wanted && this.aof.state !== "off") {
      this.aof.switchOff();
    }
    this.aof.configure();
    this.#host.stateChanged();
  }

  /** What a command that writes is answered while the disk does not take what it does, or undefined. */
  get refusal(): ReplyError | undefined {
    const { settings } = this.#host;
    const error = this.aof.writeError;
    if (
      this.rdb.lastFailed && settings.flag("stop-writes-on-bgsave-error") && this.rdb.rules.length > 0
    ) return cannotSave;
    if (error === undefined) return undefined;
    return new ReplyError(`MISCONF Errors writing to the AOF file: ${error.message}`);
  }

  /** Saves what is to be saved before the process ends; false when it must not end. */
  prepareShutdown(wish: ShutdownWish): boolean {
    const { log } = this.#host;
    if (this.rdb.running !== undefined) {
      log.warning("There is a child saving an .rdb. Killing it!");
      this.rdb.cancel();
    }
    if (this.aof.state !== "off") {
      if (this.aof.running !== undefined) {
        if (this.aof.state === "waiting") {
          log.warning(`Writing initial AOF${wish.force ? ". Exit anyway." : ", can't exit."}`);
          if (!wish.force) return false;
        }
        log.warning("There is a child rewriting the AOF. Killing it!");
        this.aof.cancelRewrite();
      }
      log.notice("Calling fsync() on the AOF file.");
      try {
        this.aof.flush();
      } catch (error) {
        log.warning(`Fail to fsync the AOF file: ${(error as DiskError).message}.`);
        if (!wish.force) return false;
      }
    }
    // What is being loaded is on the disk already, and not all of it is here.
    if (this.loading.progress !== undefined) return true;
    const saves = wish.save === "yes" || (wish.save === "if configured" && this.rdb.rules.length > 0);
    if (!saves) return true;
    log.notice("Saving the final RDB snapshot before exiting.");
    if (this.rdb.save()) return true;
    log.warning(
      wish.force ? "Error trying to save the DB. Exit anyway." : "Error trying to save the DB, can't exit.",
    );
    return wish.force;
  }

  /** All databases were emptied by FLUSHALL. */
  flushedAll(): void {
    const { keyspace } = this.#host;
    if (keyspace.isLoading) return;
    this.rdb.cancel();
    if (this.rdb.rules.length > 0) {
      const { dirty } = keyspace;
      this.rdb.save();
      keyspace.dirty = dirty;
    }
  }

  // ---- commands ---------------------------------------------------------------------------------------------

  /** SAVE. @throws ReplyError */
  save(): void {
    if (this.rdb.running !== undefined) throw saveInProgress;
    if (!this.rdb.save()) throw failed;
  }

  /** BGSAVE; whether it began now, or will when it can. @throws ReplyError */
  backgroundSave(maySchedule: boolean, inTransaction: boolean): "started" | "scheduled" {
    if (this.rdb.running !== undefined) throw saveInProgress;
    if (this.isBusy || inTransaction) {
      if (!maySchedule && !inTransaction) throw anotherActive;
      this.rdb.scheduled = true;
      return "scheduled";
    }
    this.rdb.begin();
    return "started";
  }

  /** BGREWRITEAOF. @throws ReplyError */
  rewriteAof(inTransaction: boolean): "started" | "scheduled" {
    if (this.aof.running !== undefined) throw rewriteInProgress;
    if (this.isBusy || inTransaction) {
      this.aof.scheduled = true;
      return "scheduled";
    }
    if (!this.aof.rewrite()) throw cannotRewrite;
    return "started";
  }

  /** DEBUG RELOAD: out to the RDB file and in again. @throws ReplyError */
  reload(options: { readonly save: boolean; readonly flush: boolean; readonly merge: boolean }): void {
    const { log, journal, keyspace } = this.#host;
    if (options.save) {
      this.rdb.cancel();
      if (!this.rdb.save()) throw failed;
    }
    const { dirty } = keyspace;
    if (options.flush) this.#empty();
    const wasOpen = journal.isOpen;
    journal.isOpen = false;
    try {
      atOnce(this.loading.rdb(this.rdb.fileName, options.merge));
    } catch (error) {
      log.warning((error as Error).message);
      throw loadFailed;
    } finally {
      keyspace.dirty = dirty; // To load is no change.
      journal.isOpen = wasOpen;
    }
    log.warning("DB reloaded by DEBUG RELOAD");
  }

  /** DEBUG LOADAOF: the append-only file is loaded anew. @throws ReplyError */
  loadAof(): void {
    const { log, journal, keyspace } = this.#host;
    if (this.aof.state === "on") this.aof.flush();
    // The reference ends here, its data gone; who asks for what is not there keeps his.
    if (this.aof.manifest.files.length === 0) throw aofLoadFailed;
    this.#empty();
    const wasOpen = journal.isOpen;
    journal.isOpen = false;
    try {
      this.aof.readManifest();
      atOnce(this.loading.aof(this.aof));
    } catch (error) {
      log.warning((error as Error).message);
      throw aofLoadFailed;
    } finally {
      journal.isOpen = wasOpen;
    }
    keyspace.dirty = 0;
    log.warning("Append Only File loaded by DEBUG LOADAOF");
  }

  #empty(): void {
    const { keyspace } = this.#host;
    for (const database of keyspace.databases) database.flush(false);
    keyspace.listeners.flushed?.();
  }
}
