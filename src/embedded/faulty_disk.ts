/**
 * A disk that fails when a test wishes it to, around another one; and names of files as a server without a folder of its
 * own in the process gives them.
 */
import type { Disk, DiskFile, OpenMode } from "../sys/disk.ts";
import { type ErrorCode, failure } from "../sys/disk_failures.ts";
import type { DiskOperation } from "../sys/memory_disk.ts";
import { Fault, type FaultOptions } from "./fault.ts";

/** When a disk fails. */
export interface DiskFaultOptions extends FaultOptions {
  /** Only with files whose path matches. */
  readonly path?: RegExp;
}

/** Faults of a disk on demand. */
export interface DiskFaults {
  /**
   * Has calls fail with a reason of the system's, as `"EIO"` or `"ENOSPC"`. They change nothing then. Those in the background
   * have the name of those that are not: writes of snapshots are `"write"`, too.
   */
  fail(
    operations: DiskOperation | readonly DiskOperation[],
    code: ErrorCode,
    options?: DiskFaultOptions,
  ): Fault;
  /**
   * Has a write of more than so many bytes put only those into its file; the next write, to whatever file, fails. Default: once.
   * @throws RangeError when that is not a positive integer
   */
  tear(bytes: number, code?: ErrorCode, options?: FaultOptions): Fault;
  /** Has syncs in the background hang, until it is removed. A hit is a sync that waits. */
  hang(): Fault;
  /** Ends all faults of the disk. */
  clear(): void;
}

interface Wish extends DiskFaultOptions {
  readonly fault: Fault;
  readonly operations: readonly DiskOperation[];
  readonly code: ErrorCode;
}

interface Tear {
  readonly fault: Fault;
  readonly bytes: number;
  readonly code: ErrorCode;
}

/** A disk around another one. */
export class FaultyDisk implements Disk, DiskFaults {
  readonly #disk: Disk;
  readonly #absolute: (path: string) => string;
  readonly #wishes: Set<Wish> = new Set();
  readonly #tears: Set<Tear> = new Set();
  /** The write after one that was torn fails. */
  #tornCode: ErrorCode | undefined;
  #hang: { readonly fault: Fault; readonly ended: PromiseWithResolvers<void> } | undefined;

