/**
 * Writes a keyspace as an RDB file of version 10, the same bytes that the reference writes for the same data in the
 * same order. It is told what to write ({@link RdbEncoder.database}, {@link RdbEncoder.entry}) and gives out bytes
 * ({@link RdbEncoder.take}); it knows no files and no time.
 *
 * A large collection is written in parts ({@link RdbEncoder.begin}, {@link RdbEncoder.part}), while other entries are kept
 * aside, since the file cannot hold one inside of the other.
 *
 * Invariants: the bytes taken, one after the other, are the file. The checksum covers each byte once. An entry is written as it
 * is at the moment of the call, and nothing of the keyspace is changed.
 */
import type { Ref } from "../../store/memory/arena.ts";
import { Crc64 } from "../../store/rdb/crc64.ts";
import type { Database } from "../../store/database.ts";
import * as entry from "../../store/memory/entry.ts";
import type { Keyspace } from "../../store/keyspace.ts";
import type { Collection } from "../../store/memory/objects.ts";
import { RdbWriter } from "../../store/rdb/rdb_codec.ts";
import { RDB_VERSION } from "../../store/rdb/rdb_value.ts";
import { writeValue } from "../../store/rdb/restore.ts";
import { utf8 } from "../../sys/bytes.ts";
import { MAGIC, Opcode } from "./opcodes.ts";

/** Bytes of a new buffer; it grows with what is not taken. */
const BUFFER_BYTES = 256 << 10;
/** Fewer bytes are not worth the call that adds them to the checksum. */
const SUMMED_BYTES_MIN = 8 << 10;
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
  /** What is ready to be taken. */
  readonly #main: RdbWriter;
  /** Where entries are written to: as a rule the same; while a collection is written in parts what is kept aside. */
  #writer: RdbWriter;
  readonly #crc = new Crc64();
  #database = NO_DATABASE;
  /** The collection that is written in parts, and where the next one begins. */
  #collection: Collection | undefined;
  #nextPart = 0;
  /** The database in which that is. */
  #collectionDatabase = NO_DATABASE;
  #isEnded = false;
  /** So many of the bytes that are ready are in the checksum. */
  #summed = 0;
  /** A buffer that was given back. */
  #spare: Uint8Array | undefined;

  constructor(keyspace: Keyspace, options: RdbOptions) {
    this.#keyspace = keyspace;
    this.#db = keyspace.databases[0]!;
    this.#options = options;
    this.#main = this.#writer = this.#newWriter();
  }

  #newWriter(): RdbWriter {
    return new RdbWriter({ compression: this.#options.compression, capacity: BUFFER_BYTES });
  }

  /** Bytes that are ready to be taken. */
  get length(): number {
    return this.#main.length;
  }

  /** Bytes that are kept aside. */
  get aside(): number {
    return this.#writer === this.#main ? 0 : this.#writer.length;
  }

  /** Begins the file. @param aux what it says about itself: see `auxFields` */
  beginFile(aux: readonly (readonly [name: string, value: string])[]): void {
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
    const typeAt = this.#writeKey(databaseId, ref);
    this.#writer.overwrite(typeAt, writeValue(this.#writer, this.#db, ref));
  }

  /**
   * Begins a key that holds a large collection. Until {@link part} says that it was the last the collection must not change. O(1).
   */
  begin(databaseId: number, ref: Ref): void {
    const typeAt = this.#writeKey(databaseId, ref);
    this.#collection = this.#db.collectionAt(ref)!;
    this.#nextPart = 0;
    this.#main.overwrite(typeAt, this.#collection.dumpHead(this.#main));
    this.#writer = this.#newWriter();
    this.#collectionDatabase = databaseId;
    this.#database = NO_DATABASE;
  }

  /** Writes some elements of it; whether those were the last. */
  part(): boolean {
    this.#nextPart = this.#collection!.dumpSome(this.#main, this.#nextPart);
    if (this.#nextPart !== 0) return false;
    this.#collection = undefined;
    if (this.aside === 0) this.#database = this.#collectionDatabase;
    this.#main.raw(this.#writer.written());
    this.#writer = this.#main;
    return true;
  }

  /** Writes what comes before a value; where the byte of its type is to stand. */
  #writeKey(databaseId: number, ref: Ref): number {
    const { arena } = this.#keyspace;
    if (databaseId !== this.#database) this.#select(databaseId);
    const writer = this.#writer;
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
    return typeAt;
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
    this.#sum();
    writer.uint32(this.#crc.lo);
    writer.uint32(this.#crc.hi);
    this.#isEnded = true;
  }

  /** Adds what is ready to the checksum, unless that is little: {@link take} has less to do then. */
  prepare(): void {
    if (this.#main.length - this.#summed >= SUMMED_BYTES_MIN) this.#sum();
  }

  #sum(): void {
    if (!this.#options.checksum || this.#isEnded) return;
    this.#crc.update(this.#main.written().subarray(this.#summed));
    this.#summed = this.#main.length;
  }

  /** Hands over the bytes that are ready; they are the caller's. */
  take(): Uint8Array {
    this.#sum();
    this.#summed = 0;
    const next = this.#spare ?? new Uint8Array(BUFFER_BYTES);
    this.#spare = undefined;
    return this.#main.exchange(next);
  }

  /** Takes a buffer back that {@link take} gave, to be used again; nobody else may use it any more. */
  recycle(buffer: Uint8Array): void {
    const whole = new Uint8Array(buffer.buffer as ArrayBuffer);
    if (whole.length <= BUFFER_KEPT_BYTES_MAX) this.#spare = whole;
  }
}
