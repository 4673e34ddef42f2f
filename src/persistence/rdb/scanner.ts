/**
 * Reads an RDB file record by record, for whoever loads it or only checks it.
 *
 * The file is seen through a window that moves. A record begins in the window; when it does not end there, RdbShortError
 * brings the reader back to its beginning, the window is filled up, or enlarged, and it is read once more. So a record costs
 * no copy, and one of 500 MB works. A handler therefore does nothing before it has read all that it needs.
 *
 * Invariants: `offset` is how many bytes of the file were read, exactly, also where reading failed. What the
 * checksum covers is taken in once, in order. Nothing behind the end of the RDB is needed, though more may have been read.
 */
import { ElementSlice } from "../../store/numbers/int64_words.ts";
import { Crc64 } from "../../store/rdb/crc64.ts";
import { RdbError, RdbReader, RdbShortError } from "../../store/rdb/rdb_codec.ts";
import { skipModuleData } from "../../store/rdb/rdb_skip.ts";
import { RDB_VERSION } from "../../store/rdb/rdb_value.ts";
import { ReplyError } from "../../resp/reply_error.ts";
import { latin1Text } from "../../sys/bytes.ts";
import type { DiskFile } from "../../sys/disk.ts";
import { type Doing, type FileErrorKind, RdbFileError } from "./file_error.ts";
import { CHECKSUM_BYTES, CHECKSUM_VERSION_MIN, HEADER_BYTES, isValueType, MAGIC, Opcode } from "./opcodes.ts";

const WINDOW_BYTES = 512 << 10;
/** A window that a large record has made larger is kept up to this size. */
const WINDOW_KEPT_BYTES_MAX = 16 << 20;

/**
 * Work between two questions whether to go on, about 100 microseconds: a record counts as its bytes in the file, and so
 * much more.
 */
const STEP_WORK = 24_000;
const RECORD_WORK = 64;

const WHEN_OPCODE = 2;

/** Is told what is in a file. What it is given may be overwritten when it returns. */
export interface RdbHandler {
  /** A key was read: its value follows, and is to be read, or passed over, from `scanner.reader`. */
  entry(scanner: RdbScanner): void;
  auxField(name: Uint8Array, value: Uint8Array): void;
  selectDatabase(id: number): void;
  resizeDatabase(keys: number, expires: number): void;
  /** A library of functions; undefined when it was written by a release candidate, in another form. */
  functionLibrary(code: Uint8Array | undefined): void;
  /** Data of a module follows, which is passed over if this returns. */
  moduleAux(id: bigint): void;
}

/** What is known of the checksum at the end: there is none before version 5, and 0 says that none was made. */
export type ChecksumState = "absent" | "disabled" | "verified" | "ignored";

export class RdbScanner {
  readonly reader: RdbReader;
  /** The format's version, once it was read. */
  version = 0;
  checksum: ChecksumState = "absent";

  // What is known of the key that is being read.
  readonly key: ElementSlice = new ElementSlice();
  type = 0;
  expires = false;
  /** Unix ms in two words. */
  expireLow = 0;
  expireHigh = 0;
  /** Seconds, or -1. */
  idle = -1;
  /** 0-255, or -1. */
  frequency = -1;

  readonly #file: DiskFile;
  readonly #handler: RdbHandler;
  readonly #verifies: boolean;
  readonly #crc = new Crc64();
  #window: Uint8Array;
  /** Bytes of the file in the window. */
  #filled = 0;
  /** Where in the file the window begins. */
  #base: number;
  /** Up to where in the window the checksum goes. */
  #summed = 0;
  /** Where in the window the present record begins. */
  #start = 0;
  #doing: Doing = "start";
  #isDone = false;

