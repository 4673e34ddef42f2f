/**
 * The machine's disk, by Deno's file API.
 *
 * What is not plain from {@link Disk}:
 * - A file that is written is opened so that the system itself writes at the end (O_APPEND); cutting it off therefore
 *   never leaves a hole before the next write.
 * - One system call a method: the length is asked for at opening and counted from there.
 * - Errors carry the system's own code and text. Deno puts both into one message, with the number and the path.
 */
import { type Disk, DiskError, type DiskFile, type OpenMode } from "./disk.ts";
import { codeOfText, type ErrorCode, failure, strerror } from "./disk_failures.ts";

const isWindows = Deno.build.os === "windows";

/** What Deno says by class alone: its own refusals, and calls on a closed file. */
const CODES: readonly [new (message: string) => Error, ErrorCode][] = [
  [Deno.errors.BadResource, "EBADF"],
  [Deno.errors.Busy, "EBUSY"],
  [Deno.errors.NotFound, "ENOENT"],
  [Deno.errors.AlreadyExists, "EEXIST"],
  [Deno.errors.PermissionDenied, "EACCES"],
  [Deno.errors.IsADirectory, "EISDIR"],
  [Deno.errors.NotADirectory, "ENOTDIR"],
  [Deno.errors.Interrupted, "EINTR"],
];

/**
 * The {@link DiskError} of what Deno's file API threw; mistakes of the program (a wrong type of argument) stay what
 * they are. A refusal by Deno's permissions is EACCES, and says which permission is missing.
 */
export function diskErrorOf(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DiskError) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  // The number and what follows it is Deno's; before it stands the text of the system.
  const [, text, number] = /^(.*?) \(os error (\d+)\)/s.exec(error.message) ?? [];
  if (code !== undefined) return new DiskError(code, text ?? strerror(code) ?? error.message);
  if (error instanceof Deno.errors.NotCapable) {
    return new DiskError("EACCES", `${strerror("EACCES")}: ${error.message.split(/[\n,]/, 1)[0]}`);
  }
  for (const [kind, its] of CODES) {
    if (error instanceof kind) return failure(its);
  }
  // Of what Deno has neither a class nor a code for: a file too large, a quota that is exceeded.
  if (text !== undefined) return new DiskError(codeOfText(text) ?? `errno ${number}`, text);
  return error;
}

function told<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw diskErrorOf(error);
  }
}

async function toldLater<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw diskErrorOf(error);
  }
}

class SystemFile implements DiskFile {
  readonly #file: Deno.FsFile;
  readonly #path: string;
  #size: number;
  /** Whether a call in the background is under way. */
  #isBusy = false;

  constructor(file: Deno.FsFile, path: string, size: number) {
    this.#file = file;
    this.#path = path;
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  write(bytes: Uint8Array): number {
    return this.#now(() => {
      this.#goToEnd();
      const count = this.#file.writeSync(bytes);
      this.#size += count;
      return count;
    });
  }

  writeLater(bytes: Uint8Array): Promise<number> {
    return this.#later(async () => {
      this.#goToEnd();
      const count = await this.#file.write(bytes);
      this.#size += count;
      return count;
    });
  }

  read(into: Uint8Array): number | null {
    return this.#now(() => this.#file.readSync(into));
  }

  readAt(into: Uint8Array, position: number): number {
    return this.#now(() => {
      this.#file.seekSync(position, Deno.SeekMode.Start);
      return this.#file.readSync(into) ?? 0;
    });
  }

  readAtLater(into: Uint8Array, position: number): Promise<number> {
    return this.#later(async () => {
      this.#file.seekSync(position, Deno.SeekMode.Start);
      return await this.#file.read(into) ?? 0;
    });
  }

  writeAt(bytes: Uint8Array, position: number): number {
    return this.#now(() => {
      this.#file.seekSync(position, Deno.SeekMode.Start);
      const count = this.#file.writeSync(bytes);
      this.#size = Math.max(this.#size, position + count);
      return count;
    });
  }

  writeAtLater(bytes: Uint8Array, position: number): Promise<number> {
    return this.#later(async () => {
      this.#file.seekSync(position, Deno.SeekMode.Start);
      const count = await this.#file.write(bytes);
      this.#size = Math.max(this.#size, position + count);
      return count;
    });
  }

  tryLock(): boolean {
    return told(() => {
      if (!this.#file.tryLockSync(true)) return false;
      if (isWindows) return true;
      // Who had it before may have removed it between our opening and our locking.
      const { ino, dev } = this.#file.statSync();
      try {
        const named = Deno.statSync(this.#path);
        return named.ino === ino && named.dev === dev;
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return false;
        throw error;
      }
    });
  }

  seek(position: number): void {
    this.#now(() => this.#file.seekSync(position, Deno.SeekMode.Start));
  }

  truncate(length: number): void {
    this.#now(() => {
      this.#file.truncateSync(length);
      this.#size = length;
    });
  }

  sync(): void {
    this.#now(() => this.#file.syncDataSync());
  }

  syncLater(): Promise<void> {
    return this.#later(() => this.#file.syncData());
  }

  close(): void {
    told(() => this.#file.close());
  }

  /** There the system's own appending does not go together with cutting off. */
  #goToEnd(): void {
    if (isWindows) this.#file.seekSync(this.#size, Deno.SeekMode.Start);
  }

  /** Whether Deno minds two calls at once depends on how far the first one is; here it is always an error. */
  #refuseIfBusy(): void {
    if (this.#isBusy) throw failure("EBUSY");
  }

  #now<T>(call: () => T): T {
    this.#refuseIfBusy();
    return told(call);
  }

  async #later<T>(call: () => Promise<T>): Promise<T> {
    this.#refuseIfBusy();
    this.#isBusy = true;
    try {
      return await toldLater(call);
    } finally {
      this.#isBusy = false;
    }
  }
}

