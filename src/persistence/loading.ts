/**
 * Loading: from the files to the keyspace, in slices between which clients are told that the server is loading, or in
 * one go for DEBUG RELOAD and DEBUG LOADAOF.
 *
 * With the append-only file on, it alone is what is loaded; a data set that is whole is loaded whole, or the server does
 * not start.
 */
import type { Args } from "../args.ts";
import { DiskError, type DiskFile } from "../sys/disk.ts";
import { AofLoader } from "./aof/loader.ts";
import type { AofKeeper } from "./aof_keeper.ts";
import type { PersistenceHost } from "./host.ts";
import { RdbLoader } from "./rdb/loader.ts";

/** Ms of loading between two turns of the clients. */
const SLICE_MS = 40;
/** How an RDB begins. */
const RDB_MAGIC = "REDIS";

/** Loads something step by step. */
interface Step {
  step(more: () => boolean): boolean;
  readonly position: number;
}

/** Loading cannot go on: the server must not start. The message is for the log. */
export class LoadError extends Error {
  override readonly name = "LoadError";
}

/** What INFO tells while the server loads. */
export interface LoadProgress {
  /** Unix ms. */
  readonly startedAt: number;
  readonly totalBytes: number;
  loadedBytes: number;
  /** What the server that wrote the file said it used, in bytes. */
  rdbUsedMemory: number;
}

export class Loading {
  progress: LoadProgress | undefined;
  /** Keys of the last RDB that was loaded: those kept, and those left out because their time had passed. */
  keysLoaded = 0;
  keysExpired = 0;
  readonly #host: PersistenceHost;

  constructor(host: PersistenceHost) {
    this.#host = host;
  }

  /**
   * Loads the RDB file, if it is there; whether it was.
   * @throws LoadError when it cannot be read to its end
   */
  *rdb(fileName: string, merges = false): Generator<void, boolean> {
    const file = this.#openIfThere(fileName);
    if (file === undefined) return false;
    const began = this.#host.clock.monotonicMs();
    try {
      yield* this.#counted(file.size, () => this.#rdbFile(file, fileName, true, 0, merges));
    } finally {
      file.close();
    }
    this.#host.log.notice(`DB loaded from disk: ${this.#seconds(began)} seconds`);
    return true;
  }

  /**
   * Loads what the manifest names; the bytes of each file, by name.
   * @throws LoadError when a file is missing or cannot be read to its end
   */
  *aof(keeper: AofKeeper): Generator<void, Map<string, number>> {
    const { base, increments } = keeper.manifest;
    const names = [...base === undefined ? [] : [base.name], ...increments.map(({ name }) => name)];
    const sizes = new Map<string, number>();
    let total = 0;
    for (const name of names) {
      const file = this.#openIfThere(keeper.path(name));
      if (file === undefined) {
        throw new LoadError(
          `Unable to obtain the AOF file ${name} length. stat: No such file or directory`,
        );
      }
      sizes.set(name, file.size);
      total += file.size;
      file.close();
    }
    yield* this.#counted(total, () => this.#aofFiles(keeper, names, sizes));
    return sizes;
  }

