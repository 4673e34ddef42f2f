/**
 * Streams in RDB spelling: the body of a value of type 19, which Redis 7.0 writes, and of type 15, which older versions
 * wrote.
 *
 * ```text
 * count of nodes, of each: a string of 16 bytes, its id, and a string that is a listpack
 * count of entries, last id, (19: first id, greatest deleted id, count of entries ever added)      an id is two lengths
 * count of groups, of each: name, last id, (19: entries read, 2^64 - 1 when unknown)
 *   count of what is pending, of each: id (16 bytes), time of delivery (8 bytes), number of deliveries (a length)
 *   count of consumers, of each: name, time seen (8 bytes), count of its ids, of each: 16 bytes
 * ```
 *
 * Invariants: bytes of unknown origin make a stream in order, or an RdbError; nothing outside of them is read. What the
 * reference refuses when it looks into everything (its setting `sanitize-dump-payload yes`) is refused in its words. Ids of 16 bytes are big
 * endian, times little endian.
 */
import { RdbType } from "../rdb/collection_rdb.ts";
import { Int64Words } from "../numbers/int64_words.ts";
import { DUMPED_ELEMENTS } from "../memory/objects.ts";
import { RdbError, type RdbReader, type RdbWriter } from "../rdb/rdb_codec.ts";
import { latin1, latin1Text } from "../../sys/bytes.ts";
import { type Consumer, type ConsumerGroup, type Count, countOf, setWords } from "./consumer_group.ts";
import { entriesReadAt } from "./entries_read.ts";
import { IdCursor } from "./id_table.ts";
import type { Stream } from "./stream.ts";
import { STREAM_ID_BYTES, StreamId } from "./stream_id.ts";
import { isStreamNode } from "./stream_node.ts";

const id = new StreamId();
const idBytes = new Uint8Array(STREAM_ID_BYTES);
const words = new Int64Words();

// ---- writing --------------------------------------------------------------------------------------------------

/** Writes what follows the nodes of a stream, as a value of type 19. O(pending + consumers). */
export function writeStreamTail(writer: RdbWriter, stream: Stream): void {
  const parts = streamTailParts(writer, stream);
  while (parts.next().done !== true);
}

/** The same in parts of some hundred rows: each step writes one. Between them the stream must not change. */
export function* streamTailParts(writer: RdbWriter, stream: Stream): Generator<void, void, void> {
  writer.lengthPrefix(stream.size);
  writeId(writer, stream.lastId);
  writeId(writer, stream.firstId(id));
  writeId(writer, stream.maxDeletedId);
  writeCount(writer, stream.entriesAdded);
  writer.lengthPrefix(stream.groups.size);
  const part = new Part();
  for (const name of stream.groupNames()) yield* writeGroup(writer, stream.groups.get(name)!, part);
}

/** Counts what was written. */
class Part {
  #left = DUMPED_ELEMENTS;