function openOptions(mode: OpenMode): Deno.OpenOptions {
  if (mode === "read") return { read: true };
  if (mode === "pages") return { read: true, write: true, create: true, mode: 0o600 };
  return { read: true, create: true, ...(isWindows ? { write: true } : { append: true }) };
}

/**
 * While something can run the runtime looks at sockets only every 61st time; it does when all that it has waits for another
 * thread, unless that was quicker, and after a timer, which takes two milliseconds: so that is for every so many times only.
 */
const SURE_TURN_EVERY = 3;

class SystemDisk implements Disk {
  #glances = 0;

  open(path: string, mode: OpenMode): DiskFile {
    return told(() => {
      const file = Deno.openSync(path, openOptions(mode));
      try {
        const { size, isDirectory } = file.statSync();
        if (isDirectory) throw failure("EISDIR");
        if (mode !== "create" || size === 0) return new SystemFile(file, path, size);
        file.truncateSync(0);
        return new SystemFile(file, path, 0);
      } catch (error) {
        file.close();
        throw error;
      }
    });
  }

  exists(path: string): boolean {
    try {
      Deno.statSync(path);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
      throw diskErrorOf(error);
    }
  }

  rename(from: string, to: string): void {
    told(() => Deno.renameSync(from, to));
  }

  remove(path: string): void {
    told(() => Deno.removeSync(path));
  }

  removeLater(path: string): Promise<void> {
    return toldLater(() => Deno.remove(path));
  }

  makeFolder(path: string): void {
    told(() => {
      try {
        Deno.mkdirSync(path);
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
        if (!Deno.statSync(path).isDirectory) throw failure("ENOTDIR");
      }
    });
  }

  list(path: string): string[] {
    return told(() => Array.from(Deno.readDirSync(path), ({ name }) => name));
  }

  syncFolder(path: string): void {
    // Windows has no such call.
    if (isWindows) return;
    told(() => {
      const folder = Deno.openSync(path);
      try {
        folder.syncSync();
      } catch (error) {
        // Some file systems cannot sync a folder; then there is nothing better to be had.
        const reason = diskErrorOf(error);
        if (!(reason instanceof DiskError && (reason.code === "EINVAL" || reason.code === "EBADF"))) {
          throw reason;
        }
      } finally {
        folder.close();
      }
    });
  }

  async glance(): Promise<void> {
    if (++this.#glances % SURE_TURN_EVERY === 0) {
      return await new Promise((resolve) => setTimeout(resolve, 0));
    }
    try {
      await Deno.lstat(".");
    } catch {
      // Whatever is there: it was looked at.
    }
  }
}

/** The machine's disk. Needs the permissions to read and to write. */
export const systemDisk: Disk = new SystemDisk();
