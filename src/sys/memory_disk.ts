/**
 * A disk in memory that behaves as a real one does and, as a test wishes, fails: it is full, breaks, tears a write,
 * is slow to sync, or loses what was not synced. For tests of whoever keeps data through {@link Disk}.
 *
 *     const disk = new MemoryDisk({ capacity: 1000 });
 *     disk.failNext("sync", "EIO");         // one fault, then all is well again
 *     disk.tearNextWrite(10);               // 10 bytes arrive, then the disk breaks
 *     const after = disk.crash();           // the disk that is found when power is back: another MemoryDisk
 *     const same = disk.crash(new Random(seed)); // the same, with luck for some of what was not synced
 *     const alive = disk.kill();            // the disk after the process alone died: all that was written
 *
 * What survives a power cut, for certain: the bytes of a file as of its last sync, and names (of files made, renamed and
 * removed) as of the last sync of their folder. A file that was synced in a folder that was not is gone. This is less than most
 * file systems keep, so what works here works there.
 *
 * The process's folder, for relative paths, is `/` or the option `folder`. Paths are taken literally: no links.
 * Everything that happened is in {@link MemoryDisk.log}.
 */
import { type Disk, DiskError, type DiskFile, type OpenMode } from "./disk.ts";
import { type ErrorCode, failure } from "./disk_failures.ts";
import { type FileAccess, MemoryHandle } from "./memory_handle.ts";
import { MemoryFile, MemoryFolder, type MemoryNode } from "./memory_files.ts";
import type { Random } from "./random.ts";

/** What can fail. The calls that end in `Later` have the name of those that do not; closing and seeking never fail. */
export type DiskOperation =
  | "open"
  | "read"
  | "write"
  | "truncate"
  | "sync"
  | "exists"
  | "rename"
  | "remove"
  | "makeFolder"
  | "list"
  | "syncFolder";

/** One call, in the order in which they began. */
export interface DiskCall {
  readonly operation: DiskOperation;
  /** Absolute. Of an open file: the path it was opened by. */
  readonly path: string;
  /** Of a rename: the new path, absolute. */
  readonly to?: string;
  /** Bytes read or written, or the length that a file was cut to. */
  readonly bytes?: number;
  /** Why the call failed. */
  readonly failed?: string;
}

export interface MemoryDiskOptions {
  /** Bytes that all files together may have; without it there is no end. */
  readonly capacity?: number;
  /** The process's folder, which is there from the start; `/` without it. */
  readonly folder?: string;
}

interface EveryNth {
  readonly n: number;
  readonly code: ErrorCode;
  readonly operations: readonly DiskOperation[] | undefined;
  calls: number;
}

type Entry = { -readonly [Key in keyof DiskCall]: DiskCall[Key] };

/** Background calls wait at a gate; it is open unless a test holds it. */
class Gate {
  #opened: PromiseWithResolvers<void> | undefined;

  close(): void {
    this.#opened ??= Promise.withResolvers();
  }

  open(): void {
    this.#opened?.resolve();
    this.#opened = undefined;
  }

  async pass(): Promise<void> {
    // Also when it is open: nothing that happens in the background has happened when the call returns.
    await this.#opened?.promise;
  }
}

/** See the head of the file. */
export class MemoryDisk implements Disk {
  /** Bytes that all files together may have. May be changed at any time, so that a full disk gets room again. */
  capacity: number;
  /** The most bytes that one read gives, for tests of readers that must ask more than once. */
  readAtMost = Infinity;
  readonly #folder: string;
  #root = new MemoryFolder();
  readonly #open = new Set<MemoryHandle>();
  #log: Entry[] = [];
  #failNext: { operation: DiskOperation; code: ErrorCode; times: number }[] = [];
  #everyNth: EveryNth | undefined;
  #tear: { bytes: number; code: ErrorCode } | undefined;
  /** Calls until the power is cut. */
  #callsLeft = Infinity;
  readonly #syncs = new Gate();
  readonly #writes = new Gate();
  readonly #reads = new Gate();