  /** @param folder where relative names begin; ends in a slash, or is empty */
  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#absolute = (path) => folder === "" || path.startsWith("/") ? path : folder + path;
  }

  // ---- what tests wish --------------------------------------------------------------------------------------

  fail(
    operations: DiskOperation | readonly DiskOperation[],
    code: ErrorCode,
    options: DiskFaultOptions = {},
  ): Fault {
    const wish: Wish = {
      ...options,
      operations: [operations].flat(),
      code,
      fault: new Fault(options, () => this.#wishes.delete(wish)),
    };
    this.#wishes.add(wish);
    return wish.fault;
  }

  /** Has a write of more than so many bytes put only those into its file; the next write fails. Default: once. */
  tear(bytes: number, code: ErrorCode = "EIO", options: FaultOptions = {}): Fault {
    if (!(Number.isInteger(bytes) && bytes > 0)) throw new RangeError(`a write cannot be torn at ${bytes}`);
    const tear: Tear = {
      bytes,
      code,
      fault: new Fault({ times: 1, ...options }, () => this.#tears.delete(tear)),
    };
    this.#tears.add(tear);
    return tear.fault;
  }

  hang(): Fault {
    const ended = this.#hang?.ended ?? Promise.withResolvers<void>();
    const fault = new Fault({}, () => {
      ended.resolve();
      if (this.#hang?.fault === fault) this.#hang = undefined;
    });
    this.#hang = { fault, ended };
    return fault;
  }

  /** Whether syncs in the background hang. */
  get isHanging(): boolean {
    return this.#hang !== undefined;
  }

  clear(): void {
    this.#wishes.clear();
    this.#tears.clear();
    this.#tornCode = undefined;
    this.#hang?.fault.remove();
  }

  // ---- what files ask ---------------------------------------------------------------------------------------

  /** @throws DiskError when it is to fail */
  check(operation: DiskOperation, path: string): void {
    for (const wish of this.#wishes) {
      if (!wish.operations.includes(operation) || wish.path?.test(path) === false) continue;
      if (wish.fault.strikes()) throw failure(wish.code);
    }
  }

  /** How many of these bytes a write takes. @throws DiskError when it is to fail */
  checkWrite(path: string, bytes: number): number {
    const torn = this.#tornCode;
    this.#tornCode = undefined;
    if (torn !== undefined) throw failure(torn);
    this.check("write", path);
    for (const tear of this.#tears) {
      if (bytes <= tear.bytes || !tear.fault.strikes()) continue;
      this.#tornCode = tear.code;
      return tear.bytes;
    }
    return bytes;
  }

  /** Waits while syncs hang. */
  async passSync(): Promise<void> {
    if (this.#hang?.fault.strikes() === true) await this.#hang.ended.promise;
  }

  // ---- Disk -------------------------------------------------------------------------------------------------

  open(path: string, mode: OpenMode): DiskFile {
    const absolute = this.#absolute(path);
    this.check("open", absolute);
    return new FaultyFile(this, absolute, this.#disk.open(absolute, mode));
  }

  exists(path: string): boolean {
    const absolute = this.#absolute(path);
    this.check("exists", absolute);
    return this.#disk.exists(absolute);
  }

  rename(from: string, to: string): void {
    const source = this.#absolute(from);
    this.check("rename", source);
    this.#disk.rename(source, this.#absolute(to));
  }

  remove(path: string): void {
    const absolute = this.#absolute(path);
    this.check("remove", absolute);
    this.#disk.remove(absolute);
  }

  async removeLater(path: string): Promise<void> {
    const absolute = this.#absolute(path);
    this.check("remove", absolute);
    await this.#disk.removeLater(absolute);
  }

  makeFolder(path: string): void {
    const absolute = this.#absolute(path);
    this.check("makeFolder", absolute);
    this.#disk.makeFolder(absolute);
  }

  list(path: string): string[] {
    const absolute = this.#absolute(path);
    this.check("list", absolute);
    return this.#disk.list(absolute);
  }

  syncFolder(path: string): void {
    const absolute = this.#absolute(path);
    this.check("syncFolder", absolute);
    this.#disk.syncFolder(absolute);
  }

  glance(): Promise<void> {
    return this.#disk.glance();
  }
}

/** An open file of a {@link FaultyDisk}. */
class FaultyFile implements DiskFile {
  readonly #disk: FaultyDisk;
  readonly #path: string;
  readonly #file: DiskFile;

  constructor(disk: FaultyDisk, path: string, file: DiskFile) {
    this.#disk = disk;
    this.#path = path;
    this.#file = file;
  }

  get size(): number {
    return this.#file.size;
  }

  write(bytes: Uint8Array): number {
    return this.#file.write(this.#taken(bytes));
  }

  async writeLater(bytes: Uint8Array): Promise<number> {
    return await this.#file.writeLater(this.#taken(bytes));
  }

  read(into: Uint8Array): number | null {
    this.#disk.check("read", this.#path);
    return this.#file.read(into);
  }

  readAt(into: Uint8Array, position: number): number {
    this.#disk.check("read", this.#path);
    return this.#file.readAt(into, position);
  }

  async readAtLater(into: Uint8Array, position: number): Promise<number> {
    this.#disk.check("read", this.#path);
    return await this.#file.readAtLater(into, position);
  }

  writeAt(bytes: Uint8Array, position: number): number {
    return this.#file.writeAt(this.#taken(bytes), position);
  }

  async writeAtLater(bytes: Uint8Array, position: number): Promise<number> {
    return await this.#file.writeAtLater(this.#taken(bytes), position);
  }

  tryLock(): boolean {
    return this.#file.tryLock();
  }

  seek(position: number): void {
    this.#file.seek(position);
  }

  truncate(length: number): void {
    this.#disk.check("truncate", this.#path);
    this.#file.truncate(length);
  }

  sync(): void {
    this.#disk.check("sync", this.#path);
    this.#file.sync();
  }

  async syncLater(): Promise<void> {
    this.#disk.check("sync", this.#path);
    await this.#disk.passSync();
    await this.#file.syncLater();
  }

  close(): void {
    this.#file.close();
  }

  #taken(bytes: Uint8Array): Uint8Array {
    const count = this.#disk.checkWrite(this.#path, bytes.length);
    return count === bytes.length ? bytes : bytes.subarray(0, count);
  }
}
