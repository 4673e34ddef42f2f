/**
 * Lists, hashes, sets and sorted sets in RDB spelling: the bodies of values in files and DUMP payloads, behind the type
 * byte. Independent of how values lie in memory: reading hands the parts to a sink, writing takes them one by one.
 *
 * ```text
 * type                  body
 *  1 list               count, then elements                      2 set            count, then members
 *  3 zset               count, then member and score as text      5 zset, 2nd      ... and score as 8 bytes, greatest first
 *  4 hash               count, then field and value
 * 11 set, intset        one string that holds an intset
 * 16 hash, listpack     one string that holds field, value ...   17 zset, listpack member, score ..., least first
 * 18 list, quicklist 2  count of nodes, then of each a 2 and a string that holds a listpack, or a 1 and an element
 *  9 hash, zipmap   10 list, ziplist   12 zset, ziplist   13 hash, ziplist   14 list, quicklist of ziplists: older versions
 * ```
 * Written are 2, 4, 5, 11, 16, 17 and 18; all are read. The smaller of the old spellings arrive at the sink as listpacks.
 *
 * Invariants: a reader is given bytes of unknown origin; whatever they say, it ends with the number of elements or with an
 * RdbError, reads nothing outside, and refuses what the reference refuses when it looks into everything (its setting
 * `sanitize-dump-payload yes`). As there, the order and the scores inside of a sorted set's listpack are believed.
 */

import type { Slice } from "../../sys/bytes.ts";
import { Type, type TypeNumber } from "../memory/entry.ts";
import { ElementSlice } from "../numbers/int64_words.ts";
import { intsetBytes, validateIntset } from "../packed/intset.ts";
import {
  find,
  firstPosition,
  isEnd,
  LISTPACK_EMPTY_BYTES,
  ListpackBuilder,
  listpackBytes,
  listpackCount,
  ListpackEntry,
  nextPosition,
  validateListpack,
  writeCount,
} from "../packed/listpack.ts";
import { RDB_ENCODING_LZF, RdbError, type RdbReader, type RdbWriter } from "./rdb_codec.ts";
import { parseSavedScore } from "../sorted_set/score_text.ts";
import { readZiplist, readZipmap } from "../packed/ziplist.ts";

/** Type bytes of the collections. */
export const RdbType = {
  list: 1,
  set: 2,
  zset: 3,
  hash: 4,
  zset2: 5,
  hashZipmap: 9,
  listZiplist: 10,
  setIntset: 11,
  zsetZiplist: 12,
  hashZiplist: 13,
  listQuicklist: 14,
  hashListpack: 16,
  zsetListpack: 17,
  listQuicklist2: 18,
  /** Of streams only the numbers are here: {@linkcode ../store/stream/stream_rdb.ts} */
  stream: 15,
  stream2: 19,
} as const;

const NODE_PLAIN = 1;
const NODE_PACKED = 2;

/** Scores as text: lengths from here on are values of their own. */
const SCORE_NAN = 253;
const SCORE_INFINITE = 254;
const SCORE_MINUS_INFINITE = 255;

/** Up to so many pairs, comparing each with each is cheaper than a set of texts. */
const PAIRS_COMPARED_MAX = 16;

const VALUE_TYPES: ReadonlyMap<number, TypeNumber> = new Map([
  [RdbType.list, Type.list],
  [RdbType.listZiplist, Type.list],
  [RdbType.listQuicklist, Type.list],
  [RdbType.listQuicklist2, Type.list],
  [RdbType.set, Type.set],
  [RdbType.setIntset, Type.set],
  [RdbType.zset, Type.zset],
  [RdbType.zset2, Type.zset],
  [RdbType.zsetZiplist, Type.zset],
  [RdbType.zsetListpack, Type.zset],
  [RdbType.hash, Type.hash],
  [RdbType.hashZipmap, Type.hash],
  [RdbType.hashZiplist, Type.hash],
  [RdbType.hashListpack, Type.hash],
  [RdbType.stream, Type.stream],
  [RdbType.stream2, Type.stream],
]);

