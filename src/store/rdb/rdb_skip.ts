/**
 * Moving past values in RDB spelling without making them: what keys that are not wanted need, and whoever must know that
 * all of a value is there before it is built. Nothing is allocated and nothing inside of a string is looked at.
 *
 * Besides the types of {@linkcode ../store/rdb/collection_rdb.ts} these are known, the last one so that files that hold it can be checked:
 *
 * ```text
 * 15, 19 stream        {@linkcode ../store/stream/stream_rdb.ts}
 *  7 value of a module  number of the module, then opcodes with their data, until opcode 0
 * ```
 */
import { RdbType } from "./collection_rdb.ts";
import { RdbError, type RdbReader } from "./rdb_codec.ts";
import { RDB_TYPE_STRING } from "./rdb_value.ts";

/** The type byte of values that cannot be made, but passed over. */
export const RDB_TYPE_MODULE_2 = 7;

/** Opcodes inside of a module's data. */
const MODULE_END = 0;
const MODULE_SINT = 1;
const MODULE_UINT = 2;
const MODULE_FLOAT = 3;
const MODULE_DOUBLE = 4;
const MODULE_STRING = 5;

const STREAM_ID_BYTES = 16;
const TIME_BYTES = 8;
/** Scores as text: lengths from here on are values of their own. */
const SCORE_SPECIAL_MIN = 253;

/** Moves past the value that follows a type byte. O(elements). @throws RdbError when it is damaged or of no known type */
export function skipValue(rdbType: number, reader: RdbReader): void {
  switch (rdbType) {
    case RdbType.list:
    case RdbType.set:
    case RdbType.listQuicklist:
      return skipStrings(reader, reader.length());
    case RdbType.hash:
      return skipStrings(reader, 2 * reader.length());
    case RdbType.zset:
      for (let left = reader.length(); left > 0; left--) {
        reader.locateString();
        const length = reader.byte();
        if (length < SCORE_SPECIAL_MIN) reader.skip(length);
      }
      return;
    case RdbType.zset2:
      for (let left = reader.length(); left > 0; left--) {
        reader.locateString();
        reader.skip(8);
      }
      return;
    case RdbType.listQuicklist2:
      for (let left = reader.length(); left > 0; left--) {
        reader.length();
        reader.locateString();
      }
      return;
    case RdbType.stream:
    case RdbType.stream2:
      return skipStream(rdbType, reader);
    case RDB_TYPE_MODULE_2:
      reader.bigLength();
      return skipModuleData(reader);
    case RDB_TYPE_STRING:
    case RdbType.hashZipmap:
    case RdbType.listZiplist:
    case RdbType.setIntset:
    case RdbType.zsetZiplist:
    case RdbType.hashZiplist:
    case RdbType.hashListpack:
    case RdbType.zsetListpack:
      reader.locateString();
      return;
    default:
      throw new RdbError(`Unknown RDB encoding type ${rdbType}`);
  }
}

function skipStrings(reader: RdbReader, count: number): void {
  for (let left = count; left > 0; left--) reader.locateString();
}

/** Moves past data that a module wrote, up to its end. */
export function skipModuleData(reader: RdbReader): void {
  for (;;) {
    switch (reader.length()) {
      case MODULE_END:
        return;
      case MODULE_SINT:
      case MODULE_UINT:
        reader.bigLength();
        break;
      case MODULE_FLOAT:
        reader.skip(4);
        break;
      case MODULE_DOUBLE:
        reader.skip(8);
        break;
      case MODULE_STRING:
        reader.locateString();
        break;
      default:
        // As the reference does: an opcode that nobody knows has no data.
    }
  }
}

function skipStream(rdbType: number, reader: RdbReader): void {
  const isSecond = rdbType === RdbType.stream2;
  for (let left = reader.length(); left > 0; left--) {
    if (reader.locateString() !== STREAM_ID_BYTES) {
      throw new RdbError("Stream node key entry is not the size of a stream ID");
    }
    reader.locateString();
  }
  // Length and last id, then first id, greatest deleted id and number of entries ever added.
  skipLengths(reader, isSecond ? 8 : 3);
  for (let groups = reader.length(); groups > 0; groups--) {
    reader.locateString();
    skipLengths(reader, isSecond ? 3 : 2);
    for (let left = reader.length(); left > 0; left--) {
      reader.skip(STREAM_ID_BYTES + TIME_BYTES);
      reader.bigLength();
    }
    for (let consumers = reader.length(); consumers > 0; consumers--) {
      reader.locateString();
      reader.skip(TIME_BYTES);
      for (let left = reader.length(); left > 0; left--) reader.skip(STREAM_ID_BYTES);
    }
  }
}

function skipLengths(reader: RdbReader, count: number): void {
  for (let left = count; left > 0; left--) reader.bigLength();
}