  /** One more; whether the part is over. */
  isFull(): boolean {
    if (--this.#left > 0) return false;
    this.#left = DUMPED_ELEMENTS;
    return true;
  }
}

function* writeGroup(writer: RdbWriter, group: ConsumerGroup, part: Part): Generator<void, void, void> {
  writer.string(latin1(group.name));
  writeId(writer, group.lastId);
  writeCount(writer, group.entriesRead);
  writer.lengthPrefix(group.pendingCount);
  for (const walk = group.walkAll(); walk.next();) {
    const { pending } = group;
    writeIdBytes(writer, pending.id);
    writeTime(writer, pending.time);
    writer.lengthWords(pending.count.high, pending.count.low);
    if (part.isFull()) yield;
  }
  writer.lengthPrefix(group.consumers.size);
  for (const name of group.consumerNames()) {
    const consumer = group.findConsumer(name)!;
    writer.string(latin1(name));
    writeTime(writer, consumer.seenWords);
    writer.lengthPrefix(consumer.pendingCount);
    const cursor = new IdCursor(consumer.table);
    for (let isAtRow = cursor.seekFirst(); isAtRow; isAtRow = cursor.next()) {
      writeIdBytes(writer, cursor.readId(id));
      if (part.isFull()) yield;
    }
    if (part.isFull()) yield;
  }
  if (part.isFull()) yield;
}

function writeId(writer: RdbWriter, { msHigh, msLow, sequenceHigh, sequenceLow }: StreamId): void {
  writer.lengthWords(msHigh, msLow);
  writer.lengthWords(sequenceHigh, sequenceLow);
}

function writeIdBytes(writer: RdbWriter, from: StreamId): void {
  from.writeBytes(idBytes, 0);
  writer.raw(idBytes);
}

function writeTime(writer: RdbWriter, { high, low }: Int64Words): void {
  writer.uint32(low >>> 0);
  writer.uint32(high >>> 0);
}

/** An integer of 64 bits as a length: a negative one as what its bits are without a sign. */
function writeCount(writer: RdbWriter, count: Count): void {
  setWords(words, count);
  writer.lengthWords(words.high, words.low);
}

// ---- reading --------------------------------------------------------------------------------------------------

/** Reads the body of a stream into one that is empty. @throws RdbError; what was read is to be released then */
export function readStreamBody(rdbType: number, reader: RdbReader, stream: Stream): void {
  const isSecond = rdbType === RdbType.stream2;
  const lastEntry = new StreamId();
  const nodes = readNodes(reader, stream, lastEntry);
  const length = readCount(reader);
  if (nodes === 0 && length !== 0) throw new RdbError("Stream length inconsistent with rax entries");
  readId(reader, stream.lastId);
  if (isSecond) {
    // The first id is known from the entries.
    readId(reader, id);
    readId(reader, stream.maxDeletedId);
    stream.entriesAdded = readCount(reader);
  } else {
    stream.entriesAdded = stream.size;
  }
  // Entries are added behind the last id, so none may be there.
  if (stream.lastId.compare(lastEntry) < 0) stream.lastId.set(lastEntry);
  for (let left = reader.length(); left > 0; left--) readGroup(isSecond, reader, stream);
}

/** Reads the nodes; how many there were. @param last gets the id of the last entry of all */
function readNodes(reader: RdbReader, stream: Stream, last: StreamId): number {
  const nodes = reader.length();
  const nodeId = new StreamId();
  const before = new StreamId();
  const lastOfNode = new StreamId();
  for (let i = 0; i < nodes; i++) {
    if (reader.locateString() !== STREAM_ID_BYTES) {
      throw new RdbError("Stream node key entry is not the size of a stream ID");
    }
    reader.copyString(idBytes, 0);
    nodeId.readBytes(idBytes, 0);
    const listpack = reader.string();
    lastOfNode.set(nodeId);
    if (!isStreamNode(listpack, nodeId, lastOfNode)) {
      throw new RdbError("Stream listpack integrity check failed.");
    }
    if (i > 0 && nodeId.equals(before)) throw new RdbError("Listpack re-added with existing key");
    if (i > 0 && nodeId.compare(last) <= 0) {
      throw new RdbError("Stream nodes overlap, or are not in their order");
    }
    before.set(nodeId);
    last.set(lastOfNode);
    stream.addNode(nodeId, listpack, 0, listpack.length);
  }
  return nodes;
}

function readGroup(isSecond: boolean, reader: RdbReader, stream: Stream): void {
  const name = latin1Text(reader.string());
  const lastId = readId(reader, new StreamId());
  const entriesRead = isSecond ? readCount(reader) : entriesReadAt(stream, lastId);
  const group = stream.createGroup(name, lastId, entriesRead);
  if (group === undefined) throw new RdbError(`Duplicated consumer group name ${name}`);
  for (let left = reader.length(); left > 0; left--) {
    reader.need(STREAM_ID_BYTES);
    readIdBytes(reader);
    const deliveredAt = readTime(reader);
    if (!group.add(id, undefined, deliveredAt, readCount(reader))) {
      throw new RdbError("Duplicated global PEL entry loading stream consumer group");
    }
  }
  let given = 0;
  for (let left = reader.length(); left > 0; left--) {
    const consumer = readConsumer(reader, group);
    given += consumer.pendingCount;
  }
  if (given !== group.pendingCount) throw new RdbError("Stream CG PEL entry without consumer");
}

function readConsumer(reader: RdbReader, group: ConsumerGroup): Consumer {
  const name = latin1Text(reader.string());
  if (group.findConsumer(name) !== undefined) throw new RdbError("Duplicate stream consumer detected.");
  const consumer = group.createConsumer(name, 0);
  setWords(consumer.seenWords, readTime(reader));
  for (let left = reader.length(); left > 0; left--) {
    readIdBytes(reader);
    if (!group.find(id)) throw new RdbError("Consumer entry not found in group global PEL");
    if (group.pending.isOwned) {
      throw new RdbError("Stream consumer PEL entry already has a consumer assigned");
    }
    group.giveAway(consumer);
  }
  return consumer;
}

function readId(reader: RdbReader, into: StreamId): StreamId {
  reader.lengthWords(words);
  into.msHigh = words.high;
  into.msLow = words.low;
  reader.lengthWords(words);
  into.sequenceHigh = words.high;
  into.sequenceLow = words.low;
  return into;
}

function readIdBytes(reader: RdbReader): void {
  id.readBytes(reader.raw(STREAM_ID_BYTES), 0);
}

function readTime(reader: RdbReader): Count {
  words.low = reader.int32();
  words.high = reader.int32();
  return countOf(words.high, words.low);
}

function readCount(reader: RdbReader): Count {
  reader.lengthWords(words);
  return countOf(words.high, words.low);
}