/** The type of value that an RDB type byte announces, or undefined when it announces no collection. */
export function collectionTypeOf(rdbType: number): TypeNumber | undefined {
  return VALUE_TYPES.get(rdbType);
}

/**
 * Takes the parts of a collection in their order. Everything handed over may be overwritten after the call: copy it. What
 * was taken before an RdbError is part of a damaged value: throw it away.
 */
interface CollectionSink {
  /**
   * Called first where elements follow one by one: their number as the bytes claim it, at most one for each byte left.
   * With the thresholds of the encodings it tells which encoding to begin with.
   */
  expect(count: number): void;
}

export interface ListSink extends CollectionSink {
  /** A node: a valid listpack of at least one element, from the first byte to the last. */
  packedNode(listpack: Uint8Array): void;
  /** A node that is one large element. */
  plainNode(element: Slice): void;
  /** One element of a list that is not spelled in nodes. */
  element(element: Slice): void;
}

export interface SetSink extends CollectionSink {
  /** The whole set: a valid intset of at least one element. */
  intset(intset: Uint8Array): void;
  /** One member; false when it is there already. */
  member(member: Slice): boolean;
}

export interface SortedSetSink extends CollectionSink {
  /**
   * The whole sorted set: a valid listpack of at least one pair of a member and its score, without a member twice. Nobody
   * has looked at order and scores: scores are read with `scoreAt`.
   */
  listpack(listpack: Uint8Array): void;
  /** One member and its score, in any order, never NaN; false when it is there already. */
  member(member: Slice, score: number): boolean;
}

export interface HashSink extends CollectionSink {
  /** The whole hash: a valid listpack of at least one pair of a field and its value, without a field twice. */
  listpack(listpack: Uint8Array): void;
  /** One field and its value; false when the field is there already. */
  field(field: Slice, value: Slice): boolean;
}

/** Reads the body of a list. Returns the number of elements: 0 is no list, which RESTORE refuses and files skip. */
export function readList(type: number, reader: RdbReader, sink: ListSink): number {
  switch (type) {
    case RdbType.list: {
      const count = readCount(reader, sink);
      const element = new ElementSlice();
      for (let i = 0; i < count; i++) sink.element(readString(reader, element));
      return count;
    }
    case RdbType.listZiplist:
      return checked(readZiplist(reader.string(), (element) => sink.element(element)), "List ziplist");
    case RdbType.listQuicklist:
    case RdbType.listQuicklist2:
      return readNodes(type, reader, sink);
    default:
      throw new RdbError(`type ${type} is no list`);
  }
}

function readNodes(type: number, reader: RdbReader, sink: ListSink): number {
  const nodes = reader.length();
  const element = new ElementSlice();
  let count = 0;
  for (let i = 0; i < nodes; i++) {
    const container = type === RdbType.listQuicklist2 ? reader.length() : NODE_PACKED;
    if (container !== NODE_PLAIN && container !== NODE_PACKED) {
      throw damaged("Quicklist");
    }
    const node = reader.string();
    if (container === NODE_PLAIN) {
      if (node.length === 0) throw damaged("Quicklist");
      sink.plainNode(element.point(node, 0, node.length));
      count++;
      continue;
    }
    const listpack = type === RdbType.listQuicklist2
      ? checkedListpack(node, "Listpack")
      : listpackOfZiplist(node, "Ziplist");
    const elements = listpackCount(listpack, 0);
    // Nodes without elements are passed over, as long as there are others.
    if (elements > 0) sink.packedNode(listpack);
    count += elements;
  }
  return count;
}

/** Reads the body of a set. Returns the number of members: 0 is no set, which RESTORE refuses and files skip. */
export function readSet(type: number, reader: RdbReader, sink: SetSink): number {
  if (type === RdbType.setIntset) {
    const intset = reader.string();
    const count = checked(validateIntset(intset, 0, intset.length), "Intset");
    sink.intset(intset);
    return count;
  }
  if (type !== RdbType.set) throw new RdbError(`type ${type} is no set`);
  const count = readCount(reader, sink);
  const member = new ElementSlice();
  for (let i = 0; i < count; i++) {
    if (!sink.member(readString(reader, member))) throw new RdbError("Duplicate set members detected");
  }
  return count;
}