  /**
   * @param file stands at its beginning
   * @param verifies whether the checksum is computed and compared
   * @param base where in the file the RDB begins, if not at its beginning
   */
  constructor(file: DiskFile, handler: RdbHandler, verifies: boolean, base = 0) {
    this.#file = file;
    this.#handler = handler;
    this.#verifies = verifies;
    this.#base = base;
    this.#window = new Uint8Array(Math.min(WINDOW_BYTES, Math.max(file.size, HEADER_BYTES)));
    this.reader = new RdbReader(this.#window, 0, 0);
  }

  /** Bytes of the file that were read: where the next byte comes from. */
  get offset(): number {
    return this.#base + this.reader.position;
  }

  /** Bytes of the file that are still to be read; of a file that grows, when it was opened. */
  get bytesLeft(): number {
    return this.#file.size - this.offset;
  }

  /**
   * Reads on until `more` says stop, which is asked about every 100 microseconds; true when the end was reached. One
   * value is read at once.
   * @throws RdbFileError when something is wrong with the file; DiskError when the disk fails
   */
  step(more: () => boolean): boolean {
    while (!this.#isDone) {
      try {
        if (this.#doing === "start") this.#readHeader();
        this.#isDone = this.#readRecords();
      } catch (error) {
        this.#recover(error);
        continue;
      }
      if (!this.#isDone && !more()) return false;
    }
    return true;
  }

  /** What is wrong, with the place where the reader stands. */
  error(kind: FileErrorKind, reason: string, message = reason): RdbFileError {
    return new RdbFileError(kind, reason, {
      offset: this.offset,
      doing: this.#doing,
      key: this.#doing === "read-object-value" ? this.key.text() : undefined,
      type: this.type,
    }, message);
  }

  /** Gets the bytes that were missing, or gives up. */
  #recover(error: unknown): void {
    if (error instanceof RdbShortError) {
      if (this.#refill(error.needed)) return;
      throw this.error(
        "short",
        error.message,
        "Short read or OOM loading DB. Unrecoverable error, aborting now.",
      );
    }
    if (error instanceof RdbError) throw this.error("damaged", error.message);
    if (error instanceof ReplyError) throw this.error("refused", error.text);
    if (error instanceof RangeError) {
      // No memory for a length that the bytes claim.
      throw this.error(
        "short",
        error.message,
        "Short read or OOM loading DB. Unrecoverable error, aborting now.",
      );
    }
    throw error;
  }

  /** Goes back to the beginning of the record and has more of the file in the window; false when there is no more. */
  #refill(needed: number): boolean {
    const { reader } = this;
    const start = this.#start;
    if (this.#verifies) this.#sum(start);
    // What is missing may be more than the file can have: nothing is allocated for that.
    if (this.#base + needed > this.#file.size) return false;
    const kept = this.#filled - start;
    let window = this.#window;
    const wanted = needed - start;
    if (wanted > window.length || kept * 2 > window.length) {
      window = new Uint8Array(Math.max(wanted, window.length * 2));
    } else if (window.length > WINDOW_KEPT_BYTES_MAX && Math.max(wanted, kept) < WINDOW_BYTES) {
      window = new Uint8Array(WINDOW_BYTES);
    }
    if (window === this.#window) window.copyWithin(0, start, this.#filled);
    else window.set(this.#window.subarray(start, this.#filled));
    this.#window = window;
    this.#base += start;
    this.#start = 0;
    this.#summed = 0;
    this.#filled = kept;
    while (this.#filled < window.length) {
      const count = this.#file.read(window.subarray(this.#filled));
      if (count === null) break;
      this.#filled += count;
    }
    reader.point(window, 0, this.#filled);
    return this.#filled >= wanted;
  }

  /** Takes what lies before `end` in the window into the checksum. */
  #sum(end: number): void {
    this.#crc.update(this.#window, this.#summed, end);
    this.#summed = end;
  }

  #readHeader(): void {
    const { reader } = this;
    const header = latin1Text(reader.raw(HEADER_BYTES));
    if (!header.startsWith(MAGIC)) throw this.error("header", "Wrong signature trying to load DB from file");
    // As C reads a number: what does not begin with one is 0.
    const version = parseInt(header.slice(MAGIC.length), 10) || 0;
    if (version < 1 || version > RDB_VERSION) {
      throw this.error("header", `Can't handle RDB format version ${version}`);
    }
    this.version = version;
    this.#start = reader.position;
    this.#doing = "read-type";
  }

  /** Reads some records; true when the last of them was the end. */
  #readRecords(): boolean {
    const { reader } = this;
    let work = STEP_WORK;
    while (work > 0) {
      const start = reader.position;
      this.#start = start;
      this.#doing = "read-type";
      const byte = reader.byte();
      if (byte < Opcode.function2) {
        if (!isValueType(byte)) throw this.error("damaged", `Unknown RDB encoding type ${byte}`);
        this.#readEntry(byte);
      } else if (this.#readOpcode(byte)) {
        return true;
      }
      work -= RECORD_WORK + reader.position - start;
    }
    // Up to here nothing is read again.
    this.#start = reader.position;
    return false;
  }

  #readEntry(type: number): void {
    const { reader } = this;
    this.type = type;
    this.#doing = "read-key";
    reader.locateString();
    reader.pointAtString(this.key);
    this.#doing = "read-object-value";
    this.#handler.entry(this);
    this.type = -1;
    this.expires = false;
    this.idle = -1;
    this.frequency = -1;
  }

  /** Reads a record that is no key; true when it is the end. */
  #readOpcode(opcode: number): boolean {
    const { reader } = this;
    switch (opcode) {
      case Opcode.expireMs:
      case Opcode.expireSeconds:
        this.#doing = "read-expire";
        this.#readExpire(opcode);
        return false;
      case Opcode.idle:
        this.idle = reader.length();
        return false;
      case Opcode.frequency:
        this.frequency = reader.byte();
        return false;
      case Opcode.selectDatabase:
        this.#doing = "read-len";
        this.#handler.selectDatabase(reader.length());
        return false;
      case Opcode.resizeDatabase: {
        this.#doing = "read-len";
        const keys = reader.length();
        this.#handler.resizeDatabase(keys, reader.length());
        return false;
      }
      case Opcode.aux: {
        this.#doing = "read-aux";
        const name = reader.string();
        this.#handler.auxField(name, reader.string());
        return false;
      }
      case Opcode.moduleAux:
        this.#doing = "read-module-aux";
        this.#readModuleAux();
        return false;
      case Opcode.function:
      case Opcode.function2:
        this.#doing = "read-functions";
        this.#readFunctions(opcode);
        return false;
      default:
        this.#readEnd();
        return true;
    }
  }

  #readExpire(opcode: number): void {
    const { reader } = this;
    let low: number;
    let high: number;
    if (opcode === Opcode.expireMs) {
      reader.need(8);
      low = reader.int32();
      high = reader.int32();
    } else {
      const ms = reader.int32() * 1000;
      low = ms | 0;
      high = Math.floor(ms / 4294967296);
    }
    this.expireLow = low;
    this.expireHigh = high;
    // -1 stands for no time.
    this.expires = (low & high) !== -1;
  }

  #readModuleAux(): void {
    const { reader } = this;
    const id = reader.bigLength();
    const opcode = reader.length();
    reader.length();
    if (opcode !== WHEN_OPCODE) throw this.error("damaged", "bad when_opcode");
    const { position } = reader;
    skipModuleData(reader);
    const end = reader.position;
    reader.position = position;
    this.#handler.moduleAux(id);
    reader.position = end;
  }

