/**
 * A stream as commands, in the order of the reference:
 *
 * ```text
 * XADD <key> <id> <field> <value> ...                        each entry; without entries XADD <key> MAXLEN 0 0-1 x y
 * XSETID <key> <id> ENTRIESADDED <count> MAXDELETEDID <id>
 * XGROUP CREATE <key> <group> <id> ENTRIESREAD <count>       each group, then each of its consumers:
 * XCLAIM <key> <group> <consumer> 0 <id> TIME <unix ms> RETRYCOUNT <count> JUSTID FORCE      each id that is pending at it
 * XGROUP CREATECONSUMER <key> <group> <consumer>             when none is
 * ```
 */
import { ElementSlice, Int64Words } from "../../store/numbers/int64_words.ts";
import { type ConsumerGroup, type Count, setWords } from "../../store/stream/consumer_group.ts";
import { StreamCursor } from "../../store/stream/stream_cursor.ts";
import type { Stream } from "../../store/stream/stream.ts";
import { STREAM_ID_TEXT_BYTES_MAX, StreamId, writeStreamId } from "../../store/stream/stream_id.ts";
import { latin1, Slice, utf8 } from "../../sys/bytes.ts";

/** Takes the words of commands. What is handed over may be overwritten after the call. */
export interface CommandWriter {
  /** Begins a command of so many words. */
  begin(words: number): void;
  /** Words of a command as they are spelled in the protocol. */
  raw(bytes: Uint8Array): void;
  word(word: Slice): void;
}

function bulks(...words: string[]): Uint8Array {
  return utf8(words.map((word) => `$${word.length}\r\n${word}\r\n`).join(""));
}

const XADD = bulks("XADD");
const NO_ENTRIES = bulks("MAXLEN", "0", "0-1", "x", "y");
const XSETID = bulks("XSETID");
const ENTRIESADDED = bulks("ENTRIESADDED");
const MAXDELETEDID = bulks("MAXDELETEDID");
const XGROUP_CREATE = bulks("XGROUP", "CREATE");
const XGROUP_CREATECONSUMER = bulks("XGROUP", "CREATECONSUMER");
const ENTRIESREAD = bulks("ENTRIESREAD");
const XCLAIM = bulks("XCLAIM");
const NO_IDLE = bulks("0");
const TIME = bulks("TIME");
const RETRYCOUNT = bulks("RETRYCOUNT");
const JUSTID_FORCE = bulks("JUSTID", "FORCE");

const idText = new Uint8Array(STREAM_ID_TEXT_BYTES_MAX);
const idWord = new Slice();
const numberWord = new ElementSlice();
const words = new Int64Words();

/**
 * Writes the commands for a stream in parts of about so many: each step writes one. Between them the stream must not change.
 * @param key its name; the slice may be pointed elsewhere between parts, and back before the next one
 */
export function* streamCommands(
  out: CommandWriter,
  key: Slice,
  stream: Stream,
  partItems: number,
): Generator<void, void, void> {
  const part = new Part(partItems);
  const cursor = new StreamCursor().open(stream, new StreamId(), new StreamId().setMax(), false);
  let isEmpty = true;
  while (cursor.next()) {
    isEmpty = false;
    out.begin(3 + 2 * cursor.fieldCount);
    out.raw(XADD);
    out.word(key);
    writeId(out, cursor.id);
    while (cursor.nextField()) {
      out.word(cursor.field);
      out.word(cursor.value);
    }
    if (part.isFull()) yield;
  }
  if (isEmpty) {
    out.begin(7);
    out.raw(XADD);
    out.word(key);
    out.raw(NO_ENTRIES);
  }
  out.begin(7);
  out.raw(XSETID);
  out.word(key);
  writeId(out, stream.lastId);
  out.raw(ENTRIESADDED);
  writeNumber(out, stream.entriesAdded);
  out.raw(MAXDELETEDID);
  writeId(out, stream.maxDeletedId);
  for (const name of stream.groupNames()) yield* groupCommands(out, key, stream.groups.get(name)!, part);
}

/** Counts commands. */
class Part {
  readonly #size: number;
  #left: number;

  constructor(size: number) {
    this.#size = this.#left = size;
  }

  /** One more; whether the part is over. */
  isFull(): boolean {
    if (--this.#left > 0) return false;
    this.#left = this.#size;
    return true;
  }
}

function* groupCommands(
  out: CommandWriter,
  key: Slice,
  group: ConsumerGroup,
  part: Part,
): Generator<void, void, void> {
  const groupWord = new Slice(latin1(group.name));
  out.begin(7);
  out.raw(XGROUP_CREATE);
  out.word(key);
  out.word(groupWord);
  writeId(out, group.lastId);
  out.raw(ENTRIESREAD);
  writeNumber(out, group.entriesRead);
  if (part.isFull()) yield;
  for (const name of group.consumerNames()) {
    const consumer = group.findConsumer(name)!;
    const consumerWord = new Slice(latin1(name));
    for (const walk = consumer.walkAll(); walk.next();) {
      const { id, time, count } = group.pending;
      out.begin(12);
      out.raw(XCLAIM);
      out.word(key);
      out.word(groupWord);
      out.word(consumerWord);
      out.raw(NO_IDLE);
      writeId(out, id);
      out.raw(TIME);
      out.word(numberWord.pointAtWords(time));
      out.raw(RETRYCOUNT);
      out.word(numberWord.pointAtWords(count));
      out.raw(JUSTID_FORCE);
      if (part.isFull()) yield;
    }
    if (consumer.pendingCount > 0) continue;
    out.begin(5);
    out.raw(XGROUP_CREATECONSUMER);
    out.word(key);
    out.word(groupWord);
    out.word(consumerWord);
    if (part.isFull()) yield;
  }
}

function writeId(out: CommandWriter, id: StreamId): void {
  out.word(idWord.point(idText, 0, writeStreamId(id, idText, 0)));
}

function writeNumber(out: CommandWriter, count: Count): void {
  setWords(words, count);
  out.word(numberWord.pointAtWords(words));
}
