/**
 * Values on their way to the swap file and back. What is bytes in memory (strings, the small encodings) lies there as it is;
 * a collection is spelled so:
 *
 * ```text
 * word       list: fill i16, depth u16; hash, set: the first word of its hash key, on which cursors of SCAN depend; others: 0
 * type byte  as in an RDB file, then the body
 * ```
 *
 * Invariant: a value comes back in the encoding in which it went, whatever the limits of the configuration say by then.
 */
import type { Ref } from "../memory/arena.ts";
import {
  collectionTypeOf,
  type HashSink,
  type ListSink,
  readHash,
  readList,
  readSet,
  readSortedSet,
  type SetSink,
  type SortedSetSink,
} from "./collection_rdb.ts";
import * as entry from "../memory/entry.ts";
import { Type } from "../memory/entry.ts";
import { FieldDict } from "../hash/field_dict.ts";
import { readInt32 } from "../numbers/int64_words.ts";
import { intsetCount } from "../packed/intset.ts";
import type { Keyspace } from "../keyspace.ts";
import { listpackCount } from "../packed/listpack.ts";
import { BigString, type Collection, type StoredObject } from "../memory/objects.ts";
import { Quicklist } from "../list/quicklist.ts";
import { RdbError, RdbReader, type RdbWriter } from "./rdb_codec.ts";
import { SortedSet } from "../sorted_set/sorted_set.ts";
import { Stream } from "../stream/stream.ts";
import { readStreamBody } from "../stream/stream_rdb.ts";
import { newSwapPlace, type SwapPlace } from "../swap_store.ts";
import type { Slice } from "../../sys/bytes.ts";

/** Bytes before the RDB type of a collection. */
const PREFIX_BYTES = 4;

const place = newSwapPlace();

/** The RDB type of a collection in the swap file. */
export function swappedRdbType(payload: Uint8Array): number {
  return payload[PREFIX_BYTES]!;
}

/** Appends the RDB body of a collection in the swap file. */
export function writeSwappedBody(writer: RdbWriter, payload: Uint8Array): void {
  writer.raw(payload, PREFIX_BYTES + 1);
}

/** Writes a collection as it lies in the swap file. O(elements). */
export function writeCollection(writer: RdbWriter, collection: Collection): void {
  const at = writer.length;
  writer.uint32(prefixOf(collection) >>> 0);
  writer.byte(0); // The type is known only when the value has told it.
  writer.overwrite(at + PREFIX_BYTES, collection.dump(writer));
}

function prefixOf(collection: Collection): number {
  if (collection instanceof Quicklist) {
    const { fill, depth } = collection.limits;
    return (depth << 16) | (fill & 0xffff);
  }
  return collection instanceof FieldDict ? collection.hashKey.k0 : 0;
}

/** Makes the collection that was written with {@link writeCollection}. @throws RdbError when the bytes are damaged */
export function readCollection(payload: Uint8Array, keyspace: Keyspace): Collection {
  const word = readInt32(payload, 0);
  const rdbType = swappedRdbType(payload);
  const reader = new RdbReader(payload, PREFIX_BYTES + 1);
  switch (collectionTypeOf(rdbType)) {
    case Type.list: {
      const limits = { fill: (word << 16) >> 16, depth: word >>> 16 };
      const list = new Quicklist(keyspace.arena, limits, keyspace);
      return filled(list, () => readList(rdbType, reader, listSink(list)));
    }
    case Type.hash:
    case Type.set: {
      const isHash = collectionTypeOf(rdbType) === Type.hash;
      const hashKey = { k0: word, k1: keyspace.hashKey.k1 };
      const dict = new FieldDict(keyspace, isHash ? "hash" : "set", 0, hashKey);
      return filled(
        dict,
        () => isHash ? readHash(rdbType, reader, dictSink(dict)) : readSet(rdbType, reader, dictSink(dict)),
      );
    }
    case Type.zset: {
      const set = SortedSet.collecting(keyspace.arena, keyspace.hashKey);
      filled(set, () => readSortedSet(rdbType, reader, sortedSetSink(set)));
      set.order();
      return set;
    }
    case Type.stream: {
      const stream = new Stream(keyspace);
      return filled(stream, () => readStreamBody(rdbType, reader, stream));
    }
    default:
      throw new RdbError(`no collection of type ${rdbType} is ever swapped out`);
  }
}

