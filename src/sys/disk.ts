/**
 * What persistence needs of a file system: a parameter, so that tests can take a disk that is full, fails, or loses
 * what was not synced. {@link ./system_disk.ts} is the machine's, {@link ./memory_disk.ts} the tests'.
 *
 * Calls without `Later` are done when they return and nobody is served meanwhile; those with `Later` happen in the
 * background. One file takes one call at a time (EBUSY otherwise): who syncs in the background while writing goes on
 * opens the file twice. Only closing is always possible; what is under way then still ends.
 */

/**
 * "read": must exist, takes no writes (EBADF); "append": made when it is not there; "create": made, or emptied; "pages":
 * made when it is not there, for this user alone, and written only where {@link DiskFile.writeAt} says. What is open for
 * writing can be read too.
 */
export type OpenMode = "read" | "append" | "create" | "pages";

/** A call that failed: `code` is the system's name of the reason, `message` its text as strerror tells it. */
export class DiskError extends Error {
  override readonly name = "DiskError";
  /** Such as `ENOSPC`, `ENOENT`, `EIO`, `EACCES`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Carries something out; when the disk does not, the error says what it was. @throws DiskError */
export function saying<T>(what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    throw new DiskError(error.code, `${what}: ${error.message}`);
  }
}

/** An open file. Every method throws, or rejects with, a {@link DiskError}. */
export interface DiskFile {
  /** Bytes in the file when it was opened, and since then as changed by this handle; what others do is not seen. */
  readonly size: number;
  /**
   * Writes at the end, wherever reading stands. How many bytes were taken: fewer when the disk is filling up, then the
   * next call tells why; never 0 of some.
   */
  write(bytes: Uint8Array): number;
  /** The bytes must stay as they are until it is done. */
  writeLater(bytes: Uint8Array): Promise<number>;
  /** How many bytes came, at least 1, or null at the end. */
  read(into: Uint8Array): number | null;
  /** Reads from a position on. How many bytes came, 0 at the end; where other reads stand is undefined afterwards. */
  readAt(into: Uint8Array, position: number): number;
  readAtLater(into: Uint8Array, position: number): Promise<number>;
  /** Writes from a position on, of a file opened for "pages"; what is between it and the end becomes zeros. As {@link write}. */
  writeAt(bytes: Uint8Array, position: number): number;
  /** The bytes must stay as they are until it is done. */
  writeAtLater(bytes: Uint8Array, position: number): Promise<number>;
  /**
   * Takes the file for this handle alone, until it is closed; false when another one has it, of whatever process, or when
   * its name stands for another file by now.
   */
  tryLock(): boolean;
  /** Moves to where the next read begins. */
  seek(position: number): void;
  /** Cuts the file off, or fills it up with zeros. */
  truncate(length: number): void;
  /** What was written to the file, through whatever handle, survives a power cut when this returns. */
  sync(): void;
  syncLater(): Promise<void>;
  close(): void;
}

/** A file system. Paths are absolute or relative to the process's folder. Methods throw {@link DiskError}. */
export interface Disk {
  open(path: string, mode: OpenMode): DiskFile;
  /** Whether a file or folder is there. */
  exists(path: string): boolean;
  /** Puts a file in the place of another, at once and for everybody. */
  rename(from: string, to: string): void;
  remove(path: string): void;
  /** In the background: freeing a large file takes time. */
  removeLater(path: string): Promise<void>;
  /** Nothing happens when it is there. */
  makeFolder(path: string): void;
  /** Names in a folder, in no order. */
  list(path: string): string[];
  /** What was made, renamed and removed in a folder survives a power cut when this returns. */
  syncFolder(path: string): void;
  /** Leaves everything else its turn, sockets above all, in about the time that another thread takes to look at a file. */
  glance(): Promise<void>;
}

/** Writes all of the bytes. @throws DiskError when the disk takes no more; some may have been written then */
export function writeAll(file: DiskFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.write(at === 0 ? bytes : bytes.subarray(at));
}

/** Reads a whole file. */
export function readAll(disk: Disk, path: string): Uint8Array {
  const file = disk.open(path, "read");
  try {
    const bytes = new Uint8Array(file.size);
    let at = 0;
    while (at < bytes.length) {
      const count = file.read(bytes.subarray(at));
      if (count === null) break;
      at += count;
    }
    return bytes.subarray(0, at);
  } finally {
    file.close();
  }
}