  *#aofFiles(keeper: AofKeeper, names: readonly string[], sizes: Map<string, number>): Generator<void> {
    const { log, clock } = this.#host;
    let before = 0;
    for (const name of names) {
      const began = clock.monotonicMs();
      const isLast = name === names.at(-1);
      const size = yield* this.#aofFile(keeper.path(name), name, isLast, before);
      before += size;
      sizes.set(name, size);
      if (size === 0) continue;
      const what = name === keeper.manifest.base?.name ? "base" : "incr";
      log.notice(`DB loaded from ${what} file ${name}: ${this.#seconds(began)} seconds`);
    }
  }

  /** Loads one file of the append-only file; how many bytes of it stay. */
  *#aofFile(path: string, name: string, isLast: boolean, before: number): Generator<void, number> {
    const { disk, log, settings } = this.#host;
    const file = disk.open(path, "read");
    const size = file.size;
    let startAt = 0;
    try {
      if (beginsWith(file, RDB_MAGIC)) {
        log.notice("Reading RDB base file on AOF loading...");
        startAt = yield* this.#rdbFile(file, name, false, before);
      }
      if (startAt === size) return size;
      file.seek(startAt);
      const loader = new AofLoader(file, {
        name,
        isLast,
        startAt,
        loadTruncated: settings.flag("aof-load-truncated"),
        replay: (args) => this.#replay(args, name),
        log: (text) => log.warning(text),
      });
      yield* this.#all(loader, before, () => loader.commands);
      if (!loader.truncated) return size;
      const kept = loader.validUpTo;
      log.warning(`!!! Warning: short read while loading the AOF file ${name}!!!`);
      log.warning(`!!! Truncating the AOF ${name} at offset ${kept} !!!`);
      const writable = disk.open(path, "append");
      try {
        writable.truncate(kept);
        writable.sync();
      } finally {
        writable.close();
      }
      log.warning(`AOF ${name} loaded anyway because aof-load-truncated is enabled`);
      return kept;
    } catch (error) {
      throw asLoadError(error, name);
    } finally {
      file.close();
    }
  }

  #replay(args: Args, name: string): void {
    if (this.#host.replay(args)) return;
    throw new LoadError(`Unknown command '${args.shown(0)}' reading the append only file ${name}`);
  }

  /** Loads an RDB, which may be followed by something else; where it ended. */
  *#rdbFile(
    file: DiskFile,
    name: string,
    dropsExpired: boolean,
    before = 0,
    merges = false,
  ): Generator<void, number> {
    const { log, keyspace, settings } = this.#host;
    const loader = new RdbLoader(keyspace, file, {
      dropsExpired,
      checksum: settings.flag("rdbchecksum"),
      replaces: merges,
      // What older servers wrote before commands, in one file, is followed by those.
      isWholeFile: name.endsWith(".rdb") || dropsExpired,
      log: (text) => log.notice(text),
    });
    try {
      const usedMemory = () => Number(loader.aux.get("used-mem") ?? 0);
      yield* this.#all(loader, before, () => loader.keysLoaded, usedMemory);
    } catch (error) {
      throw asLoadError(error, name);
    }
    this.keysLoaded = loader.keysLoaded;
    this.keysExpired = loader.keysExpired;
    log.notice(
      `Done loading RDB, keys loaded: ${loader.keysLoaded}, keys expired: ${loader.keysExpired}.`,
    );
    return loader.end;
  }

  /**
   * @param count of keys or commands so far
   * @param usedMemory what the file says that its writer used
   */
  *#all(loader: Step, before: number, count: () => number, usedMemory = () => 0): Generator<void> {
    const { clock, settings } = this.#host;
    const started = clock.monotonicMs();
    let began = started;
    // For tests, which want to see it under way.
    const isEarly = () =>
      count() * settings.number("key-load-delay") > (clock.monotonicMs() - started) * 1000;
    while (!loader.step(() => !isEarly() && clock.monotonicMs() - began < SLICE_MS)) {
      if (this.progress !== undefined) {
        this.progress.loadedBytes = before + loader.position;
        this.progress.rdbUsedMemory ||= usedMemory();
      }
      do yield; while (isEarly());
      began = clock.monotonicMs();
    }
  }

  /** While something is being loaded no key dies, and INFO tells how far it is. */
  *#counted<T>(totalBytes: number, load: () => Generator<void, T>): Generator<void, T> {
    const { keyspace, clock } = this.#host;
    this.progress = { startedAt: clock.now(), totalBytes, loadedBytes: 0, rdbUsedMemory: 0 };
    keyspace.isLoading = true;
    this.#host.stateChanged();
    try {
      return yield* load();
    } finally {
      this.progress = undefined;
      keyspace.isLoading = false;
      this.#host.stateChanged();
    }
  }

  #openIfThere(path: string): DiskFile | undefined {
    try {
      return this.#host.disk.open(path, "read");
    } catch (error) {
      if (error instanceof DiskError && error.code === "ENOENT") return undefined;
      throw new LoadError(`Fatal error: can't open ${path} for reading: ${(error as Error).message}`);
    }
  }

  #seconds(began: number): string {
    return ((this.#host.clock.monotonicMs() - began) / 1000).toFixed(3);
  }
}

/** Carries something out in one go. */
export function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

function beginsWith(file: DiskFile, text: string): boolean {
  const bytes = new Uint8Array(text.length);
  const count = file.read(bytes) ?? 0;
  file.seek(0);
  return count === text.length && String.fromCharCode(...bytes) === text;
}

function asLoadError(error: unknown, name: string): LoadError {
  if (error instanceof LoadError) return error;
  if (!(error instanceof Error)) return new LoadError(`${name}: ${String(error)}`);
  return new LoadError(error.message, { cause: error });
}
