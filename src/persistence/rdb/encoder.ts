/**
 * Writes a keyspace as an RDB file of version 10, the same bytes that the reference writes for the same data in the
 * same order. It is told what to write ({@link RdbEncoder.database}, {@link RdbEncoder.entry}) and gives out bytes
 * ({@link RdbEncoder.take}); it knows no files and no time.
 *
 * Invariants: the bytes taken, one after the other, are the file. The checksum covers each byte once. An entry is written as it
 * is at the moment of the call, and nothing of the keyspace is changed.
 */
import type { Ref } from "../../store/arena.ts";
import { Crc64 } from "../../store/crc64.ts";
import type { Database } from "../../store/database.ts";
import * as entry from "../../store/entry.ts";
import type { Keyspace } from "../../store/keyspace.ts";
import { RdbWriter } from "../../store/rdb_codec.ts";
import { RDB_VERSION } from "../../store/rdb_value.ts";
import { writeValue } from "../../store/restore.ts";
import { utf8 } from "../../sys/bytes.ts";
import { MAGIC, Opcode } from "./opcodes.ts";

/** Bytes of a new buffer; it grows with what is not taken. */
const BUFFER_BYTES = 256 << 10;
/** A buffer that a large value has made larger than this is let go of. */
const BUFFER_KEPT_BYTES_MAX = 8 << 20;
const NO_DATABASE = -1;

/** How an RDB file is to be written. */
export interface RdbOptions {
  /** `rdbcompression`: whether strings are compressed where that saves. */
  readonly compression: boolean;
  /** `rdbchecksum`: whether the file ends in its checksum; else in zeros. */
  readonly checksum: boolean;
  /**
   * Whether keys tell how long they were idle ("lru"), or how often they are used ("lfu"), as the reference writes under
   * such a `maxmemory-policy`; absent: neither.
   */
  readonly access?: "lru" | "lfu";
}

export class RdbEncoder {
  readonly #keyspace: Keyspace;
  /** Any database will do: it is asked about entries, wherever they are. */
  readonly #db: Database;
  readonly #options: RdbOptions;
  readonly #writer: RdbWriter;
  readonly #crc = new Crc64();
  #database = NO_DATABASE;
  #isEnded = false;
  /** A buffer that was given back. */
  #spare: Uint8Array | undefined;

  constructor(keyspace: Keyspace, options: RdbOptions) {
    this.#keyspace = keyspace;
    this.#db = keyspace.databases[0]!;
    this.#options = options;
    this.#writer = new RdbWriter({ compression: options.compression, capacity: BUFFER_BYTES });
  }

  /** Bytes that are ready to be taken. */
  get length(): number {
    return this.#writer.length;
  }

  /** Begins the file. @param aux what it says about itself: see `auxFields` */
  begin(aux: readonly (readonly [name: string, value: string])[]): void {
    this.#writer.raw(utf8(MAGIC + String(RDB_VERSION).padStart(4, "0")));
    for (const [name, value] of aux) {
      this.#writer.byte(Opcode.aux);
      this.#writer.string(utf8(name));
      this.#writer.string(utf8(value));
    }
  }

  /** Begins a database. @param keys how many there are; a hint for the reader, as is `expires` */
  database(id: number, keys: number, expires: number): void {
    this.#select(id);
    this.#writer.byte(Opcode.resizeDatabase);
    this.#writer.lengthPrefix(keys);
    this.#writer.lengthPrefix(expires);
  }

  #select(id: number): void {
    this.#writer.byte(Opcode.selectDatabase);
    this.#writer.lengthPrefix(id);
    this.#database = id;
  }

  /** Writes a key of the database with this number. O(bytes of the value). */
  entry(databaseId: number, ref: Ref): void {
    const writer = this.#writer;
    const { arena } = this.#keyspace;
    if (databaseId !== this.#database) this.#select(databaseId);
    if (entry.hasExpire(arena, ref)) {
      writer.byte(Opcode.expireMs);
      writer.uint32(entry.expireLowOf(arena, ref));
      writer.uint32(entry.expireHighOf(arena, ref));
    }
    if (this.#options.access !== undefined) this.#writeAccess(entry.accessOf(arena, ref));
    const typeAt = writer.length;
    writer.byte(0); // Its value tells.
    const start = entry.keyStartOf(arena, ref);
    writer.string(entry.segmentOf(arena, ref), start, start + entry.keyLengthOf(arena, ref));
    writer.overwrite(typeAt, writeValue(writer, this.#db, ref));
  }

  #writeAccess(access: number): void {
    const clock = this.#keyspace.access;
    if (this.#options.access === "lru") {
      this.#writer.byte(Opcode.idle);
      this.#writer.lengthPrefix(clock.idleSeconds(access));
    } else {
      this.#writer.byte(Opcode.frequency);
      this.#writer.byte(clock.frequency(access));
    }
  }

  /** Ends the file: the last bytes are ready. */
  end(): void {
    const writer = this.#writer;
    writer.byte(Opcode.end);
    if (this.#options.checksum) this.#crc.update(writer.written());
    writer.uint32(this.#crc.lo);
    writer.uint32(this.#crc.hi);
    this.#isEnded = true;
  }

  /** Hands over the bytes that are ready; they are the caller's. */
  take(): Uint8Array {
    if (this.#options.checksum && !this.#isEnded) this.#crc.update(this.#writer.written());
    const next = this.#spare ?? new Uint8Array(BUFFER_BYTES);
    this.#spare = undefined;
    return this.#writer.exchange(next);
  }

  /** Takes a buffer back that {@link take} gave, to be used again; nobody else may use it any more. */
  recycle(buffer: Uint8Array): void {
    const whole = new Uint8Array(buffer.buffer as ArrayBuffer);
    if (whole.length <= BUFFER_KEPT_BYTES_MAX) this.#spare = whole;
  }
}
