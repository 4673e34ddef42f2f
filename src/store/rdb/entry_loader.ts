/**
 * Keys and values on their way from RDB data into a database, without a detour: strings, listpacks and intsets are
 * written (and decompressed) straight into the entry of their key; everything else is built as RESTORE builds it.
 *
 * Nobody is told, nothing is counted: what is loaded was there before. A key is looked up once.
 *
 * Invariants: damaged data is never read outside of its bounds. Where data is trusted, only what the header of a listpack or
 * intset says is checked, as in the reference; who trusts it must verify a checksum before anybody reads the values.
 * After an error the database may hold a value that is not whole: empty it.
 */
import { BLOCK_BYTES_MAX, type Ref } from "../memory/arena.ts";
import { countPairs, RdbType } from "./collection_rdb.ts";
import { type Database, stringEncoding } from "../database.ts";
import * as entry from "../memory/entry.ts";
import { Encoding, EXPIRE_BYTES, HEADER_BYTES, Type } from "../memory/entry.ts";
import type { EntrySet } from "../memory/entry_set.ts";
import { readInt32 } from "../numbers/int64_words.ts";
import { INTSET_HEADER_BYTES, intsetBytes, intsetCount, validateIntset } from "../packed/intset.ts";
import type { Keyspace } from "../keyspace.ts";
import { LISTPACK_EMPTY_BYTES, listpackBytes, validateListpack } from "../packed/listpack.ts";
import { RdbError, type RdbReader } from "./rdb_codec.ts";
import { skipValue } from "./rdb_skip.ts";
import { RDB_TYPE_STRING } from "./rdb_value.ts";
import { readTypedValue } from "./restore.ts";
import { copyBytes, Slice } from "../../sys/bytes.ts";

const PACKED_NODE = 2;
const LISTPACK_END = 0xff;
const COUNT_UNKNOWN = 0xffff;

const PACKED_HASH = Type.hash | (Encoding.listpack << 4);
const PACKED_ZSET = Type.zset | (Encoding.listpack << 4);
const PACKED_LIST = Type.list | (Encoding.quicklist << 4);
const INTSET = Type.set | (Encoding.intset << 4);

/** When a key dies, in two words as an entry holds it; and what its access clock says. One for all keys. */
export interface KeyAttributes {
  expires: boolean;
  expireLow: number;
  expireHigh: number;
  /** The 24 bits of the access clock. */
  access: number;
}

export class EntryLoader {
  /** Whether the data is whole, as a checksum will tell: then the insides of listpacks and intsets are believed. */
  trusts = false;
  /** Whether a key that is there already gets the new value, and nothing of it stays; else it is an error. */
  replaces = false;

  readonly #keyspace: Keyspace;
  readonly #value: Slice = new Slice();
  #db: Database;
  #entries: EntrySet;

  constructor(keyspace: Keyspace) {
    this.#keyspace = keyspace;
    this.#db = keyspace.databases[0]!;
    this.#entries = this.#db.entrySet;
  }

  /** Chooses the database. To be called again when its contents were changed for others. */
  select(db: Database): void {
    this.#db = db;
    this.#entries = db.entrySet;
  }

  /**
   * Reads the value that follows a type byte and makes it the one of a key. The key may lie in what is read. Its entry, or 0 when the value has no elements: then there is no key.
   * @throws RdbError when the value is damaged; RdbShortError when it is not whole, and then nothing has happened
   */
  load(rdbType: number, key: Slice, reader: RdbReader, attributes: KeyAttributes): Ref {
    if (HEADER_BYTES + EXPIRE_BYTES + key.length > BLOCK_BYTES_MAX) {
      throw new RdbError(`A key of ${key.length} bytes is longer than this server can keep`);
    }
    switch (rdbType) {
      case RDB_TYPE_STRING:
        return this.#loadString(key, reader, attributes);
      case RdbType.hashListpack:
        return this.#loadPacked(rdbType, PACKED_HASH, key, reader, reader.position, attributes);
      case RdbType.zsetListpack:
        return this.#loadPacked(rdbType, PACKED_ZSET, key, reader, reader.position, attributes);
      case RdbType.setIntset:
        return this.#loadPacked(rdbType, INTSET, key, reader, reader.position, attributes);
      case RdbType.listQuicklist2: {
        const start = reader.position;
        if (reader.length() === 1 && reader.length() === PACKED_NODE) {
          return this.#loadPacked(rdbType, PACKED_LIST, key, reader, start, attributes);
        }
        reader.position = start;
        return this.#loadBuilt(rdbType, key, reader, attributes);
      }
      default:
        return this.#loadBuilt(rdbType, key, reader, attributes);
    }
  }