/** Reads the body of a sorted set. Returns the number of members: 0 is none, which RESTORE refuses and files skip. */
export function readSortedSet(type: number, reader: RdbReader, sink: SortedSetSink): number {
  switch (type) {
    case RdbType.zset:
    case RdbType.zset2: {
      const count = readCount(reader, sink);
      const member = new ElementSlice();
      for (let i = 0; i < count; i++) {
        readString(reader, member);
        const score = type === RdbType.zset2 ? reader.float64() : readScoreText(reader);
        if (score !== score) throw new RdbError("Zset with NAN score detected");
        if (!sink.member(member, score)) throw new RdbError("Duplicate zset fields detected");
      }
      return count;
    }
    case RdbType.zsetListpack:
      return handPairs(checkedListpack(reader.string(), "Zset listpack"), sink, "Zset listpack");
    case RdbType.zsetZiplist:
      return handPairs(listpackOfZiplist(reader.string(), "Zset ziplist"), sink, "Zset ziplist");
    default:
      throw new RdbError(`type ${type} is no sorted set`);
  }
}

/** Reads the body of a hash. Returns the number of fields: 0 is no hash, which RESTORE refuses and files skip. */
export function readHash(type: number, reader: RdbReader, sink: HashSink): number {
  switch (type) {
    case RdbType.hash: {
      const count = readCount(reader, sink);
      const field = new ElementSlice();
      const value = new ElementSlice();
      for (let i = 0; i < count; i++) {
        readString(reader, field);
        readString(reader, value);
        if (!sink.field(field, value)) throw new RdbError("Hash with dup elements");
      }
      return count;
    }
    case RdbType.hashListpack:
      return handPairs(checkedListpack(reader.string(), "Hash listpack"), sink, "Hash listpack");
    case RdbType.hashZiplist:
      return handPairs(listpackOfZiplist(reader.string(), "Hash ziplist"), sink, "Hash ziplist");
    case RdbType.hashZipmap:
      return handPairs(listpackOfZipmap(reader.string()), sink, "Zipmap");
    default:
      throw new RdbError(`type ${type} is no hash`);
  }
}

function readCount(reader: RdbReader, sink: CollectionSink): number {
  const count = reader.length();
  sink.expect(Math.min(count, reader.remaining));
  return count;
}

function readString(reader: RdbReader, slice: ElementSlice): Slice {
  reader.locateString();
  return reader.pointAtString(slice);
}

function readScoreText(reader: RdbReader): number {
  const length = reader.byte();
  if (length === SCORE_MINUS_INFINITE) return -Infinity;
  if (length === SCORE_INFINITE) return Infinity;
  return length === SCORE_NAN ? NaN : parseSavedScore(reader.raw(length));
}

function damaged(what: string): RdbError {
  return new RdbError(`${what} integrity check failed.`);
}

function checked(count: number, what: string): number {
  if (count < 0) throw damaged(what);
  return count;
}

/** The listpack that `bytes` are; a corrected copy when its header does not tell a count that it could. */
function checkedListpack(bytes: Uint8Array, what: string): Uint8Array {
  const count = checked(validateListpack(bytes, 0, bytes.length), what);
  if (count >= 0xffff || bytes[4] !== 0xff || bytes[5] !== 0xff) return bytes;
  const corrected = bytes.slice();
  writeCount(corrected, 0, count);
  return corrected;
}

function listpackOfZiplist(ziplist: Uint8Array, what: string): Uint8Array {
  const builder = new ListpackBuilder(ziplist.length + LISTPACK_EMPTY_BYTES);
  checked(readZiplist(ziplist, (e) => builder.append(e.bytes, e.start, e.end)), what);
  return builder.built();
}