function filled<C extends Collection>(collection: C, fill: () => void): C {
  try {
    fill();
    return collection;
  } catch (error) {
    collection.release();
    throw error;
  }
}

function notAsWritten(): never {
  throw new RdbError("a collection in the swap file is spelled as no collection is written there");
}

function listSink(list: Quicklist): ListSink {
  return {
    expect: () => {},
    packedNode: (bytes) => list.addPackedNode(bytes, 0, bytes.length, listpackCount(bytes, 0)),
    plainNode: ({ bytes, start, end }) => list.addPlainNode(bytes, start, end),
    element: notAsWritten,
  };
}

function dictSink(dict: FieldDict): HashSink & SetSink {
  return {
    // Elements come in the order of their hashes.
    expect: (count) => dict.reserve(count),
    field: (field, value) => dict.set(field, value),
    member: (member) => dict.add(member),
    listpack: notAsWritten,
    intset: notAsWritten,
  };
}

function sortedSetSink(set: SortedSet): SortedSetSink {
  return {
    expect: () => {},
    listpack: notAsWritten,
    member(member, score) {
      if (set.find(member) !== 0) return false;
      set.add(member, score);
      return true;
    },
  };
}

/** What commands that ask for the size of a value are told: bytes of a string, elements of anything else. */
export function sizeOf(type: number, value: Slice | Collection): number {
  if ("dump" in value) return value.size;
  switch (type) {
    case Type.list:
      return listpackCount(value.bytes, value.start);
    case Type.set:
      return intsetCount(value.bytes, value.start);
    case Type.hash:
    case Type.zset:
      return listpackCount(value.bytes, value.start) >> 1;
    default:
      return value.end - value.start;
  }
}

/** Makes an object of what was read from the swap file. @throws RdbError when the bytes are damaged */
export function objectOf(payload: Uint8Array, where: SwapPlace, keyspace: Keyspace): StoredObject {
  return where.isCollection
    ? readCollection(payload, keyspace)
    : new BigString(payload.slice(), payload.length);
}

/** Lets an entry name an object in memory in place of its pages, which stay. O(bytes). */
function borrow(keyspace: Keyspace, ref: Ref): void {
  const { arena, objects, swapStore: swap } = keyspace;
  entry.readSwapPlace(arena, ref, place);
  const id = objects.add(objectOf(swap!.read(place), place, keyspace));
  entry.setSwapped(arena, ref, false);
  entry.setValueWord(arena, ref, id);
}

/**
 * Brings a value into memory at once, as an object: its entry stays in its block, since this happens in the middle of
 * commands. O(bytes).
 * @throws ReplyError when it cannot be read; then nothing has changed
 */
export function bringIn(keyspace: Keyspace, ref: Ref): void {
  const swap = keyspace.swapStore!;
  borrow(keyspace, ref);
  entry.readSwapPlace(keyspace.arena, ref, place);
  swap.free(place);
  swap.swapped--;
  swap.broughtIn(ref);
}

/**
 * Lets `look` look at the value of an entry, wherever that is; it may change nothing. A value in the swap file
 * is in memory only as long as that takes.
 * @throws ReplyError when it cannot be read
 */
export function withValue<T>(keyspace: Keyspace, ref: Ref, look: () => T): T {
  const { arena, objects } = keyspace;
  if (!entry.isSwapped(arena, ref)) return look();
  const size = entry.valueWordOf(arena, ref);
  borrow(keyspace, ref);
  try {
    return look();
  } finally {
    const id = entry.valueWordOf(arena, ref);
    objects.remove(id);
    entry.setSwapped(arena, ref, true);
    entry.setValueWord(arena, ref, size);
  }
}