  #insert(key: Slice, typeAndEncoding: number, length: number, object: number, how: KeyAttributes): Ref {
    const old = this.#entries.find(key);
    if (old !== 0) this.#removeOld(key, old);
    const ref = this.#entries.insertNew(key, typeAndEncoding, how.access, length, object, how.expires);
    if (how.expires) entry.setExpireWords(this.#keyspace.arena, ref, how.expireLow, how.expireHigh);
    return ref;
  }

  /** Makes room for so many keys in the database that was chosen, if it has none yet. */
  reserve(keys: number): void {
    this.#entries.dict.reserve(keys);
  }

  #removeOld(key: Slice, old: Ref): void {
    if (!this.replaces) throw new RdbError(`RDB has duplicated key '${key.text()}' in DB ${this.#db.id}`);
    this.#entries.unlink(old);
    this.#entries.release(old);
    this.#entries.find(key);
  }

  #loadString(key: Slice, reader: RdbReader, attributes: KeyAttributes): Ref {
    const size = reader.locateString();
    const ref = this.#insert(key, Type.string | (Encoding.int << 4), size, -1, attributes);
    const value = this.#db.bytesAt(ref, this.#value);
    reader.copyString(value.bytes, value.start);
    if (!reader.isIntegerString) {
      entry.setTypeAndEncoding(this.#keyspace.arena, ref, Type.string, stringEncoding(value));
    }
    return ref;
  }

  /** Reads a value that is one string; from `start` on once more, and thoroughly, if it is unusual in any way. */
  #loadPacked(
    rdbType: number,
    typeAndEncoding: number,
    key: Slice,
    reader: RdbReader,
    start: number,
    attributes: KeyAttributes,
  ): Ref {
    const size = reader.locateString();
    if (size >= LISTPACK_EMPTY_BYTES) {
      const ref = this.#insert(key, typeAndEncoding, size, -1, attributes);
      const value = this.#db.bytesAt(ref, this.#value);
      reader.copyString(value.bytes, value.start);
      const fits = rdbType === RdbType.setIntset
        ? this.#intsetFits(value.bytes, value.start, size)
        : this.#listpackFits(rdbType, value.bytes, value.start, size);
      if (fits) return ref;
      this.#entries.find(key);
      this.#entries.unlink(ref);
      this.#entries.release(ref);
    }
    reader.position = start;
    return this.#loadBuilt(rdbType, key, reader, attributes);
  }

  #listpackFits(rdbType: number, bytes: Uint8Array, start: number, size: number): boolean {
    if (listpackBytes(bytes, start) !== size || bytes[start + size - 1] !== LISTPACK_END) return false;
    const count = bytes[start + 4]! | (bytes[start + 5]! << 8);
    if (count === 0 || count === COUNT_UNKNOWN) return false;
    if (!this.trusts && validateListpack(bytes, start, size) !== count) return false;
    if (rdbType === RdbType.listQuicklist2) return true;
    const { hashListpackEntries, zsetListpackEntries } = this.#keyspace.limits;
    const most = rdbType === RdbType.hashListpack ? hashListpackEntries : zsetListpackEntries;
    if ((count & 1) !== 0 || count > 2 * most) return false;
    return this.trusts || countPairs(bytes, start) > 0;
  }

  #intsetFits(bytes: Uint8Array, start: number, size: number): boolean {
    if (size < INTSET_HEADER_BYTES || intsetBytes(bytes, start) !== size) return false;
    const count = intsetCount(bytes, start);
    if (count === 0 || count > this.#keyspace.limits.setIntsetEntries) return false;
    const width = readInt32(bytes, start);
    if (width !== 2 && width !== 4 && width !== 8) return false;
    return this.trusts || validateIntset(bytes, start, size) === count;
  }

  #loadBuilt(rdbType: number, key: Slice, reader: RdbReader, attributes: KeyAttributes): Ref {
    // Building is what takes long, so it begins only when all of the value is there.
    const start = reader.position;
    skipValue(rdbType, reader);
    reader.position = start;
    const made = readTypedValue(rdbType, reader, this.#keyspace);
    if (made === undefined) return 0;
    const { type, encoding, value } = made;
    const typeAndEncoding = type | (encoding << 4);
    if (!(value instanceof Slice)) {
      const object = this.#keyspace.objects.add(value);
      try {
        return this.#insert(key, typeAndEncoding, 0, object, attributes);
      } catch (error) {
        this.#keyspace.objects.remove(object);
        throw error;
      }
    }
    const ref = this.#insert(key, typeAndEncoding, value.length, -1, attributes);
    const into = this.#db.bytesAt(ref, this.#value);
    copyBytes(value.bytes, value.start, value.end, into.bytes, into.start);
    return ref;
  }
}