  #readFunctions(opcode: number): void {
    const { reader } = this;
    if (opcode === Opcode.function2) {
      this.#handler.functionLibrary(reader.string());
      return;
    }
    // Name, engine, whether there is a description, that, and the code.
    reader.locateString();
    reader.locateString();
    if (reader.length() !== 0) reader.locateString();
    reader.locateString();
    this.#handler.functionLibrary(undefined);
  }

  #readEnd(): void {
    this.#doing = "check-sum";
    if (this.version < CHECKSUM_VERSION_MIN) return;
    const { reader } = this;
    const end = reader.position;
    reader.need(CHECKSUM_BYTES);
    const low = reader.uint32();
    const high = reader.uint32();
    if (!this.#verifies) {
      this.checksum = "ignored";
      return;
    }
    this.#sum(end);
    if (low === 0 && high === 0) {
      this.checksum = "disabled";
      return;
    }
    const { lo, hi } = this.#crc;
    if (low !== lo || high !== hi) {
      const text = (h: number, l: number) => ((BigInt(h) << 32n) | BigInt(l)).toString(16);
      throw this.error(
        "checksum",
        "RDB CRC error",
        `Wrong RDB checksum expected: (${text(hi, lo)}) but got (${text(high, low)}). Aborting now.`,
      );
    }
    this.checksum = "verified";
  }
}
