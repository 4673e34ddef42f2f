/**
 * Values in RDB spelling, whatever their type: what DUMP gives and RESTORE takes, and files hold. A collection writes
 * itself ({@link Collection.dump}); reading goes by the RDB type, to the loader of its type of value.
 */
import { HashBuilder, SetBuilder } from "./collection_builders.ts";
import {
  collectionTypeOf,
  RdbType,
  readHash,
  readList,
  readSet,
  readSortedSet,
  writeIntset,
  writeListpack,
  writePackedNode,
} from "./collection_rdb.ts";
import { type Database, stringEncoding, type Value } from "../database.ts";
import type { Ref } from "../memory/arena.ts";
import * as entry from "../memory/entry.ts";
import { Encoding, Type } from "../memory/entry.ts";
import type { Keyspace } from "../keyspace.ts";
import { ListBuilder } from "../list/list_builder.ts";
import { RdbError, type RdbReader, type RdbWriter } from "./rdb_codec.ts";
import { RDB_TYPE_STRING } from "./rdb_value.ts";
import { SortedSetBuilder } from "../sorted_set/sorted_set_builder.ts";
import { Stream } from "../stream/stream.ts";
import { readStreamBody } from "../stream/stream_rdb.ts";
import { newSwapPlace } from "../swap_store.ts";
import { swappedRdbType, writeSwappedBody } from "./swapped_value.ts";
import { Slice } from "../../sys/bytes.ts";

/**
 * Reads a value that follows the type byte. Undefined when it has no elements: RESTORE refuses it, files skip it.
 * @throws RdbError when the bytes are damaged; then nothing is left behind
 */
export type ValueLoader = (rdbType: number, reader: RdbReader, keyspace: Keyspace) => Value | undefined;

const loadHash: ValueLoader = (rdbType, reader, keyspace) =>
  // Of the spellings that come as a whole, only the oldest could hold elements longer than the limit of today.
  built(
    new HashBuilder(keyspace, rdbType === RdbType.hashZipmap),
    (sink) => readHash(rdbType, reader, sink),
  );

const loadList: ValueLoader = (rdbType, reader, keyspace) =>
  built(new ListBuilder(keyspace), (sink) => readList(rdbType, reader, sink));

const loadSet: ValueLoader = (rdbType, reader, keyspace) =>
  built(new SetBuilder(keyspace), (sink) => readSet(rdbType, reader, sink));

const loadSortedSet: ValueLoader = (rdbType, reader, keyspace) =>
  built(new SortedSetBuilder(keyspace), (sink) => readSortedSet(rdbType, reader, sink));

/** A stream is one without entries, too. */
const loadStream: ValueLoader = (rdbType, reader, keyspace) => {
  const stream = new Stream(keyspace);
  try {
    readStreamBody(rdbType, reader, stream);
  } catch (error) {
    stream.release();
    throw error;
  }
  return { type: Type.stream, encoding: Encoding.stream, value: stream };
};

const loadString: ValueLoader = (_rdbType, reader) => {
  const value = new Slice(reader.string());
  return { type: Type.string, encoding: stringEncoding(value), value };
};

/** By the type of value. */
const LOADERS: ReadonlyMap<number, ValueLoader> = new Map([
  [Type.hash, loadHash],
  [Type.list, loadList],
  [Type.set, loadSet],
  [Type.zset, loadSortedSet],
  [Type.stream, loadStream],
]);

interface Builder {
  value(): Value;
  discard(): void;
}

/** What a builder makes of the elements that `read` hands to it and counts. */
export function built<B extends Builder>(builder: B, read: (builder: B) => number): Value | undefined {
  try {
    if (read(builder) > 0) return builder.value();
  } catch (error) {
    builder.discard();
    throw error;
  }
  builder.discard();
  return undefined;
}

/** Whether values of this RDB type can be read. */
export function isLoadable(rdbType: number): boolean {
  return loaderOf(rdbType) !== undefined;
}

function loaderOf(rdbType: number): ValueLoader | undefined {
  if (rdbType === RDB_TYPE_STRING) return loadString;
  const type = collectionTypeOf(rdbType);
  return type === undefined ? undefined : LOADERS.get(type);
}

/** Reads a type byte and the value after it. @throws RdbError when there is no such type, or the value is damaged */
export function readValue(reader: RdbReader, keyspace: Keyspace): Value | undefined {
  return readTypedValue(reader.byte(), reader, keyspace);
}

/** Reads the value that follows a type byte. @throws RdbError when there is no such type, or the value is damaged */
export function readTypedValue(rdbType: number, reader: RdbReader, keyspace: Keyspace): Value | undefined {
  const loader = loaderOf(rdbType);
  if (loader === undefined) throw new RdbError(`values of type ${rdbType} cannot be read`);
  return loader(rdbType, reader, keyspace);
}

/**
 * Writes the value of an entry, wherever it is, without its type; the RDB type. O(bytes).
 * @throws ReplyError when it is in the swap file and cannot be read
 */
export function writeValue(writer: RdbWriter, db: Database, ref: Ref): number {
  if (db.isSwapped(ref)) return writeSwappedValue(writer, db, ref);
  const collection = db.collectionAt(ref);
  return collection !== undefined
    ? collection.dump(writer)
    : writeBytesValue(writer, db.typeOf(ref), db.bytesAt(ref));
}

/** The same of a value that is in the swap file, and stays there. */
function writeSwappedValue(writer: RdbWriter, db: Database, ref: Ref): number {
  const { arena, swapStore: swap } = db.keyspace;
  const place = entry.readSwapPlace(arena, ref, newSwapPlace());
  const payload = swap!.read(place);
  if (!place.isCollection) return writeBytesValue(writer, db.typeOf(ref), new Slice(payload));
  writeSwappedBody(writer, payload);
  return swappedRdbType(payload);
}

function writeBytesValue(writer: RdbWriter, type: number, { bytes, start, end }: Slice): number {
  switch (type) {
    case Type.list:
      writer.lengthPrefix(1);
      writePackedNode(writer, bytes, start);
      return RdbType.listQuicklist2;
    case Type.set:
      writeIntset(writer, bytes, start);
      return RdbType.setIntset;
    case Type.hash:
      writeListpack(writer, bytes, start);
      return RdbType.hashListpack;
    case Type.zset:
      writeListpack(writer, bytes, start);
      return RdbType.zsetListpack;
    default:
      writer.string(bytes, start, end);
      return RDB_TYPE_STRING;
  }
}

/** Appends the RDB type and the value of an entry. O(bytes). */
export function writeTypedValue(writer: RdbWriter, db: Database, ref: Ref): void {
  const at = writer.length;
  writer.byte(0); // The type is known only when the value has told it.
  const rdbType = writeValue(writer, db, ref);
  writer.overwrite(at, rdbType);
}
