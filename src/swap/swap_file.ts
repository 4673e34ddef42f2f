/**
 * The swap file: pages behind a header, private to the process.
 *
 * ```text
 * 0      "REDENO SWAP FILE\n", then the number of the process as text, then zeros
 * 4096   page 0, page 1 ...
 * ```
 *
 * The file is locked as long as it is open, and removed at the end. After a crash it stays behind, unlocked; the next server
 * that is given its name takes it over, since nothing in it means anything without the process that wrote it. A file
 * that is none of ours is never overwritten.
 */
import { ReplyError } from "../resp/reply_error.ts";
import { type Disk, DiskError, type DiskFile } from "../sys/disk.ts";
import { utf8 } from "../sys/bytes.ts";
import type { SwapPlace } from "../store/swap_store.ts";
import { checksum } from "./checksum.ts";

export const HEADER_BYTES = 4096;
const MAGIC = utf8("REDENO SWAP FILE\n");
/** Somebody may remove the file while it is being locked, so often. */
const LOCK_TRIES = 3;

/** Why there is no swap file; the message is for the log. */
export class SwapFileError extends Error {
  override readonly name = "SwapFileError";
}

/** A value that cannot be read back: what the client is told. */
export class SwapReadError extends ReplyError {
  /** Whether the bytes that came are not those that were written. */
  readonly isDamage: boolean;

  constructor(why: string, isDamage: boolean) {
    super(`ERR The value of this key cannot be read from the swap file: ${why}`);
    this.isDamage = isDamage;
  }

  /** For who logs it: a snapshot that fails. */
  get message(): string {
    return this.text.slice(4);
  }
}

export function isIntact(bytes: Uint8Array, place: SwapPlace): boolean {
  return checksum(bytes, 0, place.length, place.page) === place.checksum;
}

export function readFailure(error: unknown): SwapReadError {
  if (error instanceof SwapReadError) return error;
  if (error instanceof DiskError) return new SwapReadError(error.message, false);
  throw error;
}

const cutShort = new SwapReadError("the file is too short", true);

export class SwapFile {
  readonly path: string;
  readonly pageSize: number;
  readonly #disk: Disk;
  /** For what is done at once; it holds the lock. */
  readonly #file: DiskFile;
  readonly #writer: DiskFile;
  readonly #readers: DiskFile[] = [];
  /** Bytes of the pages that were written to. */
  #end = 0;
  #isClosed = false;

  /**
   * @param readers how many reads may be under way in the background at once
   * @throws SwapFileError when the file cannot be made, is another server's, or something else
   */
  constructor(disk: Disk, path: string, pageSize: number, readers: number, pid: number) {
    this.path = path;
    this.pageSize = pageSize;
    this.#disk = disk;
    try {
      this.#file = lockedFile(disk, path);
      this.#file.truncate(0);
      const header = new Uint8Array(HEADER_BYTES);
      header.set(MAGIC);
      header.set(utf8(`${pid}\n`), MAGIC.length);
      writeWhole(this.#file, header, 0);
      this.#writer = disk.open(path, "pages");
      for (let i = 0; i < readers; i++) this.#readers.push(disk.open(path, "pages"));
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      throw new SwapFileError(`Can't open the swap file ${path}: ${error.message}`);
    }
  }

  get readers(): number {
    return this.#readers.length;
  }

  /** Pages that a value of so many bytes takes. */
  pagesOf(bytes: number): number {
    return Math.ceil(bytes / this.pageSize);
  }

  #position(page: number): number {
    return HEADER_BYTES + page * this.pageSize;
  }

  /** Fills `into[0, place.length)`, at once. @throws SwapReadError; whether the bytes are intact is not looked at */
  read(place: SwapPlace, into: Uint8Array): void {
    const start = this.#position(place.page);
    try {
      for (let at = 0; at < place.length;) {
        const count = this.#file.readAt(into.subarray(at, place.length), start + at);
        if (count === 0) throw cutShort;
        at += count;
      }
    } catch (error) {
      throw readFailure(error);
    }
  }

  /** The same in the background, with one of the readers, which must be idle. */
  async readLater(reader: number, place: SwapPlace, into: Uint8Array): Promise<void> {
    const start = this.#position(place.page);
    const file = this.#readers[reader]!;
    for (let at = 0; at < place.length;) {
      const count = await file.readAtLater(into.subarray(at, place.length), start + at);
      if (count === 0) throw cutShort;
      at += count;
    }
  }

  /** Writes bytes from a page on, at once. @throws DiskError */
  write(bytes: Uint8Array, page: number): void {
    writeWhole(this.#file, bytes, this.#position(page));
    this.#end = Math.max(this.#end, page * this.pageSize + bytes.length);
  }

  /** The same in the background; one at a time. */
  async writeLater(bytes: Uint8Array, page: number): Promise<void> {
    const start = this.#position(page);
    this.#end = Math.max(this.#end, page * this.pageSize + bytes.length);
    for (let at = 0; at < bytes.length;) {
      at += await this.#writer.writeAtLater(at === 0 ? bytes : bytes.subarray(at), start + at);
    }
  }

  /** Gives the disk back what is behind so many pages, if that is much. */
  trim(pages: number): void {
    const end = pages * this.pageSize;
    if (this.#end <= 2 * end + TRIMMED_BYTES_MIN) return;
    try {
      this.#file.truncate(this.#position(pages));
      this.#end = end;
    } catch (error) {
      if (!(error instanceof DiskError)) throw error; // It stays larger than it needs to be.
    }
  }

  /** Removes the file. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.#disk.remove(this.path);
    } catch {
      // Somebody else took it away.
    }
    for (const file of [this.#writer, ...this.#readers, this.#file]) file.close();
  }
}

const TRIMMED_BYTES_MIN = 16 << 20;

function writeWhole(file: DiskFile, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length;) {
    at += file.writeAt(at === 0 ? bytes : bytes.subarray(at), position + at);
  }
}

function lockedFile(disk: Disk, path: string): DiskFile {
  for (let tries = 0; tries < LOCK_TRIES; tries++) {
    const file = disk.open(path, "pages");
    try {
      if (!file.tryLock()) {
        file.close();
        continue;
      }
      const start = new Uint8Array(MAGIC.length);
      if (file.size > 0 && (file.readAt(start, 0) < start.length || !start.every((b, i) => b === MAGIC[i]))) {
        throw new SwapFileError(
          `${path} is there already and is no swap file: it is not overwritten. Give vm-swap-file another name`,
        );
      }
      return file;
    } catch (error) {
      file.close();
      throw error;
    }
  }
  throw new SwapFileError(
    `The swap file ${path} is in use by another server. Give each server a vm-swap-file of its own`,
  );
}