  constructor(options: MemoryDiskOptions = {}) {
    this.capacity = options.capacity ?? Infinity;
    this.#folder = options.folder ?? "/";
    let parent = this.#root;
    for (const name of partsOf(this.#absolute("."))) {
      const folder = new MemoryFolder();
      parent.change([[name, folder]]);
      parent.sync();
      parent = folder;
    }
  }

  // What tests ask for.

  /** All calls so far, or since {@link clearLog}. Every one is kept, so long tests clear it now and then. */
  get log(): readonly DiskCall[] {
    return this.#log;
  }

  clearLog(): void {
    this.#log = [];
  }

  /** Bytes in all files, also in removed ones that somebody still has open. */
  get used(): number {
    const files = new Set<MemoryFile>();
    for (const handle of this.#open) files.add(handle.content);
    collectFiles(this.#root, files);
    let sum = 0;
    for (const file of files) sum += file.size;
    return sum;
  }

  /** A file's bytes, without a call: neither logged nor subject to faults. @throws DiskError when there is none */
  contents(path: string): Uint8Array<ArrayBuffer> {
    const node = this.#find(this.#absolute(path));
    if (node instanceof MemoryFolder) throw failure("EISDIR");
    if (node === undefined) throw failure("ENOENT");
    return new Uint8Array(node.view());
  }

  /** Puts a file there, durably, without a call, whatever the capacity. Its folder must be there. */
  put(path: string, bytes: Uint8Array): void {
    const { folder, name } = this.#place(this.#absolute(path));
    const file = new MemoryFile();
    file.append(bytes);
    file.syncUpTo(file.changeCount);
    folder.change([[name, file]]);
    folder.sync();
  }

  /** The next `times` calls of the operation fail and change nothing; Infinity: until {@link heal}. Adds up in order. */
  failNext(operation: DiskOperation, code: ErrorCode, times = 1): void {
    this.#failNext.push({ operation, code, times });
  }

  /** Of all calls (or of those operations) each n-th from here on fails and changes nothing, until {@link heal}. */
  failEvery(n: number, code: ErrorCode = "EIO", operations?: readonly DiskOperation[]): void {
    if (!Number.isSafeInteger(n) || n < 1) throw new RangeError(`every ${n}th call cannot fail`);
    this.#everyNth = { n, code, operations, calls: 0 };
  }

  /**
   * The next write of more than so many bytes puts only those into the file and says so; the write after it fails. For
   * who writes until all is written it is one write of which a part arrived.
   */
  tearNextWrite(bytes: number, code: ErrorCode = "EIO"): void {
    this.#tear = { bytes, code };
  }

  /**
   * After so many calls the power goes: the next one and all after it fail with EIO and change nothing, nor does what is
   * then under way in the background. {@link crash} gives the disk as of that moment, so a test can stop at every call.
   */
  cutPowerAfter(calls: number): void {
    this.#callsLeft = calls;
  }

  /** Ends all faults, except that what is held stays held. The capacity stays what it is. */
  heal(): void {
    this.#failNext = [];
    this.#everyNth = undefined;
    this.#tear = undefined;
    this.#callsLeft = Infinity;
  }

  /** From here on `syncLater` hangs, until {@link releaseSyncs}; it then covers what was written when it was called. */
  holdSyncs(): void {
    this.#syncs.close();
  }

  releaseSyncs(): void {
    this.#syncs.open();
  }

  /** From here on `readAtLater` hangs, until {@link releaseReads}. */
  holdReads(): void {
    this.#reads.close();
  }

  releaseReads(): void {
    this.#reads.open();
  }

  /** From here on `writeLater` and `writeAtLater` hang, until {@link releaseWrites}. */
  holdWrites(): void {
    this.#writes.close();
  }

  releaseWrites(): void {
    this.#writes.open();
  }

  /**
   * The disk after the death of the process: all that was written, synced or not. Without faults and open files, of the
   * same capacity. This one goes on by itself.
   */
  kill(): MemoryDisk {
    return this.#successor(this.#root.copy());
  }

  /**
   * The disk after a power cut; the head of the file says what it has kept. With a Random some of what was not synced is
   * there too: of a file's writes the first ones, the last of them perhaps in part, and of a folder's changes the first
   * ones. Without faults and open files, of the same capacity. This one goes on by itself.
   */
  crash(random?: Random): MemoryDisk {
    return this.#successor(this.#root.afterPowerCut(random));
  }

  // Disk.

  open(path: string, mode: OpenMode): DiskFile {
    const absolute = this.#absolute(path);
    return this.#call({ operation: "open", path: absolute }, () => {
      const file = this.#fileToOpen(absolute, mode);
      if (mode === "create" && file.size > 0) file.truncate(0);
      const handle = new MemoryHandle(file, mode !== "read", this.#access(absolute));
      this.#open.add(handle);
      return handle;
    });
  }

  exists(path: string): boolean {
    const absolute = this.#absolute(path);
    return this.#call({ operation: "exists", path: absolute }, () => {
      try {
        return this.#find(absolute) !== undefined;
      } catch (error) {
        if (error instanceof DiskError && error.code === "ENOTDIR") return false;
        throw error;
      }
    });
  }

