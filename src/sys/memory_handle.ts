/**
 * A file of a {@link ./memory_disk.ts} that somebody has open: where reading stands, and which calls it takes. What the
 * calls do, and whether they fail, is the disk's business.
 */
import type { DiskFile } from "./disk.ts";
import { failure } from "./disk_failures.ts";
import type { MemoryFile } from "./memory_files.ts";

/** What an open file may ask of its disk. */
export interface FileAccess {
  read(run: (atMost: number) => number): number;
  readLater(run: (atMost: number) => number): Promise<number>;
  /** @param position where to; undefined: at the end */
  write(file: MemoryFile, bytes: Uint8Array, position?: number): number;
  writeLater(file: MemoryFile, bytes: Uint8Array, position?: number): Promise<number>;
  /** Whether the path by which it was opened still names the file. */
  names(file: MemoryFile): boolean;
  truncate(file: MemoryFile, length: number): void;
  sync(file: MemoryFile): void;
  syncLater(file: MemoryFile): Promise<void>;
  closed(handle: MemoryHandle): void;
}

/** An open file of a memory disk; see {@link DiskFile}. */
export class MemoryHandle implements DiskFile {
  readonly content: MemoryFile;
  readonly #mayWrite: boolean;
  readonly #access: FileAccess;
  #size: number;
  #position = 0;
  #isBusy = false;
  #isClosed = false;

  constructor(content: MemoryFile, mayWrite: boolean, access: FileAccess) {
    this.content = content;
    this.#size = content.size;
    this.#mayWrite = mayWrite;
    this.#access = access;
  }

  get size(): number {
    return this.#size;
  }

  write(bytes: Uint8Array): number {
    this.#refuse();
    if (!this.#mayWrite) throw failure("EBADF");
    return this.#wrote(this.#access.write(this.content, bytes));
  }

  writeLater(bytes: Uint8Array): Promise<number> {
    return this.#later(async () => {
      if (!this.#mayWrite) throw failure("EBADF");
      return this.#wrote(await this.#access.writeLater(this.content, bytes));
    });
  }

  read(into: Uint8Array): number | null {
    this.#refuse();
    const count = this.#access.read((atMost) => {
      const found = this.content.view(this.#position, this.#position + Math.min(into.length, atMost));
      into.set(found);
      this.#position += found.length;
      return found.length;
    });
    return count === 0 && into.length > 0 ? null : count;
  }

  readAt(into: Uint8Array, position: number): number {
    this.#refuse();
    return this.#access.read((atMost) => this.#readAt(into, position, atMost));
  }

  readAtLater(into: Uint8Array, position: number): Promise<number> {
    return this.#later(() => this.#access.readLater((atMost) => this.#readAt(into, position, atMost)));
  }

  #readAt(into: Uint8Array, position: number, atMost: number): number {
    const end = position + Math.min(into.length, atMost);
    const found = this.content.view(Math.min(position, this.content.size), end);
    into.set(found);
    return found.length;
  }

  writeAt(bytes: Uint8Array, position: number): number {
    this.#refuse();
    if (!this.#mayWrite) throw failure("EBADF");
    return this.#wroteAt(position, this.#access.write(this.content, bytes, position));
  }

  writeAtLater(bytes: Uint8Array, position: number): Promise<number> {
    return this.#later(async () => {
      if (!this.#mayWrite) throw failure("EBADF");
      return this.#wroteAt(position, await this.#access.writeLater(this.content, bytes, position));
    });
  }

  #wroteAt(position: number, count: number): number {
    this.#size = Math.max(this.#size, position + count);
    return count;
  }

  tryLock(): boolean {
    this.#refuse();
    if (this.content.lockedBy !== undefined && this.content.lockedBy !== this) return false;
    this.content.lockedBy = this;
    return this.#access.names(this.content);
  }

  seek(position: number): void {
    this.#refuse();
    if (position < 0) throw failure("EINVAL");
    this.#position = position;
  }

  truncate(length: number): void {
    this.#refuse();
    if (!this.#mayWrite || length < 0) throw failure("EINVAL");
    this.#access.truncate(this.content, length);
    this.#size = length;
  }

  sync(): void {
    this.#refuse();
    this.#access.sync(this.content);
  }

  syncLater(): Promise<void> {
    return this.#later(() => this.#access.syncLater(this.content));
  }

  close(): void {
    if (this.#isClosed) throw failure("EBADF");
    this.#isClosed = true;
    if (this.content.lockedBy === this) this.content.lockedBy = undefined;
    this.#access.closed(this);
  }

  #wrote(count: number): number {
    this.#size += count;
    this.#position = this.content.size;
    return count;
  }

  #refuse(): void {
    if (this.#isClosed) throw failure("EBADF");
    if (this.#isBusy) throw failure("EBUSY");
  }

  async #later<T>(call: () => Promise<T>): Promise<T> {
    this.#refuse();
    this.#isBusy = true;
    try {
      return await call();
    } finally {
      this.#isBusy = false;
    }
  }
}