function listpackOfZipmap(zipmap: Uint8Array): Uint8Array {
  const builder = new ListpackBuilder(zipmap.length + LISTPACK_EMPTY_BYTES);
  const count = readZipmap(zipmap, (field, value) => {
    builder.append(field.bytes, field.start, field.end);
    builder.append(value.bytes, value.start, value.end);
  });
  checked(count, "Zipmap");
  return builder.built();
}

/** Gives the sink a valid listpack of pairs, and returns their number. */
function handPairs(listpack: Uint8Array, sink: HashSink | SortedSetSink, what: string): number {
  const pairs = checked(countPairs(listpack, 0), what);
  if (pairs > 0) sink.listpack(listpack);
  return pairs;
}

/** Number of pairs in a valid listpack; -1 when they are no pairs, or two begin with the same element. */
export function countPairs(bytes: Uint8Array, start: number): number {
  const entry = new ListpackEntry();
  const seen = listpackCount(bytes, start) > 2 * PAIRS_COMPARED_MAX ? new Set<string>() : undefined;
  let pairs = 0;
  for (let p = firstPosition(start); !isEnd(bytes, p); pairs++) {
    const valueAt = entry.read(bytes, p);
    if (isEnd(bytes, valueAt)) return -1;
    p = nextPosition(bytes, valueAt);
    let twice = false;
    if (seen === undefined) {
      twice = find(bytes, p, entry.bytes, entry.start, entry.end, 1) >= 0;
    } else {
      const text = entry.text();
      twice = seen.has(text);
      seen.add(text);
    }
    if (twice) return -1;
  }
  return pairs;
}

/** Appends a node of a list: the listpack at `bytes[start]`. The count of nodes comes before all of them. */
export function writePackedNode(writer: RdbWriter, bytes: Uint8Array, start: number): void {
  writer.lengthPrefix(NODE_PACKED);
  writeListpack(writer, bytes, start);
}

/** Appends a node of a list that is one element. */
export function writePlainNode(writer: RdbWriter, element: Uint8Array, from: number, to: number): void {
  writer.lengthPrefix(NODE_PLAIN);
  writer.string(element, from, to);
}

/** Appends a node of a list that is kept compressed: `lzf[from, to)` stands for a listpack of `size` bytes. */
export function writeCompressedNode(
  writer: RdbWriter,
  lzf: Uint8Array,
  from: number,
  to: number,
  size: number,
): void {
  writer.lengthPrefix(NODE_PACKED);
  writer.byte(0xc0 | RDB_ENCODING_LZF);
  writer.lengthPrefix(to - from);
  writer.lengthPrefix(size);
  writer.raw(lzf, from, to);
}

/** Appends the listpack at `bytes[start]`: the whole body of a small hash or sorted set. */
export function writeListpack(writer: RdbWriter, bytes: Uint8Array, start: number): void {
  writer.string(bytes, start, start + listpackBytes(bytes, start));
}

/** Appends the intset at `bytes[start]`: the whole body of a small set of integers. */
export function writeIntset(writer: RdbWriter, bytes: Uint8Array, start: number): void {
  writer.string(bytes, start, start + intsetBytes(bytes, start));
}

/** Appends a member of a set ({@linkcode RdbType.set}). The count comes before all of them. */
export function writeMember(writer: RdbWriter, member: Slice): void {
  writer.string(member.bytes, member.start, member.end);
}

/** Appends a member of a sorted set ({@linkcode RdbType.zset2}): the greatest first, so that loading is quick. */
export function writeScoredMember(writer: RdbWriter, member: Slice, score: number): void {
  writer.string(member.bytes, member.start, member.end);
  writer.float64(score);
}

/** Appends a field of a hash ({@linkcode RdbType.hash}). The count comes before all of them. */
export function writeField(writer: RdbWriter, field: Slice, value: Slice): void {
  writer.string(field.bytes, field.start, field.end);
  writer.string(value.bytes, value.start, value.end);
}