  rename(from: string, to: string): void {
    const paths = { path: this.#absolute(from), to: this.#absolute(to) };
    this.#call({ operation: "rename", ...paths }, () => {
      const source = this.#place(paths.path);
      const target = this.#place(paths.to);
      if (source.node === undefined) throw failure("ENOENT");
      if (source.node === target.node) return;
      refuseReplacement(source.node, target.node);
      if (paths.to.startsWith(paths.path + "/")) throw failure("EINVAL");
      if (source.folder === target.folder) {
        source.folder.change([[source.name, undefined], [target.name, source.node]]);
      } else {
        target.folder.change([[target.name, source.node]]);
        source.folder.change([[source.name, undefined]]);
      }
    });
  }

  remove(path: string): void {
    const absolute = this.#absolute(path);
    this.#call({ operation: "remove", path: absolute }, () => this.#remove(absolute));
  }

  removeLater(path: string): Promise<void> {
    const absolute = this.#absolute(path);
    return this.#callLater({ operation: "remove", path: absolute }, undefined, () => this.#remove(absolute));
  }

  makeFolder(path: string): void {
    const absolute = this.#absolute(path);
    this.#call({ operation: "makeFolder", path: absolute }, () => {
      if (absolute === "/") return;
      const { folder, name, node } = this.#place(absolute);
      if (node instanceof MemoryFile) throw failure("ENOTDIR");
      if (node === undefined) folder.change([[name, new MemoryFolder()]]);
    });
  }

  list(path: string): string[] {
    const absolute = this.#absolute(path);
    return this.#call({ operation: "list", path: absolute }, () => this.#folderAt(absolute).names());
  }

  syncFolder(path: string): void {
    const absolute = this.#absolute(path);
    this.#call({ operation: "syncFolder", path: absolute }, () => this.#folderAt(absolute).sync());
  }

  /** One turn, as tests count them. */
  glance(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  // Calls and faults.

  #call<T>(entry: Entry, run: (entry: Entry) => T): T {
    this.#log.push(entry);
    try {
      this.#failIfWished(entry.operation);
      return run(entry);
    } catch (error) {
      if (error instanceof DiskError) entry.failed = error.code;
      throw error;
    }
  }

  /** Whether it fails is settled when it begins; what it does, it does when it ends. */
  async #callLater<T>(entry: Entry, gate: Gate | undefined, run: (entry: Entry) => T): Promise<T> {
    this.#log.push(entry);
    try {
      let fault: unknown;
      try {
        this.#failIfWished(entry.operation);
      } catch (error) {
        fault = error;
      }
      await gate?.pass();
      if (fault !== undefined) throw fault;
      if (this.#callsLeft < 0) throw failure("EIO");
      return run(entry);
    } catch (error) {
      if (error instanceof DiskError) entry.failed = error.code;
      throw error;
    }
  }

  #failIfWished(operation: DiskOperation): void {
    if (--this.#callsLeft < 0) throw failure("EIO");
    const next = this.#failNext.find((wish) => wish.operation === operation);
    if (next !== undefined) {
      if (--next.times === 0) this.#failNext.splice(this.#failNext.indexOf(next), 1);
      throw failure(next.code);
    }
    const every = this.#everyNth;
    if (every === undefined || every.operations?.includes(operation) === false) return;
    if (++every.calls % every.n === 0) throw failure(every.code);
  }

  #take(file: MemoryFile, bytes: Uint8Array, position: number | undefined): number {
    if (bytes.length === 0) return 0;
    // What is written over other bytes needs no room.
    const over = file.size - (position ?? file.size);
    let count = Math.min(bytes.length, Math.max(0, this.#room() + over));
    if (count === 0) throw failure("ENOSPC");
    if (this.#tear !== undefined && count > this.#tear.bytes) {
      const { bytes: part, code } = this.#tear;
      this.#tear = undefined;
      // A write that takes nothing is a write that fails.
      if (part === 0) throw failure(code);
      this.#failNext.unshift({ operation: "write", code, times: 1 });
      count = part;
    }
    if (position === undefined) file.append(bytes.subarray(0, count));
    else file.writeAt(bytes.subarray(0, count), position);
    return count;
  }

  #room(): number {
    return this.capacity === Infinity ? Infinity : this.capacity - this.used;
  }

  #access(path: string): FileAccess {
    return {
      read: (run) => this.#call({ operation: "read", path }, (entry) => entry.bytes = run(this.readAtMost)),
      readLater: (run) =>
        this.#callLater(
          { operation: "read", path },
          this.#reads,
          (entry) => entry.bytes = run(this.readAtMost),
        ),
      write: (file, bytes, position) =>
        this.#call({ operation: "write", path }, (entry) => entry.bytes = this.#take(file, bytes, position)),
      writeLater: (file, bytes, position) =>
        this.#callLater({ operation: "write", path }, this.#writes, (entry) => {
          return entry.bytes = this.#take(file, bytes, position);
        }),
      names: (file) => this.#find(path) === file,
      truncate: (file, length) =>
        this.#call({ operation: "truncate", path, bytes: length }, () => {
          if (length - file.size > this.#room()) throw failure("ENOSPC");
          file.truncate(length);
        }),
      sync: (file) => this.#call({ operation: "sync", path }, () => file.syncUpTo(file.changeCount)),
      syncLater: (file) => {
        const covered = file.changeCount;
        return this.#callLater({ operation: "sync", path }, this.#syncs, () => file.syncUpTo(covered));
      },
      closed: (handle) => void this.#open.delete(handle),
    };
  }

  // Names.

  #absolute(path: string): string {
    return "/" + partsOf(path.startsWith("/") ? path : `${this.#folder}/${path}`).join("/");
  }

  #find(absolute: string): MemoryNode | undefined {
    let node: MemoryNode | undefined = this.#root;
    for (const name of partsOf(absolute)) {
      if (node === undefined) return undefined;
      if (node instanceof MemoryFile) throw failure("ENOTDIR");
      node = node.get(name);
    }
    return node;
  }

  #folderAt(absolute: string): MemoryFolder {
    const node = this.#find(absolute);
    if (node === undefined) throw failure("ENOENT");
    if (node instanceof MemoryFile) throw failure("ENOTDIR");
    return node;
  }

  #place(absolute: string): { folder: MemoryFolder; name: string; node: MemoryNode | undefined } {
    if (absolute === "/") throw failure("EBUSY");
    const slash = absolute.lastIndexOf("/");
    const folder = this.#folderAt(absolute.slice(0, slash));
    const name = absolute.slice(slash + 1);
    return { folder, name, node: folder.get(name) };
  }

  #fileToOpen(absolute: string, mode: OpenMode): MemoryFile {
    if (absolute === "/") throw failure("EISDIR");
    const { folder, name, node } = this.#place(absolute);
    if (node instanceof MemoryFolder) throw failure("EISDIR");
    if (node !== undefined) return node;
    if (mode === "read") throw failure("ENOENT");
    const file = new MemoryFile();
    folder.change([[name, file]]);
    return file;
  }

  #remove(absolute: string): void {
    const { folder, name, node } = this.#place(absolute);
    if (node === undefined) throw failure("ENOENT");
    if (node instanceof MemoryFolder && node.size > 0) throw failure("ENOTEMPTY");
    folder.change([[name, undefined]]);
  }

  #successor(root: MemoryFolder): MemoryDisk {
    const disk = new MemoryDisk({ capacity: this.capacity, folder: this.#folder });
    disk.#root = root;
    return disk;
  }
}

function partsOf(path: string): string[] {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts;
}

function refuseReplacement(node: MemoryNode, replaced: MemoryNode | undefined): void {
  if (replaced === undefined) return;
  if (node instanceof MemoryFile && replaced instanceof MemoryFolder) throw failure("EISDIR");
  if (node instanceof MemoryFolder && replaced instanceof MemoryFile) throw failure("ENOTDIR");
  if (replaced instanceof MemoryFolder && replaced.size > 0) throw failure("ENOTEMPTY");
}

function collectFiles(folder: MemoryFolder, into: Set<MemoryFile>): void {
  for (const node of folder.nodes()) {
    if (node instanceof MemoryFile) into.add(node);
    else collectFiles(node, into);
  }
}
